"""Whatever is sent, the service answers: no input is a fault of ours, on either database."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comments_service.services.sites import SiteView
from tests.readers import Reader

COMMENTS = "/api/v1/comments"
AWKWARD = st.sampled_from(
    ["\x00", "\ud800", "\udfff", "a\x00b", "\u202e", "\ufffe", "ﷺ" * 300, "é" * 999, "0" * 5000]
)
TEXT = AWKWARD | st.text(max_size=40) | st.text(st.characters(), max_size=20)
NUMBERS = st.integers() | st.sampled_from([2**63, -(2**63) - 1, 10**400]) | st.floats()
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
ARTICLE = st.fixed_dictionaries({"key": TEXT}, optional={"url": TEXT, "title": TEXT})
NEW_COMMENT = st.fixed_dictionaries(
    {"site": st.just("demo") | TEXT, "article": ARTICLE | VALUES, "body": TEXT | VALUES},
    optional={"parent_id": TEXT | VALUES, "lang": VALUES, "more": VALUES},
)
MANY = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SOME = settings(MANY, max_examples=60)


def send(who: Reader, method: str, path: str, content: Any) -> int:
    raw = json.dumps(content).encode()
    return who.call(method, path, data=raw, content_type="application/json").status_code


def test_no_new_comment_is_a_fault(reader: Callable[..., Reader]) -> None:
    hana = reader()

    @MANY
    @given(NEW_COMMENT | VALUES)
    def post(content: Any) -> None:
        assert send(hana, "POST", COMMENTS, content) < 500

    post()


def test_no_bytes_are_a_fault(reader: Callable[..., Reader]) -> None:
    hana = reader()

    @MANY
    @given(st.binary(max_size=200) | st.text('{}[]",:\\ud80"0e-+.', max_size=60).map(str.encode))
    def post(raw: bytes) -> None:
        answer = hana.call("POST", COMMENTS, data=raw, content_type="application/json")
        assert answer.status_code in {400, 422}

    post()


def test_no_edit_vote_or_report_is_a_fault(reader: Callable[..., Reader]) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    path = f"{COMMENTS}/{hana.post('댓글입니다').get_json()['id']}"
    one_field = st.dictionaries(st.sampled_from(["body", "value", "reason", "note"]), VALUES)

    @SOME
    @given(one_field | VALUES)
    def change(content: Any) -> None:
        assert send(hana, "PATCH", path, content) < 500
        assert send(junho, "PUT", f"{path}/vote", content) < 500
        assert send(junho, "POST", f"{path}/reports", content) < 500

    change()


@pytest.mark.parametrize(
    "path",
    [
        COMMENTS,
        "/api/v1/articles",
        "/api/v1/articles/top",
        "/api/v1/me/overlay",
        "/api/v1/me/comments",
    ],
)
def test_no_query_is_a_fault(reader: Callable[..., Reader], path: str) -> None:
    hana = reader()
    sendable = TEXT.map(lambda text: text.encode("utf-8", "replace").decode())
    names = ["site", "article", "sort", "limit", "cursor", "around", "window"]
    queries = st.dictionaries(st.sampled_from(names), sendable | st.just("demo"))

    @SOME
    @given(queries)
    def read(query: dict[str, str]) -> None:
        assert hana.call("GET", path, query_string=query).status_code < 500

    read()


def test_no_path_is_a_fault(client: FlaskClient, site: SiteView) -> None:
    from urllib.parse import quote_from_bytes

    @MANY
    @given(
        st.sampled_from(
            [
                "/api/v1/comments/{}",
                "/api/v1/comments/{}/replies",
                "/api/v1/sites/{}",
                "/api/v1/sites/{}/policy",
                "/policy/{}",
                "/problems/{}",
                "/api/v1/{}",
                "/{}",
            ]
        ),
        st.binary(min_size=1, max_size=20) | AWKWARD.map(lambda s: s.encode("utf-8", "replace")),
    )
    def read(template: str, part: bytes) -> None:
        path = template.format(quote_from_bytes(part, safe=""))
        assert client.get(path).status_code < 500

    read()


@pytest.mark.parametrize("name", ["Authorization", "Origin", "Idempotency-Key", "If-None-Match"])
def test_no_header_is_a_fault(reader: Callable[..., Reader], name: str) -> None:
    hana = reader()
    latin = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=300)

    @SOME
    @given(latin)
    def call(value: str) -> None:
        for method in ("GET", "POST", "OPTIONS"):
            answer = hana.call(method, f"{COMMENTS}?site=demo&article=a", headers={name: value})
            assert answer.status_code < 500

    call()


@pytest.mark.parametrize(
    "raw",
    [
        b'{"site":"demo","site":"demo","article":{"key":"a"},"body":"one","body":"two"}',
        b'{"site":"demo","article":{"key":"a"},"body":"b","n":' + b"9" * 5000 + b"}",
        b'{"site":"demo","article":{"key":"a"},"body":"b","n":1e999}',
        b'{"site":"demo","article":{"key":"a"},"body":"\\ud83d\\ude00"}',
    ],
)
def test_odd_json_has_an_answer(reader: Callable[..., Reader], raw: bytes) -> None:
    answer = reader().call("POST", COMMENTS, data=raw, content_type="application/json")
    assert answer.status_code in {201, 400, 422}


@pytest.mark.parametrize("value", [True, 1.0, "1", 0, 2, None, [], {}, 2**64])
def test_a_vote_is_exactly_one_or_minus_one(reader: Callable[..., Reader], value: Any) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    path = f"{COMMENTS}/{hana.post('댓글입니다').get_json()['id']}/vote"
    assert junho.call("PUT", path, json={"value": value}).status_code == 422
