"""The comments that every system is measured with: made up, and the same at each run.

The articles `a-50`, `a-1000` and `a-10000` with so many comments, `b-0` to `b-999` with ten each:
three in ten are replies, texts have 80 to 160 characters. `GIANT` is for the runs about growth.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = [
    "the",
    "government",
    "budget",
    "market",
    "students",
    "price",
    "seoul",
    "policy",
    "after",
    "report",
    "officials",
    "said",
    "new",
    "plan",
    "would",
    "people",
    "think",
    "this",
    "article",
    "misses",
    "point",
    "about",
    "housing",
    "taxes",
    "and",
    "schools",
    "because",
    "last",
    "year",
    "numbers",
    "were",
    "higher",
    "than",
    "expected",
    "which",
    "is",
    "why",
    "many",
    "readers",
    "feel",
    "that",
    "reform",
    "should",
    "come",
    "first",
    "honestly",
    "agree",
    "with",
    "editor",
    "but",
    "data",
    "from",
    "ministry",
    "shows",
    "otherwise",
    "let",
    "us",
    "wait",
    "for",
    "next",
    "quarter",
]
ARTICLES = [("a-50", 50), ("a-1000", 1_000), ("a-10000", 10_000)]
ARTICLES += [(f"b-{number}", 10) for number in range(1_000)]
WRITERS = 200
BEGINNING = 1_760_000_000
SECONDS_BETWEEN = 7
REPLIES_IN_TEN = 3


@dataclass(frozen=True, slots=True)
class Given:
    """One comment: its number in the article, that of its root if it is a reply."""

    number: int
    root: int | None
    writer: int
    body: str
    at: int
    likes: int
    dislikes: int


def text(chance: random.Random) -> str:
    wanted, words, length = chance.randint(80, 160), [], 0
    while length < wanted:
        word = chance.choice(WORDS)
        words.append(word)
        length += len(word) + 1
    return " ".join(words)[:wanted].strip().capitalize() + "."


def thread(key: str, count: int, *, hot_root_replies: int = 0) -> Iterator[Given]:
    """The comments of an article in the order of their writing; the first root gets
    `hot_root_replies` of them, spread over the whole."""
    chance = random.Random(key)
    bodies = [text(chance) for _ in range(min(count, 2_000))]
    roots: list[int] = []
    every = count // hot_root_replies if hot_root_replies else 0
    for number in range(count):
        root = None
        if every and number and number % every == 0 and number // every <= hot_root_replies:
            root = 0
        elif roots and chance.random() < REPLIES_IN_TEN / 10:
            root = roots[int(chance.random() * len(roots))]
        if root is None:
            roots.append(number)
        likes = int(chance.expovariate(0.2))
        yield Given(
            number,
            root,
            int(chance.random() * WRITERS),
            bodies[number % len(bodies)],
            BEGINNING + number * SECONDS_BETWEEN,
            likes,
            int(likes * chance.random() * 0.4),
        )
