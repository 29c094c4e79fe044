"""A newspaper's comments in plain Python: what the service ought to do, said once more.

No table, no counter, no cache: everything asked for is worked out from the list of comments. Each
deed returns the status that the service's answer ought to have, does what the deed ought to do,
and notes which events and audit entries it ought to leave (`told`, `logged`). The machine in
`machine.py` does the same deeds here and over HTTP, and compares what all can see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import floor, sqrt
from typing import Any

REPORTS_THAT_HOLD = 3
EDIT_WINDOW = timedelta(minutes=5)
UNDO_WINDOW = timedelta(minutes=10)
DELETED_NAME = "탈퇴한 이용자 · Deleted user"

SHOWN_STATUSES = {"published", "deleted"}
"""Whether a comment waits or was rejected is nobody's business: its tombstone says removed."""

FITS = {
    "approve": {"held", "rejected", "published"},
    "reject": {"held", "published"},
    "remove": {"published", "held"},
    "restore": {"removed"},
}
AFTER = {
    "approve": "published",
    "reject": "rejected",
    "remove": "removed",
    "restore": "published",
}
LOGGED = {
    "approve": "comment.approved",
    "reject": "comment.rejected",
    "remove": "comment.removed",
    "restore": "comment.restored",
    "undo": "decision.undone",
}


@dataclass(eq=False)
class Suspension:
    until: datetime | None
    is_lifted: bool = False

    def is_in_force(self, now: datetime) -> bool:
        return not self.is_lifted and (self.until is None or self.until > now)


@dataclass(eq=False)
class Person:
    """Somebody's account. `id` is empty for the authors of imported comments."""

    name: str
    id: str = ""
    suspensions: list[Suspension] = field(default_factory=list)


@dataclass(eq=False)
class Article:
    status: str = "open"


@dataclass(eq=False)
class Decision:
    comment: Comment
    kind: str
    before: str
    after: str
    undoes: Decision | None = None


@dataclass(eq=False)
class Report:
    by: Person
    weight: int
    answer: Decision | None = None


@dataclass(eq=False)
class Comment:
    """One comment and all that was done to it. `number` is the order of making."""

    number: int
    article: Article
    author: Person
    body: str
    status: str
    created_at: datetime
    parent: Comment | None = None
    id: str = ""
    edited: bool = False
    is_gone: bool = False
    likes: int = 0
    dislikes: int = 0
    votes: dict[Person, int] = field(default_factory=dict)
    reports: dict[Person, Report] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)

    @property
    def root(self) -> Comment:
        return self if self.parent is None else self.parent.root

    @property
    def place(self) -> tuple[datetime, int]:
        return self.created_at, self.number

    @property
    def tally(self) -> tuple[int, int]:
        votes = list(self.votes.values())
        return self.likes + votes.count(1), self.dislikes + votes.count(-1)

    @property
    def open_reports(self) -> list[Report]:
        return [report for report in self.reports.values() if report.answer is None]

    @property
    def is_held_by_readers(self) -> bool:
        return sum(report.weight for report in self.open_reports) >= 100 * REPORTS_THAT_HOLD

    @property
    def standing(self) -> Decision | None:
        """The moderators' last word that was not taken back."""
        undone = {decision.undoes for decision in self.decisions}
        made = [d for d in self.decisions if d.undoes is None and d not in undone]
        return made[-1] if made else None


@dataclass(frozen=True)
class Record:
    """A comment in a file to be imported; `answers` is a record of the file or a comment here."""

    source: str
    author: str
    body: str
    status: str
    created_at: datetime
    likes: int
    answers: Record | Comment | None


@dataclass(eq=False)
class Import:
    """A file and what came of it. `made` is by the record's name in the file."""

    article: str
    records: Sequence[Record]
    made: dict[str, Comment] = field(default_factory=dict)


@dataclass
class Newspaper:
    """The state of one site. `words` says what the policy in force does on a word."""

    now: datetime
    articles: dict[str, Article]
    deletes_comments_of_the_deleted: bool = False
    words: dict[str, str] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    imported: dict[str, Comment] = field(default_factory=dict)
    importers: dict[str, tuple[Person, Import]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    # What readers do.

    def is_suspended(self, who: Person) -> bool:
        return any(each.is_in_force(self.now) for each in who.suspensions)

    def status_for(self, body: str, article: Article) -> str:
        """The status that a new text gets."""
        actions = {action for word, action in self.words.items() if word in body.split()}
        if "reject" in actions:
            return "rejected"
        if "hold" in actions or article.status == "premoderated":
            return "held"
        return "published"

    def post(
        self, who: Person, article: Article, body: str, parent: Comment | None
    ) -> tuple[int, Comment | None]:
        if self.is_suspended(who):
            return 403, None
        if article.status == "closed":
            return 409, None
        if parent is not None and (parent.is_gone or parent.status != "published"):
            return 404, None
        status = self.status_for(body, article)
        comment = self._add(article, who, body, status, self.now, parent)
        self.told.append(f"comment.{status}")
        return {"published": 201, "held": 202, "rejected": 422}[status], comment

    def _add(
        self,
        article: Article,
        who: Person,
        body: str,
        status: str,
        created_at: datetime,
        parent: Comment | None,
    ) -> Comment:
        number = len(self.comments)
        comment = Comment(number, article, who, body, status, created_at, parent)
        self.comments.append(comment)
        return comment

    def edit(self, who: Person, comment: Comment, body: str) -> int:
        if (refused := self._not_ones_own(who, comment)) is not None:
            return refused
        if self.is_suspended(who):
            return 403
        if comment.status not in {"published", "held"}:
            return 409
        if self.now > comment.created_at + EDIT_WINDOW:
            return 409
        status = self.status_for(body, comment.article)
        if status == "published" and comment.status == "held" and comment.is_held_by_readers:
            status = "held"
        if status != "rejected":
            comment.body, comment.status, comment.edited = body, status, True
            self.told.append("comment.edited")
        return {"published": 200, "held": 202, "rejected": 422}[status]

    def delete(self, who: Person, comment: Comment) -> int:
        if (refused := self._not_ones_own(who, comment)) is not None:
            return refused
        self._delete(comment)
        return 204

    def _delete(self, comment: Comment) -> None:
        if comment.status != "deleted":
            comment.status = "deleted"
            self.told.append("comment.deleted")

    def _not_ones_own(self, who: Person, comment: Comment) -> int | None:
        if comment.is_gone:
            return 404
        if comment.author is not who:
            return 403 if comment.status == "published" else 404
        return None

    def vote(self, who: Person, comment: Comment, value: int | None) -> int:
        if (refused := self._may_not_judge(who, comment)) is not None:
            return refused
        if value is None:
            comment.votes.pop(who, None)
        else:
            comment.votes[who] = value
        return 200

    def report(self, who: Person, comment: Comment) -> int:
        again = not self.is_suspended(who) and who in comment.reports and not comment.is_gone
        if again:
            return 202
        if (refused := self._may_not_judge(who, comment)) is not None:
            return refused
        comment.reports[who] = Report(who, self._weight(who))
        self.told.append("comment.reported")
        standing = comment.standing
        stands = standing is not None and standing.kind in {"approve", "restore"}
        if comment.is_held_by_readers and not stands:
            comment.status = "held"
            self.told.append("comment.held")
        return 202

    def _weight(self, who: Person) -> int:
        """In hundredths: somebody who was mostly wrong counts for less."""
        answers = [
            each.reports[who].answer
            for each in self.comments
            if not each.is_gone and who in each.reports
        ]
        right = sum(a is not None and a.kind in {"reject", "remove"} for a in answers)
        wrong = sum(a is not None for a in answers) - right
        return 100 if wrong < 3 else 100 * (right + 1) // (right + wrong + 1)

    def _may_not_judge(self, who: Person, comment: Comment) -> int | None:
        if comment.is_gone:
            return 404
        if comment.status != "published":
            return 403 if self.is_suspended(who) else 404
        if self.is_suspended(who) or comment.author is who:
            return 403
        return None

    def delete_account(self, who: Person) -> Person:
        """Returns who the same person is at their next login."""
        if self.deletes_comments_of_the_deleted:
            for comment in self.comments:
                if comment.author is who and not comment.is_gone:
                    self._delete(comment)
        for comment in self.comments:
            comment.votes.pop(who, None)
            if who in comment.reports:
                comment.reports[who].weight = 0
        again = Person(who.name)
        if self.is_suspended(who):
            again.suspensions, who.suspensions = who.suspensions, []
        who.name = DELETED_NAME
        self.told.append("user.deleted")
        return again

    # What moderators do.

    def publish_policy(self, words: dict[str, str]) -> None:
        self.words = words
        self.told.append("policy.published")
        self.logged.append("policy.published")

    def decide(self, comment: Comment, kind: str, seen: str) -> tuple[int, Decision | None]:
        if comment.is_gone:
            return 404, None
        if comment.status != seen:
            return 409, None
        is_reported = bool(comment.open_reports)
        if comment.status not in FITS[kind]:
            return 422, None
        if kind == "approve" and comment.status == "published" and not is_reported:
            return 422, None
        if kind in {"approve", "restore"} and not comment.body:
            return 409, None
        return 200, self._decided(comment, kind, AFTER[kind])

    def _decided(
        self, comment: Comment, kind: str, after: str, undoes: Decision | None = None
    ) -> Decision:
        decision = Decision(comment, kind, comment.status, after, undoes)
        comment.decisions.append(decision)
        self.logged.append(LOGGED[kind])
        if undoes is None:
            for report in comment.open_reports:
                report.answer = decision
        if comment.status != after:
            comment.status = after
            self.told.append(f"comment.{after}")
        return decision

    def reject_recent(self, who: Person) -> list[Decision]:
        since = self.now - timedelta(hours=1)
        recent = [
            comment
            for comment in reversed(self.comments)
            if comment.author is who
            and not comment.is_gone
            and comment.created_at >= since
            and comment.status in {"held", "published"}
        ]
        return [self._decided(comment, "reject", "rejected") for comment in recent]

    def undo(self, batch: Sequence[Decision], made_at: datetime) -> tuple[int, list[Any]]:
        """The status of the answer; for each decision its own, and what undid it."""
        if not batch:
            return 404, []
        if self.now > made_at + UNDO_WINDOW:
            return 409, []
        return 200, [self._take_back(decision) for decision in batch]

    def _take_back(self, decision: Decision) -> tuple[int, Decision | None]:
        comment = decision.comment
        if comment.decisions[-1] is not decision or comment.status != decision.after:
            return 409, None
        if decision.undoes is not None or not comment.body:
            return 409, None
        for report in comment.reports.values():
            if report.answer is decision:
                report.answer = None
        return 200, self._decided(comment, "undo", decision.before, decision)

    def suspend(self, who: Person, until: datetime | None) -> Suspension:
        suspension = Suspension(until)
        who.suspensions.append(suspension)
        self.told.append("user.suspended")
        self.logged.append("user.suspended")
        return suspension

    def lift(self, suspension: Suspension) -> None:
        if not suspension.is_lifted:
            suspension.is_lifted = True
            self.logged.append("suspension.lifted")

    def set_status(self, article: Article, status: str) -> None:
        if article.status != status:
            article.status = status
            self.logged.append("article.changed")
            if status == "closed":
                self.told.append("article.closed")

    # What the publisher's machines do.

    def merge(self, source: str, into: str) -> None:
        going, target = self.articles[source], self.articles[into]
        if going is target:
            return
        for comment in self.comments:
            if comment.article is going:
                comment.article = target
        for name, article in self.articles.items():
            if article is going:
                self.articles[name] = target
        self.told.append("article.merged")
        self.logged.append("article.merged")

    def take_in(self, article: str, records: Sequence[Record]) -> Import:
        """Import a file; what is here already is left alone."""
        done = Import(article, records)
        self.logged.append("import.requested")
        for record in records:
            if record.source in self.imported:
                continue
            parent = self._parent(record)
            comment = self._add(
                self.articles[article],
                self._importer(record.author, done),
                "" if record.status == "deleted" else record.body,
                record.status,
                record.created_at,
                parent,
            )
            comment.likes = record.likes
            done.made[record.source] = self.imported[record.source] = comment
        return done

    def _parent(self, record: Record) -> Comment | None:
        answers = record.answers
        if isinstance(answers, Record):
            answers = self.imported[answers.source]
        return None if answers is None or answers.is_gone else answers

    def _importer(self, name: str, during: Import) -> Person:
        if name not in self.importers:
            self.importers[name] = Person(name), during
        return self.importers[name][0]

    def undo_import(self, done: Import) -> None:
        """What it made goes, but for what was built on it: that stays without a text."""
        self.logged.append("import.undone")
        own = [comment for comment in done.made.values() if not comment.is_gone]
        needed = self._needed(own)
        for comment in own:
            if comment in needed:
                comment.status, comment.body = "removed", ""
            else:
                comment.is_gone = True
        for source in done.made:
            self.imported.pop(source, None)
        done.made = {}
        for name, (person, during) in list(self.importers.items()):
            if during is done:
                del self.importers[name]
                if not any(c.body for c in self.comments if c.author is person and not c.is_gone):
                    person.name = DELETED_NAME

    def _needed(self, own: list[Comment]) -> set[Comment]:
        needed = {comment for comment in own if comment.decisions}
        for other in self.comments:
            if not other.is_gone and other not in own:
                step = other.parent
                while step is not None:
                    needed.add(step)
                    step = step.parent
        return needed

    # What all can see.

    def published_replies(self, root: Comment) -> list[Comment]:
        return sorted(
            (
                reply
                for reply in self.comments
                if reply.parent is not None
                and reply.root is root
                and reply.status == "published"
                and not reply.is_gone
            ),
            key=lambda reply: reply.place,
        )

    def shown_roots(self, article: Article) -> list[Comment]:
        """Published roots, and tombstones of those with published replies, oldest first."""
        return sorted(
            (
                root
                for root in self.comments
                if root.article is article
                and root.parent is None
                and not root.is_gone
                and (root.status == "published" or self.published_replies(root))
            ),
            key=lambda root: root.place,
        )

    def count(self, article: Article) -> int:
        return sum(
            comment.status == "published" and not comment.is_gone
            for comment in self.comments
            if comment.article is article
        )

    def thread(self, article: str) -> dict[str, Any]:
        """The thread as everybody can see it, oldest first, whole."""
        of = self.articles[article]
        return {
            "comment_count": self.count(of),
            "status": of.status,
            "comments": [self.shown(root) for root in self.shown_roots(of)],
        }

    def order(self, article: str, sort: str) -> list[str]:
        """The ids of the roots in an order."""
        roots = self.shown_roots(self.articles[article])[::-1]
        if sort == "popular":
            roots.sort(key=lambda root: wilson(*root.tally), reverse=True)
        return [root.id for root in roots]

    def shown(self, comment: Comment) -> dict[str, Any]:
        published = comment.status == "published"
        replies = self.published_replies(comment) if comment.parent is None else []
        likes, dislikes = comment.tally
        return {
            "id": comment.id,
            "status": comment.status if comment.status in SHOWN_STATUSES else "removed",
            "body": comment.body if published else None,
            "author": (comment.author.id, comment.author.name) if published else None,
            "likes": likes,
            "dislikes": dislikes,
            "edited": comment.edited,
            "reply_count": len(replies),
            "replies": [self.shown(reply) for reply in replies],
        }

    def status_alone(self, comment: Comment) -> int:
        """What asking for one comment is answered with."""
        if comment.is_gone:
            return 404
        if comment.status in {"held", "rejected"}:
            return 404
        if comment.status == "published":
            return 200
        has_place = comment.parent is None and self.published_replies(comment)
        return 200 if has_place else 410

    def overlay(self, who: Person, article: str) -> dict[str, Any]:
        """What one reader alone sees of a thread."""
        of = self.articles[article]
        here = [c for c in self.comments if c.article is of and not c.is_gone]
        own = [c for c in here if c.author is who]
        suspended = self.is_suspended(who)
        may_comment = not suspended and of.status != "closed"
        can = [*(["comment"] if may_comment else []), *([] if suspended else ["vote", "report"])]
        return {
            "votes": {c.id: c.votes[who] for c in here if who in c.votes},
            "held": _ids(c for c in own if c.status == "held"),
            "rejected": _ids(c for c in own if c.status == "rejected"),
            "can": can,
        }


def _ids(comments: Iterable[Comment]) -> list[str]:
    newest_first = sorted(comments, key=lambda comment: comment.number, reverse=True)
    return [comment.id for comment in newest_first]


def wilson(likes: int, dislikes: int) -> int:
    """The lower bound of the score interval at 95 %, by the quadratic's own solution."""
    n, z = likes + dislikes, 1.959963984540054
    if n == 0:
        return 0
    p = likes / n
    root = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return floor(1e9 * max(0.0, (p + z * z / (2 * n) - root) / (1 + z * z / n)) + 0.5)
