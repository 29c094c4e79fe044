from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

import pytest

from comments_service.policy import (
    InvalidDocument,
    compile_policy,
    default_document,
    parse,
    resolve,
)
from tests.unit.policy.judging import BOTH

SOURCE = dedent("""\
    format: 1
    clauses:
      - id: "7.1"
        title: {ko: "과일", en: "Fruit"}
        text: {ko: "과일 이야기는 하지 않습니다.", en: "No talk of fruit."}
        filters:
          - filter: words
            action: hold
            words: ["바나나"]
    """)


def mistakes(source: Any) -> dict[str, int | None]:
    with pytest.raises(InvalidDocument) as caught:
        parse(source)
    return {error.path: error.line for error in caught.value.errors}


def test_yaml_and_the_same_mapping_are_the_same_document() -> None:
    use = {"filter": "words", "action": "hold", "words": ["바나나"]}
    clause = {
        "id": "7.1",
        "title": {"ko": "과일", "en": "Fruit"},
        "text": {"ko": "과일 이야기는 하지 않습니다.", "en": "No talk of fruit."},
        "filters": [use],
    }
    assert parse(SOURCE) == parse({"format": 1, "clauses": [clause]})


def test_every_mistake_is_reported_with_its_line() -> None:
    wrong = (
        SOURCE.replace('en: "Fruit"', 'de: "Obst"')
        .replace("action: hold", "action: frown")
        .replace('words: ["바나나"]', "words: [바[나나]")
    )
    found = mistakes(wrong.replace("words: [바[나나]", 'words: ["바[나나"]'))
    assert found["/clauses/0/title/en"] == 4
    assert found["/clauses/0/title/de"] == 4
    assert found["/clauses/0/filters/0/action"] == 8
    assert found["/clauses/0/filters/0/words/0"] == 9


def test_an_unknown_filter_is_refused_where_it_stands() -> None:
    assert mistakes(SOURCE.replace("filter: words", "filter: vibes")) == {"/clauses/0/filters/0": 7}


def test_an_unknown_setting_is_refused() -> None:
    assert "/clauses/0/filters/0/wrods" in mistakes(SOURCE.replace("words:", "wrods:"))


@pytest.mark.parametrize("threshold", ['"0.5"', "2", "-1", ".nan", "high"])
def test_a_threshold_is_a_number_between_its_bounds(threshold: str) -> None:
    use = f"filter: classifier\n        action: hold\n        threshold: {threshold}"
    wrong = SOURCE.replace('filter: words\n        action: hold\n        words: ["바나나"]', use)
    assert wrong != SOURCE
    assert mistakes(wrong)


def test_a_score_can_hold_but_not_reject() -> None:
    clause = {
        "id": "1",
        "title": BOTH,
        "text": BOTH,
        "filters": [{"filter": "classifier", "action": "reject"}],
    }
    assert mistakes({"format": 1, "clauses": [clause]})


def test_a_message_needs_korean_too() -> None:
    wrong = SOURCE + '        message: {en: "No."}\n'
    assert "/clauses/0/filters/0/message/ko" in mistakes(wrong)


def test_mistakes_are_told_to_those_who_write_policies_in_both_languages() -> None:
    wrong = SOURCE.replace("filter: words", "filter: vibes") + indent(
        dedent("""\
            - filter: words
              action: maybe
              words: ["바[나나"]
            - filter: classifier
              action: reject
              threshold: "0.5"
              message: {en: "No."}
              colour: red
            """),
        " " * 6,
    )
    with pytest.raises(InvalidDocument) as caught:
        parse(wrong)
    told = {error.path.removeprefix("/clauses/0/filters"): error for error in caught.value.errors}
    assert told["/0"].message.startswith("there is no such filter; there are windows, budgets")
    assert told["/1/action"].message == "must be 'hold' or 'reject'"
    assert told["/1/words/0"].message.startswith("brackets must be closed")
    assert told["/2/action"].message == "must be 'hold'"
    assert told["/2/threshold"].message == "must be a number, without quotation marks"
    assert told["/2/message/ko"].message == "this is missing"
    assert told["/2/colour"].message == "there is no such setting"
    assert all(error.ko and error.line for error in told.values())


def test_a_key_given_twice_is_refused() -> None:
    assert mistakes(SOURCE.replace("action: hold", "action: hold\n        action: reject")) == {
        "/clauses/0/filters/0/action": 9
    }


def test_a_clause_given_twice_is_refused() -> None:
    assert "/clauses" in mistakes(SOURCE + SOURCE.partition("clauses:\n")[2])


@pytest.mark.parametrize(
    "source",
    [
        "a: &a [1, 1]\nb: *a",
        "format: !!python/object:os.system 1",
        "[" * 5000,
        "format: 1\n  clauses: []",
        "",
        "- 1",
        "format: 2",
        "format: 1\nclauses: 3",
        "\x00",
    ],
)
def test_what_is_no_policy_is_refused(source: str) -> None:
    assert mistakes(source)


def test_a_mapping_that_is_no_json_is_refused() -> None:
    assert mistakes({"format": 1, "clauses": [object()]})


def test_a_document_extends_the_default_by_clause() -> None:
    own = {"id": "3.9", "title": BOTH, "text": BOTH}
    new = {"id": "9.9", "title": BOTH, "text": BOTH}
    document = parse({"format": 1, "extends": "default", "without": ["3.7"], "clauses": [own, new]})
    default_ids = [clause.id for clause in default_document().clauses]

    clauses = resolve(document).clauses

    assert [c.id for c in clauses] == [*(i for i in default_ids if i != "3.7"), "9.9"]
    assert next(c for c in clauses if c.id == "3.9").text.ko == "설명"


def test_the_default_has_every_clause_in_both_languages() -> None:
    clauses = default_document().clauses
    assert {"3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9"} <= {
        clause.id for clause in clauses
    }
    assert all("가" <= clause.text.ko[0] <= "힣" and clause.text.en.isascii() for clause in clauses)


def test_a_draft_is_version_0_until_it_is_given_one() -> None:
    assert compile_policy(parse(SOURCE)).version == 0
    assert compile_policy(parse(SOURCE), version=4).version == 4
