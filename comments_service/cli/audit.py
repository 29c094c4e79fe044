"""`flask audit …`: the log of what moderators and operators did."""

from __future__ import annotations

from typing import TextIO

import click
from flask.cli import AppGroup

from comments_service.services import audit as log
from comments_service.services import audit_log
from comments_service.services.audit import Break, Head
from comments_service.services.audit_log import Filters, NoExport

audit = AppGroup("audit", help="The log of what moderators and operators did.")


def _anchor(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Head | None:
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not number.isdigit() or len(digest) != len(log.NO_HASH):
        raise click.BadParameter("give it as `flask audit head` printed it, NUMBER:HASH")
    return Head(int(number), digest)


@audit.command("verify")
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option("--head", "anchor", callback=_anchor, help="NUMBER:HASH that was noted earlier.")
def verify(file: TextIO | None, anchor: Head | None) -> None:
    """Check that no entry was changed, put in, taken out or moved; say where the chain breaks.

    Reads FILE, which `flask audit export` wrote, and otherwise the database.
    """
    try:
        found = _verify_database(anchor) if file is None else _verify_file(file, anchor)
    except NoExport as error:
        raise click.ClickException(f"This is no export of an audit log: {error}.") from None
    if isinstance(found, Break):
        raise click.ClickException(f"The chain breaks at entry {found.seq}: {found.reason}.")
    click.echo(f"{found.seq} entries, unbroken. The last hash is {found.hash}.")


def _verify_database(anchor: Head | None) -> Head | Break:
    broken = log.verify()
    if broken is not None or anchor is None:
        return broken or log.head()
    return audit_log.verify_export(audit_log.export(Filters(), end=log.head()), anchor=anchor)


def _verify_file(file: TextIO, anchor: Head | None) -> Head | Break:
    return audit_log.verify_export(file, anchor=anchor)


@audit.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"))
def export(file: TextIO) -> None:
    """Write the whole log to FILE as JSON Lines, to be kept and verified elsewhere."""
    for line in audit_log.export(Filters(), end=log.head()):
        file.write(line)


@audit.command("head")
def head() -> None:
    """Print where the log ends, NUMBER:HASH, to be noted where nobody can change it."""
    end = log.head()
    click.echo(f"{end.seq}:{end.hash}")
