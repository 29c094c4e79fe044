"""Which use case does a job of which kind."""

from __future__ import annotations

from collections.abc import Mapping

from comments_service.services import backtests
from comments_service.services.jobs import JobKind, Runner

RUNNERS: Mapping[JobKind, Runner] = {JobKind.BACKTEST: backtests.work}
