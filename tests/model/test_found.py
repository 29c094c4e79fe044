"""What the machine, or reading the code to write it, has found: each as the few deeds it takes."""

from __future__ import annotations

import pytest
from flask import Flask

from comments_service.services.sites import SiteView
from tests.model.machine import Machine
from tests.model.world import World
from tests.small_app import Clock

LINE = ("수입1", "안녕하세요", "published", 1, False)
NEWEST, BEFORE = 0, 1


class Checked:
    """A machine that is compared with the model after each deed."""

    def __init__(self, world: World) -> None:
        self.machine = Machine(world)
        self.do("begin", deletes=False)

    def do(self, deed: str, *args: object, **more: object) -> None:
        getattr(self.machine, deed)(*args, **more)
        self.machine.every_thread_is_the_models()
        self.machine.what_was_done_is_on_record()
        self.machine.each_comment_and_each_reader_for_themselves()

    def remove(self, which: int) -> None:
        self.do("decide", [which], "remove", None, by_clause=False)


@pytest.fixture
def checked(app: Flask, site: SiteView, now: Clock) -> Checked:
    return Checked(World(app, site, now))


def test_a_decision_about_a_text_that_is_gone_is_not_undone(checked: Checked) -> None:
    checked.do("take_in", "a", None, [LINE])
    checked.remove(NEWEST)
    checked.do("undo_the_import", NEWEST)
    checked.do("undo", NEWEST)


def test_an_article_that_another_was_merged_into_outlives_the_import_that_made_it(
    checked: Checked,
) -> None:
    checked.do("take_in", "a", None, [LINE])
    checked.do("merge", "b", "a")
    checked.do("undo_the_import", NEWEST)
    checked.do("post", "하나", "b", "안녕하세요")


def test_an_article_that_was_closed_stays_closed_when_its_import_is_undone(
    checked: Checked,
) -> None:
    checked.do("take_in", "a", None, [LINE])
    checked.do("set_the_articles_status", "a", "closed")
    checked.do("undo_the_import", NEWEST)


def test_undoing_one_import_takes_nobodys_name_off_what_another_brought(checked: Checked) -> None:
    checked.do("take_in", "a", None, [LINE])
    checked.do("take_in", "a", None, [LINE])
    checked.remove(NEWEST)
    checked.do("undo_the_import", NEWEST)


def test_a_suspended_reader_is_told_so_whatever_they_vote_on(checked: Checked) -> None:
    checked.do("post", "하나", "a", "안녕하세요")
    checked.remove(NEWEST)
    checked.do("suspend", "두리", None)
    checked.do("vote", "두리", NEWEST, 1)
    checked.do("report", "두리", NEWEST)


def test_what_was_approved_stands_against_reports_once_a_removal_is_undone(
    checked: Checked,
) -> None:
    checked.do("post", "하나", "a", "안녕하세요")
    checked.do("report", "두리", NEWEST)
    checked.do("decide", [NEWEST], "approve", None, by_clause=False)
    checked.remove(NEWEST)
    checked.do("undo", NEWEST)
    checked.do("post", "하나", "a", "그렇군요")
    for who in ("세찬", "네오", "다솜"):
        checked.do("report", who, BEFORE)
