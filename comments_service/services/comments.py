"""Comments: posting, editing, deleting. Start reading at `submit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import Table, bindparam, insert

from comments_service import metrics
from comments_service.errors import (
    ArticleClosed,
    CommentEmpty,
    CommentMalformed,
    CommentTooLong,
    EditWindowClosed,
    NotEditable,
    NotFound,
    NotYours,
    ParentNotFound,
    Unauthenticated,
    WrongSite,
)
from comments_service.models import (
    ArticleStatus,
    Comment,
    CommentEdit,
    Status,
    Verdict,
    db,
)
from comments_service.policy import ExternalAnswer, Outcome, Policy, evaluate, mask
from comments_service.policy import Verdict as PolicyVerdict
from comments_service.services import (
    article_windows,
    articles,
    counters,
    events,
    evidence,
    external_filters,
    notifications,
    policies,
    reports,
    sites,
    slow_mode,
    suspensions,
)
from comments_service.services.actor import Actor
from comments_service.services.events import EventType
from comments_service.services.evidence import Text
from comments_service.services.external_filters import Ask, Question, nobody
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.sites import SiteView
from comments_service.services.transaction import WriteSession, transaction, writing
from comments_service.services.views import (
    CommentView,
    JudgedView,
    author_view,
    comment_view_alone,
    comments_with_articles,
    finding_views,
)
from comments_service.text.body import Fault, check

STATUS_AFTER = {
    Outcome.ALLOW: Status.PUBLISHED,
    Outcome.HOLD: Status.HELD,
    Outcome.REJECT: Status.REJECTED,
}
EVENT_AFTER = {
    Status.PUBLISHED: EventType.COMMENT_PUBLISHED,
    Status.HELD: EventType.COMMENT_HELD,
    Status.REJECTED: EventType.COMMENT_REJECTED,
}


@dataclass(frozen=True, slots=True)
class NewComment:
    """What a writer sends. `article_url` and `article_title` fill only what is unknown yet."""

    site: str
    article: str
    body: str
    article_url: str | None = None
    article_title: str | None = None
    parent_id: int | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A comment's row as it is first written: the table's columns, without the ORM's ceremony."""

    id: int
    article_id: int
    site_id: int
    root_id: int | None
    parent_id: int | None
    author_id: int
    seq: int
    body: str
    lang: str | None
    status: Status
    visible: int
    likes: int
    dislikes: int
    score: int
    reply_count: int
    created_at: datetime

    def view(self, writer: AnyRow, site: SiteView, article: AnyRow) -> CommentView:
        """What its author sees of it, without asking the database for what was just written."""
        return CommentView(
            id=self.id,
            site=site.key,
            article=article.key,
            article_url=article.url,
            parent_id=self.parent_id,
            root_id=self.root_id or self.id,
            author=author_view(self.author_id, writer, site=site.key),
            body=self.body,
            status=self.status,
            pinned=False,
            created_at=self.created_at,
            edited_at=None,
            likes=self.likes,
            dislikes=self.dislikes,
            reply_count=self.reply_count,
            seq=self.seq,
            score=self.score,
        )


@dataclass(frozen=True, slots=True)
class _Judged:
    """A text with its verdict, ready to be stored as `body`."""

    body: str
    verdict: PolicyVerdict
    is_held_by_readers: bool = False

    @property
    def status(self) -> Status:
        if self.is_held_by_readers and self.verdict.outcome is Outcome.ALLOW:
            return Status.HELD
        return STATUS_AFTER[self.verdict.outcome]

    @property
    def stored_body(self) -> str:
        """Personal data of others is masked before a text that nobody will read is kept."""
        if self.status is Status.REJECTED:
            return mask(self.body, self.verdict.findings)
        return self.body


def submit(actor: Actor, command: NewComment, *, now: datetime, ask: Ask = nobody) -> JudgedView:
    """Judge a new comment and keep it, whatever the verdict: published, held or rejected.

    External filters are asked through `ask`, before the transaction.

    Raises `UnknownSite`, `WrongSite`, `AccountSuspended`, `CommentMalformed`, `CommentEmpty`,
    `CommentTooLong`, `ArticleUrlNotAllowed`, `ArticleClosed`, `SlowMode`, `ParentNotFound`, and
    `Unauthenticated` where the account was deleted meanwhile; then nothing is written.
    """
    site, policy_version = sites.with_policy(command.site)
    if actor.site_id not in {None, site.id}:
        raise WrongSite
    body = readable(command.body, limit=site.settings.limit)
    policy = policies.published(site.id, policy_version)
    answers = _answers_first(ask, policy, actor, site, command, body, now=now)
    with transaction() as session:
        article = articles.lock(
            site, command.article, url=command.article_url, title=command.article_title, now=now
        )
        # Now, not before: one may wait for the article, and be suspended meanwhile.
        suspensions.check(actor.user_id, site_id=site.id, now=now)
        status = article_windows.status_in_force(article, now)
        _check_open(status)
        slow_mode.check(actor, article, now=now)
        parent = _parent(session, article.id, command.parent_id)
        text = Text(body, command.lang, actor.user_id, site.id, article.id, status)
        writer = _writer_of(text)
        judged = _Judged(body, _verdict(policy, text, answers, writer, now=now))
        comment = _insert(actor, article, parent, judged, command.lang, now)
        _record_verdict(comment.id, judged.verdict, now=now)
        if judged.status is Status.PUBLISHED:
            counters.publish(comment, last_seq=comment.seq)
            notifications.tell_of_reply(comment, site_id=site.id, now=now)
        else:
            articles.take_seq(article.id, comment.seq)
        events.record(
            EVENT_AFTER[judged.status],
            site_id=site.id,
            article_id=article.id,
            data={"comment_id": str(comment.id)},
            now=now,
        )
    metrics.COMMENTS.labels(judged.status.value).inc()
    return _judged_view(comment.view(writer, site, article), judged)


def edit(
    actor: Actor, comment_id: int, body: str, *, now: datetime, ask: Ask = nobody
) -> JudgedView:
    """Put a new text into one's own comment, judged again. A rejected text changes nothing.

    External filters are asked through `ask`, between two transactions. Raises `NotFound`,
    `NotYours`, `NotEditable`, `EditWindowClosed`, `AccountSuspended`, and what `submit` raises for
    a text.
    """
    with transaction() as session:
        comment, article, site = _editable(session, actor, comment_id, now=now)
        text = _text_of_edit(comment, article, readable(body, limit=site.settings.limit), now)
        policy = policies.in_force(site.id)
    answers = _consult(ask, policy, text, site, article.key, now=now)
    with transaction() as session:
        comment, article, site = _editable(session, actor, comment_id, now=now)
        text = _text_of_edit(comment, article, text.body, now)
        # What readers' reports took off the page is for a moderator to put back, not for an edit.
        is_held_by_readers = comment.status == Status.HELD and reports.weigh_enough(
            comment.id, threshold=site.settings.report_threshold
        )
        verdict = _verdict(policy, text, answers, _writer_of(text), now=now)
        judged = _Judged(text.body, verdict, is_held_by_readers)
        if judged.status is not Status.REJECTED:
            before = comment.status
            _replace_text(comment, judged, now=now)
            if judged.status is Status.PUBLISHED:
                notifications.tell_of_reply(comment, site_id=site.id, now=now)
            _record_verdict(comment.id, judged.verdict, now=now)
            happened = [EventType.COMMENT_EDITED]
            if judged.status != before:
                happened.append(EVENT_AFTER[judged.status])
            for each in happened:
                events.record(
                    each,
                    site_id=site.id,
                    article_id=article.id,
                    data={"comment_id": str(comment.id)},
                    now=now,
                )
            session.flush()
        row = writing().execute(_ONE, {"comment_id": comment.id}).one()
        return _judged_view(comment_view_alone(row, own=True), judged)


def delete(actor: Actor, comment_id: int, *, now: datetime) -> None:
    """Take one's own comment away, at any time and as often as one likes.

    Raises `NotFound` and `NotYours`.
    """
    with transaction() as session:
        comment, article = _own(session, actor, comment_id)
        if comment.status == Status.DELETED:
            return
        counters.change(comment, Status.DELETED)
        comment.reported_at = None
        events.record(
            EventType.COMMENT_DELETED,
            site_id=article.site_id,
            article_id=article.id,
            data={"comment_id": str(comment.id)},
            now=now,
        )


def readable(raw: str, *, limit: int) -> str:
    """The normalised body. Raises `CommentMalformed`, `CommentEmpty` or `CommentTooLong`."""
    checked = check(raw, limit)
    if checked.fault is Fault.MALFORMED:
        raise CommentMalformed
    if checked.fault is Fault.EMPTY:
        raise CommentEmpty
    if checked.fault is Fault.TOO_LONG:
        raise CommentTooLong(length=checked.length, limit=limit)
    return checked.body


def _writer_of(text: Text) -> AnyRow:
    """As `evidence.writer_of`. Raises `Unauthenticated` where the account was deleted while the
    text was on its way."""
    writer = evidence.writer_of(text)
    if writer.deleted_at is not None:
        raise Unauthenticated
    return writer


def _parent(session: WriteSession, article_id: int, parent_id: int | None) -> Comment | None:
    if parent_id is None:
        return None
    parent = session.get(Comment, parent_id)
    if parent is None or parent.article_id != article_id or parent.status != Status.PUBLISHED:
        raise ParentNotFound
    return parent


def _own(session: WriteSession, actor: Actor, comment_id: int) -> tuple[Comment, AnyRow]:
    """The actor's comment and its article's row, locked.

    Raises `NotYours` for another's that everybody can read, and `NotFound` for another's that is
    held or taken away, which nobody but its author is told of.
    """
    article = articles.lock_of_comment(comment_id)
    if actor.site_id not in {None, article.site_id}:
        raise NotFound
    comment = session.get_one(Comment, comment_id)
    if comment.author_id != actor.user_id:
        raise NotYours if comment.status == Status.PUBLISHED else NotFound
    return comment, article


def _answers_first(
    ask: Ask,
    policy: Policy,
    actor: Actor,
    site: SiteView,
    command: NewComment,
    body: str,
    *,
    now: datetime,
) -> Mapping[str, ExternalAnswer]:
    """Ask about a new comment; what is cheap and certain is checked before."""
    if not policy.externals:
        return {}
    suspensions.check(actor.user_id, site_id=site.id, now=now)
    article = articles.get(site, command.article, now=now)
    _check_open(article.status)
    text = Text(body, command.lang, actor.user_id, site.id, article.id, article.status)
    return _consult(ask, policy, text, site, article.key, now=now)


def _editable(
    session: WriteSession, actor: Actor, comment_id: int, *, now: datetime
) -> tuple[Comment, AnyRow, SiteView]:
    """The actor's comment with its article's row, locked, while its text may still change."""
    comment, article = _own(session, actor, comment_id)
    site = sites.by_id(article.site_id)
    suspensions.check(actor.user_id, site_id=site.id, now=now)
    if comment.status not in {Status.PUBLISHED, Status.HELD}:
        raise NotEditable
    if now > comment.created_at + timedelta(seconds=site.settings.edit_window_seconds):
        raise EditWindowClosed
    return comment, article, site


def _text_of_edit(comment: Comment, article: AnyRow, body: str, now: datetime) -> Text:
    return Text(
        body,
        comment.lang,
        comment.author_id,
        article.site_id,
        article.id,
        article_windows.status_in_force(article, now),
        comment_id=comment.id,
    )


def _check_open(status: ArticleStatus) -> None:
    if status is ArticleStatus.CLOSED:
        raise ArticleClosed


def _consult(
    ask: Ask, policy: Policy, text: Text, site: SiteView, article: str, *, now: datetime
) -> Mapping[str, ExternalAnswer]:
    """What the publisher's own services say, where the policy has any and it matters."""
    if not policy.externals:
        return {}
    submission, history = evidence.gather(policy, text, now=now)
    question = Question(site.key, article, text.body, text.lang, submission.display_name, now)
    return external_filters.consult(ask, policy, submission, history, question)


def _verdict(
    policy: Policy,
    text: Text,
    answers: Mapping[str, ExternalAnswer],
    writer: AnyRow,
    *,
    now: datetime,
) -> PolicyVerdict:
    submission, history = evidence.gather(policy, text, now=now, writer=writer)
    return evaluate(policy, replace(submission, external=answers), history)


_table: Table = Comment.metadata.tables["comment"]
_INSERT = insert(_table)
_COLUMNS = [field.name for field in fields(_Written)]
_INSERT_VERDICT = insert(Verdict.metadata.tables["verdict"])
_ONE = comments_with_articles().where(Comment.id == bindparam("comment_id"))


def _insert(
    actor: Actor,
    article: AnyRow,
    parent: Comment | None,
    judged: _Judged,
    lang: str | None,
    now: datetime,
) -> _Written:
    comment = _Written(
        id=new_id(now),
        article_id=article.id,
        site_id=article.site_id,
        root_id=None if parent is None else parent.root_id or parent.id,
        parent_id=None if parent is None else parent.id,
        author_id=actor.user_id,
        seq=max(int(now.timestamp() * 1_000_000), article.last_seq + 1),
        body=judged.stored_body,
        lang=lang,
        status=judged.status,
        visible=1 if judged.status is Status.PUBLISHED else 0,
        likes=0,
        dislikes=0,
        score=0,
        reply_count=0,
        created_at=now,
    )
    writing().execute(_INSERT, {name: getattr(comment, name) for name in _COLUMNS})
    return comment


def _replace_text(comment: Comment, judged: _Judged, *, now: datetime) -> None:
    """Put the new text in; the comment takes the status that its text has earned."""
    db.session.add(
        CommentEdit(id=new_id(now), comment_id=comment.id, body=comment.body, replaced_at=now)
    )
    comment.body = judged.body
    comment.edited_at = now
    if comment.status == judged.status:
        if judged.status is Status.PUBLISHED:
            articles.touch(comment.article_id)
    else:
        counters.change(comment, judged.status)


def _record_verdict(comment_id: int, verdict: PolicyVerdict, *, now: datetime) -> None:
    values = {
        "id": new_id(now),
        "comment_id": comment_id,
        "policy_version": verdict.policy_version,
        "outcome": verdict.outcome,
        "findings": [finding.as_json() for finding in verdict.findings],
        "created_at": now,
    }
    writing().execute(_INSERT_VERDICT, values)


def _judged_view(comment: CommentView, judged: _Judged) -> JudgedView:
    return JudgedView(comment, finding_views(judged.verdict.findings), judged.status, judged.body)
