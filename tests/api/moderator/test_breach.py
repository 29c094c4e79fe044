"""What a page's length tells of the form token in it: nothing (BREACH, CVE-2013-3587).

Whoever chooses words that a page shows beside its token could learn the token from how well the
page is compressed, guess by guess.
"""

from __future__ import annotations

import pytest
from flask import Flask

from comments_service.services.sites import SiteView
from tests.api.moderator.conftest import StaffBrowser
from tests.pages import PAGE, SERVICE, Browser

WORDS = "csrf_token=" * 200
ASKED = {"Accept-Encoding": "br, gzip"}


@pytest.mark.parametrize("page", ["queue/held", "queue/published", "people", "audit", "policies"])
def test_a_moderators_page_is_never_compressed(browser: StaffBrowser, jisu: int, page: str) -> None:
    browser.log_in()
    answer = browser.get(f"/moderator/{page}?site=demo&q={WORDS}", **ASKED)
    if answer.status_code in {302, 303, 308}:
        answer = browser.get(answer.location, **ASKED)
    assert 'name="csrf_token"' in answer.text
    assert "Content-Encoding" not in answer.headers


def test_a_readers_page_with_a_token_is_never_compressed(app: Flask, site: SiteView) -> None:
    browser = Browser(app)
    browser.log_in()
    browser.write(WORDS[:200])
    answer = browser.client.get(PAGE, base_url=SERVICE, headers=ASKED)
    assert 'name="csrf_token"' in answer.text
    assert "Content-Encoding" not in answer.headers


def test_a_token_looks_different_each_time_and_each_holds(browser: StaffBrowser, jisu: int) -> None:
    browser.log_in()
    first, second = browser.csrf_token(), browser.csrf_token()
    assert len(first) == len(second)
    # Nothing of the one is in the other, wherever the same place would have the same letter.
    assert sum(one == other for one, other in zip(first, second, strict=True)) < len(first) / 4
    for token in (first, second):
        answer = browser.post("/moderator/shortcuts", {"csrf_token": token, "shortcuts": "off"})
        assert answer.status_code == 303, answer.text


def test_a_mask_makes_no_signature(browser: StaffBrowser, jisu: int) -> None:
    browser.log_in()
    token = browser.csrf_token()
    flipped = token[:-1] + ("0" if token[-1] != "0" else "1")
    for wrong in (flipped, token[:64], token[64:], token + "00", "0" * 128, "", "십" * 64):
        answer = browser.post("/moderator/shortcuts", {"csrf_token": wrong, "shortcuts": "off"})
        assert answer.status_code == 403, wrong
