"""oEmbed of one comment by its permalink."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from comments_service.services.sites import SiteView
from tests.problems import pointers, slug
from tests.readers import Reader
from tests.small_app import NEWS

OEMBED = "/api/v1/oembed"


def test_a_permalink_shows_its_comment(client: FlaskClient, reader: Callable[..., Reader]) -> None:
    article = {"key": "nato", "url": f"{NEWS}/nato", "title": "나토 정상 회의"}
    posted = (
        reader("김하나")
        .call("POST", "/api/v1/comments", json={"site": "demo", "article": article, "body": "글"})
        .get_json()
    )
    answer = client.get(OEMBED, query_string={"url": posted["permalink"], "maxwidth": "300"})
    body = answer.get_json()
    assert (body["version"], body["type"]) == ("1.0", "rich")
    assert (body["title"], body["author_name"]) == ("나토 정상 회의", "김하나")
    assert (body["provider_name"], body["provider_url"]) == ("Maru Daily", NEWS)
    assert (body["width"], body["height"]) == (300, 200)
    assert f'href="{NEWS}/nato#comment-{posted["id"]}"' in body["html"]
    assert "s-maxage=2" in answer.headers["Cache-Control"]
    known = {"If-None-Match": answer.headers["ETag"]}
    again = client.get(
        OEMBED, query_string={"url": posted["permalink"], "maxwidth": "300"}, headers=known
    )
    assert again.status_code == 304
    own = f"https://comments.example/embed/demo?article=nato#comment-{posted['id']}"
    assert client.get(OEMBED, query_string={"url": own}).status_code == 200


def test_what_is_no_permalink_of_a_published_comment_is_not_found(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    posted = hana.post("글입니다").get_json()
    page = posted["permalink"].partition("#")[0]
    for url in (
        page,
        f"{page}#comment-1",
        f"{page}#comment-99999999999999999999",
        f"https://evil.example/#comment-{posted['id']}",
        "not an address",
    ):
        assert slug(client.get(OEMBED, query_string={"url": url})) == "not-found", url
    hana.call("DELETE", f"/api/v1/comments/{posted['id']}")
    gone = client.get(OEMBED, query_string={"url": posted["permalink"]})
    assert slug(gone) == "gone"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({}, "/query/url"),
        ({"url": ""}, "/query/url"),
        ({"url": "x", "maxwidth": "0"}, "/query/maxwidth"),
        ({"url": "x", "format": "xml"}, "/query/format"),
    ],
)
def test_a_wrong_value_is_named(
    client: FlaskClient, site: SiteView, query: dict[str, str], pointer: str
) -> None:
    assert pointers(client.get(OEMBED, query_string=query)) == [pointer]
