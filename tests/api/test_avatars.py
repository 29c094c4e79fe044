"""Readers' pictures as a browser gets them. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.outbound.fetch import Guard
from comments_service.services import avatars, pictures
from comments_service.services.sites import SiteView
from comments_service.web.http.background import Background
from tests.conftest import settings_for
from tests.readers import Reader, log_in
from tests.services.test_pictures import EVERY_KIND, png
from tests.small_app import NOON, person
from tests.unit.rude import http, rude_server

THREAD = "/api/v1/comments?site=demo&article=nato-2026-11"


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_picture_is_served_as_what_it_is_and_as_nothing_else(
    client: FlaskClient, reader: Callable[..., Reader], kind: Callable[[], bytes]
) -> None:
    """74."""
    picture = pictures.check(kind())
    avatars.keep(int(reader().user_id), picture, now=NOON)
    answer = client.get(f"/avatars/{sha256(picture.content).hexdigest()}")
    assert answer.status_code == 200
    assert answer.data == picture.content
    assert answer.headers["Content-Type"] == picture.media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "public, max-age=604800, immutable"
    again = client.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["0" * 64, "x" * 64, "A" * 64, "..%2f..%2fetc", "a"])
def test_an_unknown_picture_is_not_found(client: FlaskClient, app: Flask, name: str) -> None:
    assert client.get(f"/avatars/{name}").status_code == 404


def test_a_login_brings_the_picture_into_the_thread(
    app: Flask, site: SiteView, client: FlaskClient
) -> None:
    with rude_server(http(png())) as server:
        app.extensions["comments_avatar_guard"] = Guard(
            hosts=frozenset({"127.0.0.1"}),
            schemes=frozenset({"http"}),
            ports=None,
            allow_private=True,
        )
        hana = log_in(app, site, replace(person(), avatar_url=server.url))
        app.extensions["comments_background"].finish()
    hana.post("댓글입니다")
    author = client.get(THREAD).get_json()["comments"][0]["author"]
    assert author["avatar_url"].startswith("https://comments.example/avatars/")
    assert client.get(author["avatar_url"]).data == png()


def test_pictures_come_from_the_providers_own_hosts_alone(app: Flask) -> None:
    """72: this machine is one only beside the development identity provider."""
    guard = app.extensions["comments_avatar_guard"]
    assert guard == Guard(
        hosts=frozenset(
            {"pbs.twimg.com", "abs.twimg.com", "platform-lookaside.fbsbx.com", ".fbcdn.net"}
        ),
        schemes=frozenset({"https"}),
        ports=frozenset({443}),
        allow_private=False,
    )
    beside = {"twitter_api_url": "http://127.0.0.1:8002/2/"}
    assert settings_for("sqlite://").development_provider_hosts == frozenset()
    assert settings_for("sqlite://", **beside).development_provider_hosts == {"127.0.0.1"}
    other = settings_for("sqlite://", avatar_hosts=("pictures.example",))
    assert other.avatar_hosts == ("pictures.example",)


def test_no_login_waits_for_a_picture_or_fails_with_it(
    app: Flask, site: SiteView, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()
    asked = []

    def hang_and_fail(*_args: object, **_options: object) -> None:
        asked.append(may_go_on.wait(timeout=10))
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(avatars, "refresh", hang_and_fail)
    hana = log_in(app, site, replace(person(), avatar_url="https://pbs.twimg.com/a.png"))
    assert hana.post("댓글입니다").status_code == 201
    may_go_on.set()
    app.extensions["comments_background"].finish()
    assert asked == [True]


def test_more_work_than_fits_is_dropped(app: Flask) -> None:
    background = Background(app, most_waiting=3)
    may_go_on = threading.Event()
    done: list[bool] = []
    for _ in range(5):
        background.begin(lambda: done.append(may_go_on.wait(timeout=10)))
    may_go_on.set()
    background.finish()
    assert done == [True] * 3
