"""What the service is measured against: the same bytes from bare WSGI, and from a Flask view."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response

BODY = Path(os.environ["FLOOR_FILE"]).read_bytes()
TYPE = "application/json"

app = Flask(__name__)


@app.get("/hello")
def hello() -> Response:
    return Response(BODY, content_type=TYPE, headers={"Content-Encoding": "br"})


def bare(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    headers = [("Content-Type", TYPE), ("Content-Encoding", "br")]
    start_response("200 OK", [*headers, ("Content-Length", str(len(BODY)))])
    return [BODY]
