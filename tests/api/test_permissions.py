"""Every route names who may ask it, and holds to that."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from comments_service.services.actor import Actor
from comments_service.services.permissions import RULES, Permission
from tests.problems import slug
from tests.readers import Reader

# Style sheets, and the description of the API that APIFlask serves: for everybody.
OF_THE_FRAMEWORK = {"pages.static", "moderator.static", "openapi.spec", "ops.static"}
# These authenticate in their own way: codes and secrets, a cookie, an operator's token.
BY_THEMSELVES = {
    Permission.PUBLIC,
    Permission.OAUTH,
    Permission.READER_PAGE,
    Permission.STAFF,
    Permission.OPERATE,
}


def named(app: Flask, rule: Rule) -> Permission | None:
    return getattr(app.view_functions[rule.endpoint], "permission", None)


def guarded(app: Flask) -> Iterator[tuple[Rule, Permission]]:
    """The routes for which a token is needed, with the permission it must have."""
    for rule in app.url_map.iter_rules():
        permission = named(app, rule)
        if permission is not None and permission not in BY_THEMSELVES:
            yield rule, permission


def requests(rule: Rule) -> Iterator[tuple[str, str]]:
    path = rule.build(dict.fromkeys(rule.arguments, "1"))
    assert path is not None
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield method, path[1]


def test_every_route_names_its_permission(app: Flask) -> None:
    silent = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in OF_THE_FRAMEWORK and named(app, rule) is None
    }
    assert silent == set()


def test_every_permission_has_its_rule() -> None:
    assert set(RULES) == set(Permission) - BY_THEMSELVES


def test_nobody_without_a_token_gets_past_a_permission(app: Flask, client: FlaskClient) -> None:
    asked = [request for rule, _ in guarded(app) for request in requests(rule)]
    assert asked
    for method, path in asked:
        assert slug(client.open(path, method=method)) == "unauthenticated", (method, path)


def test_a_token_without_the_scope_gets_no_further(
    app: Flask, reader: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    from comments_service.services import sessions

    hana = reader()
    powerless = Actor(int(hana.user_id), site_id=None, scopes=frozenset())
    monkeypatch.setattr(sessions, "authenticate", lambda *_, **__: powerless)
    for rule, _ in guarded(app):
        for method, path in requests(rule):
            assert slug(hana.call(method, path)) == "insufficient-scope", (method, path)
