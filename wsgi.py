"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `flask --app wsgi …`."""

from comments_service import create_app

app = create_app()
