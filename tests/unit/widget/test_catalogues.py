"""The two languages say the same things, and say nothing that is not shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from comments_service.web.widget.build import (
    HERE,
    LANGUAGES,
    READING,
    WRITING,
    catalogue,
    keys_used,
)

#: The plural forms a language has (Unicode CLDR).
FORMS = {"ko": {"other"}, "en": {"one", "other"}}
SOURCES = sorted((HERE / "src").glob("*.js"))


def sentences(language: str) -> dict[str, str]:
    """Sentences by key, the plural forms of one under one key."""
    return {re.sub(r"\.(one|other)$", "", key): text for key, text in catalogue(language).items()}


def test_both_languages_have_the_same_keys() -> None:
    assert sentences("ko").keys() == sentences("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_every_form_of_its_language_and_no_other(language: str) -> None:
    forms: dict[str, set[str]] = {}
    for key in catalogue(language):
        if found := re.fullmatch(r"(.+)\.(one|other)", key):
            forms.setdefault(found[1], set()).add(found[2])

    assert set(map(frozenset, forms.values())) == {frozenset(FORMS[language])}


def test_both_languages_fill_the_same_places() -> None:
    def places(language: str) -> dict[str, set[str]]:
        return {key: set(re.findall(r"{(\w+)}", text)) for key, text in sentences(language).items()}

    assert places("ko") == places("en")


def test_every_sentence_is_shown_somewhere() -> None:
    used = keys_used(READING) | keys_used(WRITING)

    assert catalogue("en").keys() - used == {"badge.one", "badge.other"}  # count.js


def test_every_sentence_that_is_shown_is_there() -> None:
    named = {
        key
        for source in SOURCES
        for key in re.findall(r'\bt\("([^"]+)"', source.read_text(encoding="utf-8"))
    }

    assert len(named) > 60
    assert named - sentences("en").keys() - catalogue("en").keys() == set()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_source_has_words_of_its_own(source: Path) -> None:
    assert re.findall(r"[ㄱ-ㆎ가-힣]+", source.read_text(encoding="utf-8")) == []


def test_the_words_asked_for_are_there_word_for_word() -> None:
    words = catalogue("en")

    assert words["login.title"].startswith("Log in to Twitter or Facebook account to connect with ")
    assert words["login.hint"] == "To write comments, please log in to one of the accounts."
    assert words["help"] == "Social comment?"
    assert words["policy"] == "Standards Board Policy"
    assert words["counter"] == catalogue("ko")["counter"] == "({count}/{limit}자)"
