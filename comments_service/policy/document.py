"""The policy document: YAML text or a mapping in, checked frozen values out.

A document is what a standards board writes; `docs/policy.md` describes it. All its mistakes are
reported together, with the line where YAML was given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from comments_service.policy.errors import DocumentError, InvalidDocument
from comments_service.policy.filters import FilterUse
from comments_service.policy.mistakes import Unusable, told
from comments_service.policy.use import STRICT, BothLanguages
from comments_service.policy.yaml_source import Path, read_yaml

ClauseId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")]


@dataclass(config=STRICT, frozen=True, slots=True)
class Clause:
    """A numbered clause of the Standards Board Policy and the filters that watch over it."""

    id: ClauseId
    title: BothLanguages
    text: BothLanguages
    filters: tuple[FilterUse, ...] = ()


def _unique_ids(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    ids = [clause.id for clause in clauses]
    if repeated := sorted({clause_id for clause_id in ids if ids.count(clause_id) > 1}):
        names = ", ".join(repeated)
        raise Unusable(f"clause {names} appears more than once", f"{names}조가 두 번 이상 나옵니다")
    return clauses


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A policy as written. `without` names clauses of `extends` that do not apply."""

    format: Literal[1]
    extends: Literal["default"] | None = None
    without: tuple[ClauseId, ...] = ()
    clauses: Annotated[tuple[Clause, ...], AfterValidator(_unique_ids)] = ()


_ADAPTER = TypeAdapter(PolicyDocument)


def parse(source: str | Mapping[str, Any]) -> PolicyDocument:
    """Read a policy document from YAML text or, as it came over the API, from a mapping.

    Raises `InvalidDocument` with every mistake found.
    """
    if isinstance(source, str):
        value, lines = read_yaml(source)
    else:
        value, lines = source, {}
    try:
        return _ADAPTER.validate_json(json.dumps(value))
    except ValidationError as error:
        mistakes = [_mistake(detail, lines) for detail in error.errors(include_url=False)]
        raise InvalidDocument(tuple(mistakes)) from None
    except (TypeError, ValueError, RecursionError):
        raise InvalidDocument(
            (DocumentError(None, "", "not a JSON value", "JSON 값이 아닙니다"),)
        ) from None


def _mistake(detail: Any, lines: Mapping[Path, int]) -> DocumentError:
    # Of a union's error the location names the member tried, which is no part of the document.
    location = tuple(
        part
        for index, part in enumerate(detail["loc"])
        if not (index == 4 and detail["loc"][2:3] == ("filters",))
    )
    line = next(
        (lines[location[:end]] for end in range(len(location), -1, -1) if location[:end] in lines),
        None,
    )
    return DocumentError(line, "".join(f"/{part}" for part in location), *told(detail))


@cache
def default_document() -> PolicyDocument:
    """The policy that ships with the product."""
    source = resources.files("comments_service.policy").joinpath("default.yaml")
    return parse(source.read_text(encoding="utf-8"))


def resolve(document: PolicyDocument) -> PolicyDocument:
    """Give `document` the clauses it inherits: its own replace those of the same id, in their
    place; new ones follow in the document's order."""
    if document.extends is None:
        return document
    own = {clause.id: clause for clause in document.clauses}
    inherited = [
        own.pop(clause.id, clause)
        for clause in default_document().clauses
        if clause.id not in document.without
    ]
    return replace(document, extends=None, without=(), clauses=(*inherited, *own.values()))
