"""Answers in front of the router: public reads whose rows have not changed since they were made.

A newspaper's traffic is one article at a time, read a thousand times for each comment. Such a read
costs one look at the article's version and sending bytes that lie ready, compressed; Flask would
cost four times as much before its view begins. What is not kept, or no longer holds, goes on to
Flask, whose answer is kept here if its view said what it depends on (`caching.watch`).

Nothing is cleared when somebody writes: another process may have written. Each answer is checked
against the database at each request.
"""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from werkzeug.http import parse_etags

from comments_service import clock, metrics
from comments_service.services.freshness import Freshness
from comments_service.web.http.caching import KEEP, Keep
from comments_service.web.http.encoding import IDENTITY, OFTEN, WORTH_IT, choose, compress
from comments_service.web.http.hosts import Hosts

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

READS = ("GET", "HEAD")
OVERHEAD = 3_000
"""Bytes that a kept answer takes beside its bodies, about."""

IN_ALL_ENCODINGS = 1.5
"""What a body takes with its compressed forms, to itself."""

OF_THE_BODY = {"content-type", "content-length", "content-encoding", "etag", "link"}
NOT_KEPT = {"x-request-id", "content-length", "content-encoding", "etag", "set-cookie"}


class _Kept:
    """One answer, in every encoding that was asked for."""

    __slots__ = ("_body", "_headers", "_requests", "_shapes", "_unchanged", "keep", "size", "used")

    def __init__(self, keep: Keep, headers: Headers) -> None:
        self.keep = keep
        self.used = False
        self._headers = [pair for pair in headers if pair[0].lower() not in NOT_KEPT]
        self._shapes: dict[str, tuple[Headers, bytes]] = {}
        self._unchanged: dict[str, Headers] = {}
        self._requests: dict[tuple[str, int], Any] = {}
        self.size = OVERHEAD + int(IN_ALL_ENCODINGS * len(keep.body or b""))

    def renewed(self, keep: Keep) -> _Kept:
        """The same answer, found to hold for another state."""
        return _Kept(replace(keep, body=self.keep.body), self._headers)

    def shape(self, encoding: str) -> tuple[Headers, bytes]:
        """Headers and body for this encoding."""
        shape = self._shapes.get(encoding)
        if shape is None:
            body = self.keep.body or b""
            headers = [*self._headers, self._etag(encoding)]
            if encoding != IDENTITY and len(body) >= WORTH_IT:
                headers.append(("Content-Encoding", encoding))
                body = compress(body, encoding, OFTEN)
            headers.append(("Content-Length", str(len(body))))
            shape = self._shapes[encoding] = headers, body
        return shape

    def unchanged(self, encoding: str) -> Headers:
        """The headers of a 304."""
        headers = self._unchanged.get(encoding)
        if headers is None:
            shared = [pair for pair in self._headers if pair[0].lower() not in OF_THE_BODY]
            headers = self._unchanged[encoding] = [*shared, self._etag(encoding)]
        return headers

    def _etag(self, encoding: str) -> tuple[str, str]:
        weak = "W/" if encoding != IDENTITY else ""
        return "ETag", f'{weak}"{self.keep.etag}"'

    def is_known(self, if_none_match: str | None) -> bool:
        if if_none_match is None:
            return False
        etag = self.keep.etag
        if if_none_match in (f'W/"{etag}"', f'"{etag}"'):
            return True
        return parse_etags(if_none_match).contains_weak(etag)

    def count(self, method: str, status: int) -> None:
        counter = self._requests.get((method, status))
        if counter is None:
            counter = metrics.REQUESTS.labels(method, self.keep.route, status)
            self._requests[method, status] = counter
        counter.inc()


class Front:
    """WSGI middleware. `kept_bytes` is about what the answers of this process may take."""

    def __init__(
        self,
        behind: WSGIApplication,
        freshness: Freshness,
        hosts: Hosts,
        *,
        kept_bytes: int,
    ) -> None:
        self._behind = behind
        self._freshness = freshness
        self._hosts = hosts
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._kept_bytes = kept_bytes
        self._size = 0
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method not in READS:
            return self._behind(environ, start_response)
        target = f"{environ.get('PATH_INFO')}?{environ.get('QUERY_STRING')}"
        kept = self._kept.get(target)
        if kept is not None and self._holds(kept, environ):
            encoding = choose(environ.get("HTTP_ACCEPT_ENCODING", ""))
            number = ("X-Request-Id", f"{random.getrandbits(128):032x}")
            kept.used = True
            if kept.is_known(environ.get("HTTP_IF_NONE_MATCH")):
                kept.count(method, 304)
                start_response("304 NOT MODIFIED", [*kept.unchanged(encoding), number])
                return []
            if kept.keep.body is not None:
                headers, body = kept.shape(encoding)
                kept.count(method, 200)
                start_response("200 OK", [*headers, number])
                return [body] if method == "GET" else []
        return self._ask(target, environ, start_response)

    def _holds(self, kept: _Kept, environ: WSGIEnvironment) -> bool:
        keep = kept.keep
        return (
            self._hosts.trusts(environ.get("HTTP_HOST", ""))
            and (keep.until is None or clock.now() < keep.until)
            and self._freshness.state(keep.watched) == keep.state
        )

    def _ask(
        self, target: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Flask's answer, kept if it may be."""
        told: list[Headers] = []

        def listen(status: str, headers: Headers, *exc_info: Any) -> Any:
            told.append(headers)
            return start_response(status, headers, *exc_info)

        answer = self._behind(environ, listen)
        keep: Keep | None = environ.get(KEEP)
        if keep is not None and told:
            self._keep(target, _Kept(keep, told[-1]))
        return answer

    def _keep(self, target: str, new: _Kept) -> None:
        with self._lock:
            old = self._kept.pop(target, None)
            if old is not None:
                self._size -= old.size
                if new.keep.body is None and old.keep.etag == new.keep.etag:
                    new = old.renewed(new.keep)
            self._kept[target] = new
            self._size += new.size
            self._make_room()

    def _make_room(self) -> None:
        """Forget what was not asked for since it was last its turn."""
        while self._size > self._kept_bytes and len(self._kept) > 1:
            target, oldest = self._kept.popitem(last=False)
            if oldest.used:
                oldest.used = False
                self._kept[target] = oldest
            else:
                self._size -= oldest.size
