"""The service that the machines of one test share; each has readers and articles of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments_service.models import AuditEntry, Comment, Event
from comments_service.services import audit, job_runners, jobs
from comments_service.services.audit import Head
from comments_service.services.sites import SiteView
from tests.api.services import service
from tests.model.newspaper import Comment as ModelComment
from tests.model.newspaper import Record
from tests.readers import Reader, log_in
from tests.rows import rows
from tests.small_app import NEWS, Clock, person

SCOPES = ("moderation:read", "moderation:write", "sites:write", "transfers:write")
SECRET = "development-secret-key-never-in-production"


class World:
    """Speaks to the service as its readers, moderators and the publisher's machines do."""

    def __init__(self, app: Flask, site: SiteView, now: Clock) -> None:
        self.app, self.site, self.now = app, site, now
        self.client = app.test_client()
        self.round = self.subjects = 0
        self.begin()

    def begin(self) -> None:
        """A new run: nothing is kept of what was read before, and tokens are fresh."""
        self.round += 1
        self.desk = service(self.app, *SCOPES, site=self.site.key)
        self.cached: dict[str, tuple[str, Any]] = {}
        self.bodies: dict[str, bytes] = {}
        self.audited, self.told = audit.head(), self._last_event()

    def new_subject(self) -> str:
        self.subjects += 1
        return str(5_000 + self.subjects)

    def log_in(self, name: str, subject: str) -> Reader:
        return log_in(self.app, self.site, person(subject, name=name))

    def refresh(self, reader: Reader) -> None:
        """Access tokens live ten minutes."""
        answer = reader.client.post(
            "/oauth/token",
            data={
                "grant_type": "refresh_token",
                "client_id": self.site.key,
                "refresh_token": reader.refresh_token,
            },
            headers={"Origin": NEWS},
            base_url="https://comments.example",
        )
        assert answer.status_code == 200, answer.text
        reader.access_token = answer.get_json()["access_token"]
        reader.refresh_token = answer.get_json()["refresh_token"]

    def refresh_desk(self) -> None:
        self.desk = service(self.app, *SCOPES, site=self.site.key)

    def moderate(self, method: str, path: str, **more: Any) -> TestResponse:
        return self.desk.call(method, f"/api/v1/moderation/{path}", **more)

    # Imports.

    def take_in(self, article: str, records: Sequence[Record]) -> str:
        """Import a file as a service does, with the worker's part; the job's id."""
        lines = "\n".join(json.dumps(self._line(article, record)) for record in records)
        form = {"site": self.site.key, "format": "jsonl"}
        file = (io.BytesIO(lines.encode()), "export")
        asked = self.desk.call(
            "POST",
            "/api/v1/imports",
            data={**form, "file": file},
            content_type="multipart/form-data",
        )
        assert asked.status_code == 202, asked.text
        job_id: str = asked.get_json()["id"]
        self._work(job_id)
        return job_id

    def undo_import(self, job_id: str) -> None:
        asked = self.desk.call("POST", f"/api/v1/imports/{job_id}/undo")
        assert asked.status_code == 202, asked.text
        self._work(asked.get_json()["id"])

    def _work(self, job_id: str) -> None:
        runners = {**job_runners.with_secret(SECRET), **job_runners.RUNNERS}
        while jobs.run_next(runners, clock=self.now):
            pass
        job = self.desk.call("GET", f"/api/v1/jobs/{job_id}").get_json()
        assert job["status"] == "done", job

    def _line(self, article: str, record: Record) -> dict[str, Any]:
        answers = record.answers
        parent = answers.id if isinstance(answers, ModelComment) else answers and answers.source
        return {
            "type": "comment",
            "id": record.source,
            "article": article,
            "author": {"id": f"{self.round} {record.author}", "name": record.author},
            "body": record.body,
            "status": record.status,
            "created_at": record.created_at.isoformat(),
            "likes": record.likes,
            "parent_id": parent,
        }

    def newest_id(self, created_at: datetime) -> str:
        """The comment last made of those written at a moment."""
        found = rows(
            select(Comment.id).where(Comment.created_at == created_at).order_by(Comment.seq.desc())
        )
        return str(found[0].id)

    # What all can see.

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def read(self, path: str) -> Any:
        """As a shared cache does: what it has, for as long as the service says it is unchanged.

        One `ETag` stands for one answer for ever."""
        known = self.cached.get(path)
        headers = {} if known is None else {"If-None-Match": known[0]}
        answer = self.client.get(path, headers=headers)
        if answer.status_code == 304 and known is not None:
            return known[1]
        assert answer.status_code == 200, answer.text
        etag = answer.headers["ETag"]
        assert self.bodies.setdefault(f"{path} {etag}", answer.data) == answer.data
        self.cached[path] = etag, answer.get_json()
        return self.cached[path][1]

    def thread(self, article: str, names: dict[str, str]) -> dict[str, Any]:
        """All of a thread, by its cursors, as everybody sees it. `names` are those who have an
        account, by id."""
        path = f"/api/v1/comments?site=demo&article={article}&sort=oldest&limit=3"
        shown: list[dict[str, Any]] = []
        cursor: str | None = ""
        page: dict[str, Any] = {}
        while cursor is not None:
            page = self.read(path + (f"&cursor={cursor}" if cursor else ""))
            shown += page["comments"]
            cursor = page["next_cursor"]
        return {
            "comment_count": page["article"]["comment_count"],
            "status": page["article"]["status"],
            "comments": [self.seen(comment, names) for comment in shown],
        }

    def order(self, article: str, sort: str) -> list[str]:
        path = f"/api/v1/comments?site=demo&article={article}&sort={sort}&limit=100"
        return [comment["id"] for comment in self.read(path)["comments"]]

    def seen(self, comment: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
        replies = comment["replies"]
        if comment["parent_id"] is None and comment["reply_count"]:
            path = f"/api/v1/comments/{comment['id']}/replies?limit=100"
            everything = self.read(path)["items"]
            assert replies == everything[: len(replies)]  # the preview is the beginning
            replies = everything
        author = comment["author"]
        shown_id = "" if author is None or author["id"] not in names else author["id"]
        return {
            "id": comment["id"],
            "status": comment["status"],
            "body": comment["body"],
            "author": None if author is None else (shown_id, author["name"]),
            "likes": comment["likes"],
            "dislikes": comment["dislikes"],
            "edited": comment["edited_at"] is not None,
            "reply_count": comment["reply_count"],
            "replies": [self.seen(reply, names) for reply in replies],
        }

    def counts(self, articles: Iterable[str]) -> list[tuple[int, str]]:
        query = "&".join(f"article={article}" for article in articles)
        found = self.read(f"/api/v1/articles?site=demo&{query}")["articles"]
        return [(each["comment_count"], each["status"]) for each in found]

    def overlay(self, reader: Reader, article: str) -> dict[str, Any]:
        path = f"/api/v1/me/overlay?site=demo&article={article}"
        found = reader.call("GET", path).get_json()
        return {
            "votes": found["votes"],
            "held": [each["id"] for each in found["held"]],
            "rejected": [each["id"] for each in found["rejected"]],
            "can": found["can"],
        }

    # What is on record.

    def newly_logged(self) -> list[str]:
        """The actions in the audit log since this was asked last; its chain holds."""
        query = select(AuditEntry.__table__).where(AuditEntry.seq > self.audited.seq)
        found = rows(query.order_by(AuditEntry.seq))
        for entry in found:
            assert audit.misfit(entry, self.audited) is None
            self.audited = Head(entry.seq, entry.hash)
        assert audit.head() == self.audited
        return [entry.action for entry in found]

    def newly_told(self) -> list[str]:
        """The types of the events recorded since this was asked last."""
        found = rows(select(Event.id, Event.type).where(Event.id > self.told).order_by(Event.id))
        if found:
            self.told = found[-1].id
        return [event.type for event in found]

    def _last_event(self) -> int:
        found = rows(select(Event.id).order_by(Event.id.desc()).limit(1))
        return found[0].id if found else 0
