"""Pages for people: the policy, problems, a thread without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from comments_service.services.sites import SiteView
from tests.readers import Reader


def test_the_policy_is_read_in_korean_and_in_english(client: FlaskClient, site: SiteView) -> None:
    korean = client.get("/policy/demo?lang=ko").get_data(as_text=True)
    english = client.get("/policy/demo", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "댓글 운영정책" in korean
    assert '<html lang="ko">' in korean
    assert "Standards Board Policy" in english
    assert korean.count("<section ") == english.count("<section ") > 5


def test_the_policys_page_is_a_public_read_like_the_others(
    client: FlaskClient, site: SiteView
) -> None:
    for path in ("/policy/demo?lang=ko", "/policy/demo"):
        page = client.get(path)
        assert page.headers["Access-Control-Allow-Origin"] == "*"
        assert page.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=2, ")
        again = client.get(path, headers={"If-None-Match": page.headers["ETag"]})
        assert again.status_code == 304, path
    korean = {"If-None-Match": page.headers["ETag"], "Accept-Language": "ko"}
    assert client.get("/policy/demo", headers=korean).status_code == 200


def test_every_page_runs_nothing_from_anywhere(client: FlaskClient, site: SiteView) -> None:
    for path in ("/policy/demo", "/problems/gone", "/embed/demo?article=a"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<script" not in answer.get_data(as_text=True)


def test_a_thread_is_complete_without_javascript(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    root = hana.post("첫 글입니다").get_json()["id"]
    hana.post("<b>답글</b>", parent_id=root)
    page = client.get("/embed/demo?article=nato-2026-11&lang=ko").get_data(as_text=True)
    assert "첫 글입니다" in page
    assert "&lt;b&gt;답글&lt;/b&gt;" in page
    assert f'id="comment-{root}"' in page
    assert "댓글 2개" in page


def test_a_long_thread_goes_on_by_a_link(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    hana = reader()
    for number in range(52):
        hana.post(f"{number}번째 글")
    first = client.get("/embed/demo?article=nato-2026-11&lang=en").get_data(as_text=True)
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(f"/embed/demo{link}").get_data(as_text=True)
    assert first.count('class="comment"') == 50
    assert second.count('class="comment"') == 2


def test_pages_of_what_is_not_there_are_404(client: FlaskClient, site: SiteView) -> None:
    for path in ("/policy/none", "/problems/none", "/embed/none?article=a", "/embed/demo"):
        assert client.get(path).status_code == 404, path


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize(
    "path", ["/nowhere", "/embed/nobody?article=a", "/policy/nobody", "/moderator/nowhere"]
)
def test_what_is_not_there_is_told_to_a_person_by_a_page(
    client: FlaskClient, site: SiteView, path: str
) -> None:
    page = client.get(path, headers={**BROWSER, "Accept-Language": "ko"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert '<html lang="ko">' in page.text
    assert "<h1>" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert {"Accept", "Accept-Language"} <= set(page.vary)


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/problem+json"])
def test_a_program_is_told_by_a_problem(client: FlaskClient, accept: str | None) -> None:
    answer = client.get("/nowhere", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_the_api_answers_with_problems_whoever_asks(client: FlaskClient) -> None:
    answer = client.get("/api/v1/comments/none", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_what_a_page_says_of_a_wrong_address_is_all_there(
    client: FlaskClient, site: SiteView
) -> None:
    page = client.get("/render/comments?site=demo&article=a&limit=x", headers=BROWSER)
    assert page.status_code == 422
    assert "<code>/query/limit</code>" in page.text


def test_an_explanation_leaves_open_what_only_an_answer_knows(client: FlaskClient) -> None:
    page = client.get("/problems/comment-too-long?lang=en")
    assert "A comment has at most … characters; this one has …." in page.text


def test_an_unknown_deletion_is_not_taken_for_a_login(client: FlaskClient) -> None:
    page = client.get("/privacy/deletion/unknown", headers={"Accept-Language": "en"})
    assert page.status_code == 404
    assert "<h1>Request to delete personal data</h1>" in page.text
