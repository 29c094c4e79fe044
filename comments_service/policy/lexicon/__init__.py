"""Word lists that ship with the product, one file each, compiled for it.

A line is an entry (`policy/patterns.py` says what it may be); `# ` begins a comment, and `- ` an
exception: innocent words or phrases that contain an entry.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from comments_service.policy.matching import WordList
from comments_service.policy.mistakes import Unusable

_FILES = resources.files(__name__)


def names() -> frozenset[str]:
    """The lists there are."""
    return frozenset(
        file.name.removesuffix(".txt") for file in _FILES.iterdir() if file.name.endswith(".txt")
    )


def check_name(name: str) -> str:
    """Return `name` if there is such a list, else raise `Unusable`."""
    if name not in names():
        there_are = ", ".join(sorted(names()))
        raise Unusable(
            f"no such list; there are {there_are}", f"이런 목록은 없습니다. 있는 것: {there_are}"
        )
    return name


@cache
def load(name: str) -> WordList:
    """Read the list called `name`, one of `names()`."""
    lines = _FILES.joinpath(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return WordList(
        tuple(entry for entry in entries if not entry.startswith("- ")),
        tuple(entry[2:].strip() for entry in entries if entry.startswith("- ")),
    )


def together(
    words: tuple[str, ...], exceptions: tuple[str, ...], list_names: tuple[str, ...]
) -> WordList:
    """A document's own entries and exceptions, and those of the lists it names."""
    lists = [WordList(words, exceptions), *map(load, list_names)]
    return WordList(
        tuple(word for each in lists for word in each.words),
        tuple(word for each in lists for word in each.exceptions),
    )
