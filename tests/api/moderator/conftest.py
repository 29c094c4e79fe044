"""A moderator's browser, and people with and without a role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.identity.provider import ExternalIdentity
from comments_service.services import staff
from comments_service.services.identities import IdentityKey
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role
from tests.api.oauth.conftest import ISSUER, query_of
from tests.small_app import NOON, FakeProvider, person

PEPPER = "development-secret-key-never-in-production"
COOKIE = "__Host-social_comments_staff"
JISU = person("2001", name="지수", handle="jisu")


@dataclass
class StaffBrowser:
    """A browser on the moderators' pages."""

    client: FlaskClient
    providers: dict[str, FakeProvider]

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, base_url=ISSUER, headers=headers)

    def state_at_provider(self, provider: str = "twitter") -> str:
        answer = self.get(f"/moderator/login/{provider}")
        assert answer.status_code == 302, answer.text
        return query_of(answer.location)["state"]

    def come_back(self, state: str, **query: str) -> TestResponse:
        return self.client.get(
            "/oauth/callback/twitter", query_string={"state": state, **query}, base_url=ISSUER
        )

    def log_in(self, whom: ExternalIdentity = JISU) -> TestResponse:
        """Through the provider and back."""
        self.providers["twitter"].answers["code"] = whom
        return self.come_back(self.state_at_provider(), code="code")

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> TestResponse:
        """A form as our own page sends it, unless `headers` say otherwise."""
        sent = {"Origin": ISSUER, "Accept": "text/html", **headers}
        return self.client.post(path, data=form or {}, headers=sent, base_url=ISSUER)

    def submit(self, path: str, **fields: str) -> TestResponse:
        """A form with the token of the page it is on."""
        return self.post(path, {"csrf_token": self.csrf_token(), **fields})

    def csrf_token(self) -> str:
        page = self.get("/moderator/")
        if page.status_code == 303:
            page = self.get(page.location)
        found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.text)
        assert found is not None, page.text
        return found[1]

    @property
    def cookie(self) -> str | None:
        found = self.client.get_cookie(COOKIE, domain="comments.example")
        return found.value if found else None

    def bring_cookie(self, value: str) -> None:
        self.client.set_cookie(COOKIE, value, domain="comments.example", secure=True)


@pytest.fixture
def providers(app: Flask) -> dict[str, FakeProvider]:
    return cast(dict[str, FakeProvider], app.extensions["comments_providers"])


@pytest.fixture
def browser(app: Flask, site: SiteView, providers: dict[str, FakeProvider]) -> StaffBrowser:
    return StaffBrowser(app.test_client(), providers)


@pytest.fixture
def other_browser(app: Flask, site: SiteView, providers: dict[str, FakeProvider]) -> StaffBrowser:
    return StaffBrowser(app.test_client(), providers)


@pytest.fixture
def jisu(app: Flask, site: SiteView) -> int:
    """Jisu moderates `demo`; the account's id."""
    granted = staff.grant(
        IdentityKey("twitter", "", "2001"), Role.MODERATOR, site="demo", pepper=PEPPER, now=NOON
    )
    return granted.user_id
