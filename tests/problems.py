"""What an answer's problem says, for tests that hold an answer to one."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from comments_service.web.http.problems import PROBLEMS


def problem(answer: TestResponse) -> dict[str, Any]:
    """The problem of an answer, which is well-formed (RFC 9457) or an assertion fails."""
    assert answer.content_type == "application/problem+json", answer.get_data(as_text=True)
    body: dict[str, Any] = answer.get_json()
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert body["status"] == answer.status_code
    address, _, code = body["type"].rpartition("/")
    assert address == "https://comments.example/problems"
    assert PROBLEMS[code].status == answer.status_code
    return body


def slug(answer: TestResponse) -> str:
    """Which problem it is: the last part of its `type`."""
    return str(problem(answer)["type"]).rpartition("/")[2]


def pointers(answer: TestResponse) -> list[str]:
    """The fields that an `invalid-request` names."""
    assert slug(answer) == "invalid-request"
    return [error["pointer"] for error in answer.get_json()["errors"]]
