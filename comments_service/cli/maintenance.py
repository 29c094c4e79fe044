"""`flask maintenance …`: what a timer runs."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup

from comments_service import clock
from comments_service.config import Settings
from comments_service.services import retention

maintenance = AppGroup("maintenance", help="What a timer runs.")


@maintenance.command("purge")
def purge() -> None:
    """Delete what is old: ended logins, kept answers, events, texts of rejected comments."""
    settings = cast(Settings, current_app.extensions["comments_settings"])
    kept = retention.Kept(
        rejected_bodies=timedelta(days=settings.rejected_body_days),
        events=timedelta(days=settings.event_days),
        deliveries=timedelta(days=settings.delivery_days),
    )
    for purged in retention.purge(kept, now=clock.now()):
        click.echo(f"{purged.count:>9} {purged.what}")
