"""`flask staff …`: moderators and admins."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, NoReturn

import click
from flask import current_app
from flask.cli import AppGroup

from comments_service import clock
from comments_service.config import Settings
from comments_service.errors import LastAdmin, NotFound, UnknownSite
from comments_service.services import staff as members
from comments_service.services import staff_sessions
from comments_service.services.identities import IdentityKey
from comments_service.services.staff import Role, RoleView

UNITS = {"m": "minutes", "h": "hours", "d": "days"}

staff = AppGroup("staff", help="Moderators and admins: roles, invitations, sessions.")

_role = click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
_site = click.option("--site", help="Only on this site; on every site, unless given.")


class Life(click.ParamType[timedelta]):
    """`30m`, `24h`, `7d`: how long something lasts."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        match = re.fullmatch(r"([1-9][0-9]{0,3})([mhd])", str(value))
        if match is None:
            self.fail("write it as 30m, 24h or 7d", param, ctx)
        return timedelta(**{UNITS[match[2]]: int(match[1])})


class SubjectAtProvider(click.ParamType[IdentityKey]):
    """`twitter:2244994945`: a provider and its stable id of a person, never a handle."""

    name = "provider:subject"

    def convert(self, value: Any, param: Any, ctx: Any) -> IdentityKey:
        match = re.fullmatch(r"(twitter|facebook):([0-9]{1,32})", str(value))
        if match is None:
            self.fail("write it as twitter:SUBJECT or facebook:SUBJECT, in digits", param, ctx)
        app = _settings().facebook_app if match[1] == "facebook" else ""
        return IdentityKey(provider=match[1], client_app=app, subject=match[2])


@staff.command("invite")
@_role
@_site
@click.option("--ttl", type=Life(), default="24h", show_default=True)
def invite(role: str, site: str | None, ttl: timedelta) -> None:
    """Print a one-time address; the first login through it gets the role."""
    try:
        token = members.invite(Role(role), site=site, life=ttl, now=clock.now())
    except UnknownSite:
        _refuse_site(site)
    click.echo(f"{_settings().public_url.rstrip('/')}/moderator/accept/{token}")


@staff.command("grant")
@click.option("--identity", type=SubjectAtProvider(), required=True)
@_role
@_site
def grant(identity: IdentityKey, role: str, site: str | None) -> None:
    """Give a role to a person, who may log in here for the first time later."""
    try:
        member = members.grant(identity, Role(role), site=site, pepper=_pepper(), now=clock.now())
    except UnknownSite:
        _refuse_site(site)
    click.echo(f"{member.user_id} {member.display_name}: {_told(member.roles)}")


@staff.command("list")
def show() -> None:
    """Print who has which role: account, name, identities, roles."""
    for member in members.everybody():
        identities = ", ".join(member.identities)
        click.echo(f"{member.user_id} {member.display_name} ({identities}): {_told(member.roles)}")


@staff.command("revoke")
@click.option("--user", "user_id", type=int, required=True, help="The account, as `list` shows it.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Only this role.")
@click.option("--site", help="Only on this site.")
@click.option("--force", is_flag=True, help="Even the last admin's.")
def revoke(user_id: int, role: str | None, site: str | None, *, force: bool) -> None:
    """Take roles away, from the next request on: all of the account's, unless said."""
    try:
        taken = members.revoke(
            user_id, role=Role(role) if role else None, site=site, force=force, now=clock.now()
        )
    except UnknownSite:
        _refuse_site(site)
    except NotFound:
        raise click.ClickException("That account has no such role.") from None
    except LastAdmin:
        raise click.ClickException(
            "That is the last admin; make another one first, or give --force."
        ) from None
    click.echo(f"Revoked: {_told(taken)}")


@staff.command("sessions")
@click.option("--user", "user_id", type=int, help="Only this account's.")
@click.option("--revoke-all", is_flag=True, help="End them.")
def sessions(user_id: int | None, *, revoke_all: bool) -> None:
    """Print, or end, the moderators' sessions."""
    if revoke_all:
        ended = staff_sessions.end_all(user_id=user_id, now=clock.now())
        click.echo(f"Ended: {ended}")
        return
    for session in staff_sessions.list_sessions(user_id=user_id, now=clock.now()):
        click.echo(
            f"{session.id} {session.user_id} {session.display_name} {session.network} "
            f"since {session.created_at:%Y-%m-%dT%H:%MZ}, "
            f"last used {session.last_seen_at:%Y-%m-%dT%H:%MZ}"
        )


def _told(roles: tuple[RoleView, ...]) -> str:
    return ", ".join(f"{own.role} of {own.site or 'every site'}" for own in roles)


def _refuse_site(site: str | None) -> NoReturn:
    raise click.ClickException(f"There is no site {site!r}.") from None


def _settings() -> Settings:
    settings: Settings = current_app.extensions["comments_settings"]
    return settings


def _pepper() -> str:
    return _settings().secret_key.get_secret_value()
