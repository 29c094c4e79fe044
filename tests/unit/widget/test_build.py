"""What the widget weighs, and what stays as it is when it is made smaller."""

from __future__ import annotations

import re

import pytest

from comments_service.web.widget.build import HERE, READING, WRITING, assets, minify_css

#: Bytes after brotli. What a reader of an article loads, what taking part adds, the badges.
BUDGETS = {"social-comments.js": 11_750, "writing.js": 15_750, "count.js": 1_000}


@pytest.mark.parametrize(("name", "most"), BUDGETS.items())
def test_a_file_stays_within_its_budget(name: str, most: int) -> None:
    assert len(assets()[name].brotli) <= most


def test_every_module_is_in_one_of_the_files() -> None:
    modules = {path.stem for path in (HERE / "src").glob("*.js")}

    assert sorted([*READING, *WRITING, "count"]) == sorted(modules)


@pytest.mark.parametrize("order", [READING, WRITING])
def test_what_a_module_needs_stands_above_it(order: tuple[str, ...]) -> None:
    known = set() if order is READING else set(READING)
    for module in order:
        source = (HERE / "src" / f"{module}.js").read_text(encoding="utf-8")
        assert set(re.findall(r'from "\./(\w+)\.js"', source)) <= known, module
        known.add(module)


@pytest.mark.parametrize("order", [READING, WRITING])
def test_no_two_modules_of_a_file_share_a_name(order: tuple[str, ...]) -> None:
    """They become one scope."""
    names = [
        name
        for module in order
        for name in re.findall(
            r"^(?:export )?(?:const|let|class) (\w+)",
            (HERE / "src" / f"{module}.js").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    ]

    assert sorted(names) == sorted(set(names))


def test_no_source_makes_markup_or_code_out_of_text() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\.style\b"
    )
    found = {
        path.name: forbidden.findall(path.read_text(encoding="utf-8"))
        for path in (HERE / "src").glob("*.js")
    }

    assert {name: hits for name, hits in found.items() if hits} == {}


def test_minified_css_keeps_what_matters() -> None:
    sheet = """
    /* a note */
    .a > :first-child , .b :is(p, a):hover { margin: calc(1px + 2px) 0 ; color: red; }
    @media (min-width: 481px) { .c { inset: 0 } }
    """

    assert minify_css(sheet) == (
        ".a>:first-child,.b :is(p,a):hover{margin:calc(1px + 2px) 0;color:red}"
        "@media (min-width:481px){.c{inset:0}}"
    )
