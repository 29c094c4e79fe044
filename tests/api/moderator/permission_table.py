"""Who may do what on the routes of moderators and of the services: the table, made by asking.

`ROUTES` says how each route is asked and what an allowed call is answered, `Scene.answers` asks it
as every kind of caller. `python -m tests.api.moderator.permission_table` (`make permissions`)
writes what it was answered into `docs/permissions.md`; `test_permissions.py` asks again.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from flask import Flask
from flask_migrate import upgrade
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from comments_service import clock, create_app
from comments_service.models import Comment, Decision, Job, JobStatus, StaffSession, User, db
from comments_service.services import (
    backtests,
    blinds,
    deliveries,
    jobs,
    moderation,
    policies,
    sites,
    staff,
    staff_sessions,
    suspensions,
    webhooks,
)
from comments_service.services.actor import Actor
from comments_service.services.blinds import NewBlind
from comments_service.services.events import EventType
from comments_service.services.identities import IdentityKey
from comments_service.services.ids import first_id, new_id
from comments_service.services.moderation import DecisionKind, NewDecision
from comments_service.services.permissions import FOR_MODERATORS, Permission
from comments_service.services.rejudgements import ONE_IN
from comments_service.services.roles import Role, RoleView
from comments_service.services.sites import SiteView
from comments_service.services.suspensions import NewSuspension
from comments_service.services.transaction import transaction
from comments_service.services.views import Status
from tests.api.gulls import POLICY
from tests.api.moderator.conftest import PEPPER, StaffBrowser
from tests.api.oauth.conftest import ISSUER
from tests.api.services import Service, service
from tests.conftest import settings_for
from tests.readers import Reader, log_in
from tests.rows import put_article, put_comment
from tests.small_app import NEWS, NOON, Clock, FakeProvider, person

PAGE = Path(__file__).parents[3] / "docs/permissions.md"
DRAFT = POLICY.replace("extends: default\n", "")

VISITOR, READER = "visitor", "reader"
MODERATOR, ADMIN, ELSEWHERE = "moderator", "admin", "admin of another site"
SCOPE, NO_SCOPE = "service with the scope", "without it"
SCOPE_ELSEWHERE, SCOPE_EVERYWHERE = "with it, of another site", "with it, of every site"
OF_SERVICES = {SCOPE: "demo", NO_SCOPE: "demo", SCOPE_ELSEWHERE: "other", SCOPE_EVERYWHERE: None}
CALLERS = (VISITOR, READER, MODERATOR, ADMIN, ELSEWHERE, *OF_SERVICES)
STAFF = {
    MODERATOR: ("3001", Role.MODERATOR, "demo"),
    ADMIN: ("3002", Role.ADMIN, "demo"),
    ELSEWHERE: ("3003", Role.ADMIN, "other"),
}

READ, WRITE, PEOPLE = "moderation:read", "moderation:write", "users:read"
SITES, SITES_CHANGED = "sites:read", "sites:write"
EVENTS, HOOKS, TRANSFERS = "events:read", "webhooks:write", "transfers:write"
SCOPES = {READ, WRITE, PEOPLE, SITES, SITES_CHANGED, EVENTS, HOOKS, TRANSFERS}

OF_READERS = {
    Permission.WRITE_COMMENTS,
    Permission.OWN_COMMENTS,
    Permission.VOTE,
    Permission.REPORT,
    Permission.OWN_ACCOUNT,
    Permission.READER_PAGE,
    Permission.PUBLIC,
    Permission.OPERATE,
}
"""What is no business of a desk's, and has no row."""

Values: TypeAlias = Mapping[str, str]
"""What stands for the names in braces."""


@dataclass(frozen=True, eq=False)
class Route:
    """How to ask a route, and what it answers whoever may.

    `rule` is as `docs/api.md` writes it, `query` follows it; `json`, `form` or a file is what is
    sent. Names in braces in them are things that exist (`_Values`); `stands` gives the one to take
    for a name of the rule. `what` tells several of one route apart. `is_own`: to whoever is of
    another site it answers with what is theirs, not with 404. `differs`: who else is answered
    otherwise than all such callers are.
    """

    method: str
    rule: str
    success: int = 200
    scope: str | None = None
    what: str = ""
    query: str = ""
    json: Any = None
    form: Mapping[str, str] | None = None
    is_upload: bool = False
    is_own: bool = False
    is_for_admins: bool = False
    stands: Mapping[str, str] = field(default_factory=dict)
    differs: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_page(self) -> bool:
        return self.rule.startswith("/moderator")

    @property
    def is_for_anybody(self) -> bool:
        return self.rule.startswith(("/moderator/login", "/moderator/accept"))

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def title(self) -> str:
        """Its first cell."""
        return f"`{self.name}`, {self.what}" if self.what else f"`{self.name}`"


API = "/api/v1/moderation"
_COMMENT, _USER = f"{API}/comments/{{comment_id}}", f"{API}/users/{{user_id}}"
_ARTICLES, _POLICIES = f"{API}/articles", f"{API}/policies"
_ON_DEMO, _ON_ARTICLE = "?site=demo", "?site=demo&article=a-1"
_DECISION = {"comment_id": "{comment_id}", "decision": "remove", "seen_status": "published"}
_DECISION |= {"reason": "other", "note": "광고"}
_WINDOW = {"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-02T00:00:00Z"}
_WINDOW |= {"status": "closed"}
_HOOK = {"site": "demo", "url": "https://93.184.216.34/hook", "events": ["comment.published"]}
_WEBHOOK = "/api/v1/webhooks/{webhook_id}"
_BLINDED = {"comment_id": "blinded_id"}
# A service that may know of some jobs is not told that there are others.
_UNKNOWN = {NO_SCOPE: 404}

OF_THE_API = (
    Route("GET", f"{API}/queue", scope=READ, query=_ON_DEMO),
    Route("GET", f"{API}/queue", scope=READ, what="of all one's sites", is_own=True),
    Route("GET", _COMMENT, scope=READ),
    # Each decision has an answer of its own.
    Route("POST", f"{API}/decisions", scope=WRITE, json={"decisions": [_DECISION]}, is_own=True),
    Route("POST", f"{API}/decisions/{{batch_id}}/undo", scope=WRITE),
    Route("GET", f"{API}/users", scope=PEOPLE, query="?q=", is_own=True),
    Route("GET", _USER, scope=PEOPLE),
    Route("POST", f"{_USER}/notes", 201, WRITE, json={"text": "메모"}),
    Route("POST", f"{_USER}/suspensions", 201, WRITE, json={"until": None, "reason": "3.1"}),
    Route("DELETE", f"{API}/suspensions/{{suspension_id}}", 204, WRITE),
    Route(
        "POST",
        f"{_USER}/reject-recent",
        scope=WRITE,
        json={"hours": 1, "reason": "other", "note": "도배"},
    ),
    Route("PUT", f"{_USER}/roles", json={"site": "demo", "roles": []}, is_for_admins=True),
    Route("GET", _ARTICLES, scope=READ, query=_ON_DEMO, what="of a site"),
    Route("GET", _ARTICLES, scope=READ, query=_ON_ARTICLE, what="one"),
    Route(
        "PATCH", _ARTICLES, scope=WRITE, query=_ON_ARTICLE, what="closed", json={"status": "closed"}
    ),
    Route(
        "PATCH",
        _ARTICLES,
        scope=WRITE,
        query=_ON_ARTICLE,
        what="windows",
        json={"windows": [_WINDOW]},
    ),
    Route(
        "PATCH",
        _ARTICLES,
        scope=WRITE,
        query=_ON_ARTICLE,
        what="pinned",
        json={"pinned_comment_id": "{comment_id}"},
    ),
    Route(
        "PATCH",
        _ARTICLES,
        scope=WRITE,
        query=_ON_ARTICLE,
        what="slow",
        json={"slow_mode_seconds": 60},
    ),
    Route(
        "PATCH",
        _ARTICLES,
        scope=WRITE,
        query=_ON_ARTICLE,
        what="corrected",
        json={"updated_at": "2026-11-24T00:00:00Z"},
    ),
    Route("GET", f"{_COMMENT}/blind", scope=READ, stands=_BLINDED),
    Route(
        "POST",
        f"{_COMMENT}/blind",
        201,
        WRITE,
        json={"requester": "대리인", "reason": "명예훼손"},
    ),
    Route(
        "POST", f"{_COMMENT}/blind/objection", scope=WRITE, stands=_BLINDED, json={"text": "사실"}
    ),
    Route(
        "POST",
        f"{_COMMENT}/blind/resolve",
        scope=WRITE,
        stands=_BLINDED,
        json={"decision": "restore"},
    ),
    Route("GET", _POLICIES, scope=READ, query=_ON_DEMO),
    Route("POST", _POLICIES, 201, WRITE, json={"site": "demo", "policy": DRAFT}),
    Route("GET", f"{_POLICIES}/{{version}}", scope=READ, query=_ON_DEMO),
    Route("POST", f"{_POLICIES}/{{version}}/publish", scope=WRITE, json={"site": "demo"}),
    Route(
        "POST",
        f"{_POLICIES}/dry-run",
        scope=READ,
        json={"site": "demo", "policy": DRAFT, "items": [{"id": "1", "body": "파도"}]},
    ),
    Route(
        "POST",
        f"{_POLICIES}/{{version}}/backtest",
        202,
        READ,
        json={"site": "demo", "since": "2026-11-01T00:00:00Z"},
    ),
    Route("GET", "/api/v1/jobs/{job_id}", scope=READ, what="a back-test", differs=_UNKNOWN),
    Route("GET", f"{API}/audit", scope=READ, query=_ON_DEMO),
    Route(
        "GET",
        f"{API}/audit",
        422,
        READ,
        what="of no site",
        is_own=True,
        differs={SCOPE_EVERYWHERE: 200},
    ),
    # The chain is one for all sites, and its head says nothing of any.
    Route("GET", f"{API}/audit/head", scope=READ, is_own=True),
    Route("GET", f"{API}/stats", scope=READ, query=_ON_DEMO),
    Route("GET", f"{API}/transparency", scope=READ, query="?site=demo&month=2026-11"),
    Route("GET", "/api/v1/sites", scope=SITES, is_own=True),
    Route(
        "POST",
        "/api/v1/sites",
        201,
        SITES_CHANGED,
        json={"key": "{new_key}", "name": "Third", "origins": ["https://third.example"]},
        differs={SCOPE: 403, SCOPE_ELSEWHERE: 403},
    ),
    Route("PATCH", "/api/v1/sites/{site_key}", scope=SITES_CHANGED, json={"name": "Maru"}),
    Route("GET", "/api/v1/articles/{site_key}", scope=SITES, query="?article=a-1"),
    Route(
        "PATCH",
        "/api/v1/articles/{site_key}",
        scope=SITES_CHANGED,
        query="?article=a-1",
        json={"title": "제목"},
    ),
    Route(
        "POST",
        "/api/v1/articles/merge",
        scope=SITES_CHANGED,
        json={"site": "demo", "from": "a-2", "into": "a-1"},
    ),
    Route("GET", "/api/v1/events", scope=EVENTS, query=_ON_DEMO),
    Route("GET", "/api/v1/webhooks", scope=HOOKS, query=_ON_DEMO),
    Route("POST", "/api/v1/webhooks", 201, HOOKS, json=_HOOK),
    Route("GET", _WEBHOOK, scope=HOOKS),
    Route("PATCH", _WEBHOOK, scope=HOOKS, json={"enabled": True}),
    Route("DELETE", _WEBHOOK, 204, HOOKS),
    Route("POST", f"{_WEBHOOK}/rotate", scope=HOOKS),
    Route("POST", f"{_WEBHOOK}/test", 202, HOOKS),
    Route("GET", f"{_WEBHOOK}/deliveries", scope=HOOKS),
    Route("POST", f"{_WEBHOOK}/deliveries/{{delivery_id}}/retry", 202, HOOKS),
    Route("POST", "/api/v1/webhooks/deliveries/{delivery_id}/retry", 202, HOOKS),
    Route("POST", "/api/v1/imports", 202, TRANSFERS, is_upload=True),
    Route("POST", "/api/v1/imports/{import_id}/undo", 202, TRANSFERS),
    Route(
        "GET",
        "/api/v1/jobs/{job_id}",
        scope=TRANSFERS,
        what="an import",
        stands={"job_id": "import_id"},
        differs=_UNKNOWN | dict.fromkeys(STAFF, 404),
    ),
    Route("GET", "/api/v1/exports/{site_key}", scope=TRANSFERS),
)

_SUSPENDING = {"site": "demo", "until": "7", "reason": "other", "note": "도배"}
_DECIDING = {"site": "demo", "tab": "published", "decision": "remove", "reason": "other"}
_DECIDING |= {"note": "광고", "comment_id": "{comment_id}", "seen-{comment_id}": "published"}
_M = "/moderator"
OF_THE_PAGES = (
    Route("GET", f"{_M}/login/{{provider}}", 302),
    Route("GET", f"{_M}/accept/{{token}}"),
    Route("POST", f"{_M}/accept/{{token}}", 403, what="without a login"),
    Route("GET", f"{_M}/", is_own=True),
    Route("POST", f"{_M}/sessions/{{session_id}}/end", 303, is_own=True),
    Route("POST", f"{_M}/shortcuts", 303, form={"shortcuts": "on"}, is_own=True),
    Route("POST", f"{_M}/second-factor", is_own=True),
    Route(
        "POST",
        f"{_M}/second-factor/confirm",
        422,
        what="with a wrong code",
        form={"code": "1"},
        is_own=True,
    ),
    Route("POST", f"{_M}/second-factor/remove", 303, is_own=True),
    Route("GET", f"{_M}/second-step", is_own=True),
    Route(
        "POST", f"{_M}/second-step", 422, what="with a wrong code", form={"code": "1"}, is_own=True
    ),
    Route("POST", f"{_M}/logout", 303, is_own=True),
    Route("GET", f"{_M}/queue", 303, is_own=True),
    Route("GET", f"{_M}/queue/{{tab}}", query=_ON_DEMO),
    Route("POST", f"{_M}/queue/decisions", 303, form=_DECIDING),
    Route("POST", f"{_M}/queue/undo", 303, form={"site": "demo", "batch_id": "{batch_id}"}),
    Route("POST", f"{_M}/queue/glance", 204, form={"comment_id": "{comment_id}"}),
    Route("GET", f"{_M}/comments/{{comment_id}}", query=_ON_DEMO),
    Route("GET", f"{_M}/people", query=_ON_DEMO),
    Route("GET", f"{_M}/people/{{user_id}}", query=_ON_DEMO),
    Route("POST", f"{_M}/people/{{user_id}}/notes", 303, form={"site": "demo", "text": "메모"}),
    Route("POST", f"{_M}/people/{{user_id}}/suspensions", 303, form=_SUSPENDING),
    Route(
        "POST",
        f"{_M}/people/{{user_id}}/reject-recent",
        303,
        form={"site": "demo", "hours": "1", "reason": "other", "note": "도배"},
    ),
    Route("POST", f"{_M}/people/{{user_id}}/roles", 303, form={"site": "demo"}, is_for_admins=True),
    Route(
        "POST",
        f"{_M}/suspensions/{{suspension_id}}/lift",
        303,
        form={"site": "demo", "user_id": "{user_id}"},
    ),
    Route("GET", f"{_M}/articles", query=_ON_DEMO),
    Route("GET", f"{_M}/articles/settings", query=_ON_ARTICLE),
    Route(
        "POST",
        f"{_M}/articles/settings",
        303,
        form={"site": "demo", "article": "a-1", "status": "open"},
    ),
    Route("GET", f"{_M}/blinds", query=_ON_DEMO),
    Route(
        "POST",
        f"{_M}/blinds",
        303,
        form={
            "site": "demo",
            "comment": "{comment_id}",
            "requester": "대리인",
            "reason": "명예훼손",
        },
    ),
    Route(
        "POST",
        f"{_M}/blinds/{{comment_id}}",
        303,
        form={"site": "demo", "step": "restore"},
        stands=_BLINDED,
    ),
    Route("GET", f"{_M}/policies", query=_ON_DEMO),
    Route("GET", f"{_M}/policies/{{site}}/edit"),
    Route("POST", f"{_M}/policies/{{site}}/edit", 303, form={"source": DRAFT, "do": "save"}),
    Route("POST", f"{_M}/policies/{{site}}/{{version}}/backtest", 303, form={"days": "30"}),
    Route("POST", f"{_M}/policies/{{site}}/{{version}}/publish", 303),
    Route("GET", f"{_M}/statistics", query=_ON_DEMO),
    Route("GET", f"{_M}/statistics/export", query=_ON_DEMO),
    Route("GET", f"{_M}/statistics/sample", query=_ON_DEMO),
    Route(
        "POST",
        f"{_M}/statistics/sample",
        303,
        form={"site": "demo", "decision": "{decision_id}", "answer": "publish"},
    ),
    Route("GET", f"{_M}/statistics/transparency", query=_ON_DEMO),
    Route("GET", f"{_M}/statistics/transparency/export", query=_ON_DEMO),
    Route("GET", f"{_M}/audit", query=_ON_DEMO),
    Route("GET", f"{_M}/audit/export", query=_ON_DEMO),
)
ROUTES = (*OF_THE_API, *OF_THE_PAGES)


def concerns_the_desk(app: Flask, rule: Rule) -> bool:
    """Whether a route of the application must have a row."""
    permission = getattr(app.view_functions[rule.endpoint], "permission", None)
    if permission is Permission.OAUTH:
        return rule.rule.startswith("/moderator/")
    return permission is not None and permission not in OF_READERS


def expected(caller: str, route: Route, permission: Permission) -> int:
    """What the contract has the caller answered."""
    if caller in route.differs:
        return route.differs[caller]
    if route.is_for_anybody:
        return route.success
    is_staff = caller in STAFF
    if caller == VISITOR or (route.is_page and not is_staff):
        return 401
    if is_staff and not route.is_page and permission not in FOR_MODERATORS:
        return 401  # the cookie opens no such route, and nothing else was brought
    if caller in {READER, NO_SCOPE} or (route.is_for_admins and not is_staff):
        return 403
    if caller in {ELSEWHERE, SCOPE_ELSEWHERE}:
        return route.success if route.is_own else 404
    return 403 if route.is_for_admins and caller == MODERATOR else route.success


@dataclass
class Scene:
    """The site `demo` with an article and its staff, another site with its own, and services."""

    app: Flask
    site: SiteView
    boss: Actor
    article_id: int
    reader: Reader
    browsers: dict[str, StaffBrowser]
    tokens: dict[str, str] = field(default_factory=dict)
    services: dict[tuple[str | None, frozenset[str]], Service] = field(default_factory=dict)
    shown_again: int = 0

    def answers(self, route: Route) -> dict[str, int]:
        """What every caller is answered, each asked about things that nobody has touched."""
        found = {}
        for caller in CALLERS:
            with self.ask(caller, route) as answer:  # a file that is not read to its end
                found[caller] = answer.status_code
        return found

    def ask(self, caller: str, route: Route) -> TestResponse:
        values = _Values(self, caller, route.stands)
        path = route.rule.format_map(values) + route.query
        more = _content(route, values)
        if caller == VISITOR:
            return self.app.test_client().open(path, method=route.method, base_url=ISSUER, **more)
        if caller == READER:
            return self.reader.call(route.method, path, **more)
        if caller in STAFF:
            return self._as_staff(caller, route, path, more)
        scopes = {route.scope} if route.scope else SCOPES
        if caller == NO_SCOPE:
            scopes = SCOPES - {route.scope} if route.scope else {"comments:write"}
        of = OF_SERVICES[caller]
        return self.service(of, frozenset(scopes)).call(route.method, path, **more)

    def service(self, of: str | None, scopes: frozenset[str]) -> Service:
        if (of, scopes) not in self.services:
            self.services[of, scopes] = service(self.app, *sorted(scopes), site=of)
        return self.services[of, scopes]

    def _as_staff(self, caller: str, route: Route, path: str, more: dict[str, Any]) -> TestResponse:
        browser = self.browsers[caller]
        if caller not in self.tokens:
            self.tokens[caller] = browser.csrf_token()
        if route.is_for_anybody:  # it leaves a cookie that the next login would go by
            cookie = browser.cookie
            browser = StaffBrowser(self.app.test_client(), browser.providers)
            browser.bring_cookie(cookie or "")
        headers = {"Origin": ISSUER, "X-CSRF-Token": self.tokens[caller]}
        if route.is_page:
            headers["Accept"] = "text/html"
            if route.method == "POST":
                more = {"data": {"csrf_token": self.tokens[caller], **more.get("data", {})}}
        answer = browser.client.open(
            path, method=route.method, headers=headers, base_url=ISSUER, **more
        )
        if route.rule.endswith("/logout"):
            log_staff_in(browser, caller)
            del self.tokens[caller]
        return answer


def _content(route: Route, values: Mapping[str, str]) -> dict[str, Any]:
    if route.is_upload:
        file = (io.BytesIO(b'{"type": "meta", "version": 1}\n'), "comments.jsonl")
        return {"data": {"site": "demo", "format": "jsonl", "file": file}}
    if route.form is not None:
        return {"data": _filled(route.form, values)}
    return {} if route.json is None else {"json": _filled(route.json, values)}


def _filled(content: Any, values: Mapping[str, str]) -> Any:
    if isinstance(content, Mapping):
        return {_filled(name, values): _filled(value, values) for name, value in content.items()}
    if isinstance(content, list):
        return [_filled(each, values) for each in content]
    is_name = (isinstance(content, str) and "_id}" in content) or content == "{new_key}"
    return content.format_map(values) if is_name else content


class _Values(dict[str, str]):
    """Things to be asked about, each made when its name is first met."""

    def __init__(self, scene: Scene, caller: str, stands: Values) -> None:
        super().__init__(site_key="demo", site="demo", tab="held", provider="twitter")
        self.scene, self.caller = scene, caller
        for name, other in stands.items():
            self[name] = self[other]

    def __missing__(self, name: str) -> str:
        self[name] = made = str(getattr(self, f"_{name}")())
        return made

    def _comment_id(self) -> int:
        return put_comment(self.scene.article_id, name="김하나", body="파도가 높습니다.")

    def _user_id(self) -> int:
        return _author(int(self["comment_id"]))

    def _blinded_id(self) -> int:
        command = NewBlind(int(self["comment_id"]), "대리인", "명예훼손")
        return blinds.begin(self.scene.boss, command, now=NOON)[0].comment_id

    def _batch_id(self) -> int:
        wanted = NewDecision(
            int(self["comment_id"]), DecisionKind.REMOVE, Status.PUBLISHED, "other", "광고"
        )
        return moderation.decide(self.scene.boss, [wanted], now=NOON).id

    def _decision_id(self) -> int:
        """One that is shown again, which is every so many."""
        self.scene.shown_again += ONE_IN
        number = first_id(NOON - timedelta(hours=1)) // ONE_IN * ONE_IN + self.scene.shown_again
        with transaction() as session:
            session.add(
                Decision(
                    id=number,
                    batch_id=number,
                    comment_id=int(self["comment_id"]),
                    site_id=self.scene.site.id,
                    actor=self.scene.boss.key,
                    user_id=self.scene.boss.user_id,
                    kind="approve",
                    before="held",
                    after="published",
                    policy_version=1,
                    on_appeal=False,
                    created_at=NOON,
                )
            )
        return number

    def _suspension_id(self) -> int:
        wanted = NewSuspension(int(self["user_id"]), self.scene.site.id, None, "3.1")
        return suspensions.suspend(self.scene.boss, wanted, now=NOON).id

    def _version(self) -> int:
        return policies.draft(self.scene.site.id, DRAFT, note=None, now=NOON).version

    def _job_id(self) -> int:
        version = int(self["version"])
        return backtests.enqueue(
            self.scene.site.id, version, since=NOON, by=self.scene.boss.key, now=NOON
        ).id

    def _import_id(self) -> int:
        kind = jobs.JobKind.IMPORT
        made = jobs.enqueue(
            kind, site_id=self.scene.site.id, actor="operator", parameters={}, now=NOON
        )
        with transaction() as session:
            session.get_one(Job, made.id).status = JobStatus.DONE
        return made.id

    def _webhook_id(self) -> int:
        return webhooks.create(
            self.scene.boss,
            site="demo",
            url="https://93.184.216.34/hook",
            events=[EventType.COMMENT_PUBLISHED],
            sender=self.scene.app.extensions["comments_webhook_sender"],
            now=NOON,
        ).id

    def _delivery_id(self) -> int:
        return deliveries.send_test(self.scene.boss, int(self["webhook_id"]), now=NOON).id

    def _session_id(self) -> int:
        """Another session of whoever asks."""
        if self.caller not in STAFF:
            return 1
        key = IdentityKey("twitter", "", STAFF[self.caller][0])
        role, site = STAFF[self.caller][1:]
        user_id = staff.grant(key, role, site=site, pepper=PEPPER, now=NOON).user_id
        staff_sessions.begin(user_id, network="127.0.0.0/24", replaces=None, now=NOON)
        with transaction() as session:
            newest = session.query(StaffSession).filter_by(user_id=user_id)
            return newest.order_by(StaffSession.id.desc()).first().id  # type: ignore[union-attr]

    def _token(self) -> str:
        return staff.invite(Role.MODERATOR, site="demo", now=NOON)

    def _new_key(self) -> str:
        return f"third-{new_id(NOON)}"


def _author(comment_id: int) -> int:
    with transaction() as session:
        return session.get_one(Comment, comment_id).author_id


def log_staff_in(browser: StaffBrowser, caller: str) -> None:
    browser.log_in(person(STAFF[caller][0], name=caller, handle=None))


def build(app: Flask) -> Scene:
    """The scene in a fresh database, inside the application's context."""
    site = sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    providers = {name: FakeProvider(name) for name in ("twitter", "facebook")}
    app.extensions["comments_providers"] = providers
    browsers = {}
    for caller, (subject, role, where) in STAFF.items():
        key = IdentityKey("twitter", "", subject)
        staff.grant(key, role, site=where, pepper=PEPPER, now=NOON)
        browsers[caller] = StaffBrowser(app.test_client(), providers)
        log_staff_in(browsers[caller], caller)
    boss = User(id=new_id(NOON), display_name="부장", created_at=NOON)
    with transaction() as session:
        session.add(boss)
        session.flush()
        actor = Actor(boss.id, None, frozenset(), roles=(RoleView(Role.ADMIN, None),))
    article_id = put_article(site, "a-1")
    hana = log_in(app, site, person())
    return Scene(app, site, actor, article_id, hana, browsers)


def write(table: Mapping[Route, Mapping[str, int]]) -> str:
    """`docs/permissions.md`: its words as they are, and under each heading what was answered."""
    words = PAGE.read_text("utf-8")
    for heading, routes in (("## The API", OF_THE_API), ("## The pages", OF_THE_PAGES)):
        head, _, rest = words.partition(f"\n{heading}\n")
        said = rest.partition("\n| route")[0].partition("\n## ")[0].rstrip("\n")
        after = rest.partition("\n## ")[2]
        lines = "\n".join(_lines(routes, table))
        words = f"{head}\n{heading}\n{said}\n\n{lines}\n" + (f"\n## {after}" if after else "")
    return words


def _lines(routes: Iterable[Route], table: Mapping[Route, Mapping[str, int]]) -> Iterator[str]:
    yield f"| route | scope | {' | '.join(CALLERS)} |"
    yield "| --- | --- |" + " --- |" * len(CALLERS)
    for route in routes:
        cells = " | ".join(str(table[route][caller]) for caller in CALLERS)
        yield f"| {route.title} | {f'`{route.scope}`' if route.scope else '–'} | {cells} |"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(f"sqlite:///{folder}/comments.db"))
        app.testing = True
        clock.now = Clock()
        with app.app_context():
            upgrade()
            scene = build(app)
            PAGE.write_text(write({route: scene.answers(route) for route in ROUTES}), "utf-8")
            db.engine.dispose()


if __name__ == "__main__":
    main()
