"""A hundred hostile texts, as names, bodies and titles, on every surface that makes markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import feedparser
import pytest
from flask.testing import FlaskClient

from comments_service.services.sites import SiteView
from tests.payloads import PAYLOADS, Elements, assert_nothing_runs
from tests.rows import put_article, put_comment

JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def hostile(site: SiteView) -> dict[str, int]:
    """An article for each payload, which is its title, its one comment and that one's author."""
    made = {}
    for number, payload in enumerate(PAYLOADS):
        title = payload.replace("\n", " ").replace("\t", " ")
        article = put_article(site, f"a-{number}", title=title)
        made[payload] = put_comment(article, name=payload, body=payload)
    return made


def each(path: str, **query: str) -> Iterator[tuple[str, str]]:
    for number, payload in enumerate(PAYLOADS):
        yield payload, f"{path}?{urlencode({**query, 'article': f'a-{number}'})}"


def test_the_page_of_a_thread_runs_nothing(client: FlaskClient, hostile: dict[str, int]) -> None:
    for payload, address in each("/embed/demo", lang="ko"):
        html = client.get(address).get_data(as_text=True)
        assert_nothing_runs(html)
        assert payload in "".join(Elements(html).texts)


def test_a_fragment_runs_nothing_and_its_data_is_what_was_written(
    client: FlaskClient, hostile: dict[str, int]
) -> None:
    for payload, address in each("/render/comments", site="demo", lang="ko"):
        html = client.get(address).get_data(as_text=True)
        assert_nothing_runs(html)
        (block,) = JSON_LD.findall(html)
        assert not set("<>&\u2028\u2029") & set(block)
        data = json.loads(block)
        assert data["comment"][0]["text"] == payload
        assert data["comment"][0]["author"]["name"] == payload[:50]


def test_a_feed_holds_the_texts_as_texts(client: FlaskClient, hostile: dict[str, int]) -> None:
    for payload, address in each("/feeds/demo/comments.atom"):
        raw = client.get(address).get_data()
        parsed = feedparser.parse(raw)
        assert not parsed.bozo, parsed.get("bozo_exception")
        root = ET.fromstring(raw)
        entry = root.find(f"{ATOM}entry")
        assert entry is not None
        content = entry.find(f"{ATOM}content")
        assert content is not None
        assert content.attrib == {"type": "text"}
        assert content.text == payload
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == payload[:50]


def test_an_embedded_comment_runs_nothing(client: FlaskClient, hostile: dict[str, int]) -> None:
    for (payload, comment), (_, address) in zip(hostile.items(), each("/embed/demo"), strict=True):
        permalink = f"https://comments.example{address}#comment-{comment}"
        answer = client.get("/api/v1/oembed", query_string={"url": permalink})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        html = answer.get_json()["html"]
        assert_nothing_runs(html)
        assert "".join(payload.split("\n")) in "".join(Elements(html).texts)
