"""Service clients for tests: made as an operator does it, with a token as a service gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.services import service_clients
from tests.small_app import NOON


@dataclass
class Service:
    """A service with a token; `call` sends a request as it would."""

    client: FlaskClient
    access_token: str

    def call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        token = {"Authorization": f"Bearer {self.access_token}"}
        return self.client.open(path, method=method, headers=token | (headers or {}), **more)


def service(app: Flask, *scopes: str, site: str | None = None) -> Service:
    """A service with these scopes, on one site or on all, after its `client_credentials`."""
    made = service_clients.create("Desk", scopes=scopes, site=site, now=NOON)
    client = app.test_client()
    answer = client.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(made.client_id, made.client_secret),
        base_url="https://comments.example",
    )
    return Service(client, answer.get_json()["access_token"])
