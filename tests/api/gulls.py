"""A policy that holds a word which no other policy would: tests that need held comments."""

from __future__ import annotations

from comments_service.services import policies
from comments_service.services.sites import SiteView
from tests.small_app import NOON

POLICY = """
format: 1
extends: default
clauses:
  - id: "9.1"
    title: {ko: "새", en: "Birds"}
    text: {ko: "새 이야기는 먼저 읽습니다.", en: "Birds are read first."}
    filters:
      - filter: words
        action: hold
        words: ["갈매기"]
        message: {ko: "새는 기다립니다.", en: "Birds wait."}
"""


def hold_gulls(site: SiteView) -> None:
    """From now on, a comment with a gull in it waits for a moderator."""
    made = policies.draft(site.id, POLICY, note=None, now=NOON)
    policies.publish(site.id, made.version, by="operator", now=NOON)
