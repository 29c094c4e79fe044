"""A hundred hostile texts on every page that moderators see them on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from comments_service.services import staff
from comments_service.services.actor import Actor
from comments_service.services.sites import SiteView
from tests import hostile
from tests.api.moderator.conftest import StaffBrowser
from tests.hostile import Hostile
from tests.payloads import AT_THE_DESK, PAYLOADS, Elements, assert_nothing_runs
from tests.small_app import NOON

# What escapes is a template, whatever the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEXT = re.compile(r'href="([^"]+[?&;]cursor=[^"]+)"')


@pytest.fixture
def desk(browser: StaffBrowser, jisu: int) -> StaffBrowser:
    browser.log_in()
    return browser


@pytest.fixture
def made(site: SiteView, jisu: int) -> Hostile:
    actor = Actor(jisu, None, frozenset(), roles=staff.roles_of(jisu))
    return hostile.write(site, actor, now=NOON)


def texts(desk: StaffBrowser, path: str) -> str:
    """What a page says, on which nothing runs."""
    answer = desk.get(path)
    assert answer.status_code == 200, (path, answer.text)
    assert_nothing_runs(answer.text, made_of=AT_THE_DESK, scripts="/moderator/static/")
    return "".join(Elements(answer.text).texts)


def pages(desk: StaffBrowser, path: str) -> Iterator[str]:
    """The same of all pages of a list."""
    following: str | None = path
    while following:
        yield texts(desk, following)
        found = NEXT.search(desk.get(following).text)
        following = found and found[1].replace("&amp;", "&")


def missing(said: str, *, names: bool = False) -> list[str]:
    return [each for each in PAYLOADS if (each[:50] if names else each) not in said]


def test_no_list_runs_anything(desk: StaffBrowser, made: Hostile) -> None:
    for tab in ("held", "reported", "appealed", "published", "rejected", "removed"):
        said = "".join(pages(desk, f"/moderator/queue/{tab}?site=demo&limit=100"))
        assert missing(said) == [], tab
        assert missing(said, names=True) == [], tab
    titles = "".join(pages(desk, "/moderator/articles?site=demo"))
    assert missing(titles) == [each for each in PAYLOADS if "\n" in each]
    assert missing("".join(pages(desk, "/moderator/people?site=demo")), names=True) == []
    for path in ("/moderator/blinds?site=demo", "/moderator/audit?site=demo"):
        assert missing("".join(pages(desk, path))) == [], path
    for path in ("/moderator/", "/moderator/statistics?site=demo"):
        texts(desk, path)


def test_no_page_of_one_thing_runs_anything(desk: StaffBrowser, made: Hostile) -> None:
    for number, (payload, writer) in enumerate(made.writers.items()):
        comment = made.comments[payload][hostile.REPORTED]
        for path in (f"comments/{comment}?site=demo", f"people/{writer}?site=demo&suspend=1"):
            said = texts(desk, f"/moderator/{path}")
            assert payload in said, path
            assert said.count(payload[:50]) > 2, path
        texts(desk, f"/moderator/articles/settings?site=demo&article=a-{number}")
    assert PAYLOADS[2] in texts(desk, "/moderator/policies?site=demo")
    said = texts(desk, "/moderator/policies/demo/edit?version=2")
    assert said.count("alert(1)") > 20  # its clauses, and the comments it would judge otherwise
