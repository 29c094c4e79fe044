"""`flask policy …`, as an operator types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from comments_service.services import policies
from comments_service.services.sites import SiteView
from tests.readers import Reader

GOOD = """\
format: 1
clauses:
  - id: "9.1"
    title: {ko: "꽃", en: "Flowers"}
    text: {ko: "꽃 금지", en: "No flowers"}
    filters:
      - filter: words
        action: reject
        words: ["tulip"]
        message: {ko: "꽃 이름을 빼 주세요.", en: "Please leave flowers out."}
"""

Command = Callable[..., Result]


@pytest.fixture
def command(app: Flask) -> Command:
    def run(*args: str, stdin: str | None = None) -> Result:
        return app.test_cli_runner().invoke(args=["policy", *args], input=stdin)

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """Writes a policy file and returns its path."""

    def write(text: str, name: str = "board.yaml") -> str:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return str(path)

    return write


def test_a_file_without_mistakes_is_fine(command: Command, file: Callable[..., str]) -> None:
    result = command("check", file(GOOD))
    assert result.exit_code == 0
    assert result.stdout.endswith("board.yaml: fine\n")


def test_every_mistake_is_told_with_file_and_line(
    command: Command, file: Callable[..., str]
) -> None:
    path = file(GOOD.replace("reject", "forbid").replace("format: 1", "format: 2"))
    other = file(GOOD, name="other.yaml")
    result = command("check", path, other)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [f"{path}:1", f"{path}:8"]
    assert lines[1].endswith("(/clauses/0/filters/0/action)")
    assert f"{other}: fine" in result.stdout


def test_a_file_that_is_not_there_is_said_to_be(command: Command, tmp_path: Path) -> None:
    result = command("check", str(tmp_path / "nowhere.yaml"))
    assert result.exit_code == 1
    assert "nowhere.yaml: No such file" in result.stderr


def test_texts_are_tried_with_the_words_to_blame_in_both_languages(
    command: Command, file: Callable[..., str]
) -> None:
    path = file(GOOD)
    result = command("test", path, "A tulip is red", "A lily is white")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "reject  A tulip is red",
        "        9.1 words/list “tulip”",
        "          ko: 꽃 이름을 빼 주세요.",
        "          en: Please leave flowers out.",
        "allow   A lily is white",
    ]


def test_an_expectation_that_fails_is_an_exit_code(
    command: Command, file: Callable[..., str]
) -> None:
    path = file(GOOD)
    assert command("test", path, "--expect", "allow", stdin="A lily\n\nA rose\n").exit_code == 0
    assert command("test", path, "--expect", "allow", stdin="A lily\nA tulip\n").exit_code == 1


def test_a_published_file_is_in_force_and_shown_as_it_was_written(
    command: Command, file: Callable[..., str], site: SiteView
) -> None:
    result = command("publish", file(GOOD), "--site", "demo", "--note", "Spring")
    assert result.stdout == "Version 2 is in force on demo.\n"
    assert policies.version_in_force(site.id) == 2
    assert command("show", "--site", "demo").stdout == GOOD
    assert command("show", "--site", "demo", "--version", "1").stdout != GOOD
    back = command("publish", "1", "--site", "demo")
    assert back.stdout == "Version 3 is in force on demo.\n"


def test_nothing_is_published_of_a_file_with_mistakes(
    command: Command, file: Callable[..., str], site: SiteView
) -> None:
    result = command("publish", file(GOOD.replace("reject", "forbid")), "--site", "demo")
    assert result.exit_code == 1
    assert "board.yaml:8: " in result.stderr
    assert policies.versions(site.id, limit=5).items[0].version == 1


def test_a_difference_is_told_by_clause_filter_and_setting(
    command: Command, file: Callable[..., str], site: SiteView
) -> None:
    path = file(GOOD)
    changed = file(
        GOOD.replace('["tulip"]', '["rose"]').replace('"Flowers"', '"Plants"'), name="new.yaml"
    )
    result = command("diff", path, changed)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "~ 9.1",
        "    title: {'ko': '꽃', 'en': 'Flowers'} → {'ko': '꽃', 'en': 'Plants'}",
        "  ~ words",
        "      words: -tulip +rose",
    ]
    assert command("diff", path, path).exit_code == 0
    command("publish", path, "--site", "demo")
    assert command("diff", "2", path, "--site", "demo").exit_code == 0
    assert "- 3.5" in command("diff", "1", "2", "--site", "demo").stdout


def test_a_number_alone_names_no_version(command: Command, site: SiteView) -> None:
    assert command("diff", "1", "1").exit_code == 2
    assert command("diff", "1", "9", "--site", "demo").exit_code == 1
    assert "There is no site" in command("diff", "1", "1", "--site", "nowhere").stderr


def test_a_backtest_says_what_would_have_become_of_past_comments(
    command: Command, file: Callable[..., str], reader: Callable[..., Reader]
) -> None:
    hana = reader()
    tulip = hana.post("A tulip is red").get_json()["id"]
    hana.post("A lily is white")
    result = command("backtest", file(GOOD), "--site", "demo")
    assert result.exit_code == 0
    assert "2 comments judged" in result.stdout
    assert "flips: 1, agreement: 50.0%" in result.stdout
    assert f"{tulip} published → reject 9.1" in result.stdout


def test_an_external_filters_secret_is_printed_for_the_publisher(
    command: Command, site: SiteView
) -> None:
    printed = command("secret", "desk", "--site", "demo").stdout
    assert printed.startswith("whsec_")
    assert printed != command("secret", "ads", "--site", "demo").stdout
