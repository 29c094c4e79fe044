"""`flask demo load`, killed in the middle and begun again; `bench/load_check.py` looks at the end.

The full run of real comments is `make load FILE=…`; this is one of made-up texts at a hundredth.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench import load_check
from comments_service.models import Comment
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading

ROOT = Path(__file__).parents[2]
LINES = 150
LONG = "가" * 251
"""One character too many."""


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    """Texts that are all different, some of them too long."""
    texts = [
        LONG
        if number % 50 == 7
        else f"댓글 {number}: 오늘 기사 {number * number % 97}번 잘 읽었습니다"
        for number in range(LINES)
    ]
    path = tmp_path / "comments.txt"
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def load(comments: Path, journal: Path) -> list[str]:
    """The command's words."""
    given = ("--articles", "7", "--readers", "20", "--journal", journal)
    return ["demo", "load", *map(str, (comments, *given))]


def acknowledged(journal: Path) -> int:
    """Whole lines, without the first, which names the load."""
    return max(0, journal.read_bytes().count(b"\n") - 1) if journal.exists() else 0


def test_a_load_that_was_killed_and_begun_again_has_every_comment_once(
    app: Flask,
    site: SiteView,
    database_url: str,
    comments: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal = tmp_path / "journal"
    monkeypatch.setenv("COMMENTS_DATABASE_URL", database_url)
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *load(comments, journal)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    while acknowledged(journal) < LINES // 3 and process.poll() is None:
        time.sleep(0.002)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "the load was over before it was killed"
    assert LINES // 3 <= acknowledged(journal) < LINES // 2

    again = app.test_cli_runner().invoke(args=load(comments, journal))
    assert again.exit_code == 0, again.output
    monkeypatch.setattr(
        sys, "argv", ["load_check.py", str(comments), "--journal", str(journal), "--site", site.key]
    )
    assert load_check.main() == 0, capsys.readouterr().out
    assert f"{LINES - LINES // 50} acknowledged" in capsys.readouterr().out


def test_a_line_that_the_journal_lost_is_not_posted_again(
    app: Flask, site: SiteView, comments: Path, tmp_path: Path
) -> None:
    """Killed between the commit and the journal: the answer is found under the load's name."""
    journal = tmp_path / "journal"
    app.test_cli_runner().invoke(args=load(comments, journal), catch_exceptions=False)
    whole = journal.read_bytes()
    # The last three lines are gone, and half of the one before them.
    lines = whole.splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:-4], lines[-4][:9]]))
    app.test_cli_runner().invoke(args=load(comments, journal), catch_exceptions=False)
    assert journal.read_bytes() == whole
    with reading() as connection:
        stored = connection.scalar(select(func.count()).select_from(Comment))
    assert stored == acknowledged(journal)
