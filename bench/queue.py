"""How long the moderators' queue takes with a hundred comments in each tab and with a hundred
thousand, in one run.

    python -m bench.queue DATABASE_URL [--items 100000] [--beside 100] [--rounds 200] [--texts FILE]

The database is made anew on each run: name one that may go. With `--texts`, the comments are the
lines of a file (which may be gzipped), over and over; without, sentences made of a small
vocabulary. What is measured is the service's own work for one page or one decision, without HTTP,
in one process.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import select, text

from bench import bulk
from comments_service import create_app
from comments_service.config import Settings
from comments_service.models import Comment, User, db
from comments_service.services import moderation, queues, sites
from comments_service.services.actor import Actor
from comments_service.services.ids import new_id
from comments_service.services.moderation import DecisionKind, NewDecision
from comments_service.services.queues import Asked, Tab
from comments_service.services.roles import Role, RoleView
from comments_service.services.transaction import transaction
from comments_service.services.views import Status

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
WORDS = [
    "자전거",
    "도로",
    "버스",
    "예산",
    "공청회",
    "부두",
    "어촌",
    "주차장",
    "학교",
    "도서관",
    "시장",
    "기사",
    "의견",
    "자료",
    "공개",
    "반대",
    "찬성",
]
KINDS = ("held", "published", "reported", "rejected", "removed")
"""What is written in turn, as much of each; what is rejected is appealed as well."""

AUTHORS, ARTICLES, BATCH = 2_000, 200, 20_000
STEP = timedelta(seconds=4)
FINDING = {
    "filter": "classifier",
    "rule": "ko",
    "clause": "3.1",
    "message": {"ko": "살펴볼 필요가 있습니다.", "en": "Needs a look."},
    "start": 0,
    "end": 3,
    "weight": 0.8,
    "action": "hold",
}
LINK = FINDING | {"filter": "links", "rule": "any", "clause": "4.1"}
"""One comment in a thousand has this one."""

Figures = dict[str, tuple[float, float]]
"""Of each deed the median and the 95th of a hundred, in milliseconds."""


def sentences(path: Path | None) -> Iterator[str]:
    if path is not None:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            lines = [line.strip()[:250] for line in file]
        yield from itertools.cycle([line for line in lines if line])
    chance = random.Random(1)
    while True:
        yield " ".join(chance.choices(WORDS, k=chance.randint(4, 14)))


@dataclass
class Past:
    """What is written about, and by whom; `written` comments so far."""

    site_id: int
    users: list[int]
    articles: list[int]
    texts: Iterator[str]
    written: int = 0

    def fill(self, items: int) -> None:
        """Write `items` comments more for each tab."""
        end = self.written + items * len(KINDS)
        with bulk.without_indexes("comment", "verdict", "report", "appeal"):
            while self.written < end:
                some = range(self.written, min(self.written + BATCH, end))
                self._put([self._comment(number) for number in some])
                self.written = some.stop

    def _comment(self, number: int) -> dict[str, Any]:
        when = BEGAN + STEP * number
        kind = KINDS[number % len(KINDS)]
        is_public = kind in {"published", "reported"}
        return {
            "id": new_id(when),
            "article_id": self.articles[number % ARTICLES],
            "site_id": self.site_id,
            "author_id": self.users[number * 7 % AUTHORS],
            "seq": number + 1,
            "body": next(self.texts),
            "lang": "ko",
            "status": "published" if is_public else kind,
            "visible": int(is_public),
            "likes": 0,
            "dislikes": 0,
            "score": 0,
            "reply_count": 0,
            "created_at": when,
            "reported_at": when if kind == "reported" else None,
        }

    def _put(self, comments: list[dict[str, Any]]) -> None:
        bulk.put("comment", comments)
        bulk.put("verdict", map(_verdict, comments))
        bulk.put(
            "report",
            (
                {
                    "comment_id": row["id"],
                    "user_id": user_id,
                    "reason": "spam",
                    "weight": 100,
                    "created_at": row["created_at"],
                }
                for row in comments
                if row["reported_at"] is not None
                for user_id in self.users[:2]
            ),
        )
        bulk.put(
            "appeal",
            (
                {
                    "comment_id": row["id"],
                    "site_id": self.site_id,
                    "user_id": row["author_id"],
                    "text": "다시 보아 주세요.",
                    "created_at": row["created_at"],
                }
                for row in comments
                if row["status"] == "rejected"
            ),
        )


def _verdict(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(row["created_at"]),
        "comment_id": row["id"],
        "policy_version": 1,
        "outcome": "hold",
        "findings": [FINDING, LINK] if row["seq"] % 1_000 == 1 else [FINDING],
        "created_at": row["created_at"],
    }


def prepare(texts: Iterator[str]) -> tuple[Past, Actor]:
    """A site with its readers and articles, and its moderator."""
    site = sites.create("demo", name="Maru Daily", origins=[], now=BEGAN)
    users = [new_id(BEGAN) for _ in range(AUTHORS)]
    articles = [new_id(BEGAN) for _ in range(ARTICLES)]
    moderator = new_id(BEGAN)
    with transaction() as session:
        session.add(User(id=moderator, display_name="지수", created_at=BEGAN))
    bulk.put(
        "user_account",
        (
            {"id": each, "display_name": f"독자 {n}", "name_chosen": False, "created_at": BEGAN}
            for n, each in enumerate(users)
        ),
    )
    bulk.put(
        "article",
        (
            {
                "id": each,
                "site_id": site.id,
                "key": f"a-{n}",
                "status": "open",
                "slow_mode_seconds": 0,
                "comment_count": 0,
                "version": 0,
                "last_seq": 0,
                "created_at": BEGAN,
            }
            for n, each in enumerate(articles)
        ),
    )
    roles = (RoleView(Role.MODERATOR, site.id, "demo"),)
    return Past(site.id, users, articles, texts), Actor(moderator, None, frozenset(), roles=roles)


def timed(deed: Callable[[], object], rounds: int) -> tuple[float, float]:
    deed()  # what a process remembers is asked for once
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        deed()
        took.append((time.perf_counter() - began) * 1_000)
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.95)]


def measure(actor: Actor, past: Past, rounds: int) -> Figures:
    now = BEGAN + STEP * past.written

    def page(tab: Tab, *, deep: bool = False, **more: Any) -> Callable[[], object]:
        asked = Asked(tab, "demo", **more)
        after = _deep(asked.tab) if deep else None
        return lambda: queues.page(actor, asked, limit=25, after=after, now=now)

    held = iter(_held(min(rounds, 90) + 1))

    def decide() -> None:
        wanted = NewDecision(next(held), DecisionKind.APPROVE, Status.HELD)
        (result,) = moderation.decide(actor, [wanted], now=now).results
        assert result.error is None, result

    deeds = {f"{tab.value}, first page": page(tab) for tab in Tab}
    deeds |= {f"{tab.value}, deep page": page(tab, deep=True) for tab in Tab}
    deeds |= {
        "held, search": page(Tab.HELD, q="기사"),
        "held, search of two words": page(Tab.HELD, q="기사 진짜"),
        "held, search of none": page(Tab.HELD, q="없는말"),
        "held, of one article": page(Tab.HELD, article="a-5"),
        "held, of one person": page(Tab.HELD, user_id=past.users[35]),
        "held, by a filter": page(Tab.HELD, filter="classifier"),
        "held, by a rare filter": page(Tab.HELD, filter="links"),
        "counts of the tabs": lambda: queues.counts(actor, "demo"),
    }
    figures = {what: timed(deed, rounds) for what, deed in deeds.items()}
    figures["a decision"] = timed(decide, min(rounds, 90))
    return figures


def _deep(tab: Tab) -> queues.Position:
    """Where seven tenths of the tab are behind a reader."""
    status = "published" if tab is Tab.REPORTED else "rejected" if tab is Tab.APPEALED else tab
    query = "SELECT {} FROM comment WHERE status = '{}' {} ORDER BY id LIMIT 1 OFFSET {}"
    further = "AND reported_at IS NOT NULL" if tab is Tab.REPORTED else ""
    with db.engine.connect() as connection:
        total = connection.execute(
            text(f"SELECT count(*) FROM comment WHERE status = '{status}' {further}")
        ).scalar_one()
        share = 0.7 if tab in queues.OLDEST_FIRST else 0.3
        place = int(total * share)
        row = connection.execute(text(query.format("id", status, further, place))).one()
        id_: int = row.id
        if tab not in {Tab.REPORTED, Tab.APPEALED}:
            return (id_,)
        when = select(Comment.created_at).where(Comment.id == id_)
        return (connection.execute(when).scalar_one(), id_)


def _held(count: int) -> list[int]:
    query = select(Comment.id).where(Comment.status == "held").order_by(Comment.id).limit(count)
    with db.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def table(few: int, many: int, before: Figures, after: Figures) -> Iterator[str]:
    yield f"{'ms':28}{few:>10,}{'':10}{many:>10,}"
    yield f"{'':28}{'p50':>10}{'p95':>10}{'p50':>10}{'p95':>10}{'ratio':>10}"
    for what, (p50, p95) in after.items():
        was50, was95 = before[what]
        yield f"{what:28}{was50:10.2f}{was95:10.2f}{p50:10.2f}{p95:10.2f}{p50 / was50:10.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--beside", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--texts", type=Path)
    asked = parser.parse_args()
    app = create_app(Settings.load({}, database_url=asked.database_url, log_level="ERROR"))
    with app.app_context():
        upgrade()
        past, actor = prepare(sentences(asked.texts))
        figures = []
        for items in (asked.beside, asked.items):
            began = time.perf_counter()
            past.fill(items)
            print(
                f"{items:,} for each tab, filled in {time.perf_counter() - began:.0f} s",
                file=sys.stderr,
                flush=True,
            )
            figures.append(measure(actor, past, asked.rounds))
        for line in table(asked.beside, asked.items, *figures):
            print(line)
        print(f"load {os.getloadavg()[0]:.1f} at the end")
        db.engine.dispose()


if __name__ == "__main__":
    main()
