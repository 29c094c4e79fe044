"""The application reduced to what logging in needs, on an empty database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from comments_service import clock
from comments_service.config import Settings
from comments_service.identity.provider import ExternalIdentity, Provider, ProviderError
from comments_service.models import db
from comments_service.services import sites
from comments_service.services.sites import SiteView
from comments_service.services.transaction import prepare_engine
from comments_service.web.http import limits, problem
from comments_service.web.oauth.routes import blueprint

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NEWS = "https://news.example"


class Clock:
    """The time of day, which only a test moves."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **parts: float) -> datetime:
        self.time += timedelta(**parts)
        return self.time


class FakeProvider:
    """A provider whose codes a test makes up: a subject, or the error that the code meets."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.answers: dict[str, ExternalIdentity | ProviderError] = {}
        self.calls: list[Mapping[str, str]] = []

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        return f"https://{self.name}.example/authorize?state={state}&redirect_uri={redirect_uri}"

    def complete(self, *, code: str, redirect_uri: str, code_verifier: str) -> ExternalIdentity:
        self.calls.append(
            {"code": code, "redirect_uri": redirect_uri, "code_verifier": code_verifier}
        )
        answer = self.answers[code]
        if isinstance(answer, ProviderError):
            raise answer
        return answer


def person(
    subject: str = "1001",
    *,
    name: str = "김하나",
    provider: str = "twitter",
    handle: str | None = "hana",
    client_app: str = "",
) -> ExternalIdentity:
    return ExternalIdentity(
        provider=provider,
        subject=subject,
        client_app=client_app,
        name=name,
        handle=handle,
        avatar_url=None,
    )


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moving = Clock()
    monkeypatch.setattr(clock, "now", moving)
    return moving


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'comments.db'}"


@pytest.fixture
def providers() -> dict[str, FakeProvider]:
    return {name: FakeProvider(name) for name in ("twitter", "facebook")}


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings.load(
        {},
        database_url=database_url,
        public_url="https://comments.example",
        ratelimit_enabled=False,
        twitter_client_id="x-id",
        twitter_client_secret="x-secret",
        facebook_client_id="1234",
        facebook_client_secret="facebook-secret",
    )


@pytest.fixture
def app(settings: Settings, providers: dict[str, Provider], now: Clock) -> Iterator[Flask]:
    made = Flask(__name__)
    made.testing = True
    made.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    made.extensions["comments_settings"] = settings
    made.extensions["comments_providers"] = providers
    db.init_app(made)
    problem.register(made)
    limits.register(made, settings)
    made.register_blueprint(blueprint)
    with made.app_context():
        prepare_engine(db.engine, sqlite_synchronous="NORMAL")
        db.create_all()
        engine = db.engine
    yield made
    engine.dispose()


@pytest.fixture
def site(app: Flask) -> SiteView:
    with app.app_context():
        return sites.create("demo", name="Demo", origins=[NEWS], now=NOON)
