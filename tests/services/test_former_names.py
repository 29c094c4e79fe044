"""What a reader was called before is kept for moderators, for a while."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from comments_service.identity.provider import ExternalIdentity
from comments_service.models import FormerName
from comments_service.services import accounts, former_names, identities, own_data
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.sites import SiteView
from tests.api.oauth.conftest import count
from tests.small_app import NOON, person


def sign_in(external: ExternalIdentity, *, days: int = 0) -> int:
    now = NOON + timedelta(days=days)
    return accounts.sign_in(external, pepper="p", now=now).user_id


def told(user_id: int, *, days: int = 0) -> list[tuple[str | None, str, str | None]]:
    names = former_names.of(user_id, now=NOON + timedelta(days=days))
    return [(each.provider, each.name, each.handle) for each in names]


def test_each_login_with_a_new_name_or_handle_keeps_the_old_one(app: Flask) -> None:
    hana = sign_in(person(name="김하나", handle="hana"))
    sign_in(person(name="김하나", handle="hana"), days=1)
    assert told(hana, days=1) == []
    sign_in(person(name="이두나", handle="hana"), days=2)
    sign_in(person(name="이두나", handle="duna"), days=3)
    assert told(hana, days=3) == [("twitter", "이두나", "hana"), ("twitter", "김하나", "hana")]


def test_a_chosen_name_that_is_replaced_is_kept_too(app: Flask, site: SiteView) -> None:
    hana = sign_in(person(name="김하나"))
    actor = Actor(user_id=hana, site_id=site.id, scopes=frozenset({READER_SCOPE}))
    for name in ("첫 이름", "첫 이름", "둘째 이름"):
        accounts.update_profile(actor, display_name=name, lang=None, now=NOON)
    assert told(hana) == [(None, "첫 이름", None)]
    assert [each["name"] for each in own_data.export(actor).former_names] == ["첫 이름"]


def test_after_ninety_days_it_is_nobodys_business(app: Flask) -> None:
    hana = sign_in(person(name="김하나"))
    sign_in(person(name="이두나"))
    assert told(hana, days=89) != []
    assert told(hana, days=90) == []


def test_the_names_of_an_identity_go_with_it(app: Flask, site: SiteView) -> None:
    hana = sign_in(person(name="김하나"))
    facebook = person("9", provider="facebook", name="Hana", handle=None, client_app="1")
    identities.link(hana, facebook, pepper="p", now=NOON)
    sign_in(person("9", provider="facebook", name="Duna", handle=None, client_app="1"))
    assert told(hana) == [("facebook", "Hana", None)]
    identities.unlink(hana, "facebook", but_session=None, now=NOON)
    assert count(FormerName) == 0
