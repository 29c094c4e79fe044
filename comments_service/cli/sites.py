"""`flask site …`: publishers and their origins."""

from __future__ import annotations

import json
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup

from comments_service import clock
from comments_service.errors import InvalidRequest, UnknownSite
from comments_service.identity.publisher import Publishers
from comments_service.services import sites

site = AppGroup("site", help="Publishers: their key, their pages' origins.")


@site.command("sso")
@click.argument("key")
@click.option("--issuer", help="Turns it on: the `iss` of the publisher's tokens.")
@click.option(
    "--jwks-url", help="Where the publisher's public keys are; a shared secret, unless given."
)
@click.option("--off", is_flag=True, help="Turns it off.")
def set_sso(key: str, issuer: str | None, jwks_url: str | None, *, off: bool) -> None:
    """Let readers of KEY log in with the publisher's own login; print how it is set, as JSON."""
    try:
        if issuer is not None or off:
            given = {"issuer": issuer, "jwks_url": jwks_url}
            sso = {name: value for name, value in given.items() if value is not None}
            sites.set_sso(key, None if off else sso, now=clock.now())
        view = sites.get(key)
    except UnknownSite:
        raise click.ClickException(f"There is no site {key!r}.") from None
    found = None if view.settings.sso is None else dict(view.settings.sso)
    if found is not None and "jwks_url" not in found:
        publishers = cast(Publishers, current_app.extensions["comments_publishers"])
        found["shared_secret"] = publishers.shared_secret(key)
    click.echo(json.dumps(found, ensure_ascii=False))


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
