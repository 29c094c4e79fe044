"""Posting, editing and deleting comments; votes and reports."""

from __future__ import annotations

from typing import Literal

from flask import Response, current_app

from comments_service import clock
from comments_service.services import comments, reports, votes
from comments_service.services.external_filters import Ask
from comments_service.services.permissions import Permission
from comments_service.services.views import JudgedView, Status
from comments_service.web.api import present
from comments_service.web.api.fields import Id, Note, Title, Url, VoteValue, path_id
from comments_service.web.api.routes import blueprint
from comments_service.web.http import limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.addresses import public_url
from comments_service.web.http.body import Body
from comments_service.web.http.fields import ArticleKey, SiteKey
from comments_service.web.http.idempotency import idempotent, keep_instead
from comments_service.web.http.problem import problem
from comments_service.web.http.ready import ready_json


class ArticleBody(Body):
    key: ArticleKey
    url: Url | None = None
    title: Title | None = None


class NewCommentBody(Body):
    site: SiteKey
    article: ArticleBody
    body: str
    parent_id: Id | None = None
    lang: Literal["ko", "en"] | None = None


class EditBody(Body):
    body: str


class VoteBody(Body):
    value: VoteValue


class ReportBody(Body):
    reason: Literal["abuse", "hate", "obscene", "spam", "privacy", "false", "other"]
    note: Note | None = None


def _answer(view: JudgedView, *, created: bool) -> Response:
    """201, 202 or 422 (200, 202 or 422 after an edit), as the policy judged."""
    if view.outcome is Status.REJECTED:
        if created:  # its stored body is masked
            keep_instead(_rejected(view, body=view.comment.body))
        return _rejected(view, body=view.body)
    if view.outcome is Status.HELD:
        response = ready_json(present.judged(view), status=202)
    else:
        response = ready_json(present.comment(view.comment), status=201 if created else 200)
    if created:
        location = public_url(f"/api/v1/comments/{view.comment.id}")
        response.headers["Location"] = location
    return response


def _rejected(view: JudgedView, *, body: str | None) -> Response:
    return problem(
        "policy-violation",
        body=body,
        findings=present.findings(view.findings),
        comment_id=str(view.comment.id),
    )


def _ask() -> Ask:
    ask: Ask = current_app.extensions["comments_external_filters"]
    return ask


@blueprint.post("/comments")
@limits.by_account("comments")
@requires(Permission.WRITE_COMMENTS)
@idempotent
@blueprint.input(NewCommentBody)
def submit(json_data: NewCommentBody) -> Response:
    """Post a comment"""
    command = comments.NewComment(
        site=json_data.site,
        article=json_data.article.key,
        article_url=json_data.article.url,
        article_title=json_data.article.title,
        body=json_data.body,
        parent_id=json_data.parent_id,
        lang=json_data.lang,
    )
    view = comments.submit(current_actor(), command, now=clock.now(), ask=_ask())
    return _answer(view, created=True)


@blueprint.patch("/comments/<comment_id>")
@limits.by_account("writes")
@requires(Permission.OWN_COMMENTS)
@blueprint.input(EditBody)
def edit(comment_id: str, json_data: EditBody) -> Response:
    """Edit one's own comment"""
    view = comments.edit(
        current_actor(), path_id(comment_id), json_data.body, now=clock.now(), ask=_ask()
    )
    return _answer(view, created=False)


@blueprint.delete("/comments/<comment_id>")
@limits.by_account("writes")
@requires(Permission.OWN_COMMENTS)
def delete(comment_id: str) -> Response:
    """Delete one's own comment"""
    comments.delete(current_actor(), path_id(comment_id), now=clock.now())
    return Response(status=204)


@blueprint.put("/comments/<comment_id>/vote")
@limits.by_account("votes")
@requires(Permission.VOTE)
@blueprint.input(VoteBody)
def vote(comment_id: str, json_data: VoteBody) -> Response:
    """Like or dislike a comment"""
    return _cast(comment_id, json_data.value)


@blueprint.delete("/comments/<comment_id>/vote")
@limits.by_account("votes")
@requires(Permission.VOTE)
def unvote(comment_id: str) -> Response:
    """Take one's vote back"""
    return _cast(comment_id, None)


def _cast(comment_id: str, value: int | None) -> Response:
    count = votes.cast(current_actor(), path_id(comment_id), value, now=clock.now())
    return ready_json({"likes": count.likes, "dislikes": count.dislikes})


@blueprint.post("/comments/<comment_id>/reports")
@limits.by_account("reports")
@requires(Permission.REPORT)
@idempotent
@blueprint.input(ReportBody)
def report(comment_id: str, json_data: ReportBody) -> Response:
    """Report a comment to the moderators"""
    command = reports.NewReport(
        path_id(comment_id), reports.ReportReason(json_data.reason), json_data.note
    )
    reports.file(current_actor(), command, now=clock.now())
    return ready_json({"comment_id": comment_id, "reason": json_data.reason}, status=202)
