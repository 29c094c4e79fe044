"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `flask --app wsgi …`."""

import os

from comments_service import create_app
from comments_service.app import warm_up

serving = os.environ.get("FLASK_RUN_FROM_CLI") != "true"  # a command takes no requests
app = create_app(serving=serving)
if serving:
    warm_up(app)
