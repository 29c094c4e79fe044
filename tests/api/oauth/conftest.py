"""A browser that logs in, and the pieces that a login is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from comments_service.identity.provider import ExternalIdentity, ProviderError
from comments_service.models import Base
from comments_service.services import tokens
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading
from tests.small_app import NEWS, FakeProvider, person

ISSUER = "https://comments.example"
ARTICLE = f"{NEWS}/a/1"
VERIFIER = "verifier-" + "v" * 34
STATE = "state-of-the-widget"


def authorize_query(**changes: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": "demo",
        "redirect_uri": ARTICLE,
        "state": STATE,
        "code_challenge": tokens.challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        "provider": "twitter",
        "response_mode": "query",
        **changes,
    }


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def count(table: type[Base]) -> int:
    """How many rows there are."""
    with reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


@dataclass
class Browser:
    """A reader's browser and the client that started it."""

    client: FlaskClient
    providers: dict[str, FakeProvider]

    def start(self, *, referer: str | None = ARTICLE, **changes: str) -> TestResponse:
        headers = {} if referer is None else {"Referer": referer}
        return self.client.get(
            "/oauth/authorize",
            query_string=authorize_query(**changes),
            headers=headers,
            base_url=ISSUER,
        )

    def state_at_provider(self, **changes: str) -> str:
        """Our own state, as the provider sees it."""
        answer = self.start(**changes)
        assert answer.status_code == 302, answer.text
        return parse_qs(urlsplit(answer.location).query)["state"][0]

    def come_back(self, state: str, *, provider: str = "twitter", **query: str) -> TestResponse:
        return self.client.get(
            f"/oauth/callback/{provider}",
            query_string={"state": state, **query},
            base_url=ISSUER,
        )

    def approve(
        self,
        whom: ExternalIdentity | ProviderError | None = None,
        **changes: str,
    ) -> TestResponse:
        """Go to the provider, say yes (or meet an error there), and come back."""
        provider = changes.get("provider", "twitter")
        state = self.state_at_provider(**changes)
        code = f"code-{len(self.providers[provider].answers)}"
        self.providers[provider].answers[code] = whom or person(provider=provider)
        return self.come_back(state, provider=provider, code=code)

    def code(self, whom: ExternalIdentity | None = None, **changes: str) -> str:
        return query_of(self.approve(whom, **changes).location)["code"]

    def exchange(self, code: str, /, *, origin: str | None = NEWS, **changes: str) -> TestResponse:
        form = {
            "grant_type": "authorization_code",
            "client_id": "demo",
            "redirect_uri": ARTICLE,
            "code": code,
            "code_verifier": VERIFIER,
            **changes,
        }
        return self.post("/oauth/token", form, origin=origin)

    def refresh(
        self, refresh_token: str, *, origin: str | None = NEWS, **changes: str
    ) -> TestResponse:
        form = {
            "grant_type": "refresh_token",
            "client_id": "demo",
            "refresh_token": refresh_token,
            **changes,
        }
        return self.post("/oauth/token", form, origin=origin)

    def post(self, path: str, form: dict[str, str], *, origin: str | None = NEWS) -> TestResponse:
        headers = {} if origin is None else {"Origin": origin}
        return self.client.post(path, data=form, headers=headers, base_url=ISSUER)


@pytest.fixture
def providers(app: Flask) -> dict[str, FakeProvider]:
    return cast(dict[str, FakeProvider], app.extensions["comments_providers"])


@pytest.fixture
def browser(app: Flask, site: SiteView, providers: dict[str, FakeProvider]) -> Browser:
    return Browser(app.test_client(), providers)


@pytest.fixture
def other_browser(app: Flask, site: SiteView, providers: dict[str, FakeProvider]) -> Browser:
    return Browser(app.test_client(), providers)
