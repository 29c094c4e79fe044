"""A publisher's own service as a filter: when it is asked, how, and what its answer does."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask

from comments_service.models import db
from comments_service.policy import ExternalAnswer, Outcome
from comments_service.policy.filters.external import External
from comments_service.services import policies
from comments_service.services.audit import OPERATOR
from comments_service.services.external_filters import OverHttp, Question
from comments_service.services.sites import SiteView
from comments_service.services.transaction import WRITING
from tests.readers import Reader
from tests.small_app import NOON
from tests.unit.rude import RudeServer, http, rude_server

SECRET_KEY = "a-secret-key-for-tests"
TITLES = {"title": {"ko": "심사", "en": "Check"}, "text": {"ko": "심사", "en": "Check"}}


def use(url: str, name: str = "desk", **settings: object) -> dict[str, object]:
    patient = {"deadline_ms": 5000}  # a busy machine may take a second over a thread
    return {"filter": "external", "action": "reject", "name": name, "url": url} | patient | settings


def in_force(site: SiteView, *uses: dict[str, object]) -> None:
    """Publish a policy with these uses, one that rejects tulips, and one that holds roses."""
    words = [
        {"filter": "words", "action": "reject", "words": ["tulip"]},
        {"filter": "words", "action": "hold", "words": ["rose"]},
    ]
    clause = {"id": "9.1", **TITLES, "filters": [*words, *uses]}
    made = policies.draft(site.id, {"format": 1, "clauses": [clause]}, note=None, now=NOON)
    policies.publish(site.id, made.version, by=OPERATOR, now=NOON)


def allow_loopback(app: Flask) -> OverHttp:
    asking = OverHttp(SECRET_KEY, allow_private=True)
    app.extensions["comments_external_filters"] = asking
    return asking


def says(outcome: str, **more: object) -> bytes:
    return http(json.dumps({"outcome": outcome, **more}).encode())


def question(server: RudeServer) -> tuple[dict[str, str], bytes]:
    """The headers and the body of the one request that came."""
    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    return {name.lower(): value for name, _, value in lines}, body


@pytest.mark.parametrize(("outcome", "status"), [("allow", 201), ("hold", 202), ("reject", 422)])
def test_the_answer_decides(
    app: Flask, site: SiteView, reader: Callable[..., Reader], outcome: str, status: int
) -> None:
    allow_loopback(app)
    with rude_server(says(outcome)) as server:
        in_force(site, use(server.url))
        assert reader().post("A lily is white").status_code == status
        assert len(server.requests) == 1


def test_the_question_is_signed_and_says_what_it_is_about(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    asking = allow_loopback(app)
    with rude_server(says("allow")) as server:
        in_force(site, use(server.url))
        reader("김하나").post("백합은 희다", lang="ko")
        headers, body = question(server)
    secret = b64decode(asking.secret("demo", "desk").removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = b64encode(hmac.digest(secret, signed, sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    message = json.loads(body)
    assert message["type"] == "comment.check"
    assert message["data"] == {
        "site": "demo",
        "article": "nato-2026-11",
        "body": "백합은 희다",
        "lang": "ko",
        "author": "김하나",
    }


def test_each_filter_of_each_site_has_a_secret_of_its_own() -> None:
    asking = OverHttp(SECRET_KEY)
    secrets = {asking.secret(site, name) for site in ("a", "b") for name in ("desk", "ads")}
    assert len(secrets) == 4


def test_its_own_words_reach_the_writer(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    allow_loopback(app)
    message = {"ko": "편집국이 막았습니다.", "en": "The newsroom stopped this."}
    with rude_server(says("reject", message=message)) as server:
        in_force(site, use(server.url))
        answer = reader().post("A lily is white", headers={"Accept-Language": "ko"})
    [finding] = answer.get_json()["findings"]
    assert (finding["filter"], finding["rule"]) == ("external", "desk")
    assert finding["message"] == message["ko"]


def test_nobody_is_asked_about_what_is_rejected_anyway(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    allow_loopback(app)
    with rude_server(says("allow")) as server:
        in_force(site, use(server.url))
        assert reader().post("A tulip is red").status_code == 422
        assert server.requests == []
        assert reader().post("A rose is red").status_code == 202
        assert len(server.requests) == 1


def test_the_first_that_rejects_is_the_last_that_is_asked(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    allow_loopback(app)
    with rude_server(says("reject")) as first, rude_server(says("allow")) as second:
        in_force(site, use(first.url), use(second.url, name="second"))
        answer = reader().post("A lily is white")
        assert [finding["rule"] for finding in answer.get_json()["findings"]] == ["desk"]
        assert second.requests == []


@pytest.mark.parametrize(
    "broken",
    [
        http(b"{}", status="500 Oops"),
        http(b"not json"),
        http(b'{"outcome": "perhaps"}'),
        http(b'{"outcome": "hold", "message": {"en": "alone"}}'),
        http(b'{"outcome": "hold", "message": {"en": "a\\u0000", "ko": "b"}}'),
        http(b'{"outcome": "allow"}' + b" " * 20_000),
        http(b"", status="302 Found", headers=("Location: http://127.0.0.1:1/",)),
        b"",
    ],
    ids=["500", "no-json", "no-outcome", "one-language", "nul", "too-long", "redirect", "nothing"],
)
@pytest.mark.parametrize(("on_failure", "status"), [("hold", 202), ("allow", 201)])
def test_without_an_answer_the_policy_says_what_happens(
    app: Flask,
    site: SiteView,
    reader: Callable[..., Reader],
    broken: bytes,
    on_failure: str,
    status: int,
) -> None:
    allow_loopback(app)
    with rude_server(broken) as server:
        in_force(site, use(server.url, on_failure=on_failure))
        assert reader().post("A lily is white").status_code == status


def test_an_answer_after_the_deadline_is_none(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    allow_loopback(app)
    slow = [b""] * 40 + [says("allow")]
    with rude_server(slow) as server:
        in_force(site, use(server.url, deadline_ms=100))
        assert reader().post("A lily is white").status_code == 202


def test_a_private_address_is_never_asked_but_in_development(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    with rude_server(says("allow")) as server:
        in_force(site, use(server.url))
        assert reader().post("A lily is white").status_code == 202
        assert server.requests == []


class Recorder:
    """Answers `allow`, and remembers whether a transaction was open while it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.inside: list[bool] = []

    def __call__(self, _use: External, question: Question) -> ExternalAnswer:
        self.asked.append(question)
        self.inside.append(bool(db.session.info.get(WRITING)))
        return ExternalAnswer(Outcome.ALLOW)


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "once"}])
def test_no_transaction_is_open_while_somebody_is_asked(
    app: Flask, site: SiteView, reader: Callable[..., Reader], key: dict[str, str]
) -> None:
    recorder = Recorder()
    app.extensions["comments_external_filters"] = recorder
    in_force(site, use("https://desk.example/"))
    hana = reader()
    posted = hana.post("A lily is white", headers=key)
    assert posted.status_code == 201
    path = f"/api/v1/comments/{posted.get_json()['id']}"
    assert hana.call("PATCH", path, json={"body": "A lily is tall"}).status_code == 200
    assert recorder.inside == [False, False]
    assert [question.body for question in recorder.asked] == ["A lily is white", "A lily is tall"]


def test_a_retry_asks_nobody(app: Flask, site: SiteView, reader: Callable[..., Reader]) -> None:
    recorder = Recorder()
    app.extensions["comments_external_filters"] = recorder
    in_force(site, use("https://desk.example/"))
    hana = reader()
    answers: list[Any] = [
        hana.post("A lily is white", headers={"Idempotency-Key": "once"}).get_json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(recorder.asked) == 1


def test_nobody_is_asked_about_a_closed_article_or_anothers_comment(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    recorder = Recorder()
    app.extensions["comments_external_filters"] = recorder
    comment = reader("김하나").post("A lily is white").get_json()["id"]
    in_force(site, use("https://desk.example/"))
    other = reader("이준호")
    path = f"/api/v1/comments/{comment}"
    assert other.call("PATCH", path, json={"body": "A lily is tall"}).status_code == 403
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE article SET status = 'closed'")
    assert other.post("A lily is white").status_code == 409
    assert recorder.asked == []
