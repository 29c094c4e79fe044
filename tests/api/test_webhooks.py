"""Webhooks over HTTP: registered, signed, delivered, retried, given up (API contract, section 7).

Signatures are checked by the `standardwebhooks` library.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from standardwebhooks.webhooks import WebhookVerificationError

from comments_service.services import deliveries, event_log, retention, sites
from comments_service.services.deliveries import BACK_OFF, HELD_FOR
from comments_service.services.sites import SiteView
from comments_service.webhooks.sending import Sender
from tests.api.receiver import Received, receiving
from tests.api.services import Service, service
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.small_app import NEWS, NOON, Clock

HOOKS = "/api/v1/webhooks"
PUBLISHED = ["comment.published"]


@pytest.fixture
def now(now: Clock) -> Clock:
    """The receivers' library goes by the real time of day."""
    now.time = datetime.now(UTC)
    return now


@pytest.fixture
def sender(app: Flask) -> Sender:
    """Sends to this machine too, and waits for no answer longer than half a second."""
    made: Sender = replace(
        app.extensions["comments_webhook_sender"], allow_private=True, seconds=0.5
    )
    app.extensions["comments_webhook_sender"] = made
    return made


@pytest.fixture
def desk(app: Flask, site: SiteView, sender: Sender) -> Service:
    return service(app, "webhooks:write", "events:read", site="demo")


def register(desk: Service, url: str, events: list[str] = PUBLISHED) -> dict[str, Any]:
    answer = desk.call("POST", HOOKS, json={"site": "demo", "url": url, "events": events})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    made: dict[str, Any] = answer.get_json()
    return made


def work(app: Flask, now: Clock) -> None:
    """What the worker does until nothing is due."""
    event_log.place_all(now=now())
    while runs := deliveries.claim(now=now(), most=10):
        for run in runs:
            deliveries.carry_out(
                run,
                sender=app.extensions["comments_webhook_sender"],
                render=app.extensions["comments_render_event"],
                clock=now,
            )


def delivered(desk: Service, made: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    answer = desk.call("GET", f"{HOOKS}/{made['id']}/deliveries", query_string=query)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_a_comment_arrives_signed(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    with receiving() as receiver:
        made = register(desk, receiver.url)
        assert made["secret"].startswith("whsec_")
        comment = reader().post("The pier looks good").get_json()
        work(app, now)
        [got] = receiver.received
        assert got.headers["content-type"] == "application/json"
        content = got.verify(made["secret"])
        assert content.keys() == {"type", "timestamp", "data"}
        assert content["type"] == "comment.published"
        assert content["data"]["comment"]["id"] == comment["id"]
        assert content["data"]["comment"]["body"] == "The pier looks good"
        assert content["data"]["article"]["key"] == "nato-2026-11"
        with pytest.raises(WebhookVerificationError):
            Received(got.path, got.headers, got.body + b" ").verify(made["secret"])
    [delivery] = delivered(desk, made)
    assert delivery["status"] == "delivered"
    assert delivery["message_id"] == got.id
    assert [tried["status_code"] for tried in delivery["attempts"]] == [204]
    log = desk.call("GET", "/api/v1/events?site=demo&types=comment.published").get_json()
    [event] = log["items"]
    assert delivery["event_id"] == event["id"]
    assert {name: event[name] for name in content} == content, "the log says the same"


def test_the_secret_is_shown_once_and_kept_nowhere(app: Flask, desk: Service) -> None:
    key = {"Idempotency-Key": "once"}
    body = {"site": "demo", "url": "https://93.184.216.34/hook", "events": PUBLISHED}
    first = desk.call("POST", HOOKS, json=body, headers=key)
    again = desk.call("POST", HOOKS, json=body, headers=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "secret" in first.get_json()
    assert "secret" not in again.get_json()
    assert first.headers["Location"].endswith(f"{HOOKS}/{first.get_json()['id']}")
    [listed] = desk.call("GET", f"{HOOKS}?site=demo").get_json()["items"]
    assert "secret" not in listed
    assert listed == again.get_json()


def test_a_webhook_names_its_events_as_they_were_named(desk: Service) -> None:
    named = ["comment.published", "article.closed", "comment.held"]
    url = "https://93.184.216.34/hook"
    assert register(desk, url, [*named, "comment.published"])["events"] == named


def test_both_secrets_sign_for_a_day_after_a_rotation(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    with receiving() as receiver:
        made = register(desk, receiver.url)
        rotated = desk.call("POST", f"{HOOKS}/{made['id']}/rotate").get_json()
        assert rotated["secret"] != made["secret"]
        writer = reader()
        writer.post("The pier looks good")
        work(app, now)
        [got] = receiver.received
        assert got.verify(made["secret"]) == got.verify(rotated["secret"])
        now.advance(hours=24)
        fresh = service(app, "webhooks:write", site="demo")
        assert fresh.call("POST", f"{HOOKS}/{made['id']}/test").status_code == 202
        work(app, now)
        later = receiver.received[-1]
        assert " " not in later.headers["webhook-signature"]


def test_the_test_button_sends_a_message_of_its_own(app: Flask, desk: Service, now: Clock) -> None:
    with receiving() as receiver:
        made = register(desk, receiver.url)
        answer = desk.call("POST", f"{HOOKS}/{made['id']}/test")
        assert answer.status_code == 202
        work(app, now)
        [got] = receiver.received
    content = got.verify(made["secret"])
    assert content["type"] == "webhook.test"
    [delivery] = delivered(desk, made)
    assert delivery["id"] == answer.get_json()["id"]
    assert (delivery["type"], delivery["event_id"]) == ("webhook.test", None)


def test_only_the_events_asked_for_arrive(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    with receiving() as receiver:
        register(desk, receiver.url, ["comment.deleted"])
        writer = reader()
        comment = writer.post("The pier looks good").get_json()
        writer.call("DELETE", f"/api/v1/comments/{comment['id']}")
        work(app, now)
        [got] = receiver.received
    assert got.content["type"] == "comment.deleted"
    assert got.content["data"]["comment"]["body"] is None


def test_a_receiver_that_fails_is_asked_again_later_and_later(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    with receiving(lambda _: 500) as receiver:
        made = register(desk, receiver.url)
        reader().post("The pier looks good")
        work(app, now)
        for number, pause in enumerate(BACK_OFF, start=1):
            assert len(receiver.received) == number
            now.advance(seconds=pause.total_seconds() * 0.79)
            work(app, now)
            assert len(receiver.received) == number, "not before its time"
            now.advance(seconds=pause.total_seconds() * 0.42)
            work(app, now)
        assert len(set(receiver.ids)) == 1
        assert len(receiver.received) == len(BACK_OFF) + 1
        now.advance(days=30)
        work(app, now)
        assert len(receiver.received) == len(BACK_OFF) + 1, "it has been given up"
        fresh = service(app, "webhooks:write", site="demo")
        [letter] = delivered(fresh, made, status="dead")
        assert len(letter["attempts"]) == len(BACK_OFF) + 1
        receiver.answer = lambda _: 200
        again = fresh.call("POST", f"{HOOKS}/deliveries/{letter['id']}/retry")
        assert again.status_code == 202
        work(app, now)
        assert receiver.ids[-1] == receiver.ids[0], "under the same id"
    assert delivered(fresh, made, status="dead") == []
    assert [each["status"] for each in delivered(fresh, made)] == ["delivered"]


def test_nothing_overtakes_in_an_article_and_other_articles_do_not_wait(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    failing = True

    def answer(got: Received) -> int:
        return 503 if failing and got.content["data"]["article"]["key"] == "a" else 204

    with receiving(answer) as receiver:
        register(desk, receiver.url)
        writer = reader()
        for number in range(3):
            writer.post(f"Word {number} on the pier", article="a")
        writer.post("A word on the school", article="b")
        work(app, now)
        assert [got.content["data"]["article"]["key"] for got in receiver.received] == ["a", "b"]
        failing = False
        now.advance(seconds=7)
        work(app, now)
        on_a = [got for got in receiver.received if got.content["data"]["article"]["key"] == "a"]
        bodies = [got.content["data"]["comment"]["body"] for got in on_a]
        assert bodies == [f"Word {number} on the pier" for number in (0, 0, 1, 2)]


def test_a_receiver_that_hangs_is_left_at_the_deadline(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    def hang(_: Received) -> int:
        time.sleep(1)
        return 204

    with receiving(hang) as receiver:
        made = register(desk, receiver.url)
        reader().post("The pier looks good")
        work(app, now)
    [delivery] = delivered(desk, made)
    assert delivery["status"] == "pending"
    assert [tried["failure"] for tried in delivery["attempts"]] == ["timeout"]


def test_a_redirect_is_not_followed(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    with receiving() as inside:
        with receiving(lambda _: (307, {"Location": inside.url})) as receiver:
            made = register(desk, receiver.url)
            reader().post("The pier looks good")
            work(app, now)
        assert inside.received == []
    [delivery] = delivered(desk, made)
    assert [tried["failure"] for tried in delivery["attempts"]] == ["redirect"]


def test_a_receiver_that_is_gone_gets_nothing_more(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    with receiving(lambda _: 410) as receiver:
        made = register(desk, receiver.url)
        writer = reader()
        writer.post("The pier looks good")
        writer.post("And the lamp too")
        work(app, now)
        writer.post("Nobody is told of this")
        work(app, now)
        assert len(receiver.received) == 1
        assert desk.call("GET", f"{HOOKS}/{made['id']}").get_json()["status"] == "gone"
        letters = delivered(desk, made, status="dead")
        assert [len(letter["attempts"]) for letter in letters] == [0, 1]
        refused = desk.call("POST", f"{HOOKS}/deliveries/{letters[0]['id']}/retry")
        assert slug(refused) == "conflict"
        assert slug(desk.call("POST", f"{HOOKS}/{made['id']}/test")) == "conflict"
        receiver.answer = lambda _: 204
        on = desk.call("PATCH", f"{HOOKS}/{made['id']}", json={"enabled": True})
        assert on.get_json()["status"] == "enabled"
        for letter in reversed(letters):
            path = f"{HOOKS}/{made['id']}/deliveries/{letter['id']}/retry"
            assert desk.call("POST", path).status_code == 202
        work(app, now)
    assert delivered(desk, made, status="dead") == []


def test_what_a_killed_worker_held_is_sent_by_the_next(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    with receiving() as receiver:
        register(desk, receiver.url)
        reader().post("The pier looks good")
        event_log.place_all(now=now())
        [killed] = deliveries.claim(now=now(), most=10)
        assert deliveries.claim(now=now(), most=10) == ()
        now.advance(seconds=HELD_FOR.total_seconds() + 1)
        work(app, now)
        assert len(receiver.received) == 1
        deliveries.carry_out(  # it was only slow, and comes too late
            killed,
            sender=app.extensions["comments_webhook_sender"],
            render=app.extensions["comments_render_event"],
            clock=now,
        )
        assert len(receiver.received) == 1


def test_one_that_hangs_leaves_room_for_the_others(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    slow, quick = (register(desk, f"http://127.0.0.1:{port}/") for port in (9, 10))
    writer = reader()
    for number in range(7):
        writer.post(f"Word {number} on the pier", article=f"a-{number}")
    event_log.place_all(now=now())
    runs = deliveries.claim(now=now(), most=16, in_flight={int(slow["id"]): 3})
    of = [run.webhook_id for run in runs]
    assert (of.count(int(slow["id"])), of.count(int(quick["id"]))) == (1, 4)


def test_addresses_that_nothing_is_sent_to(
    app: Flask, site: SiteView, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = service(app, "webhooks:write", site="demo")

    def resolved(host: str, *_: Any, **__: Any) -> list[Any]:
        return [(None, None, None, "", ({"rebind.example": "10.0.0.7"}.get(host, host), 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    for url in (
        "http://93.184.216.34/hook",
        "https://LOCALHOST./hook",
        "https://news.localhost/hook",
        "https://[fe80::1%25eth0]/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest",
        "https://user@93.184.216.34/hook",
        "https://rebind.example/hook",
        "ftp://93.184.216.34/",
        "https://",
        "nonsense",
    ):
        body = {"site": "demo", "url": url, "events": PUBLISHED}
        assert pointers(desk.call("POST", HOOKS, json=body)) == ["/url"], url
    allowed = {"site": "demo", "url": "https://93.184.216.34:8443/hook", "events": PUBLISHED}
    made = desk.call("POST", HOOKS, json=allowed).get_json()
    moved = desk.call("PATCH", f"{HOOKS}/{made['id']}", json={"url": "https://10.0.0.7/"})
    assert pointers(moved) == ["/url"]


def test_a_name_that_turns_to_this_machine_later_gets_nothing(
    app: Flask,
    site: SiteView,
    reader: Callable[..., Reader],
    now: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = "93.184.216.34"

    def resolved(*_: Any, **__: Any) -> list[Any]:
        return [(None, None, None, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    desk = service(app, "webhooks:write", site="demo")
    made = register(desk, "https://hooks.example/")
    address = "127.0.0.1"
    reader().post("The pier looks good")
    work(app, now)
    [delivery] = delivered(desk, made)
    assert [tried["failure"] for tried in delivery["attempts"]] == ["address-refused"]


def test_a_webhook_is_changed_and_forgotten(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    with receiving() as receiver:
        made = register(desk, receiver.url)
        path = f"{HOOKS}/{made['id']}"
        changed = desk.call("PATCH", path, json={"events": ["comment.held"], "enabled": False})
        assert changed.get_json()["events"] == ["comment.held"]
        assert changed.get_json()["status"] == "disabled"
        desk.call("PATCH", path, json={"events": PUBLISHED, "enabled": True})
        reader().post("The pier looks good")
        work(app, now)
        assert len(receiver.received) == 1
        assert desk.call("DELETE", path).status_code == 204
        assert slug(desk.call("DELETE", path)) == "not-found"
        assert slug(desk.call("GET", f"{path}/deliveries")) == "not-found"


def test_another_sites_webhooks_are_not_found(app: Flask, desk: Service, site: SiteView) -> None:
    made = register(desk, "https://93.184.216.34/hook")
    test = desk.call("POST", f"{HOOKS}/{made['id']}/test").get_json()
    sites.create("other", name="Other", origins=[NEWS], now=NOON)
    other = service(app, "webhooks:write", site="other")
    path = f"{HOOKS}/{made['id']}"
    for method, address in (
        ("GET", path),
        ("DELETE", path),
        ("POST", f"{path}/rotate"),
        ("POST", f"{path}/test"),
        ("GET", f"{path}/deliveries"),
        ("POST", f"{HOOKS}/deliveries/{test['id']}/retry"),
        ("GET", f"{HOOKS}/nonsense"),
    ):
        assert slug(other.call(method, address)) == "not-found", address
    assert slug(other.call("PATCH", path, json={"enabled": False})) == "not-found"
    assert slug(other.call("GET", f"{HOOKS}?site=demo")) == "not-found"
    assert other.call("GET", HOOKS).get_json()["items"] == []
    everywhere = service(app, "webhooks:write")
    assert [each["id"] for each in everywhere.call("GET", HOOKS).get_json()["items"]] == [
        made["id"]
    ]
    reading = service(app, "events:read", site="demo")
    assert slug(reading.call("GET", path)) == "insufficient-scope"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"events": []}, "/events"),
        ({"events": ["comment.eaten"]}, "/events/0"),
        ({"events": "comment.published"}, "/events"),
        ({"url": 1}, "/url"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_wrong_field_is_named(
    app: Flask, desk: Service, body: dict[str, Any], pointer: str
) -> None:
    sound = {"site": "demo", "url": "https://93.184.216.34/hook", "events": PUBLISHED}
    assert pointers(desk.call("POST", HOOKS, json=sound | body)) == [pointer]


def test_deliveries_that_ended_are_kept_for_a_month(
    app: Flask, desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    with receiving() as receiver:
        made = register(desk, receiver.url)
        reader().post("The pier looks good")
        work(app, now)
    for days, left in ((29, 1), (2, 0)):
        now.advance(days=days)
        list(retention.purge(retention.Kept(), now=now()))
        assert len(delivered(service(app, "webhooks:write"), made)) == left


def test_pages_of_webhooks_and_deliveries(app: Flask, desk: Service, now: Clock) -> None:
    made = [register(desk, f"https://93.184.216.34/{number}") for number in range(3)]
    for path, expected in (
        (HOOKS, [each["id"] for each in made]),
        (
            f"{HOOKS}/{made[0]['id']}/deliveries",
            [desk.call("POST", f"{HOOKS}/{made[0]['id']}/test").get_json()["id"] for _ in range(3)][
                ::-1
            ],
        ),
    ):
        seen: list[str] = []
        query: dict[str, Any] = {"limit": 2}
        while True:
            page = desk.call("GET", path, query_string=query).get_json()
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert seen == expected
