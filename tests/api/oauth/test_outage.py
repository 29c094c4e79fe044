"""A provider is down: those who are logged in go on, and those who log in are told soon.

Over real HTTP to the development identity provider. Numbers are those of `docs/login-threats.md`.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from flask import Flask

from comments_service.config import Settings
from comments_service.models import db
from comments_service.services import sites
from tests.api.oauth.conftest import ARTICLE, STATE, VERIFIER, authorize_query, query_of
from tests.api.oauth.test_with_development_provider import service
from tests.serving import served
from tests.small_app import NEWS, NOON
from tests.unit.development_provider import DevelopmentProvider, running_provider

THREAD = {"site": "demo", "article": "outage"}
# What a busy machine may add to a deadline.
SLACK = 3.0


@dataclass
class Reader:
    """A reader's browser that speaks real HTTP, and every secret that passed through it."""

    service_url: str
    provider: DevelopmentProvider
    session: requests.Session = field(default_factory=requests.Session)
    secrets: list[str] = field(default_factory=lambda: [VERIFIER, STATE])
    access_token: str = ""

    def log_in(self, persona: str) -> dict[str, str]:
        """What the client is told."""
        returned = self.choose(persona)
        callback = f"{self.service_url}/oauth/callback/twitter"
        answer = self.session.get(callback, params=returned, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, answer.text
        return query_of(answer.headers["Location"])

    def choose(self, persona: str) -> dict[str, str]:
        """What the provider sends along to the callback."""
        sent = self.session.get(
            f"{self.service_url}/oauth/authorize",
            params=authorize_query(),
            headers={"Referer": ARTICLE},
            allow_redirects=False,
            timeout=10,
        )
        returned = self.provider.come_back(sent.headers["Location"], persona=persona)
        self.secrets += [*returned.values(), *self.session.cookies.values()]
        return returned

    def exchange(self, code: str) -> None:
        form = {
            "grant_type": "authorization_code",
            "client_id": "demo",
            "redirect_uri": ARTICLE,
            "code": code,
            "code_verifier": VERIFIER,
        }
        answer = requests.post(f"{self.service_url}/oauth/token", data=form, timeout=10)
        body = answer.json()
        self.secrets += [code, body["access_token"], body["refresh_token"]]
        self.access_token = body["access_token"]

    def post(self, text: str) -> int:
        answer = requests.post(
            f"{self.service_url}/api/v1/comments",
            json={"site": "demo", "article": {"key": THREAD["article"]}, "body": text},
            headers={"Authorization": f"Bearer {self.access_token}", "Origin": NEWS},
            timeout=5,
        )
        return answer.status_code

    def read(self) -> list[str]:
        """The texts in the thread, newest first."""
        answer = requests.get(f"{self.service_url}/api/v1/comments", params=THREAD, timeout=5)
        return [comment["body"] for comment in answer.json()["comments"]]


@pytest.fixture(scope="module")
def running() -> Iterator[DevelopmentProvider]:
    with running_provider() as provider:
        yield provider


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        pytest.param("timeout", 8.0, marks=pytest.mark.slow),
        ("timeout", 2.5),
        ("drip", 1.5),
        ("500", 8.0),
        ("rate-limited", 8.0),
    ],
)
def test_readers_go_on_while_a_provider_is_down(
    running: DevelopmentProvider,
    migrated_file: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    fault: str,
    seconds: float,
) -> None:
    """23, 24, 35 and 79."""
    running.forget()
    shutil.copy(migrated_file, tmp_path / "comments.db")

    def make(url: str) -> Flask:
        app = service(
            f"sqlite:///{tmp_path / 'comments.db'}",
            running,
            public_url=url,
            provider_deadline_seconds=seconds,
            log_level="DEBUG",
        )
        with app.app_context():
            sites.create("demo", name="Demo", origins=[NEWS], now=NOON)
        apps.append(app)
        return app

    apps: list[Flask] = []
    with served(make) as url:
        hana, late = Reader(url, running), Reader(url, running)
        hana.exchange(hana.log_in("hana")["code"])
        running.misbehave("twitter", fault)
        told: list[dict[str, str]] = []
        began = time.monotonic()
        logging_in = threading.Thread(target=lambda: told.append(late.log_in("late")))
        logging_in.start()
        assert hana.post("공급자가 멈춰도 씁니다") == 201
        assert hana.read() == ["공급자가 멈춰도 씁니다"]
        still_waiting = not told
        logging_in.join(timeout=seconds + 30)
        took = time.monotonic() - began
        running.forget()
        apps[0].extensions["comments_background"].finish()
    with apps[0].app_context():
        db.engine.dispose()

    assert told == [
        {
            "error": "temporarily_unavailable",
            "error_description": "provider_unavailable",
            "state": STATE,
            "iss": url,
        }
    ]
    assert took < seconds + SLACK
    if fault == "timeout":
        assert still_waiting
    logged = capfd.readouterr().err
    assert "provider_failed" in logged
    secrets = [*hana.secrets, *late.secrets, "development-twitter-secret"]
    assert [secret for secret in secrets if secret in logged] == []
    assert "cst_" not in logged


def test_a_login_waits_eight_seconds_for_its_provider_unless_told_otherwise() -> None:
    assert Settings.model_fields["provider_deadline_seconds"].default == 8.0
