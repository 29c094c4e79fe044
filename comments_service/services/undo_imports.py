"""Unmaking an import: what it made goes, thread by thread, as far as nobody built on it since.

A comment that somebody has answered here since stays as a tombstone without its text, so that the
answer keeps its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, cast

from sqlalchemy import Column, CursorResult, Table, case, delete, exists, func, or_, select, update

from comments_service.models import (
    Article,
    ArticleAlias,
    AuditEntry,
    Comment,
    Decision,
    Event,
    ImportedKind,
    ImportEntry,
    Status,
    User,
    Vote,
    db,
)
from comments_service.services import articles, names
from comments_service.services.again import again
from comments_service.services.counters import is_shown
from comments_service.services.jobs import JobRun
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, transaction

BATCH = 500
CHUNK = 500

KEPT = {each.__tablename__ for each in (Comment, Decision, Event)}
"""Tables whose rows are not taken away because of what they name."""

Step = Callable[[int, list[int]], Mapping[str, int]]
"""Unmakes some entries of an import, and perhaps others that hang together with them; what went,
by name, and how many `entries`."""


def run(run: JobRun) -> Mapping[str, Any]:
    """Unmake the import in the job's parameters, or go on with it; returns what went."""
    import_id = int(run.parameters["import_id"])
    counts = Counter(run.state.get("counts", {}))
    with reading() as connection:
        left = connection.scalar(
            select(func.count()).select_from(ImportEntry).where(ImportEntry.job_id == import_id)
        )
    total = counts["entries"] + (left or 0)
    for kind, step in (
        (ImportedKind.COMMENT, _comments),
        (ImportedKind.USER, _users),
        (ImportedKind.ARTICLE, _articles),
    ):
        while again(partial(_write, run, import_id, kind, step, counts, total)):
            pass
    return {
        "comments_removed": counts["comments"],
        "comments_kept_for_replies": counts["kept"],
        "users_removed": counts["users"],
        "articles_removed": counts["articles"],
    }


def _write(
    run: JobRun, import_id: int, kind: ImportedKind, step: Step, counts: Counter[str], total: int
) -> bool:
    """One batch in a transaction of its own, counted once it is written; False: none was left."""
    with transaction():
        entries = _next(import_id, kind)
        if not entries:
            return False
        gone = Counter(step(import_id, entries))
        reached = counts + gone
        run.progress(reached["entries"], total=total, state={"counts": dict(reached)})
    counts.update(gone)
    return True


def _next(import_id: int, kind: ImportedKind) -> list[int]:
    """Some of what is left of a kind; its entries go with it."""
    query = (
        select(ImportEntry.target_id)
        .where(ImportEntry.job_id == import_id, ImportEntry.kind == kind)
        .order_by(ImportEntry.target_id)
        .limit(BATCH)
    )
    return list(db.session.scalars(query))


def _forget(import_id: int, kind: ImportedKind, targets: Iterable[int]) -> None:
    for part in _parts(targets):
        db.session.execute(
            delete(ImportEntry).where(
                ImportEntry.job_id == import_id,
                ImportEntry.kind == kind,
                ImportEntry.target_id.in_(part),
            )
        )


def _comments(import_id: int, entries: list[int]) -> Mapping[str, int]:
    """The threads of some comments, each whole."""
    articles.lock_of_comments(entries)
    roots = _roots_of(entries)
    thread = _threads(roots)
    own = _made_by(import_id, thread)
    needed = _ancestors_of_others(thread, own) | _decided_about(own)
    going = own - needed
    _withdraw([thread[number] for number in going | (own & needed)])
    _delete_whatever_names(Comment, going)
    for part in _parts(going):  # first of all parts: a thread may lie in several
        apart = update(Comment).where(Comment.id.in_(part)).values(root_id=None, parent_id=None)
        db.session.execute(_quietly(apart))
    for part in _parts(going):
        db.session.execute(_quietly(delete(Comment).where(Comment.id.in_(part))))
    _blank([thread[number] for number in own & needed])
    _recount(roots - going)
    done = {*own, *entries}
    _forget(import_id, ImportedKind.COMMENT, done)
    return {"entries": len(done), "comments": len(going), "kept": len(own & needed)}


def _decided_about(comment_ids: set[int]) -> set[int]:
    """What moderators decided about stays in the record, so its comment keeps its place."""
    found: set[int] = set()
    for part in _parts(comment_ids):
        found.update(
            db.session.scalars(select(Decision.comment_id).where(Decision.comment_id.in_(part)))
        )
    return found


def _roots_of(comment_ids: list[int]) -> set[int]:
    query = select(func.coalesce(Comment.root_id, Comment.id)).where(Comment.id.in_(comment_ids))
    return set(db.session.scalars(query))


def _threads(roots: set[int]) -> dict[int, AnyRow]:
    found = {}
    for part in _parts(roots):
        query = select(
            Comment.id,
            Comment.article_id,
            Comment.parent_id,
            Comment.root_id,
            Comment.author_id,
            Comment.status,
        ).where(or_(Comment.id.in_(part), Comment.root_id.in_(part)))
        found.update({row.id: row for row in db.session.execute(query)})
    return found


def _made_by(import_id: int, comment_ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for part in _parts(comment_ids):
        query = select(ImportEntry.target_id).where(
            ImportEntry.job_id == import_id,
            ImportEntry.kind == ImportedKind.COMMENT,
            ImportEntry.target_id.in_(part),
        )
        found.update(db.session.scalars(query))
    return found


def _ancestors_of_others(thread: Mapping[int, AnyRow], own: set[int]) -> set[int]:
    """What others' comments answer, directly or not."""
    needed: set[int] = set()
    for number, row in thread.items():
        if number in own:
            continue
        parent = row.parent_id
        while parent is not None and parent not in needed:
            needed.add(parent)
            parent = thread[parent].parent_id if parent in thread else None
        if row.root_id is not None:
            needed.add(row.root_id)
    return needed


def _withdraw(rows: Iterable[AnyRow]) -> None:
    """What their articles no longer count."""
    published: Counter[int] = Counter()
    for row in rows:
        published[row.article_id] += row.status == Status.PUBLISHED
    for article_id, count in sorted(published.items()):
        articles.touch(article_id, comments=-count)


def _blank(rows: list[AnyRow]) -> None:
    """Tombstones keep the place of what was built on them, and nothing of what they said."""
    for part in _parts([row.id for row in rows]):
        db.session.execute(
            _quietly(
                update(Comment)
                .where(Comment.id.in_(part))
                .values(status=Status.REMOVED, body="", visible=0)
            )
        )


def _recount(roots: set[int]) -> None:
    """The replies that are left under roots that stay, and whether the root still shows."""
    for part in _parts(roots):
        reply = Comment.__table__.alias()
        assert isinstance(reply.c.id, Column)
        replies = (
            select(func.count())
            .where(reply.c.root_id == Comment.id, reply.c.status == Status.PUBLISHED)
            .scalar_subquery()
        )
        counted = update(Comment).where(Comment.id.in_(part)).values(reply_count=replies)
        db.session.execute(_quietly(counted))
        visible = case((is_shown(Comment.reply_count), 1), else_=0)
        shown = update(Comment).where(Comment.id.in_(part)).values(visible=visible)
        db.session.execute(_quietly(shown))


def _users(import_id: int, entries: list[int]) -> Mapping[str, int]:
    """Those whom nothing here is by any more. Of the others, those stay as who they became whose
    words are still here, out of another import; who has tombstones alone has no name either."""
    wrote = exists().where(Comment.author_id == User.id)
    idle = list(db.session.scalars(select(User.id).where(User.id.in_(entries), ~wrote)))
    _take_votes_back(idle)
    _delete_whatever_names(User, idle)
    silent = ~exists().where(Comment.author_id == User.id, Comment.body != "")
    nameless = update(User).where(User.id.in_(entries), silent).values(display_name=names.DELETED)
    db.session.execute(_quietly(nameless))
    for part in _parts(idle):
        db.session.execute(_quietly(delete(User).where(User.id.in_(part))))
    _forget(import_id, ImportedKind.USER, entries)
    return {"entries": len(entries), "users": len(idle)}


def _take_votes_back(user_ids: list[int]) -> None:
    """Votes that came along for comments which stay. Few imports have votes, and few of those."""
    if db.session.scalar(select(Vote.comment_id).limit(1)) is None:
        return
    for part in _parts(user_ids):
        db.session.execute(_quietly(delete(Vote).where(Vote.user_id.in_(part))))


def _articles(import_id: int, entries: list[int]) -> Mapping[str, int]:
    """Those without comments; an article that somebody has written or decided about since stays,
    and so does one that another was merged into or has been given another key."""
    locking = select(Article.id).where(Article.id.in_(entries)).order_by(Article.id)
    db.session.execute(locking.with_for_update())
    # Asked once they are locked: what came while this waited is not seen by what waited for it.
    has_comments = exists().where(Comment.article_id == Article.id)
    was_named = exists().where(
        ArticleAlias.article_id == Article.id, ArticleAlias.created_at > Article.created_at
    )
    query = select(Article.id).where(
        Article.id.in_(entries),
        ~has_comments,
        ~was_named,
        Article.id.not_in(_on_record(entries)),
    )
    empty = list(db.session.scalars(query))
    for part in _parts(empty):  # what has happened stays in the log, and keeps its place there
        named = update(Event).where(Event.article_id.in_(part))
        db.session.execute(_quietly(named.values(article_id=None)))
    _delete_whatever_names(Article, empty)
    gone = 0
    for part in _parts(empty):
        result = db.session.execute(_quietly(delete(Article).where(Article.id.in_(part))))
        gone += cast("CursorResult[Any]", result).rowcount
    _forget(import_id, ImportedKind.ARTICLE, entries)
    return {"entries": len(entries), "articles": gone}


def _on_record(article_ids: list[int]) -> set[int]:
    """The articles that the audit log has an entry about."""
    targets = {f"article:{article_id}": article_id for article_id in article_ids}
    query = select(AuditEntry.target).where(AuditEntry.target.in_(targets)).distinct()
    return {targets[target] for target in db.session.scalars(query)}


def _delete_whatever_names(model: type[Article | Comment | User], ids: Iterable[int]) -> None:
    """Rows of other tables that are about one of these: verdicts, votes, reports, aliases."""
    own = model.__tablename__
    listed = list(ids)
    for table in reversed(model.metadata.sorted_tables):
        if table.name in {own, *KEPT}:
            continue
        for column in _naming(table, own):
            for part in _parts(listed):
                db.session.execute(delete(table).where(column.in_(part)))
    if model is Comment:
        for part in _parts(listed):
            pinned = update(Article).where(Article.pinned_comment_id.in_(part))
            db.session.execute(_quietly(pinned.values(pinned_comment_id=None)))


def _naming(table: Table, other: str) -> Iterator[Column[Any]]:
    for column in table.columns:
        if any(key.column.table.name == other for key in column.foreign_keys):
            yield column


def _parts(values: Iterable[int]) -> Iterator[list[int]]:
    listed = list(values)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def _quietly(statement: Any) -> Any:
    """A change that no object in the session needs to know of."""
    return statement.execution_options(synchronize_session=False)
