"""What tests of moderation do again and again: held comments, decisions, looks at the queue."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.api.services import Service
from tests.readers import Reader

HELD_TEXT = "연락 주세요 hana@mail.example"
"""A text that the default policy holds or rejects."""


def decision(
    comment_id: str, decided: str, seen: str, reason: str | None = None, **more: Any
) -> dict[str, Any]:
    body = {"comment_id": comment_id, "decision": decided, "seen_status": seen, **more}
    return body if reason is None else {**body, "reason": reason}


def decide(service: Service, *decisions: dict[str, Any], **more: Any) -> TestResponse:
    path = "/api/v1/moderation/decisions"
    return service.call("POST", path, json={"decisions": list(decisions)}, **more)


def one(service: Service, *args: Any, **more: Any) -> dict[str, Any]:
    """The result of a single decision."""
    answer = decide(service, decision(*args, **more))
    assert answer.status_code == 200, answer.text
    (result,) = answer.get_json()["results"]
    return dict(result)


def queue(service: Service, status: str, **query: Any) -> dict[str, Any]:
    answer = service.call(
        "GET", "/api/v1/moderation/queue", query_string={"status": status, **query}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def ids(page: dict[str, Any]) -> list[str]:
    return [item["comment"]["id"] for item in page["items"]]


def undo(service: Service, batch_id: str) -> TestResponse:
    return service.call("POST", f"/api/v1/moderation/decisions/{batch_id}/undo")


def report(who: Reader, comment_id: str, reason: str = "abuse") -> TestResponse:
    return who.call("POST", f"/api/v1/comments/{comment_id}/reports", json={"reason": reason})
