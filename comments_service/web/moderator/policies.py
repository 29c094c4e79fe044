"""Policies: the versions of a site, and the desk on which one is read, changed, tried and
published.

Without JavaScript everything is a form; with it, a backtest's progress follows by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Response, request

from comments_service import clock
from comments_service.errors import FieldError, InvalidPolicy, InvalidRequest, SecondPersonNeeded
from comments_service.policy import Outcome, Policy
from comments_service.services import backtests, dry_runs, policies, policy_changes, policy_clauses
from comments_service.services.dry_runs import Tried
from comments_service.services.jobs import JobView
from comments_service.services.policies import DocumentView
from comments_service.services.views import Status
from comments_service.web.http import cursor, staff
from comments_service.web.http.language import preferred_language
from comments_service.web.moderator import cards, pages, policy_form
from comments_service.web.moderator.desk import Desk, current_desk
from comments_service.web.moderator.policy_words import WORDS

PER_PAGE = 50
MAX_FORM = 3 * 2 * 1024 * 1024
"""A document of 2 MiB, as a form encodes it."""

MOST_FIELDS = 10_000
"""A form by clause has a dozen for each."""

MOST_TEXTS = 100
PERIODS = (7, 30, 90, 365)
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """A text, what is in force says of it, and what the document would."""

    now: Tried
    then: Tried

    @property
    def pieces(self) -> tuple[cards.Piece, ...]:
        return cards.pieces(self.then.body, self.then.findings)


@dataclass(frozen=True, slots=True)
class Flip:
    """A past comment that would have been treated otherwise."""

    body: str
    status: str
    outcome: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many past comments a version allows and stops, of those published and not."""

    allowed_published: int
    allowed_stopped: int
    stopped_published: int
    stopped_stopped: int


@dataclass(slots=True)
class Editor:
    """What stands in the form; `mistakes` are the document's. `by_clause`: the form has a field for
    each thing instead of the document, and `sent` is what was in them."""

    source: str
    note: str = ""
    texts: str = ""
    mistakes: Sequence[FieldError] = ()
    compared: Sequence[Compared] = ()
    wrong: str = ""
    by_clause: bool = False
    sent: Mapping[str, str] | None = None


def show_policies() -> Response:
    """A site's versions, newest first."""
    desk = current_desk()
    listing = f"moderator-policies:{desk.site.id}"
    place = request.args.get("cursor")
    below = None if place is None else cursor.decode(listing, place)
    page = policies.versions(desk.site.id, limit=PER_PAGE, below=below)
    return pages.show(
        "policies.html",
        desk=desk,
        here="policies",
        words=WORDS,
        items=page.items,
        public=policies.public_view(desk.site.id),
        published=request.args.get("published", ""),
        next=None if page.next is None else cursor.encode(listing, page.next),
    )


def edit_policy(site: str) -> Response:
    """A version of the policy, the one in force unless `version` says; to be read and changed."""
    desk = current_desk(site)
    view = policies.read(desk.site.id, _version(desk))
    by_clause = request.args.get("by") == "clause"
    return _editor(desk, view, Editor(_readable(view.source), by_clause=by_clause))


def write_policy(site: str) -> Response:
    """Keep the document of the form as a draft, or try it on the texts of the form."""
    request.max_form_memory_size = request.max_content_length = MAX_FORM
    request.max_form_parts = MOST_FIELDS
    desk = current_desk(site)
    view = policies.read(desk.site.id, _version(desk))
    form = request.form
    editor = Editor(
        form.get("source", "").replace("\r\n", "\n"),
        form.get("note", "").strip()[:500],
        form.get("texts", "").replace("\r\n", "\n"),
    )
    if form.get("by") == "clause":
        _put_together(desk, view, editor)
    try:
        if form.get("do") == "try":
            _try(desk, editor)
            return _editor(desk, view, editor)
        actor = staff.current_actor()
        note = editor.note or None
        made = policies.draft(desk.site.id, editor.source, note=note, now=clock.now(), by=actor.key)
    except InvalidPolicy as error:
        editor.mistakes = _named(editor, error.errors)
        return _editor(desk, view, editor, status=422)
    more = {"by": "clause"} if editor.by_clause else {}
    return pages.go("moderator.edit_policy", site=site, version=made.version, saved=1, **more)


def backtest_policy(site: str, version: int) -> Response:
    """Leave the backtest of a version to the worker."""
    desk, now = current_desk(site), clock.now()
    asked = request.form.get("days", "")
    days = int(asked) if asked in {str(period) for period in PERIODS} else PERIODS[1]
    by = staff.current_actor().key
    backtests.enqueue(desk.site.id, version, since=now - timedelta(days=days), by=by, now=now)
    return pages.go("moderator.edit_policy", site=site, version=version, _anchor="backtest")


def publish_policy(site: str, version: int) -> Response:
    """Put a version in force; an older one comes back with a new number."""
    desk = current_desk(site)
    by = staff.current_actor().key
    try:
        made = policies.publish(desk.site.id, version, by=by, now=clock.now())
    except SecondPersonNeeded:
        view = policies.read(desk.site.id, version)
        editor = Editor(_readable(view.source), wrong=_word("second-person"))
        return _editor(desk, view, editor, status=409)
    return pages.go("moderator.policies", site=site, published=made.version)


def _editor(desk: Desk, view: DocumentView, editor: Editor, *, status: int = 200) -> Response:
    site_id, version = desk.site.id, view.version.version
    in_force = policies.in_force(site_id)
    shown = policies.of_version(site_id, version)
    job = backtests.latest(site_id, version)
    report = job.report if job is not None and job.report and "counts" in job.report else None
    return pages.show(
        "policy.html",
        desk=desk,
        here="policies",
        words=WORDS,
        view=view.version,
        editor=editor,
        clauses=shown.clauses,
        clause_forms=policy_form.shown(policy_clauses.of(shown), editor.sent)
        if editor.by_clause
        else (),
        sent=editor.sent or {},
        in_force=in_force.version,
        changes=policy_changes.between(in_force, shown),
        told=_told,
        job=job,
        took=_seconds(job),
        report=report,
        matrix=_matrix(report) if report else None,
        flips=_flips(site_id, report) if report else (),
        periods=PERIODS,
        tags={"allow": "ok", "hold": "held", "reject": "rej"},
        needs_other=_needs_other(desk, view),
        saved="saved" in request.args,
        status=status,
    )


def _version(desk: Desk) -> int:
    asked = request.values.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        return int(asked)
    return policies.version_in_force(desk.site.id)


def _put_together(desk: Desk, view: DocumentView, editor: Editor) -> None:
    """The document that the fields of the form make of the version's."""
    clauses = policy_clauses.of(policies.of_version(desk.site.id, view.version.version))
    editor.by_clause, editor.sent = True, request.form
    changed, dropped = policy_form.edited(clauses, request.form)
    document = policy_clauses.rewritten(view.document, changed=changed, dropped=dropped)
    editor.source = json.dumps(document, ensure_ascii=False)


def _named(editor: Editor, errors: Sequence[FieldError]) -> Sequence[FieldError]:
    """Whoever fills in a form is told the clause's number instead of its place in a document."""
    if not editor.by_clause:
        return errors
    ids = [clause["id"] for clause in json.loads(editor.source)["clauses"]]

    def named(match: re.Match[str]) -> str:
        return f"{ids[int(match[1])]} "

    start = re.compile(r"/policy/clauses/(\d+)/?")
    return [replace(error, pointer=start.sub(named, error.pointer), line=None) for error in errors]


def _needs_other(desk: Desk, view: DocumentView) -> bool:
    own = view.version.created_by == staff.current_actor().key
    is_draft = view.version.published_at is None
    return own and is_draft and desk.site.settings.policy_second_person


def _try(desk: Desk, editor: Editor) -> None:
    """Judge the texts by what is in force and by the form's document. Raises `InvalidPolicy`."""
    draft: Policy = policies.compiled(editor.source)
    lines = [line for line in editor.texts.split("\n") if line.strip()][:MOST_TEXTS]
    texts = [dry_runs.Text(line) for line in lines]
    try:
        now = dry_runs.run(policies.in_force(desk.site.id), texts)
        then = dry_runs.run(draft, texts)
    except InvalidRequest:
        editor.wrong = _word("unreadable-texts")
        return
    editor.compared = [Compared(*both) for both in zip(now, then, strict=True)]


def _readable(source: str) -> str:
    """The document as it was written; one that came as JSON, a line for each thing in it."""
    try:
        return json.dumps(json.loads(source), ensure_ascii=False, indent=2)
    except ValueError:
        return source


def _told(value: Any) -> str:
    """A setting of a policy as a line, a text of two languages in the reader's."""
    if value is None or value == []:
        return "–"
    if isinstance(value, dict) and set(value) == {"ko", "en"}:
        value = value[preferred_language()]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _matrix(report: Mapping[str, Any]) -> Matrix:
    cells = {(allows, was): 0 for allows in (True, False) for was in (True, False)}
    for status, outcomes in report["counts"].items():
        for outcome, count in outcomes.items():
            cells[outcome == Outcome.ALLOW, status == Status.PUBLISHED] += count
    return Matrix(cells[True, True], cells[True, False], cells[False, True], cells[False, False])


def _flips(site_id: int, report: Mapping[str, Any]) -> list[Flip]:
    """The examples that would have been published and were not, or the other way round."""
    examples = [
        each
        for each in report["examples"]
        if (each["status"] == Status.PUBLISHED) != (each["outcome"] == Outcome.ALLOW)
    ][:EXAMPLES]
    bodies = backtests.texts(site_id, [int(each["comment_id"]) for each in examples])
    return [
        Flip(
            bodies[int(each["comment_id"])],
            each["status"],
            each["outcome"],
            tuple(each["clauses"]),
        )
        for each in examples
        if int(each["comment_id"]) in bodies
    ]


def _seconds(job: JobView | None) -> int | None:
    if job is None or job.finished_at is None:
        return None
    return round((job.finished_at - job.created_at).total_seconds())


def _word(name: str) -> str:
    text: str = getattr(WORDS[name], preferred_language())
    return text
