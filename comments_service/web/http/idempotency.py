"""`Idempotency-Key` on a POST: a retry gets the first answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, request

from comments_service import clock
from comments_service.errors import FieldError, InvalidRequest
from comments_service.services.answers import Answer, digest, once
from comments_service.web.http import problem
from comments_service.web.http.actor import current_actor
from comments_service.web.http.body import raw_body

P = ParamSpec("P")

MAX_KEY = 255
# A retry may well succeed after these, so it must not get them again.
NOT_KEPT = {401, 413, 429}
KEPT_INSTEAD = "comments_service.kept_instead"
KEPT_HEADERS = ("Content-Type", "Location", "Cache-Control", "Vary")


def idempotent(view: Callable[P, Response]) -> Callable[P, Response]:
    """Answer a repeated request as the first time, where it brings an `Idempotency-Key`."""
    return idempotent_by(lambda: digest(raw_body(request)))(view)


def idempotent_by(
    body_digest: Callable[[], str],
) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """The same, where `body_digest` says what tells one body from another: of a form with files,
    which has another boundary each time and is too large to be held at once."""

    def decorate(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            key = _key()
            if key is None:
                return view(*args, **kwargs)
            return _once(key, body_digest(), lambda: view(*args, **kwargs))

        marked: Any = guarded
        marked.is_idempotent = True
        return guarded

    return decorate


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None or 0 < len(key) <= MAX_KEY:
        return key
    wrong = FieldError(
        "/header/Idempotency-Key",
        f"Must have 1 to {MAX_KEY} characters.",
        ko=f"1자 이상 {MAX_KEY}자 이하여야 합니다.",
    )
    raise InvalidRequest(errors=(wrong,))


def _once(key: str, body: str, answer: Callable[[], Response]) -> Response:
    answered: list[Response] = []

    def finished(response: Response) -> Answer:
        answered.append(response)
        return _kept(request.environ.get(KEPT_INSTEAD, response))

    parts = (current_actor().key, request.method, request.path, key)
    scope = digest(*(part.encode("utf-8", "surrogatepass") for part in parts))
    kept, replayed = once(
        scope,
        body,
        lambda: finished(answer()),
        lambda error: finished(problem.of(error)),
        now=clock.now(),
    )
    if not replayed:
        return answered[0]
    response = Response(kept.body, status=kept.status, headers=kept.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def keep_instead(response: Response) -> None:
    """Let a retry of this request get `response`, not the answer that is about to be sent: where
    that one has in it what must not be stored."""
    request.environ[KEPT_INSTEAD] = response


def _kept(response: Response) -> Answer:
    return Answer(
        status=response.status_code,
        headers={n: response.headers[n] for n in KEPT_HEADERS if n in response.headers},
        body=response.get_data(),
        keep=response.status_code < 500 and response.status_code not in NOT_KEPT,
    )
