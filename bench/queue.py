"""How long the moderators' queue takes with a hundred comments in it and with a hundred thousand.

    python -m bench.queue DATABASE_URL [--items 100000] [--rounds 200] [--texts FILE]

The database is made anew on each run: name one that may go. With `--texts`, the comments are the
lines of a file, over and over; without, sentences made of a small vocabulary. What is measured is
the service's own work for one page or one decision, without HTTP, in one process.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import insert, text

from comments_service import create_app
from comments_service.config import Settings
from comments_service.models import Appeal, Article, Comment, User, Verdict, db
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
TABS = (Status.HELD, Status.PUBLISHED, Status.REJECTED, Status.REMOVED)
AUTHORS, ARTICLES, BATCH = 2_000, 200, 5_000
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


def sentences(path: Path | None) -> Iterator[str]:
    if path is not None:
        lines = [line.strip()[:250] for line in path.read_text("utf-8").splitlines()]
        yield from itertools.cycle([line for line in lines if line])
    chance = random.Random(1)
    while True:
        yield " ".join(chance.choices(WORDS, k=chance.randint(4, 14)))


def fill(site_id: int, items: int, texts: Iterator[str]) -> None:
    """`items` held comments, as many in each other tab, a tenth of them reported or appealed."""
    now = BEGAN
    users = [new_id(now) for _ in range(AUTHORS)]
    articles = [new_id(now) for _ in range(ARTICLES)]
    with transaction() as session:
        session.execute(
            insert(User),
            [
                {"id": u, "display_name": f"독자 {n}", "created_at": now}
                for n, u in enumerate(users)
            ],
        )
        session.execute(
            insert(Article),
            [
                {"id": a, "site_id": site_id, "key": f"a-{n}", "created_at": now}
                for n, a in enumerate(articles)
            ],
        )
    step = timedelta(days=25) / (items * len(TABS))
    rows = []
    for number in range(items * len(TABS)):
        when = BEGAN + step * number
        status = TABS[number % len(TABS)]
        is_public = status is Status.PUBLISHED
        rows.append(
            {
                "id": new_id(when),
                "article_id": articles[number % ARTICLES],
                "site_id": site_id,
                "author_id": users[number * 7 % AUTHORS],
                "seq": number + 1,
                "body": next(texts),
                "status": status.value,
                "visible": int(is_public),
                "created_at": when,
                "reported_at": when if is_public and number % 40 == 1 else None,
            }
        )
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        with transaction() as session:
            session.execute(insert(Comment), some)
            session.execute(
                insert(Verdict),
                [
                    {
                        "id": new_id(row["created_at"]),
                        "comment_id": row["id"],
                        "policy_version": 1,
                        "outcome": "hold",
                        "findings": [FINDING],
                        "created_at": row["created_at"],
                    }
                    for row in some
                ],
            )
            appealed = [row for row in some if row["status"] == "rejected"][::10]
            session.execute(
                insert(Appeal),
                [
                    {
                        "comment_id": row["id"],
                        "site_id": site_id,
                        "user_id": row["author_id"],
                        "text": "다시 보아 주세요.",
                        "created_at": row["created_at"],
                    }
                    for row in appealed
                ],
            )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        on_postgresql = db.engine.dialect.name == "postgresql"
        connection.execute(text("VACUUM ANALYZE" if on_postgresql else "ANALYZE"))


def timed(deed: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The median and the 95th of a hundred, in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        deed()
        took.append((time.perf_counter() - began) * 1_000)
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.95)]


def measure(actor: Actor, rounds: int) -> Iterator[tuple[str, float, float]]:
    now = BEGAN + timedelta(days=29)

    def page(tab: Tab, after: tuple[object, ...] | None = None, q: str | None = None) -> object:
        return queues.page(actor, Asked(tab, "demo", q=q), limit=25, after=after, now=now)

    for tab in Tab:
        yield f"{tab.value}, first page", *timed(lambda tab=tab: page(tab), rounds)
    deep = middle()
    yield "held, deep page", *timed(lambda: page(Tab.HELD, (deep,)), rounds)
    yield "held, search", *timed(lambda: page(Tab.HELD, q="도서"), rounds)
    yield "held, search of two words", *timed(lambda: page(Tab.HELD, q="어촌 공청"), rounds)
    yield "held, search of none", *timed(lambda: page(Tab.HELD, q="없는말"), rounds)
    yield "counts of the tabs", *timed(lambda: queues.counts(actor, "demo"), rounds)
    held = iter(of_status("held", rounds))

    def decide() -> None:
        wanted = NewDecision(next(held), DecisionKind.APPROVE, Status.HELD)
        (result,) = moderation.decide(actor, [wanted], now=now).results
        assert result.error is None, result

    yield "a decision", *timed(decide, min(rounds, 90))


def middle() -> int:
    query = "SELECT id FROM comment WHERE status = 'held' ORDER BY id LIMIT 1 OFFSET "
    with db.engine.connect() as connection:
        total = connection.execute(text("SELECT count(*) FROM comment WHERE status = 'held'"))
        place = int(total.scalar_one() * 0.7)
        return int(connection.execute(text(f"{query}{place}")).scalar_one())


def of_status(status: str, count: int) -> list[int]:
    query = text("SELECT id FROM comment WHERE status = :status ORDER BY id LIMIT :count")
    with db.engine.connect() as connection:
        return list(connection.execute(query, {"status": status, "count": count}).scalars())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--texts", type=Path)
    asked = parser.parse_args()
    app = create_app(Settings.load({}, database_url=asked.database_url, log_level="ERROR"))
    with app.app_context():
        upgrade()
        site = sites.create("demo", name="Maru Daily", origins=[], now=BEGAN)
        moderator = new_id(BEGAN)
        with transaction() as session:
            session.add(User(id=moderator, display_name="지수", created_at=BEGAN))
        began = time.perf_counter()
        fill(site.id, asked.items, sentences(asked.texts))
        print(f"{asked.items} held, filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        roles = (RoleView(Role.MODERATOR, site.id, "demo"),)
        actor = Actor(moderator, None, frozenset(), roles=roles)
        print(f"{'':28}{'p50 ms':>10}{'p95 ms':>10}")
        for what, p50, p95 in measure(actor, asked.rounds):
            print(f"{what:28}{p50:10.2f}{p95:10.2f}", flush=True)
        db.engine.dispose()


if __name__ == "__main__":
    main()
