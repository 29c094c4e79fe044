"""Reading the audit log: a page of it, an export, and whether an export is whole.

`audit.py` writes it and says what an entry's hash is made of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from comments_service.errors import FieldError, InvalidRequest
from comments_service.models import AuditEntry, User
from comments_service.services.actor import Actor
from comments_service.services.audit import NO_HASH, Break, Head, misfit
from comments_service.services.rows import AnyRow, AnySelect
from comments_service.services.transaction import reading

BATCH = 1000
FORMAT = "audit-1"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry, whole."""

    seq: int
    at: datetime
    actor: str
    action: str
    target: str
    site_id: int | None
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show; None: everything. `site_id` is that of one site's entries."""

    site_id: int | None = None
    actor: str | None = None
    action: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first; `next` is the number to go on below, or None. `names` are those
    of the people in them, by how the log names them."""

    items: tuple[LogEntry, ...]
    next: int | None
    names: Mapping[str, str]


class NoExport(Exception):
    """The file is no export of an audit log, and why."""


def filters_for(reader: Actor, site_id: int | None, /, **given: Any) -> Filters:
    """Those of one site, or of all for somebody who has to do with all.

    Raises `InvalidRequest` where a site must be named.
    """
    if site_id is None and reader.site_ids is not None:
        needed = FieldError("/query/site", "This field is required.", ko="필수 항목입니다.")
        raise InvalidRequest(errors=(needed,))
    return Filters(site_id=site_id, **given)


def page(filters: Filters, *, limit: int, below: int | None = None) -> Page:
    """The newest `limit` entries, or those before the number given."""
    query = _query(filters).order_by(AuditEntry.seq.desc()).limit(limit + 1)
    if below is not None:
        query = query.where(AuditEntry.seq < below)
    with reading() as connection:
        rows = connection.execute(query).all()
        items = tuple(_entry(row) for row in rows[:limit])
        people = {int(name[5:]) for entry in items for name in _people(entry)}
        named = select(User.id, User.display_name).where(User.id.in_(people))
        names = {f"user:{row.id}": row.display_name for row in connection.execute(named)}
    return Page(items, items[-1].seq if len(rows) > limit else None, names)


def entries(filters: Filters, *, end: int) -> Iterator[LogEntry]:
    """All entries up to the number `end`, oldest first; between two batches no connection is held,
    so that an export of years keeps nobody waiting."""
    query = _query(filters).where(AuditEntry.seq <= end).order_by(AuditEntry.seq).limit(BATCH)
    last = 0
    while True:
        with reading() as connection:
            rows = connection.execute(query.where(AuditEntry.seq > last)).all()
        yield from map(_entry, rows)
        if len(rows) < BATCH:
            return
        last = rows[-1].seq


def export(filters: Filters, *, end: Head) -> Iterator[str]:
    """The log as JSON Lines that `verify_export` reads: first what it is of and where the log
    ended, then an entry a line, whole."""
    whole = filters == Filters()
    head = {"seq": end.seq, "hash": end.hash}
    yield _line({"type": FORMAT, "whole": whole, "head": head})
    for entry in entries(filters, end=end.seq):
        yield _line({**asdict(entry), "at": _moment(entry.at)})


def verify_export(lines: Iterable[str], *, anchor: Head | None = None) -> Head | Break:
    """Where the chain of an exported log breaks first, or, where it does not, its last entry.

    Of a part of the log, such as one site's, each entry is held to its own hash, and to the one
    before where that is there. With an `anchor`, a head that somebody noted earlier, the entry of
    that number must have that hash. Raises `NoExport`.
    """
    source = iter(lines)
    header = _read(next(source, ""), 1)
    if header.get("type") != FORMAT:
        raise NoExport("line 1 does not say that this is an audit log")
    whole, last = bool(header.get("whole")), Head(0, NO_HASH)
    met = anchor is None or anchor.seq == 0
    for number, line in enumerate(source, start=2):
        entry = _entry_of(_read(line, number), number)
        reason = misfit(entry, last, whole=whole)
        if reason is not None:
            return Break(entry.seq, reason)
        last = Head(entry.seq, entry.hash)
        if anchor is not None and entry.seq == anchor.seq:
            if last != anchor:
                return Break(entry.seq, "it is not the one whose hash was noted")
            met = True
    if whole and last != Head(**header["head"]):
        return Break(last.seq, "the log was noted to end elsewhere: entries after it are gone")
    if not met and anchor is not None:
        return Break(anchor.seq, "it is missing, though its hash was noted")
    return last


def _query(filters: Filters) -> AnySelect:
    query = select(AuditEntry.__table__)
    for column, wanted in (
        (AuditEntry.site_id, filters.site_id),
        (AuditEntry.actor, filters.actor),
        (AuditEntry.action, filters.action),
        (AuditEntry.target, filters.target),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if filters.since is not None:
        query = query.where(AuditEntry.at >= filters.since)
    if filters.until is not None:
        query = query.where(AuditEntry.at < filters.until)
    return query


def _entry(row: AnyRow) -> LogEntry:
    return LogEntry(**row._asdict())


def _people(entry: LogEntry) -> Iterator[str]:
    for name in (entry.actor, entry.target):
        if name.startswith("user:") and name[5:].isdigit():
            yield name


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _read(line: str, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise NoExport(f"line {number} is no JSON object")
    return value


def _entry_of(value: dict[str, Any], number: int) -> LogEntry:
    try:
        return LogEntry(**{**value, "at": datetime.fromisoformat(value["at"])})
    except (TypeError, ValueError, KeyError):
        raise NoExport(f"line {number} is no entry of an audit log") from None
