"""The threat model names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_threat_names_a_test_that_there_is() -> None:
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| .*\*\*[STRIDE]\*\*", line)]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(tests/[^`]*)`", row)
        assert named, row
        for path in named:
            assert (ROOT / path).exists(), path


def test_every_room_has_its_threats() -> None:
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    rooms = {"text", "policy", "models", "identity", "outbound", "webhooks", "services", "web"}
    assert {room for room in rooms if f"| `{room}` |" in page} == rooms
