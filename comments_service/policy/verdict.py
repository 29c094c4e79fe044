"""The values that go into a judgement and come out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """The policy's answer, mildest first."""

    ALLOW = "allow"
    HOLD = "hold"
    REJECT = "reject"


class Action(StrEnum):
    """What a filter does on a finding."""

    HOLD = "hold"
    REJECT = "reject"


Texts = Mapping[str, str]
"""A text in Korean and English: `{"ko": …, "en": …}`."""


@dataclass(frozen=True, slots=True)
class ExternalAnswer:
    """What a publisher's own filter said. `outcome` is `None` if it failed or was too late."""

    outcome: Outcome | None
    message: Texts | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """A comment about to be judged, with the settings that matter to it.

    `body` is normalised (`text.normalise`); `lang` the writer's language, if they said;
    `now` is `None` in a dry run, which then judges the words alone; `premoderated` is what the site
    or the article is set to; `section` the part of the paper the article is in; `external` the
    answers of external filters by name, and lacks those that were not asked.
    """

    body: str
    lang: str | None = None
    display_name: str | None = None
    is_staff: bool = False
    now: datetime | None = None
    section: str | None = None
    premoderated: bool = False
    external: Mapping[str, ExternalAnswer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastText:
    """A comment of before: its normalised `body` and when it was sent."""

    body: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What is known of the writer and the place. Empty for a dry run.

    `own` are the writer's recent texts, newest first, deleted and rejected ones included;
    `others` those of other writers on the site; `own_on_article` and `own_today` count all the
    writer's comments of the last 24 hours, under this article and on the site; `approved` counts
    the writer's comments ever published; `account_created_at` is `None` if unknown.
    """

    own: tuple[PastText, ...] = ()
    others: tuple[PastText, ...] = ()
    own_on_article: int = 0
    own_today: int = 0
    approved: int = 0
    account_created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a filter saw.

    `start` and `end` are code points of the body on the edges of characters as a reader counts
    them, or `None` where no words are to blame. `weight` grows with severity or certainty and only
    orders findings.
    """

    filter: str
    rule: str
    clause: str
    message: Texts
    start: int | None
    end: int | None
    weight: float
    action: Action

    def as_json(self) -> dict[str, Any]:
        """The finding as plain values, as verdicts are stored."""
        return {
            "filter": self.filter,
            "rule": self.rule,
            "clause": self.clause,
            "message": dict(self.message),
            "start": self.start,
            "end": self.end,
            "weight": self.weight,
            "action": self.action.value,
        }


@dataclass(frozen=True, slots=True)
class Trace:
    """That a filter ran, and how many findings it had; or why it was `skipped`."""

    filter: str
    findings: int = 0
    skipped: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"filter": self.filter, "findings": self.findings, "skipped": self.skipped}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, with its reasons. `findings` are ordered as the filters ran, then by place."""

    outcome: Outcome
    policy_version: int
    findings: tuple[Finding, ...]
    trace: tuple[Trace, ...]

    def as_json(self) -> dict[str, Any]:
        """The verdict as plain values."""
        return {
            "outcome": self.outcome.value,
            "policy_version": self.policy_version,
            "findings": [finding.as_json() for finding in self.findings],
            "trace": [trace.as_json() for trace in self.trace],
        }
