"""`flask audit …`: verify, export, and the end to be noted elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text

from comments_service.models import db
from comments_service.services import audit
from comments_service.services.audit import AuditAction
from comments_service.services.transaction import transaction
from tests.small_app import NOON


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    for number in range(3):
        with transaction():
            audit.record(
                AuditAction.STAFF_LOGGED_IN, actor="user:1", target=f"user:{number}", now=NOON
            )
    return app.test_cli_runner()


def noted() -> str:
    head = audit.head()
    return f"{head.seq}:{head.hash}"


def test_an_unbroken_log_is_said_to_be_so(run: FlaskCliRunner) -> None:
    result = run.invoke(args=["audit", "verify"])
    assert (result.exit_code, result.output.split(",")[0]) == (0, "3 entries")


def test_the_head_is_printed_to_be_noted_and_found_again(run: FlaskCliRunner) -> None:
    head = run.invoke(args=["audit", "head"]).output.strip()
    assert head == noted()
    assert run.invoke(args=["audit", "verify", "--head", head]).exit_code == 0
    other = run.invoke(args=["audit", "verify", "--head", f"3:{'a' * 64}"])
    assert other.exit_code == 1
    assert "breaks at entry 3" in other.output


def test_an_exported_file_is_verified_without_the_database(
    run: FlaskCliRunner, tmp_path: Path
) -> None:
    file = tmp_path / "audit.jsonl"
    assert run.invoke(args=["audit", "export", str(file)]).exit_code == 0
    assert run.invoke(args=["audit", "verify", str(file)]).exit_code == 0
    file.write_text(file.read_text("utf-8").replace('"user:1"', '"user:7"', 1), "utf-8")
    broken = run.invoke(args=["audit", "verify", str(file)])
    assert broken.exit_code == 1
    assert "The chain breaks at entry 1: it was changed." in broken.output


def test_a_change_in_the_database_is_said_with_its_place(run: FlaskCliRunner) -> None:
    with transaction() as session:
        if db.engine.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        else:
            session.execute(text("DROP TRIGGER audit_entry_no_update"))
        session.execute(text("UPDATE audit_entry SET actor = 'user:9' WHERE seq = 2"))
    result = run.invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert "The chain breaks at entry 2: it was changed." in result.output


@pytest.mark.parametrize("head", ["3", "three:" + "a" * 64, "3:abc"])
def test_a_head_that_is_none_is_refused(run: FlaskCliRunner, head: str) -> None:
    assert run.invoke(args=["audit", "verify", "--head", head]).exit_code == 2


def test_another_file_is_no_export(run: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello\n", "utf-8")
    result = run.invoke(args=["audit", "verify", str(file)])
    assert result.exit_code == 1
    assert "no export of an audit log" in result.output
