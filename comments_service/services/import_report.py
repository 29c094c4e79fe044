"""What an import did, for whoever asked for it: how many, and where what was skipped is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from comments_service.importers.records import Skipped

MOST_PROBLEMS = 200
"""Records named by their place; of more, their number tells."""

MOST_ARTICLES = 1000


@dataclass(slots=True)
class Tally:
    """Counts as they grow. `skipped` and `notes` are by reason; a note is on a comment that was
    taken, though not wholly as it was. `waiting` is how many answer a comment not yet seen."""

    read: int = 0
    created: int = 0
    articles: int = 0
    users: int = 0
    votes: int = 0
    waiting: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    problems: list[dict[str, str]] = field(default_factory=list)

    def skip(self, skipped: Skipped) -> None:
        self.skipped[skipped.reason] += 1
        self._name(skipped)

    def note(self, note: Skipped) -> None:
        self.notes[note.reason] += 1
        self._name(note)

    def _name(self, problem: Skipped) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(
                {
                    "place": problem.place,
                    "reason": problem.reason,
                    "detail": problem.detail[:200].encode("utf-8", "replace").decode(),
                }
            )

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "created": self.created,
            "skipped": dict(self.skipped),
            "notes": dict(self.notes),
            "problems": self.problems,
            "articles_created": self.articles,
            "users_created": self.users,
            "votes_created": self.votes,
        }

    def as_state(self) -> dict[str, Any]:
        """For the worker that goes on after this one."""
        return {**self.as_json(), "waiting": self.waiting}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> Tally:
        return cls(
            read=state["read"],
            created=state["created"],
            articles=state["articles_created"],
            users=state["users_created"],
            votes=state["votes_created"],
            waiting=state["waiting"],
            skipped=Counter(state["skipped"]),
            notes=Counter(state["notes"]),
            problems=list(state["problems"]),
        )
