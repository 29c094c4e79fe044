"""People: found, with their record; notes, suspensions, roles."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from flask import Response
from pydantic import Field, StringConstraints

from comments_service import clock
from comments_service.services import moderation, people, sites, staff, suspensions
from comments_service.services.people import FoundPerson, NoteView, PersonView
from comments_service.services.permissions import Permission
from comments_service.services.roles import Role, RoleView
from comments_service.services.suspensions import NewSuspension, SuspensionRecord
from comments_service.services.views import Status
from comments_service.web.api import moderation_present, present
from comments_service.web.api.fields import Limit, Moment, Note, Readable, SiteKey, path_id
from comments_service.web.api.present import Json
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor, limits
from comments_service.web.http import staff as staff_http
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Body, Query
from comments_service.web.http.idempotency import idempotent
from comments_service.web.http.ready import private_json, ready_json, timestamp

MOST_HOURS = 24 * 30


class PeopleQuery(Query):
    q: Annotated[str, StringConstraints(max_length=200)] | None = None
    limit: Limit = 20
    cursor: str | None = None


class NoteBody(Body):
    text: Annotated[Readable, StringConstraints(min_length=1, max_length=2000)]


class SuspensionBody(Body):
    until: Moment | None
    reason: Annotated[Readable, StringConstraints(min_length=1, max_length=500)]
    note: Note | None = None
    site: SiteKey | None = None


class RecentBody(Body):
    hours: Annotated[int, Field(ge=1, le=MOST_HOURS)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    note: Note | None = None


class RolesBody(Body):
    site: SiteKey
    roles: Annotated[list[Literal["moderator", "admin"]], Field(max_length=2)]


@blueprint.get("/moderation/users")
@requires(Permission.READ_PEOPLE)
@blueprint.input(PeopleQuery, location="query")
def find_people(query_data: PeopleQuery) -> Response:
    """Find people by name or handle"""
    actor = current_actor()
    listing = f"people:{actor.key}:{query_data.q}"
    below = None if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = people.find(actor, query_data.q, limit=query_data.limit, below=below)
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    body = {"items": [_found(each) for each in page.items], "next_cursor": next_cursor}
    response = private_json(body)
    query = query_data.model_dump(mode="json", exclude_none=True, exclude={"cursor"})
    response.headers.update(present.next_link(query, next_cursor))
    return response


@blueprint.get("/moderation/users/<user_id>")
@requires(Permission.READ_PEOPLE)
def read_person(user_id: str) -> Response:
    """Read a person's record"""
    return private_json(_person(people.get(current_actor(), path_id(user_id), now=clock.now())))


@blueprint.post("/moderation/users/<user_id>/notes")
@limits.by_account("writes")
@requires(Permission.WRITE_MODERATION)
@idempotent
@blueprint.input(NoteBody)
def note_person(user_id: str, json_data: NoteBody) -> Response:
    """Note something about a person for colleagues"""
    view = people.note(current_actor(), path_id(user_id), json_data.text, now=clock.now())
    return ready_json(_note(view), status=201)


@blueprint.post("/moderation/users/<user_id>/suspensions")
@limits.by_account("writes")
@requires(Permission.WRITE_MODERATION)
@idempotent
@blueprint.input(SuspensionBody)
def suspend(user_id: str, json_data: SuspensionBody) -> Response:
    """Suspend a person, until a moment or until it is lifted"""
    actor, number = current_actor(), path_id(user_id)
    people.require_known(actor, number)
    if json_data.site is None:
        site_id = suspensions.own_site_of(actor)
    else:
        site_id = sites.run_by(actor, json_data.site).id
    wanted = NewSuspension(number, site_id, json_data.until, json_data.reason, json_data.note)
    return ready_json(_suspension(suspensions.suspend(actor, wanted, now=clock.now())), status=201)


@blueprint.delete("/moderation/suspensions/<suspension_id>")
@limits.by_account("writes")
@requires(Permission.WRITE_MODERATION)
def lift_suspension(suspension_id: str) -> Response:
    """Lift a suspension"""
    suspensions.lift(current_actor(), path_id(suspension_id), now=clock.now())
    return Response(status=204)


@blueprint.post("/moderation/users/<user_id>/reject-recent")
@limits.by_account("writes")
@requires(Permission.WRITE_MODERATION)
@idempotent
@blueprint.input(RecentBody)
def reject_recent(user_id: str, json_data: RecentBody) -> Response:
    """Reject what a person wrote in the last hours, as one batch that can be undone"""
    actor, number, now = current_actor(), path_id(user_id), clock.now()
    people.require_known(actor, number)
    batch = moderation.reject_recent(
        actor,
        number,
        since=now - timedelta(hours=json_data.hours),
        reason=json_data.reason,
        note=json_data.note,
        now=now,
    )
    return ready_json(moderation_present.batch(batch))


@blueprint.put("/moderation/users/<user_id>/roles")
@limits.by_account("writes")
@requires(Permission.MANAGE_ROLES)
@blueprint.input(RolesBody)
def set_roles(user_id: str, json_data: RolesBody) -> Response:
    """Say which roles a person has on a site: an admin, shortly after their login"""
    now = clock.now()
    staff_http.current_member().require_fresh_login(now)
    actor = current_actor()
    site = sites.run_by(actor, json_data.site)
    given = staff.set_roles(
        actor,
        path_id(user_id),
        site_id=site.id,
        roles=[Role(role) for role in json_data.roles],
        now=now,
    )
    return private_json(
        {"user_id": user_id, "site": site.key, "roles": [view.role.value for view in given]}
    )


def _found(view: FoundPerson) -> Json:
    return {
        "id": str(view.id),
        "name": view.name,
        "provider": view.provider,
        "joined_at": timestamp(view.joined_at),
        "deleted": view.is_deleted,
    }


def _person(view: PersonView) -> Json:
    reports = view.reports
    return {
        **_found(view.person),
        "identities": [
            {
                "provider": each.provider,
                "handle": each.handle,
                "subject_ends_in": each.subject_end,
            }
            for each in view.identities
        ],
        "former_names": [
            {
                "provider": each.provider,
                "name": each.name,
                "handle": each.handle,
                "replaced_at": timestamp(each.replaced_at),
            }
            for each in view.former_names
        ],
        "record": {
            "comments": sum(view.counts.values()),
            **{status.value: view.counts.get(status, 0) for status in Status},
        },
        "reports": {
            "received": reports.received,
            "reporters": reports.reporters,
            "made": reports.made,
            "answered": reports.answered,
            "agreed": reports.agreed,
        },
        "appeals": {
            outcome: view.appeals.get(outcome, 0) for outcome in ("open", "granted", "upheld")
        },
        "decisions": [moderation_present.decision(each) for each in view.decisions],
        "notes": [_note(each) for each in view.notes],
        "suspensions": [_suspension(each) for each in view.suspensions],
        "suspension": None if view.suspension is None else _suspension(view.suspension),
        "roles": [_role(each) for each in view.roles],
    }


def _note(view: NoteView) -> Json:
    return {
        "id": str(view.id),
        "text": view.text,
        "author": moderation_present.person(view.author),
        "created_at": timestamp(view.created_at),
    }


def _suspension(view: SuspensionRecord) -> Json:
    return {
        "id": str(view.id),
        "user_id": str(view.user_id),
        "site": view.site,
        "until": timestamp(view.until),
        "reason": view.reason,
        "note": view.note,
        "created_at": timestamp(view.created_at),
        "created_by": view.created_by,
        "lifted_at": timestamp(view.lifted_at),
        "lifted_by": view.lifted_by,
        "in_force": view.is_in_force,
    }


def _role(view: RoleView) -> Json:
    return {"role": view.role.value, "site": view.site}
