"""Whatever the OpenAPI document allows, and what it does not, sent by schemathesis: all checks, and
requests that follow from each other. What it says is then true, and no request is a fault of ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from sqlalchemy import update

from comments_service import clock
from comments_service.config import Settings
from comments_service.models import AccessToken
from comments_service.services import accounts, comments, service_clients, sessions
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.comments import NewComment
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.conftest import settings_for
from tests.serving import served
from tests.small_app import NEWS, NOON, person
from tests.soak import TIMES

EXAMPLES = 2 * TIMES

# Whether a token is good, something there, or in a state for it.
ALWAYS = ["2xx", "3xx", "401", "403", "404", "409", "429"]

# What no schema can say, by the operations where it holds.
BEYOND_SCHEMAS = {
    # A cursor is sealed, and of one list; a login goes step by step, each given out once.
    "400": [
        "GET /api/v1/comments",
        "GET /api/v1/comments/{comment_id}/replies",
        "GET /api/v1/events",
        "GET /api/v1/me/comments",
        "GET /api/v1/me/notifications",
        "GET /api/v1/moderation/articles",
        "GET /api/v1/moderation/audit",
        "GET /api/v1/moderation/policies",
        "GET /api/v1/moderation/queue",
        "GET /api/v1/moderation/users",
        "GET /api/v1/sites",
        "GET /api/v1/webhooks",
        "GET /api/v1/webhooks/{webhook_id}/deliveries",
        "GET /oauth/authorize",
        "POST /oauth/authorize",
        "GET /oauth/callback/{provider}",
        "GET /oauth/link/{ticket}",
        "POST /oauth/link",
        "POST /oauth/token",
        "POST /oauth/revoke",
        "POST /oauth/introspect",
        "POST /oauth/facebook/deauthorize",
        "POST /oauth/facebook/data-deletion",
        "GET /moderator/login/{provider}",
    ],
    # A comment was deleted meanwhile.
    "410": [
        "GET /api/v1/comments/{comment_id}",
        "GET /api/v1/comments/{comment_id}/replies",
        "GET /api/v1/oembed",
        "GET /api/v1/events",
    ],
    "422": [
        # How many characters a reader counts, and what the policy makes of a text.
        "POST /api/v1/comments",
        "PATCH /api/v1/comments/{comment_id}",
        # A policy is a language of its own.
        "POST /api/v1/moderation/policies",
        "POST /api/v1/moderation/policies/dry-run",
        # Which keys are taken, which origins exact, which addresses public or the site's.
        "POST /api/v1/sites",
        "PATCH /api/v1/sites/{site_key}",
        "POST /api/v1/webhooks",
        "PATCH /api/v1/webhooks/{webhook_id}",
        "PATCH /api/v1/articles/{site_key}",
        "POST /api/v1/articles/merge",
        # Which months have begun, which events, comments and clauses there are.
        "GET /api/v1/moderation/transparency",
        "GET /api/v1/events",
        "PATCH /api/v1/moderation/articles",
        "POST /api/v1/moderation/users/{user_id}/reject-recent",
        # Not every moment is to come, or in the calendar.
        "POST /api/v1/moderation/users/{user_id}/suspensions",
        "POST /api/v1/moderation/policies/{version}/backtest",
        "GET /api/v1/moderation/audit",
        "GET /api/v1/moderation/stats",
        # Characters that nobody could see.
        "POST /api/v1/comments/{comment_id}/reports",
        "POST /api/v1/me/comments/{comment_id}/appeal",
        "PATCH /api/v1/me",
        "GET /api/v1/me/overlay",
        "GET /api/v1/articles",
        "GET /api/v1/comments",
        "GET /api/v1/articles/{site_key}",
        "GET /api/v1/moderation/articles",
        "GET /api/v1/moderation/queue",
        "GET /api/v1/oembed",
        "GET /feeds/{site_key}/comments.atom",
        "GET /render/comments",
        "GET /embed/{site_key}",
        "POST /embed/{site_key}/comments",
        "POST /embed/{site_key}/comments/{comment_id}/delete",
        "POST /embed/{site_key}/login",
        "POST /embed/{site_key}/logout",
        "POST /api/v1/moderation/users/{user_id}/notes",
        "POST /api/v1/moderation/comments/{comment_id}/blind",
        "POST /api/v1/moderation/comments/{comment_id}/blind/objection",
        "POST /api/v1/moderation/comments/{comment_id}/blind/resolve",
        "POST /api/v1/moderation/decisions",
        "POST /api/v1/imports",
    ],
}

ENDS_THE_LOGIN = {("DELETE", "/api/v1/me"), ("DELETE", "/api/v1/me/sessions")}
OF_READERS = ("/api/v1/me", "/vote", "/reports")


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url, sqlite_synchronous="NORMAL")


@pytest.fixture
def site(app: Flask, monkeypatch: pytest.MonkeyPatch, site: SiteView) -> SiteView:
    """The newspaper, in real time."""
    monkeypatch.undo()
    assert clock.now() > NOON
    return site


@dataclass
class World:
    """A newspaper with a comment, and whoever may call the API about it."""

    app: Flask
    site: SiteView
    readers: int = 0
    service: str = field(init=False)
    reader: str = field(init=False)
    comment_id: str = field(init=False)

    def __post_init__(self) -> None:
        at = clock.now()
        made = service_clients.create("Desk", scopes=service_clients.SCOPES, site=None, now=at)
        client = service_clients.verify(made.client_id, made.client_secret, now=at)
        self.service = service_clients.issue_token(client, None, now=at).access_token
        self.reader, user_id = self.new_reader()
        actor = Actor(user_id, self.site.id, frozenset({READER_SCOPE}))
        said = NewComment(self.site.key, "a-1", "The pier looks good")
        self.comment_id = str(comments.submit(actor, said, now=at).comment.id)

    def new_reader(self) -> tuple[str, int]:
        """The token of somebody who has just logged in, good for as long as the test takes."""
        self.readers += 1
        at = clock.now()
        who = person(str(self.readers), name=f"Reader {self.readers}")
        signed_in = accounts.sign_in(who, pepper="pepper", now=at)
        issued = sessions.begin(
            user_id=signed_in.user_id,
            identity_id=signed_in.identity_id,
            site_id=self.site.id,
            origin=NEWS,
            now=at,
        )
        with transaction() as session:
            session.execute(update(AccessToken).values(expires_at=at + timedelta(days=1)))
        return issued.access_token, signed_in.user_id

    def token_for(self, method: str, path: str) -> str:
        if (method, path) in ENDS_THE_LOGIN:
            with self.app.app_context():
                return self.new_reader()[0]
        is_readers = any(part in path for part in OF_READERS)
        return self.reader if is_readers else self.service


def config(world: World, url: str) -> SchemathesisConfig:
    known: dict[str, list[Any]] = {
        "site": [world.site.key],
        "article": ["a-1", "a-2"],
        "comment": [world.comment_id],
        "version": ["1"],
        "provider": ["twitter", "facebook"],
    }
    bindings = {
        "query.site": "site",
        "path.site_key": "site",
        "body.site": "site",
        "query.article": "article",
        "path.comment_id": "comment",
        "path.version": "version",
        "path.provider": "provider",
    }
    return SchemathesisConfig.from_dict(
        {
            "seed": 20261130,
            "base-url": url,
            "continue-on-failure": True,
            "generation": {
                "max-examples": EXAMPLES,
                "deterministic": True,
                "database": "none",
                "no-shrink": True,
            },
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ALWAYS},
            },
            "operations": [
                {
                    "include-name": operation,
                    "checks": {"positive_data_acceptance": {"expected-statuses": statuses}},
                }
                for operation, statuses in expected().items()
            ]
            + [
                # It makes nothing, although it is a POST: the second time it finds no login.
                {
                    "include-name": "POST /embed/{site_key}/logout",
                    "checks": {"ensure_resource_availability": {"enabled": False}},
                }
            ],
            "dictionaries": {name: {"values": values} for name, values in known.items()},
            "parameters": {
                name: {"dictionary": dictionary, "probability": 0.8}
                for name, dictionary in bindings.items()
            },
        }
    )


def expected() -> dict[str, list[str]]:
    """What schema-valid input may be answered with, where that is more than usual."""
    more: dict[str, list[str]] = {}
    for status, operations in BEYOND_SCHEMAS.items():
        for operation in operations:
            more.setdefault(operation, list(ALWAYS)).append(status)
    return more


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore")
def test_the_service_does_what_its_document_says(app: Flask, site: SiteView) -> None:
    world = World(app, site)
    with served(lambda _: app) as url:
        cases, failures = run(url, world)
    print(dict(cases))  # noqa: T201
    assert not failures, "\n\n".join(f"{name}\n{text}" for name, text in failures.items())
    assert sum(cases.values()) > 500, cases


def run(url: str, world: World) -> tuple[Counter[str], dict[str, str]]:
    """How many requests each phase sent, and what was found, each kind once."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=config(world, url))

    @schema.auth()
    class Login:
        def get(self, case: Any, _context: Any) -> str:
            return world.token_for(case.method, case.operation.path)

        def set(self, case: Any, data: str, _context: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
            # A key that came before with another body would be refused, whatever is in this one.
            if 0 < len(case.headers.get("Idempotency-Key", "")) <= 255:
                case.headers["Idempotency-Key"] = uuid4().hex

    cases: Counter[str] = Counter()
    failures: dict[str, str] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            failures[f"{event.label}: {event.value}"] = str(event.phase)
        if isinstance(event, events.FatalError):
            raise event.exception
        if isinstance(event, events.ScenarioFinished):
            cases[event.phase.value] += len(event.recorder.cases)
            failures = dict(found(event)) | failures
    return cases, failures


def found(event: events.ScenarioFinished) -> Iterator[tuple[str, str]]:
    recorder = event.recorder
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                case = recorder.cases[case_id].value
                label = f"{case.method} {case.operation.path}: {check.name}"
                sent = recorder.interactions.get(case_id)
                yield label, told(check, sent and sent.response)


def told(check: Any, answer: Any) -> str:
    info = check.failure_info
    said = "" if answer is None else f"{answer.status_code} {answer.text[:300]}"
    return f"{info.failure.title}: {info.failure.message}\n{said}\n{info.code_sample[:500]}"
