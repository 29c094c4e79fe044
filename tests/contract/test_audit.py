"""The audit of dependencies says what it did, and no more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

AUDIT = Path(__file__).parents[2] / ".ci" / "audit"
SOUND: dict[str, Any] = {"name": "flask", "version": "3.1.2", "vulns": []}
WEAK: dict[str, Any] = {
    "name": "jinja2",
    "version": "2.4",
    "vulns": [{"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"]}],
}
UNKNOWN: dict[str, Any] = {"name": "regex", "skip_reason": "could not be audited"}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([SOUND, SOUND], 0, "2 packages audited: no known weakness."),
        ([SOUND, WEAK], 1, "jinja2 2.4: PYSEC-2014-8, mended in 2.7.2"),
        ([WEAK, UNKNOWN], 1, "PYSEC-2014-8"),
        ([SOUND, UNKNOWN], 2, "NOT AUDITED: no advisory service could be asked about 1 of 2"),
        ([], 2, "NOT AUDITED"),
    ],
)
def test_what_could_not_be_asked_about_is_not_called_sound(
    packages: list[dict[str, Any]], code: int, words: str, tmp_path: Path
) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"dependencies": packages}))
    done = subprocess.run(
        [sys.executable, AUDIT, answer], capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert words in done.stdout


def test_no_answer_at_all_is_no_audit(tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text("")
    done = subprocess.run(
        [sys.executable, AUDIT, answer], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.startswith("NOT AUDITED")) == (2, True)
