"""`flask service …`: machines that call the REST API."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta

import click
from flask.cli import AppGroup
from limits import parse_many

from comments_service import clock
from comments_service.errors import InvalidRequest, NotFound, UnknownSite
from comments_service.services import service_clients

service = AppGroup("service", help="Machines that call the REST API.")


def _limit(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    if text is not None:
        try:
            parse_many(text)
        except ValueError:
            raise click.BadParameter('write it like "600 per minute"') from None
    return text


@service.command("create")
@click.argument("name")
@click.option("--scope", required=True, help='Scopes, separated by spaces: "comments:read …".')
@click.option("--site", help="Only this site; every site, unless given.")
@click.option("--limit", callback=_limit, help='Its own limit on writes: "600 per minute".')
def create(name: str, scope: str, site: str | None, limit: str | None) -> None:
    """Make a service client and print its id and secret as JSON, this once."""
    try:
        made = service_clients.create(
            name, scopes=scope.split(), site=site, rate_limit=limit, now=clock.now()
        )
    except InvalidRequest as error:
        raise click.ClickException("; ".join(e.detail for e in error.errors)) from None
    except UnknownSite:
        raise click.ClickException(f"There is no site {site!r}.") from None
    click.echo(json.dumps(asdict(made), ensure_ascii=False))


@service.command("list")
def list_clients() -> None:
    """Print every service client as a line of JSON, with when it last got a token."""
    for client in service_clients.everyone():
        click.echo(json.dumps(asdict(client), ensure_ascii=False, default=str))


@service.command("rotate")
@click.argument("client_id")
@click.option(
    "--overlap-hours",
    type=click.FloatRange(0, 24 * 30),
    default=service_clients.OVERLAP.total_seconds() / 3600,
    show_default=True,
    help="How long the old secret opens as well.",
)
def rotate(client_id: str, overlap_hours: float) -> None:
    """Give CLIENT_ID its next secret and print it as JSON, this once."""
    overlap = timedelta(hours=overlap_hours)
    try:
        made = service_clients.rotate(client_id, overlap=overlap, now=clock.now())
    except NotFound:
        raise click.ClickException(f"There is no live service client {client_id!r}.") from None
    click.echo(json.dumps(asdict(made), ensure_ascii=False))


@service.command("revoke")
@click.argument("client_id")
def revoke(client_id: str) -> None:
    """End CLIENT_ID: its secrets and tokens open nothing any more."""
    try:
        service_clients.revoke(client_id, now=clock.now())
    except NotFound:
        raise click.ClickException(f"There is no service client {client_id!r}.") from None
    click.echo(f"Revoked {client_id}.")
