"""The OpenAPI document, made whole: what every operation has in common, and what it answers.

APIFlask finds the routes of the JSON API with their bodies and queries. Added here are the routes
of the other surfaces that the contract names, who may call each operation, its successes
(`operations.py`), its problems, headers and examples (`schemas.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import current_app
from werkzeug.routing import Rule

from comments_service.services.permissions import Permission
from comments_service.web.http.operations import OPERATIONS, PATHS, Answer, Operation, Query
from comments_service.web.http.problems import PROBLEMS
from comments_service.web.http.schema_words import Json, ref
from comments_service.web.http.schemas import SCHEMAS
from comments_service.web.http.settings import settings

METHODS = {"get", "post", "put", "patch", "delete"}
TOKEN = {"type": "http", "scheme": "bearer", "description": "An access token, `cst_a_…`."}
SURFACES = {
    "oauth": "Logging in",
    "feeds": "Pages and feeds",
    "render": "Pages and feeds",
    "embed": "Pages and feeds",
    "policy": "Pages and feeds",
    "problems": "Pages and feeds",
    "privacy": "Pages and feeds",
    "avatars": "Pages and feeds",
    "widget": "The widget",
    "moderator": "Moderators",
}
FOR_EVERYBODY = {
    Permission.PUBLIC,
    Permission.OAUTH,
    Permission.READER_PAGE,
    Permission.OPERATE,
}
CACHED = ("/api/v1/", "/feeds/", "/render/")
"""Public reads below these have an `ETag`."""

OAUTH_ERRORS = {"/oauth/token", "/oauth/revoke", "/oauth/introspect"}
"""These answer as RFC 6749 section 5.2 says."""

DESCRIPTION = """\
Comments under newspapers' articles: reading, writing, moderating, and what other services need.

Errors are problems (RFC 9457): go by the last part of `type`. Lists are paged by `cursor`; a
`Link` with `rel="next"` goes along. Public reads have an `ETag`. A `POST` may bring an
`Idempotency-Key`, and a retry then gets the first answer. Writes are limited, and say so in
`RateLimit-*`.
"""

HEADERS: dict[str, Json] = {
    "ETag": {
        "description": "Changes whenever the answer may have; send it back as `If-None-Match`.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {
        "description": "How long caches may keep the answer.",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": 'Where the list goes on (RFC 8288), unless it ends: `<…>; rel="next"`.',
        "schema": {"type": "string"},
    },
    "Location": {"description": "Where to go on.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}},
    "RateLimit-Limit": {
        "description": "Requests allowed in the span.",
        "schema": {"type": "string"},
    },
    "RateLimit-Remaining": {"description": "Requests left in it.", "schema": {"type": "string"}},
    "RateLimit-Reset": {
        "description": "Seconds until there are more.",
        "schema": {"type": "string"},
    },
    "Idempotency-Replayed": {
        "description": "`true`: this is the answer of an earlier request under the same key.",
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {
        "description": "`Bearer`, with `error` where a token came (RFC 6750).",
        "schema": {"type": "string"},
    },
    "X-Request-Id": {
        "description": "The id under which the service logged the request.",
        "schema": {"type": "string"},
    },
}
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "For 24 hours, a repeated request under the same key gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of the answer that one has.",
    "schema": {"type": "string"},
}
ACCEPT_LANGUAGE: Json = {
    "name": "Accept-Language",
    "in": "header",
    "description": "`ko` or `en`, for what is said in words.",
    "schema": {"type": "string"},
    "example": "ko",
}


def complete(document: dict[Any, Any] | str) -> dict[Any, Any] | str:
    """APIFlask's document, with everything else that the contract says.

    A text is the YAML that `flask spec` can be asked for, and left as it is.
    """
    if isinstance(document, str):
        return document
    document["info"]["description"] = DESCRIPTION
    document["servers"] = [{"url": settings().public_url.rstrip("/")}]
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for of_the_framework in ("ValidationError", "HTTPError"):
        schemas.pop(of_the_framework, None)
    schemas |= SCHEMAS
    components["securitySchemes"] = {"token": TOKEN}
    components["headers"] = HEADERS
    document["tags"] = []
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in METHODS & {name.lower() for name in rule.methods or ()}:
            _describe(document, rule, method)
    document["tags"] = [{"name": name} for name in sorted(_tags(document))]
    return document


def _describe(document: dict[Any, Any], rule: Rule, method: str) -> None:
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    view = current_app.view_functions[rule.endpoint]
    item = document["paths"].get(path, {})
    if method not in item:
        if path.startswith("/api/v1/") or not _is_named(rule, view):
            return
        item = document["paths"].setdefault(path, {})
        item[method] = {"summary": _summary(rule, view, path), "responses": {}}
    operation = item[method]
    operation["tags"] = [_tag(path)]
    operation["operationId"] = rule.endpoint.replace(".", "_")
    row = OPERATIONS.get(f"{method.upper()} {path}", Operation((Answer("", media_type="*/*"),)))
    _add_parameters(operation, row, rule, path, method)
    _add_body(operation, row)
    _add_answers(operation, row, view, path, method)


def _is_named(rule: Rule, view: Any) -> bool:
    """Whether the contract has this route, besides those of the JSON API: pages for a moderator's
    own session and style sheets are nobody else's business."""
    if rule.endpoint == "openapi.spec":
        return True
    return getattr(view, "permission", None) in FOR_EVERYBODY


def _summary(rule: Rule, view: Any, path: str) -> str:
    if rule.endpoint == "openapi.spec":
        return "This document"
    return (view.__doc__ or path).strip().partition("\n")[0].rstrip(".")


def _tag(path: str) -> str:
    if not path.startswith("/api/v1/"):
        return SURFACES.get(path.split("/")[1], "Operations")
    first = path.split("/")[3]
    return {"me": "Account", "moderation": "Moderation"}.get(first, first.capitalize())


def _tags(document: dict[Any, Any]) -> set[str]:
    return {
        tag
        for item in document["paths"].values()
        for method in METHODS & item.keys()
        for tag in item[method]["tags"]
    }


def _add_parameters(operation: Json, row: Operation, rule: Rule, path: str, method: str) -> None:
    view = current_app.view_functions[rule.endpoint]
    given = operation.setdefault("parameters", [])
    known = {parameter["name"] for parameter in given}
    for name in rule.arguments - known:
        given.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    for parameter in given:
        if parameter["in"] == "path" and parameter["name"] in PATHS:
            parameter["schema"] = PATHS[parameter["name"]]
    for name, is_required, schema in _named(row.query):
        given.append({"name": name, "in": "query", "required": is_required, "schema": schema})
    if getattr(view, "is_idempotent", False):
        given.append(IDEMPOTENCY_KEY)
    if _is_cached(view, method, path):
        given.append(IF_NONE_MATCH)
    if path.startswith("/api/v1/"):
        given.append(ACCEPT_LANGUAGE)


def _named(values: tuple[Query, ...]) -> Iterator[tuple[str, bool, Json]]:
    """Names of a row with whether they are required, and their schemas."""
    for each in values:
        name, schema = each if isinstance(each, tuple) else (each, {"type": "string"})
        yield name.removeprefix("*"), name.startswith("*"), schema


def _is_cached(view: Any, method: str, path: str) -> bool:
    is_public = getattr(view, "permission", None) is Permission.PUBLIC
    return method == "get" and is_public and path.startswith(CACHED)


def _add_body(operation: Json, row: Operation) -> None:
    if row.form:
        schema: Json = {
            "type": "object",
            "required": [name for name, is_required, _ in _named(row.form) if is_required],
            "properties": {name: each for name, _, each in _named(row.form)},
        }
        operation["requestBody"] = {
            "required": True,
            "content": {row.form_type: {"schema": schema}},
        }
    body = operation.get("requestBody")
    if body is not None:
        body["required"] = True
        for content in body["content"].values():
            if row.example is not None:
                content["example"] = row.example


def _add_answers(operation: Json, row: Operation, view: Any, path: str, method: str) -> None:
    operation["responses"] = {
        str(answer.status): _success(answer, view, path, method) for answer in row.answers
    }
    if _is_cached(view, method, path):
        operation["responses"]["304"] = {"description": "Nothing has changed"}
    if path in OAUTH_ERRORS:
        error = {"application/json": {"schema": ref("OAuthError")}}
        for status, description in (("400", "Refused"), ("401", "Not this client")):
            operation["responses"][status] = {"description": description, "content": error}
    else:
        by_status = _problems(operation, row, view, path, method)
        operation["responses"] |= by_status
    operation["responses"]["default"] = _problem("Any other problem", ())
    if not path.startswith("/api/v1/"):
        _allow_pages(operation["responses"])
    if getattr(view, "permission", None) not in FOR_EVERYBODY and path.startswith("/api/"):
        operation["security"] = [{"token": []}]


def _allow_pages(answers: dict[str, Json]) -> None:
    """What a browser asks for itself may be refused with a page."""
    for answer in answers.values():
        content = answer.get("content", {})
        if "application/problem+json" in content:
            content["text/html"] = {"schema": {}}


def _success(answer: Answer, view: Any, path: str, method: str) -> Json:
    names = [*answer.headers, "X-Request-Id"]
    if _is_cached(view, method, path):
        names += ["ETag", "Cache-Control"]
    if method != "get":
        names += ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
    if getattr(view, "is_idempotent", False):
        names.append("Idempotency-Replayed")
    told: Json = {"description": answer.description, "headers": _headers(names)}
    if answer.schema:
        told["content"] = {answer.media_type: {"schema": ref(answer.schema)}}
    elif answer.schema == "":
        told["content"] = {answer.media_type: {"schema": {}}}
    return told


def _headers(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problems(
    operation: Json, row: Operation, view: Any, path: str, method: str
) -> dict[str, Json]:
    """The problems of an operation, by status."""
    codes = set(row.problems)
    if path.startswith("/api/v1/") and getattr(view, "permission", None) is not Permission.PUBLIC:
        codes |= {"unauthenticated", "token-expired", "insufficient-scope", "origin-not-allowed"}
    if "requestBody" in operation and path.startswith("/api/v1/"):
        codes |= {"malformed-json", "body-too-large", "unsupported-media-type", "invalid-request"}
    if any(parameter["in"] == "query" for parameter in operation["parameters"]):
        codes.add("invalid-request")
    if method != "get":
        codes.add("too-many-requests")
    if getattr(view, "is_idempotent", False):
        codes |= {"idempotency-key-reused", "request-in-progress"}
    statuses: dict[int, list[str]] = {}
    for code in sorted(codes):
        statuses.setdefault(PROBLEMS[code].status, []).append(code)
    return {
        str(status): _problem(
            "; ".join(f"`{code}`: {PROBLEMS[code].title.en}" for code in named),
            _headers_with(status),
            named[0],
        )
        for status, named in sorted(statuses.items())
    }


def _headers_with(status: int) -> tuple[str, ...]:
    if status == 401:
        return ("WWW-Authenticate",)
    return ("Retry-After", "RateLimit-Reset") if status == 429 else ()


def _problem(description: str, headers: tuple[str, ...], example: str | None = None) -> Json:
    content: dict[str, Any] = {"schema": ref("Problem")}
    if example is not None:
        entry = PROBLEMS[example]
        content["example"] = {
            "type": f"{settings().public_url.rstrip('/')}/problems/{example}",
            "title": entry.title.en,
            "status": entry.status,
            "detail": entry.help.en,
        }
    return {
        "description": description,
        "headers": _headers([*headers, "X-Request-Id"]),
        "content": {"application/problem+json": content},
    }
