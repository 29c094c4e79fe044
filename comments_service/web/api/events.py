"""The log of events, for services that replay it."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import BeforeValidator, Field

from comments_service import clock
from comments_service.services import event_log, sites
from comments_service.services.events import EventType
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import Id, Limit, SiteKey
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Query
from comments_service.web.http.ready import private_json


def _each(value: object) -> object:
    """`types=a,b&types=c` as a list of three."""
    if not isinstance(value, list):
        return value
    return [part for text in value for part in str(text).split(",") if part]


Types = Annotated[list[EventType], BeforeValidator(_each, json_schema_input_type=list[str])]


class EventsQuery(Query):
    site: SiteKey
    after: Id | None = None
    cursor: str | None = None
    limit: Limit = 20
    types: Types = Field(default_factory=list)


@blueprint.get("/events")
@requires(Permission.READ_EVENTS)
@blueprint.input(EventsQuery, location="query")
def list_events(query_data: EventsQuery) -> Response:
    """Read what happened on a site, oldest first, after an event"""
    site = sites.run_by(current_actor(), query_data.site)
    listing = f"events:{site.id}"
    position = None if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    now = clock.now()
    event_log.place_all(now=now)
    page = event_log.page(
        site.id,
        limit=query_data.limit,
        after=query_data.after if query_data.cursor is None else None,
        position=position,
        types=query_data.types,
        now=now,
    )
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    body = {"items": [present.event(event) for event in page.items], "next_cursor": next_cursor}
    response = private_json(body)
    query: dict[str, object] = {"site": site.key, "limit": query_data.limit}
    if query_data.types:
        query["types"] = ",".join(query_data.types)
    response.headers.update(present.next_link(query, next_cursor))
    return response
