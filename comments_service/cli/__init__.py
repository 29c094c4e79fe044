"""The `flask` commands: thin, like `web`: parse, call one service, print.

Each module is imported when its command is called, so that a server, which calls none, starts
without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click
from flask.cli import AppGroup

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


class Commands(AppGroup):
    """An application's commands: those it has already, and those of this room."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, name = place.split(":")
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        return command


__all__ = ["COMMANDS", "Commands"]
