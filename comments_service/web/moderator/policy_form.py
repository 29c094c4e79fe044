"""A policy as a form: each clause's words, what each of its filters does, their lists and numbers.

What a form has no field for stays as it stands in the document, to be changed there. Names of
fields are `<clause>:title:ko`, `<clause>:<filter's place>:action`, `new:words`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comments_service.services.policy_clauses import Plain

LANGUAGES = ("ko", "en")
ACTIONS = ("hold", "reject")
OFF = "off"
NEW = "new"
"""Stands for the id in the names of the fields of a clause to be added."""

LISTS = ("words", "phrases", "except", "allow", "deny", "reserved")
NUMBERS = (
    "severity",
    "threshold",
    "most",
    "minutes",
    "similarity",
    "own_repeats",
    "others_repeats",
    "rate",
    "repeated_characters",
    "capitals",
    "account_hours",
    "approved",
    "per_article",
    "per_day",
    "seconds_between",
)

Sent = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """A list, a line for each of its entries, or a number, which may be left empty."""

    field: str
    name: str
    value: str
    is_list: bool


@dataclass(frozen=True, slots=True)
class UseForm:
    """A filter in a clause; `action` is `off` where it is to be taken away. `about` tells it from
    another of its kind: its rule, and the lists that it goes by."""

    field: str
    filter: str
    about: str
    action: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class ClauseForm:
    """`words` are title and text: part, language and value."""

    id: str
    words: tuple[tuple[str, str, str], ...]
    uses: tuple[UseForm, ...]
    is_dropped: bool


def shown(clauses: Sequence[Plain], sent: Sent | None) -> tuple[ClauseForm, ...]:
    """The clauses as the form shows them: as they are, or as they were `sent`."""
    return tuple(_shown(clause, sent or {}) for clause in clauses)


def edited(clauses: Sequence[Plain], sent: Sent) -> tuple[dict[str, Plain], set[str]]:
    """The clauses that were changed or added, by id, and the ids of those to be taken away.

    A number that is none stays text, for the policy's own check to name.
    """
    dropped = {clause["id"] for clause in clauses if f"{clause['id']}:drop" in sent}
    changed = {}
    for clause in clauses:
        now = _edited(clause, sent)
        if now != clause and clause["id"] not in dropped:
            changed[clause["id"]] = now
    if added := _line(sent.get(f"{NEW}:id", "")):
        changed[added] = _added(added, sent)
    return changed, dropped


def _shown(clause: Plain, sent: Sent) -> ClauseForm:
    own = clause["id"]
    return ClauseForm(
        id=own,
        words=tuple(
            (part, language, sent.get(f"{own}:{part}:{language}", clause[part][language]))
            for part in ("title", "text")
            for language in LANGUAGES
        ),
        uses=tuple(
            UseForm(
                field=f"{own}:{place}",
                filter=use["filter"],
                about=", ".join(filter(None, [use.get("rule"), *use.get("lists", ())])),
                action=sent.get(f"{own}:{place}:action", use["action"]),
                settings=tuple(_settings(f"{own}:{place}", use, sent)),
            )
            for place, use in enumerate(clause["filters"])
        ),
        is_dropped=f"{own}:drop" in sent,
    )


def _settings(start: str, use: Plain, sent: Sent) -> Iterator[Setting]:
    for name in (*NUMBERS, *LISTS):
        if name in use:
            field, value = f"{start}:{name}", use[name]
            if name in LISTS:
                written = "\n".join(value)
            else:
                written = "" if value is None else str(value)
            yield Setting(field, name, sent.get(field, written), name in LISTS)


def _edited(clause: Plain, sent: Sent) -> Plain:
    own = clause["id"]
    now = dict(clause)
    for part in ("title", "text"):
        now[part] = {
            language: _same_line(sent.get(f"{own}:{part}:{language}"), clause[part][language])
            for language in LANGUAGES
        }
    uses = (_use(f"{own}:{place}", use, sent) for place, use in enumerate(clause["filters"]))
    now["filters"] = [use for use in uses if use["action"] != OFF]
    return now


def _use(start: str, use: Plain, sent: Sent) -> Plain:
    now = {**use, "action": sent.get(f"{start}:action", use["action"])}
    for name in use:
        text = sent.get(f"{start}:{name}")
        if text is not None and name in LISTS:
            now[name] = _entries(text)
        elif text is not None and name in NUMBERS:
            now[name] = _number(text.strip())
    return now


def _added(own: str, sent: Sent) -> Plain:
    def both(part: str) -> dict[str, str]:
        return {language: _line(sent.get(f"{NEW}:{part}:{language}", "")) for language in LANGUAGES}

    words, message = _entries(sent.get(f"{NEW}:words", "")), both("message")
    use: dict[str, Any] = {"filter": "words", "action": sent.get(f"{NEW}:action", ACTIONS[0])}
    use["words"] = words
    if any(message.values()):
        use["message"] = message
    filters = [use] if words else []
    return {"id": own, "title": both("title"), "text": both("text"), "filters": filters}


def _same_line(sent: str | None, was: str) -> str:
    """What was sent, or the line as it was where only its spaces differ."""
    return was if sent is None or _line(sent) == _line(was) else _line(sent)


def _line(text: str) -> str:
    return " ".join(text.split())


def _entries(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(text: str) -> int | float | str | None:
    if not text:
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
