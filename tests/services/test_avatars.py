"""Readers' pictures from afar. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from comments_service.errors import NotFound
from comments_service.models import Avatar, User
from comments_service.outbound.fetch import Guard
from comments_service.services import accounts, articles, avatars, identities, pictures, privacy
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading
from tests.conftest import settings_for
from tests.readers import Reader
from tests.services.test_accounts import PEPPER, actor_of, count, sign_in
from tests.services.test_pictures import gif, png
from tests.small_app import NOON, person
from tests.unit.rude import http, rude_server

NEARBY = Guard(
    hosts=frozenset({"127.0.0.1"}),
    schemes=frozenset({"http"}),
    ports=None,
    allow_private=True,
)
PROVIDERS = Guard(hosts=frozenset(settings_for("sqlite://").avatar_hosts))


def avatar_of(user_id: int) -> str | None:
    with reading() as connection:
        return connection.execute(select(User.avatar).where(User.id == user_id)).scalar_one()


def fetch(user_id: int, *answers: bytes) -> None:
    with rude_server(*answers) as server:
        avatars.refresh(user_id, server.url, guard=NEARBY, now=NOON)


def test_a_picture_is_fetched_and_kept_under_its_hash(app: Flask) -> None:
    reader = sign_in()
    fetch(reader.user_id, http(png()))
    name = avatar_of(reader.user_id)
    assert name is not None
    assert avatars.get(name).content == png()
    assert avatars.get(name).media_type == "image/png"


def test_a_new_picture_replaces_the_old_one_and_reaches_the_threads(
    site: SiteView, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    hana.post("댓글입니다")
    versions = []
    for picture in (png(), png(), gif()):
        fetch(int(hana.user_id), http(picture))
        versions.append(articles.get(site, "nato-2026-11", now=NOON).version)
    assert versions[0] == versions[1] == versions[2] - 1
    assert count(Avatar) == 1


def test_two_accounts_may_share_a_picture(app: Flask) -> None:
    one, other = sign_in(person("1")), sign_in(person("2"))
    for reader in (one, other):
        fetch(reader.user_id, http(png()))
    assert count(Avatar) == 1
    privacy.delete_account(one.user_id, pepper=PEPPER, now=NOON)
    assert avatars.get(avatar_of(other.user_id) or "").content == png()
    privacy.delete_account(other.user_id, pepper=PEPPER, now=NOON)
    assert count(Avatar) == 0


def test_a_picture_does_not_come_back_to_a_deleted_account(app: Flask) -> None:
    reader = sign_in()
    privacy.delete_account(reader.user_id, pepper=PEPPER, now=NOON)
    avatars.keep(reader.user_id, pictures.check(png()), now=NOON)
    assert avatar_of(reader.user_id) is None
    assert count(Avatar) == 0


def test_a_picture_goes_with_the_identity_it_came_from(app: Flask, site: SiteView) -> None:
    reader = sign_in()
    fetch(reader.user_id, http(png()))
    other = person("9", provider="facebook", client_app="1")
    identities.link(reader.user_id, other, pepper=PEPPER, now=NOON)
    accounts.unlink(actor_of(reader, site), "twitter", now=NOON)
    assert avatar_of(reader.user_id) is None


def test_a_picture_that_was_taken_down_goes_at_the_next_login(app: Flask) -> None:
    reader = sign_in()
    fetch(reader.user_id, http(png()))
    sign_in()
    assert avatar_of(reader.user_id) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/",
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://pbs.twimg.com@evil.example/a.png",
        "https://evil.example/a.png",
        "https://pbs.twimg.com.evil.example/a.png",
        "https://evilfbcdn.net/a.png",
        "http://pbs.twimg.com/a.png",
        "https://pbs.twimg.com:8443/a.png",
        "https://pbs.twimg.com\\@evil.example/",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "//pbs.twimg.com/a.png",
    ],
)
def test_an_address_outside_the_providers_hosts_is_not_opened(
    app: Flask, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """72."""
    monkeypatch.setattr(socket, "getaddrinfo", _never)
    monkeypatch.setattr(socket, "create_connection", _never)
    reader = sign_in()
    avatars.refresh(reader.user_id, url, guard=PROVIDERS, now=NOON)
    assert avatar_of(reader.user_id) is None


def _never(*_args: Any, **_options: Any) -> Any:
    raise AssertionError("the network was asked")


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "fc00::1"])
def test_a_providers_host_that_leads_inside_is_not_opened(
    app: Flask, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """72."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: answer)
    monkeypatch.setattr(socket, "create_connection", _never)
    reader = sign_in()
    url = "https://pbs.twimg.com/a.png"
    avatars.refresh(reader.user_id, url, guard=PROVIDERS, now=NOON)
    assert avatar_of(reader.user_id) is None


def test_a_redirect_is_not_followed(app: Flask) -> None:
    """72."""
    reader = sign_in()
    with rude_server(http(png())) as inside:
        fetch(
            reader.user_id,
            http(b"", status="302 Found", headers=(f"Location: {inside.url}",)),
        )
        assert inside.requests == []
    assert avatar_of(reader.user_id) is None


@pytest.mark.parametrize(
    "answer",
    [
        http(b"<svg xmlns='http://www.w3.org/2000/svg'/>", headers=("X: image/svg+xml",)),
        http(b"<!doctype html><title>not found</title>"),
        http(png(20_000, 20_000)),
        http(png(inside=b"\0" * 10_000_000)),
        http(png(inside=b"<script>alert(1)</script>")),
        http(png(), status="404 Not Found"),
        b"not http at all",
    ],
    ids=["svg", "html", "pixels", "bytes", "polyglot", "status", "nonsense"],
)
def test_what_is_no_small_picture_is_not_kept(app: Flask, answer: bytes) -> None:
    """73: an earlier picture stays."""
    reader = sign_in()
    fetch(reader.user_id, http(gif()))
    before = avatar_of(reader.user_id)
    assert before is not None
    fetch(reader.user_id, answer)
    assert avatar_of(reader.user_id) == before


def test_an_unknown_hash_is_no_picture(app: Flask) -> None:
    with pytest.raises(NotFound):
        avatars.get("0" * 64)
