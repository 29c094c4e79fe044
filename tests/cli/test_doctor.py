"""`flask doctor`: what is wrong with an installation, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from comments_service import create_app
from comments_service.models import Event, Site, db
from comments_service.services import staff
from comments_service.services.identities import IdentityKey
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role
from comments_service.services.transaction import transaction
from tests.conftest import settings_for
from tests.readers import Reader
from tests.small_app import Clock


def examined(app: Flask) -> tuple[int, dict[str, str]]:
    """The exit code, and what was said of each thing: its mark."""
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    lines = [line.split(maxsplit=1) for line in result.output.splitlines() if ": " in line]
    marks = {"ok", "WRONG", "note"}
    return result.exit_code, {rest.partition(":")[0]: mark for mark, rest in lines if mark in marks}


@pytest.fixture
def complete(app: Flask, site: SiteView, now: Clock) -> Flask:
    key = IdentityKey("twitter", "x-id", "77")
    staff.grant(key, Role.ADMIN, site=None, pepper="p", now=now())
    return app


def test_a_complete_installation_has_nothing_wrong(complete: Flask) -> None:
    code, found = examined(complete)
    # PostgreSQL's clock is not the tests'.
    wrong = {name for name, mark in found.items() if mark == "WRONG"} - {"clock"}
    assert not wrong
    assert code == int(found["clock"] == "WRONG")


def test_a_clock_that_is_not_the_databases_is_told(complete: Flask, database_url: str) -> None:
    """The tests' clock stands at a noon of the past."""
    is_elsewhere = database_url.startswith("postgresql")
    assert (examined(complete)[1]["clock"] == "WRONG") is is_elsewhere


def test_what_is_missing_at_first_is_told_with_what_to_do(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    for advice in ("site create", "staff invite"):
        assert advice in result.output


def test_a_site_without_origins_is_wrong(complete: Flask, site: SiteView) -> None:
    with transaction() as session:
        session.execute(update(Site).values(origins=[]))
    assert examined(complete)[1]["site demo"] == "WRONG"


def test_work_that_nobody_does_tells_that_no_worker_runs(
    complete: Flask, reader: Callable[..., Reader], now: Clock
) -> None:
    reader().post("한참 기다린 사건")
    with transaction() as session:
        session.execute(update(Event).values(position=None))
    now.advance(minutes=6)
    assert examined(complete)[1]["worker"] == "WRONG"


def test_a_redis_that_is_gone_is_told(complete: Flask, database_url: str) -> None:
    gone = "redis://127.0.0.1:9/0"
    other = create_app(settings_for(database_url, redis_url=gone, ratelimit_enabled=True))
    with other.app_context():
        code, found = examined(other)
        answer = other.test_client().get("/readyz")
        db.engine.dispose()
    assert (code, found["limits"]) == (1, "WRONG")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "reasons": ["limiter store: no answer"]}


def test_limits_that_are_off_need_no_store(client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 200


def test_a_database_that_is_gone_is_told_without_a_traceback() -> None:
    app = create_app(settings_for("postgresql://nobody@127.0.0.1:9/none"))
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "database: no answer" in result.output
    assert "Connection refused" in result.output
    assert "Traceback" not in result.output


SITE = ["site", "create", "mynews", "--name", "N", "--origin", "https://news.example"]


@pytest.mark.parametrize("command", [SITE, ["db", "upgrade"], ["staff", "list"]], ids=" ".join)
def test_a_command_without_its_database_says_so_in_the_drivers_words(command: list[str]) -> None:
    app = create_app(settings_for("postgresql://nobody:geheim@127.0.0.1:9/none"))
    result = app.test_cli_runner().invoke(args=command)
    assert result.exit_code == 1
    assert "Connection refused" in result.output
    assert "doctor" in result.output
    assert "geheim" not in result.output
    assert not isinstance(result.exception, Exception)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new.db"
    server: str = request.getfixturevalue("postgres_server")
    return server


def test_a_database_without_tables_is_told_without_a_traceback(empty_database: str) -> None:
    app = create_app(settings_for(empty_database))
    result = app.test_cli_runner().invoke(args=SITE)
    assert result.exit_code == 1
    assert "the database: " in result.output
    assert not isinstance(result.exception, Exception)
