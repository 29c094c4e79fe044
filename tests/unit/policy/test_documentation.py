from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

from comments_service.policy import compile_policy, lexicon, parse
from comments_service.policy.filters import ORDER, FilterUse

PAGE = (Path(__file__).parents[3] / "docs" / "policy.md").read_text(encoding="utf-8")
COMMON = {"filter", "action", "message"}


def test_the_example_is_a_policy() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    clauses = compile_policy(parse(example[1])).clauses
    assert next(clause for clause in clauses if clause.id == "3.1").text.ko.startswith("서로")


def test_the_page_lists_the_filters_in_their_order() -> None:
    assert re.findall(r"^\| `(\w+)` \| .* \| `", PAGE, re.MULTILINE) == [name for name, _ in ORDER]


def test_every_setting_is_documented() -> None:
    for kind in get_args(get_args(FilterUse)[0]):
        for field in fields(kind):
            name = "except" if field.name == "exceptions" else field.name
            assert name in COMMON or f"`{name}" in PAGE, (kind.__name__, name)


def test_every_shipped_list_is_documented_but_the_advertising_cues() -> None:
    for name in lexicon.names():
        assert name.startswith("advertising-") or f"`{name}`" in PAGE, name
