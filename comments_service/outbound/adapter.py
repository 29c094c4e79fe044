"""The transport under every request: bounded in time and size, and it goes where it was sent."""

import logging
from typing import Any, TypeVar

from certifi import where
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, ProtocolError, SSLError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError
from urllib3.util import Url, parse_url

from comments_service.outbound.connection import DeadlineConnection, DeadlineTLSConnection
from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import Failure, OutboundError

MAX_BYTES = 64 * 1024
CHUNK_BYTES = 4096
AUTHORITIES = where()
"""The CA certificates of the installation."""

AnySession = TypeVar("AnySession", bound=Session)

# urllib3 writes addresses, with all that is in their query, into DEBUG and WARNING lines.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class PlainPool(HTTPConnectionPool):
    ConnectionCls = DeadlineConnection


class TLSPool(HTTPSConnectionPool):
    ConnectionCls = DeadlineTLSConnection


class GuardedAdapter(HTTPAdapter):
    """A transport for one `requests.Session` that lives as long as one `deadline`.

    All its requests together end with the deadline: looking up the name, connecting, headers and
    body. An answer has at most `max_bytes` after decompression. Redirects are refused, proxies
    and `verify=False` ignored. `allow_private` admits hosts that resolve to addresses outside
    the public internet; it is for addresses that the operator chose. `authorities` is a file of
    CA certificates.

    Raises `OutboundError` where `requests` would raise its own.
    """

    def __init__(
        self,
        *,
        deadline: Deadline,
        allow_private: bool,
        max_bytes: int = MAX_BYTES,
        authorities: str = AUTHORITIES,
    ) -> None:
        super().__init__(max_retries=0)
        self._max_bytes = max_bytes
        self._authorities = authorities
        self._options: dict[str, Any] = {"deadline": deadline, "allow_private": allow_private}
        self._pools: dict[tuple[str | None, str | None, int | None], HTTPConnectionPool] = {}

    def send(self, request: PreparedRequest, *_args: Any, **_options: Any) -> Response:
        """The answer to `request`, read to its end. What else `requests` passes changes nothing."""
        try:
            answer = self._ask(request)
            try:
                body = self._read(answer)
            finally:
                answer.close()
        except HTTPError as error:
            raise OutboundError(failure_of(error)) from None
        response: Response = self.build_response(request, answer)
        response._content = body  # noqa: SLF001 -- requests has no other door for a body read early
        return response

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
        super().close()

    def _ask(self, request: PreparedRequest) -> BaseHTTPResponse:
        url = parse_url(request.url or "")
        return self._pool(url).urlopen(
            request.method or "GET",
            request.path_url,
            body=request.body,
            headers=request.headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            preload_content=False,
            decode_content=False,
        )

    def _pool(self, url: Url) -> HTTPConnectionPool:
        key = (url.scheme, url.host, url.port)
        if key not in self._pools:
            host = url.host or ""
            if url.scheme == "https":
                trust: dict[str, Any] = {
                    "cert_reqs": "CERT_REQUIRED",
                    "ca_certs": self._authorities,
                }
                self._pools[key] = TLSPool(host, url.port, **trust, **self._options)
            else:
                self._pools[key] = PlainPool(host, url.port, **self._options)
        return self._pools[key]

    def _read(self, answer: BaseHTTPResponse) -> bytes:
        if answer.get_redirect_location() is not False:
            raise OutboundError(Failure.REDIRECT)
        body = bytearray()
        for chunk in answer.stream(CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > self._max_bytes:
                raise OutboundError(Failure.TOO_LARGE)
        return bytes(body)


def guarded(session: AnySession, adapter: GuardedAdapter) -> AnySession:
    """`session`, with nothing but `adapter` between it and the network."""
    session.trust_env = False
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def failure_of(error: HTTPError) -> Failure:
    """What went wrong, told by what urllib3 wrapped rather than by its wrapping."""
    wraps = isinstance(error, ProtocolError) and len(error.args) > 1
    cause: object = error.args[1] if wraps else error
    if isinstance(cause, Urllib3TimeoutError | TimeoutError):
        return Failure.TIMEOUT
    if isinstance(cause, SSLError | OSError):
        return Failure.UNREACHABLE
    return Failure.MALFORMED
