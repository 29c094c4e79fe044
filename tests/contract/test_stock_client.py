"""Any OAuth client can log readers in: one that was not written for this service does."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from flask import Flask

from comments_service.models import db
from comments_service.services import sites
from tests.api.oauth.test_with_development_provider import service
from tests.contract import stock_client
from tests.serving import served
from tests.small_app import NOON
from tests.unit.development_provider import DevelopmentProvider, running_provider

SITE = "stock"
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@dataclass(frozen=True, slots=True)
class World:
    """Three servers on three ports, and what runs on them."""

    client_url: str
    service_url: str
    provider: DevelopmentProvider


@pytest.fixture(scope="module")
def world(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = tmp_path_factory.mktemp("stock") / "comments.db"
    shutil.copy(migrated_file, path)
    made: list[Flask] = []

    def make_service(url: str) -> Flask:
        app = service(f"sqlite:///{path}", provider, public_url=url, provider_deadline_seconds=8.0)
        made.append(app)
        return app

    with ExitStack() as stack:
        provider = stack.enter_context(running_provider())
        service_url = stack.enter_context(served(make_service))
        client_url = stack.enter_context(
            served(lambda _url: stock_client.create_client(service_url, SITE))
        )
        with made[0].app_context():
            sites.create(SITE, name="Stock", origins=[client_url], now=NOON)
        yield World(client_url, service_url, provider)
        made[0].extensions["comments_background"].finish()
        with made[0].app_context():
            db.engine.dispose()


def choose(answer: requests.Response, persona: str, browser: requests.Session) -> requests.Response:
    """Choose a person on the identity provider's page, and go wherever that leads."""
    assert answer.status_code == 200, answer.text
    assert "/i/oauth2/authorize" in answer.url
    return browser.get(answer.url, params={"persona": persona}, timeout=10)


def test_the_client_knows_nothing_of_this_package() -> None:
    tree = ast.parse(Path(stock_client.__file__).read_text("utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    }
    assert {name.partition(".")[0] for name in imported} == {"__future__", "authlib", "flask"}


def test_a_stock_client_logs_a_reader_in_from_the_metadata_alone(world: World) -> None:
    with requests.Session() as browser:
        page = {"Referer": f"{world.client_url}/"}
        asked = browser.get(f"{world.client_url}/login", headers=page, timeout=10)
        reader = choose(asked, "김하나", browser)
        assert reader.url == f"{world.client_url}/reader"
        me = reader.json()
    assert me["display_name"] == "김하나"
    assert [identity["provider"] for identity in me["identities"]] == ["twitter"]


def test_without_a_referrer_the_reader_is_asked_first(world: World) -> None:
    with requests.Session() as browser:
        asked = browser.get(f"{world.client_url}/login", timeout=10)
        assert asked.url.startswith(f"{world.service_url}/oauth/authorize?")
        form = {name: unescape(value) for name, value in FIELD.findall(asked.text)}
        action = urljoin(asked.url, "/oauth/authorize")
        reader = choose(browser.post(action, data=form, timeout=10), "이준호", browser)
        assert reader.json()["display_name"] == "이준호"


def test_each_login_of_a_person_is_the_same_reader(world: World) -> None:
    seen = set()
    for _ in range(2):
        with requests.Session() as browser:
            page = {"Referer": f"{world.client_url}/"}
            asked = browser.get(f"{world.client_url}/login", headers=page, timeout=10)
            seen.add(choose(asked, "Grace Park", browser).json()["id"])
    assert len(seen) == 1
