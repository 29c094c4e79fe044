"""The bounds of a request, against a server that respects none."""

import gzip
import logging
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterable

import pytest
import requests

from comments_service import logs
from comments_service.outbound.adapter import MAX_BYTES, GuardedAdapter, guarded
from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import Failure, OutboundError
from tests.unit.rude import dripping, http, rude_server

SHORT = 0.4
"""Seconds; many pauses of a dripping server."""

LONG = 30.0
"""Seconds no test should take."""


def session(deadline: Deadline) -> requests.Session:
    return guarded(requests.Session(), GuardedAdapter(deadline=deadline, allow_private=True))


def failure(url: str, *, seconds: float = LONG) -> Failure:
    with session(Deadline(seconds)) as ours, pytest.raises(OutboundError) as caught:
        ours.get(url)
    return caught.value.failure


def test_an_answer_comes_back_with_status_headers_and_body() -> None:
    with (
        rude_server(http(b'{"a":1}', status="404 Not Found", headers=("X-Own: 1",))) as server,
        session(Deadline(LONG)) as ours,
    ):
        answer = ours.post(server.url, data={"code": "c"})
    assert (answer.status_code, answer.headers["x-own"], answer.json()) == (404, "1", {"a": 1})
    assert server.requests[0].endswith(b"\r\n\r\ncode=c")


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(dripping(http(b"x" * 400)), id="in the headers"),
        pytest.param([http(b"x" * 400)[:-400], *dripping(b"x" * 400)], id="in the body"),
        pytest.param(
            [b"HTTP/1.1 100 Continue\r\n\r\n", b""] * 400, id="never getting to the point"
        ),
        pytest.param([b""] * 400, id="saying nothing"),
        pytest.param(
            [
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                *dripping(b"1\r\nx\r\n" * 99),
            ],
            id="in chunks",
        ),
    ],
)
def test_a_dripping_answer_ends_with_the_deadline(pieces: Iterable[bytes]) -> None:
    """23: each byte arrives in good time, the whole never."""
    began = time.monotonic()
    with rude_server(pieces) as server:
        assert failure(server.url, seconds=SHORT) == Failure.TIMEOUT
    assert SHORT <= time.monotonic() - began < SHORT + 1


def test_several_calls_share_one_deadline() -> None:
    seconds = [0.0]
    with rude_server(http()) as server, session(Deadline(8, clock=lambda: seconds[0])) as ours:
        seconds[0] = 7.9
        assert ours.get(server.url).ok
        seconds[0] = 8.1
        with pytest.raises(OutboundError) as caught:
            ours.get(server.url)
    assert caught.value.failure == Failure.TIMEOUT
    assert len(server.requests) == 1


def test_a_resolver_that_hangs_ends_with_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*_args: object, **_options: object) -> list[object]:
        released.wait(LONG)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        assert failure("http://slow.example/", seconds=SHORT) == Failure.TIMEOUT
    finally:
        released.set()


def test_an_answer_may_be_as_large_as_the_cap_and_no_larger() -> None:
    with (
        rude_server(http(b"x" * MAX_BYTES), http(b"x" * (MAX_BYTES + 1))) as server,
        session(Deadline(LONG)) as ours,
    ):
        assert len(ours.get(server.url).content) == MAX_BYTES
        assert failure(server.url) == Failure.TOO_LARGE


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        pytest.param(gzip.compress(b" " * 50_000_000), "gzip", id="gzip"),
        pytest.param(zlib.compress(b" " * 50_000_000), "deflate", id="deflate"),
        pytest.param(
            gzip.compress(gzip.compress(b" " * 50_000_000)), "gzip, gzip", id="gzip in gzip"
        ),
    ],
)
@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_a_compressed_bomb_is_not_unpacked(body: bytes, encoding: str, framing: str) -> None:
    """26: little on the wire, bounded in memory, quickly over."""
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nConnection: close\r\n".encode()
    whole = {
        "length": b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body),
        "chunked": b"%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
        % (head, len(body), body),
        "close": b"%s\r\n%s" % (head, body),
    }[framing]
    with rude_server(whole) as server:
        began = time.monotonic()
        tracemalloc.start()
        try:
            assert failure(server.url) == Failure.TOO_LARGE
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 4_000_000
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """27: the other host gets nothing, neither the code nor the secret."""
    with rude_server(http()) as elsewhere:
        location = f"Location: {elsewhere.url}"
        with rude_server(http(status=f"{status} Elsewhere", headers=(location,))) as server:
            assert failure(server.url) == Failure.REDIRECT
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(b"", Failure.UNREACHABLE, id="hung up"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", Failure.MALFORMED, id="another protocol"),
        pytest.param(http(b"x" * 99)[:-50], Failure.MALFORMED, id="cut off"),
        pytest.param(
            http(b"not gzip", headers=("Content-Encoding: gzip",)), Failure.MALFORMED, id="not gzip"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            Failure.MALFORMED,
            id="wrong chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
            Failure.MALFORMED,
            id="200 headers",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
            Failure.MALFORMED,
            id="70 KB in one header",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 7\r\n\r\n{}",
            Failure.MALFORMED,
            id="two lengths",
        ),
    ],
)
def test_what_is_not_http_is_told_apart_from_silence(answer: bytes, expected: Failure) -> None:
    with rude_server(answer) as server:
        assert failure(server.url) == expected


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert failure(f"http://127.0.0.1:{port}/") == Failure.UNREACHABLE


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".example", "..."])
def test_a_name_nobody_has_is_unreachable(host: str) -> None:
    with (
        session(Deadline(LONG)) as ours,
        pytest.raises((OutboundError, requests.exceptions.InvalidURL)),
    ):
        ours.get(f"http://{host}/")


def test_the_environments_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with rude_server(http(b'"proxy"')) as proxy, rude_server(http(b'"server"')) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        with session(Deadline(LONG)) as ours:
            assert ours.get(server.url).json() == "server"
            assert ours.get(server.url, proxies={"http": proxy.url}).json() == "server"
        assert proxy.requests == []


def test_the_services_own_logging_lets_urllib3_write_no_address() -> None:
    logs.configure("DEBUG")
    assert not logging.getLogger("urllib3.connection").isEnabledFor(logging.WARNING)


def test_no_address_asked_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 would log the query at DEBUG, and at WARNING when a header is malformed."""
    with (
        caplog.at_level(logging.DEBUG),
        rude_server(http(headers=("no colon here",))) as server,
        session(Deadline(LONG)) as ours,
    ):
        ours.get(server.url, params={"appsecret_proof": "secret-in-query"})
    assert b"secret-in-query" in server.requests[0]
    assert "secret-in-query" not in caplog.text
