"""Applications on real ports, for tests in which the wire matters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server

from comments_service.demo.identity_provider.app import SilentRequestHandler


@contextmanager
def served(make_app: Callable[[str], Flask]) -> Iterator[str]:
    """Run the application that `make_app` makes for an address on loopback; the address."""
    server = make_server(
        "127.0.0.1", 0, Flask("not yet"), threaded=True, request_handler=SilentRequestHandler
    )
    url = f"http://127.0.0.1:{server.port}"
    server.app = make_app(url)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
