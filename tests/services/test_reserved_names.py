"""Names that look like the newspaper's own. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import update

from comments_service.errors import InvalidRequest
from comments_service.models import StaffRole
from comments_service.services import accounts, identities, names, sites
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.services.test_accounts import PEPPER, actor_of, sign_in
from tests.small_app import NOON, person

LOOK_ALIKES = [
    "Minji Kim",
    "minji kim",
    "Μіnјі Кіm",
    "M i n j i.K i m",
    "Minji\u200bKim",
    "МINJІ_КIМ",
]
HANGUL = ["김민지", "김 민지", "ㄱㅣㅁㅁㅣㄴㅈㅣ", "김\u1106\u1175\u11ab지", "★김민지★"]
OTHERS = ["Minjin Kim", "Kim Minji Fan Club", "김민재", "민지", "😀"]


@pytest.fixture
def paper(app: Flask) -> SiteView:
    return sites.create(
        "paper",
        name="Maru Daily",
        origins=["https://paper.example"],
        settings={"reserved_names": ["Minji Kim", "김민지", "편집국"]},
        now=NOON,
    )


def shown(reader_id: int) -> str:
    return accounts.display_name(reader_id)


@pytest.mark.parametrize("name", [*LOOK_ALIKES, *HANGUL, "편 집 국", "Maru DaiIy", "MARU-DA1LY"])
def test_a_name_that_looks_reserved_cannot_be_chosen(
    app: Flask, paper: SiteView, name: str
) -> None:
    """32a."""
    with pytest.raises(InvalidRequest) as refused:
        accounts.update_profile(actor_of(sign_in(), paper), display_name=name, lang=None, now=NOON)
    assert "신문사" in (refused.value.errors[0].ko or "")


@pytest.mark.parametrize("name", OTHERS)
def test_another_name_can_be_chosen(app: Flask, paper: SiteView, name: str) -> None:
    reader = actor_of(sign_in(), paper)
    accounts.update_profile(reader, display_name=name, lang=None, now=NOON)
    assert shown(reader.user_id) == name


def test_who_is_called_like_staff_logs_in_and_is_told_apart(app: Flask, paper: SiteView) -> None:
    """32a."""
    at_x = sign_in(person("1", name="Мinji Kim", handle="minji"))
    at_facebook = sign_in(person("2", name="김민지", provider="facebook", handle=None))
    assert shown(at_x.user_id) == "Мinji Kim (@minji)"
    assert shown(at_facebook.user_id) == "김민지 (Facebook)"


def test_the_names_of_staff_are_theirs_alone(app: Flask, paper: SiteView) -> None:
    """32a."""
    moderator = sign_in(person("1", name="이수진", handle="soojin"))
    with transaction() as session:
        session.add(
            StaffRole(
                id=1, user_id=moderator.user_id, role="moderator", site_id=None, granted_at=NOON
            )
        )
    sign_in(person("1", name="이수진", handle="soojin"))
    assert shown(moderator.user_id) == "이수진"
    reader = sign_in(person("2", name="이 수 진", handle="other"))
    assert shown(reader.user_id) == "이 수 진 (@other)"
    with pytest.raises(InvalidRequest):
        accounts.update_profile(
            actor_of(reader, paper), display_name="이수진.", lang=None, now=NOON
        )
    with transaction() as session:
        session.execute(update(StaffRole).values(revoked_at=NOON))
    assert shown(sign_in(person("2", name="이 수 진", handle="other")).user_id) == "이 수 진"


def test_what_tells_apart_is_never_cut_off(app: Flask) -> None:
    sites.create("long", name="x" * 50, origins=["https://long.example"], now=NOON)
    name = shown(sign_in(person(name="x" * 50, handle="handle")).user_id)
    assert name == "x" * 40 + " (@handle)"
    assert len(name) <= names.LONGEST


def test_unlinking_leaves_no_reserved_name(app: Flask, paper: SiteView) -> None:
    reader = actor_of(sign_in(), paper)
    other = replace(person("9", provider="facebook", client_app="1"), name="김민지", handle=None)
    identities.link(reader.user_id, other, pepper=PEPPER, now=NOON)
    accounts.unlink(reader, "twitter", now=NOON)
    assert shown(reader.user_id) == "김민지 (Facebook)"


def test_a_name_of_signs_alone_reserves_nothing_else(app: Flask) -> None:
    sites.create("signs", name="★", origins=["https://signs.example"], now=NOON)
    reader = sign_in(person(name="😀"))
    assert shown(reader.user_id) == "😀"
