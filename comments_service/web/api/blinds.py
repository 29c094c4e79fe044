"""Temporary blinds: a comment out of sight on request, the writer's objection, the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from flask import Response
from pydantic import Field, StringConstraints

from comments_service import clock
from comments_service.services import blinds
from comments_service.services.blinds import LONGEST, NewBlind, Resolution
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import Readable, Title, path_id
from comments_service.web.api.routes import blueprint
from comments_service.web.http import limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Body
from comments_service.web.http.idempotency import idempotent
from comments_service.web.http.ready import private_json, ready_json

Said = Annotated[Readable, StringConstraints(min_length=1, max_length=500)]


class BlindBody(Body):
    requester: Annotated[Title, StringConstraints(min_length=1, max_length=200)]
    reason: Said
    days: Annotated[int, Field(ge=1, le=LONGEST.days)] = LONGEST.days


class ObjectionBody(Body):
    text: Annotated[Readable, StringConstraints(min_length=1, max_length=2000)]


class ResolutionBody(Body):
    decision: Literal["restore", "delete"]
    reason: Said | None = None


@blueprint.get("/moderation/comments/<comment_id>/blind")
@requires(Permission.READ_MODERATION)
def read_blind(comment_id: str) -> Response:
    """Read the temporary blind of a comment, with its steps"""
    return private_json(present.blind(blinds.of_comment(current_actor(), path_id(comment_id))))


@blueprint.post("/moderation/comments/<comment_id>/blind")
@limits.by_account("writes")
@requires(Permission.WRITE_MODERATION)
@idempotent
@blueprint.input(BlindBody)
def blind_comment(comment_id: str, json_data: BlindBody) -> Response:
    """Take a comment out of sight on request of an affected person"""
    command = NewBlind(
        comment_id=path_id(comment_id),
        requester=json_data.requester,
        reason=json_data.reason,
        lasts=timedelta(days=json_data.days),
    )
    view, is_new = blinds.begin(current_actor(), command, now=clock.now())
    return ready_json(present.blind(view), status=201 if is_new else 200)


@blueprint.post("/moderation/comments/<comment_id>/blind/objection")
@limits.by_account("writes")
@requires(Permission.WRITE_MODERATION)
@idempotent
@blueprint.input(ObjectionBody)
def object_to_blind(comment_id: str, json_data: ObjectionBody) -> Response:
    """Note the writer's objection to a temporary blind"""
    view = blinds.object_to(current_actor(), path_id(comment_id), json_data.text, now=clock.now())
    return ready_json(present.blind(view))


@blueprint.post("/moderation/comments/<comment_id>/blind/resolve")
@limits.by_account("writes")
@requires(Permission.WRITE_MODERATION)
@idempotent
@blueprint.input(ResolutionBody)
def resolve_blind(comment_id: str, json_data: ResolutionBody) -> Response:
    """End a temporary blind: restore the comment, or delete it"""
    view = blinds.resolve(
        current_actor(),
        path_id(comment_id),
        Resolution(json_data.decision),
        reason=json_data.reason,
        now=clock.now(),
    )
    return ready_json(present.blind(view))
