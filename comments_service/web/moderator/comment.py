"""A comment's page: everything kept of it, the thread around it, and its writer's record."""

from __future__ import annotations

from flask import Response

from comments_service import clock
from comments_service.errors import NotFound
from comments_service.services import dossiers, people
from comments_service.services.dossiers import DecisionView, Dossier, VerdictView
from comments_service.services.ids import parse_id
from comments_service.web.http import staff
from comments_service.web.moderator import cards, pages
from comments_service.web.moderator.desk import current_desk
from comments_service.web.moderator.queue import common


def comment(comment_id: str) -> Response:
    """Everything kept of a comment."""
    number = parse_id(comment_id)
    if number is None:
        raise NotFound
    desk, actor, now = current_desk(), staff.current_actor(), clock.now()
    view = dossiers.one(actor, number, now=now)
    card = cards.card(view.item, user_id=desk.member.user_id)
    return pages.show(
        "comment.html",
        desk=desk,
        here="queue",
        tab=None,
        card=card,
        view=view,
        steps=_steps(view),
        around=[
            cards.card(item, user_id=desk.member.user_id)
            for item in dossiers.around(actor, number, now=now)
        ],
        person=people.get(actor, view.item.author_record.user_id, now=now),
        **common(desk, now),
    )


def _steps(view: Dossier) -> list[VerdictView | DecisionView]:
    """Verdicts and decisions in the order they came."""

    def moment(step: VerdictView | DecisionView) -> object:
        return step.created_at if isinstance(step, VerdictView) else step.decided_at

    return sorted([*view.verdicts, *view.decisions], key=moment)  # type: ignore[arg-type]
