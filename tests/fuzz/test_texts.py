"""Texts and policies."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from comments_service.importers.html_text import to_text
from comments_service.policy import (
    InvalidDocument,
    Submission,
    compile_policy,
    default_document,
    evaluate,
    mask,
    parse,
)
from comments_service.services import names
from comments_service.text import addresses
from comments_service.text.body import check
from comments_service.text.folding import fold
from comments_service.text.normalise import normalise
from comments_service.text.urls import find_links
from tests.fuzz.spoiling import LONG_TEXTS, MANY, TEXTS, VALUES, spoilt, spoilt_value
from tests.unit.policy.judging import BOTH, judge

pytestmark = [pytest.mark.soak, pytest.mark.slow]

DOCUMENT: dict[str, Any] = {
    "format": 1,
    "extends": "default",
    "without": ["2.1"],
    "clauses": [
        {
            "id": "9.1",
            "title": BOTH,
            "text": BOTH,
            "filters": [
                {"filter": "words", "action": "hold", "words": ["튤립", "tul*"]},
                {"filter": "flooding", "action": "hold"},
                {"filter": "links", "action": "hold"},
                {"filter": "personal_data", "action": "reject"},
            ],
        }
    ],
}
SOURCE = yaml.safe_dump(json.loads(json.dumps(DOCUMENT)), allow_unicode=True)


@MANY
@given(LONG_TEXTS)
def test_any_text_is_checked(raw: str) -> None:
    checked = check(raw)
    if checked.fault is None:
        assert check(checked.body) == checked
        assert normalise(checked.body) == checked.body
        checked.body.encode()


@MANY
@given(LONG_TEXTS)
def test_any_text_is_read_in_every_way(raw: str) -> None:
    checked = check(raw)
    if checked.fault is not None:
        return
    folded = fold(checked.body)
    assert fold(folded.text).text == folded.text
    for link in find_links(checked.body):
        assert 0 <= link.start < link.end <= len(checked.body)


@MANY
@given(LONG_TEXTS)
def test_any_text_is_judged_and_masked(raw: str) -> None:
    checked = check(raw)
    if checked.fault is not None:
        return
    verdict = judge(checked.body)
    for finding in verdict.findings:
        if finding.start is not None and finding.end is not None:
            assert 0 <= finding.start < finding.end <= len(checked.body)
    mask(checked.body, verdict.findings).encode()


@MANY
@given(TEXTS)
def test_any_name_becomes_one_that_can_be_shown(raw: str) -> None:
    name = names.clean(raw)
    assert 0 < len(name) <= names.LONGEST
    assert names.clean(name) == name
    names.skeleton(name)


@MANY
@given(TEXTS | st.text().map("https://news.example/{}".format))
def test_any_address_is_cleaned_once_and_for_all(raw: str) -> None:
    assert addresses.clean(addresses.clean(raw)) == addresses.clean(raw)


@MANY
@given(LONG_TEXTS | spoilt(b"<p>a <a href='http://x.example'>b</a>&amp;<br><b>c</p>").map(str))
def test_any_html_becomes_a_text(raw: str) -> None:
    assert isinstance(to_text(raw), str)


def _used(source: Any) -> None:
    """What is no document is refused with its mistakes; what is one can be used."""
    try:
        document = parse(source)
    except InvalidDocument:
        return
    evaluate(compile_policy(document), Submission("튤립 tulip 010-1234-5678"))


@MANY
@given(spoilt_value(DOCUMENT) | VALUES)
def test_any_value_is_a_policy_or_is_refused(value: Any) -> None:
    _used(value if isinstance(value, dict) else {"format": 1, "clauses": value})


@MANY
@given(spoilt(SOURCE.encode()) | LONG_TEXTS.map(lambda text: text.encode("utf-8", "replace")))
def test_any_yaml_is_a_policy_or_is_refused(raw: bytes) -> None:
    _used(raw.decode("utf-8", "replace"))


def test_what_is_spoilt_here_was_sound() -> None:
    parse(DOCUMENT)
    parse(SOURCE)
    assert default_document().clauses
