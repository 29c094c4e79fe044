"""What each operation answers: the part of the OpenAPI document that no signature shows.

A row is named by method and path. What many operations share (401 without a token, 422 for a wrong
field, …) is added by `openapi.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from comments_service.web.http.schema_words import Json, one_of

Query = str | tuple[str, Json]
"""The name of a parameter, * in front: required; with its schema, where it is not any text."""

LANGUAGE = one_of("ko", "en")
PROVIDER = one_of("twitter", "facebook")
SITE_KEY: Json = {"type": "string", "minLength": 1, "maxLength": 64}
ARTICLE_KEY: Json = {"type": "string", "minLength": 1, "maxLength": 255}
PATHS: dict[str, Json] = {"provider": PROVIDER}
"""What names in paths may be, where that is not any text."""

LIMIT: Json = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: `schema` names one of `schemas.SCHEMAS`; None: no body, or no JSON."""

    schema: str | None = None
    status: int = 200
    description: str = "Done"
    headers: tuple[str, ...] = ()
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """Successes, the problems of this operation alone, an example of its body, its form's fields
    (* in front: required), and its query's where no model describes them."""

    answers: tuple[Answer, ...]
    problems: tuple[str, ...] = ()
    example: Any = None
    form: tuple[Query, ...] = ()
    form_type: str = "application/x-www-form-urlencoded"
    query: tuple[Query, ...] = ()


def gives(schema: str, *problems: str, example: Any = None, status: int = 200) -> Operation:
    return Operation((Answer(schema, status),), problems, example)


def lists(schema: str, *problems: str) -> Operation:
    return Operation((Answer(schema, headers=("Link",)),), ("invalid-cursor", *problems))


def makes(schema: str, *problems: str, example: Any) -> Operation:
    return Operation((Answer(schema, 201, "Made", ("Location",)),), problems, example)


def nothing(*problems: str, status: int = 204, example: Any = None) -> Operation:
    return Operation((Answer(status=status, description="Done; no body"),), problems, example)


def page(
    *more: str,
    media_type: str = "text/html",
    form: tuple[Query, ...] = (),
    query: tuple[Query, ...] = (),
) -> Operation:
    answer = Answer(
        "", 200, "A page" if media_type == "text/html" else "The content", (), media_type
    )
    return Operation((answer,), more, form=form, query=query)


def redirects(
    *problems: str, query: tuple[Query, ...] = (), form: tuple[Query, ...] = ()
) -> Operation:
    answers = (
        Answer("", 200, "A page", (), "text/html"),
        Answer(None, 302, "To where the login goes on", ("Location",)),
    )
    return Operation(answers, problems, query=query, form=form)


WRITES = ("account-suspended",)
SITE = ("unknown-site", "not-found")
TEXTS = ("comment-malformed", "comment-empty", "comment-too-long", "policy-violation")

OPERATIONS: dict[str, Operation] = {
    "GET /api/v1/comments": lists("Thread", "unknown-site", "not-found"),
    "POST /api/v1/comments": Operation(
        (
            Answer("Comment", 201, "Published", ("Location",)),
            Answer("JudgedComment", 202, "Held for a moderator", ("Location",)),
        ),
        (
            *WRITES,
            *TEXTS,
            "unknown-site",
            "wrong-site",
            "article-closed",
            "article-url-not-allowed",
            "parent-not-found",
        ),
        {
            "site": "demo",
            "article": {"key": "ferry-pier-reopens"},
            "body": "The desk is reading along today.",
        },
    ),
    "GET /api/v1/comments/{comment_id}": gives("Comment", "not-found", "gone"),
    "PATCH /api/v1/comments/{comment_id}": Operation(
        (
            Answer("Comment", 200, "Published"),
            Answer("JudgedComment", 202, "Held for a moderator"),
        ),
        (*WRITES, *TEXTS, "not-found", "not-yours", "not-editable", "edit-window-closed"),
        {"body": "Another text."},
    ),
    "DELETE /api/v1/comments/{comment_id}": nothing("not-found", "not-yours"),
    "GET /api/v1/comments/{comment_id}/replies": lists("Comments", "not-found", "gone"),
    "POST /api/v1/comments/{comment_id}/reports": gives(
        "Reported", *WRITES, "not-found", "own-comment", status=202, example={"reason": "spam"}
    ),
    "PUT /api/v1/comments/{comment_id}/vote": gives(
        "Votes", *WRITES, "not-found", "own-comment", example={"value": 1}
    ),
    "DELETE /api/v1/comments/{comment_id}/vote": gives("Votes", *WRITES, "not-found"),
    "GET /api/v1/articles": gives("Counts", "unknown-site"),
    "GET /api/v1/articles/top": gives("TopArticles", "unknown-site"),
    "GET /api/v1/sites": lists("Sites"),
    "POST /api/v1/sites": makes(
        "Site",
        "wrong-site",
        example={"key": "second", "name": "Second Daily", "origins": ["https://second.example"]},
    ),
    "GET /api/v1/sites/{site_key}": gives("PublicSite", "unknown-site"),
    "PATCH /api/v1/sites/{site_key}": gives(
        "Site", "unknown-site", "not-found", example={"settings": {"edit_window_seconds": 600}}
    ),
    "GET /api/v1/sites/{site_key}/policy": gives("Policy", "unknown-site"),
    "GET /api/v1/me": gives("Profile"),
    "PATCH /api/v1/me": gives("Profile", *WRITES, example={"display_name": "Hana", "lang": "en"}),
    "DELETE /api/v1/me": nothing(),
    "GET /api/v1/me/export": gives("OwnData"),
    "GET /api/v1/me/comments": lists("JudgedComments"),
    "POST /api/v1/me/comments/{comment_id}/appeal": nothing(
        "not-found",
        "appeal-exists",
        "appeal-window-closed",
        "not-appealable",
        status=202,
        example={"text": "It quotes the mayor."},
    ),
    "GET /api/v1/me/overlay": gives("Overlay", "unknown-site"),
    "PUT /api/v1/me/mutes/{user_id}": nothing("not-found"),
    "DELETE /api/v1/me/mutes/{user_id}": nothing("not-found"),
    "POST /api/v1/me/identities": gives("AuthorizeUrl", example={"provider": "facebook"}),
    "DELETE /api/v1/me/identities/{provider}": nothing("not-found", "last-identity"),
    "DELETE /api/v1/me/sessions": nothing(),
    "GET /api/v1/me/notifications": lists("Notifications"),
    "POST /api/v1/me/notifications/read": nothing("not-found"),
    "GET /api/v1/moderation/queue": lists("Queue", *SITE),
    "POST /api/v1/moderation/decisions": gives(
        "Batch",
        example={
            "decisions": [
                {
                    "comment_id": "891136056330688692",
                    "decision": "approve",
                    "seen_status": "held",
                }
            ]
        },
    ),
    "POST /api/v1/moderation/decisions/{batch_id}/undo": gives(
        "Batch", "not-found", "undo-window-closed"
    ),
    "GET /api/v1/moderation/comments/{comment_id}": gives("Dossier", "not-found"),
    "GET /api/v1/moderation/comments/{comment_id}/blind": gives("Blind", "not-found", "conflict"),
    "POST /api/v1/moderation/comments/{comment_id}/blind": Operation(
        (Answer("Blind", 201, "Blinded"), Answer("Blind", 200, "It was already")),
        ("not-found", "conflict"),
        {"requester": "김하나", "reason": "My address is in it.", "days": 30},
    ),
    "POST /api/v1/moderation/comments/{comment_id}/blind/objection": gives(
        "Blind",
        "not-found",
        "conflict",
        example={"text": "It is the address of the town hall."},
    ),
    "POST /api/v1/moderation/comments/{comment_id}/blind/resolve": gives(
        "Blind", "not-found", "conflict", example={"decision": "restore", "reason": "No harm."}
    ),
    "GET /api/v1/moderation/users": lists("FoundPeople"),
    "GET /api/v1/moderation/users/{user_id}": gives("PersonRecord", "not-found"),
    "POST /api/v1/moderation/users/{user_id}/notes": gives(
        "Note", "not-found", status=201, example={"text": "Promised to stay on the subject."}
    ),
    "POST /api/v1/moderation/users/{user_id}/suspensions": gives(
        "Suspension",
        "not-found",
        "unknown-site",
        status=201,
        example={"until": None, "reason": "Abuse"},
    ),
    "POST /api/v1/moderation/users/{user_id}/reject-recent": gives(
        "Batch", "not-found", example={"hours": 24, "reason": "1.1"}
    ),
    "PUT /api/v1/moderation/users/{user_id}/roles": gives(
        "Roles",
        "unknown-site",
        "not-found",
        "conflict",
        "reauthentication-required",
        example={"site": "demo", "roles": ["moderator"]},
    ),
    "DELETE /api/v1/moderation/suspensions/{suspension_id}": nothing("not-found"),
    "GET /api/v1/moderation/articles": lists("ArticleSettingsOrPage", *SITE),
    "PATCH /api/v1/moderation/articles": gives(
        "ArticleSettings", *SITE, example={"status": "closed", "slow_mode_seconds": 60}
    ),
    "GET /api/v1/moderation/audit": lists("AuditLog", *SITE),
    "GET /api/v1/moderation/audit/head": gives("AuditHead"),
    "GET /api/v1/moderation/stats": gives("Statistics", *SITE),
    "GET /api/v1/moderation/transparency": gives("Transparency", *SITE),
    "GET /api/v1/moderation/policies": lists("PolicyVersions", "unknown-site", "not-found"),
    "POST /api/v1/moderation/policies": makes(
        "PolicyVersion",
        "unknown-site",
        "not-found",
        "invalid-policy",
        example={"site": "demo", "policy": {"format": 1, "clauses": []}},
    ),
    "GET /api/v1/moderation/policies/{version}": gives(
        "PolicyDocument", "unknown-site", "not-found"
    ),
    "POST /api/v1/moderation/policies/{version}/publish": gives(
        "PolicyVersion", "unknown-site", "not-found", example={"site": "demo"}
    ),
    "POST /api/v1/moderation/policies/dry-run": gives(
        "DryRun",
        "unknown-site",
        "not-found",
        "invalid-policy",
        "comment-malformed",
        example={"site": "demo", "items": [{"id": "1", "body": "Hello"}]},
    ),
    "POST /api/v1/moderation/policies/{version}/backtest": Operation(
        (Answer("Job", 202, "Asked for", ("Location",)),), ("unknown-site", "not-found")
    ),
    "GET /api/v1/jobs/{job_id}": gives("Job", "not-found"),
    "GET /api/v1/events": lists("Events", "unknown-site", "not-found", "events-gone"),
    "GET /api/v1/webhooks": lists("Webhooks", "unknown-site", "not-found"),
    "POST /api/v1/webhooks": makes(
        "NewWebhook",
        "unknown-site",
        "not-found",
        example={
            "site": "demo",
            "url": "https://desk.example/hooks/comments",
            "events": ["comment.held"],
        },
    ),
    "GET /api/v1/webhooks/{webhook_id}": gives("Webhook", "not-found"),
    "PATCH /api/v1/webhooks/{webhook_id}": gives(
        "Webhook", "not-found", example={"enabled": False}
    ),
    "DELETE /api/v1/webhooks/{webhook_id}": nothing("not-found"),
    "POST /api/v1/webhooks/{webhook_id}/rotate": gives("NewWebhook", "not-found"),
    "POST /api/v1/webhooks/{webhook_id}/test": gives(
        "Delivery", "not-found", "conflict", status=202
    ),
    "GET /api/v1/webhooks/{webhook_id}/deliveries": lists("Deliveries", "not-found"),
    "POST /api/v1/webhooks/deliveries/{delivery_id}/retry": gives(
        "Delivery", "not-found", "conflict", status=202
    ),
    "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/retry": gives(
        "Delivery", "not-found", "conflict", status=202
    ),
    "POST /api/v1/imports": Operation(
        (Answer("Job", 202, "Asked for", ("Location",)),),
        (
            "unknown-site",
            "not-found",
            "invalid-request",
            "body-too-large",
            "unsupported-media-type",
            "bad-request",
        ),
        form=(
            ("*site", SITE_KEY),
            ("*format", one_of("disqus", "wordpress", "remark42", "isso", "csv", "jsonl")),
            ("*file", {"type": "string", "format": "binary"}),
            "url_map",
            ("dry_run", one_of("true", "false")),
        ),
        form_type="multipart/form-data",
    ),
    "POST /api/v1/imports/{import_id}/undo": Operation(
        (Answer("Job", 202, "Asked for", ("Location",)),), ("not-found", "conflict")
    ),
    "GET /api/v1/exports/{site_key}": page(
        "unknown-site", "not-found", media_type="application/x-ndjson"
    ),
    "GET /oauth/authorize": redirects(
        query=(
            "*response_type",
            "*client_id",
            "*redirect_uri",
            "*state",
            "*code_challenge",
            "*code_challenge_method",
            "provider",
            "response_mode",
        )
    ),
    "POST /oauth/authorize": redirects(form=("*provider",)),
    "GET /oauth/callback/{provider}": redirects(query=("state", "code", "error")),
    "GET /oauth/link/{ticket}": redirects(),
    "POST /oauth/link": redirects(form=("*ticket",)),
    "POST /oauth/token": Operation(
        (Answer("Tokens"),),
        form=(
            "*grant_type",
            "code",
            "code_verifier",
            "client_id",
            "client_secret",
            "redirect_uri",
            "refresh_token",
            "scope",
            "subject_token",
            "subject_token_type",
            "requested_token_type",
            "resource",
        ),
    ),
    "POST /oauth/revoke": Operation(
        (Answer(None, 200, "Whatever the token was; no body"),),
        form=("*token", "token_type_hint", "client_id"),
    ),
    "POST /oauth/introspect": Operation(
        (Answer("Introspection"),), form=("*token", "token_type_hint", "client_id", "client_secret")
    ),
    "POST /oauth/facebook/deauthorize": Operation(
        (Answer(None, 200, "Logged out; no body"),),
        ("invalid-signed-request",),
        form=("*signed_request",),
    ),
    "POST /oauth/facebook/data-deletion": Operation(
        (Answer("DataDeletion"),), ("invalid-signed-request",), form=("*signed_request",)
    ),
    "GET /.well-known/oauth-authorization-server": gives("AuthorizationServer"),
    "GET /api/v1/oembed": gives("Oembed", "not-found", "gone"),
    "GET /api/v1/articles/{site_key}": gives("ArticleIdentity", "unknown-site", "not-found"),
    "PATCH /api/v1/articles/{site_key}": gives(
        "ArticleIdentity",
        "unknown-site",
        "not-found",
        "article-url-not-allowed",
        example={"title": "The light on Signal Hill", "aliases": ["signal-hill-amp"]},
    ),
    "POST /api/v1/articles/merge": gives(
        "ArticleIdentity",
        "unknown-site",
        "not-found",
        example={"site": "demo", "from": "signal-hill-amp", "into": "haesong-signal-hill"},
    ),
    "GET /feeds/{site_key}/comments.atom": page(
        "unknown-site", media_type="application/atom+xml", query=(("article", ARTICLE_KEY),)
    ),
    "GET /render/comments": page(
        "unknown-site",
        "invalid-request",
        query=(
            ("*site", SITE_KEY),
            ("*article", ARTICLE_KEY),
            ("lang", LANGUAGE),
            ("limit", LIMIT),
        ),
    ),
    "POST /embed/{site_key}/comments": redirects(form=("body", "article", "csrf_token")),
    "POST /embed/{site_key}/comments/{comment_id}/delete": redirects(form=("csrf_token",)),
    "POST /embed/{site_key}/login": redirects(form=("article", "provider", "csrf_token")),
    "POST /embed/{site_key}/logout": redirects(form=("article", "csrf_token")),
    "GET /embed/{site_key}": page("unknown-site", "invalid-request", query=("*article",)),
    "GET /policy/{site_key}": page("unknown-site", query=("lang",)),
    "GET /avatars/{name}": page("not-found", media_type="image/png"),
    "GET /oauth/done": page(),
    "GET /privacy/deletion/{code}": page("not-found"),
    "GET /problems/{code}": page("not-found"),
    "GET /moderator/login/{provider}": redirects(),
    "GET /moderator/accept/{token}": page(),
    "POST /moderator/accept/{token}": redirects(form=("*csrf_token",)),
    "GET /docs": page(),
    "GET /healthz": gives("Health"),
    "GET /readyz": Operation(
        (Answer("Readiness"), Answer("Readiness", 503, "Not ready; the reasons say why")),
        query=("exclude",),
    ),
    "GET /metrics": page("not-found", media_type="text/plain"),
    "GET /openapi.json": gives("Document"),
}
