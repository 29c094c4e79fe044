"""Writing, publishing and trying policies over the API (API contract, section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.services import jobs, sites
from comments_service.services.job_runners import RUNNERS
from comments_service.services.sites import SiteView
from tests.api.services import Service, service
from tests.problems import pointers, problem, slug
from tests.readers import Reader
from tests.small_app import NOON, Clock

POLICIES = "/api/v1/moderation/policies"
DRY_RUN = f"{POLICIES}/dry-run"

TITLES = {"title": {"ko": "꽃", "en": "Flowers"}, "text": {"ko": "꽃 금지", "en": "No flowers"}}


def policy(*words: str, action: str = "reject") -> dict[str, Any]:
    """A policy that knows nothing but these words."""
    use = {"filter": "words", "action": action, "words": list(words)}
    return {"format": 1, "clauses": [{"id": "9.1", **TITLES, "filters": [use]}]}


YAML = """\
format: 1
clauses:
  - id: "9.1"
    title: {ko: "꽃", en: "Flowers"}
    text: {ko: "꽃 금지", en: "No flowers"}
    filters:
      - filter: words
        action: forbid
        words: ["tulip"]
"""


@pytest.fixture
def desk(app: Flask, site: SiteView) -> Service:
    return service(app, "moderation:read", "moderation:write", site="demo")


def draft(desk: Service, document: object) -> int:
    answer = desk.call("POST", POLICIES, json={"site": "demo", "policy": document})
    assert answer.status_code == 201, answer.text
    return int(answer.get_json()["version"])


def publish(desk: Service, version: int) -> dict[str, Any]:
    answer = desk.call("POST", f"{POLICIES}/{version}/publish", json={"site": "demo"})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def try_out(desk: Service, *bodies: str, **more: object) -> list[dict[str, Any]]:
    items = [{"id": f"t{at}", "body": body} for at, body in enumerate(bodies)]
    answer = desk.call("POST", DRY_RUN, json={"site": "demo", "items": items, **more})
    assert answer.status_code == 200, answer.text
    tried: list[dict[str, Any]] = answer.get_json()["items"]
    return tried


def test_a_draft_gets_the_next_number_and_is_read_back_as_it_was_written(desk: Service) -> None:
    answer = desk.call(
        "POST", POLICIES, json={"site": "demo", "policy": policy("tulip"), "note": "Spring"}
    )
    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["version"], made["status"], made["note"]) == (2, "draft", "Spring")
    path = answer.headers["Location"].removeprefix("https://comments.example")
    read = desk.call("GET", path)
    assert read.status_code == 200
    assert read.get_json()["policy"] == policy("tulip")
    assert read.get_json()["status"] == "draft"


def test_a_draft_may_be_yaml_and_keeps_its_comments(desk: Service) -> None:
    source = "# of the board\n" + YAML.replace("forbid", "reject")
    read = desk.call("GET", f"{POLICIES}/{draft(desk, source)}?site=demo").get_json()
    assert read["source"] == source
    assert read["policy"] == policy("tulip")


def test_an_invalid_document_is_refused_with_the_place_of_each_mistake(desk: Service) -> None:
    document = policy("tulip")
    document["clauses"][0]["filters"][0]["action"] = "forbid"
    document["extends"] = "nothing"
    answer = desk.call("POST", POLICIES, json={"site": "demo", "policy": document})
    assert answer.status_code == 422
    assert slug(answer) == "invalid-policy"
    places = {error["pointer"] for error in answer.get_json()["errors"]}
    assert places == {"/policy/extends", "/policy/clauses/0/filters/0/action"}


def test_a_mistake_in_yaml_is_told_with_its_line(desk: Service) -> None:
    answer = desk.call("POST", POLICIES, json={"site": "demo", "policy": YAML})
    assert slug(answer) == "invalid-policy"
    [error] = answer.get_json()["errors"]
    assert error["line"] == 8
    assert error["pointer"] == "/policy/clauses/0/filters/0/action"
    broken = desk.call("POST", POLICIES, json={"site": "demo", "policy": "format: [1\n"})
    assert slug(broken) == "invalid-policy"


def test_a_published_policy_judges_and_readers_see_its_number(
    client: FlaskClient, desk: Service, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    thread = "/api/v1/comments?site=demo&article=nato-2026-11"
    before = client.get(thread)
    version = draft(desk, policy("튤립"))
    assert hana.post("튤립이 피었습니다").status_code == 201
    published = publish(desk, version)
    assert (published["version"], published["status"]) == (version, "published")
    assert published["published_at"] == "2026-11-24T12:00:00.000Z"
    assert hana.post("튤립이 졌습니다").status_code == 422
    site = client.get("/api/v1/sites/demo").get_json()
    assert site["policy_version"] == version
    after = client.get(thread, headers={"If-None-Match": before.headers["ETag"]})
    assert after.get_json()["site"]["policy_version"] == version
    clauses = client.get("/api/v1/sites/demo/policy").get_json()["clauses"]
    assert clauses[0]["title"] == TITLES["title"]


def test_going_back_to_an_old_version_gives_it_a_new_number(
    client: FlaskClient, desk: Service
) -> None:
    publish(desk, draft(desk, policy("tulip")))
    publish(desk, draft(desk, policy("rose")))
    back = publish(desk, 2)
    assert back["version"] == 4
    assert client.get("/api/v1/sites/demo").get_json()["policy_version"] == 4
    [tulip, rose] = try_out(desk, "a tulip", "a rose")
    assert (tulip["outcome"], rose["outcome"]) == ("reject", "allow")
    old = desk.call("GET", f"{POLICIES}/2?site=demo").get_json()
    assert (old["status"], old["in_force"]) == ("published", False)


def test_publishing_what_is_in_force_changes_nothing(desk: Service) -> None:
    version = draft(desk, policy("tulip"))
    assert publish(desk, version) == publish(desk, version)
    assert len(desk.call("GET", f"{POLICIES}?site=demo").get_json()["items"]) == 2


def test_versions_are_listed_newest_first_a_page_at_a_time(desk: Service) -> None:
    for word in ("tulip", "rose"):
        draft(desk, policy(word))
    first = desk.call("GET", f"{POLICIES}?site=demo&limit=2")
    assert [item["version"] for item in first.get_json()["items"]] == [3, 2]
    link = first.headers["Link"].partition(">")[0].removeprefix("<https://comments.example")
    last = desk.call("GET", link).get_json()
    assert [(item["version"], item["in_force"]) for item in last["items"]] == [(1, True)]
    assert last["next_cursor"] is None
    assert slug(desk.call("GET", f"{POLICIES}?site=demo&cursor=x")) == "invalid-cursor"


def test_a_dry_run_tries_a_document_a_version_or_what_is_in_force(desk: Service) -> None:
    version = draft(desk, policy("tulip", action="hold"))
    text = "  a tulip\r\n"
    assert [t["outcome"] for t in try_out(desk, text)] == ["allow"]
    assert [t["outcome"] for t in try_out(desk, text, version=version)] == ["hold"]
    [tried] = try_out(desk, text, policy=policy("tulip"))
    assert (tried["id"], tried["body"], tried["outcome"]) == ("t0", "a tulip", "reject")
    [finding] = tried["findings"]
    assert finding.keys() == {"filter", "rule", "clause", "message", "start", "end"}
    assert tried["body"][finding["start"] : finding["end"]] == "tulip"
    assert try_out(desk, text, policy=YAML.replace("forbid", "hold"))[0]["outcome"] == "hold"


def test_a_dry_run_speaks_the_callers_language(desk: Service) -> None:
    request = {"site": "demo", "items": [{"id": "1", "body": "전화는 010-1234-5678"}]}
    korean = desk.call("POST", DRY_RUN, json=request, headers={"Accept-Language": "ko"})
    english = desk.call("POST", DRY_RUN, json=request, headers={"Accept-Language": "en"})
    assert "전화번호" in korean.get_json()["items"][0]["findings"][0]["message"]
    assert english.get_json()["items"][0]["findings"][0]["message"].isascii()


def test_a_dry_run_changes_nothing(client: FlaskClient, desk: Service) -> None:
    before = client.get("/api/v1/comments?site=demo&article=a").headers["ETag"]
    try_out(desk, "댓글입니다", policy=policy("tulip"))
    after = client.get("/api/v1/comments?site=demo&article=a").headers["ETag"]
    assert before == after
    assert len(desk.call("GET", f"{POLICIES}?site=demo").get_json()["items"]) == 1


def test_a_dry_run_takes_a_thousand_texts_and_no_more(desk: Service) -> None:
    assert len(try_out(desk, *["댓글입니다"] * 1000, policy=policy("tulip"))) == 1000
    items = [{"id": 1, "body": "a"}] * 1001
    answer = desk.call("POST", DRY_RUN, json={"site": "demo", "items": items})
    assert pointers(answer) == ["/items"]


def test_a_dry_run_judges_texts_too_long_to_post_and_refuses_what_no_text_is(
    desk: Service,
) -> None:
    assert try_out(desk, "튤립 " * 200, policy=policy("튤립"))[0]["outcome"] == "reject"
    items = [{"id": "a", "body": "ok"}, {"id": "b", "body": "a\ud800"}, {"id": "c", "body": ""}]
    answer = desk.call("POST", DRY_RUN, json={"site": "demo", "items": items})
    assert pointers(answer) == ["/items/1/body"]


def test_a_dry_run_says_which_policy_it_means_once(desk: Service) -> None:
    request = {"site": "demo", "version": 1, "policy": policy("tulip"), "items": []}
    assert pointers(desk.call("POST", DRY_RUN, json=request)) == ["/policy"]


def test_a_dry_run_has_at_most_12_mib_and_a_policy_2(desk: Service) -> None:
    def send(path: str, size: int) -> str:
        return slug(desk.call("POST", path, data=b" " * size, content_type="application/json"))

    mib = 1024 * 1024
    assert send(DRY_RUN, 12 * mib) == "malformed-json"
    assert send(DRY_RUN, 12 * mib + 1) == "body-too-large"
    assert send(POLICIES, 2 * mib) == "malformed-json"
    assert send(POLICIES, 2 * mib + 1) == "body-too-large"
    assert send(f"{POLICIES}/1/publish", 64 * 1024 + 1) == "body-too-large"


def test_a_backtest_is_a_job_that_says_what_a_draft_would_have_changed(
    desk: Service, reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    kept = hana.post("튤립이 피었습니다").get_json()["id"]
    hana.post("장미가 피었습니다")
    version = draft(desk, policy("튤립"))
    answer = desk.call(
        "POST",
        f"{POLICIES}/{version}/backtest",
        json={"site": "demo", "since": "2026-11-01T09:00:00+09:00"},
    )
    assert answer.status_code == 202
    job = answer.get_json()
    assert (job["kind"], job["status"], job["report"]) == ("backtest", "queued", None)
    assert answer.headers["Location"].endswith(f"/api/v1/jobs/{job['id']}")
    assert jobs.run_next(RUNNERS, clock=now)
    done = desk.call("GET", f"/api/v1/jobs/{job['id']}").get_json()
    assert (done["status"], done["progress"]) == ("done", {"done": 2, "total": 2})
    assert done["report"] == {
        "version": version,
        "since": "2026-11-01T00:00:00+00:00",
        "judged": 2,
        "masked": 0,
        "counts": {"published": {"allow": 1, "reject": 1}},
        "flips": 1,
        "agreement": 0.5,
        "decided": 0,
        "upheld": 0,
        "clauses": {"9.1": 1},
        "examples": [
            {"comment_id": kept, "status": "published", "outcome": "reject", "clauses": ["9.1"]}
        ],
    }


@pytest.mark.parametrize("since", ["2026-11-01", "2026-11-01T00:00:00", "yesterday", 1, None])
def test_a_backtest_begins_at_a_time_with_an_offset(desk: Service, since: object) -> None:
    body = {"site": "demo", "since": since}
    assert pointers(desk.call("POST", f"{POLICIES}/1/backtest", json=body)) == ["/since"]
    assert pointers(desk.call("POST", f"{POLICIES}/1/backtest", json={"site": "demo"})) == [
        "/since"
    ]


@pytest.mark.parametrize("since", ["0002-01-01T00:00:00Z", "9998-12-31T23:59:59Z"])
def test_a_backtest_may_begin_at_any_time(desk: Service, now: Clock, since: str) -> None:
    body = {"site": "demo", "since": since}
    answer = desk.call("POST", f"{POLICIES}/1/backtest", json=body)
    assert answer.status_code == 202
    assert jobs.run_next(RUNNERS, clock=now)
    report = desk.call("GET", f"/api/v1/jobs/{answer.get_json()['id']}").get_json()["report"]
    assert (report["judged"], report["agreement"]) == (0, None)


def test_each_route_wants_its_scope(
    app: Flask, client: FlaskClient, desk: Service, reader: Callable[..., Reader]
) -> None:
    reading = service(app, "moderation:read", site="demo")
    writing = service(app, "moderation:write", site="demo")
    drafting = {"site": "demo", "policy": policy("tulip")}
    trying = {"site": "demo", "items": []}
    testing = {"site": "demo", "since": "2026-11-01T00:00:00Z"}
    requests: list[tuple[str, str, dict[str, Any], Service, Service]] = [
        ("GET", f"{POLICIES}?site=demo", {}, reading, writing),
        ("GET", f"{POLICIES}/1?site=demo", {}, reading, writing),
        ("POST", DRY_RUN, {"json": trying}, reading, writing),
        ("POST", f"{POLICIES}/1/backtest", {"json": testing}, reading, writing),
        ("POST", POLICIES, {"json": drafting}, writing, reading),
        ("POST", f"{POLICIES}/1/publish", {"json": {"site": "demo"}}, writing, reading),
    ]
    hana = reader()
    for method, path, body, allowed, refused in requests:
        assert allowed.call(method, path, **body).status_code in {200, 201, 202}
        assert slug(refused.call(method, path, **body)) == "insufficient-scope"
        assert slug(hana.call(method, path, **body)) == "insufficient-scope"
        assert slug(client.open(path, method=method, **body)) == "unauthenticated"


def test_another_sites_policies_are_not_found(app: Flask, desk: Service) -> None:
    """64."""
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    everywhere = service(app, "moderation:read", "moderation:write")
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"{POLICIES}?site=other", {}),
        ("GET", f"{POLICIES}/1?site=other", {}),
        ("POST", DRY_RUN, {"json": {"site": "other", "items": []}}),
        ("POST", POLICIES, {"json": {"site": "other", "policy": policy("tulip")}}),
        ("POST", f"{POLICIES}/1/publish", {"json": {"site": "other"}}),
        (
            "POST",
            f"{POLICIES}/1/backtest",
            {"json": {"site": "other", "since": "2026-11-01T00:00:00Z"}},
        ),
    ]
    for method, path, body in requests:
        assert slug(desk.call(method, path, **body)) == "not-found"
        assert everywhere.call(method, path, **body).status_code in {200, 201, 202}


@pytest.mark.parametrize("version", ["0", "99", "-1", "x", "99999999999", "1.0"])
def test_a_version_that_is_not_there_is_not_found(desk: Service, version: str) -> None:
    assert slug(desk.call("GET", f"{POLICIES}/{version}?site=demo")) == "not-found"
    answer = desk.call("POST", f"{POLICIES}/{version}/publish", json={"site": "demo"})
    assert slug(answer) == "not-found"
    body = {"site": "demo", "since": "2026-11-01T00:00:00Z"}
    assert slug(desk.call("POST", f"{POLICIES}/{version}/backtest", json=body)) == "not-found"


def test_a_retried_draft_is_one_draft(desk: Service) -> None:
    request = {"site": "demo", "policy": policy("tulip")}
    key = {"Idempotency-Key": "once"}
    first, again = (desk.call("POST", POLICIES, json=request, headers=key) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_wrong_fields_of_a_draft_are_named(desk: Service) -> None:
    answer = desk.call("POST", POLICIES, json={"site": "demo", "policy": 1, "draft": True})
    assert {p.split("/")[1] for p in pointers(answer)} == {"policy", "draft"}
    assert problem(answer)["status"] == 422
