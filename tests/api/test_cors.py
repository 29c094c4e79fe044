"""Which pages may read an answer (API contract, section 1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.services import sites
from comments_service.services.sites import SiteView
from tests.readers import Reader
from tests.small_app import NEWS, NOON

COMMENTS = "/api/v1/comments"
PUBLIC_READS = [
    f"{COMMENTS}?site=demo&article=a",
    f"{COMMENTS}/1",
    f"{COMMENTS}/1/replies",
    "/api/v1/articles?site=demo&article=a",
    "/api/v1/articles/top?site=demo",
    "/api/v1/sites/demo",
    "/api/v1/sites/demo/policy",
    "/api/v1/sites/nowhere",
    f"{COMMENTS}?site=demo",
]


def preflight(client: FlaskClient, path: str, method: str, origin: str) -> TestResponse:
    return client.options(
        path,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
        },
    )


@pytest.mark.parametrize("path", PUBLIC_READS)
@pytest.mark.parametrize("origin", [None, NEWS, "https://elsewhere.example"])
def test_any_page_may_read_what_is_public_and_its_errors(
    client: FlaskClient, site: SiteView, path: str, origin: str | None
) -> None:
    answer = client.get(path, headers={"Origin": origin} if origin else {})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Link", "Date", "Retry-After"} <= set(exposed)
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", COMMENTS),
        ("PATCH", f"{COMMENTS}/1"),
        ("DELETE", f"{COMMENTS}/1"),
        ("PUT", f"{COMMENTS}/1/vote"),
        ("DELETE", f"{COMMENTS}/1/vote"),
        ("POST", f"{COMMENTS}/1/reports"),
        ("GET", "/api/v1/me/overlay"),
        ("GET", "/api/v1/me/comments"),
        ("PUT", "/api/v1/me/mutes/1"),
        ("DELETE", "/api/v1/me/mutes/1"),
    ],
)
def test_a_preflight_is_granted_to_any_origin_on_any_sites_list(
    app: Flask, client: FlaskClient, site: SiteView, method: str, path: str
) -> None:
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    for origin in (NEWS, "https://other.example"):
        answer = preflight(client, path, method, origin)
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
        allowed = answer.headers["Access-Control-Allow-Headers"].lower()
        assert {"authorization", "content-type", "idempotency-key"} <= set(allowed.split(", "))
        assert int(answer.headers["Access-Control-Max-Age"]) > 0
        assert "Origin" in answer.headers["Vary"]


def test_a_preflight_of_another_origin_is_granted_nothing(
    client: FlaskClient, site: SiteView
) -> None:
    answer = preflight(client, COMMENTS, "POST", "https://elsewhere.example")
    granted = [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118  werkzeug iterates over pairs
    assert granted == []


def test_a_writers_page_may_read_the_answer_and_its_errors(reader: Callable[..., Reader]) -> None:
    hana = reader()
    for answer in (hana.post("댓글입니다"), hana.post(""), hana.call("GET", "/api/v1/me/overlay")):
        assert answer.headers["Access-Control-Allow-Origin"] == NEWS
        assert "Origin" in answer.headers["Vary"]
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"Location", "Retry-After", "Idempotency-Replayed"} <= set(exposed)


def test_an_answer_to_a_writer_is_not_for_other_pages(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    answer = reader().post("댓글입니다", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
