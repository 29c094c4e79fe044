"""What a card of the queue shows, made ready for its template: texts with their marks, ages, and
what can be decided of a comment in its status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from comments_service.policy.filters import premoderation, windows
from comments_service.services.dossiers import QueueItem
from comments_service.services.moderation import DecisionKind
from comments_service.services.views import FindingView, Status


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `numbers` are those of the findings that blame it."""

    text: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """A decision that a card offers: its kind, the word on its button, whether it asks why."""

    kind: DecisionKind
    word: str
    asks_why: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """An item of the queue with what its template needs. `yes` and `no` are the two decisions."""

    item: QueueItem
    pieces: tuple[Piece, ...]
    yes: Act | None
    no: Act | None
    clause: str | None
    is_own_decision: bool = False

    @property
    def id(self) -> str:
        return str(self.item.comment.id)

    @property
    def seen(self) -> str:
        return self.item.comment.status.value


OF_THE_PLACE = frozenset({windows.NAME, premoderation.NAME})
"""What makes a comment wait for its place or time, and is no reason to refuse it."""

YES: Mapping[Status, Act] = {
    Status.HELD: Act(DecisionKind.APPROVE, "do-approve"),
    Status.REJECTED: Act(DecisionKind.APPROVE, "do-approve"),
    Status.REMOVED: Act(DecisionKind.RESTORE, "do-restore"),
}
NO: Mapping[Status, Act] = {
    Status.HELD: Act(DecisionKind.REJECT, "do-reject", asks_why=True),
    Status.PUBLISHED: Act(DecisionKind.REMOVE, "do-remove", asks_why=True),
}


def card(item: QueueItem, *, user_id: int) -> Card:
    """The card of an item for the moderator who sees it."""
    status = item.comment.status
    yes, no = YES.get(status), NO.get(status)
    if status is Status.PUBLISHED and item.reports.open:
        yes = Act(DecisionKind.APPROVE, "do-keep")
    is_own = False
    if item.appeal is not None and item.appeal.outcome is None and yes is not None:
        yes, no = Act(yes.kind, "do-grant"), Act(DecisionKind.UPHOLD, "do-uphold")
        is_own = _decided_by(item, user_id)
    findings = item.verdict.findings if item.verdict else ()
    return Card(
        item=item,
        pieces=pieces(item.comment.body or "", findings),
        yes=yes,
        no=no,
        clause=next((each.clause for each in findings if each.filter not in OF_THE_PLACE), None),
        is_own_decision=is_own,
    )


def kind_of(verb: str, seen: Status, *, is_appealed: bool) -> DecisionKind | None:
    """What the bulk buttons `yes` and `no` mean for a comment in this status."""
    if verb == "no" and is_appealed:
        return DecisionKind.UPHOLD
    if verb == "yes" and seen is Status.PUBLISHED:
        return DecisionKind.APPROVE
    act = {"yes": YES, "no": NO}.get(verb, {}).get(seen)
    return None if act is None else act.kind


def pieces(body: str, findings: Sequence[FindingView]) -> tuple[Piece, ...]:
    """The text cut where a finding begins or ends, each stretch with the findings' numbers."""
    spans = [
        (number, finding.start, min(finding.end, len(body)))
        for number, finding in enumerate(findings, start=1)
        if finding.start is not None and finding.end is not None
    ]
    cuts = sorted({0, len(body), *(cut for _, *ends in spans for cut in ends if cut < len(body))})
    return tuple(
        Piece(
            body[start:end],
            tuple(number for number, first, last in spans if first <= start and end <= last),
        )
        for start, end in pairwise(cuts)
    )


def age(since: datetime, now: datetime, words: Mapping[str, str]) -> str:
    """How long ago, in one number or two: `41 min`, `1 h 12 min`, `3 d`."""
    past = max(now - since, timedelta(0))
    minutes, days = past // timedelta(minutes=1), past.days
    if minutes < 1:
        return words["just-now"]
    if minutes < 60:
        return words["minutes"].format(count=minutes)
    if days < 1:
        hours, rest = divmod(minutes, 60)
        parts = [words["hours"].format(count=hours)]
        return " ".join([*parts, words["minutes"].format(count=rest)] if rest else parts)
    for unit, length in (("years", 365), ("months", 30)):
        if days >= length * 2:
            return words[unit].format(count=days // length)
    return words["days"].format(count=days)


def _decided_by(item: QueueItem, user_id: int) -> bool:
    last = item.decision
    by_them = last is not None and last.decided_by.id == user_id
    return by_them and last is not None and last.kind in {DecisionKind.REJECT, DecisionKind.REMOVE}
