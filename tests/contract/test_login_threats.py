"""`docs/login-threats.md` is true: each of its rows is held by tests that are there and say so.

A test that holds rows says their numbers first thing in its docstring: `\"\"\"23 to 27.\"\"\"`,
`\"\"\"37, 38 and 91.\"\"\"`, `\"\"\"12: of two, one succeeds.\"\"\"`.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.contract.test_docs import read, rows

ROOT = Path(__file__).parents[2]
PAGE = "docs/login-threats.md"
NUMBERS = re.compile(
    r"(\d{1,2}a?(?:(?:, | and | to )\d{1,2}a?)*)(?: of `docs/login-threats\.md`)?[.:]"
)
SPANS = re.compile(r"(\d{1,2}a?)(?:(?: to |–)(\d{1,2}))?")
ALL = {*map(str, range(1, 93)), "32a"}


def expanded(text: str) -> set[str]:
    """`8, 9` and `20 to 22`, or `20–22`, as single numbers."""
    found = set()
    for first, last in SPANS.findall(text):
        found |= {first} if not last else set(map(str, range(int(first), int(last) + 1)))
    return found


def functions_of(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def held_by_tests() -> Mapping[str, set[str]]:
    """The tests that name each number, as `file::name`, the file without `tests/`."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for test in functions_of(path):
            named = NUMBERS.match(ast.get_docstring(test) or "")
            for number in expanded(named[1]) if named else ():
                found[number].add(f"{path.relative_to(ROOT / 'tests').as_posix()}::{test.name}")
    return found


def page_rows(heading: str) -> dict[str, str]:
    """The last cells of the table under a heading, by what stands in the first."""
    section = read(PAGE).partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    return {row[0]: row[-1] for row in rows(section) if row[0][:1].isdigit()}


@pytest.fixture(scope="module")
def held() -> Mapping[str, set[str]]:
    return held_by_tests()


def test_every_threat_has_its_row() -> None:
    rows_of_threats = page_rows("## The threats")
    assert set().union(*map(expanded, rows_of_threats)) == ALL


def test_every_row_is_held_by_tests_that_say_so(held: Mapping[str, set[str]]) -> None:
    named = {
        number: set(re.findall(r"`([^`]+)`", cell))
        for number, cell in page_rows("## Which tests hold them").items()
    }
    assert named.keys() == ALL
    assert [number for number, tests in named.items() if not tests] == []
    assert {n: tests - held[n] for n, tests in named.items() if tests - held[n]} == {}
