"""Roles, invitations, sessions and second factors. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

from base64 import b32decode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from comments_service.errors import (
    Gone,
    InvalidRequest,
    LastAdmin,
    NoStaffRole,
    NotFound,
    Unauthenticated,
    UnknownSite,
)
from comments_service.models import AuditEntry, StaffInvitation
from comments_service.services import accounts, privacy, sites, staff, staff_sessions, totp
from comments_service.services.identities import IdentityKey
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role, RoleView, StaffView
from comments_service.services.transaction import reading
from tests.small_app import NEWS, NOON, person

PEPPER = "pepper"


def grant(subject: str, role: Role = Role.ADMIN, site: str | None = None) -> StaffView:
    return staff.grant(
        IdentityKey("twitter", "", subject), role, site=site, pepper=PEPPER, now=NOON
    )


def begin(user_id: int, *, now: datetime = NOON, replaces: str | None = None) -> str:
    return staff_sessions.begin(user_id, network="192.0.2.0/24", replaces=replaces, now=now)


def test_somebody_who_has_never_logged_in_gets_a_role_and_later_their_name(app: Flask) -> None:
    granted = grant("1001", Role.MODERATOR)
    assert granted.display_name == "Reader"
    signed_in = accounts.sign_in(person("1001", name="김하나"), pepper=PEPPER, now=NOON)
    assert signed_in.user_id == granted.user_id
    assert not signed_in.is_new
    assert [(member.display_name, member.identities) for member in staff.everybody()] == [
        ("김하나", ("twitter:1001",))
    ]


def test_a_grant_keeps_the_name_of_somebody_who_has_logged_in(app: Flask) -> None:
    accounts.sign_in(person("1001", name="김하나"), pepper=PEPPER, now=NOON)
    assert grant("1001").display_name == "김하나"


def test_granting_again_changes_nothing(app: Flask) -> None:
    first, second = grant("1001"), grant("1001")
    assert first == second
    with reading() as connection:
        assert len(connection.execute(select(AuditEntry.seq)).all()) == 1


def test_a_role_of_an_unknown_site_is_not_granted(app: Flask) -> None:
    with pytest.raises(UnknownSite):
        grant("1001", site="nowhere")
    assert staff.everybody() == ()


def test_an_admin_moderates_and_a_role_of_one_site_counts_there_alone(site: SiteView) -> None:
    here = RoleView(Role.MODERATOR, site.id, site.key)
    assert here.covers(Role.MODERATOR, site.id)
    assert not here.covers(Role.ADMIN, site.id)
    assert not here.covers(Role.MODERATOR, site.id + 1)
    assert not here.covers(Role.MODERATOR, None)
    everywhere = RoleView(Role.ADMIN)
    assert everywhere.covers(Role.MODERATOR, site.id)
    assert everywhere.covers(Role.ADMIN, None)


def test_every_grant_and_revocation_is_in_the_audit_log(site: SiteView) -> None:
    user_id = grant("1001", Role.MODERATOR, site="demo").user_id
    staff.revoke(user_id, role=None, site=None, now=NOON)
    with reading() as connection:
        entries = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.seq)).all()
    assert [(e.action, e.actor, e.target, e.site_id, e.before, e.after) for e in entries] == [
        (
            "staff.role_granted",
            "operator",
            f"user:{user_id}",
            site.id,
            None,
            {"role": "moderator"},
        ),
        (
            "staff.role_revoked",
            "operator",
            f"user:{user_id}",
            site.id,
            {"role": "moderator"},
            None,
        ),
    ]


def test_one_role_is_taken_and_the_others_stay(site: SiteView) -> None:
    user_id = grant("1001", Role.MODERATOR, site="demo").user_id
    grant("1001", Role.MODERATOR)
    staff.revoke(user_id, role=Role.MODERATOR, site="demo", now=NOON)
    assert staff.roles_of(user_id) == (RoleView(Role.MODERATOR),)
    with pytest.raises(NotFound):
        staff.revoke(user_id, role=Role.MODERATOR, site="demo", now=NOON)
    assert grant("1001", Role.MODERATOR, site="demo").roles[-1].site == "demo"


def test_the_last_admin_stays_unless_forced(app: Flask) -> None:
    """67."""
    user_id = grant("1001").user_id
    grant("1002", Role.MODERATOR)
    with pytest.raises(LastAdmin):
        staff.revoke(user_id, role=None, site=None, now=NOON)
    assert staff.roles_of(user_id) == (RoleView(Role.ADMIN),)
    staff.revoke(user_id, role=None, site=None, force=True, now=NOON)
    assert staff.roles_of(user_id) == ()


def test_the_last_admin_of_a_site_goes_where_another_covers_the_site(site: SiteView) -> None:
    """67."""
    of_site = grant("1001", site="demo").user_id
    with pytest.raises(LastAdmin):
        staff.revoke(of_site, role=None, site="demo", now=NOON)
    everywhere = grant("1002").user_id
    staff.revoke(of_site, role=None, site="demo", now=NOON)
    with pytest.raises(LastAdmin):
        staff.revoke(everywhere, role=None, site=None, now=NOON)


def test_an_admin_of_another_site_does_not_stand_in(site: SiteView) -> None:
    """67."""
    sites.create("other", name="Other", origins=[NEWS], now=NOON)
    user_id = grant("1001", site="demo").user_id
    grant("1002", site="other")
    with pytest.raises(LastAdmin):
        staff.revoke(user_id, role=None, site=None, now=NOON)


def test_two_admins_cannot_take_each_others_role_at_once(app: Flask) -> None:
    """67."""
    admins = [grant("1001").user_id, grant("1002").user_id]

    def take(user_id: int) -> bool:
        with app.app_context():
            try:
                staff.revoke(user_id, role=None, site=None, now=NOON)
            except LastAdmin:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, admins)) == [False, True]
    assert len(staff.everybody()) == 1


def test_a_deleted_account_has_no_role(app: Flask) -> None:
    user_id = grant("1001").user_id
    token = begin(user_id)
    privacy.delete_account(user_id, pepper=PEPPER, now=NOON)
    with pytest.raises(NoStaffRole):
        staff_sessions.authenticate(token, now=NOON)
    assert staff.everybody() == ()


def test_one_of_ten_acceptances_at_once_gets_the_role(app: Flask) -> None:
    """66."""
    token = staff.invite(Role.MODERATOR, site=None, now=NOON)

    def accept(number: int) -> bool:
        with app.app_context():
            try:
                staff.accept(token, person(str(5000 + number)), pepper=PEPPER, now=NOON)
            except Gone:
                return False
            return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(accept, range(10))) == 1
    assert len(staff.everybody()) == 1


def test_an_invitations_token_is_not_kept(app: Flask) -> None:
    token = staff.invite(Role.MODERATOR, site=None, now=NOON)
    with reading() as connection:
        row = connection.execute(select(StaffInvitation.__table__)).one()
    assert token not in map(str, row)


def test_a_session_is_known_by_its_cookie_alone(app: Flask) -> None:
    member = staff_sessions.authenticate(begin(grant("1001").user_id), now=NOON)
    assert member.may(Role.MODERATOR, site_id=7)
    with pytest.raises(Unauthenticated):
        staff_sessions.authenticate("x" * 43, now=NOON)


def test_who_has_no_role_gets_no_session(app: Flask) -> None:
    """65."""
    user_id = accounts.sign_in(person("1001"), pepper=PEPPER, now=NOON).user_id
    with pytest.raises(NoStaffRole):
        begin(user_id)
    assert staff_sessions.list_sessions(user_id=None, now=NOON) == ()


def test_an_operator_ends_all_sessions(app: Flask) -> None:
    user_id = grant("1001").user_id
    tokens = [begin(user_id), begin(grant("1002").user_id)]
    assert len(staff_sessions.list_sessions(user_id=user_id, now=NOON)) == 1
    assert staff_sessions.end_all(user_id=None, now=NOON) == 2
    for token in tokens:
        with pytest.raises(Unauthenticated):
            staff_sessions.authenticate(token, now=NOON)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B; its eight digits end in these six."""
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code_at(b"12345678901234567890", step) == code


def enrolled(app: Flask) -> tuple[int, bytes]:
    """An account with a working second factor, and its key."""
    user_id = grant("1001").user_id
    key = b32decode(totp.begin(user_id, pepper=PEPPER, now=NOON))
    code = totp.code_at(key, totp.step_at(NOON - timedelta(minutes=1)))
    totp.confirm(user_id, code, pepper=PEPPER, now=NOON - timedelta(minutes=1))
    return user_id, key


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_may_be_a_step_early_or_late(app: Flask, steps: int) -> None:
    user_id, key = enrolled(app)
    code = totp.code_at(key, totp.step_at(NOON) + steps)
    totp.check(user_id, code, pepper=PEPPER, now=NOON)


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_time_is_wrong(app: Flask, steps: int) -> None:
    user_id, key = enrolled(app)
    code = totp.code_at(key, totp.step_at(NOON) + steps)
    with pytest.raises(InvalidRequest):
        totp.check(user_id, code, pepper=PEPPER, now=NOON)


def test_no_code_is_taken_twice_nor_an_older_one_after_it(app: Flask) -> None:
    user_id, key = enrolled(app)
    step = totp.step_at(NOON)
    totp.check(user_id, totp.code_at(key, step), pepper=PEPPER, now=NOON)
    for used in (step, step - 1):
        with pytest.raises(InvalidRequest):
            totp.check(user_id, totp.code_at(key, used), pepper=PEPPER, now=NOON)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\0"])
def test_what_is_no_code_is_wrong(app: Flask, code: str) -> None:
    user_id, _ = enrolled(app)
    with pytest.raises(InvalidRequest):
        totp.check(user_id, code, pepper=PEPPER, now=NOON)


def test_a_key_that_made_no_code_yet_is_no_second_factor(app: Flask) -> None:
    user_id = grant("1001").user_id
    totp.begin(user_id, pepper=PEPPER, now=NOON)
    assert not totp.is_enrolled(user_id)
    totp.begin(user_id, pepper=PEPPER, now=NOON)


def test_a_working_second_factor_is_not_replaced(app: Flask) -> None:
    user_id, _ = enrolled(app)
    with pytest.raises(NotFound):
        totp.begin(user_id, pepper=PEPPER, now=NOON)
    totp.remove(user_id, actor="operator", now=NOON)
    totp.begin(user_id, pepper=PEPPER, now=NOON)


def test_the_second_factor_goes_with_the_last_role(app: Flask) -> None:
    """So somebody who has lost the app can be let in anew."""
    user_id, _ = enrolled(app)
    grant("1001", Role.MODERATOR)
    staff.revoke(user_id, role=Role.MODERATOR, site=None, now=NOON)
    assert totp.is_enrolled(user_id)
    staff.revoke(user_id, role=None, site=None, force=True, now=NOON)
    assert not totp.is_enrolled(user_id)
