"""Writers and readers who never stop, and what they saw: faults are counted from outside."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

GOOD = {"200", "201", "202", "304"}
WRITERS, READERS = 2, 2
WORDS = (
    *("tree", "river", "bridge", "garden", "window", "market", "letter", "summer", "winter"),
    *("bicycle", "harbour", "library", "mountain", "kitchen", "morning", "evening", "station"),
    *("orchard", "meadow", "village", "candle", "lantern", "feather", "pebble", "blanket"),
)
"""Nobody minds these, in any order; eight of them are hardly ever the same."""

PATIENCE = 90
"""Seconds after which a writer gives a comment up."""


@dataclass
class Tally:
    """What clients saw while one thing was wrong. `cache` counts readers' good answers by what the
    proxy's cache did, `slowest` is the longest that anybody waited for a good one."""

    outcomes: Counter[str] = field(default_factory=Counter)
    cache: Counter[str] = field(default_factory=Counter)
    bad_since: dict[str, float] = field(default_factory=dict)
    longest: float = 0.0
    slowest: float = 0.0
    under_way: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, kind: str, outcome: str, began: float, cache: str | None = None) -> None:
        now = time.monotonic()
        with self.lock:
            self.outcomes[f"{kind} {outcome}"] += 1
            self.under_way.remove(began)
            if outcome not in GOOD:
                self.bad_since.setdefault(kind, began)
                return
            self.slowest = max(self.slowest, now - began)
            if cache is not None:
                self.cache[cache] += 1
            if began > self.bad_since.get(kind, began):
                self.longest = max(self.longest, now - self.bad_since.pop(kind))

    def begin(self) -> float:
        with self.lock:
            self.under_way.append(time.monotonic())
            return self.under_way[-1]

    @property
    def is_settled(self) -> bool:
        """All is well, and nobody has waited long."""
        with self.lock:
            late = time.monotonic() - 1
            return not self.bad_since and all(began > late for began in self.under_way)

    @property
    def failed(self) -> dict[str, int]:
        return {
            name: count
            for name, count in sorted(self.outcomes.items())
            if name.split()[1] not in GOOD
        }


class Clients:
    """As many people as there are threads, each asking again as soon as they were answered.

    A writer whose comment was not acknowledged sends it again with the same Idempotency-Key, as
    the widget does, until it is. `acknowledged` are the ids by the texts."""

    def __init__(self, base: str, token: str, site: str, article: str) -> None:
        self.base, self.token, self.site, self.article = base, token, site, article
        self.tally = Tally()
        self.acknowledged: dict[str, str] = {}
        self.given_up: set[str] = set()
        self.done = threading.Event()
        deeds: list[Callable[[], None]] = [self._write] * WRITERS + [self._read] * READERS
        self.threads = [threading.Thread(target=deed, daemon=True) for deed in deeds]
        for thread in self.threads:
            thread.start()

    def _ask(self, kind: str, method: str, path: str, **more: Any) -> requests.Response | None:
        tally = self.tally
        began = tally.begin()
        try:
            answer = requests.request(method, self.base + path, timeout=60, **more)
        except requests.RequestException as error:
            tally.count(kind, type(error).__name__, began)
            time.sleep(0.1)
            return None
        cache = answer.headers.get("X-Cache") if kind == "read" else None
        tally.count(kind, str(answer.status_code), began, cache)
        if not answer.ok:
            time.sleep(0.1)
        return answer

    def _write(self) -> None:
        while not self.done.is_set():
            text = " ".join(random.choices(WORDS, k=8))
            body = {"site": self.site, "article": {"key": self.article}, "body": text}
            headers = {
                "Authorization": f"Bearer {self.token}",
                "Idempotency-Key": secrets.token_hex(),
            }
            until = time.monotonic() + PATIENCE
            while text not in self.acknowledged and time.monotonic() < until:
                answer = self._ask("post", "POST", "/api/v1/comments", json=body, headers=headers)
                if answer is not None and answer.status_code in {201, 202}:
                    self.acknowledged[text] = answer.json()["id"]
            if text not in self.acknowledged:
                self.given_up.add(text)
            time.sleep(0.02)

    def _read(self) -> None:
        """The page that everybody reads, and now and then one that lies ready nowhere."""
        path = f"/api/v1/comments?site={self.site}&article={self.article}"
        while not self.done.is_set():
            rare = random.random() < 0.3
            self._ask("read", "GET", f"{path}&limit={random.randint(1, 100)}" if rare else path)
            time.sleep(0.02)

    def during(self, fault: Callable[[], None], seconds: float) -> Tally:
        """Do `fault`, and return what clients saw from then until `seconds` later and all is well
        again, or a minute and a half later."""
        tally = self.tally = Tally()
        fault()
        time.sleep(seconds)
        deadline = time.monotonic() + 90
        while not tally.is_settled and time.monotonic() < deadline:
            time.sleep(0.05)
        self.tally = Tally()  # what begins from now on is none of this fault's
        while tally.under_way and time.monotonic() < deadline:
            time.sleep(0.05)
        return tally

    def stop(self) -> None:
        self.done.set()
        for thread in self.threads:
            thread.join(PATIENCE + 20)
