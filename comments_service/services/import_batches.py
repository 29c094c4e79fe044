"""One batch of an import, written in the open transaction with a fixed number of statements.

What the tables already have of it is left alone (`import_entry`), so that a batch written twice is
written once. Counters, versions and `seq` are kept as if the comments had been posted, under the
locks of all articles of the batch.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from comments_service.importers.records import (
    ImportedArticle,
    ImportedAuthor,
    ImportedComment,
    ImportedVote,
    Item,
    Skipped,
)
from comments_service.models import (
    Article,
    ArticleAlias,
    Comment,
    ImportedKind,
    ImportEntry,
    Status,
    User,
    Vote,
    db,
)
from comments_service.services import articles, import_texts, names
from comments_service.services.again import Outdated
from comments_service.services.ids import new_id, parse_id, past_id
from comments_service.services.import_names import Names
from comments_service.services.import_report import Tally
from comments_service.services.rows import AnyRow
from comments_service.services.votes import wilson_score

CHUNK = 500
"""Values in one list of a statement."""

KEPT_KEYS = 20_000
SECOND = 1_000_000


@dataclass(slots=True)
class _Placed:
    """A comment that is in the tables, or about to be."""

    id: int
    article_id: int
    root_id: int | None


@dataclass(slots=True)
class Writer:
    """Writes the batches of one job. `takes_native`: the file may be an export of this very site,
    whose comments are here under their own ids."""

    names: Names
    job_id: int
    takes_native: bool
    _article_ids: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def write(
        self,
        batch: Sequence[Item],
        tally: Tally,
        *,
        first_pass: bool,
        last_pass: bool,
        now: datetime,
    ) -> None:
        """Write what can be written. A comment whose parent is not there yet waits for another
        pass over the file; in the last, it becomes a root. Raises `Outdated`, for `again`."""
        found = _Batch(self, tally, first_pass, last_pass, now)
        found.write(batch)

    def article_id(self, article: ImportedArticle) -> int | None:
        found = self._article_ids.get(article.key)
        if found is not None:
            self._article_ids.move_to_end(article.key)
        return found

    def forget(self) -> None:
        """What was made in a transaction that is undone is not there."""
        self._article_ids.clear()

    def keep(self, key: str, article_id: int) -> None:
        self._article_ids[key] = article_id
        if len(self._article_ids) > KEPT_KEYS:
            self._article_ids.popitem(last=False)


class _Batch:
    def __init__(
        self, writer: Writer, tally: Tally, first_pass: bool, last_pass: bool, now: datetime
    ) -> None:
        self._writer = writer
        self._names = writer.names
        self._tally = tally
        self._first_pass = first_pass
        self._last_pass = last_pass
        self._now = now
        self._entries: list[dict[str, Any]] = []
        self._placed: dict[str, _Placed] = {}
        self._new: dict[int, dict[str, Any]] = {}
        self._replies: Counter[int] = Counter()
        self._locked: dict[int, AnyRow] = {}
        self._texts: dict[str, import_texts.Text] = {}
        self._known: list[tuple[int, ImportedArticle]] = []

    def write(self, batch: Sequence[Item]) -> None:
        readable = self._readable([item for item in batch if isinstance(item, ImportedComment)])
        comments = self._unknown(readable)
        once = batch if self._first_pass else ()
        wanted = [item for item in once if isinstance(item, ImportedArticle)]
        ids = self._articles([*wanted, *(comment.article for comment in comments)])
        self._lock([*ids.values(), *(article_id for article_id, _ in self._known)])
        self._fill()
        self._find_parents(comments)
        ready = self._in_order(comments)
        self._add_users([comment.author for comment in ready])
        users = self._users([comment.author for comment in ready])
        self._add_comments(ready, ids, users)
        self._update_articles()
        self._add_votes([item for item in once if isinstance(item, ImportedVote)])
        if self._entries:
            _insert_all(ImportEntry, self._entries)

    # Which comments can be taken, and are new.

    def _readable(self, comments: list[ImportedComment]) -> list[ImportedComment]:
        """Those whose texts can be kept; what cannot is told once, in the first pass."""
        for comment in comments:
            text = import_texts.prepared(comment)
            if isinstance(text, import_texts.Text):
                self._texts[comment.place] = text
            elif self._first_pass:
                self._tally.skip(text)
        return [comment for comment in comments if comment.place in self._texts]

    def _unknown(self, comments: list[ImportedComment]) -> list[ImportedComment]:
        """Those that are not here yet, each once."""
        by_source = {self._names.comment(c.source): c for c in reversed(comments)}
        here = self._entry_targets(ImportedKind.COMMENT, by_source)
        mine = self._of_this_job(here)
        native = self._native([c.source for s, c in by_source.items() if s not in here])
        unknown = []
        for comment in comments:
            source = self._names.comment(comment.source)
            if source in here or comment.source in native:
                if self._first_pass:
                    is_repeated = source in mine
                    self._skip_known(comment, is_repeated=is_repeated)
            elif by_source.get(source) is not comment:
                if self._first_pass:
                    self._skip_known(comment, is_repeated=True)
            else:
                unknown.append(comment)
        return unknown

    def _skip_known(self, comment: ImportedComment, *, is_repeated: bool) -> None:
        if is_repeated:
            self._tally.skip(
                Skipped(comment.place, "repeated", "The file has another comment of this id.")
            )
        else:
            self._tally.skipped["already_there"] += 1

    def _entry_targets(self, kind: ImportedKind, sources: Iterable[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in _parts(sources):
            query = select(ImportEntry.source, ImportEntry.target_id).where(
                ImportEntry.site_id == self._names.site.id,
                ImportEntry.kind == kind,
                ImportEntry.source.in_(part),
            )
            found.update((row.source, row.target_id) for row in db.session.execute(query))
        return found

    def _of_this_job(self, here: dict[str, int]) -> set[str]:
        if not self._first_pass or not here:
            return set()
        found: set[str] = set()
        for part in _parts(here):
            query = select(ImportEntry.source).where(
                ImportEntry.site_id == self._names.site.id,
                ImportEntry.kind == ImportedKind.COMMENT,
                ImportEntry.source.in_(part),
                ImportEntry.job_id == self._writer.job_id,
            )
            found.update(db.session.scalars(query))
        return found

    def _native(self, sources: Iterable[str]) -> dict[str, int]:
        """Comments of this site that are called by their own ids."""
        if not self._writer.takes_native:
            return {}
        numbers = {number: s for s in sources if (number := parse_id(s)) is not None}
        found: dict[str, int] = {}
        for part in _parts(numbers):
            query = (
                select(Comment.id)
                .join(Article, Comment.article_id == Article.id)
                .where(Comment.id.in_(part), Article.site_id == self._names.site.id)
            )
            found.update((numbers[number], number) for number in db.session.scalars(query))
        return found

    # Articles.

    def _articles(self, wanted: list[ImportedArticle]) -> dict[str, int]:
        """The ids of the articles by their keys in the file."""
        ids: dict[str, int] = {}
        for found in wanted:
            if found.key in ids and found.status is None:
                continue
            article_id = self._writer.article_id(found)
            if article_id is None or found.status is not None:
                article_id = self._article(self._names.article(found))
                self._writer.keep(found.key, article_id)
            ids[found.key] = article_id
        return ids

    def _article(self, article: ImportedArticle) -> int:
        site = self._names.site
        for key in (article.key, *article.aliases):
            known = articles.get(site, key, now=self._now)
            if known.id:
                self._known.append((known.id, article))
                return known.id
        row = articles.lock(site, article.key, url=article.url, title=article.title, now=self._now)
        values: dict[str, Any] = {"version": Article.version + 1}
        if article.status is not None:
            values |= {"status": article.status, "updated_at": article.updated_at}
        db.session.execute(_quietly(update(Article).where(Article.id == row.id).values(**values)))
        self._entries.append(self._article_entry(article.key, row.id))
        self._tally.articles += 1
        for alias in article.aliases:
            if articles.get(site, alias, now=self._now).id == 0:
                db.session.execute(
                    insert(ArticleAlias).values(
                        site_id=site.id, key=alias, article_id=row.id, created_at=self._now
                    )
                )
        return int(row.id)

    def _fill(self) -> None:
        """What is still unknown of articles that were here, now that nobody else can say it."""
        for article_id, article in self._known:
            values = {
                name: func.coalesce(getattr(Article, name), value)
                for name, value in (("url", article.url), ("title", article.title))
                if value is not None and getattr(self._locked[article_id], name) is None
            }
            if values:
                statement = update(Article).where(Article.id == article_id)
                changed = statement.values(**values, version=Article.version + 1)
                db.session.execute(_quietly(changed))

    def _lock(self, article_ids: Iterable[int]) -> None:
        """In the order of their ids, as every writer of several. Raises `Outdated` where one has
        gone into another since it was looked for: then nothing that was kept of it holds."""
        wanted = set(article_ids)
        for part in _parts(sorted(wanted)):
            query = (
                select(
                    Article.id,
                    Article.url,
                    Article.title,
                    Article.last_seq,
                    Article.pinned_comment_id,
                )
                .where(Article.id.in_(part))
                .order_by(Article.id)
                .with_for_update()
            )
            self._locked.update((row.id, row) for row in db.session.execute(query))
        if wanted - self._locked.keys():
            raise Outdated

    # Who answers whom.

    def _find_parents(self, comments: list[ImportedComment]) -> None:
        """Those that are in the tables already."""
        sources = {c.parent for c in comments if c.parent is not None}
        digests = {self._names.comment(source): source for source in sources}
        here = self._entry_targets(ImportedKind.COMMENT, digests)
        native = self._native(s for d, s in digests.items() if d not in here)
        targets = here | {self._names.comment(s): number for s, number in native.items()}
        by_id: dict[int, _Placed] = {}
        for part in _parts(set(targets.values())):
            query = select(Comment.id, Comment.article_id, Comment.root_id).where(
                Comment.id.in_(part)
            )
            by_id.update((row.id, _Placed(*row)) for row in db.session.execute(query))
        self._placed.update((d, by_id[n]) for d, n in targets.items() if n in by_id)

    def _in_order(self, comments: list[ImportedComment]) -> list[ImportedComment]:
        """Parents before their replies; those without a parent in sight wait."""
        ordered: list[ImportedComment] = []
        have = set(self._placed)
        waiting = comments
        while waiting:
            still = []
            for comment in waiting:
                parent = comment.parent and self._names.comment(comment.parent)
                if parent is None or parent in have:
                    ordered.append(comment)
                    have.add(self._names.comment(comment.source))
                else:
                    still.append(comment)
            if len(still) == len(waiting):
                break
            waiting = still
        if self._last_pass:
            # The first of a ring of answers that go round begins it.
            return self._in_order_at_last(ordered, waiting, have)
        self._tally.waiting += len(waiting)
        return ordered

    def _in_order_at_last(
        self, ordered: list[ImportedComment], waiting: list[ImportedComment], have: set[str]
    ) -> list[ImportedComment]:
        by_source = {self._names.comment(c.source): c for c in waiting}
        for comment in waiting:
            chain = []
            step: ImportedComment | None = comment
            while step is not None and self._names.comment(step.source) not in have:
                chain.append(step)
                have.add(self._names.comment(step.source))
                step = by_source.get(self._names.comment(step.parent or ""))
            ordered.extend(reversed(chain))
        return ordered

    # People.

    def _users(self, authors: Iterable[ImportedAuthor]) -> dict[str, int]:
        digests = {self._names.author(author.source) for author in authors}
        return self._entry_targets(ImportedKind.USER, digests)

    def _add_users(self, authors: Iterable[ImportedAuthor]) -> None:
        wanted = {self._names.author(author.source): author for author in authors}
        here = self._entry_targets(ImportedKind.USER, wanted)
        rows, entries = [], []
        for digest, author in wanted.items():
            if digest in here:
                continue
            user_id = new_id(self._now)
            rows.append(
                {
                    "id": user_id,
                    "display_name": names.clean(author.name),
                    "provider": author.provider,
                    "lang": author.lang,
                    "created_at": author.created_at or self._now,
                }
            )
            entries.append(self._entry(ImportedKind.USER, digest, user_id))
        if rows:
            _insert_all(User, rows)
            _insert_all(ImportEntry, entries)
            self._tally.users += len(rows)

    # Comments.

    def _add_comments(
        self, comments: list[ImportedComment], ids: dict[str, int], users: dict[str, int]
    ) -> None:
        numbers = self._free_ids([comment.created_at for comment in comments])
        sequence = self._free_seqs([(ids[c.article.key], c.created_at) for c in comments])
        rows = []
        for comment, number, seq in zip(comments, numbers, sequence, strict=True):
            author = users[self._names.author(comment.author.source)]
            rows.append(self._row(comment, number, ids[comment.article.key], author, seq))
        self._count_replies()
        if rows:
            _insert_all(Comment, rows)
        self._tally.created += len(rows)

    def _row(
        self,
        comment: ImportedComment,
        number: int,
        article_id: int,
        author_id: int,
        seq: int,
    ) -> dict[str, Any]:
        text = self._texts[comment.place]
        is_published = Status(comment.status) is Status.PUBLISHED
        digest = self._names.comment(comment.source)
        parent = self._parent(comment, article_id)
        root_id = None if parent is None else parent.root_id or parent.id
        self._placed[digest] = _Placed(number, article_id, root_id)
        self._entries.append(self._entry(ImportedKind.COMMENT, digest, number))
        if text.note is not None:
            self._tally.note(text.note)
        if is_published and root_id is not None:
            self._replies[root_id] += 1
        row = self._new[number] = {
            "id": number,
            "article_id": article_id,
            "site_id": self._names.site.id,
            "root_id": root_id,
            "parent_id": None if parent is None else parent.id,
            "author_id": author_id,
            "seq": seq,
            "body": text.body,
            "lang": comment.lang,
            "status": comment.status,
            "visible": int(is_published),
            "likes": comment.likes,
            "dislikes": comment.dislikes,
            "score": wilson_score(comment.likes, comment.dislikes),
            "reply_count": 0,
            "created_at": comment.created_at,
            "edited_at": comment.edited_at,
        }
        if comment.pinned and root_id is None and is_published:
            self._pin(article_id, number)
        return row

    def _parent(self, comment: ImportedComment, article_id: int) -> _Placed | None:
        if comment.parent is None:
            return None
        parent = self._placed.get(self._names.comment(comment.parent))
        if parent is None:
            self._tally.note(
                Skipped(comment.place, "parent_missing", "It stands by itself: its parent is gone.")
            )
        elif parent.article_id != article_id:
            self._tally.note(
                Skipped(comment.place, "parent_elsewhere", "Its parent is on another article.")
            )
            return None
        elif parent.root_id is not None:
            self._tally.notes["flattened"] += 1
        return parent

    def _pin(self, article_id: int, number: int) -> None:
        locked = self._locked[article_id]
        if locked.pinned_comment_id is None:
            statement = update(Article).where(
                Article.id == article_id, Article.pinned_comment_id.is_(None)
            )
            db.session.execute(_quietly(statement.values(pinned_comment_id=number)))

    def _free_ids(self, moments: list[datetime]) -> list[int]:
        """Ids by the time of writing, none of which the table has."""
        numbers = [past_id(moment) for moment in moments]
        while taken := self._taken_ids(numbers):
            numbers = [
                past_id(moment) if place in taken else number
                for place, (number, moment) in enumerate(zip(numbers, moments, strict=True))
            ]
        return numbers

    def _taken_ids(self, numbers: list[int]) -> set[int]:
        """The places of those that the table has, or that are there twice."""
        taken: set[int] = set()
        for part in _parts(numbers):
            taken.update(db.session.scalars(select(Comment.id).where(Comment.id.in_(part))))
        places, seen = set(), set(self._new)
        for place, number in enumerate(numbers):
            if number in taken or number in seen:
                places.add(place)
            seen.add(number)
        return places

    def _free_seqs(self, wanted: list[tuple[int, datetime]]) -> list[int]:
        """The moments in microseconds; where the article has one already, the first that is free
        after the last of the same second."""
        asked = [(article, _microseconds(moment)) for article, moment in wanted]
        taken: set[tuple[int, int]] = set()
        for part in _parts(set(asked)):
            query = select(Comment.article_id, Comment.seq).where(
                tuple_(Comment.article_id, Comment.seq).in_(part)
            )
            taken.update((row.article_id, row.seq) for row in db.session.execute(query))
        ends: dict[tuple[int, int], int] = {}
        given = []
        for article, own in asked:
            seq = own
            if (article, own) in taken:
                second = (article, own // SECOND)
                if second not in ends:
                    ends[second] = self._last_seq_of(article, own, taken)
                seq = ends[second] = ends[second] + 1
            taken.add((article, seq))
            given.append(seq)
        return given

    def _last_seq_of(self, article: int, seq: int, taken: set[tuple[int, int]]) -> int:
        """The greatest that the article has in the same second, and what follows it without a
        gap, where so many share the second that it is full."""
        second = seq // SECOND
        until = (second + 1) * SECOND
        query = select(func.max(Comment.seq)).where(
            Comment.article_id == article, Comment.seq >= seq, Comment.seq < until
        )
        own = [s for a, s in taken if a == article and seq <= s < until]
        return max(db.session.scalar(query) or seq, *own, seq)

    def _count_replies(self) -> None:
        """Roots of this batch are counted before they are written, the others in the table."""
        in_table = []
        for root_id, count in self._replies.items():
            row = self._new.get(root_id)
            if row is None:
                in_table.append({"b_root": root_id, "b_count": count})
            else:
                row["reply_count"] = count
                row["visible"] = 1  # published, or a tombstone
        if in_table:
            table = Comment.metadata.tables[Comment.__tablename__]
            db.session.connection().execute(
                update(table)
                .where(table.c.id == bindparam("b_root"))
                .values(
                    reply_count=table.c.reply_count + bindparam("b_count"),
                    visible=1,  # published, or a tombstone
                ),
                in_table,
            )

    def _update_articles(self) -> None:
        published: Counter[int] = Counter()
        last: dict[int, int] = defaultdict(int)
        for row in self._new.values():
            published[row["article_id"]] += row["status"] == Status.PUBLISHED
            last[row["article_id"]] = max(last[row["article_id"]], row["seq"])
        if not last:
            return
        table = Article.metadata.tables[Article.__tablename__]
        db.session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(
                comment_count=table.c.comment_count + bindparam("b_count"),
                version=table.c.version + 1,
                last_seq=bindparam("b_last"),
            ),
            [
                {
                    "b_id": article_id,
                    "b_count": published[article_id],
                    "b_last": max(seq, self._locked[article_id].last_seq),
                }
                for article_id, seq in last.items()
            ],
        )

    # Votes.

    def _add_votes(self, votes: list[ImportedVote]) -> None:
        if not votes:
            return
        digests = {self._names.comment(vote.comment) for vote in votes}
        targets = self._entry_targets(ImportedKind.COMMENT, digests)
        targets |= {d: placed.id for d, placed in self._placed.items()}
        known = [v for v in votes if self._names.comment(v.comment) in targets]
        native = self._native(v.comment for v in votes if v not in known)
        for vote in votes:
            if vote.comment in native:
                self._tally.skipped["vote_already_there"] += 1
            elif vote not in known:
                self._tally.skip(Skipped(vote.place, "no_comment", "The vote is on no comment."))
        self._add_users([vote.voter for vote in known])
        users = self._users([vote.voter for vote in known])
        rows = [
            {
                "comment_id": targets[self._names.comment(vote.comment)],
                "user_id": users[self._names.author(vote.voter.source)],
                "value": vote.value,
                "created_at": vote.created_at,
            }
            for vote in known
        ]
        self._tally.votes += self._insert_votes(rows)

    def _insert_votes(self, rows: list[dict[str, Any]]) -> int:
        """How many of them were not there yet."""
        pairs = {(row["comment_id"], row["user_id"]): row for row in rows}
        there: set[tuple[int, int]] = set()
        for part in _parts(pairs):
            query = select(Vote.comment_id, Vote.user_id).where(
                tuple_(Vote.comment_id, Vote.user_id).in_(part)
            )
            there.update((row.comment_id, row.user_id) for row in db.session.execute(query))
        new = [row for pair, row in pairs.items() if pair not in there]
        if new:
            on_postgresql = db.session.connection().dialect.name == "postgresql"
            statement = (postgresql if on_postgresql else sqlite).insert(Vote)
            db.session.execute(statement.on_conflict_do_nothing(), new)
        return len(new)

    def _article_entry(self, key: str, article_id: int) -> dict[str, Any]:
        """Of an earlier import there may be one, whose article has gone since."""
        entry = self._entry(ImportedKind.ARTICLE, self._names.comment(f"article {key}"), article_id)
        db.session.execute(
            delete(ImportEntry).where(
                ImportEntry.site_id == entry["site_id"],
                ImportEntry.kind == entry["kind"],
                ImportEntry.source == entry["source"],
            )
        )
        return entry

    def _entry(self, kind: ImportedKind, source: str, target: int) -> dict[str, Any]:
        return {
            "site_id": self._names.site.id,
            "kind": kind,
            "source": source,
            "target_id": target,
            "job_id": self._writer.job_id,
        }


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * SECOND + moment.microsecond


def _parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    listed = list(values)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def _insert_all(model: type[Comment | ImportEntry | User], rows: list[dict[str, Any]]) -> None:
    """One statement for all rows, past the ORM: that makes a statement of its own of every run of
    rows in which the same columns are null."""
    db.session.connection().execute(insert(model.metadata.tables[model.__tablename__]), rows)


def _quietly(statement: Any) -> Any:
    """A change that no object in the session needs to know of."""
    return statement.execution_options(synchronize_session=False)
