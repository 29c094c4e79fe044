"""Accounts: signing in, names, linking, deletion. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from comments_service.errors import (
    AccountSuspended,
    Gone,
    InvalidRequest,
    LastIdentity,
    NotFound,
    Unauthenticated,
)
from comments_service.identity.provider import ExternalIdentity
from comments_service.models import Article, Base, Identity, Mute, Report, Suspension, User, db
from comments_service.services import (
    accounts,
    articles,
    comments,
    identities,
    names,
    own_data,
    privacy,
    sessions,
    sites,
    suspensions,
    threads,
)
from comments_service.services.accounts import SignedIn
from comments_service.services.actor import Actor
from comments_service.services.ids import new_id
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, transaction
from tests.readers import Reader
from tests.small_app import NEWS, NOON, person

PEPPER = "pepper"


def sign_in(whom: ExternalIdentity | None = None) -> SignedIn:
    return accounts.sign_in(whom or person(), pepper=PEPPER, now=NOON)


def actor_of(signed_in: SignedIn, site: SiteView) -> Actor:
    return Actor(user_id=signed_in.user_id, site_id=site.id, scopes=frozenset({"comment"}))


def count(table: type[Base]) -> int:
    with reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def suspend(user_id: int) -> None:
    with transaction() as session:
        session.execute(
            insert(Suspension).values(
                id=new_id(NOON), user_id=user_id, reason="threats", created_at=NOON
            )
        )


def test_a_second_login_finds_the_same_account(app: Flask) -> None:
    first, second = sign_in(), sign_in()
    assert (first.is_new, second.is_new) == (True, False)
    assert first.user_id == second.user_id


def test_a_hundred_first_logins_at_once_make_one_account(app: Flask) -> None:
    """82."""
    found: list[int] = []
    barrier = threading.Barrier(10)

    def log_in_ten_times() -> None:
        barrier.wait()
        for _ in range(10):
            with app.app_context():
                found.append(sign_in().user_id)

    threads_ = [threading.Thread(target=log_in_ten_times) for _ in range(10)]
    for thread in threads_:
        thread.start()
    for thread in threads_:
        thread.join(timeout=60)
    assert len(found) == 100
    assert len(set(found)) == 1
    assert (count(User), count(Identity)) == (1, 1)


def test_the_same_name_and_handle_with_another_subject_is_another_person(app: Flask) -> None:
    """83."""
    assert sign_in(person("1")).user_id != sign_in(person("2")).user_id


def test_the_same_subject_at_another_provider_or_app_is_another_person(app: Flask) -> None:
    found = {
        sign_in(person("1")).user_id,
        sign_in(person("1", provider="facebook", client_app="a")).user_id,
        sign_in(person("1", provider="facebook", client_app="b")).user_id,
    }
    assert len(found) == 3


def test_each_login_brings_the_providers_name(app: Flask, site: SiteView) -> None:
    reader = actor_of(sign_in(person(name="김하나")), site)
    sign_in(person(name="김두나"))
    assert accounts.profile(reader, now=NOON).display_name == "김두나"


def test_a_chosen_name_survives_later_logins(app: Flask, site: SiteView) -> None:
    reader = actor_of(sign_in(person(name="김하나")), site)
    accounts.update_profile(reader, display_name="하나", lang="ko", now=NOON)
    sign_in(person(name="김두나"))
    profile = accounts.profile(reader, now=NOON)
    assert (profile.display_name, profile.lang) == ("하나", "ko")
    assert [identity.name for identity in profile.identities] == ["김두나"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  김  하나\n", "김 하나"),
        ("\u202eevil\u2066", "evil"),
        ("a\u200bd\u2060min\ufeff", "admin"),
        ("\u1112\u1161\u11ab", "한"),
        ("   ", "Reader"),
        ("", "Reader"),
        ("\u3164\u115f", "Reader"),
        ("\u200d\ufe0f", "Reader"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("null\x00byte", "nullbyte"),
        ("x" * 10_000, "x" * 50),
        ("가족 👨‍👩‍👧", "가족 👨‍👩‍👧"),
        ("x" * 48 + "👨‍👩‍👧", "x" * 48),
    ],
)
def test_a_name_is_made_fit_to_be_shown(raw: str, shown: str) -> None:
    """32."""
    assert names.clean(raw) == shown
    assert names.clean(shown) == shown


@pytest.mark.parametrize("name", ["", " \u200b ", "x" * 51])
def test_a_name_that_cannot_be_shown_is_not_chosen(app: Flask, site: SiteView, name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        accounts.update_profile(actor_of(sign_in(), site), display_name=name, lang=None, now=NOON)
    assert refused.value.errors[0].pointer == "/display_name"


def test_an_unknown_language_is_not_chosen(app: Flask, site: SiteView) -> None:
    with pytest.raises(InvalidRequest):
        accounts.update_profile(actor_of(sign_in(), site), display_name=None, lang="xx", now=NOON)


def test_a_new_name_gives_the_threads_it_stands_in_a_new_version(
    site: SiteView, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    hana.post("댓글입니다")
    before = articles.get(site, "nato-2026-11", now=NOON).version
    actor = sessions.authenticate(hana.access_token, now=NOON)
    accounts.update_profile(actor, display_name="하나", lang=None, now=NOON)
    assert articles.get(site, "nato-2026-11", now=NOON).version == before + 1


def test_a_suspended_reader_logs_in_exports_and_deletes_but_changes_nothing(
    app: Flask, site: SiteView
) -> None:
    """57."""
    signed_in = sign_in()
    reader = actor_of(signed_in, site)
    suspend(reader.user_id)
    with pytest.raises(AccountSuspended):
        accounts.update_profile(reader, display_name="다른 이름", lang=None, now=NOON)
    with pytest.raises(AccountSuspended):
        accounts.unlink(reader, "twitter", now=NOON)
    assert sign_in().user_id == reader.user_id
    profile = accounts.profile(reader, now=NOON)
    assert profile.suspension is not None
    assert profile.suspension.reason == "threats"
    assert own_data.export(reader).suspensions[0]["reason"] == "threats"
    privacy.delete_account(reader.user_id, pepper=PEPPER, now=NOON)
    assert count(Identity) == 0


def test_deleting_the_account_does_not_end_a_suspension(app: Flask, site: SiteView) -> None:
    first = sign_in()
    suspend(first.user_id)
    privacy.delete_account(first.user_id, pepper=PEPPER, now=NOON)
    second = sign_in()
    assert second.user_id != first.user_id
    assert suspensions.current(second.user_id, site_id=site.id, now=NOON) is not None
    assert suspensions.current(sign_in(person("2")).user_id, site_id=site.id, now=NOON) is None


def test_nothing_of_an_account_without_a_suspension_is_remembered(
    app: Flask, site: SiteView
) -> None:
    first = sign_in()
    privacy.delete_account(first.user_id, pepper=PEPPER, now=NOON)
    privacy.delete_account(first.user_id, pepper=PEPPER, now=NOON)
    assert sign_in().is_new


def test_the_last_identity_stays(app: Flask, site: SiteView) -> None:
    reader = actor_of(sign_in(), site)
    with pytest.raises(LastIdentity):
        accounts.unlink(reader, "twitter", now=NOON)
    with pytest.raises(NotFound):
        accounts.unlink(reader, "facebook", now=NOON)


def test_unlinking_shows_the_identity_that_remains(app: Flask, site: SiteView) -> None:
    reader = actor_of(sign_in(), site)
    other = person("9", provider="facebook", name="Hana", client_app="1")
    identities.link(reader.user_id, other, pepper=PEPPER, now=NOON)
    accounts.unlink(reader, "twitter", now=NOON)
    profile = accounts.profile(reader, now=NOON)
    assert profile.display_name == "Hana"
    assert [identity.provider for identity in profile.identities] == ["facebook"]
    assert sign_in().is_new


def test_unlinking_ends_the_sessions_of_that_identity_but_this_one(
    site: SiteView, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    actor = sessions.authenticate(hana.access_token, now=NOON)
    other = person("9", provider="facebook", client_app="1")
    identities.link(actor.user_id, other, pepper=PEPPER, now=NOON)
    accounts.unlink(actor, "twitter", now=NOON)
    assert sessions.authenticate(hana.access_token, now=NOON).user_id == actor.user_id


def test_logging_out_everywhere_ends_every_session(
    site: SiteView, reader: Callable[..., Reader]
) -> None:
    """55."""
    hana, other = reader("김하나"), reader("이두나")
    accounts.log_out_everywhere(sessions.authenticate(hana.access_token, now=NOON), now=NOON)
    with pytest.raises(Unauthenticated):
        sessions.authenticate(hana.access_token, now=NOON)
    assert sessions.authenticate(other.access_token, now=NOON).user_id


def test_a_deleted_readers_comments_stay_without_the_name(
    site: SiteView, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    comment = hana.post("댓글입니다").get_json()
    privacy.delete_account(int(hana.user_id), pepper=PEPPER, now=NOON + timedelta(minutes=1))
    view = threads.get(int(comment["id"]))
    assert view.body == "댓글입니다"
    assert view.author is not None
    assert (view.author.name, view.author.provider) == (names.DELETED, None)
    with pytest.raises(Unauthenticated):
        sessions.authenticate(hana.access_token, now=NOON)


def test_a_site_can_have_a_deleted_readers_comments_go(
    app: Flask, reader: Callable[..., Reader]
) -> None:
    strict = sites.create(
        "strict",
        name="Strict",
        origins=[f"{NEWS}:444"],
        settings={"account_deletion": "delete"},
        now=NOON,
    )
    signed_in = sign_in()
    command = comments.NewComment(site="strict", article="a", body="댓글입니다")
    view = comments.submit(actor_of(signed_in, strict), command, now=NOON)
    privacy.delete_account(signed_in.user_id, pepper=PEPPER, now=NOON)
    with pytest.raises(Gone):
        threads.get(view.comment.id)
    assert articles.get(strict, "a", now=NOON).comment_count == 0


def test_an_export_holds_everything_and_no_token(
    site: SiteView, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    comment = hana.post("댓글입니다").get_json()
    export = own_data.export(sessions.authenticate(hana.access_token, now=NOON))
    assert export.account["display_name"] == "김하나"
    assert [c["body"] for c in export.comments] == ["댓글입니다"]
    assert export.comments[0]["id"] == comment["id"]
    assert export.sessions[0]["site"] == "demo"
    assert len(export.verdicts) == 1
    assert "token" not in repr(export)
    assert "hash" not in repr(export)


def test_mutes_and_the_words_of_a_report_go_with_the_account(
    site: SiteView, reader: Callable[..., Reader]
) -> None:
    hana, other = reader("김하나"), reader("이두나")
    comment = other.post("댓글입니다").get_json()
    hana.call("PUT", f"/api/v1/me/mutes/{other.user_id}")
    path = f"/api/v1/comments/{comment['id']}/reports"
    hana.call("POST", path, json={"reason": "other", "note": "my own words"})
    held = own_data.export(sessions.authenticate(hana.access_token, now=NOON))
    assert [mute["muted_user_id"] for mute in held.mutes] == [other.user_id]
    assert [report["note"] for report in held.reports] == ["my own words"]
    privacy.delete_account(int(hana.user_id), pepper=PEPPER, now=NOON)
    assert count(Mute) == 0
    with reading() as connection:
        assert connection.execute(select(Report.reason, Report.note)).all() == [("other", None)]


def test_the_articles_that_show_a_name_are_locked_in_order(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    """Two readers of the same threads take new names at once; SQLite has one writer anyway."""
    if db.engine.dialect.name == "sqlite":
        return
    hana = reader("김하나")
    words = ("항구", "도서관", "시장", "학교", "극장", "등대", "다리", "공원")
    for word in words:
        assert hana.post(f"{word} 소식 잘 읽었습니다", article=word).status_code == 201
    first, *others = sorted(articles.get(site, word, now=NOON).id for word in words)

    def show() -> None:
        with app.app_context(), transaction():
            accounts.show_in_threads(int(hana.user_id))

    lock = select(Article.id).with_for_update(nowait=True)
    renaming = threading.Thread(target=show)
    with db.engine.begin() as other:
        other.execute(lock.where(Article.id == first)).one()
        renaming.start()
        with db.engine.connect() as watching:
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while watching.execute(waits).scalar() == 0:
                watching.rollback()
            assert len(watching.execute(lock.where(Article.id.in_(others))).all()) == len(others)
    renaming.join(timeout=10)
    assert not renaming.is_alive()
