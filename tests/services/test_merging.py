"""Two accounts of one person become one: nothing is lost, nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from comments_service.models import AuditEntry, Comment, Role, Suspension, Vote
from comments_service.services import accounts, merging, staff, suspensions, threads, votes
from comments_service.services.identities import IdentityKey
from comments_service.services.ids import new_id
from comments_service.services.merging import CannotMerge
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, transaction
from tests.readers import Reader, log_in
from tests.small_app import NOON, Clock, person


@pytest.fixture
def people(
    reader: Callable[..., Reader],
) -> tuple[Reader, Reader, Reader]:
    """One person's two accounts, the one to go first, and somebody else."""
    return reader("하나 X", "twitter"), reader("하나 F", "facebook"), reader("이준호")


def merge(old: Reader, new: Reader) -> None:
    merging.merge(int(old.user_id), int(new.user_id), reason="asked by letter", now=NOON)


def vote(reader: Reader, comment: str, value: int) -> None:
    path = f"/api/v1/comments/{comment}/vote"
    assert reader.call("PUT", path, json={"value": value}).status_code == 200


def post(reader: Reader, body: str) -> str:
    answer = reader.post(body)
    assert answer.status_code == 201
    return str(answer.get_json()["id"])


def test_comments_and_identities_belong_to_the_account_that_stays(
    app: Flask, site: SiteView, people: tuple[Reader, Reader, Reader]
) -> None:
    old, new, _ = people
    mine, yours = post(old, "X로 쓴 댓글"), post(new, "페이스북으로 쓴 댓글")
    merge(old, new)
    for comment in (mine, yours):
        author = threads.get(int(comment)).author
        assert author is not None
        assert str(author.id) == new.user_id
    profile = new.call("GET", "/api/v1/me").get_json()
    assert {each["provider"] for each in profile["identities"]} == {"twitter", "facebook"}
    assert old.call("GET", "/api/v1/me").status_code == 401
    again = log_in(app, site, person(profile["identities"][0]["subject"], name="하나 X"))
    assert again.user_id == new.user_id


def test_votes_count_once_and_none_is_for_oneself(people: tuple[Reader, Reader, Reader]) -> None:
    old, new, other = people
    mine, theirs, alone = post(old, "내 댓글"), post(other, "남의 댓글"), post(other, "또 하나")
    vote(new, mine, 1)
    vote(other, mine, 1)
    vote(old, theirs, 1)
    vote(new, theirs, -1)
    vote(old, alone, 1)
    merge(old, new)
    shown = {each: threads.get(int(each)) for each in (mine, theirs, alone)}
    assert [(view.likes, view.dislikes) for view in shown.values()] == [(1, 0), (0, 1), (1, 0)]
    with reading() as connection:
        rows = connection.execute(select(Vote.comment_id, Vote.user_id)).all()
        scores = {
            row.id: row.score for row in connection.execute(select(Comment.id, Comment.score))
        }
    assert {(str(row.comment_id), str(row.user_id)) for row in rows} == {
        (mine, other.user_id),
        (theirs, new.user_id),
        (alone, new.user_id),
    }
    assert scores[int(mine)] == votes.wilson_score(1, 0)
    assert scores[int(theirs)] == votes.wilson_score(0, 1)


def test_reports_and_mutes_are_there_once(people: tuple[Reader, Reader, Reader]) -> None:
    old, new, other = people
    theirs, mine = post(other, "남의 댓글"), post(old, "내 댓글")
    for who, comment in ((old, theirs), (new, theirs), (new, mine), (other, mine)):
        path = f"/api/v1/comments/{comment}/reports"
        assert who.call("POST", path, json={"reason": "spam"}).status_code == 202
    for who, whom in ((old, other), (new, other), (other, old), (other, new), (old, new)):
        assert who.call("PUT", f"/api/v1/me/mutes/{whom.user_id}").status_code == 204
    merge(old, new)
    export = new.call("GET", "/api/v1/me/export").get_json()
    assert [each["comment_id"] for each in export["reports"]] == [theirs]
    assert [each["muted_user_id"] for each in export["mutes"]] == [other.user_id]


def test_the_stricter_suspension_holds(
    site: SiteView, people: tuple[Reader, Reader, Reader]
) -> None:
    old, new, _ = people
    with transaction() as session:
        session.add(
            Suspension(id=new_id(NOON), user_id=int(old.user_id), reason="x", created_at=NOON)
        )
    assert new.post("아직 쓸 수 있습니다").status_code == 201
    merge(old, new)
    assert suspensions.current(int(new.user_id), site_id=site.id, now=NOON) is not None
    assert new.post("이제 쓸 수 없습니다").status_code == 403


def test_what_is_not_two_accounts_of_one_person_is_refused(
    app: Flask, people: tuple[Reader, Reader, Reader], reader: Callable[..., Reader]
) -> None:
    old, new, other = people
    with pytest.raises(CannotMerge, match="one account"):
        merge(old, old)
    with pytest.raises(CannotMerge, match="same provider"):
        merge(old, other)
    with pytest.raises(CannotMerge, match="logs in"):
        merging.merge(int(old.user_id), 1, reason="x", now=NOON)
    jisu = accounts.sign_in(person("77"), pepper="p", now=NOON).user_id
    staff.grant(IdentityKey("twitter", "", "77"), Role.ADMIN, site=None, pepper="p", now=NOON)
    with pytest.raises(CannotMerge, match="staff"):
        merging.merge(jisu, int(new.user_id), reason="x", now=NOON)
    merge(old, new)
    with pytest.raises(CannotMerge, match="logs in"):
        merge(old, new)


def test_the_command_asks_first_and_is_audited(
    app: Flask, people: tuple[Reader, Reader, Reader], now: Clock
) -> None:
    old, new, _ = people
    runner = app.test_cli_runner()
    command = ["user", "merge", old.user_id, new.user_id, "--reason", "asked by letter"]
    assert runner.invoke(args=command, input="n\n").exit_code == 1
    assert runner.invoke(args=command, input="y\n").exit_code == 0
    again = runner.invoke(args=[*command, "--yes"])
    assert (again.exit_code, "logs in" in again.output) == (1, True)
    with reading() as connection:
        entry = connection.execute(
            select(AuditEntry.target, AuditEntry.before).where(AuditEntry.action == "user.merged")
        ).one()
    assert entry.target == f"user:{new.user_id}"
    assert entry.before == {"account": f"user:{old.user_id}"}
