"""`flask user …`: readers' accounts, for what readers cannot do themselves."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from comments_service import clock
from comments_service.errors import NotFound
from comments_service.services import merging, privacy
from comments_service.services.merging import CannotMerge

user = AppGroup("user", help="Readers' accounts.")


@user.command("delete")
@click.argument("user_id", type=int)
@click.option("--reason", required=True, help="For the audit log; no personal data.")
@click.confirmation_option(prompt="Delete this account? It cannot be undone.")
def delete(user_id: int, reason: str) -> None:
    """Delete an account as its owner could: identities erased, comments as each site has it."""
    pepper = current_app.extensions["comments_settings"].secret_key.get_secret_value()
    try:
        privacy.delete_account_for(user_id, reason=reason, pepper=pepper, now=clock.now())
    except NotFound:
        raise click.ClickException("There is no such account, or it is deleted.") from None
    click.echo(f"Deleted: {user_id}")


@user.command("merge")
@click.argument("from_id", type=int)
@click.argument("into_id", type=int)
@click.option("--reason", required=True, help="For the audit log; no personal data.")
@click.confirmation_option(prompt="Make the first account part of the second? It cannot be undone.")
def merge(from_id: int, into_id: int, reason: str) -> None:
    """Make two accounts of one person one: the second stays, and has what the first had."""
    try:
        merging.merge(from_id, into_id, reason=reason, now=clock.now())
    except CannotMerge as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Merged: {from_id} is now {into_id}")
