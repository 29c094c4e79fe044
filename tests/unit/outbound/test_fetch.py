"""Where a request to somebody else's address may go, and how it gets there."""

import datetime as dt
import socket
import ssl
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from comments_service.outbound.adapter import AUTHORITIES
from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import Failure, OutboundError
from comments_service.outbound.fetch import Guard, fetch
from tests.unit.rude import http, rude_server

AVATARS = Guard(hosts=frozenset({"pbs.twimg.com", ".fbcdn.net"}))
ANYWHERE = Guard(hosts=None, schemes=frozenset({"http", "https"}), ports=None)
ANYWHERE_AT_ALL = Guard(
    hosts=None, schemes=frozenset({"http", "https"}), ports=None, allow_private=True
)


def failure(url: str, guard: Guard) -> Failure:
    with pytest.raises(OutboundError) as caught:
        fetch("GET", url, guard=guard, deadline=Deadline(5))
    return caught.value.failure


@pytest.mark.parametrize(
    "url",
    [
        "https://pbs.twimg.com/profile_images/1/x_normal.jpg",
        "https://pbs.twimg.com:443/x.jpg",
        "https://PBS.twimg.com/x.jpg",
        "https://scontent-icn2-1.xx.fbcdn.net/v/x.jpg?oh=1&oe=2",
    ],
)
def test_an_allowed_host_passes_the_guard(url: str) -> None:
    AVATARS.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://pbs.twimg.com/x.jpg",
        "https://pbs.twimg.com:8443/x.jpg",
        "https://pbs.twimg.com@evil.example/x.jpg",
        "https://user:pass@pbs.twimg.com/x.jpg",
        "https://pbs.twimg.com.evil.example/x.jpg",
        "https://evil.example/pbs.twimg.com",
        "https://evil.example\\@pbs.twimg.com/",
        "https://evil.example#@pbs.twimg.com/",
        "https://fbcdn.net.evil.example/",
        "https://evilfbcdn.net/",
        "https://fbcdn.net/",
        "https://pbs.twimg.com:99999/",
        "https://pbs.twimg.com:x/",
        "https://[::1/",
        "https://pbs.twimg.com/\r\nHost: evil.example",
        "https://pbs.twimg.com/a b",
        "https://pbs.twimg.com/" + "a" * 2048,
        "https://ｐbs.twimg.com/",
        "file:///etc/passwd",
        "gopher://pbs.twimg.com/",
        "//pbs.twimg.com/",
        "pbs.twimg.com",
        "https://",
        "",
    ],
)
def test_any_other_address_is_refused_before_a_connection(url: str) -> None:
    """72."""
    assert failure(url, AVATARS) == Failure.ADDRESS_REFUSED


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_guard_has_an_answer_to_every_text(before: str, after: str) -> None:
    for url in (before, f"https://{before}@{after}", f"https://{before}/{after}"):
        with suppress(OutboundError):
            AVATARS.check(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "0",
        "169.254.169.254",
        "10.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[fd00::1]",
    ],
)
def test_a_host_inside_is_refused_however_it_is_written(host: str) -> None:
    """72."""
    with rude_server(http()) as server:
        assert failure(f"http://{host}:{server.port}/", ANYWHERE) == Failure.ADDRESS_REFUSED
        assert server.requests == []


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::ffff:10.0.0.1"]]
)
def test_an_allowed_name_that_resolves_inside_is_refused(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """72; one address inside among public ones is enough."""
    resolve_to(monkeypatch, *addresses)
    assert failure("https://pbs.twimg.com/x.jpg", AVATARS) == Failure.ADDRESS_REFUSED


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name resolve to `addresses`; returns the names asked for, as they come."""
    asked: list[str] = []
    look_up = socket.getaddrinfo

    def answer(host: str, *how: int, **more: int) -> list[object]:
        if host in addresses:
            return list(look_up(host, *how, **more))
        asked.append(host)
        return [item for address in addresses for item in look_up(address, *how, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_a_name_is_looked_up_once_and_sent_as_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its address between check and connection gains nothing."""
    asked = resolve_to(monkeypatch, "127.0.0.1")
    with rude_server(http(b"ok")) as server:
        answer = fetch(
            "POST",
            f"http://hooks.example:{server.port}/in?a=b",
            guard=ANYWHERE_AT_ALL,
            deadline=Deadline(5),
            headers={"X-Signature": "s"},
            content=b"{}",
        )
    assert (answer.status, answer.content) == (200, b"ok")
    assert asked == ["hooks.example"]
    assert server.requests[0].startswith(b"POST /in?a=b HTTP/1.1\r\n")
    assert f"Host: hooks.example:{server.port}\r\n".encode() in server.requests[0]
    assert b"X-Signature: s\r\n" in server.requests[0]


def test_the_next_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with rude_server(http(b"ok")) as server:
        resolve_to(monkeypatch, "127.0.0.2", "127.0.0.1")
        answer = fetch(
            "GET",
            f"http://two.example:{server.port}/",
            guard=ANYWHERE_AT_ALL,
            deadline=Deadline(5),
        )
    assert answer.content == b"ok"


def test_a_redirect_is_refused() -> None:
    with rude_server(http()) as inside:
        moved = http(status="302 Found", headers=(f"Location: {inside.url}",))
        with rude_server(moved) as server:
            assert failure(server.url, ANYWHERE_AT_ALL) == Failure.REDIRECT
        assert inside.requests == []


def test_a_large_answer_is_refused_at_the_callers_size() -> None:
    with rude_server(http(b"x" * 101)) as server, pytest.raises(OutboundError) as caught:
        fetch("GET", server.url, guard=ANYWHERE_AT_ALL, deadline=Deadline(5), max_bytes=100)
    assert caught.value.failure == Failure.TOO_LARGE


def certified(tmp_path: Path, name: str) -> tuple[ssl.SSLContext, str]:
    """A server side of TLS with a certificate for `name`, and the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificate.public_bytes(pem))
    return context, str(trusted)


def test_tls_is_spoken_with_the_name_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certified(tmp_path, "avatars.example")
    resolve_to(monkeypatch, "127.0.0.1")
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with rude_server(http(b"picture"), tls=context) as server:
        answer = fetch(
            "GET",
            f"https://avatars.example:{server.port}/1.png",
            guard=ANYWHERE_AT_ALL,
            deadline=Deadline(5),
            authorities=trusted,
        )
    assert (answer.content, names) == (b"picture", ["avatars.example"])


@pytest.mark.parametrize(("host", "trust"), [("other.example", True), ("avatars.example", False)])
def test_a_certificate_of_another_name_or_authority_is_refused(
    host: str, trust: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certified(tmp_path, "avatars.example")
    resolve_to(monkeypatch, "127.0.0.1")
    with rude_server(http(), tls=context) as server, pytest.raises(OutboundError) as caught:
        fetch(
            "GET",
            f"https://{host}:{server.port}/",
            guard=ANYWHERE_AT_ALL,
            deadline=Deadline(5),
            authorities=trusted if trust else AUTHORITIES,
        )
    assert caught.value.failure == Failure.UNREACHABLE
    assert server.requests == []
