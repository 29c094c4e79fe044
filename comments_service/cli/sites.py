"""`flask site …`: publishers and their origins."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from comments_service import clock
from comments_service.errors import InvalidRequest
from comments_service.services import sites

site = AppGroup("site", help="Publishers: their key, their pages' origins.")


@site.command("create")
@click.argument("key")
@click.option("--name", help="What readers see; the key, unless given.")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    required=True,
    help="Where its pages are, as scheme://host[:port]; give it once for each.",
)
@click.option("--provider", "providers", multiple=True, help="Only these; all, unless given.")
def create(
    key: str, name: str | None, origins: tuple[str, ...], providers: tuple[str, ...]
) -> None:
    """Make a site KEY whose pages may embed the comment box."""
    try:
        made = sites.create(
            key, name=name or key, origins=origins, providers=providers or None, now=clock.now()
        )
    except InvalidRequest as error:
        raise click.ClickException("; ".join(e.detail for e in error.errors)) from None
    click.echo(f"Made the site {made.key} for {', '.join(made.origins)}.")
