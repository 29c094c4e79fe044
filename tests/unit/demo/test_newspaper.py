"""The demo newspaper: what a publisher's pages have to bring, and that they bring no more."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from comments_service.demo.newspaper import create_app
from comments_service.demo.newspaper.edition import (
    FRONT_PAGE,
    MOST_READ,
    Edition,
    Language,
    Section,
    load_edition,
)

SERVICE = "https://comments.example"
ARTICLE = "/en/articles/haesong-signal-hill"

PAGES = [
    "/",
    "/ko/",
    *(f"/{language}/sections/{section}" for language in Language for section in Section),
    *(f"/{language}/articles/{key}" for language in Language for key in FRONT_PAGE),
    *(f"/{language}/gallery{state}" for language in Language for state in ("", "/held", "/report")),
]


class Page(HTMLParser):
    """The elements of a page in order, each with its attributes; and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> Iterator[str]:
        for attributes in self.all("a"):
            yield attributes["href"] or ""


@pytest.fixture
def client() -> FlaskClient:
    return create_app(comments_url=SERVICE).test_client()


def read(client: FlaskClient, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return Page(answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_in_its_own_language(client: FlaskClient, path: str) -> None:
    page = read(client, path)

    language = "ko" if path.startswith("/ko/") else "en"
    assert page.all("html")[0]["lang"] == language
    assert ("마루일보" if language == "ko" else "The Maru Daily") in page.text
    assert len(page.all("h1")) == 1


@pytest.mark.parametrize("path", [*PAGES, "/no-such-page"])
def test_every_page_holds_scripts_to_the_newspaper_and_the_service(
    client: FlaskClient, path: str
) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]

    directives = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == f"'self' {SERVICE}"
    assert directives["connect-src"] == SERVICE
    assert directives["img-src"] == f"'self' data: {SERVICE}"
    assert directives["style-src"] == "'self'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_style_or_script_of_its_own(client: FlaskClient, path: str) -> None:
    page = read(client, path)

    assert not page.all("style")
    assert all(script.get("src") for script in page.all("script"))
    for tag, attributes in page.elements:
        inline = {name for name in attributes if name == "style" or name.startswith("on")}
        assert not inline, (tag, inline)


def test_the_policy_names_an_origin_though_the_service_lives_under_a_path() -> None:
    client = create_app(comments_url="https://news.example/talk/").test_client()

    answer = client.get(ARTICLE)
    assert "connect-src https://news.example;" in answer.headers["Content-Security-Policy"]
    sources = {script["src"] for script in Page(answer.text).all("script")}
    assert "https://news.example/talk/widget/v1/social-comments.js" in sources


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", FRONT_PAGE)
def test_an_article_has_the_box_under_it(client: FlaskClient, language: Language, key: str) -> None:
    page = read(client, f"/{language}/articles/{key}")

    (box,) = page.all("social-comments")
    assert (box["site"], box["article"], box["lang"]) == ("demo", key, language)
    assert f"{SERVICE}/embed/demo?article={key}" in page.links()
    modules = {script["src"] for script in page.all("script") if script["type"] == "module"}
    assert f"{SERVICE}/widget/v1/social-comments.js" in modules


def test_the_box_says_where_the_article_lives_whatever_the_theme(client: FlaskClient) -> None:
    (box,) = read(client, f"{ARTICLE}?theme=dark").all("social-comments")

    assert box["article-url"] == f"http://localhost{ARTICLE}"
    assert box["article-title"] == "Navy to hand Haesong’s signal hill back to the city as a park"


@pytest.mark.parametrize("path", ["/", "/ko/"])
def test_the_front_page_counts_the_comments_of_every_article_once(
    client: FlaskClient, path: str
) -> None:
    page = read(client, path)

    counts = [(count["site"], count["article"]) for count in page.all("social-comments-count")]
    assert sorted(counts) == sorted(("demo", key) for key in FRONT_PAGE)
    assert f"{SERVICE}/widget/v1/count.js" in {script["src"] for script in page.all("script")}


def test_every_link_within_the_newspaper_leads_somewhere(client: FlaskClient) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        found = {link.partition("#")[0] for link in read(client, path).links()}
        waiting += {link for link in found if link.startswith("/")} - seen - set(waiting)

    assert set(PAGES) <= seen


def test_a_page_links_to_itself_in_the_other_language(client: FlaskClient) -> None:
    assert "/ko/articles/haesong-signal-hill" in read(client, ARTICLE).links()
    assert ARTICLE in read(client, "/ko/articles/haesong-signal-hill").links()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_holds_for_the_page_the_box_and_the_next_page(
    client: FlaskClient, theme: str
) -> None:
    page = read(client, f"{ARTICLE}?theme={theme}")

    assert page.all("html")[0]["data-theme"] == theme
    assert page.all("social-comments")[0]["theme"] == theme
    assert f"/en/sections/national?theme={theme}" in page.links()


def test_an_unknown_theme_is_left_to_the_device(client: FlaskClient) -> None:
    answer = client.get(ARTICLE, query_string={"theme": '"><script>alert(1)</script>'})

    assert "alert" not in answer.text
    assert "data-theme" not in Page(answer.text).all("html")[0]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/en/articles/never-written", "This page is not in the paper"),
        ("/ko/articles/never-written", "찾으시는 지면이 없습니다"),
        ("/ko/no-such-page", "찾으시는 지면이 없습니다"),
        ("/en/sections/weather", "This page is not in the paper"),
    ],
)
def test_a_page_that_is_not_there_says_so_in_the_readers_language(
    client: FlaskClient, path: str, words: str
) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert words in answer.text


def test_the_english_front_page_has_one_address(client: FlaskClient) -> None:
    answer = client.get("/en/")

    assert answer.status_code == 308
    assert answer.location == "http://localhost/"


@pytest.fixture(params=Language)
def edition(request: pytest.FixtureRequest) -> Edition:
    return load_edition(request.param)


def test_the_dictionary_explains_words_that_are_in_the_article(edition: Edition) -> None:
    for article in edition.articles.values():
        text = " ".join((article.headline, article.deck, article.caption, *article.body))
        for word in article.dictionary:
            assert word in text, (article.key, word)
        assert len(article.dictionary) >= 3, article.key


def test_every_article_is_on_disk_on_the_front_page_and_has_its_picture(edition: Edition) -> None:
    home = Path(create_app().root_path)

    assert {path.stem for path in (home / "articles").glob("*.yaml")} == set(FRONT_PAGE)
    for article in edition.articles.values():
        assert (home / "static/photos" / f"{article.key}.svg").is_file(), article.key
        assert article.related in edition.articles
        assert article.related != article.key
    assert set(MOST_READ) <= set(FRONT_PAGE)


def test_both_editions_tell_the_same_stories() -> None:
    english, korean = load_edition(Language.EN), load_edition(Language.KO)

    assert english.words.keys() == korean.words.keys()
    for key, article in english.articles.items():
        translated = korean.articles[key]
        assert len(article.body) == len(translated.body), key
        assert len(article.dictionary) == len(translated.dictionary), key
