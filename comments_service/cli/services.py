"""`flask service …`: machines that call the REST API."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import AppGroup

from comments_service import clock
from comments_service.errors import InvalidRequest, UnknownSite
from comments_service.services import service_clients

service = AppGroup("service", help="Machines that call the REST API.")


@service.command("create")
@click.argument("name")
@click.option("--scope", required=True, help='Scopes, separated by spaces: "comments:read …".')
@click.option("--site", help="Only this site; every site, unless given.")
def create(name: str, scope: str, site: str | None) -> None:
    """Make a service client and print its id and secret as JSON, this once."""
    try:
        made = service_clients.create(name, scopes=scope.split(), site=site, now=clock.now())
    except InvalidRequest as error:
        raise click.ClickException("; ".join(e.detail for e in error.errors)) from None
    except UnknownSite:
        raise click.ClickException(f"There is no site {site!r}.") from None
    click.echo(json.dumps(asdict(made), ensure_ascii=False))
