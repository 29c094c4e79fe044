"""An exported audit log: whole as it is, and every way to tamper with it found, and where."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from comments_service.services import audit, audit_log
from comments_service.services.audit import AuditAction, Break, Head
from comments_service.services.audit_log import Filters, NoExport
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.small_app import NOON

Lines = list[str]


@pytest.fixture
def exported(app: Flask, site: SiteView) -> Lines:
    """The header and five entries, every second one of the site `demo`."""
    for number in range(5):
        with transaction():
            audit.record(
                AuditAction.POLICY_PUBLISHED,
                actor="user:1",
                target=f"policy:{number}",
                site_id=site.id if number % 2 else None,
                reason="=새 조항 “3.1”",
                after={"policy_version": number},
                now=NOON,
            )
    return list(audit_log.export(Filters(), end=audit.head()))


def changed(line: str, **values: Any) -> str:
    return json.dumps(json.loads(line) | values) + "\n"


def test_an_export_is_whole(exported: Lines) -> None:
    assert audit_log.verify_export(exported) == audit.head()


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (lambda e: [*e[:3], changed(e[3], actor="user:9"), *e[4:]], Break(3, "it was changed")),
        (
            lambda e: [*e[:3], changed(e[3], after={"policy_version": 9}), *e[4:]],
            Break(3, "it was changed"),
        ),
        (lambda e: [*e[:3], *e[4:]], Break(4, "entry 3 is missing")),
        (
            lambda e: e[:-1],
            Break(4, "the log was noted to end elsewhere: entries after it are gone"),
        ),
        (lambda e: [*e[:3], e[4], e[3], *e[5:]], Break(4, "entry 3 is missing")),
        (lambda e: [*e[:3], e[2], *e[3:]], Break(2, "it comes after entry 2")),
        (
            lambda e: [*e[:4], changed(e[3], seq=4), *e[4:]],
            Break(4, "it does not follow the entry before it"),
        ),
    ],
    ids=["changed", "changed after", "removed", "cut off", "reordered", "repeated", "inserted"],
)
def test_a_break_is_found_and_where(
    exported: Lines, tamper: Callable[[Lines], Lines], found: Break
) -> None:
    assert audit_log.verify_export(tamper(exported)) == found


def test_a_log_forged_anew_is_found_by_an_end_that_was_noted(exported: Lines) -> None:
    noted = Head(3, json.loads(exported[3])["hash"])
    assert audit_log.verify_export(exported, anchor=noted) == audit.head()
    entries = _rechained([exported[1], changed(exported[2], actor="user:9"), *exported[3:]])
    forged = [changed(exported[0], head={"seq": 5, "hash": json.loads(entries[-1])["hash"]})]
    forged += entries
    assert isinstance(audit_log.verify_export(forged), Head)
    assert audit_log.verify_export(forged, anchor=noted) == Break(
        3, "it is not the one whose hash was noted"
    )


def _rechained(lines: Lines) -> Lines:
    last, chained = audit.NO_HASH, []
    for line in lines:
        entry = json.loads(line)
        values = entry | {"at": NOON}
        entry |= {"previous_hash": last, "hash": audit._hash(values, previous_hash=last)}
        last = entry["hash"]
        chained.append(json.dumps(entry) + "\n")
    return chained


def test_an_end_that_was_noted_must_be_there(exported: Lines) -> None:
    noted = Head(7, "a" * 64)
    assert audit_log.verify_export(exported, anchor=noted) == Break(
        7, "it is missing, though its hash was noted"
    )


def test_of_one_site_each_entry_is_held_to_its_own_hash(exported: Lines, site: SiteView) -> None:
    own = list(audit_log.export(Filters(site_id=site.id), end=audit.head()))
    assert len(own) == 3
    last = audit_log.verify_export(own)
    assert isinstance(last, Head)
    assert last.seq == 4
    own[1] = changed(own[1], target="policy:9")
    assert audit_log.verify_export(own) == Break(2, "it was changed")


@pytest.mark.parametrize("lines", [[], ["no JSON"], ["{}"], ['{"type": "comment"}']])
def test_what_is_no_export_is_said_to_be_none(lines: Lines) -> None:
    with pytest.raises(NoExport):
        audit_log.verify_export(lines)


def test_a_line_that_is_no_entry_is_named(exported: Lines) -> None:
    with pytest.raises(NoExport, match="line 3"):
        audit_log.verify_export([*exported[:2], '{"seq": 2}\n'])


def test_a_long_log_is_exported_in_batches(
    app: Flask, exported: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "BATCH", 2)
    assert list(audit_log.export(Filters(), end=audit.head())) == exported
