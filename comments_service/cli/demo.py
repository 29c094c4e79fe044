"""`flask demo …`: the demo newspaper's site and comments, and many comments at once."""

from __future__ import annotations

import gzip
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from importlib import resources
from pathlib import Path
from typing import IO, Any, NoReturn

import click
import yaml
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from comments_service import clock
from comments_service.errors import (
    CommentEmpty,
    CommentMalformed,
    CommentsError,
    CommentTooLong,
)
from comments_service.identity.provider import ExternalIdentity
from comments_service.services import accounts, answers, articles, comments, sites
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.answers import Answer
from comments_service.services.comments import NewComment
from comments_service.services.sites import SiteView

SITE = "demo"
FIRST_SUBJECT = 10**17
"""Subjects of made-up readers begin where no persona of the identity provider has its own."""

REFUSALS: Mapping[type[CommentsError], str] = {
    CommentTooLong: "too long",
    CommentEmpty: "empty",
    CommentMalformed: "malformed",
}

demo = AppGroup("demo", help="The demo newspaper, and many comments at once.")


@demo.command("prepare")
@click.option("--origin", "origins", multiple=True, required=True)
def prepare(origins: tuple[str, ...]) -> None:
    """Bring the database up to date, with the demo site and its first comments."""
    upgrade()
    site = sites.ensure(SITE, name="Maru Daily", origins=origins, now=clock.now())
    seeds = yaml.safe_load(resources.files(__package__).joinpath("seeds.yaml").read_text("utf-8"))
    for thread in seeds:
        if articles.get(site, thread["article"], now=clock.now()).version == 0:
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

    Each goes through the use case that the API calls, policy included; with a journal as a request
    with an idempotency key, so that a load which was killed and begun again posts no line twice.
    """
    bodies = _lines(file)
    site = sites.get(site_key)
    begin = clock.now() - timedelta(days=days)
    readers = [_reader(number, site, now=begin) for number in range(reader_count)]
    tally = Tally()
    started = time.perf_counter()
    with (
        Journal.open(journal) as acknowledged,
        click.progressbar(list(enumerate(bodies)), label="Posting", show_pos=True) as lines,
    ):
        for number, body in lines:
            if number in acknowledged.done:
                continue
            command = NewComment(
                site=site_key, article=f"load-{number * 7919 % article_count:04d}", body=body
            )
            moment = begin + timedelta(days=days) * (number / len(bodies))
            reader = readers[number % reader_count]
            posted = acknowledged.once(number, reader, partial(_post, reader, command, moment))
            tally.count(posted)
            acknowledged.write(number, posted)
    tally.show(time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class Posted:
    """How the comment of one line ended; `comment_id` None where nothing was kept of it."""

    outcome: str
    comment_id: str | None = None
    clauses: tuple[str, ...] = ()


class Journal:
    """What was acknowledged, a line each, after the name of the load.

    A process that is killed between a commit and its line has posted what the journal does not
    know; under the load's name, an idempotency key finds the answer again.
    """

    def __init__(self, name: str, done: set[int], file: IO[bytes] | None) -> None:
        self.done = done
        self._name = name
        self._file = file

    @classmethod
    @contextmanager
    def open(cls, path: Path | None) -> Iterator[Journal]:
        """The journal at `path`, gone on with if it is there; a journal of nothing without."""
        if path is None:
            yield cls("", set(), None)
            return
        raw = path.read_bytes() if path.exists() else b""
        name, *lines = raw.decode().split("\n")[:-1] or [secrets.token_hex(8)]
        with path.open("ab") as file:
            # What follows the last line break was cut off in the middle.
            file.truncate(raw.rfind(b"\n") + 1)
            if not file.tell():
                file.write(f"{name}\n".encode())
            yield cls(name, {int(line.split()[0]) for line in lines}, file)

    def once(self, number: int, reader: Actor, post: Callable[[], Posted]) -> Posted:
        """What `post` answers, or what it answered when this line was posted before."""
        if self._file is None:
            return post()
        key = f"{self._name}:{number}".encode()
        answer, _ = answers.once(
            answers.digest(reader.key.encode(), b"demo load", key),
            answers.digest(key),
            lambda: Answer(200, {}, json.dumps(asdict(post())).encode()),
            _unexpected,
            now=clock.now(),
        )
        return Posted(**json.loads(answer.body))

    def write(self, number: int, posted: Posted) -> None:
        """Note that a line's comment is kept."""
        if self._file is not None and posted.comment_id is not None:
            self._file.write(f"{number} {posted.comment_id} {posted.outcome}\n".encode())
            self._file.flush()


@dataclass
class Tally:
    """How the comments of a load ended."""

    outcomes: Counter[str] = field(default_factory=Counter)
    rejected_by: Counter[str] = field(default_factory=Counter)
    held_by: Counter[str] = field(default_factory=Counter)

    def count(self, posted: Posted) -> None:
        self.outcomes[posted.outcome] += 1
        by = {"rejected": self.rejected_by, "held": self.held_by}.get(posted.outcome)
        if by is not None:
            by.update(posted.clauses)

    def show(self, seconds: float) -> None:
        total = sum(self.outcomes.values())
        click.echo(f"{total} comments in {seconds:.1f} s, {total / seconds:.0f} a second")
        for name in ("published", "held", "rejected", "too long", "empty", "malformed"):
            click.echo(f"  {name:10} {self.outcomes[name]:7}")
        for title, by in (("rejected", self.rejected_by), ("held", self.held_by)):
            for clause, count in sorted(by.items()):
                click.echo(f"    {title} by clause {clause:6} {count:7}")


def _post(reader: Actor, command: NewComment, now: datetime) -> Posted:
    try:
        view = comments.submit(reader, command, now=now)
    except tuple(REFUSALS) as error:
        return Posted(REFUSALS[type(error)])
    clauses = sorted({finding.clause for finding in view.findings})
    return Posted(view.outcome.value, str(view.comment.id), tuple(clauses))


def _unexpected(error: CommentsError) -> NoReturn:
    """Everything that a line may come to is no error to its load."""
    raise error


def _lines(file: Path) -> list[str]:
    raw = file.read_bytes()
    text = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode("utf-8")
    return [line for line in text.split("\n") if line]


def _reader(number: int, site: SiteView, *, now: datetime, name: str | None = None) -> Actor:
    """A made-up reader, as if just logged in."""
    pepper = current_app.extensions["comments_settings"].secret_key.get_secret_value()
    external = ExternalIdentity(
        provider=("twitter", "facebook")[number % 2],
        subject=str(FIRST_SUBJECT + number),
        client_app="" if number % 2 == 0 else "demo",
        name=name or f"독자 {number + 1}",
        handle=None,
        avatar_url=None,
    )
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
