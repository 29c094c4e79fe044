"""Public reads: an exact ETag known before anything is rendered, and 304s that render nothing.

The ETag is a digest of the state that the answer is made of (article version, site settings,
query). A view names the rows it is about to read with `watch`, before it reads them; `front.py`
then keeps its answer and gives it again for as long as those rows stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from flask import Response, current_app, request

from comments_service.services.freshness import (
    Freshness,
    OfComment,
    State,
    Watched,
    thread_of,
)
from comments_service.services.transaction import read_from
from comments_service.version import __version__
from comments_service.web.http import encoding
from comments_service.web.http.ready import to_json

WATCHED = "comments_service.watched"
KEEP = "comments_service.keep"


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """Seconds that a shared cache may answer alone, and may answer while it asks again."""

    shared: int
    stale: int

    @property
    def header(self) -> str:
        return f"public, max-age=0, s-maxage={self.shared}, stale-while-revalidate={self.stale}"


THREAD = CachePolicy(2, 10)
COUNTS = CachePolicy(30, 60)

Rendered = tuple[bytes, dict[str, str]]
"""A body and the headers that only it has."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Why an answer may be given again: `watched` has `state`, and it is not yet `until`.

    `body` is None where the answer was 304, which knows its ETag alone.
    """

    watched: Watched
    state: State
    etag: str
    body: bytes | None
    route: str
    until: datetime | None


def watch(watched: Watched) -> None:
    """This request's answer will depend on `watched`, and on nothing else that changes.

    To be called before the rows are read: what changes between is then noticed at the next
    request, and never missed.
    """
    freshness: Freshness | None = current_app.extensions["comments_freshness"]
    if freshness is None:
        return
    state = freshness.state(watched)
    read_from(freshness.engine_for(watched, state))
    if state is None:
        return
    if isinstance(watched, OfComment):
        watched = thread_of(state)
    request.environ[WATCHED] = (watched, state)


def public_json(
    state: Any,
    render: Callable[[], tuple[Any, dict[str, str]]],
    *,
    policy: CachePolicy,
    until: datetime | None = None,
) -> Response:
    """The answer whose content depends on `state` (anything with a faithful `repr`) and nothing
    else; `render` gives its JSON value and its further headers, and is asked only if need be.
    `until` is when it changes though no row does, by the time alone."""

    def to_bytes() -> Rendered:
        value, headers = render()
        return to_json(value), headers

    return public_answer(
        state, to_bytes, policy=policy, content_type="application/json", until=until
    )


def public_answer(
    state: Any,
    render: Callable[[], Rendered],
    *,
    policy: CachePolicy,
    content_type: str,
    until: datetime | None = None,
) -> Response:
    """The same for bytes of any type."""
    etag = blake2b(f"{__version__} {request.path} {state!r}".encode(), digest_size=16).hexdigest()
    body = None
    # Weakly (RFC 9110 section 13.1.2): the ETag of what may be compressed is weak.
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        body, headers = render()
        response = Response(body, content_type=content_type, headers=headers)
    response.set_etag(etag)
    response.headers["Cache-Control"] = policy.header
    encoding.encode(response, request.headers.get("Accept-Encoding", ""))
    if WATCHED in request.environ:
        watched, seen = request.environ[WATCHED]
        route = str(request.url_rule)
        request.environ[KEEP] = Keep(watched, seen, etag, body, route, until)
    return response
