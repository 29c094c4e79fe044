"""What is left in the database of a forgotten reader, table by table, whoever asked for it."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from comments_service.models import Suspension, db
from comments_service.services import accounts, identities, privacy, suspensions
from comments_service.services.identities import IdentityKey
from comments_service.services.ids import new_id
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, transaction
from tests.readers import Reader, log_in
from tests.small_app import NOON, Clock, person

APP_ID, APP_SECRET = "1234", "facebook-secret"
SUBJECT = "218471554433"
HANA = person(SUBJECT, name="김하나린", provider="facebook", handle=None, client_app=APP_ID)
FORMER_NAME = "옛 이름 하나린"
WORDS = {
    "published": "오늘 기사 잘 읽었습니다.",
    "rejected": "연락 주세요 010-1234-5678",
    "note": "광고로 보이는 글입니다",
    "appeal": "제 번호가 아니라 대표번호입니다",
}
LEFT = {
    "user_account": 1,
    "comment": 2,
    "report": 1,
    "appeal": 1,
    "login_session": 3,
    "event": 1,
}
"""Rows that name the account by its number; the account itself is without a name."""


@pytest.fixture
def hana(app: Flask, site: SiteView, reader: Callable[..., Reader]) -> Reader:
    """A reader who has left traces wherever a reader can."""
    hana, other = log_in(app, site, HANA), reader("이준호")
    assert hana.post(WORDS["published"]).status_code == 201
    rejected = hana.post(WORDS["rejected"])
    assert rejected.status_code == 422
    appeal = f"/api/v1/me/comments/{rejected.get_json()['comment_id']}/appeal"
    assert hana.call("POST", appeal, json={"text": WORDS["appeal"]}).status_code == 202
    others = f"/api/v1/comments/{other.post('다른 사람의 댓글입니다.').get_json()['id']}"
    assert hana.call("PUT", f"{others}/vote", json={"value": 1}).status_code == 200
    report = {"reason": "spam", "note": WORDS["note"]}
    assert hana.call("POST", f"{others}/reports", json=report).status_code == 202
    assert hana.call("PUT", f"/api/v1/me/mutes/{other.user_id}").status_code == 204
    assert other.call("PUT", f"/api/v1/me/mutes/{hana.user_id}").status_code == 204
    link = hana.call("POST", "/api/v1/me/identities", json={"provider": "twitter"})
    assert link.status_code == 200
    log_in(app, site, replace(HANA, name=FORMER_NAME))
    log_in(app, site, HANA)
    return hana


def suspend(user_id: int) -> None:
    with transaction() as session:
        session.add(Suspension(id=new_id(NOON), user_id=user_id, reason="x", created_at=NOON))


def by_facebook(app: Flask, reader: Reader) -> None:
    claims = {
        "algorithm": "HMAC-SHA256",
        "issued_at": int(NOON.timestamp()),
        "user_id": SUBJECT,
    }
    payload = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    signature = hmac.new(APP_SECRET.encode(), payload, hashlib.sha256).digest()
    signed = urlsafe_b64encode(signature).rstrip(b"=") + b"." + payload
    answer = reader.client.post(
        "/oauth/facebook/data-deletion",
        data={"signed_request": signed.decode()},
        base_url="https://comments.example",
    )
    assert answer.status_code == 200, answer.text


def by_the_reader(app: Flask, reader: Reader) -> None:
    assert reader.call("DELETE", "/api/v1/me").status_code == 204


def by_staff(app: Flask, reader: Reader) -> None:
    command = ["user", "delete", reader.user_id, "--reason", "asked by letter", "--yes"]
    result = app.test_cli_runner().invoke(args=command)
    assert result.exit_code == 0, result.output


WAYS = {"facebook": by_facebook, "reader": by_the_reader, "staff": by_staff}
ALSO_LEFT: Mapping[str, Mapping[str, int]] = {"staff": {"audit_entry": 1}}


def rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every row of every table."""
    with reading() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                yield table.name, {str(name): value for name, value in row.items()}


def naming(text: str) -> dict[str, int]:
    """How many rows of each table have `text` in them, wherever."""
    found: dict[str, int] = {}
    for table, row in rows():
        if any(text in str(value) for value in row.values()):
            found[table] = found.get(table, 0) + 1
    return found


@pytest.mark.parametrize("suspended", [False, True], ids=["", "suspended"])
@pytest.mark.parametrize("way", WAYS)
def test_what_is_left_of_a_forgotten_reader(
    app: Flask, hana: Reader, way: str, suspended: bool
) -> None:
    if suspended:
        suspend(int(hana.user_id))
    assert naming(SUBJECT) == {"identity": 1}

    WAYS[way](app, hana)

    still_suspended = {"suspension": 1, "erased_identity": 1} if suspended else {}
    assert naming(hana.user_id) == {**LEFT, **ALSO_LEFT.get(way, {}), **still_suspended}
    for gone in (SUBJECT, HANA.name, FORMER_NAME, WORDS["note"], WORDS["appeal"], "010-1234-5678"):
        assert naming(gone) == {}, gone
    assert naming(WORDS["published"]) == {"comment": 1}


@pytest.mark.parametrize("way", WAYS)
def test_a_suspension_survives_as_a_keyed_hash_and_nothing_else(
    app: Flask, site: SiteView, hana: Reader, way: str
) -> None:
    suspend(int(hana.user_id))
    WAYS[way](app, hana)
    ((_, kept),) = [each for each in rows() if each[0] == "erased_identity"]
    pepper = app.extensions["comments_settings"].secret_key.get_secret_value()
    expected = hmac.new(
        pepper.encode(), f"facebook:{APP_ID}:{SUBJECT}".encode(), hashlib.sha256
    ).hexdigest()
    assert kept["subject_hash"] == expected

    again = log_in(app, site, HANA)

    assert again.user_id != hana.user_id
    refused = again.post("다시 왔습니다.")
    assert (refused.status_code, refused.get_json()["type"].rpartition("/")[2]) == (
        403,
        "account-suspended",
    )


def test_an_identity_that_facebook_takes_off_a_suspended_account_comes_back_suspended(
    app: Flask, site: SiteView, now: Clock
) -> None:
    """The account has another identity, and stays suspended itself."""
    first = accounts.sign_in(person("1"), pepper="p", now=now())
    identities.link(first.user_id, HANA, pepper="p", now=now())
    suspend(first.user_id)
    privacy.forget_identity(IdentityKey.of(HANA), pepper="p", now=now())
    second = accounts.sign_in(HANA, pepper="p", now=now.advance(minutes=1))
    assert second.user_id != first.user_id
    for user_id in (first.user_id, second.user_id):
        assert suspensions.current(user_id, site_id=site.id, now=now()) is not None


def test_a_deletion_that_an_operator_makes_is_confirmed_and_happens_once(
    app: Flask, hana: Reader
) -> None:
    runner = app.test_cli_runner()
    command = ["user", "delete", hana.user_id, "--reason", "asked by letter"]
    assert runner.invoke(args=command, input="n\n").exit_code == 1
    assert naming(SUBJECT) == {"identity": 1}
    assert runner.invoke(args=command, input="y\n").exit_code == 0
    again = runner.invoke(args=[*command, "--yes"])
    assert again.exit_code == 1
    assert "no such account" in again.output
