"""Applications on real ports, for tests in which the wire matters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.serving import make_server

from comments_service.demo.identity_provider.app import SilentRequestHandler


def whole(application: WSGIApplication) -> WSGIApplication:
    """The application with answers that are read and closed before they are sent.

    Where a browser hangs up early, Werkzeug's server does not close the answer, and a file in it
    would stay open.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        body = application(environ, start_response)
        try:
            return list(body)
        finally:
            if close := getattr(body, "close", None):
                close()

    return answer


@contextmanager
def served(make_app: Callable[[str], Flask]) -> Iterator[str]:
    """Run the application that `make_app` makes for an address on loopback; the address."""
    server = make_server(
        "127.0.0.1", 0, Flask("not yet"), threaded=True, request_handler=SilentRequestHandler
    )
    url = f"http://127.0.0.1:{server.port}"
    server.app = whole(make_app(url))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
