"""`flask audit …`: the log of what moderators and operators did."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from comments_service.services import audit as log

audit = AppGroup("audit", help="The log of what moderators and operators did.")


@audit.command("verify")
def verify() -> None:
    """Check that no entry was changed, and none is missing; say where the chain breaks."""
    found = log.verify()
    if found is not None:
        raise click.ClickException(f"The chain breaks at entry {found.seq}: {found.reason}.")
    head = log.head()
    click.echo(f"{head.seq} entries, unbroken. The last hash is {head.hash}.")
