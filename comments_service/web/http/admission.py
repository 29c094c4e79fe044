"""Admission: under overload, some are refused at once so that the others are answered in time.

A queue that only grows makes everybody wait for answers that nobody waits for any more. So in each
process only so many requests are at work, some more wait for a little while, and the rest get
`503 overloaded` with `Retry-After`, at the cost of a few microseconds. A request that the proxy in
front has held too long already (`X-Request-Start`, from trusted proxies alone) is refused alike.

Public reads that lie ready are answered in front of this (`front.py`), and operators' questions
are always let through.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wsgi import ClosingIterator

from comments_service import metrics
from comments_service.config import Settings
from comments_service.services.turns import Turns
from comments_service.web.http.language import best_language
from comments_service.web.http.problem import MEDIA_TYPE, document
from comments_service.web.http.ready import to_json

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ALWAYS = ("/healthz", "/readyz", "/metrics")
BODILESS = ("1", "204", "304")
RETRY_AFTER_SECONDS = 2


class Admission:
    """WSGI middleware in front of Flask."""

    def __init__(self, behind: WSGIApplication, settings: Settings) -> None:
        self._behind = behind
        self._public_url = settings.public_url
        self._patience = settings.overload_wait_seconds
        self._turns = Turns(settings.overload_at_work, waiting=settings.overload_waiting)
        self._trusts_proxy = settings.trusted_proxies > 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in ALWAYS:
            return self._behind(environ, start_response)
        left = self._patience - self._waited(environ)
        if left <= 0 or not self._turns.take(seconds=left):
            return self._refuse(environ, start_response)
        streams = True

        def listen(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            nonlocal streams
            has_length = any(name.lower() == "content-length" for name, _ in headers)
            streams = not (has_length or status.startswith(BODILESS))
            return start_response(status, headers, *exc_info)

        try:
            answer = self._behind(environ, listen)
        except BaseException:
            self._turns.give_back()
            raise
        # An answer of known length is finished; what streams is at work until it is closed.
        if streams:
            return ClosingIterator(answer, self._turns.give_back)
        self._turns.give_back()
        return answer

    def _waited(self, environ: WSGIEnvironment) -> float:
        """Seconds since the proxy in front had the request; 0 where nobody says."""
        if not self._trusts_proxy:
            return 0
        try:
            began = float(environ.get("HTTP_X_REQUEST_START", "").removeprefix("t="))
        except ValueError:
            return 0
        waited = time.time() - began
        # A clock that is wrong must not refuse everybody.
        return waited if 0 < waited < 60 else 0

    def _refuse(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        metrics.SHED.inc()
        languages = parse_accept_header(environ.get("HTTP_ACCEPT_LANGUAGE", ""), LanguageAccept)
        body = to_json(
            document(
                "overloaded",
                language=best_language(languages),
                public_url=self._public_url,
                retry_after=RETRY_AFTER_SECONDS,
            )
        )
        headers = [
            ("Content-Type", MEDIA_TYPE),
            ("Content-Length", str(len(body))),
            ("Retry-After", str(RETRY_AFTER_SECONDS)),
            ("Cache-Control", "no-store"),
            ("Vary", "Accept-Language"),
            # So that a page's script learns when to come back; there is nothing private in it.
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", "Retry-After"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Request-Id", uuid.uuid4().hex),
        ]
        start_response("503 SERVICE UNAVAILABLE", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
