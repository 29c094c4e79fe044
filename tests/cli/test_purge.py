"""`flask maintenance purge`. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from comments_service.models import (
    AccessToken,
    Appeal,
    AuthorizationCode,
    Avatar,
    Base,
    Comment,
    KeptAnswer,
    PendingLogin,
    RefreshToken,
    Session,
    StaffSession,
    Status,
)
from comments_service.services import avatars, pictures, retention
from comments_service.services.transaction import reading, transaction
from tests.api.oauth.conftest import Browser, count
from tests.readers import Reader
from tests.services.test_pictures import gif, png
from tests.small_app import NOON, Clock

NOTHING = {
    "pending logins": 0,
    "codes": 0,
    "access tokens": 0,
    "refresh tokens": 0,
    "sessions": 0,
    "moderators' sessions": 0,
    "used assertions": 0,
    "kept answers": 0,
    "former names": 0,
    "pictures": 0,
    "deliveries": 0,
    "events": 0,
    "glances": 0,
    "notifications": 0,
    "earlier texts": 0,
    "texts of rejected comments": 0,
}


def purge(app: Flask) -> dict[str, int]:
    """What the command says it removed."""
    result = app.test_cli_runner().invoke(args=["maintenance", "purge"])
    assert result.exit_code == 0, result.output
    rows = [line.split(maxsplit=1) for line in result.output.splitlines()]
    return {what: int(number) for number, what in rows}


def test_there_is_nothing_to_remove_at_first(app: Flask) -> None:
    assert purge(app) == NOTHING


def test_what_a_login_leaves_behind_goes_when_nobody_can_use_it(
    app: Flask, reader: Callable[..., Reader], now: Clock
) -> None:
    """78."""
    reader()
    Browser(app.test_client(), app.extensions["comments_providers"]).start()
    now.advance(seconds=59)
    assert purge(app) == NOTHING
    now.advance(seconds=1)
    assert purge(app) == NOTHING | {"codes": 1}
    now.advance(minutes=9)
    assert purge(app) == NOTHING | {"pending logins": 2}
    now.advance(days=14)
    assert purge(app) == NOTHING | {"access tokens": 1}
    now.advance(days=14)
    assert purge(app) == NOTHING | {"refresh tokens": 1}
    now.advance(days=90 + 14 - 28)
    assert purge(app) == NOTHING | {"sessions": 1}
    assert [count(table) for table in LOGIN_TABLES] == [0] * len(LOGIN_TABLES)


LOGIN_TABLES: tuple[type[Base], ...] = (
    PendingLogin,
    AuthorizationCode,
    AccessToken,
    RefreshToken,
    Session,
)


def test_a_moderators_session_goes_when_it_is_over(
    app: Flask, reader: Callable[..., Reader], now: Clock
) -> None:
    user_id = int(reader().user_id)
    with transaction() as session:
        session.add(
            StaffSession(
                id=1,
                token_hash="0" * 64,
                user_id=user_id,
                network="203.0.113.0/24",
                created_at=NOON,
                last_seen_at=NOON,
                expires_at=NOON + timedelta(hours=12),
                authenticated_at=NOON,
            )
        )
    assert purge(app)["moderators' sessions"] == 0
    now.advance(hours=12)
    assert purge(app)["moderators' sessions"] == 1


def test_a_kept_answer_goes_after_a_day(
    app: Flask, reader: Callable[..., Reader], now: Clock
) -> None:
    reader().post("댓글입니다", headers={"Idempotency-Key": "k"})
    now.advance(hours=23, minutes=59)
    assert purge(app)["kept answers"] == 0
    assert count(KeptAnswer) == 1
    now.advance(minutes=1)
    assert purge(app)["kept answers"] == 1
    assert count(KeptAnswer) == 0


def test_a_picture_that_nobody_shows_goes(
    app: Flask, reader: Callable[..., Reader], now: Clock
) -> None:
    user_id = int(reader().user_id)
    avatars.keep(user_id, pictures.check(png()), now=NOON)
    with transaction() as session:
        session.add(Avatar(hash="0" * 64, media_type="image/gif", content=gif(), created_at=NOON))
    assert purge(app)["pictures"] == 0
    now.advance(hours=1)
    assert purge(app)["pictures"] == 1
    assert count(Avatar) == 1


@pytest.fixture
def rejected(reader: Callable[..., Reader]) -> int:
    """A comment that was rejected at noon."""
    comment_id = int(reader().post("댓글입니다").get_json()["id"])
    with transaction() as session:
        session.execute(update(Comment).values(status=Status.REJECTED, visible=0))
    return comment_id


def body_of(comment_id: int) -> str:
    with reading() as connection:
        return connection.execute(select(Comment.body).where(Comment.id == comment_id)).scalar_one()


def test_the_text_of_a_rejected_comment_goes_after_thirty_days(
    app: Flask, reader: Callable[..., Reader], rejected: int, now: Clock
) -> None:
    published = int(reader().post("남아 있을 글입니다").get_json()["id"])
    now.advance(days=29, hours=23)
    assert purge(app)["texts of rejected comments"] == 0
    now.advance(hours=1)
    assert purge(app)["texts of rejected comments"] == 1
    assert body_of(rejected) == ""
    assert body_of(published) == "남아 있을 글입니다"
    assert purge(app)["texts of rejected comments"] == 0


def test_a_text_stays_while_its_appeal_is_open(app: Flask, rejected: int, now: Clock) -> None:
    with transaction() as session:
        author_id = session.execute(select(Comment.author_id)).scalar_one()
        session.add(
            Appeal(comment_id=rejected, user_id=author_id, text="다시 봐 주세요", created_at=NOON)
        )
    now.advance(days=40)
    assert purge(app)["texts of rejected comments"] == 0
    with transaction() as session:
        session.execute(update(Appeal).values(outcome="upheld", decided_at=now.time))
    assert purge(app)["texts of rejected comments"] == 1


def test_an_edited_text_stays_thirty_days_from_its_edit(
    app: Flask, rejected: int, now: Clock
) -> None:
    with transaction() as session:
        session.execute(update(Comment).values(edited_at=NOON + timedelta(days=1)))
    now.advance(days=30)
    assert purge(app)["texts of rejected comments"] == 0
    now.advance(days=1)
    assert purge(app)["texts of rejected comments"] == 1


def test_many_rows_go_in_batches(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 10)
    kept = {"body_hash": "b", "status": 200, "headers": {}, "body": b"", "created_at": NOON}
    with transaction() as session:
        session.execute(insert(KeptAnswer), [{"scope_hash": f"{n:064}"} | kept for n in range(25)])
    gone = {
        purged.what: purged.count
        for purged in retention.purge(retention.Kept(), now=NOON + timedelta(days=1))
    }
    assert gone == NOTHING | {"kept answers": 25}
