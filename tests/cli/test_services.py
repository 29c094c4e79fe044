"""`flask service …`: secrets in rotation, an end, and limits of one's own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.config import Settings
from comments_service.services.sites import SiteView
from tests.conftest import settings_for
from tests.problems import slug
from tests.small_app import Clock


def run(app: Flask, *args: str) -> str:
    result = app.test_cli_runner().invoke(args=["service", *args])
    assert result.exit_code == 0, result.output
    return result.output


def make(app: Flask, *more: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(run(app, "create", "Desk", "--scope", "sites:write", *more))
    return made


def token(client: FlaskClient, client_id: str, secret: str) -> TestResponse:
    return client.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client_id, secret),
        base_url="https://comments.example",
    )


def test_both_secrets_open_for_a_while_after_a_rotation(
    app: Flask, client: FlaskClient, now: Clock
) -> None:
    made = make(app)
    name = made["client_id"]
    rotated = json.loads(run(app, "rotate", name, "--overlap-hours", "2"))
    assert rotated["client_id"] == name
    old, new = made["client_secret"], rotated["client_secret"]
    assert [token(client, name, secret).status_code for secret in (old, new)] == [200, 200]
    now.advance(hours=2)
    assert [token(client, name, secret).status_code for secret in (old, new)] == [401, 200]
    last = json.loads(run(app, "rotate", name, "--overlap-hours", "0"))["client_secret"]
    assert [token(client, name, secret).status_code for secret in (new, last)] == [401, 200]


def test_a_revoked_client_and_its_tokens_are_nobody(
    app: Flask, client: FlaskClient, site: SiteView, now: Clock
) -> None:
    made = make(app)
    access = token(client, made["client_id"], made["client_secret"]).get_json()["access_token"]
    run(app, "revoke", made["client_id"])
    headers = {"Authorization": f"Bearer {access}"}
    refused = client.patch("/api/v1/sites/demo", json={"name": "Maru"}, headers=headers)
    assert slug(refused) == "unauthenticated"
    assert token(client, made["client_id"], made["client_secret"]).status_code == 401
    for command in ("rotate", "revoke"):
        result = app.test_cli_runner().invoke(args=["service", command, "svc_1"])
        assert result.exit_code == 1
    assert (
        app.test_cli_runner().invoke(args=["service", "rotate", made["client_id"]]).exit_code == 1
    )


def test_the_list_says_when_a_client_was_last_used_and_no_secret(
    app: Flask, client: FlaskClient, site: SiteView, now: Clock
) -> None:
    made = make(app, "--site", "demo", "--limit", "600 per minute")
    make(app)
    now.advance(hours=1)
    token(client, made["client_id"], made["client_secret"])
    output = run(app, "list")
    first, second = map(json.loads, output.splitlines())
    assert (first["site"], first["rate_limit"]) == ("demo", "600 per minute")
    assert first["last_used_at"].startswith("2026-11-24 13:00")
    assert second["last_used_at"] is None
    assert made["client_secret"] not in output


class TestWithLimits:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return settings_for(database_url, ratelimit_enabled=True, ratelimit_writes="2 per minute")

    def test_a_client_has_its_own_limit(
        self, app: Flask, client: FlaskClient, site: SiteView
    ) -> None:
        for more, allowed in ((("--limit", "4 per minute"), 4), ((), 2)):
            made = make(app, *more)
            issued = token(client, made["client_id"], made["client_secret"]).get_json()
            headers = {"Authorization": f"Bearer {issued['access_token']}"}
            answers = [
                client.patch("/api/v1/sites/demo", json={}, headers=headers) for _ in range(5)
            ]
            assert [answer.status_code for answer in answers].count(200) == allowed
            assert answers[0].headers["RateLimit-Limit"] == str(allowed)
            assert slug(answers[-1]) == "too-many-requests"

    def test_a_limit_that_is_none_is_refused(self, app: Flask) -> None:
        args = ["service", "create", "Desk", "--scope", "sites:read", "--limit", "often"]
        assert app.test_cli_runner().invoke(args=args).exit_code == 2
