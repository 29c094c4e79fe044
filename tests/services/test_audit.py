"""The audit log: an unbroken chain, whoever writes, and a break that shows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Executable, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from comments_service.models import AuditEntry, AuditHead, db
from comments_service.services import audit
from comments_service.services.audit import AuditAction, Break, Head
from comments_service.services.transaction import reading, transaction
from tests.small_app import NOON


def write(target: str = "user:1", **more: Any) -> int:
    with transaction():
        return audit.record(
            AuditAction.STAFF_LOGGED_IN, actor="user:1", target=target, now=NOON, **more
        )


def open_the_log() -> None:
    """As somebody with rights on the database could: take the triggers away."""
    with transaction() as session:
        if db.engine.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
            return
        for change in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER audit_entry_no_{change}"))


def test_entries_are_numbered_without_a_gap_and_chained(app: Flask) -> None:
    assert [write(f"user:{number}") for number in range(3)] == [1, 2, 3]
    with reading() as connection:
        entries = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.seq)).all()
    assert [entry.previous_hash for entry in entries] == [
        audit.NO_HASH,
        entries[0].hash,
        entries[1].hash,
    ]
    assert audit.head() == Head(3, entries[2].hash)
    assert audit.verify() is None


def test_an_empty_log_is_whole(app: Flask) -> None:
    assert audit.verify() is None
    assert audit.head() == Head(0, audit.NO_HASH)


def test_what_was_before_and_after_is_part_of_the_chain(app: Flask) -> None:
    write(before={"역할": "운영자", "n": 1}, after={"a": [1, None, True], "b": {"c": "é"}})
    assert audit.verify() is None


def test_an_entry_is_not_written_unless_its_change_is(app: Flask) -> None:
    def fail() -> None:
        with transaction():
            write()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert audit.head().seq == 0
    assert write() == 1


def test_many_writers_at_once_make_one_chain(app: Flask) -> None:
    def in_a_thread(number: int) -> int:
        with app.app_context():
            return write(f"user:{number}")

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(in_a_thread, range(24)))
    assert sorted(numbers) == list(range(1, 25))
    assert audit.verify() is None


@pytest.mark.parametrize(
    "change",
    [update(AuditEntry).values(actor="user:9"), delete(AuditEntry)],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_an_entry(app: Flask, change: Executable) -> None:
    write()
    with pytest.raises(DBAPIError, match="audit entries are final"), transaction() as session:
        session.execute(change)
    assert audit.verify() is None


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (
            lambda: update(AuditEntry).where(AuditEntry.seq == 2).values(actor="user:9"),
            Break(2, "it was changed"),
        ),
        (lambda: delete(AuditEntry).where(AuditEntry.seq == 2), Break(3, "entry 2 is missing")),
        (
            lambda: delete(AuditEntry).where(AuditEntry.seq == 3),
            Break(2, "the log was noted to end elsewhere: entries after it are gone"),
        ),
        (
            lambda: update(AuditEntry).where(AuditEntry.seq == 2).values(previous_hash="f" * 64),
            Break(2, "it does not follow the entry before it"),
        ),
    ],
    ids=["changed", "removed", "cut off", "unchained"],
)
def test_a_break_shows_and_where(
    app: Flask, tamper: Callable[[], Executable], found: Break
) -> None:
    for number in range(3):
        write(f"user:{number}")
    open_the_log()
    with transaction() as session:
        session.execute(tamper())
    assert audit.verify() == found


def test_a_head_moved_back_shows_too(app: Flask) -> None:
    for number in range(3):
        write(f"user:{number}")
    with transaction() as session:
        session.execute(update(AuditHead).values(seq=2))
    assert audit.verify() is not None


def rows() -> list[dict[str, Any]]:
    with reading() as connection:
        entries = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.seq))
        return [entry._asdict() for entry in entries]


def put(*entries: dict[str, Any]) -> None:
    with transaction() as session:
        for entry in entries:
            session.execute(insert(AuditEntry).values(**entry))


def take(*numbers: int) -> None:
    with transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.seq.in_(numbers)))


def test_an_entry_put_in_between_shows_and_where(app: Flask) -> None:
    for number in range(3):
        write(f"user:{number}")
    _first, second, third = rows()
    open_the_log()
    take(3)
    forged = second | {"seq": 3, "previous_hash": second["hash"], "hash": "e" * 64}
    put(forged, third | {"seq": 4})
    with transaction() as session:
        session.execute(update(AuditHead).values(seq=4))
    assert audit.verify() == Break(3, "it was changed")


def test_an_entry_put_in_with_a_right_hash_breaks_the_next(app: Flask) -> None:
    for number in range(3):
        write(f"user:{number}")
    _first, second, third = rows()
    open_the_log()
    take(3)
    forged = second | {"seq": 3, "actor": "user:9", "previous_hash": second["hash"]}
    forged["hash"] = audit._hash(forged, previous_hash=second["hash"])
    put(forged, third | {"seq": 4})
    with transaction() as session:
        session.execute(update(AuditHead).values(seq=4))
    assert audit.verify() == Break(4, "it does not follow the entry before it")


def test_an_entry_put_in_at_the_end_shows(app: Flask) -> None:
    write("user:1")
    [first] = rows()
    forged = first | {"seq": 2, "previous_hash": first["hash"]}
    forged["hash"] = audit._hash(forged, previous_hash=first["hash"])
    open_the_log()
    put(forged)
    assert audit.verify() == Break(2, "it was put in: the log was noted to end before it")


def test_entries_that_changed_places_show_and_where(app: Flask) -> None:
    for number in range(4):
        write(f"user:{number}")
    _first, second, third, _fourth = rows()
    open_the_log()
    take(2, 3)
    put(third | {"seq": 2}, second | {"seq": 3})
    assert audit.verify() == Break(2, "it does not follow the entry before it")
