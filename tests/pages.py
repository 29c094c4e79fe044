"""A browser without JavaScript, for tests of the page of a thread."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests.small_app import person

SERVICE = "https://comments.example"
PAGE = "/embed/demo?article=nato&lang=ko"
CSRF = re.compile(r'name="csrf_token" value="([0-9a-f]{128})"')


class Browser:
    """A browser without JavaScript, at the service."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.providers = app.extensions["comments_providers"]

    def get(self, path: str = PAGE) -> str:
        return self.client.get(path, base_url=SERVICE).get_data(as_text=True)

    def send(
        self, path: str, *, origin: str | None = SERVICE, token: str | None = None, **form: str
    ) -> TestResponse:
        """Send a form, by default one of the page's own."""
        if token is None:
            found = CSRF.search(self.get())
            token = found[1] if found else ""
        return self.client.post(
            path,
            data={"article": "nato", "lang": "ko", "csrf_token": token, **form},
            headers={} if origin is None else {"Origin": origin},
            base_url=SERVICE,
        )

    def log_in(self, name: str = "김하나", subject: str = "77") -> TestResponse:
        self.providers["twitter"].answers["code"] = person(subject, name=name)
        sent = self.send("/embed/demo/login", provider="twitter")
        assert sent.status_code == 302, sent.get_data(as_text=True)
        state = parse_qs(urlsplit(sent.location).query)["state"][0]
        return self.client.get(
            "/oauth/callback/twitter",
            query_string={"state": state, "code": "code"},
            base_url=SERVICE,
        )

    def write(self, body: str, **form: str) -> TestResponse:
        return self.send("/embed/demo/comments", body=body, **form)
