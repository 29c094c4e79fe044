"""Sites as services make and change them (API contract, section 7)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.models import AuditEntry, db
from comments_service.services import sites
from comments_service.services.sites import SiteSettings, SiteView
from comments_service.web.api.sites import SettingsBody
from tests.api.services import Service, service
from tests.problems import pointers, slug
from tests.small_app import NEWS, NOON

SITES = "/api/v1/sites"
NEW = {"key": "second", "name": "Second Daily", "origins": ["https://second.example"]}


@pytest.fixture
def desk(app: Flask, site: SiteView) -> Service:
    return service(app, "sites:read", "sites:write")


def test_every_setting_of_a_site_can_be_changed() -> None:
    assert set(SettingsBody.model_fields) == {each.name for each in fields(SiteSettings)}


def test_a_site_is_made_listed_and_changed(desk: Service, client: FlaskClient) -> None:
    made = desk.call("POST", SITES, json=NEW)
    assert made.status_code == 201
    assert made.headers["Location"] == f"https://comments.example{SITES}/second"
    assert made.get_json()["providers"] is None
    assert made.get_json()["settings"]["limit"] == 250
    listed = desk.call("GET", SITES).get_json()
    assert [item["key"] for item in listed["items"]] == ["demo", "second"]
    assert listed["items"][1] == made.get_json()
    assert listed["next_cursor"] is None
    change = {
        "name": "The Second",
        "origins": ["https://second.example", "https://www.second.example"],
        "providers": ["facebook"],
        "settings": {"limit": 200, "edit_window_seconds": 60, "reserved_names": ["The Editor"]},
    }
    changed = desk.call("PATCH", f"{SITES}/second", json=change)
    assert changed.status_code == 200, changed.get_data(as_text=True)
    public = client.get(f"{SITES}/second").get_json()
    assert (public["name"], public["limit"], public["providers"]) == (
        "The Second",
        200,
        ["facebook"],
    )
    again = desk.call("PATCH", f"{SITES}/second", json={"settings": {"limit": None}}).get_json()
    assert again["settings"]["limit"] == 250, "back to the default"
    assert again["settings"]["edit_window_seconds"] == 60
    assert again["origins"] == change["origins"], "what is not named stays"
    assert again["providers"] == ["facebook"]
    everything = desk.call("PATCH", f"{SITES}/second", json={"providers": None}).get_json()
    assert everything["providers"] is None


def test_changes_are_in_the_audit_log(desk: Service) -> None:
    desk.call("POST", SITES, json=NEW)
    desk.call("PATCH", f"{SITES}/second", json={"name": "The Second"})
    entries = db.session.query(AuditEntry).order_by(AuditEntry.seq).all()
    assert [entry.action for entry in entries] == ["site.created", "site.changed"]
    assert entries[1].before is not None
    assert entries[1].after is not None
    assert (entries[1].before["name"], entries[1].after["name"]) == ("Second Daily", "The Second")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"key": "Second"}, "/key"),
        ({"key": "demo"}, "/key"),
        ({"name": ""}, "/name"),
        ({"origins": []}, "/origins"),
        ({"origins": ["https://*.second.example"]}, "/origins/0"),
        ({"origins": ["https://second.example", "https://second.example/page"]}, "/origins/1"),
        ({"origins": ["https://second.example?x"]}, "/origins/0"),
        ({"origins": ["http://second.example"]}, "/origins/0"),
        ({"origins": ["null"]}, "/origins/0"),
        ({"providers": ["myspace"]}, "/providers/0"),
        ({"providers": ["twitter", "twitter"]}, "/providers"),
        ({"settings": {"limit": 251}}, "/settings/limit"),
        ({"settings": {"limit": "9"}}, "/settings/limit"),
        ({"settings": {"edit_window_seconds": -1}}, "/settings/edit_window_seconds"),
        ({"settings": {"languages": []}}, "/settings/languages"),
        ({"settings": {"account_deletion": "shred"}}, "/settings/account_deletion"),
        ({"settings": {"report_threshold": 0}}, "/settings/report_threshold"),
        ({"settings": {"reserved_names": [""]}}, "/settings/reserved_names/0"),
        ({"settings": {"colour": "red"}}, "/settings/colour"),
        ({"settings": {"sso": {}}}, "/settings/sso/issuer"),
    ],
)
def test_a_wrong_value_is_named(desk: Service, change: dict[str, Any], pointer: str) -> None:
    assert pointers(desk.call("POST", SITES, json=NEW | change)) == [pointer]
    assert len(desk.call("GET", SITES).get_json()["items"]) == 1


def test_this_machine_may_have_pages_in_development(desk: Service) -> None:
    local = ["http://localhost:8001", "http://127.0.0.1:8001", "http://news.localhost"]
    assert desk.call("POST", SITES, json=NEW | {"origins": local}).get_json()["origins"] == local


def test_a_service_of_one_site_sees_and_changes_that_one(
    app: Flask, site: SiteView, client: FlaskClient
) -> None:
    sites.create("other", name="Other", origins=[NEWS], now=NOON)
    own = service(app, "sites:read", "sites:write", site="demo")
    assert [item["key"] for item in own.call("GET", SITES).get_json()["items"]] == ["demo"]
    assert own.call("PATCH", f"{SITES}/demo", json={"name": "Maru"}).status_code == 200
    assert slug(own.call("PATCH", f"{SITES}/other", json={"name": "Maru"})) == "not-found"
    assert slug(own.call("PATCH", f"{SITES}/none", json={"name": "Maru"})) == "unknown-site"
    assert slug(own.call("POST", SITES, json=NEW)) == "wrong-site"
    reading = service(app, "sites:read")
    assert slug(reading.call("POST", SITES, json=NEW)) == "insufficient-scope"
    assert slug(reading.call("PATCH", f"{SITES}/demo", json={})) == "insufficient-scope"
    assert slug(service(app, "sites:write").call("GET", SITES)) == "insufficient-scope"
    assert slug(client.get(SITES)) == "unauthenticated"


def test_pages_of_sites(desk: Service) -> None:
    for number in range(3):
        desk.call("POST", SITES, json=NEW | {"key": f"site-{number}"})
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = desk.call("GET", SITES, query_string=query).get_json()
        seen += [item["key"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(seen) == ["demo", "site-0", "site-1", "site-2"]
    assert len(seen) == 4
