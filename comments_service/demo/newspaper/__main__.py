"""`python -m comments_service.demo.newspaper`, at HOST (127.0.0.1) and PORT (8001).

COMMENTS_PUBLIC_URL (http://127.0.0.1:8000) is where the comments service answers.
"""

import logging
import os

from werkzeug.serving import make_server

from comments_service.demo.newspaper.app import create_app


def main() -> None:
    host = os.environ.get("HOST", "127.0.0.1")
    port = int(os.environ.get("PORT", "8001"))
    app = create_app(comments_url=os.environ.get("COMMENTS_PUBLIC_URL", "http://127.0.0.1:8000"))
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line a request is too much
    server = make_server(host, port, app, threaded=True)
    print(f"The Maru Daily: http://{host}:{server.port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
