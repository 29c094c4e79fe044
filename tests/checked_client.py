"""A test client that holds every JSON answer it gets to the OpenAPI document, both ways: what the
document promises is there, and what is there the document names. And every answer is as long as it
says: a client waits for what is missing, and a proxy takes the next answer for it.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import brotli
import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

Json = dict[str, Any]

NAME = re.compile(r"<(?:\w+:)?(\w+)>")
UNPACKED: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
JSON_TYPES = ("application/json", "application/problem+json")

_documents: dict[str, Json] = {}


class CheckedClient(FlaskClient):
    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        _check_length(response)
        if response.mimetype in JSON_TYPES and response.request.path.startswith("/api/v1/"):
            _check(self.application, response)
        return response


def _check_length(response: TestResponse) -> None:
    said = response.headers.get("Content-Length")
    if said is None or response.request.method == "HEAD" or response.status_code == 304:
        return
    sent = len(response.get_data())
    request = response.request
    assert int(said) == sent, f"{request.method} {request.path}: {said} bytes said, {sent} sent"


def _check(app: Flask, response: TestResponse) -> None:
    method = response.request.method
    found = _path(app, response.request.path, method)
    if found is None or not response.get_data():
        return
    wrong = _wrong(_document(app), method.lower(), found, response)
    assert wrong is None, f"{method} {response.request.path} {response.status}: {wrong}"


def _json(response: TestResponse) -> Any:
    unpack = UNPACKED[response.headers.get("Content-Encoding", "identity")]
    return json.loads(unpack(response.get_data()))


def _path(app: Flask, path: str, method: str) -> str | None:
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method, return_rule=True)
    except HTTPException:
        return None
    return NAME.sub(r"{\1}", rule.rule)


def _document(app: Flask) -> Json:
    if not _documents:
        spec = FlaskClient(app, app.response_class).get("/openapi.json").get_json()
        _documents["it"] = spec
    return _documents["it"]


def _wrong(document: Json, method: str, path: str, response: TestResponse) -> str | None:
    operation = document["paths"][path].get("get" if method == "head" else method)
    if operation is None:
        return None
    answers = operation["responses"]
    status = str(response.status_code)
    if status not in answers and response.status_code < 400:
        return "no such answer is in the document"
    answer = status if status in answers else "default"
    content = answers[answer].get("content", {})
    if response.mimetype not in content:
        return f"{response.mimetype} is not in the document"
    pointer = ("paths", path, method, "responses", answer, "content", response.mimetype, "schema")
    error = next(_validator(pointer).iter_errors(_json(response)), None)
    return None if error is None else f"{list(error.instance_path)}: {error.message[:500]}"


@cache
def _validator(pointer: tuple[str, ...]) -> Any:
    document = _documents["it"]
    schema: Any = document
    for step in pointer:
        schema = schema[step]
    schemas = document["components"]["schemas"]
    closed = {f"{name}.whole": _closed(each) for name, each in schemas.items()}
    parts = {f"{name}.part": _closed(each, is_whole=False) for name, each in schemas.items()}
    components = {"schemas": schemas | closed | parts}
    return jsonschema_rs.Draft202012Validator(
        {**_closed(schema), "components": components}, validate_formats=True
    )


def _closed(schema: Any, *, is_whole: bool = True) -> Any:
    """The schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        inner = schema["$ref"].count("/") > 3
        return schema if inner else {"$ref": f"{schema['$ref']}.{'whole' if is_whole else 'part'}"}
    closed = {name: _of(name, each) for name, each in schema.items() if name != "examples"}
    is_open = "additionalProperties" in schema or not {"properties", "allOf"} & schema.keys()
    return closed if is_open or not is_whole else {**closed, "unevaluatedProperties": False}


def _of(name: str, value: Any) -> Any:
    if name == "allOf":
        return [_closed(each, is_whole=False) for each in value]
    if name == "properties":
        return {member: _closed(each) for member, each in value.items()}
    return _closed(value) if name in {"items", "anyOf", "additionalProperties"} else value
