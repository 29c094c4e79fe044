"""The audit log over the API: its items, its filters, its pages, its end."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from comments_service.services import audit, sites
from comments_service.services.sites import SiteView
from tests.api.services import Service, service
from tests.problems import slug
from tests.small_app import NEWS, NOON, Clock

AUDIT = "/api/v1/moderation/audit"
SETTINGS = "/api/v1/moderation/articles?site=demo&article="


@pytest.fixture
def desk(app: Flask, site: SiteView) -> Service:
    return service(app, "moderation:read", "moderation:write", site="demo")


def write(desk: Service, *articles: str) -> None:
    for article in articles:
        desk.call("PATCH", f"{SETTINGS}{article}", json={"status": "closed"})


def read(desk: Service, query: str = "site=demo") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.call("GET", f"{AUDIT}?{query}").get_json()["items"]
    return items


def test_an_entry_says_who_did_what_when_and_how_it_is_chained(desk: Service) -> None:
    write(desk, "a", "b")
    newest, oldest = read(desk)
    assert list(newest) == [
        "seq",
        "at",
        "actor",
        "action",
        "target",
        "reason",
        "before",
        "after",
        "previous_hash",
        "hash",
    ]
    assert newest["at"] == "2026-11-24T12:00:00.000Z"
    assert newest["actor"].startswith("service:")
    assert newest["action"] == "article.changed"
    assert newest["before"] == {"status": "open"}
    assert newest["after"] == {"status": "closed"}
    assert newest["previous_hash"] == oldest["hash"]


def test_the_end_of_the_log_is_its_newest_entry(desk: Service) -> None:
    write(desk, "a")
    [newest] = read(desk)
    head = desk.call("GET", f"{AUDIT}/head").get_json()
    assert head == {"seq": newest["seq"], "hash": newest["hash"]}


def test_the_log_is_paged_without_a_gap(desk: Service) -> None:
    write(desk, "a", "b", "c")
    first = desk.call("GET", f"{AUDIT}?site=demo&limit=2")
    cursor = first.get_json()["next_cursor"]
    assert f"cursor={cursor}" in first.headers["Link"]
    rest = desk.call("GET", f"{AUDIT}?site=demo&limit=2&cursor={cursor}").get_json()
    assert rest["next_cursor"] is None
    assert first.get_json()["items"] + rest["items"] == read(desk)
    assert slug(desk.call("GET", f"{AUDIT}?site=demo&action=x&cursor={cursor}")) == "invalid-cursor"


def test_the_log_is_filtered(desk: Service, now: Clock) -> None:
    write(desk, "a")
    now.advance(seconds=30)
    write(desk, "b")
    newest, oldest = read(desk)
    for name in ("actor", "action"):
        assert len(read(desk, f"site=demo&{name}={newest[name]}")) == 2
        assert read(desk, f"site=demo&{name}=nobody") == []
    assert read(desk, f"site=demo&target={oldest['target']}") == [oldest]
    assert read(desk, "site=demo&since=2026-11-24T12:00:10Z") == [newest]
    assert read(desk, "site=demo&until=2026-11-24T12:00:10Z") == [oldest]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("", "/query/site"),
        ("site=demo&since=yesterday", "/query/since"),
        ("site=demo&actor=a%20b", "/query/actor"),
        ("site=demo&limit=0", "/query/limit"),
    ],
)
def test_a_wrong_query_is_named(desk: Service, query: str, pointer: str) -> None:
    refused = desk.call("GET", f"{AUDIT}?{query}")
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == pointer


def test_a_site_sees_its_own_entries_and_who_has_all_sites_sees_all(
    app: Flask, desk: Service
) -> None:
    hill = sites.create("hill", name="Hill", origins=[NEWS], now=NOON)
    write(desk, "a")
    stranger = service(app, "moderation:read", site=hill.key)
    assert read(stranger, "site=hill") == []
    assert slug(stranger.call("GET", f"{AUDIT}?site=demo")) == "not-found"
    everywhere = service(app, "moderation:read")
    assert len(read(everywhere, "")) == audit.head().seq
