"""A content management system's day, over the wire: from registering an article to its export."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from comments_service.services import service_clients
from comments_service.services.sites import SiteView
from tests.api.services import service
from tests.readers import Reader
from tests.serving import served
from tests.small_app import NEWS, NOON

PAGE = (Path(__file__).parents[2] / "docs/cms.md").read_text("utf-8")
ARTICLE = "pier-2026"
MOBILE = "m-pier-2026"


@pytest.fixture
def written(reader: Callable[..., Reader]) -> None:
    """Readers wrote under the article, and some under the address that the mobile site has."""
    for key, bodies in ((ARTICLE, ("It <b>leaks</b>", "Not any more")), (MOBILE, ("Lovely",))):
        for body in bodies:
            assert reader().post(body, article=key).status_code == 201


def test_a_cms_lives_with_the_service(app: Flask, site: SiteView, written: None) -> None:
    token = service(app, "sites:read", "sites:write", "transfers:write", "events:read").access_token
    with served(lambda _: app) as url, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"

        def call(method: str, path: str, **more: Any) -> requests.Response:
            answer = session.request(method, f"{url}{path}", timeout=30, **more)
            assert answer.ok, answer.text
            return answer

        of = f"/api/v1/articles/{site.key}"
        said = {"url": f"{NEWS}/pier?utm_source=x", "title": "The pier reopens"}
        registered = call("PATCH", of, params={"article": ARTICLE}, json=said).json()
        assert registered["title"] == "The pier reopens"

        keys = [ARTICLE, MOBILE, *(f"other-{number}" for number in range(48))]
        counts = call("GET", "/api/v1/articles", params={"site": site.key, "article": keys}).json()
        assert [each["key"] for each in counts["articles"]] == keys
        assert [each["comment_count"] for each in counts["articles"]][:3] == [2, 1, 0]

        page = {"site": site.key, "article": ARTICLE, "lang": "en"}
        fragment = call("GET", "/render/comments", params=page).text
        assert "Not any more" in fragment
        assert "<b>leaks" not in fragment

        merge = {"site": site.key, "from": MOBILE, "into": ARTICLE}
        merged = call("POST", "/api/v1/articles/merge", json=merge).json()
        assert merged["comment_count"] == 3
        assert MOBILE in merged["aliases"]
        thread = {"site": site.key, "article": MOBILE}
        followed = call("GET", "/api/v1/comments", params=thread).json()
        assert followed["article"]["key"] == ARTICLE
        assert len(followed["comments"]) == 3

        correct = {"title": "The pier has reopened", "status": "closed"}
        corrected = call("PATCH", of, params={"article": ARTICLE}, json=correct).json()
        assert (corrected["title"], corrected["status"]) == ("The pier has reopened", "closed")

        exported = call("GET", f"/api/v1/exports/{site.key}").text
        kinds = [json.loads(line)["type"] for line in exported.splitlines()]
        assert (kinds[0], kinds.count("comment"), kinds.count("article")) == ("site", 3, 1)

        log = call("GET", "/api/v1/events", params={"site": site.key, "limit": 100}).json()
        happened = [event["type"] for event in log["items"]]
        assert happened.index("article.merged") < happened.index("article.closed")


def test_the_day_as_the_page_tells_it(app: Flask, site: SiteView, written: None) -> None:
    [script] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    scopes = ["sites:read", "sites:write", "transfers:write"]
    made = service_clients.create("CMS", scopes=scopes, site="demo", now=NOON)
    with served(lambda _: app) as url:
        secrets = {"CLIENT_ID": made.client_id, "CLIENT_SECRET": made.client_secret}
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={"PATH": os.environ["PATH"], "SERVICE": url, **secrets},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "counts [2, 1, 0] 50",
        "fragment text/html; charset=utf-8 304",
        "corrected The pier has reopened closed",
        "merged 3 ['m-pier-2026', 'pier-2026-amp']",
        "exported 3 comments",
    ]
