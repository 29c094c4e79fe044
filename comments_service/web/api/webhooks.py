"""Webhooks: endpoints that are told of events, and what was delivered to them."""

from __future__ import annotations

from typing import Annotated, cast

from flask import Response, current_app
from pydantic import Field

from comments_service import clock
from comments_service.services import deliveries, webhooks
from comments_service.services.deliveries import DeliveryStatus
from comments_service.services.events import EventType
from comments_service.services.permissions import Permission
from comments_service.services.webhooks import WebhookView
from comments_service.web.api import present
from comments_service.web.api.fields import Limit, SiteKey, Url, path_id
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor, limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Body, Query
from comments_service.web.http.idempotency import idempotent, keep_instead
from comments_service.web.http.ready import private_json, ready_json
from comments_service.webhooks.sending import Sender

Events = Annotated[
    list[Annotated[EventType, Field(strict=False)]], Field(min_length=1, max_length=50)
]


class NewWebhookBody(Body):
    site: SiteKey
    url: Url
    events: Events


class WebhookBody(Body):
    url: Url | None = None
    events: Events | None = None
    enabled: bool | None = None


class WebhooksQuery(Query):
    site: SiteKey | None = None
    limit: Limit = 20
    cursor: str | None = None


class DeliveriesQuery(Query):
    status: DeliveryStatus | None = None
    limit: Limit = 20
    cursor: str | None = None


@blueprint.get("/webhooks")
@requires(Permission.WRITE_WEBHOOKS)
@blueprint.input(WebhooksQuery, location="query")
def list_webhooks(query_data: WebhooksQuery) -> Response:
    """List the webhooks of a site"""
    actor = current_actor()
    listing = f"webhooks:{actor.key}:{query_data.site}"
    after = 0 if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = webhooks.page(actor, site=query_data.site, limit=query_data.limit, after=after)
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    items = [present.webhook(view) for view in page.items]
    response = private_json({"items": items, "next_cursor": next_cursor})
    query = {"site": query_data.site, "limit": query_data.limit}
    query = {name: value for name, value in query.items() if value is not None}
    response.headers.update(present.next_link(query, next_cursor))
    return response


@blueprint.post("/webhooks")
@limits.by_account("writes")
@requires(Permission.WRITE_WEBHOOKS)
@idempotent
@blueprint.input(NewWebhookBody)
def create_webhook(json_data: NewWebhookBody) -> Response:
    """Register a webhook; its secret is shown this once"""
    made = webhooks.create(
        current_actor(),
        site=json_data.site,
        url=json_data.url,
        events=json_data.events,
        sender=_sender(),
        now=clock.now(),
    )
    location = present.public_url(f"/api/v1/webhooks/{made.id}")
    without_secret = ready_json(present.webhook(made), status=201)
    without_secret.headers["Location"] = location
    keep_instead(without_secret)
    response = _with_secret(made, status=201)
    response.headers["Location"] = location
    return response


@blueprint.get("/webhooks/<webhook_id>")
@requires(Permission.WRITE_WEBHOOKS)
def read_webhook(webhook_id: str) -> Response:
    """Read a webhook"""
    return private_json(present.webhook(webhooks.get(current_actor(), path_id(webhook_id))))


@blueprint.patch("/webhooks/<webhook_id>")
@limits.by_account("writes")
@requires(Permission.WRITE_WEBHOOKS)
@blueprint.input(WebhookBody)
def change_webhook(webhook_id: str, json_data: WebhookBody) -> Response:
    """Change a webhook, or switch it off or on"""
    changed = webhooks.change(
        current_actor(),
        path_id(webhook_id),
        url=json_data.url,
        events=json_data.events,
        enabled=json_data.enabled,
        sender=_sender(),
        now=clock.now(),
    )
    return private_json(present.webhook(changed))


@blueprint.delete("/webhooks/<webhook_id>")
@limits.by_account("writes")
@requires(Permission.WRITE_WEBHOOKS)
def delete_webhook(webhook_id: str) -> tuple[str, int]:
    """Forget a webhook with its deliveries"""
    webhooks.remove(current_actor(), path_id(webhook_id), now=clock.now())
    return "", 204


@blueprint.post("/webhooks/<webhook_id>/rotate")
@limits.by_account("writes")
@requires(Permission.WRITE_WEBHOOKS)
@idempotent
def rotate_webhook(webhook_id: str) -> Response:
    """Get a webhook's next secret; the one before signs as well for a day"""
    rotated = webhooks.rotate(current_actor(), path_id(webhook_id), now=clock.now())
    keep_instead(ready_json(present.webhook(rotated)))
    return _with_secret(rotated)


@blueprint.post("/webhooks/<webhook_id>/test")
@limits.by_account("writes")
@requires(Permission.WRITE_WEBHOOKS)
@idempotent
def test_webhook(webhook_id: str) -> Response:
    """Send a message of type webhook.test"""
    sent = deliveries.send_test(current_actor(), path_id(webhook_id), now=clock.now())
    return ready_json(present.delivery(sent), status=202)


@blueprint.get("/webhooks/<webhook_id>/deliveries")
@requires(Permission.WRITE_WEBHOOKS)
@blueprint.input(DeliveriesQuery, location="query")
def list_deliveries(webhook_id: str, query_data: DeliveriesQuery) -> Response:
    """List what was or is to be delivered, newest first; dead letters are of status dead"""
    webhook = webhooks.get(current_actor(), path_id(webhook_id))
    listing = f"deliveries:{webhook.id}:{query_data.status}"
    before = None if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = deliveries.page(webhook, limit=query_data.limit, before=before, status=query_data.status)
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    items = [present.delivery(view) for view in page.items]
    response = private_json({"items": items, "next_cursor": next_cursor})
    query: dict[str, object] = {"limit": query_data.limit}
    if query_data.status is not None:
        query["status"] = query_data.status.value
    response.headers.update(present.next_link(query, next_cursor))
    return response


@blueprint.post("/webhooks/deliveries/<delivery_id>/retry")
@limits.by_account("writes")
@requires(Permission.WRITE_WEBHOOKS)
@idempotent
def retry_delivery(delivery_id: str) -> Response:
    """Send a delivery again"""
    again = deliveries.retry(current_actor(), path_id(delivery_id), now=clock.now())
    return ready_json(present.delivery(again), status=202)


@blueprint.post("/webhooks/<webhook_id>/deliveries/<delivery_id>/retry")
@limits.by_account("writes")
@requires(Permission.WRITE_WEBHOOKS)
@idempotent
def retry_delivery_of_webhook(webhook_id: str, delivery_id: str) -> Response:
    """Send a delivery of this webhook again"""
    again = deliveries.retry(
        current_actor(), path_id(delivery_id), webhook_id=path_id(webhook_id), now=clock.now()
    )
    return ready_json(present.delivery(again), status=202)


def _with_secret(view: WebhookView, *, status: int = 200) -> Response:
    secret = _sender().secret(view.id, view.generation)
    response = ready_json({**present.webhook(view), "secret": secret}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sender() -> Sender:
    return cast(Sender, current_app.extensions["comments_webhook_sender"])
