"""Who may do what on the routes for moderators: each route, asked by each kind of caller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comments_service.services import sites, staff
from comments_service.services.identities import IdentityKey
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role
from tests.api.moderator.conftest import PEPPER, StaffBrowser
from tests.api.oauth.conftest import ISSUER
from tests.api.services import Service, service
from tests.readers import Reader
from tests.small_app import NOON, person

CALLERS = (
    "visitor",
    "reader",
    "moderator",
    "of another site",
    "admin",
    "with scope",
    "without scope",
)
READ, WRITE, PEOPLE, ADMIN = "moderation:read", "moderation:write", "users:read", "none"

# Method, path, body, the scope that a service needs, and what an allowed call is answered.
ROUTES: tuple[tuple[str, str, dict[str, Any] | None, str, int], ...] = (
    ("GET", "queue?site=demo", None, READ, 200),
    ("GET", "comments/{comment}", None, READ, 200),
    ("POST", "decisions", {"decisions": ["{decision}"]}, WRITE, 200),
    ("POST", "decisions/{batch}/undo", None, WRITE, 200),
    ("GET", "users?q=", None, PEOPLE, 200),
    ("GET", "users/{user}", None, PEOPLE, 200),
    ("POST", "users/{user}/notes", {"text": "메모"}, WRITE, 201),
    ("POST", "users/{user}/suspensions", {"until": None, "reason": "3.1"}, WRITE, 201),
    ("DELETE", "suspensions/{suspension}", None, WRITE, 204),
    (
        "POST",
        "users/{user}/reject-recent",
        {"hours": 1, "reason": "other", "note": "도배"},
        WRITE,
        200,
    ),
    ("PUT", "users/{user}/roles", {"site": "demo", "roles": []}, ADMIN, 200),
)


@dataclass
class Scene:
    """A comment on `demo` that was decided about, its writer, suspended, and all the callers."""

    app: Flask
    comment: str
    user: str
    batch: str
    suspension: str
    reader: Reader
    browsers: dict[str, StaffBrowser]

    def ask(self, caller: str, route: tuple[str, str, dict[str, Any] | None, str, int]) -> int:
        method, path, body, scope, _ = route
        path = "/api/v1/moderation/" + path.format(
            comment=self.comment, user=self.user, batch=self.batch, suspension=self.suspension
        )
        if body == {"decisions": ["{decision}"]}:
            decided = {"comment_id": self.comment, "decision": "remove", "reason": "other"}
            body = {"decisions": [{**decided, "note": "x", "seen_status": "published"}]}
        more = {} if body is None else {"json": body}
        return self._send(caller, method, path, scope, more).status_code

    def _send(
        self, caller: str, method: str, path: str, scope: str, more: dict[str, Any]
    ) -> TestResponse:
        if caller == "visitor":
            return self.app.test_client().open(path, method=method, **more)
        if caller == "reader":
            return self.reader.call(method, path, **more)
        if caller == "with scope":
            scopes = [scope] if scope != ADMIN else [READ, WRITE, PEOPLE]
            return service(self.app, *scopes, site="demo").call(method, path, **more)
        if caller == "without scope":
            others = {READ, WRITE, PEOPLE, "comments:write"} - {scope}
            if scope == ADMIN:
                others = {"comments:write"}
            return service(self.app, *others, site="demo").call(method, path, **more)
        browser = self.browsers[caller]
        headers = {"Origin": ISSUER, "X-CSRF-Token": browser.csrf_token()}
        return browser.client.open(path, method=method, headers=headers, base_url=ISSUER, **more)


@pytest.fixture
def scene(
    app: Flask, site: SiteView, reader: Callable[..., Reader], browser: StaffBrowser
) -> Scene:
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    browsers = {}
    for subject, caller, role, where in (
        ("3001", "moderator", Role.MODERATOR, "demo"),
        ("3002", "of another site", Role.ADMIN, "other"),
        ("3003", "admin", Role.ADMIN, "demo"),
    ):
        key = IdentityKey("twitter", "", subject)
        staff.grant(key, role, site=where, pepper=PEPPER, now=NOON)
        browsers[caller] = StaffBrowser(app.test_client(), browser.providers)
        browsers[caller].log_in(person(subject, name=caller))
    hana = reader("김하나")
    comment = hana.post("자전거 도로가 필요합니다").get_json()["id"]
    desk = service(app, WRITE, site="demo")
    path = f"/api/v1/moderation/users/{hana.user_id}/suspensions"
    suspended = desk.call("POST", path, json={"until": None, "reason": "3.1"}).get_json()
    batch = _remove_and_restore(desk, comment)
    return Scene(app, comment, hana.user_id, batch, suspended["id"], hana, browsers)


def _remove_and_restore(desk: Service, comment: str) -> str:
    """A batch that can be undone, after which the comment is published."""
    batch = ""
    for decision, seen in (("remove", "published"), ("restore", "removed")):
        body = {"comment_id": comment, "decision": decision, "seen_status": seen}
        body |= {"reason": "other", "note": "x"}
        answer = desk.call("POST", "/api/v1/moderation/decisions", json={"decisions": [body]})
        assert answer.get_json()["results"][0]["code"] == 200
        batch = answer.get_json()["batch_id"]
    return batch


def expected(caller: str, route: tuple[str, str, dict[str, Any] | None, str, int]) -> set[int]:
    _, path, _, scope, success = route
    if caller == "visitor":
        return {401}
    if caller in {"reader", "without scope"}:
        return {403}
    if caller == "of another site":
        # A list is their own, a batch's results are each for itself.
        return {200} if path in {"users?q=", "decisions"} else {404}
    if scope == ADMIN:
        return {success} if caller == "admin" else {403}
    return {success}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]} {route[1]}")
def test_each_route_answers_each_caller_as_the_contract_says(
    scene: Scene, route: tuple[str, str, dict[str, Any] | None, str, int]
) -> None:
    answers = {caller: scene.ask(caller, route) for caller in CALLERS}
    wrong = {
        caller: answer
        for caller, answer in answers.items()
        if answer not in expected(caller, route)
    }
    assert wrong == {}


def test_the_table_has_every_route_for_decisions_and_people(app: Flask) -> None:
    asked = {path.partition("?")[0].partition("/")[0] for _, path, *_ in ROUTES}
    own = {"moderation", "people"}
    served = {
        rule.rule.removeprefix("/api/v1/moderation/").partition("/")[0]
        for rule in app.url_map.iter_rules()
        if app.view_functions[rule.endpoint].__module__.rpartition(".")[2] in own
        and rule.rule.startswith("/api/v1/moderation/")
    }
    assert served == asked
