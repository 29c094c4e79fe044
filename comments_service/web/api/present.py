"""Views of the services as the JSON of the contract (API.md section 2 in the documentation)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request

from comments_service.services.article_settings import ArticleSettings
from comments_service.services.audit_log import LogEntry
from comments_service.services.blinds import BlindView
from comments_service.services.deliveries import DeliveryView
from comments_service.services.dry_runs import Tried
from comments_service.services.event_log import EventView
from comments_service.services.jobs import JobView
from comments_service.services.overlays import Overlay
from comments_service.services.policies import PolicyView, VersionView
from comments_service.services.sites import SiteView
from comments_service.services.threads import Sort
from comments_service.services.views import (
    ArticleView,
    AuthorView,
    CommentView,
    FindingView,
    JudgedView,
)
from comments_service.services.webhooks import WebhookView
from comments_service.web.http import addresses
from comments_service.web.http.language import preferred_language
from comments_service.web.http.ready import timestamp

Json = dict[str, Any]

public_url, permalink = addresses.public_url, addresses.permalink


def next_link(query: Mapping[str, Any], next_cursor: str | None) -> dict[str, str]:
    """The header that says where this request's list goes on (RFC 8288), unless it ends here."""
    if next_cursor is None:
        return {}
    address = public_url(f"{request.path}?{urlencode({**query, 'cursor': next_cursor})}")
    return {"Link": f'<{address}>; rel="next"'}


def comment(view: CommentView) -> Json:
    return {
        "id": str(view.id),
        "site": view.site,
        "article": view.article,
        "parent_id": None if view.parent_id is None else str(view.parent_id),
        "root_id": str(view.root_id),
        "depth": view.depth,
        "author": None if view.author is None else author(view.author),
        "body": view.body,
        "status": view.status.value,
        "pinned": view.pinned,
        "created_at": timestamp(view.created_at),
        "edited_at": timestamp(view.edited_at),
        "likes": view.likes,
        "dislikes": view.dislikes,
        "reply_count": view.reply_count,
        "permalink": permalink(view),
        "replies": [comment(reply) for reply in view.replies],
    }


def author(view: AuthorView) -> Json:
    return {
        "id": str(view.id),
        "name": view.name,
        "avatar_url": public_url(f"/avatars/{view.avatar}") if view.avatar else None,
        "provider": view.provider,
        "badges": list(view.badges),
    }


def article(view: ArticleView) -> Json:
    return {
        "site": view.site,
        "key": view.key,
        "url": view.url,
        "title": view.title,
        "comment_count": view.comment_count,
        "status": view.status.value,
        "version": view.version,
    }


def article_settings(view: ArticleSettings) -> Json:
    """An article for the desk: `status` as it was set, `status_in_force` with its windows."""
    pinned = view.article.pinned_id
    return {
        **article(view.article),
        "status": view.status.value,
        "status_in_force": view.article.status.value,
        "updated_at": timestamp(view.updated_at),
        "pinned_comment_id": None if pinned is None else str(pinned),
        "slow_mode_seconds": view.slow_mode_seconds,
        "windows": [
            {
                "starts_at": timestamp(window.starts_at),
                "ends_at": timestamp(window.ends_at),
                "status": window.status.value,
            }
            for window in view.windows
        ],
    }


def audit_entry(entry: LogEntry) -> Json:
    return {
        "seq": entry.seq,
        "at": timestamp(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "reason": entry.reason,
        "before": entry.before,
        "after": entry.after,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def blind(view: BlindView) -> Json:
    """A temporary blind with its steps; `outcome` is null while the comment is out of sight."""
    return {
        "id": str(view.id),
        "comment_id": str(view.comment_id),
        "requester": view.requester,
        "reason": view.reason,
        "created_by": view.created_by,
        "created_at": timestamp(view.created_at),
        "until": timestamp(view.ends_at),
        "objection": view.objection,
        "objected_at": timestamp(view.objected_at),
        "resolved_by": view.resolved_by,
        "resolved_at": timestamp(view.resolved_at),
        "outcome": None if view.outcome is None else view.outcome.value,
    }


def site(view: SiteView, *, policy_version: int) -> Json:
    """What everybody may know of a site."""
    settings = current_app.extensions["comments_settings"]
    return {
        "key": view.key,
        "name": view.name,
        "limit": view.settings.limit,
        "providers": list(view.offers(settings.providers)),
        "sorts": [sort.value for sort in Sort],
        "languages": list(view.settings.languages),
        "edit_window_seconds": view.settings.edit_window_seconds,
        "policy_version": policy_version,
    }


def site_whole(view: SiteView) -> Json:
    """A site as those who run it see it."""
    return {
        "key": view.key,
        "name": view.name,
        "origins": list(view.origins),
        "providers": None if view.providers is None else list(view.providers),
        "settings": asdict(view.settings),
    }


def policy(view: PolicyView) -> Json:
    return {
        "version": view.version,
        "published_at": timestamp(view.published_at),
        "clauses": [
            {"id": clause.id, "title": clause.title, "text": clause.text} for clause in view.clauses
        ],
    }


def policy_version(view: VersionView) -> Json:
    return {
        "version": view.version,
        "status": view.status.value,
        "in_force": view.in_force,
        "note": view.note,
        "created_at": timestamp(view.created_at),
        "published_at": timestamp(view.published_at),
    }


def tried(view: Tried) -> Json:
    """A text after a dry run."""
    return {
        "body": view.body,
        "outcome": view.outcome.value,
        "findings": findings(view.findings),
    }


def job(view: JobView) -> Json:
    return {
        "id": str(view.id),
        "kind": view.kind.value,
        "status": view.status.value,
        "progress": {"done": view.done, "total": view.total},
        "report": view.report,
        "created_at": timestamp(view.created_at),
        "finished_at": timestamp(view.finished_at),
    }


def event(view: EventView) -> Json:
    """An event as the log and the webhooks tell it, with what it is about as it is now."""
    about: Json = {}
    if "comment_id" in view.data:
        about["comment"] = None if view.comment is None else comment(view.comment)
    if view.article is not None:
        about["article"] = article(view.article)
    return {
        "id": str(view.id),
        "type": view.type.value,
        "timestamp": timestamp(view.created_at),
        "data": {**view.data, **about},
    }


def webhook(view: WebhookView) -> Json:
    return {
        "id": str(view.id),
        "site": view.site,
        "url": view.url,
        "events": [event_type.value for event_type in view.events],
        "status": view.status,
        "previous_secret_until": timestamp(view.previous_until),
        "created_at": timestamp(view.created_at),
    }


def delivery(view: DeliveryView) -> Json:
    return {
        "id": str(view.id),
        "webhook_id": str(view.webhook_id),
        "message_id": view.message_id,
        "event_id": None if view.event_id is None else str(view.event_id),
        "type": view.type,
        "status": view.status.value,
        "next_attempt_at": timestamp(view.next_at),
        "created_at": timestamp(view.created_at),
        "ended_at": timestamp(view.ended_at),
        "attempts": [
            {
                "at": timestamp(tried.at),
                "milliseconds": tried.milliseconds,
                "status_code": tried.status_code,
                "failure": tried.failure,
            }
            for tried in view.attempts
        ],
    }


def findings(views: Iterable[FindingView]) -> list[Json]:
    """Findings with their message in the caller's language."""
    language = preferred_language()
    return [
        {
            "filter": view.filter,
            "rule": view.rule,
            "clause": view.clause,
            "message": view.message[language],
            "start": view.start,
            "end": view.end,
        }
        for view in views
    ]


def judged(view: JudgedView) -> Json:
    """One's own comment with what was found in it, and what was decided about it."""
    decision, appeal = view.decision, view.appeal
    return {
        **comment(view.comment),
        "findings": findings(view.findings),
        "decision": decision
        and {
            "decision": decision.decision,
            "reason": decision.reason,
            "decided_at": timestamp(decision.decided_at),
        },
        "appeal": appeal
        and {
            "created_at": timestamp(appeal.created_at),
            "outcome": appeal.outcome,
            "decided_at": timestamp(appeal.decided_at),
        },
    }


def overlay(view: Overlay) -> Json:
    return {
        "votes": {str(comment_id): value for comment_id, value in view.votes.items()},
        "held": [judged(own) for own in view.held],
        "rejected": [judged(own) for own in view.rejected],
        "muted": [str(user_id) for user_id in view.muted],
        "can": list(view.can),
    }
