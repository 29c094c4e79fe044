"""A thread as a fragment of HTML with JSON-LD, for a newspaper's server to include."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from comments_service.services.sites import SiteView
from tests.payloads import Elements
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.small_app import NEWS

PATH = "/render/comments?site=demo&article=nato"
JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
ARTICLE = {"key": "nato", "url": f"{NEWS}/nato", "title": "나토 정상 회의"}


def linked_data(html: str) -> Any:
    (block,) = JSON_LD.findall(html)
    return json.loads(block)


def test_a_fragment_is_a_list_without_scripts_or_styles(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    root = hana.post("첫 글입니다\n둘째 줄", article="nato").get_json()["id"]
    hana.post("답글입니다", article="nato", parent_id=root)
    html = client.get(f"{PATH}&lang=ko").get_data(as_text=True)
    elements = Elements(html).elements
    assert elements[0][0] == "ol"
    assert [tag for tag, _ in elements if tag in {"style", "link", "html", "body"}] == []
    assert all("style" not in attributes for _, attributes in elements)
    assert "첫 글입니다<br>둘째 줄" in html
    assert "댓글 2개 모두 보기" in html
    assert "Read all 2 comments" in client.get(f"{PATH}&lang=en").get_data(as_text=True)


def test_the_linked_data_is_a_news_article_with_its_comments(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    posted = hana.call(
        "POST", "/api/v1/comments", json={"site": "demo", "article": ARTICLE, "body": "첫 글"}
    ).get_json()
    reply = junho.post("답글", article="nato", parent_id=posted["id"]).get_json()
    junho.call("PUT", f"/api/v1/comments/{posted['id']}/vote", json={"value": 1})
    permalink = f"{NEWS}/nato#comment-{posted['id']}"
    assert linked_data(client.get(PATH).get_data(as_text=True)) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"{NEWS}/nato#article",
        "url": f"{NEWS}/nato",
        "headline": "나토 정상 회의",
        "commentCount": 2,
        "discussionUrl": "https://comments.example/embed/demo?article=nato",
        "comment": [
            {
                "@type": "Comment",
                "@id": permalink,
                "url": permalink,
                "text": "첫 글",
                "datePublished": posted["created_at"],
                "author": {"@type": "Person", "name": "김하나"},
                "upvoteCount": 1,
                "downvoteCount": 0,
                "comment": [
                    {
                        "@type": "Comment",
                        "@id": f"{NEWS}/nato#comment-{reply['id']}",
                        "url": f"{NEWS}/nato#comment-{reply['id']}",
                        "text": "답글",
                        "datePublished": reply["created_at"],
                        "author": {"@type": "Person", "name": "이준호"},
                        "upvoteCount": 0,
                        "downvoteCount": 0,
                        "parentItem": {"@type": "Comment", "@id": permalink},
                    }
                ],
            }
        ],
    }


def test_what_is_gone_is_not_in_the_linked_data(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    root = hana.post("지울 글", article="nato").get_json()["id"]
    junho.post("남는 답글", article="nato", parent_id=root)
    hana.call("DELETE", f"/api/v1/comments/{root}")
    html = client.get(f"{PATH}&lang=ko").get_data(as_text=True)
    assert "작성자가 삭제한 댓글입니다." in html
    assert [item["text"] for item in linked_data(html)["comment"]] == ["남는 답글"]
    assert "지울 글" not in html


def test_a_fragment_is_shared_and_asked_again_as_a_thread_is(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    hana.post("첫 글입니다", article="nato")
    answer = client.get(PATH, headers={"Accept-Language": "ko"})
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "s-maxage=2" in answer.headers["Cache-Control"]
    assert "Accept-Language" in answer.headers["Vary"]
    known = {"If-None-Match": answer.headers["ETag"], "Accept-Language": "ko"}
    assert client.get(PATH, headers=known).status_code == 304
    assert client.get(PATH, headers={**known, "Accept-Language": "en"}).status_code == 200
    hana.post("둘째 글입니다", article="nato")
    assert client.get(PATH, headers=known).status_code == 200


def test_a_fragment_holds_as_many_roots_as_asked(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    for number in range(3):
        hana.post(f"{number}번째 글", article="nato")
    assert len(linked_data(client.get(f"{PATH}&limit=2").get_data(as_text=True))["comment"]) == 2
    assert pointers(client.get(f"{PATH}&limit=101")) == ["/query/limit"]
    assert pointers(client.get(f"{PATH}&lang=fr")) == ["/query/lang"]
    assert slug(client.get("/render/comments?site=none&article=a")) == "unknown-site"


def test_a_thread_without_comments_is_a_fragment(client: FlaskClient, site: SiteView) -> None:
    html = client.get(f"{PATH}&lang=en").get_data(as_text=True)
    assert "No comments yet" in html
    assert linked_data(html)["comment"] == []
