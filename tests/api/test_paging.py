"""Pages by keyset: none repeats or skips a comment, and no cursor fits another list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from comments_service.models import Article, Comment, User
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.problems import slug
from tests.readers import Reader
from tests.small_app import NOON

COMMENTS = "/api/v1/comments"
ROOTS = 23


@pytest.fixture
def thread(app: Flask, site: SiteView) -> list[str]:
    """An article with 23 roots, the fifth of which has nine replies; the ids of the roots."""
    with transaction() as session:
        session.add(User(id=1, display_name="김하나", created_at=NOON))
        session.flush()
        session.add(
            Article(
                id=1,
                site_id=site.id,
                key="long",
                comment_count=ROOTS + 9,
                version=ROOTS + 9,
                last_seq=200,
                created_at=NOON,
            )
        )
        session.flush()
        common = {
            "article_id": 1,
            "author_id": 1,
            "status": "published",
            "visible": 1,
            "created_at": NOON,
        }
        session.execute(
            insert(Comment),
            [
                {
                    **common,
                    "id": 1000 + n,
                    "seq": n,
                    "body": f"root {n}",
                    "score": n % 3,
                    "reply_count": 9 if n == 5 else 0,
                }
                for n in range(1, ROOTS + 1)
            ],
        )
        session.execute(
            insert(Comment),
            [
                {
                    **common,
                    "id": 2000 + n,
                    "seq": 100 + n,
                    "body": f"reply {n}",
                    "root_id": 1005,
                    "parent_id": 1005,
                    "score": 0,
                    "reply_count": 0,
                }
                for n in range(9)
            ],
        )
    return [str(1000 + n) for n in range(1, ROOTS + 1)]


def expected(roots: list[str], sort: str) -> list[str]:
    if sort == "popular":
        return sorted(roots, key=lambda identity: (int(identity[1:]) % 3, int(identity)))[::-1]
    return roots if sort == "oldest" else roots[::-1]


def read(client: FlaskClient, **query: object) -> Any:
    answer = client.get(COMMENTS, query_string={"site": "demo", "article": "long", **query})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def pages(client: FlaskClient, **query: object) -> Iterator[Any]:
    page = read(client, **query)
    yield page
    while page["next_cursor"] is not None:
        page = read(client, **query, cursor=page["next_cursor"])
        yield page


def ids(page: Any) -> list[str]:
    return [comment["id"] for comment in page["comments"]]


@pytest.mark.parametrize("sort", ["newest", "oldest", "popular"])
@pytest.mark.parametrize("limit", [1, 7, 23, 100])
def test_pages_together_are_the_thread(
    client: FlaskClient, thread: list[str], sort: str, limit: int
) -> None:
    read_ids = [ids(page) for page in pages(client, sort=sort, limit=limit)]
    assert list(chain.from_iterable(read_ids)) == expected(thread, sort)
    assert all(len(page) == limit for page in read_ids[:-1])


def test_a_page_has_twenty_comments_unless_it_is_asked_for_more(
    client: FlaskClient, thread: list[str]
) -> None:
    assert len(ids(read(client))) == 20


def test_the_link_leads_to_the_next_page(client: FlaskClient, thread: list[str]) -> None:
    first = client.get(f"{COMMENTS}?site=demo&article=long&sort=oldest&limit=9")
    address, relation = first.headers["Link"].split("; ")
    assert relation == 'rel="next"'
    split = urlsplit(address.strip("<>"))
    assert (split.scheme, split.netloc, split.path) == ("https", "comments.example", COMMENTS)
    following = client.get(COMMENTS, query_string=dict(parse_qsl(split.query)))
    assert ids(following.get_json()) == thread[9:18]
    last = client.get(f"{COMMENTS}?site=demo&article=long&limit=100")
    assert "Link" not in last.headers


def test_new_comments_make_no_page_repeat_or_skip_one(
    client: FlaskClient, thread: list[str], reader: Callable[..., Reader]
) -> None:
    hana = reader()
    seen: list[str] = []
    for page in pages(client, limit=5):
        seen += ids(page)
        assert hana.post(f"새 댓글 {len(seen)}번", article="long").status_code < 500
    assert seen == thread[::-1]


@pytest.mark.parametrize("sort", ["newest", "oldest", "popular"])
@pytest.mark.parametrize("limit", [1, 4, 20, 100])
@pytest.mark.parametrize("target", ["1001", "1005", "1012", "1023", "2007"])
def test_the_page_around_a_comment_holds_it_and_goes_on_both_ways(
    client: FlaskClient, thread: list[str], sort: str, limit: int, target: str
) -> None:
    page = read(client, sort=sort, limit=limit, around=target)
    middle = ids(page)
    assert len(middle) <= limit
    if target.startswith("2"):
        (root,) = [c for c in page["comments"] if c["id"] == "1005"]
        assert target in [reply["id"] for reply in root["replies"]]
    else:
        assert target in middle
    before: list[str] = []
    cursor = page["previous_cursor"]
    while cursor is not None:
        earlier = read(client, sort=sort, limit=limit, cursor=cursor)
        before = ids(earlier) + before
        cursor = earlier["previous_cursor"]
    after: list[str] = []
    cursor = page["next_cursor"]
    while cursor is not None:
        later = read(client, sort=sort, limit=limit, cursor=cursor)
        after += ids(later)
        cursor = later["next_cursor"]
    assert before + middle + after == expected(thread, sort)


def test_a_page_before_goes_on_to_the_page_it_was_asked_from(
    client: FlaskClient, thread: list[str]
) -> None:
    around = read(client, sort="oldest", limit=5, around="1012")
    earlier = read(client, sort="oldest", limit=5, cursor=around["previous_cursor"])
    again = read(client, sort="oldest", limit=5, cursor=earlier["next_cursor"])
    assert ids(again) == ids(around)


def test_a_comment_of_another_article_has_no_page_here(
    client: FlaskClient, thread: list[str], reader: Callable[..., Reader]
) -> None:
    other = reader().post("다른 기사의 댓글입니다", article="other").get_json()["id"]
    for target in (other, "12345", "abc", "\x00"):
        answer = client.get(
            COMMENTS, query_string={"site": "demo", "article": "long", "around": target}
        )
        assert slug(answer) == "not-found"


def test_replies_come_from_the_first_oldest_first(client: FlaskClient, thread: list[str]) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        answer = client.get(f"{COMMENTS}/1005/replies?limit=4{cursor}")
        body = answer.get_json()
        assert body.keys() == {"items", "next_cursor"}
        seen += [reply["id"] for reply in body["items"]]
        if body["next_cursor"] is None:
            assert "Link" not in answer.headers
            break
        assert 'rel="next"' in answer.headers["Link"]
        cursor = f"&cursor={body['next_cursor']}"
    assert seen == [str(2000 + n) for n in range(9)]


def test_a_cursor_fits_only_the_list_it_was_given_out_for(
    client: FlaskClient, thread: list[str], reader: Callable[..., Reader]
) -> None:
    good = read(client, limit=5)["next_cursor"]
    replies = client.get(f"{COMMENTS}/1005/replies?limit=2").get_json()["next_cursor"]
    for query in (
        {"cursor": good, "sort": "oldest"},
        {"cursor": good, "sort": "popular"},
        {"cursor": good, "article": "other"},
        {"cursor": replies},
        {"cursor": good[:-1]},
        {"cursor": good[:-1] + ("A" if good[-1] != "A" else "B")},
        {"cursor": good.swapcase()},
        {"cursor": "x" + good},
        {"cursor": "\x00"},
        {"cursor": "커서"},
        {"cursor": ".".join("abc")},
        {"cursor": "9" * 5000},
    ):
        answer = client.get(COMMENTS, query_string={"site": "demo", "article": "long"} | query)
        assert slug(answer) == "invalid-cursor", query
    assert slug(client.get(f"{COMMENTS}/1005/replies?cursor={good}")) == "invalid-cursor"
    assert slug(client.get(f"{COMMENTS}/1004/replies?cursor={replies}")) == "invalid-cursor"


def test_a_cursor_serves_a_page_of_another_size(client: FlaskClient, thread: list[str]) -> None:
    cursor = read(client, limit=5)["next_cursor"]
    assert ids(read(client, limit=9, cursor=cursor)) == thread[::-1][5:14]


@pytest.mark.parametrize(
    "limit", ["0", "101", "-1", "", "x", "%205", "5.0", "1_0", "%2B5", "%D9%A3"]
)
def test_a_limit_is_a_whole_number_of_digits(
    client: FlaskClient, thread: list[str], limit: str
) -> None:
    answer = client.get(f"{COMMENTS}?site=demo&article=long&limit={limit}")
    assert (answer.status_code, slug(answer)) == (422, "invalid-request")
    assert [each["pointer"] for each in answer.get_json()["errors"]] == ["/query/limit"]
