"""Moderators' decisions about comments, and taking them back. Start reading at `decide`.

A decision names the status that its maker saw: where it has moved since, somebody else was first,
and nothing is changed. Each is kept as a row that is never altered; with it go the counters, the
answers to reports and appeals, what readers are told, the events and the audit entries, in one
commit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from comments_service.errors import (
    CommentsError,
    Conflict,
    FieldError,
    InvalidRequest,
    NotFound,
    UndoWindowClosed,
)
from comments_service.models import (
    Appeal,
    Comment,
    Decision,
    DecisionKind,
    Status,
    User,
    db,
)
from comments_service.policy import Policy
from comments_service.services import (
    articles,
    audit,
    blinds,
    counters,
    events,
    notifications,
    policies,
    reports,
)
from comments_service.services.actor import Actor
from comments_service.services.audit import AuditAction, Entry
from comments_service.services.dossiers import Person
from comments_service.services.events import EventType
from comments_service.services.ids import first_id, new_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, transaction

__all__ = [
    "Batch",
    "DecisionKind",
    "NewDecision",
    "Result",
    "decide",
    "made",
    "reject_recent",
    "undo",
]

UNDO_WINDOW = timedelta(minutes=10)
MOST_AT_ONCE = 1_000
OTHER = "other"
"""The reason that is no clause, and needs a note."""

FROM: Mapping[DecisionKind, Collection[Status]] = {
    DecisionKind.APPROVE: {Status.HELD, Status.REJECTED, Status.PUBLISHED},
    DecisionKind.REJECT: {Status.HELD, Status.PUBLISHED},
    DecisionKind.REMOVE: {Status.PUBLISHED, Status.HELD},
    DecisionKind.RESTORE: {Status.REMOVED},
    DecisionKind.UPHOLD: {Status.REJECTED, Status.REMOVED},
}
"""What can be decided of a comment in which status. What is published can be approved where it
was reported: it stays, and the reports are answered."""

AFTER: Mapping[DecisionKind, Status] = {
    DecisionKind.APPROVE: Status.PUBLISHED,
    DecisionKind.REJECT: Status.REJECTED,
    DecisionKind.REMOVE: Status.REMOVED,
    DecisionKind.RESTORE: Status.PUBLISHED,
}
EVENT_AFTER: Mapping[Status, EventType] = {
    Status.PUBLISHED: EventType.COMMENT_PUBLISHED,
    Status.HELD: EventType.COMMENT_HELD,
    Status.REJECTED: EventType.COMMENT_REJECTED,
    Status.REMOVED: EventType.COMMENT_REMOVED,
}
ACTION: Mapping[DecisionKind, AuditAction] = {
    DecisionKind.APPROVE: AuditAction.COMMENT_APPROVED,
    DecisionKind.REJECT: AuditAction.COMMENT_REJECTED,
    DecisionKind.REMOVE: AuditAction.COMMENT_REMOVED,
    DecisionKind.RESTORE: AuditAction.COMMENT_RESTORED,
    DecisionKind.UPHOLD: AuditAction.APPEAL_UPHELD,
    DecisionKind.UNDO: AuditAction.DECISION_UNDONE,
}
NEED_REASON = frozenset({DecisionKind.REJECT, DecisionKind.REMOVE})
GRANTING = frozenset({DecisionKind.APPROVE, DecisionKind.RESTORE})


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What a moderator decides of a comment that they saw in `seen_status`."""

    comment_id: int
    kind: DecisionKind
    seen_status: Status
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one decision: the comment's status now, and `error` where it was refused.

    `status` None: there is no such comment for this moderator. `decided_by` and `decided_at` are
    those of whoever was first.
    """

    comment_id: int
    status: Status | None
    error: CommentsError | None = None
    decided_by: Person | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Decisions made together, which can be undone together for ten minutes."""

    id: int
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A batch that can still be undone: how many, and of the first what was decided, why, and of
    whose comment."""

    batch_id: int
    count: int
    kind: DecisionKind
    reason: str | None
    author: str


@dataclass(slots=True)
class _Desk:
    """One request's decisions in the making; audit entries are written last, all at once."""

    actor: Actor
    batch_id: int
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    policies: dict[int, Policy] = field(default_factory=dict)

    def policy(self, site_id: int) -> Policy:
        """The policy in force, looked up once."""
        if site_id not in self.policies:
            self.policies[site_id] = policies.in_force(site_id)
        return self.policies[site_id]


def decide(actor: Actor, decisions: Sequence[NewDecision], *, now: datetime) -> Batch:
    """Decide about comments, each for itself: one that is refused changes nothing of the others.

    The reason is a clause of the policy in force or `other`, which needs a note; rejecting and
    removing need one.
    """
    with transaction():
        desk = _Desk(actor, new_id(now), now)
        articles.lock_of_comments(each.comment_id for each in decisions)
        results = tuple(
            _result(desk, each, f"/decisions/{place}") for place, each in enumerate(decisions)
        )
        if desk.entries:
            audit.record_all(desk.entries, actor=actor.key, now=now)
        return Batch(desk.batch_id, results)


def reject_recent(
    actor: Actor,
    user_id: int,
    *,
    since: datetime,
    reason: str,
    note: str | None,
    now: datetime,
) -> Batch:
    """Reject what a person wrote since then on the actor's sites and is held or published.

    One batch, to be undone as any other; the newest `MOST_AT_ONCE` comments. Raises
    `InvalidRequest` for a reason that is none.
    """
    recent = (
        select(Comment.id, Comment.status, Comment.site_id)
        .where(
            Comment.author_id == user_id,
            Comment.id >= first_id(since),
            Comment.status.in_((Status.HELD, Status.PUBLISHED)),
        )
        .order_by(Comment.id.desc())
        .limit(MOST_AT_ONCE)
    )
    with transaction() as session:
        rows = [row for row in session.execute(recent) if actor.reaches(row.site_id)]
        rejected = [
            NewDecision(row.id, DecisionKind.REJECT, Status(row.status), reason, note)
            for row in rows
        ]
        for site_id in sorted({row.site_id for row in rows}):
            _check_reason(rejected[0], policies.in_force(site_id), "")
        return decide(actor, rejected, now=now)


def undo(actor: Actor, batch_id: int, *, now: datetime) -> Batch:
    """Take a batch back: each comment returns to the status it had, unless it has moved since.

    Raises `NotFound` and, ten minutes after the batch, `UndoWindowClosed`.
    """
    query = select(Decision.__table__).where(Decision.batch_id == batch_id).order_by(Decision.id)
    with transaction() as session:
        made = [row for row in session.execute(query) if actor.reaches(row.site_id)]
        if not made:
            raise NotFound
        if now > made[0].created_at + UNDO_WINDOW:
            raise UndoWindowClosed
        desk = _Desk(actor, new_id(now), now)
        articles.lock_of_comments(row.comment_id for row in made)
        results = tuple(_take_back(desk, row) for row in made)
        if desk.entries:
            audit.record_all(desk.entries, actor=actor.key, now=now)
        return Batch(desk.batch_id, results)


def made(actor: Actor, batch_id: int, *, now: datetime) -> Made | None:
    """What a batch decided, while it can be undone; None where nothing of it can."""
    query = (
        select(Decision.__table__, User.display_name.label("author"))
        .join(Comment, Comment.id == Decision.comment_id)
        .join(User, User.id == Comment.author_id)
        .where(Decision.batch_id == batch_id)
        .order_by(Decision.id)
    )
    with reading() as connection:
        rows = [row for row in connection.execute(query) if actor.reaches(row.site_id)]
        undone = select(Decision.id).where(Decision.undoes.in_([row.id for row in rows]))
        is_over = not rows or connection.execute(undone.limit(1)).first() is not None
    if is_over or now > rows[0].created_at + UNDO_WINDOW:
        return None
    first = rows[0]
    return Made(batch_id, len(rows), DecisionKind(first.kind), first.reason, first.author)


def _result(desk: _Desk, wanted: NewDecision, at: str) -> Result:
    comment = db.session.get(Comment, wanted.comment_id, populate_existing=True)
    if comment is None or not desk.actor.reaches(_site_of(comment)):
        return Result(wanted.comment_id, None, NotFound())
    if comment.status != wanted.seen_status:
        return _stale(comment)
    try:
        _check_reason(wanted, desk.policy(_site_of(comment)), at)
        appeal = _open_appeal(comment)
        _check_fits(comment, wanted, appeal, at)
        if appeal is not None and wanted.kind in {*GRANTING, DecisionKind.UPHOLD}:
            _check_other_judge(desk.actor, comment)
    except CommentsError as error:
        return Result(comment.id, Status(comment.status), error)
    _carry_out(desk, comment, wanted, appeal)
    return Result(comment.id, Status(comment.status))


def _carry_out(desk: _Desk, comment: Comment, wanted: NewDecision, appeal: Appeal | None) -> None:
    before = Status(comment.status)
    after = AFTER.get(wanted.kind, before)
    on_appeal = appeal is not None and wanted.kind in {*GRANTING, DecisionKind.UPHOLD}
    decision_id = _keep(
        desk,
        comment,
        kind=wanted.kind,
        reason=wanted.reason,
        note=wanted.note,
        before=before,
        after=after,
        on_appeal=on_appeal,
    )
    if appeal is not None and on_appeal:
        appeal.outcome = "granted" if wanted.kind in GRANTING else "upheld"
        appeal.decided_at, appeal.decision_id = desk.now, decision_id
    reporters = reports.answer(
        comment, agreed=wanted.kind in NEED_REASON, decision_id=decision_id, now=desk.now
    )
    _move(desk, comment, after)
    notifications.tell_of_decision(
        comment,
        site_id=_site_of(comment),
        decision_id=decision_id,
        reporters=reporters,
        now=desk.now,
    )


def _move(desk: _Desk, comment: Comment, after: Status) -> None:
    """The comment's new status, with all that follows from it for readers."""
    if comment.status == after:
        db.session.flush()
        return
    counters.change(comment, after)
    if after is Status.PUBLISHED:
        notifications.tell_of_reply(comment, site_id=_site_of(comment), now=desk.now)
    events.record(
        EVENT_AFTER[after],
        site_id=_site_of(comment),
        article_id=comment.article_id,
        data={"comment_id": str(comment.id)},
        now=desk.now,
    )


def _take_back(desk: _Desk, made: AnyRow) -> Result:
    comment = db.session.get_one(Comment, made.comment_id, populate_existing=True)
    last = _last_decision(comment.id)
    if last is None or last.id != made.id or comment.status != made.after:
        return _stale(comment)
    if made.kind == DecisionKind.UNDO:
        refused = Conflict("What was undone cannot be undone again: decide anew.")
        return Result(comment.id, Status(comment.status), refused)
    if not comment.body:
        refused = Conflict("The text is gone: there is nothing to put back.")
        return Result(comment.id, Status(comment.status), refused)
    _keep(
        desk,
        comment,
        kind=DecisionKind.UNDO,
        reason=None,
        note=None,
        before=Status(comment.status),
        after=Status(made.before),
        on_appeal=made.on_appeal,
        undoes=made.id,
    )
    appeal = db.session.get(Appeal, comment.id)
    if appeal is not None and appeal.decision_id == made.id:
        appeal.outcome = appeal.decided_at = appeal.decision_id = None
    reports.reopen(comment, decision_id=made.id)
    notifications.take_back(made.id)
    _move(desk, comment, Status(made.before))
    return Result(comment.id, Status(comment.status))


def _keep(
    desk: _Desk,
    comment: Comment,
    *,
    kind: DecisionKind,
    reason: str | None,
    note: str | None,
    before: Status,
    after: Status,
    on_appeal: bool,
    undoes: int | None = None,
) -> int:
    """Write the decision down, and what the audit log is to say of it."""
    decision_id = new_id(desk.now)
    site_id = _site_of(comment)
    db.session.execute(
        insert(Decision).values(
            id=decision_id,
            batch_id=desk.batch_id,
            comment_id=comment.id,
            site_id=site_id,
            actor=desk.actor.key,
            user_id=desk.actor.user_id,
            kind=kind,
            reason=reason,
            note=note,
            before=before,
            after=after,
            policy_version=desk.policy(site_id).version,
            on_appeal=on_appeal,
            undoes=undoes,
            created_at=desk.now,
        )
    )
    desk.entries.append(
        Entry(
            ACTION[kind],
            target=f"comment:{comment.id}",
            site_id=site_id,
            reason=reason,
            before={"status": before.value},
            after={"status": after.value, "decision_id": str(decision_id)},
        )
    )
    return decision_id


def _check_reason(wanted: NewDecision, policy: Policy, at: str) -> None:
    """Raise `InvalidRequest` unless the reason is one, and given where it is needed."""
    if wanted.reason is None:
        if wanted.kind in NEED_REASON:
            raise _wrong(
                at,
                "reason",
                "Say which clause, or other.",
                "조항 번호나 other를 사유로 적어 주세요.",
            )
        return
    if wanted.reason == OTHER:
        if not (wanted.note or "").strip():
            raise _wrong(
                at,
                "note",
                "The reason other needs a note.",
                "사유가 other이면 메모가 필요합니다.",
            )
        return
    if wanted.reason not in {clause.id for clause in policy.clauses}:
        raise _wrong(
            at,
            "reason",
            "Must be a clause of the policy in force, or other.",
            "시행 중인 운영정책의 조항 번호나 other여야 합니다.",
        )


def _check_fits(comment: Comment, wanted: NewDecision, appeal: Appeal | None, at: str) -> None:
    """Raise `InvalidRequest` for a decision that says nothing of a comment in this status."""
    fits = comment.status in FROM[wanted.kind]
    if wanted.kind is DecisionKind.UPHOLD:
        fits = fits and appeal is not None
    elif wanted.kind is DecisionKind.APPROVE and comment.status == Status.PUBLISHED:
        fits = comment.reported_at is not None
    if not fits:
        raise _wrong(
            at,
            "decision",
            f"This cannot be decided of a comment that is {comment.status}.",
            "이 상태의 댓글에는 내릴 수 없는 결정입니다.",
        )
    if comment.status == Status.REMOVED and blinds.is_open(comment.id):
        raise Conflict("The comment is out of sight on request: end the temporary blind first.")
    if wanted.kind in GRANTING and not comment.body:
        raise Conflict("The text was deleted after its time: there is nothing to publish.")


def _check_other_judge(actor: Actor, comment: Comment) -> None:
    """Raise `Conflict` where the actor made the decision that is appealed, or the appeal."""
    if comment.author_id == actor.user_id:
        raise Conflict("Somebody else judges this appeal: it is your own.")
    standing = _last_decision(comment.id, standing=True)
    if standing is not None and standing.kind in NEED_REASON and standing.actor == actor.key:
        raise Conflict("Somebody else judges this appeal: you made the decision it is about.")


def _open_appeal(comment: Comment) -> Appeal | None:
    appeal = db.session.get(Appeal, comment.id)
    return appeal if appeal is not None and appeal.decided_at is None else None


def _last_decision(comment_id: int, *, standing: bool = False) -> AnyRow | None:
    """The last decision about a comment, with its maker's name; `standing`: the last that was
    not taken back."""
    query = (
        select(Decision.__table__, User.display_name)
        .join(User, User.id == Decision.user_id)
        .where(Decision.comment_id == comment_id)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    if standing:
        undone = select(Decision.undoes).where(
            Decision.comment_id == comment_id, Decision.undoes.is_not(None)
        )
        query = query.where(Decision.kind != DecisionKind.UNDO, Decision.id.not_in(undone))
    return db.session.execute(query).first()


def _stale(comment: Comment) -> Result:
    """The comment has moved; who moved it is told where a moderator did."""
    status, last = Status(comment.status), _last_decision(comment.id)
    moved = Conflict("The comment has moved since you saw it.")
    if last is None or last.after != status:
        return Result(comment.id, status, moved)
    return Result(
        comment.id,
        status,
        moved,
        decided_by=Person(last.user_id, last.display_name),
        decided_at=last.created_at,
    )


def _site_of(comment: Comment) -> int:
    if comment.site_id is None:  # just inserted elsewhere in this transaction
        db.session.refresh(comment)
    return comment.site_id or 0


def _wrong(at: str, name: str, detail: str, ko: str) -> InvalidRequest:
    return InvalidRequest(errors=(FieldError(f"{at}/{name}", detail, ko=ko),))
