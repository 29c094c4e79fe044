"""The pieces that tests put together: a clock, providers that answer from memory, people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from comments_service import clock
from comments_service.identity.provider import ExternalIdentity, ProviderError

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NEWS = "https://news.example"


class Clock:
    """The time of day, which only a test moves."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **parts: float) -> datetime:
        self.time += timedelta(**parts)
        return self.time


class FakeProvider:
    """A provider whose codes a test makes up: a subject, or the error that the code meets."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.answers: dict[str, ExternalIdentity | ProviderError] = {}
        self.calls: list[Mapping[str, str]] = []

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        return f"https://{self.name}.example/authorize?state={state}&redirect_uri={redirect_uri}"

    def complete(self, *, code: str, redirect_uri: str, code_verifier: str) -> ExternalIdentity:
        self.calls.append(
            {"code": code, "redirect_uri": redirect_uri, "code_verifier": code_verifier}
        )
        answer = self.answers[code]
        if isinstance(answer, ProviderError):
            raise answer
        return answer


def person(
    subject: str = "1001",
    *,
    name: str = "김하나",
    provider: str = "twitter",
    handle: str | None = "hana",
    client_app: str = "",
) -> ExternalIdentity:
    return ExternalIdentity(
        provider=provider,
        subject=subject,
        client_app=client_app,
        name=name,
        handle=handle,
        avatar_url=None,
    )


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moving = Clock()
    monkeypatch.setattr(clock, "now", moving)
    return moving
