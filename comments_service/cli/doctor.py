"""`flask doctor`: looks at the whole installation, and says what to do about what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import click
from flask import current_app
from flask.cli import with_appcontext
from limits.storage import storage_from_string
from sqlalchemy.engine import make_url

from comments_service import clock
from comments_service.config import Settings
from comments_service.services import health

LEAST_FREE = 1024**3
"""Bytes; with less on the disk of the database, an operator wants to know."""

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `advice` is what to do where `ok` is False; None: worth knowing."""

    name: str
    ok: bool | None
    told: str
    advice: str = ""


MARKS = {True: ("ok", "green"), False: ("WRONG", "red"), None: ("note", "yellow")}


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Look at the whole installation and say what is wrong and what to do; 1 if anything is."""
    checks = [*_settings_checks(_settings()), *_database_checks()]
    for check in checks:
        mark, colour = MARKS[check.ok]
        click.echo(f"{click.style(f'{mark:>5}', fg=colour)}  {check.name}: {check.told}")
        if check.ok is not True and check.advice:
            click.echo(f"       {check.advice}")
    wrong = sum(check.ok is False for check in checks)
    click.echo(f"\n{wrong} wrong, {len(checks)} looked at.")
    raise SystemExit(1 if wrong else 0)


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["comments_settings"])


def _settings_checks(settings: Settings) -> Iterator[Check]:
    yield Check(
        "environment",
        True if settings.production else None,
        settings.env.value,
        "COMMENTS_ENV=production refuses whatever is unsafe for readers.",
    )
    yield Check(
        "providers",
        bool(settings.providers),
        ", ".join(settings.providers) or "none",
        "Nobody can log in: set COMMENTS_TWITTER_… or COMMENTS_FACEBOOK_… (docs/login.md).",
    )
    yield _limits(settings)
    yield Check(
        "proxies",
        True if settings.trusted_proxies or not settings.production else None,
        f"{settings.trusted_proxies} trusted",
        "Behind a reverse proxy set COMMENTS_TRUSTED_PROXIES, or all readers share one limit.",
    )
    yield from _disk(settings)


def _limits(settings: Settings) -> Check:
    if settings.redis_url is None:
        advice = "With more than one process set COMMENTS_REDIS_URL, or each counts for itself."
        return Check("limits", None, "counted in each process", advice)
    try:
        answers = bool(storage_from_string(settings.redis_url).check())
    except Exception:  # noqa: BLE001  whatever the store's client raises, it is no answer
        answers = False
    told = "counted in Redis" if answers else "Redis has no answer"
    return Check("limits", answers, told, "Start Redis, or mend COMMENTS_REDIS_URL.")


def _disk(settings: Settings) -> Iterator[Check]:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    folder = Path(url.database).absolute().parent
    free = shutil.disk_usage(folder).free
    yield Check(
        "disk",
        free >= LEAST_FREE,
        f"{free // 1024**2} MiB free in {folder}",
        "Make room: a full disk refuses new comments (nothing that was acknowledged is lost).",
    )
    yield Check(
        "folder",
        os.access(folder, os.W_OK),
        f"{folder}",
        "The service's user must be able to write here: SQLite keeps its log beside the file.",
    )


def _database_checks() -> Iterator[Check]:
    reasons = health.problems(migrations=current_app.extensions["comments_migrations"])
    if reasons:
        said = health.why_no_answer()
        yield Check(
            "database",
            False,
            "; ".join([*reasons, *([said] if said else [])]),
            "Start it, or mend COMMENTS_DATABASE_URL; for a schema: flask --app wsgi db upgrade",
        )
        return
    yield Check("database", True, "answers, with the schema of this version")
    found = health.examine(now=clock.now())
    yield Check(
        "sites",
        bool(found.sites),
        ", ".join(found.sites) or "none",
        "Make one: flask --app wsgi site create KEY --name NAME --origin https://news.example",
    )
    for key in found.sites_without_origins:
        advice = "No page can log readers in: give it the origins of its pages."
        yield Check(f"site {key}", False, "has no origin", advice)
    yield Check(
        "admin",
        found.has_admin,
        "there is one" if found.has_admin else "there is none",
        "Invite one: flask --app wsgi staff invite --role admin",
    )
    since = found.left_lying_since
    yield Check(
        "worker",
        since is None,
        "nothing waits for it" if since is None else f"work waits since {since:%Y-%m-%d %H:%M} UTC",
        "Start it: flask --app wsgi worker (deploy/systemd has a unit).",
    )
    yield Check(
        "clock",
        found.clock_is_off_by <= health.CLOCKS_APART,
        f"{found.clock_is_off_by.total_seconds():.0f} s from the database's",
        "Have both machines keep time (timedatectl set-ntp true).",
    )
