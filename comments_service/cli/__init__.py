"""The `flask` commands: thin, like `web`: parse, call one service, print.

Each module is imported when its command is called, so that a server, which calls none, starts
without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Final

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

COMMANDS: Final = {
    "audit": "audit:audit",
    "backup": "backups:backup",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "export": "transfers:export",
    "import": "transfers:import_",
    "maintenance": "maintenance:maintenance",
    "policy": "policy:policy",
    "restore": "backups:restore",
    "service": "services:service",
    "site": "sites:site",
    "staff": "staff:staff",
    "user": "users:user",
    "worker": "worker:worker",
}
"""Each command's name, and the module of this room and the object in it that it is."""


UNDEFINED_TABLE: Final = "42P01"
"""PostgreSQL's word for a database that has no tables yet; SQLite's is an `OperationalError`."""


@contextmanager
def database_told_plainly() -> Iterator[None]:
    """A database that gives no answer, or has no tables, is told in the driver's own words, as
    other mistakes of operators are, and not as a traceback."""
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        missing = getattr(error.orig, "sqlstate", None) == UNDEFINED_TABLE
        if not missing and not isinstance(error, OperationalError):
            raise
        said = " ".join(str(error.orig).split())
        raise click.ClickException(
            f"the database: {said}\n`flask --app wsgi doctor` looks at the whole installation."
        ) from None


class Commands(AppGroup):
    """An application's commands: those it has already, and those of this room."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        ctx.with_resource(database_told_plainly())
        place = COMMANDS.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, name = place.split(":")
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        return command


__all__ = ["COMMANDS", "Commands"]
