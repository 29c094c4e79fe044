"""Public reads: ready bytes, an exact ETag, and 304s that render nothing.

The ETag is a digest of the state that the answer is made of (article version, site settings,
query), so it is known before anything is rendered; the bytes for it are kept, and a change makes
another digest. Nothing is ever cleared: what is no longer asked for falls out of the cache.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any

from flask import Response, current_app, request

from comments_service.version import __version__
from comments_service.web.http.ready import to_json

KEPT = 4_096
"""Answers kept by one process; a thread's first page is some 6 kB."""


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


class ReadyAnswers:
    """The most recently used answers of this process, by ETag and language."""

    def __init__(self, kept: int = KEPT) -> None:
        self._answers: OrderedDict[str, Rendered] = OrderedDict()
        self._kept = kept
        self._lock = Lock()

    def get(self, etag: str, render: Callable[[], Rendered]) -> Rendered:
        with self._lock:
            if etag in self._answers:
                self._answers.move_to_end(etag)
                return self._answers[etag]
        answer = render()
        with self._lock:
            self._answers[etag] = answer
            while len(self._answers) > self._kept:
                self._answers.popitem(last=False)
        return answer


def public_json(
    state: Any,
    render: Callable[[], tuple[Any, dict[str, str]]],
    *,
    policy: CachePolicy,
) -> Response:
    """The answer whose content depends on `state` (anything with a faithful `repr`) and nothing
    else; `render` gives its JSON value and its further headers, and is asked only if need be."""

    def to_bytes() -> Rendered:
        value, headers = render()
        return to_json(value), headers

    return public_answer(state, to_bytes, policy=policy, content_type="application/json")


def public_answer(
    state: Any, render: Callable[[], Rendered], *, policy: CachePolicy, content_type: str
) -> Response:
    """The same for bytes of any type."""
    etag = blake2b(f"{__version__} {request.path} {state!r}".encode(), digest_size=16).hexdigest()
    # Weakly (RFC 9110 section 13.1.2): a proxy that compresses has made the ETag weak.
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        answers: ReadyAnswers = current_app.extensions["comments_ready_answers"]
        body, headers = answers.get(etag, render)
        response = Response(body, content_type=content_type, headers=headers)
    response.set_etag(etag)
    response.headers["Cache-Control"] = policy.header
    return response
