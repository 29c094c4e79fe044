"""Nobody judges in their own cause, counts twice by coming back, or tells the wrong colleagues."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from comments_service.errors import InsufficientScope
from comments_service.models import Comment, UserNote
from comments_service.services import merging, moderation, people, sites, staff, suspensions
from comments_service.services.actor import Actor
from comments_service.services.moderation import DecisionKind, NewDecision
from comments_service.services.roles import Role
from comments_service.services.sites import SiteView
from comments_service.services.suspensions import NewSuspension
from comments_service.services.transaction import reading, transaction
from comments_service.services.views import Status
from tests.readers import Reader, log_in
from tests.small_app import NOON, person

Readers = Callable[..., Reader]


def serve(user_id: str, role: Role, *site_ids: int) -> Actor:
    """Somebody with a moderator's session who has this role on these sites."""
    with transaction():
        for site_id in site_ids:
            staff.add_role(int(user_id), role, site_id=site_id, granted_by=None, now=NOON)
    roles = staff.roles_of(int(user_id))
    return Actor(user_id=int(user_id), site_id=None, scopes=frozenset(), roles=roles)


@pytest.mark.parametrize("whose", ["own", "a colleague's"])
def test_a_moderator_does_not_lift_what_an_admin_laid_on_the_staff(
    site: SiteView, reader: Readers, whose: str
) -> None:
    jisu, admin = reader("김지수"), reader("박편집")
    moderator = serve(jisu.user_id, Role.MODERATOR, site.id)
    suspended = jisu if whose == "own" else reader("이동료")
    serve(suspended.user_id, Role.MODERATOR, site.id)
    chief = serve(admin.user_id, Role.ADMIN, site.id)
    wanted = NewSuspension(int(suspended.user_id), site.id, None, "3.1")
    laid = suspensions.suspend(chief, wanted, now=NOON)

    with pytest.raises(InsufficientScope):
        suspensions.lift(moderator, laid.id, now=NOON)

    assert suspensions.current(int(suspended.user_id), site_id=site.id, now=NOON) is not None
    suspensions.lift(chief, laid.id, now=NOON)
    assert suspensions.current(int(suspended.user_id), site_id=site.id, now=NOON) is None


def test_an_admin_does_not_lift_their_own_suspension(site: SiteView, reader: Readers) -> None:
    one, other = reader("박편집"), reader("최편집")
    admin = serve(one.user_id, Role.ADMIN, site.id)
    colleague = serve(other.user_id, Role.ADMIN, site.id)
    wanted = NewSuspension(int(one.user_id), site.id, None, "3.1")
    laid = suspensions.suspend(colleague, wanted, now=NOON)
    with pytest.raises(InsufficientScope):
        suspensions.lift(admin, laid.id, now=NOON)
    suspensions.lift(colleague, laid.id, now=NOON)


def test_nobody_judges_their_own_appeal(site: SiteView, reader: Readers) -> None:
    jisu, other = reader("김지수"), reader("박편집")
    rejected = jisu.post("연락 주세요 010-1234-5678")
    assert rejected.status_code == 422
    comment_id = rejected.get_json()["comment_id"]
    appeal = f"/api/v1/me/comments/{comment_id}/appeal"
    assert jisu.call("POST", appeal, json={"text": "제 글입니다"}).status_code == 202
    granting = NewDecision(int(comment_id), DecisionKind.APPROVE, Status.REJECTED)

    writer = serve(jisu.user_id, Role.ADMIN, site.id)
    (refused,) = moderation.decide(writer, [granting], now=NOON).results
    assert (refused.status, refused.error is None) == (Status.REJECTED, False)

    somebody_else = serve(other.user_id, Role.MODERATOR, site.id)
    (granted,) = moderation.decide(somebody_else, [granting], now=NOON).results
    assert (granted.status, granted.error) == (Status.PUBLISHED, None)


def test_a_note_is_for_those_of_a_site_that_knows_the_person(
    app: Flask, site: SiteView, reader: Readers
) -> None:
    other = sites.create("other", name="Other", origins=site.origins, now=NOON)
    hana = log_in(app, other, person("77", name="이준호"))
    jisu = serve(reader("김지수").user_id, Role.MODERATOR, site.id, other.id)
    assert site.id < other.id
    people.note(jisu, int(hana.user_id), "두 번 경고했습니다", now=NOON)
    with reading() as connection:
        noted = connection.execute(select(UserNote.site_id)).scalars().all()
    assert noted == [other.id]


def come_back(app: Flask, site: SiteView) -> Reader:
    """The same person, who logs in (for the first time or again)."""
    return log_in(app, site, person("4711", name="되돌이"))


def test_coming_back_after_deleting_the_account_gives_no_second_vote(
    app: Flask, site: SiteView, reader: Readers
) -> None:
    writer = reader("김하나")
    comment = writer.post("오늘 기사 잘 읽었습니다").get_json()["id"]
    for _ in range(3):
        same = come_back(app, site)
        voted = same.call("PUT", f"/api/v1/comments/{comment}/vote", json={"value": 1})
        assert voted.get_json() == {"likes": 1, "dislikes": 0}
        assert same.call("DELETE", "/api/v1/me").status_code == 204
    left = writer.client.get(f"/api/v1/comments/{comment}").get_json()
    assert (left["likes"], left["dislikes"]) == (0, 0)


def test_coming_back_after_deleting_the_account_holds_no_comment(
    app: Flask, site: SiteView, reader: Readers
) -> None:
    writer = reader("김하나")
    comment = writer.post("오늘 기사 잘 읽었습니다").get_json()["id"]
    for _ in range(site.settings.report_threshold + 1):
        same = come_back(app, site)
        reported = same.call(
            "POST", f"/api/v1/comments/{comment}/reports", json={"reason": "abuse"}
        )
        assert reported.status_code == 202
        assert same.call("DELETE", "/api/v1/me").status_code == 204
    assert writer.client.get(f"/api/v1/comments/{comment}").status_code == 200


@pytest.mark.parametrize("how", ["merged", "deleted"])
def test_votes_that_go_leave_the_likes_that_an_import_brought(
    app: Flask, site: SiteView, reader: Readers, how: str
) -> None:
    writer, voter = reader("김하나"), reader("이준호", provider="facebook")
    comment = writer.post("오늘 기사 잘 읽었습니다").get_json()["id"]
    with transaction() as session:
        session.execute(update(Comment).where(Comment.id == int(comment)).values(likes=10))
    voted = voter.call("PUT", f"/api/v1/comments/{comment}/vote", json={"value": 1})
    assert voted.get_json() == {"likes": 11, "dislikes": 0}

    if how == "merged":
        merging.merge(int(voter.user_id), int(writer.user_id), reason="one person", now=NOON)
    else:
        assert voter.call("DELETE", "/api/v1/me").status_code == 204

    left = writer.client.get(f"/api/v1/comments/{comment}").get_json()
    assert (left["likes"], left["dislikes"]) == (10, 0)
