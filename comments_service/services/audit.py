"""The audit log: what people did with power over others. `record` is the one way to write to it.

Entries are numbered without a gap and each carries the hash of the one before it, so that a
change, a gap or a cut-off end shows to `verify`. Whoever can write the tables can also forge the
whole chain anew; against that, keep a copy of the head's hash elsewhere from time to time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, insert, select

from comments_service.models import AuditEntry, AuditHead, db
from comments_service.services.transaction import reading

OPERATOR = "operator"
"""The actor of what is done on the command line."""

NO_HASH = "0" * 64
"""What the first entry carries for the one before it."""

HASHED = ("seq", "at", "actor", "action", "target", "site_id", "reason", "before", "after")


class AuditAction(StrEnum):
    STAFF_INVITED = "staff.invited"
    STAFF_ROLE_GRANTED = "staff.role_granted"
    STAFF_ROLE_REVOKED = "staff.role_revoked"
    STAFF_LOGGED_IN = "staff.logged_in"
    STAFF_LOGGED_OUT = "staff.logged_out"
    STAFF_SESSION_ENDED = "staff.session_ended"
    STAFF_SECOND_FACTOR_ADDED = "staff.second_factor_added"
    STAFF_SECOND_FACTOR_REMOVED = "staff.second_factor_removed"
    USER_DELETED = "user.deleted"
    USER_MERGED = "user.merged"
    ARTICLE_CHANGED = "article.changed"
    ARTICLE_WINDOW_PASSED = "article.window_passed"
    ARTICLE_MERGED = "article.merged"
    IMPORT_REQUESTED = "import.requested"
    IMPORT_UNDONE = "import.undone"
    SITE_EXPORTED = "site.exported"
    POLICY_PUBLISHED = "policy.published"
    COMMENT_BLINDED = "comment.blinded"
    BLIND_OBJECTED = "comment.blind_objected"
    BLIND_RESOLVED = "comment.blind_resolved"
    BLIND_EXPIRED = "comment.blind_expired"
    COMMENT_APPROVED = "comment.approved"
    COMMENT_REJECTED = "comment.rejected"
    COMMENT_REMOVED = "comment.removed"
    COMMENT_RESTORED = "comment.restored"
    APPEAL_UPHELD = "appeal.upheld"
    DECISION_UNDONE = "decision.undone"
    USER_SUSPENDED = "user.suspended"
    SUSPENSION_LIFTED = "suspension.lifted"
    USER_NOTED = "user.noted"
    SITE_CREATED = "site.created"
    SITE_CHANGED = "site.changed"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_ROTATED = "webhook.rotated"
    WEBHOOK_REMOVED = "webhook.removed"


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends; `seq` 0: nothing has been written yet."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What `record_all` takes one of for each thing that was done."""

    action: AuditAction
    target: str
    site_id: int | None = None
    reason: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that does not fit, and why."""

    seq: int
    reason: str


def user(user_id: int) -> str:
    """How the log names a person, as an actor or a target."""
    return f"user:{user_id}"


def record(
    action: AuditAction,
    *,
    actor: str,
    target: str,
    now: datetime,
    site_id: int | None = None,
    reason: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> int:
    """Add an entry to the open transaction and return its number.

    `before` and `after` are plain JSON that names people and things by id, so that nothing
    deleted lives on in the log. Writers wait for each other from here to their commit: record
    last.
    """
    entry = Entry(action, target, site_id, reason, before, after)
    return record_all([entry], actor=actor, now=now)


def record_all(entries: Iterable[Entry], *, actor: str, now: datetime) -> int:
    """The same for several things that one actor did at once; the number of the last entry."""
    head = db.session.scalars(select(AuditHead).with_for_update()).one()
    rows = []
    for entry in entries:
        values: dict[str, Any] = {
            "seq": head.seq + 1,
            "at": now,
            "actor": actor,
            "action": entry.action.value,
            "target": entry.target,
            "site_id": entry.site_id,
            "reason": entry.reason,
            "before": entry.before if entry.before is None else dict(entry.before),
            "after": entry.after if entry.after is None else dict(entry.after),
        }
        entry_hash = _hash(values, previous_hash=head.hash)
        rows.append({**values, "previous_hash": head.hash, "hash": entry_hash})
        head.seq, head.hash = values["seq"], entry_hash
    if rows:
        db.session.execute(insert(AuditEntry), rows)
    db.session.flush()
    return head.seq


def head() -> Head:
    """Where the log ends now."""
    with reading() as connection:
        row = connection.execute(select(AuditHead.seq, AuditHead.hash)).one()
    return Head(row.seq, row.hash)


def verify() -> Break | None:
    """Read the whole log and return where its chain breaks first, or None where it does not."""
    with reading() as connection:
        # In one statement, which sees one state of both.
        greatest = select(func.max(AuditEntry.seq)).scalar_subquery()
        end = connection.execute(
            select(AuditHead.seq, AuditHead.hash, func.coalesce(greatest, 0).label("greatest"))
        ).one()
        # What was written since belongs to no state that `end` knows of.
        query = (
            select(AuditEntry.__table__)
            .where(AuditEntry.seq <= end.seq)
            .order_by(AuditEntry.seq)
            .execution_options(yield_per=1000)
        )
        last = Head(0, NO_HASH)
        with connection.execute(query) as entries:
            for entry in entries:
                reason = misfit(entry, last)
                if reason is not None:
                    return Break(entry.seq, reason)
                last = Head(entry.seq, entry.hash)
    if last != Head(end.seq, end.hash):
        return Break(last.seq, "the log was noted to end elsewhere: entries after it are gone")
    if end.greatest > end.seq:
        return Break(end.seq + 1, "it was put in: the log was noted to end before it")
    return None


def misfit(entry: Any, last: Head, *, whole: bool = True) -> str | None:
    """Why `entry`, a row or whatever has its columns, cannot come after `last` in an unbroken log,
    or None where it can. In a log that is not `whole`, entries may be left out."""
    follows = entry.seq == last.seq + 1
    if entry.seq <= last.seq:
        return f"it comes after entry {last.seq}"
    if whole and not follows:
        return f"entry {last.seq + 1} is missing"
    if follows and entry.previous_hash != last.hash:
        return "it does not follow the entry before it"
    values = {name: getattr(entry, name) for name in HASHED}
    if entry.hash != _hash(values, previous_hash=entry.previous_hash):
        return "it was changed"
    return None


def _hash(values: Mapping[str, Any], *, previous_hash: str) -> str:
    """SHA-256 of the entry as JSON with sorted keys and no spaces, in UTF-8."""
    content = {name: values[name] for name in HASHED}
    content["at"] = values["at"].astimezone(UTC).isoformat(timespec="microseconds")
    content["previous_hash"] = previous_hash
    canonical = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
