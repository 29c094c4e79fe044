"""Long work that somebody asked for and the worker does: imports, exports, backtests."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = text("status IN ('queued', 'running')")


class Job(Base):
    """A worker holds a job until `held_until`; when it dies, the next one goes on from `state`.

    `attempt` counts how often the job was taken up: whoever writes with an older one has lost it.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"))
    requested_by: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    parameters: Mapped[dict[str, Any]]
    state: Mapped[dict[str, Any]]
    done: Mapped[int]
    total: Mapped[int | None]
    report: Mapped[dict[str, Any] | None]
    attempt: Mapped[int]
    held_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("job_unfinished", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    )
