"""`flask staff …` and `flask audit …`. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text, update

from comments_service.models import AuditEntry, db
from comments_service.services import accounts, staff, staff_sessions
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.small_app import NOON, person


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def test_a_role_is_granted_to_an_identity_and_listed(app: Flask, site: SiteView) -> None:
    granted = run(app, "staff", "grant", "--identity", "twitter:2244994945", "--role", "admin")
    assert granted.exit_code == 0, granted.output
    run(
        app,
        *("staff", "grant", "--identity", "facebook:77"),
        *("--role", "moderator", "--site", "demo"),
    )
    listed = run(app, "staff", "list").output
    assert "(twitter:2244994945): admin of every site" in listed
    assert "(facebook:77): moderator of demo" in listed


def test_an_identity_at_facebook_is_that_of_our_app(app: Flask) -> None:
    """A subject means somebody else to another app; a login must find the account again."""
    run(app, "staff", "grant", "--identity", "facebook:77", "--role", "admin")
    external = person("77", provider="facebook", client_app="1234")
    signed_in = accounts.sign_in(external, pepper="pepper", now=NOON)
    assert staff.roles_of(signed_in.user_id)


@pytest.mark.parametrize("identity", ["jisu", "twitter:@jisu", "other:1", "twitter:", "twitter:1x"])
def test_a_role_is_not_granted_by_handle(app: Flask, identity: str) -> None:
    refused = run(app, "staff", "grant", "--identity", identity, "--role", "admin")
    assert refused.exit_code != 0
    assert staff.everybody() == ()


def test_an_invitation_is_one_address(app: Flask, site: SiteView) -> None:
    invited = run(app, "staff", "invite", "--role", "moderator", "--site", "demo", "--ttl", "30m")
    assert invited.exit_code == 0
    address = invited.output.strip()
    assert address.startswith("https://comments.example/moderator/accept/")
    page = app.test_client().get(address)
    assert page.status_code == 200


@pytest.mark.parametrize("ttl", ["0h", "1", "-1h", "1w", "99999d"])
def test_a_life_that_is_none_is_refused(app: Flask, ttl: str) -> None:
    assert run(app, "staff", "invite", "--role", "admin", "--ttl", ttl).exit_code == 2


def test_an_unknown_site_is_refused(app: Flask) -> None:
    for command in (("invite",), ("grant", "--identity", "twitter:1")):
        refused = run(app, "staff", *command, "--role", "admin", "--site", "nowhere")
        assert refused.exit_code == 1
        assert "nowhere" in refused.output


def test_the_last_admin_is_kept(app: Flask) -> None:
    """67."""
    run(app, "staff", "grant", "--identity", "twitter:1", "--role", "admin")
    user_id = str(staff.everybody()[0].user_id)
    refused = run(app, "staff", "revoke", "--user", user_id)
    assert refused.exit_code == 1
    assert "last admin" in refused.output
    assert len(staff.everybody()) == 1
    assert run(app, "staff", "revoke", "--user", user_id, "--force").exit_code == 0
    assert staff.everybody() == ()
    assert run(app, "staff", "revoke", "--user", user_id).exit_code == 1


def test_sessions_are_listed_and_ended(app: Flask) -> None:
    run(app, "staff", "grant", "--identity", "twitter:1", "--role", "admin")
    user_id = staff.everybody()[0].user_id
    staff_sessions.begin(user_id, network="192.0.2.0/24", replaces=None, now=NOON)
    assert "192.0.2.0/24" in run(app, "staff", "sessions").output
    assert run(app, "staff", "sessions", "--revoke-all").output == "Ended: 1\n"
    assert run(app, "staff", "sessions").output == ""


def test_sessions_of_one_person_are_ended_alone(app: Flask) -> None:
    for subject in ("1", "2"):
        run(app, "staff", "grant", "--identity", f"twitter:{subject}", "--role", "admin")
    users = [member.user_id for member in staff.everybody()]
    for user_id in users:
        staff_sessions.begin(user_id, network="192.0.2.0/24", replaces=None, now=NOON)
    ended = run(app, "staff", "sessions", "--user", str(users[0]), "--revoke-all")
    assert ended.output == "Ended: 1\n"
    left = staff_sessions.list_sessions(user_id=None, now=NOON)
    assert [session.user_id for session in left] == [users[1]]


def test_a_whole_log_is_verified_and_a_changed_one_is_not(app: Flask) -> None:
    for subject in ("1", "2", "3"):
        run(app, "staff", "grant", "--identity", f"twitter:{subject}", "--role", "admin")
    whole = run(app, "audit", "verify")
    assert (whole.exit_code, whole.output.split()[0]) == (0, "3")
    with transaction() as session:
        if db.engine.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        else:
            session.execute(text("DROP TRIGGER audit_entry_no_update"))
        session.execute(update(AuditEntry).where(AuditEntry.seq == 2).values(target="user:9"))
    broken = run(app, "audit", "verify")
    assert broken.exit_code == 1
    assert "breaks at entry 2" in broken.output
