"""The queue, decisions, and all that is kept of a comment."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask import Response
from pydantic import Field, StringConstraints

from comments_service import clock
from comments_service.services import dossiers, moderation, queues
from comments_service.services.ids import parse_id
from comments_service.services.moderation import DecisionKind, NewDecision
from comments_service.services.permissions import Permission
from comments_service.services.queues import Asked, Position, Tab
from comments_service.services.views import Status
from comments_service.web.api import moderation_present, present
from comments_service.web.api.fields import ArticleKey, Id, Limit, Note, SiteKey, path_id
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor, limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Body, Query
from comments_service.web.http.idempotency import idempotent
from comments_service.web.http.ready import private_json, ready_json

MOST_DECISIONS = 100
UNKNOWN = -1
"""What no comment is called."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class QueueQuery(Query):
    status: Tab = Tab.HELD
    site: SiteKey | None = None
    article: ArticleKey | None = None
    user: Id | None = None
    filter: Name | None = None
    clause: Name | None = None
    q: Annotated[str, StringConstraints(max_length=200)] | None = None
    limit: Limit = 20
    cursor: str | None = None


class DecisionBody(Body):
    comment_id: Name
    decision: Literal["approve", "reject", "remove", "restore", "uphold"]
    seen_status: Literal["published", "held", "rejected", "removed", "deleted"]
    reason: Name | None = None
    note: Note | None = None


class DecisionsBody(Body):
    decisions: Annotated[list[DecisionBody], Field(min_length=1, max_length=MOST_DECISIONS)]


@blueprint.get("/moderation/queue")
@requires(Permission.READ_MODERATION)
@blueprint.input(QueueQuery, location="query")
def read_queue(query_data: QueueQuery) -> Response:
    """List what waits for a moderator, or what was decided"""
    actor = current_actor()
    asked = Asked(
        tab=query_data.status,
        site=query_data.site,
        article=query_data.article,
        user_id=query_data.user,
        filter=query_data.filter,
        clause=query_data.clause,
        q=query_data.q,
    )
    after = position(asked, query_data.cursor)
    page = queues.page(actor, asked, limit=query_data.limit, after=after, now=clock.now())
    next_cursor = None if page.next is None else to_cursor(asked, page.next)
    body = {
        "items": [moderation_present.item(item) for item in page.items],
        "total": page.total,
        "next_cursor": next_cursor,
    }
    response = private_json(body)
    query = query_data.model_dump(mode="json", exclude_none=True, exclude={"cursor"})
    response.headers.update(present.next_link(query, next_cursor))
    return response


@blueprint.post("/moderation/decisions")
@limits.by_account("decisions")
@requires(Permission.WRITE_MODERATION)
@idempotent
@blueprint.input(DecisionsBody)
def decide(json_data: DecisionsBody) -> Response:
    """Decide about up to 100 comments, each for itself"""
    made = [
        NewDecision(
            comment_id=UNKNOWN if (number := parse_id(each.comment_id)) is None else number,
            kind=DecisionKind(each.decision),
            seen_status=Status(each.seen_status),
            reason=each.reason,
            note=each.note,
        )
        for each in json_data.decisions
    ]
    batch = moderation.decide(current_actor(), made, now=clock.now())
    sent_ids = [each.comment_id for each in json_data.decisions]
    return ready_json(moderation_present.batch(batch, sent_ids=sent_ids))


@blueprint.post("/moderation/decisions/<batch_id>/undo")
@limits.by_account("decisions")
@requires(Permission.WRITE_MODERATION)
@idempotent
def undo(batch_id: str) -> Response:
    """Take the decisions of a batch back, within ten minutes"""
    batch = moderation.undo(current_actor(), path_id(batch_id), now=clock.now())
    return ready_json(moderation_present.batch(batch))


@blueprint.get("/moderation/comments/<comment_id>")
@requires(Permission.READ_MODERATION)
def read_dossier(comment_id: str) -> Response:
    """Read everything kept of a comment"""
    view = dossiers.one(current_actor(), path_id(comment_id), now=clock.now())
    return private_json(moderation_present.dossier(view))


def to_cursor(asked: Asked, place: Position) -> str:
    """The cursor that goes on after a place in the list asked for."""
    values = [each.isoformat() if isinstance(each, datetime) else each for each in place]
    return cursor.encode(_listing(asked), values)


def position(asked: Asked, text: str | None) -> Position | None:
    """The place that a cursor of this list names. Raises `InvalidCursor`."""
    if text is None:
        return None
    values = cursor.decode(_listing(asked), text)
    return tuple(datetime.fromisoformat(each) if isinstance(each, str) else each for each in values)


def _listing(asked: Asked) -> str:
    return f"queue:{asked}"
