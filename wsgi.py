"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `flask --app wsgi …`."""

import gc
import os

import comments_service

# What is made before the first request stays to the end. Looking for garbage in it would take an
# eighth of the start, and later a part of every full collection.
gc.disable()
# A command takes no requests.
app = comments_service.create_app(serving=os.environ.get("FLASK_RUN_FROM_CLI") != "true")
gc.freeze()
gc.enable()
