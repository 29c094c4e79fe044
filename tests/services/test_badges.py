"""A site's own staff are told by a badge that comes from their role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from comments_service.models import Role
from comments_service.services import articles, privacy, sites, staff
from comments_service.services.identities import IdentityKey
from comments_service.services.sites import SiteView
from tests.readers import Reader, log_in
from tests.small_app import NOON, person

JISU = IdentityKey("twitter", "", "77")


@pytest.fixture
def jisu(app: Flask, site: SiteView) -> Reader:
    return log_in(app, site, person("77", name="한지수"))


def shown(reader: Reader) -> list[Any]:
    thread = reader.client.get(
        "/api/v1/comments", query_string={"site": "demo", "article": "nato-2026-11"}
    ).get_json()
    replies = [reply for root in thread["comments"] for reply in root["replies"]]
    return [comment["author"]["badges"] for comment in [*thread["comments"], *replies]]


def grant(site: str | None) -> None:
    staff.grant(JISU, Role.MODERATOR, site=site, pepper="p", now=NOON)


@pytest.mark.parametrize("on", ["demo", None], ids=["this site", "every site"])
def test_the_comments_of_staff_have_a_badge_while_they_have_a_role(
    site: SiteView, jisu: Reader, reader: Callable[..., Reader], on: str | None
) -> None:
    root = reader("김하나").post("댓글입니다").get_json()["id"]
    jisu.post("운영자의 답글입니다", parent_id=root)
    assert shown(jisu) == [[], []]
    version = articles.get(site, "nato-2026-11", now=NOON).version

    grant(on)

    assert shown(jisu) == [[], ["staff"]]
    assert articles.get(site, "nato-2026-11", now=NOON).version == version + 1
    staff.revoke(int(jisu.user_id), role=None, site=None, force=True, now=NOON)
    assert shown(jisu) == [[], []]


def test_the_staff_of_another_site_are_readers_here(site: SiteView, jisu: Reader) -> None:
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    jisu.post("댓글입니다")
    grant("other")
    assert shown(jisu) == [[]]


def test_a_deleted_account_has_no_badge(site: SiteView, jisu: Reader) -> None:
    jisu.post("댓글입니다")
    grant("demo")
    privacy.delete_account(int(jisu.user_id), pepper="p", now=NOON + timedelta(minutes=1))
    assert shown(jisu) == [[]]
