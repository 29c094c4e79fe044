"""The one renderer of errors: RFC 9457 problem+json in the caller's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from flask import Flask, Response, current_app, request
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from comments_service import metrics
from comments_service.errors import CommentsError, FieldError, InvalidRequest, Unauthenticated
from comments_service.web.http.language import preferred_language
from comments_service.web.http.problems import PROBLEMS
from comments_service.web.http.ready import ready_json, timestamp

MEDIA_TYPE = "application/problem+json"
# Werkzeug's own errors, by status.
HTTP_CODES = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    503: "unavailable",
}

BUSY = {
    "53300",  # too many connections
    "55P03",  # a lock was not to be had in time
    "57014",  # a statement took too long
    "40001",  # a transaction met another
    "40P01",  # two waited for each other
}
"""SQLSTATEs of a database that is there, and has too much to do (PostgreSQL, appendix A)."""

RETRY_SECONDS = 5
"""After so long a client may try again where the database had no answer."""

log = structlog.get_logger()


def problem(code: str, *, detail: str | None = None, **extra: Any) -> Response:
    """The answer for `code`; `extra` are further members (`length`, `findings`, `errors`, …)."""
    public_url = current_app.extensions["comments_settings"].public_url
    body = document(
        code, language=preferred_language(), public_url=public_url, detail=detail, **extra
    )
    response = ready_json(body, status=body["status"], media_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language"
    if "retry_after" in extra:
        response.headers["Retry-After"] = str(extra["retry_after"])
    return response


def document(
    code: str, *, language: str, public_url: str, detail: str | None = None, **extra: Any
) -> dict[str, Any]:
    """The problem of `code` as JSON has it."""
    entry = PROBLEMS[code]
    return {
        "type": f"{public_url}/problems/{code}",
        "title": getattr(entry.title, language),
        "status": entry.status,
        "detail": detail or _filled(getattr(entry.help, language), extra),
        **{n: timestamp(v) if isinstance(v, datetime) else v for n, v in extra.items()},
    }


def of(error: CommentsError) -> Response:
    """The answer for an error that a service raised."""
    extra = dict(error.extra)
    if isinstance(error, InvalidRequest) and error.errors:
        extra["errors"] = [_field(each) for each in error.errors]
    response = problem(error.code, detail=error.detail, **extra)
    if isinstance(error, Unauthenticated):
        # RFC 6750 section 3.1: no error code for a request without any credentials.
        tried = "Authorization" in request.headers
        challenge = 'Bearer error="invalid_token"' if tried else "Bearer"
        response.headers["WWW-Authenticate"] = challenge
    return response


def members(error: CommentsError) -> dict[str, Any]:
    """What an answer about several things says of one that failed: no status, the words only."""
    entry, language = PROBLEMS[error.code], preferred_language()
    told: dict[str, Any] = {"detail": error.detail or getattr(entry.help, language)}
    if isinstance(error, InvalidRequest) and error.errors:
        told["errors"] = [_field(each) for each in error.errors]
    return told


def _field(error: FieldError) -> dict[str, Any]:
    told = error.ko if error.ko and preferred_language() == "ko" else error.detail
    line = {} if error.line is None else {"line": error.line}
    return {"pointer": error.pointer, "detail": told, **line}


def _filled(template: str, extra: dict[str, Any]) -> str:
    return template.format_map(extra) if "{" in template else template


def _of_http(error: HTTPException) -> Response:
    """Werkzeug's 404, 405, 413, …; what it carries for the client (Allow) is kept."""
    response = problem(HTTP_CODES.get(error.code or 500, "internal"))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _of_fault(error: Exception) -> Response:
    """A mistake of ours: logged whole, told as little as possible."""
    original = error.original_exception if isinstance(error, InternalServerError) else error
    log.error("request_failed", exc_info=original)
    metrics.FAULTS.inc()
    return problem("internal")


def _of_database(error: SQLAlchemyError) -> Response:
    """The database is gone, full, locked or too slow: nothing was written, and trying again may
    well succeed. What it says may quote a statement, so only its kind is logged."""
    original = getattr(error, "orig", None) or error
    kind = type(original).__name__
    log.error("database_failed", kind=kind)
    metrics.DATABASE_FAILURES.labels(kind).inc()
    is_busy = isinstance(error, PoolTimeout) or getattr(original, "sqlstate", None) in BUSY
    return problem("overloaded" if is_busy else "unavailable", retry_after=RETRY_SECONDS)


def register(app: Flask) -> None:
    """Make every error of `app` a problem."""
    for failure in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(failure, _of_database)
    app.register_error_handler(CommentsError, of)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(InternalServerError, _of_fault)
    app.register_error_handler(Exception, _of_fault)
