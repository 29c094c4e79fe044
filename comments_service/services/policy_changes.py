"""What two policies say differently, by clause and filter, with what each inherits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from comments_service.policy import Policy
from comments_service.services.policy_clauses import plain

Settings = Mapping[str, Any]


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class SettingChange:
    """`before` and `after` are JSON values, None where there was or is no such setting."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class FilterChange:
    filter: str
    kind: Kind
    settings: tuple[SettingChange, ...]


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """`words` are the changes of the clause's own title and text."""

    clause: str
    kind: Kind
    words: tuple[SettingChange, ...]
    filters: tuple[FilterChange, ...]


def between(before: Policy, after: Policy) -> tuple[ClauseChange, ...]:
    """The clauses that differ: those of `after` in its order, then those that are gone."""
    old = {clause.id: plain(clause) for clause in before.clauses}
    new = {clause.id: plain(clause) for clause in after.clauses}
    ids = [*new, *(clause_id for clause_id in old if clause_id not in new)]
    return tuple(
        _clause_change(clause_id, old.get(clause_id), new.get(clause_id))
        for clause_id in ids
        if old.get(clause_id) != new.get(clause_id)
    )


def _kind(before: object, after: object) -> Kind:
    if before is None:
        return Kind.ADDED
    return Kind.REMOVED if after is None else Kind.CHANGED


def _clause_change(clause_id: str, before: Settings | None, after: Settings | None) -> ClauseChange:
    old, new = before or {}, after or {}
    return ClauseChange(
        clause_id,
        _kind(before, after),
        tuple(
            SettingChange(name, old.get(name), new.get(name))
            for name in ("title", "text")
            if old.get(name) != new.get(name)
        ),
        _filter_changes(old.get("filters", []), new.get("filters", [])),
    )


def _filter_changes(before: list[Settings], after: list[Settings]) -> tuple[FilterChange, ...]:
    """A filter may stand in a clause more than once and has no name of its own: what is left
    when equal uses are taken out is paired in order."""
    gone = [use for use in before if use not in after]
    changes = []
    for use in (use for use in after if use not in before):
        former = next((old for old in gone if old["filter"] == use["filter"]), None)
        if former is not None:
            gone.remove(former)
        changes.append(_filter_change(former, use))
    return (*changes, *(_filter_change(use, None) for use in gone))


def _filter_change(before: Settings | None, after: Settings | None) -> FilterChange:
    old, new = before or {}, after or {}
    return FilterChange(
        (new or old)["filter"],
        _kind(before, after),
        tuple(
            SettingChange(name, old.get(name), new.get(name))
            for name in {**old, **new}
            if name != "filter" and old.get(name) != new.get(name)
        ),
    )
