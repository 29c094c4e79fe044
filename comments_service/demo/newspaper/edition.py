"""The newspaper's content, read from YAML once: an edition for each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent

# As the newsdesk has put them, most important first.
FRONT_PAGE = (
    "haesong-signal-hill",
    "ferry-pier-reopens",
    "night-buses-hospital",
    "lamp-for-one-night",
    "ice-house-cinema",
    "school-orchard",
    "quiet-year-for-oysters",
    "reservoir-eight",
)
MOST_READ = (
    "ferry-pier-reopens",
    "night-buses-hospital",
    "school-orchard",
    "quiet-year-for-oysters",
)


class Language(StrEnum):
    EN = "en"
    KO = "ko"

    @property
    def other(self) -> Language:
        return Language.KO if self is Language.EN else Language.EN


class Section(StrEnum):
    NATIONAL = "national"
    BUSINESS = "business"
    CULTURE = "culture"
    SPORTS = "sports"
    OPINION = "opinion"


@dataclass(frozen=True, slots=True)
class Article:
    """An article in one language. `key` and `related` name articles in every language."""

    key: str
    section: Section
    published_at: datetime
    updated_at: datetime | None
    related: str
    topic: str
    headline: str
    deck: str
    byline: str
    photo: str
    caption: str
    body: tuple[str, ...]
    dictionary: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edition:
    """All articles of one language by key, in the order of the front page, and its fixed words."""

    language: Language
    articles: Mapping[str, Article]
    words: Mapping[str, Any]

    @property
    def published_at(self) -> datetime:
        return max(article.published_at for article in self.articles.values())

    def of(self, section: Section) -> list[Article]:
        return [article for article in self.articles.values() if article.section is section]

    def most_read(self, *, but: str | None = None) -> list[Article]:
        return [self.articles[key] for key in MOST_READ if key != but]


def load_edition(language: Language) -> Edition:
    """Read all of `language` from disk."""
    words = _read(HERE / "words.yaml")[language]
    articles = {key: _article(key, language) for key in FRONT_PAGE}
    return Edition(language, articles, words)


def _article(key: str, language: Language) -> Article:
    record = _read(HERE / "articles" / f"{key}.yaml")
    text = record[language]
    return Article(
        key=key,
        section=Section(record["section"]),
        published_at=record["published_at"],
        updated_at=record.get("updated_at"),
        related=record["related"],
        **(text | {"body": tuple(text["body"])}),
    )


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content
