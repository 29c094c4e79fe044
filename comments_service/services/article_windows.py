"""Times in which an article is closed or premoderated, and which end by themselves.

What an article is, is worked out when it is asked, to the second; that a window began or ended is
told afterwards by the worker (`article_settings.pass_window`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comments_service.models import ArticleStatus
from comments_service.services.rows import AnyRow

MOST = 20
STRICTNESS = (ArticleStatus.OPEN, ArticleStatus.PREMODERATED, ArticleStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class Window:
    """From `starts_at` until before `ends_at`, the article is at least as strict as `status`."""

    starts_at: datetime
    ends_at: datetime
    status: ArticleStatus

    def as_json(self) -> dict[str, str]:
        return {
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "status": self.status.value,
        }


def of(stored: Iterable[dict[str, Any]] | None) -> tuple[Window, ...]:
    """The windows that an article's row keeps."""
    return tuple(
        Window(
            datetime.fromisoformat(each["starts_at"]),
            datetime.fromisoformat(each["ends_at"]),
            ArticleStatus(each["status"]),
        )
        for each in stored or ()
    )


def status_in_force(row: AnyRow, now: datetime) -> ArticleStatus:
    """What the article of `row` is now: as it was set, or as strict as a window makes it."""
    own = ArticleStatus(row.status)
    if not row.windows:
        return own
    forced = [w.status for w in of(row.windows) if w.starts_at <= now < w.ends_at]
    return max((own, *forced), key=STRICTNESS.index)


def next_change(row: AnyRow, now: datetime) -> datetime | None:
    """When a window next begins or ends, so that nobody keeps an answer for longer."""
    if not row.windows:
        return None
    return next_edge(of(row.windows), now)


def next_edge(windows: Iterable[Window], now: datetime) -> datetime | None:
    """The first moment after `now` at which one of them begins or ends."""
    edges = (edge for w in windows for edge in (w.starts_at, w.ends_at))
    return min((edge for edge in edges if edge > now), default=None)


def ahead(windows: Sequence[Window], now: datetime) -> tuple[Window, ...]:
    """Those that are not over, in the order in which they begin."""
    return tuple(sorted((w for w in windows if w.ends_at > now), key=lambda w: w.starts_at))
