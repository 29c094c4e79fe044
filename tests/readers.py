"""Readers for tests: logged in the way the widget does it, and able to post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.identity.provider import ExternalIdentity
from comments_service.services.sites import SiteView
from tests.small_app import NEWS

VERIFIER = "v" * 43
PAGE = f"{NEWS}/articles/1"


@dataclass
class Reader:
    """A reader with tokens; the methods call the API as their widget would."""

    client: FlaskClient
    site: str
    user_id: str
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}", "Origin": NEWS}

    def post(
        self,
        body: str,
        *,
        article: str = "nato-2026-11",
        parent_id: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """Post a comment."""
        content = {"site": self.site, "article": {"key": article}, "body": body, **more}
        if parent_id is not None:
            content["parent_id"] = parent_id
        return self.call("POST", "/api/v1/comments", json=content, headers=headers)

    def call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        """Any request with this reader's token."""
        return self.client.open(path, method=method, headers=self.headers | (headers or {}), **more)


def log_in(app: Flask, site: SiteView, who: ExternalIdentity) -> Reader:
    """Log `who` in at `site` over HTTP: authorize, the provider's return, the exchange."""
    client = app.test_client()
    provider = app.extensions["comments_providers"][who.provider]
    provider.answers["code"] = who
    request = {
        "response_type": "code",
        "client_id": site.key,
        "redirect_uri": PAGE,
        "state": "s" * 22,
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        "provider": who.provider,
        "response_mode": "query",
    }
    base = "https://comments.example"
    sent = client.get(
        "/oauth/authorize", query_string=request, headers={"Referer": PAGE}, base_url=base
    )
    state = parse_qs(urlsplit(sent.location).query)["state"][0]
    returned = client.get(
        f"/oauth/callback/{who.provider}",
        query_string={"state": state, "code": "code"},
        base_url=base,
    )
    code = parse_qs(urlsplit(returned.location).query)["code"][0]
    exchanged = client.post(
        "/oauth/token",
        data={
            "grant_type": "authorization_code",
            "client_id": site.key,
            "redirect_uri": PAGE,
            "code": code,
            "code_verifier": VERIFIER,
        },
        headers={"Origin": NEWS},
        base_url=base,
    )
    assert exchanged.status_code == 200, exchanged.get_data(as_text=True)
    answer = exchanged.get_json()
    return Reader(
        client=client,
        site=site.key,
        user_id=answer["user"]["id"],
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
    )
