"""What the policy is told of a writer and of what was written before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from comments_service.models import ArticleStatus, Role, db
from comments_service.policy import History
from comments_service.services import articles, comments, evidence, policies, sites, staff
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.audit import OPERATOR
from comments_service.services.comments import NewComment
from comments_service.services.evidence import Text
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.readers import Reader
from tests.small_app import NEWS, NOON, Clock

TITLES = {"title": {"ko": "도배", "en": "Flooding"}, "text": {"ko": "도배", "en": "Flooding"}}
BUDGETS = {"filter": "budgets", "action": "reject"}
FLOODING = {"filter": "flooding", "action": "hold"}
NEWCOMERS = {"filter": "premoderation", "action": "hold", "approved": 3}


def document(*uses: dict[str, Any]) -> dict[str, Any]:
    return {"format": 1, "clauses": [{"id": "9.1", **TITLES, "filters": list(uses)}]}


def history(
    site: SiteView, writer: Reader, now: Clock, *uses: dict[str, Any], article: str = "a"
) -> History:
    policy = policies.compiled(document(*(uses or (BUDGETS, FLOODING, NEWCOMERS))))
    known = articles.get(site, article, now=NOON)
    text = Text("글", None, int(writer.user_id), site.id, known.id, ArticleStatus.OPEN)
    return evidence.gather(policy, text, now=now.time)[1]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block sends to the database."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def write(writer: Reader, site: SiteView, body: str, now: Clock, *, article: str = "a") -> int:
    """Post as `writer`, whose token need not be fresh. Returns the comment's id."""
    actor = Actor(int(writer.user_id), site.id, frozenset({READER_SCOPE}))
    return comments.submit(actor, NewComment(site.key, article, body), now=now.time).comment.id


def test_a_writers_comments_of_a_day_count_also_those_deleted(
    site: SiteView, reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    write(hana, site, "어제 글", now)
    now.advance(hours=25)
    first = write(hana, site, "첫 글", now)
    now.advance(minutes=1)
    write(hana, site, "둘째 글", now)
    write(hana, site, "다른 기사", now, article="b")
    actor = Actor(int(hana.user_id), site.id, frozenset({READER_SCOPE}))
    comments.delete(actor, first, now=now.time)
    known = history(site, hana, now)
    assert (known.own_on_article, known.own_today) == (2, 3)
    assert [past.body for past in known.own] == ["다른 기사", "둘째 글", "첫 글"]
    assert known.own[-1].sent_at == NOON + timedelta(hours=25)
    assert known.approved == 3


def test_others_are_those_of_the_site_within_the_minutes_asked_for(
    site: SiteView, reader: Callable[..., Reader], now: Clock
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    elsewhere = sites.create("other", name="Other", origins=[NEWS], now=NOON)
    write(junho, site, "오래된 글", now)
    now.advance(minutes=61)
    write(junho, site, "새 글", now)
    write(junho, elsewhere, "다른 사이트 글", now)
    write(hana, site, "내 글", now)
    assert [past.body for past in history(site, hana, now).others] == ["새 글"]


def test_newcomers_wait_until_enough_of_theirs_is_published(
    site: SiteView, reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    for number in range(5):
        write(hana, site, f"{number}번째 글", now)
    assert history(site, hana, now).approved == 3  # nobody asks for more


def test_the_text_that_is_edited_is_not_its_own_past(
    site: SiteView, reader: Callable[..., Reader], now: Clock
) -> None:
    made = policies.draft(site.id, document(BUDGETS), note=None, now=NOON)
    policies.publish(site.id, made.version, by=OPERATOR, now=NOON)
    hana = reader()
    comment = hana.post("오타가 있슴니다").get_json()["id"]
    edited = hana.call("PATCH", f"/api/v1/comments/{comment}", json={"body": "오타가 없습니다"})
    assert edited.status_code == 200
    assert hana.post("10초 안에 또 쓴 글").status_code == 422


def test_staff_of_the_site_are_known_as_such(
    site: SiteView, reader: Callable[..., Reader], now: Clock
) -> None:
    elsewhere = sites.create("other", name="Other", origins=[NEWS], now=NOON)
    moderator = int(reader().user_id)
    with transaction():
        staff.add_role(moderator, Role.MODERATOR, site_id=site.id, granted_by=None, now=NOON)

    def is_staff(where: SiteView) -> bool:
        text = Text("글", None, moderator, where.id, 0, ArticleStatus.OPEN)
        return evidence.gather(policies.in_force(where.id), text, now=NOON)[0].is_staff

    assert (is_staff(site), is_staff(elsewhere)) == (True, False)


def test_only_what_the_policy_asks_about_is_looked_for(
    site: SiteView, reader: Callable[..., Reader], now: Clock
) -> None:
    hana, junho = reader("김하나"), reader("이준호")

    def queries(*uses: dict[str, Any]) -> int:
        with counted() as statements:
            history(site, hana, now, *uses)
        return sum(statement.startswith("SELECT") for statement in statements)

    articles_alone = 1
    names_alone = {"filter": "names", "action": "hold", "reserved": ["편집국"]}
    assert queries(names_alone) == articles_alone + 1
    few = queries()
    assert few == articles_alone + 5
    for number in range(30):
        write(hana, site, f"하나의 {number}번째 글", now)
        write(junho, site, f"준호의 {number}번째 글", now, article="b")
    assert queries() == few
