"""Errors are problems that speak the caller's language (API contract, section 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service import errors
from comments_service.services import sites
from comments_service.services.sites import SiteView
from comments_service.web.http.problems import PROBLEMS
from tests.problems import pointers, problem, slug
from tests.readers import Reader
from tests.small_app import NOON, Clock

COMMENTS = "/api/v1/comments"
NEW = {"site": "demo", "article": {"key": "nato-2026-11"}, "body": "댓글입니다"}


def post_raw(who: Reader, data: bytes | str, content_type: str = "application/json") -> Any:
    return who.call("POST", COMMENTS, data=data, content_type=content_type)


def subclasses(error: type[errors.CommentsError]) -> set[type[errors.CommentsError]]:
    return {error}.union(*(subclasses(child) for child in error.__subclasses__()))


def test_every_error_has_its_problem_and_its_place_in_the_tree() -> None:
    tree = subclasses(errors.CommentsError) - {errors.CommentsError}
    for error in tree:
        assert error.code in PROBLEMS, error
        if error.__module__ == errors.__name__:
            assert error.__name__ in (errors.__doc__ or ""), error


def test_every_problem_is_told_in_both_languages() -> None:
    for code, entry in PROBLEMS.items():
        for words in (entry.title, entry.help):
            assert words.ko != words.en, code
            assert any("가" <= char <= "힣" for char in words.ko), code
            assert words.en.isascii(), code


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_problem_has_a_page(client: FlaskClient, code: str) -> None:
    english = client.get(f"/problems/{code}", headers={"Accept-Language": "en"})
    korean = client.get(f"/problems/{code}", headers={"Accept-Language": "ko"})
    assert english.status_code == korean.status_code == 200
    assert english.mimetype == "text/html"
    assert PROBLEMS[code].title.en in english.text.replace("&#39;", "'")
    assert PROBLEMS[code].title.ko in korean.text


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"null", b"7"])
def test_json_that_is_no_object_is_a_wrong_body(reader: Callable[..., Reader], raw: bytes) -> None:
    answer = post_raw(reader(), raw)
    assert answer.status_code == 422
    assert slug(answer) == "invalid-request"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [""]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'body': 1}",
        b'{"body": NaN}',
        b"\xff\xfe",
        b'{"body": "\xed\xa0\x80"}',
        '{"body": "댓글"}'.encode("utf-16"),
        b'{"body": "\\ud800", "n": NaN}',
        b'{"body": "\\ud800"',
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"b": "\\ud800", "a": ' + b"[" * 60_000,
    ],
    ids=lambda raw: repr(raw[:30]),
)
def test_what_is_no_json_is_malformed(reader: Callable[..., Reader], raw: bytes) -> None:
    answer = post_raw(reader(), raw)
    assert answer.status_code == 400
    assert slug(answer) == "malformed-json"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"extra": 1}, ["/extra"]),
        ({"a/b~c": 1}, ["/a~1b~0c"]),
        ({"body": 7}, ["/body"]),
        ({"body": None}, ["/body"]),
        ({"site": 7}, ["/site"]),
        ({"article": "nato"}, ["/article"]),
        ({"article": {}}, ["/article/key"]),
        ({"article": {"key": ""}}, ["/article/key"]),
        ({"article": {"key": "a" * 256}}, ["/article/key"]),
        ({"article": {"key": "a\x00"}}, ["/article/key"]),
        ({"article": {"key": "a\ud800"}}, ["/article/key"]),
        ({"article": {"key": "a", "more": 1}}, ["/article/more"]),
        ({"article": {"key": "a", "title": "a\x00b"}}, ["/article/title"]),
        ({"article": {"key": "a", "title": "a\ud800b"}}, ["/article/title"]),
        ({"article": {"key": "a", "title": "a" * 501}}, ["/article/title"]),
        ({"article": {"key": "a", "url": "https://news.example/\ud800"}}, ["/article/url"]),
        ({"article": {"key": "a", "url": "https://news.example/\x00"}}, ["/article/url"]),
        ({"article": {"key": "a", "url": 1}}, ["/article/url"]),
        ({"parent_id": 12}, ["/parent_id"]),
        ({"lang": "fr"}, ["/lang"]),
    ],
)
def test_a_wrong_field_is_named_by_a_pointer(
    reader: Callable[..., Reader], change: dict[str, Any], expected: list[str]
) -> None:
    assert pointers(reader().call("POST", COMMENTS, json=NEW | change)) == expected


def test_all_wrong_fields_are_named_at_once(reader: Callable[..., Reader]) -> None:
    answer = reader().call("POST", COMMENTS, json={"site": 1, "articles": {}})
    assert set(pointers(answer)) == {"/site", "/article", "/body", "/articles"}


def test_a_field_name_with_half_a_surrogate_pair_is_refused(reader: Callable[..., Reader]) -> None:
    raw = b'{"site": "demo", "article": {"key": "a"}, "body": "b", "\\ud800": 1}'
    assert slug(post_raw(reader(), raw)) in {"invalid-request", "malformed-json"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\ud800", "comment-malformed"),
        ("a\udfffb", "comment-malformed"),
        ("\u200b \u3164", "comment-empty"),
        ("", "comment-empty"),
        ("\x00", "comment-empty"),
        ("가" * 251, "comment-too-long"),
    ],
)
def test_a_body_nobody_could_read_has_a_problem_of_its_own(
    reader: Callable[..., Reader], body: str, expected: str
) -> None:
    assert slug(reader().post(body)) == expected


def test_a_nul_inside_a_comment_is_taken_out(reader: Callable[..., Reader]) -> None:
    answer = reader().post("댓\x00글입니다")
    assert answer.status_code == 201
    assert answer.get_json()["body"] == "댓글입니다"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_media_type_is_refused(reader: Callable[..., Reader], media_type: str) -> None:
    answer = post_raw(reader(), b"{}", media_type)
    assert slug(answer) == "unsupported-media-type"


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/JSON"])
def test_json_may_say_its_charset(reader: Callable[..., Reader], media_type: str) -> None:
    assert slug(post_raw(reader(), b"{}", media_type)) == "invalid-request"


def test_a_body_has_at_most_64_kib(reader: Callable[..., Reader]) -> None:
    hana = reader()
    largest = b'{"body": "' + b"a" * (64 * 1024 - 12) + b'"}'
    assert len(largest) == 64 * 1024
    assert slug(post_raw(hana, largest)) == "invalid-request"
    assert slug(post_raw(hana, largest + b" ")) == "body-too-large"


def test_a_body_that_hides_its_length_has_at_most_64_kib_too(reader: Callable[..., Reader]) -> None:
    from io import BytesIO

    answer = reader().call(
        "POST",
        COMMENTS,
        input_stream=BytesIO(b" " * (64 * 1024 + 1)),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert slug(answer) == "body-too-large"


def test_no_token_a_wrong_one_and_an_old_one_are_401(
    client: FlaskClient, reader: Callable[..., Reader], now: Clock
) -> None:
    hana = reader()
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer cst_a_nonsense"},
        {"Authorization": "Bearer \x00\xff"},
        {"Authorization": f"Basic {hana.access_token}"},
        {"Authorization": f"Bearer {hana.refresh_token}"},
    ):
        answer = client.post(COMMENTS, json=NEW, headers=headers)
        assert slug(answer) == "unauthenticated"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    now.advance(minutes=10)
    late = hana.post("댓글입니다")
    assert slug(late) == "token-expired"
    assert late.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_asked_for_before_the_body_is_read(client: FlaskClient, site: SiteView) -> None:
    answer = client.post(COMMENTS, data=b"{", content_type="text/plain")
    assert slug(answer) == "unauthenticated"


def test_another_pages_origin_is_refused(reader: Callable[..., Reader]) -> None:
    hana = reader()
    for origin in ("https://evil.example", "null", "https://news.example.evil.example"):
        assert slug(hana.post("댓글입니다", headers={"Origin": origin})) == "origin-not-allowed"


def test_a_server_sends_no_origin(client: FlaskClient, reader: Callable[..., Reader]) -> None:
    token = {"Authorization": f"Bearer {reader().access_token}"}
    assert client.post(COMMENTS, json=NEW, headers=token).status_code == 201


def test_a_token_of_one_site_does_not_write_on_another(
    app: Flask, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    assert slug(hana.call("POST", COMMENTS, json=NEW | {"site": "other"})) == "wrong-site"
    assert slug(hana.call("POST", COMMENTS, json=NEW | {"site": "nowhere"})) == "unknown-site"


@pytest.mark.parametrize(
    "key", ["nowhere", "DEMO", "de\x00mo", "데모", "de mo", "a" * 64, "demo\n"]
)
def test_an_unknown_site_is_404_whatever_its_key(
    client: FlaskClient, site: SiteView, key: str
) -> None:
    for path in (COMMENTS, "/api/v1/articles"):
        answer = client.get(path, query_string={"site": key, "article": "a"})
        assert slug(answer) == "unknown-site"
    from urllib.parse import quote

    for path in (f"/api/v1/sites/{quote(key)}", f"/api/v1/sites/{quote(key)}/policy"):
        assert slug(client.get(path)) == "unknown-site"
    assert client.get(f"/policy/{quote(key)}").status_code == 404


@pytest.mark.parametrize("key", ["\ud800", "demo\udfff"])
def test_a_site_key_with_half_a_surrogate_pair_is_refused(
    reader: Callable[..., Reader], key: str
) -> None:
    answer = reader().call("POST", COMMENTS, json=NEW | {"site": key})
    assert slug(answer) in {"unknown-site", "invalid-request"}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nowhere",
        "/api/v2/comments",
        "/api/v1/comments/",
        "/api/v1/comments/abc",
        "/api/v1/comments/0",
        "/api/v1/comments/99999999999999999999",
        "/api/v1/comments/%00",
        "/api/v1/comments/%ff",
        "/api/v1/comments/-1",
        "/api/v1/comments/1/replies",
        "/api//v1/comments",
        "/%00",
        "/problems/nowhere",
        "/problems/%00",
    ],
)
def test_what_is_not_there_is_404_as_a_problem(
    client: FlaskClient, site: SiteView, path: str
) -> None:
    answer = client.get(path)
    assert slug(answer) == "not-found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", COMMENTS, {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", f"{COMMENTS}/1", {"GET", "HEAD", "OPTIONS", "PATCH", "DELETE"}),
        ("GET", f"{COMMENTS}/1/vote", {"OPTIONS", "PUT", "DELETE"}),
        ("DELETE", "/api/v1/articles", {"GET", "HEAD", "OPTIONS"}),
        ("BREW", "/api/v1/sites/demo", {"GET", "HEAD", "OPTIONS", "PATCH"}),
    ],
)
def test_another_method_is_405_and_told_which_are_allowed(
    client: FlaskClient, site: SiteView, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.open(path, method=method)
    assert slug(answer) == "method-not-allowed"
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (None, "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("fr, ko;q=0.1", "ko"),
        ("fr", "en"),
        ("*", "en"),
        ("ko;q=0, *", "en"),
        (";;;q=x", "en"),
    ],
)
def test_title_detail_and_fields_speak_the_callers_language(
    reader: Callable[..., Reader], asked: str | None, language: str
) -> None:
    headers = {} if asked is None else {"Accept-Language": asked}
    content = {"site": "demo", "article": {"key": "a"}, "body": 1, "extra": 1, "lang": "fr"}
    body = problem(reader().call("POST", COMMENTS, json=content, headers=headers))
    assert len(body["errors"]) == 3
    told = [body["title"], body["detail"], *(error["detail"] for error in body["errors"])]
    for text in told:
        assert any("가" <= char <= "힣" for char in text) is (language == "ko"), text


@pytest.mark.parametrize(
    "change",
    [
        {"body": 7},
        {"site": ""},
        {"site": "a" * 65},
        {"site": "\ud800"},
        {"article": 7},
        {"article": {"key": "\x00"}},
        {"article": {"key": "a" * 256}},
        {"article": {"key": "a", "title": "\x00"}},
        {"article": {"key": "a", "url": ""}},
        {"parent_id": 1},
        {"lang": 7},
        {"lang": "fr"},
        {"nothing": 7},
    ],
)
def test_korean_readers_are_told_of_wrong_fields_in_korean(
    reader: Callable[..., Reader], change: dict[str, Any]
) -> None:
    answer = reader().call("POST", COMMENTS, json=NEW | change, headers={"Accept-Language": "ko"})
    for error in problem(answer).get("errors", [{"detail": "가"}]):
        assert any("가" <= char <= "힣" for char in error["detail"]), error


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("article=a", "/query/site"),
        ("site=demo", "/query/article"),
        ("site=demo&article=", "/query/article"),
        ("site=demo&article=%00", "/query/article"),
        ("site=demo&article=a&limit=0", "/query/limit"),
        ("site=demo&article=a&limit=101", "/query/limit"),
        ("site=demo&article=a&limit=ten", "/query/limit"),
        ("site=demo&article=a&limit=", "/query/limit"),
        ("site=demo&article=a&limit=" + "9" * 5000, "/query/limit"),
        ("site=demo&article=a&sort=best", "/query/sort"),
    ],
)
def test_a_bad_query_value_is_named_by_a_pointer(
    client: FlaskClient, site: SiteView, query: str, pointer: str
) -> None:
    answer = client.get(f"{COMMENTS}?{query}", headers={"Accept-Language": "ko"})
    assert pointers(answer) == [pointer]
    for error in answer.get_json()["errors"]:
        assert any("가" <= char <= "힣" for char in error["detail"]), error


def test_an_unknown_query_name_is_ignored(client: FlaskClient, site: SiteView) -> None:
    assert client.get(f"{COMMENTS}?site=demo&article=a&utm_source=x&x%00=%ff").status_code == 200


def test_nothing_internal_is_in_a_fault(
    app: Flask, client: FlaskClient, site: SiteView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(sites, "with_policy", broken)
    answer = client.get(f"{COMMENTS}?site=demo&article=a")
    assert answer.status_code == 500
    assert slug(answer) == "internal"
    assert "swordfish" not in answer.text
    assert "Runtime" not in answer.text
