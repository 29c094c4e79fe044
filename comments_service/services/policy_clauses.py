"""A policy's clauses one by one, as JSON values: all that apply, and a document with some changed.

A document that inherits stays small: only the clauses that were changed become its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import TypeAdapter

from comments_service.policy import Clause, Policy, default_document

Plain = dict[str, Any]

_CLAUSE = TypeAdapter(Clause)


def plain(clause: Clause) -> Plain:
    """A clause with every setting of its filters, those that nobody set included."""
    value: Plain = _CLAUSE.dump_python(clause, mode="json", by_alias=True)
    return value


def of(policy: Policy) -> tuple[Plain, ...]:
    """The clauses that apply, inherited or not, in their order."""
    return tuple(plain(clause) for clause in policy.clauses)


def rewritten(
    document: Mapping[str, Any], *, changed: Mapping[str, Plain], dropped: Collection[str]
) -> Plain:
    """The document with these clauses, by their ids, changed or added, and those taken away; what
    it says of others stays as it is. Nothing is checked."""
    own = {clause["id"]: clause for clause in document.get("clauses") or ()} | dict(changed)
    new = {**document, "clauses": [own[each] for each in own if each not in dropped]}
    if document.get("extends") is not None:
        inherited = {clause.id for clause in default_document().clauses}
        without = [*(document.get("without") or ()), *sorted(inherited & set(dropped))]
        if without:
            new["without"] = list(dict.fromkeys(without))
    return new
