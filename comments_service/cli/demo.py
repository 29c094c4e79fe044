"""`flask demo …`: the demo newspaper's site and comments, and many comments at once."""

from __future__ import annotations

import gzip
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import IO, Any

import click
import yaml
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from comments_service import clock
from comments_service.errors import CommentEmpty, CommentMalformed, CommentTooLong
from comments_service.identity.provider import ExternalIdentity
from comments_service.services import accounts, articles, comments, sites
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.comments import NewComment
from comments_service.services.sites import SiteView
from comments_service.services.views import JudgedView

SITE = "demo"
FIRST_SUBJECT = 10**17
"""Subjects of made-up readers begin where no persona of the identity provider has its own."""

demo = AppGroup("demo", help="The demo newspaper, and many comments at once.")


@demo.command("prepare")
@click.option("--origin", "origins", multiple=True, required=True)
def prepare(origins: tuple[str, ...]) -> None:
    """Bring the database up to date, with the demo site and its first comments."""
    upgrade()
    site = sites.ensure(SITE, name="Maru Daily", origins=origins, now=clock.now())
    seeds = yaml.safe_load(resources.files(__package__).joinpath("seeds.yaml").read_text("utf-8"))
    for thread in seeds:
        if articles.get(site, thread["article"]).version == 0:
            _seed(site, thread["article"], thread["comments"])


@demo.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "site_key", default=SITE, show_default=True)
@click.option("--articles", "article_count", default=500, show_default=True)
@click.option("--readers", "reader_count", default=300, show_default=True)
@click.option("--days", default=7.0, show_default=True, help="Spread over the last so many days.")
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write down each comment once it is acknowledged; a later run goes on after the last.",
)
def load(
    file: Path,
    site_key: str,
    article_count: int,
    reader_count: int,
    days: float,
    journal: Path | None,
) -> None:
    """Post each line of FILE (UTF-8 text, may be gzipped) as a comment, as many readers would.

    Each goes through the use case that the API calls, policy included.
    """
    bodies = _lines(file)
    done = _acknowledged(journal)
    site = sites.get(site_key)
    begin = clock.now() - timedelta(days=days)
    readers = [_reader(number, site, now=begin) for number in range(reader_count)]
    tally = Tally()
    started = time.perf_counter()
    with (
        journal.open("a", encoding="utf-8") if journal else nullcontext() as acknowledged,
        click.progressbar(list(enumerate(bodies)), label="Posting", show_pos=True) as lines,
    ):
        for number, body in lines:
            if number in done:
                continue
            command = NewComment(
                site=site_key, article=f"load-{number * 7919 % article_count:04d}", body=body
            )
            moment = begin + timedelta(days=days) * (number / len(bodies))
            _post(readers[number % reader_count], command, moment, tally, number, acknowledged)
    tally.show(time.perf_counter() - started)


@dataclass
class Tally:
    """How the comments of a load ended."""

    outcomes: Counter[str] = field(default_factory=Counter)
    rejected_by: Counter[str] = field(default_factory=Counter)
    held_by: Counter[str] = field(default_factory=Counter)

    def count(self, view: JudgedView) -> None:
        self.outcomes[view.outcome.value] += 1
        by = {"rejected": self.rejected_by, "held": self.held_by}.get(view.outcome.value)
        if by is not None:
            by.update({finding.clause for finding in view.findings})

    def show(self, seconds: float) -> None:
        total = sum(self.outcomes.values())
        click.echo(f"{total} comments in {seconds:.1f} s, {total / seconds:.0f} a second")
        for name in ("published", "held", "rejected", "too long", "empty", "malformed"):
            click.echo(f"  {name:10} {self.outcomes[name]:7}")
        for title, by in (("rejected", self.rejected_by), ("held", self.held_by)):
            for clause, count in sorted(by.items()):
                click.echo(f"    {title} by clause {clause:6} {count:7}")


def _post(
    reader: Actor,
    command: NewComment,
    now: datetime,
    tally: Tally,
    number: int,
    journal: IO[str] | None,
) -> None:
    refusals = {
        CommentTooLong: "too long",
        CommentEmpty: "empty",
        CommentMalformed: "malformed",
    }
    try:
        view = comments.submit(reader, command, now=now)
    except tuple(refusals) as error:
        tally.outcomes[refusals[type(error)]] += 1
        return
    tally.count(view)
    if journal is not None:
        journal.write(f"{number} {view.comment.id} {view.outcome.value}\n")
        journal.flush()


def _lines(file: Path) -> list[str]:
    raw = file.read_bytes()
    text = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode("utf-8")
    return [line for line in text.split("\n") if line]


def _acknowledged(journal: Path | None) -> set[int]:
    """The lines that an earlier run wrote down; its last may have been cut off."""
    if journal is None or not journal.exists():
        return set()
    whole = journal.read_text("utf-8").rpartition("\n")[0]
    return {int(line.split()[0]) for line in whole.split("\n") if line}


def _reader(number: int, site: SiteView, *, now: datetime, name: str | None = None) -> Actor:
    """A made-up reader, as if just logged in."""
    external = ExternalIdentity(
        provider=("twitter", "facebook")[number % 2],
        subject=str(FIRST_SUBJECT + number),
        client_app="" if number % 2 == 0 else "demo",
        name=name or f"독자 {number + 1}",
        handle=None,
        avatar_url=None,
    )
    pepper = current_app.extensions["comments_settings"].secret_key.get_secret_value()
    signed_in = accounts.sign_in(external, pepper=pepper, now=now)
    return Actor(user_id=signed_in.user_id, site_id=site.id, scopes=frozenset({READER_SCOPE}))


def _seed(site: SiteView, article: str, seeds: list[dict[str, Any]]) -> None:
    """Post a thread's first comments at the times they name, replies under their roots."""
    for seed in seeds:
        root = _post_seed(site, article, seed)
        for reply in seed.get("replies", []):
            _post_seed(site, article, reply, parent_id=root)


def _post_seed(
    site: SiteView, article: str, seed: dict[str, Any], *, parent_id: int | None = None
) -> int:
    moment = clock.now() - timedelta(minutes=seed["minutes_ago"])
    author = _reader(seed["reader"], site, now=moment, name=seed["name"])
    command = NewComment(site=site.key, article=article, body=seed["body"], parent_id=parent_id)
    return comments.submit(author, command, now=moment).comment.id
