"""`flask worker`: what is done behind the requests, until it is told to stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import click
import structlog

from comments_service import clock, metrics
from comments_service.services import blinds, jobs
from comments_service.services.job_runners import RUNNERS

IDLE_SECONDS = 0.5
"""How long the worker rests when there is nothing to do."""

log = structlog.get_logger()

Turn = Callable[[], bool]
"""Does one piece of work, and says whether there was any."""


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what there is to do, and end.")
def worker(*, once: bool) -> None:
    """Do what waits: jobs such as imports and backtests."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            busy = [turn for turn in TURNS if _took(turn)]
            if not busy:
                if once:
                    return
                time.sleep(IDLE_SECONDS)
    except KeyboardInterrupt:
        log.info("worker_stopped")


def _took(turn: Turn) -> bool:
    """A turn that fails is logged, and does not keep the others from theirs."""
    try:
        return turn()
    except Exception:
        metrics.WORKER_FAILURES.labels(turn.__name__).inc()
        log.exception("worker_turn_failed", turn=turn.__name__)
        return False


def jobs_turn() -> bool:
    return jobs.run_next(RUNNERS, clock=clock.now)


def blinds_turn() -> bool:
    return blinds.expire_next(now=clock.now())


TURNS: tuple[Turn, ...] = (jobs_turn, blinds_turn)
