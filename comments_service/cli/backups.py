"""`flask backup`, `flask restore`: everything in one file, and back."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from comments_service.services import backups
from comments_service.services.backups import Backup, BackupFailed


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write everything into FILE, which must not exist; the service may go on meanwhile."""
    try:
        _tell(backups.take(file))
    except BackupFailed as failure:
        raise click.ClickException(str(failure)) from None


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask whether the service is stopped.")
@with_appcontext
def restore(file: Path, *, yes: bool) -> None:
    """Put the backup in FILE in the place of the database. Stop the service before."""
    if not yes:
        click.confirm(
            "The database is replaced. Is the service stopped, its worker too?", abort=True
        )
    try:
        _tell(backups.restore(file, migrations=current_app.extensions["comments_migrations"]))
    except BackupFailed as failure:
        raise click.ClickException(str(failure)) from None
    click.echo("Run `flask --app wsgi db upgrade` before the service starts again.")


def _tell(backup: Backup) -> None:
    counted = "" if backup.comments is None else f", {backup.comments} comments"
    schema = "" if backup.revision is None else f", schema {backup.revision}"
    click.echo(f"{backup.path}: {backup.size} bytes{counted}{schema}")
