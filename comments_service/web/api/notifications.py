"""What a reader is told of replies and decisions."""

from __future__ import annotations

from flask import Response

from comments_service import clock
from comments_service.services import notifications
from comments_service.services.notifications import NotificationView
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import Id, Limit
from comments_service.web.api.present import Json
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor, limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Body, Query
from comments_service.web.http.idempotency import idempotent
from comments_service.web.http.ready import private_json, timestamp


class NotificationsQuery(Query):
    limit: Limit = 20
    cursor: str | None = None


class ReadBody(Body):
    until: Id


@blueprint.get("/me/notifications")
@requires(Permission.OWN_ACCOUNT)
@blueprint.input(NotificationsQuery, location="query")
def read_notifications(query_data: NotificationsQuery) -> Response:
    """List replies to one's comments and decisions about them, newest first"""
    actor = current_actor()
    listing = f"notifications:{actor.key}"
    below = None if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = notifications.page(actor, limit=query_data.limit, below=below)
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    body = {
        "items": [_notification(view) for view in page.items],
        "unread": page.unread,
        "next_cursor": next_cursor,
    }
    response = private_json(body)
    response.headers.update(present.next_link({"limit": query_data.limit}, next_cursor))
    return response


@blueprint.post("/me/notifications/read")
@limits.by_account("writes")
@requires(Permission.OWN_ACCOUNT)
@idempotent
@blueprint.input(ReadBody)
def mark_notifications_read(json_data: ReadBody) -> Response:
    """Mark one's notifications as read, up to one of them"""
    notifications.mark_read(current_actor(), json_data.until, now=clock.now())
    return Response(status=204)


def _notification(view: NotificationView) -> Json:
    return {
        "id": str(view.id),
        "type": view.kind.value,
        "comment": present.comment(view.comment),
        "decision": None if view.decision is None else view.decision.value,
        "reason": view.reason,
        "agreed": view.agreed,
        "created_at": timestamp(view.created_at),
        "read": view.is_read,
    }
