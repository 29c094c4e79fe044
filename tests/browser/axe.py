"""What axe finds on a page: WCAG 2.2 AA and its own best practices.

`tests/install.sh` fetches axe-core 4.14.1 into var/ where npm is there. Without, the version inside
axe-playwright-python serves, which finds less: it takes `target-size` (2.5.8) for inapplicable in a
shadow root. Sizes are measured by a test of their own besides.
"""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

NEWEST = Path(__file__).parents[2] / "var" / "axe-core-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

axe = Axe.from_file(NEWEST) if NEWEST.exists() else Axe()


def violations(page: Page) -> list[tuple[str, str, str]]:
    """Rule, place and reason of each violation."""
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = axe.run(page, options=options)
    return [
        (rule["id"], str(node["target"]), node["failureSummary"])
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
