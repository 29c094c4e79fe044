"""Which use case does a job of which kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from comments_service.services import backtests, imports, undo_imports
from comments_service.services.jobs import JobKind, Runner

RUNNERS: Mapping[JobKind, Runner] = {
    JobKind.BACKTEST: backtests.work,
    JobKind.UNDO_IMPORT: undo_imports.run,
}
"""Those that need nothing but the job."""


def with_secret(pepper: str) -> Mapping[JobKind, Runner]:
    """Those that key what they keep with the service's secret."""
    return {JobKind.IMPORT: partial(imports.run, pepper=pepper)}
