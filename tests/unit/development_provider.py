"""The development identity provider on a free port, and the part of a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from comments_service.demo.identity_provider import create_app, create_server


@dataclass
class Clock:
    """Seconds since the epoch that pass only when told."""

    seconds: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class DevelopmentProvider:
    """A running provider, spoken to over HTTP."""

    url: str
    clock: Clock = field(default_factory=Clock)

    def misbehave(self, provider: str, fault: str, times: int | None = None) -> None:
        setting = {"provider": provider, "fault": fault}
        answer = requests.post(
            f"{self.url}/__control",
            json=setting if times is None else {**setting, "times": times},
            timeout=5,
        )
        answer.raise_for_status()

    def forget(self) -> None:
        """Clear the faults and the journal."""
        requests.delete(f"{self.url}/__control", timeout=5).raise_for_status()
        requests.delete(f"{self.url}/__journal", timeout=5).raise_for_status()

    def journal(self, path: str = "") -> list[dict[str, Any]]:
        """The requests seen, or those to `path`, oldest first."""
        answer = requests.get(f"{self.url}/__journal", timeout=5)
        return [entry for entry in answer.json()["requests"] if path in ("", entry["path"])]

    def approve(self, authorize_url: str, persona: str) -> str:
        """The code that the browser carries back when `persona` logs in."""
        return self.come_back(authorize_url, persona=persona)["code"]

    def come_back(self, authorize_url: str, **choice: str) -> dict[str, str]:
        """The parameters of the redirect URI after `choice` on the provider's page."""
        answer = requests.get(authorize_url, params=choice, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        query = urlsplit(answer.headers["Location"]).query
        return {name: value for name, (value,) in parse_qs(query).items()}


@contextmanager
def running_provider() -> Iterator[DevelopmentProvider]:
    clock = Clock()
    server = create_server(create_app(now=clock))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    provider = DevelopmentProvider(f"http://127.0.0.1:{server.port}", clock)
    try:
        yield provider
    finally:
        requests.delete(f"{provider.url}/__control", timeout=5)
        server.shutdown()
        thread.join()
        server.server_close()
