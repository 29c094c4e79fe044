"""Imports: comments out of other systems' files, by the worker, a batch in each transaction.

The file is read through once before anything is written: one that is broken changes nothing.
Then batches are written; whoever is killed loses the batch it was at. Comments that answer one
which comes later in the file wait for the next pass over it. Start reading at `run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from comments_service.errors import Conflict, NotFound
from comments_service.importers import disqus, isso, jsonl, remark42, table, wordpress
from comments_service.importers.records import (
    ImportedArticle,
    ImportedComment,
    Importer,
    Item,
    MalformedFile,
    Skipped,
)
from comments_service.models import ImportedKind, ImportEntry, JobStatus
from comments_service.services import articles, audit, import_texts, jobs, sites
from comments_service.services.again import again
from comments_service.services.audit import AuditAction
from comments_service.services.import_batches import CHUNK, Writer
from comments_service.services.import_names import Names
from comments_service.services.import_report import MOST_ARTICLES, Tally
from comments_service.services.jobs import JobFailed, JobKind, JobRun, JobView
from comments_service.services.sites import SiteView
from comments_service.services.transaction import reading, transaction

IMPORTERS: Mapping[str, Importer] = {
    "disqus": disqus.read,
    "wordpress": wordpress.read,
    "remark42": remark42.read,
    "isso": isso.read,
    "csv": table.read,
    "jsonl": jsonl.read,
}
"""By the format's name."""

BATCH = 1000
HEARTBEAT = 5000
"""Records read between two signs of life while the file is only looked through."""

Watch = Callable[[int, int | None], None]
"""Is told how many records of how many are done; the number of all is None at first."""


@dataclass(frozen=True, slots=True)
class NewImport:
    """What is to be imported. `keep_file`: it is somebody's own, not an upload to be removed."""

    path: Path
    format: str
    url_map: Mapping[str, str]
    dry_run: bool = False
    keep_file: bool = False


def request(site: SiteView, command: NewImport, *, actor: str, now: datetime) -> JobView:
    """Leave an import to the workers; `actor` is the key of whoever asked."""
    parameters = {
        "path": str(command.path.resolve()),
        "format": command.format,
        "url_map": dict(command.url_map),
        "dry_run": command.dry_run,
        "keep_file": command.keep_file,
    }
    with transaction():
        job = jobs.enqueue(
            JobKind.IMPORT, site_id=site.id, actor=actor, parameters=parameters, now=now
        )
        if not command.dry_run:
            audit.record(
                AuditAction.IMPORT_REQUESTED,
                actor=actor,
                target=f"job:{job.id}",
                site_id=site.id,
                after={"format": command.format},
                now=now,
            )
    return job


def request_undo(import_id: int, *, site_id: int | None, actor: str, now: datetime) -> JobView:
    """Leave it to the workers to unmake an import. `site_id` None: of any site.

    Raises `NotFound`, and `Conflict` while the import is not over.
    """
    with transaction():
        made = jobs.get(import_id)
        if made.kind is not JobKind.IMPORT or site_id not in {None, made.site_id}:
            raise NotFound
        if made.status not in {JobStatus.DONE, JobStatus.FAILED}:
            raise Conflict
        job = jobs.enqueue(
            JobKind.UNDO_IMPORT,
            site_id=made.site_id,
            actor=actor,
            parameters={"import_id": str(import_id)},
            now=now,
        )
        audit.record(
            AuditAction.IMPORT_UNDONE,
            actor=actor,
            target=f"job:{import_id}",
            site_id=made.site_id,
            now=now,
        )
    return job


def run(
    run: JobRun, *, pepper: str, watch: Watch = lambda _done, _total: None
) -> Mapping[str, Any]:
    """Do an import, or go on with one. Returns its report; raises `JobFailed` for a broken file.

    `pepper` is the service's secret. How it ended is kept before the file goes: whoever is killed
    after that would leave the next worker without either.
    """
    over = run.state.get("over")
    if over is None:
        over = _ended(run, pepper, watch)
        run.progress(state={**run.state, "over": over})
    _remove(run, Path(run.parameters["path"]))
    if "error" in over:
        raise JobFailed(over)
    return dict(over)


def _ended(run: JobRun, pepper: str, watch: Watch) -> Mapping[str, Any]:
    """The report of the work, or of what is wrong with the file, under `error`."""
    path = Path(run.parameters["path"])
    site = sites.by_id(run.site_id)
    names = Names(site, run.parameters["format"], pepper, run.parameters["url_map"])
    work = _Import(run, path, names, watch)
    try:
        return work.try_out() if run.parameters["dry_run"] else work.write()
    except MalformedFile as error:
        return {
            "error": "malformed-file",
            "detail": error.detail,
            "line": error.line,
            "column": error.column,
        }
    except FileNotFoundError:
        return {"error": "file-missing", "detail": "The file is gone."}


def _remove(run: JobRun, path: Path) -> None:
    if not run.parameters["keep_file"]:
        with suppress(OSError):
            path.unlink()


class _Import:
    def __init__(self, run: JobRun, path: Path, names: Names, watch: Watch) -> None:
        self._run = run
        self._path = path
        self._names = names
        self._watch = watch
        self._importer = IMPORTERS[names.format]

    def write(self) -> Mapping[str, Any]:
        """All passes over the file, from where the last worker got to."""
        state = self._run.state or self._checked()
        tally = Tally.of_state(state["tally"])
        while True:
            tally = self._pass(state, tally)
            if not tally.waiting:
                return tally.as_json()
            # The file is read again for as long as that brings some under their parents.
            waited = state["waited"]
            state = {
                **state,
                "pass": state["pass"] + 1,
                "done": 0,
                "waited": tally.waiting,
                "last": waited is not None and tally.waiting >= waited,
            }
            tally.waiting = 0

    def _checked(self) -> dict[str, Any]:
        """Read the file through. Raises `MalformedFile`."""
        total = 0
        for _ in self._importer(self._path):
            total += 1
            if total % HEARTBEAT == 0:
                self._run.progress(0)
                self._watch(0, None)
        return {
            "pass": 1,
            "done": 0,
            "total": total,
            "waited": None,
            "last": False,
            "tally": Tally().as_state(),
        }

    def _pass(self, state: Mapping[str, Any], tally: Tally) -> Tally:
        """Once through the file, from where `state` says."""
        writer = Writer(self._names, self._run.id, takes_native=self._names.format == "jsonl")
        done = state["done"]
        for batch in _batches(self._importer(self._path), skip=done):
            done += len(batch)
            tally = again(partial(self._write, batch, {**state, "done": done}, tally, writer))
            self._watch(done if state["pass"] == 1 else state["total"], state["total"])
        return tally

    def _write(
        self, batch: list[Item], state: Mapping[str, Any], before: Tally, writer: Writer
    ) -> Tally:
        """One batch in a transaction of its own; the tally that was before, with it."""
        tally = Tally.of_state(before.as_state())
        is_first = state["pass"] == 1
        try:
            with transaction():
                if is_first:
                    _count(batch, tally)
                writer.write(
                    batch,
                    tally,
                    first_pass=is_first,
                    last_pass=state["last"],
                    now=self._run.clock(),
                )
                self._run.progress(
                    state["done"] if is_first else state["total"],
                    total=state["total"],
                    state={**state, "tally": tally.as_state()},
                )
        except BaseException:
            writer.forget()
            raise
        return tally

    def try_out(self) -> Mapping[str, Any]:
        """What an import of the file would do, and as which articles."""
        tally = Tally()
        mapped: dict[str, dict[str, Any]] = {}
        done = 0
        for batch in _batches(self._importer(self._path), skip=0):
            _count(batch, tally)
            done += len(batch)
            here = self._known(batch)
            for item in batch:
                if isinstance(item, ImportedComment | ImportedArticle):
                    self._map(item, mapped, tally, here)
            self._run.progress(done)
            self._watch(done, None)
        return {**tally.as_json(), "dry_run": True, **self._articles(mapped)}

    def _known(self, batch: list[Item]) -> set[str]:
        digests = [
            self._names.comment(item.source) for item in batch if isinstance(item, ImportedComment)
        ]
        found: set[str] = set()
        for start in range(0, len(digests), CHUNK):
            query = select(ImportEntry.source).where(
                ImportEntry.site_id == self._names.site.id,
                ImportEntry.kind == ImportedKind.COMMENT,
                ImportEntry.source.in_(digests[start : start + CHUNK]),
            )
            with reading() as connection:
                found.update(connection.scalars(query))
        return found

    def _map(
        self,
        item: ImportedComment | ImportedArticle,
        mapped: dict[str, dict[str, Any]],
        tally: Tally,
        here: set[str],
    ) -> None:
        article = item.article if isinstance(item, ImportedComment) else item
        ours = self._names.article(article)
        entry = mapped.setdefault(
            article.key,
            {"source": article.key, "key": ours.key, "url": ours.url, "comments": 0},
        )
        if not isinstance(item, ImportedComment):
            return
        text = import_texts.prepared(item)
        if self._names.comment(item.source) in here:
            tally.skipped["already_there"] += 1
        elif isinstance(text, Skipped):
            tally.skip(text)
        else:
            entry["comments"] += 1
            tally.created += 1

    def _articles(self, mapped: dict[str, dict[str, Any]]) -> dict[str, Any]:
        shown = list(mapped.values())[:MOST_ARTICLES]
        for entry in shown:
            entry["exists"] = (
                articles.get(self._names.site, entry["key"], now=self._run.clock()).id != 0
            )
        return {"articles": shown, "article_count": len(mapped)}


def _batches(items: Iterator[Item], *, skip: int) -> Iterator[list[Item]]:
    for _ in islice(items, skip):
        pass
    while batch := list(islice(items, BATCH)):
        yield batch


def _count(batch: list[Item], tally: Tally) -> None:
    """What was read, and the records that could not be."""
    for item in batch:
        if isinstance(item, Skipped):
            tally.skip(item)
        tally.read += isinstance(item, ImportedComment | Skipped)
