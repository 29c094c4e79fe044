"""Who may do what on the routes of moderators and services: each asked by each kind of caller."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from comments_service import clock, create_app
from comments_service.models import db
from comments_service.services.permissions import Permission
from tests.api.moderator.permission_table import (
    CALLERS,
    PAGE,
    ROUTES,
    Route,
    Scene,
    build,
    concerns_the_desk,
    expected,
    write,
)
from tests.conftest import settings_for
from tests.small_app import Clock

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def scene(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    path = tmp_path_factory.mktemp("permissions") / "comments.db"
    shutil.copy(migrated_file, path)
    app = create_app(settings_for(f"sqlite:///{path}"))
    app.testing = True
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setattr(clock, "now", Clock())
        yield build(app)
        db.engine.dispose()


@pytest.fixture(scope="module")
def answers(scene: Scene) -> Mapping[Route, Mapping[str, int]]:
    return {route: scene.answers(route) for route in ROUTES}


@pytest.fixture(scope="module")
def served(scene: Scene) -> Mapping[str, Permission]:
    """The permissions of all routes that must be in the table: `GET /api/v1/sites`."""
    app = scene.app
    found: dict[str, Permission] = {}
    for rule in app.url_map.iter_rules():
        if concerns_the_desk(app, rule):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            permission: Permission = vars(app.view_functions[rule.endpoint])["permission"]
            found |= {
                f"{method} {path}": permission for method in (rule.methods or set()) & METHODS
            }
    return found


def test_every_route_of_a_desk_or_a_service_has_a_row(served: Mapping[str, Permission]) -> None:
    assert {route.name for route in ROUTES} == set(served)


def test_each_route_answers_each_caller_as_the_contract_says(
    answers: Mapping[Route, Mapping[str, int]], served: Mapping[str, Permission]
) -> None:
    wrong = {
        (route.title, caller): (answers[route][caller], wanted)
        for route in ROUTES
        for caller in CALLERS
        if answers[route][caller] != (wanted := expected(caller, route, served[route.name]))
    }
    assert wrong == {}


def test_the_documented_table_is_what_was_answered(
    answers: Mapping[Route, Mapping[str, int]],
) -> None:
    assert PAGE.read_text("utf-8") == write(answers), "make permissions"
