"""`flask worker`: what is done behind the requests, until it is told to stop."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import click
import structlog
from flask import Flask, current_app

from comments_service import clock, metrics
from comments_service.services import article_settings, blinds, deliveries, event_log, jobs
from comments_service.services.deliveries import Run
from comments_service.services.job_runners import RUNNERS, with_secret

IDLE_SECONDS = 0.5
"""How long the worker rests when there is nothing to do."""

SENDERS = 16
"""Runs of deliveries under way at once: most of the time they wait for the network."""

log = structlog.get_logger()

Turn = Callable[[], bool]
"""Does one piece of work, and says whether there was any."""


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what there is to do, and end.")
def worker(*, once: bool) -> None:
    """Do what waits: jobs such as imports and backtests, and deliveries to webhooks."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stopped = threading.Event()
    with Outbox(current_app._get_current_object()) as outbox:  # type: ignore[attr-defined]  # noqa: SLF001
        if once:
            while _round((*TURNS, outbox.deliver)):
                pass
            return
        # A job may take an hour; no webhook waits for it.
        beside = threading.Thread(target=_in_thread, args=(outbox, stopped), name="outbox")
        beside.start()
        try:
            while True:
                if not _round(TURNS):
                    time.sleep(IDLE_SECONDS)
        except KeyboardInterrupt:
            log.info("worker_stopped")
        finally:
            stopped.set()
            beside.join()


def _in_thread(outbox: Outbox, stopped: threading.Event) -> None:
    with outbox.app.app_context():
        while not stopped.is_set():
            if not _took(outbox.deliver):
                stopped.wait(IDLE_SECONDS)


def _round(turns: tuple[Turn, ...]) -> bool:
    """Give everybody a turn, and say whether anybody had something to do."""
    busy = [turn for turn in turns if _took(turn)]
    return bool(busy)


def _took(turn: Turn) -> bool:
    """A turn that fails is logged, and does not keep the others from theirs."""
    try:
        return turn()
    except Exception:
        metrics.WORKER_FAILURES.labels(turn.__name__).inc()
        log.exception("worker_turn_failed", turn=turn.__name__)
        return False


class Outbox:
    """Places events and sends deliveries, many at once: a receiver that hangs holds up its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="deliver")
        self._under_way: dict[Future[None], int] = {}

    def __enter__(self) -> Outbox:
        return self

    def __exit__(self, *_: object) -> None:
        """What is being sent is waited for; each try has its deadline."""
        self._pool.shutdown(wait=True)

    def deliver(self) -> bool:
        """Give events their places and begin what is due; True while anything is under way."""
        now = clock.now()
        placed = event_log.place(now=now)
        self._reap()
        runs = deliveries.claim(
            now=now,
            most=SENDERS - len(self._under_way),
            in_flight=Counter(self._under_way.values()),
        )
        for run in runs:
            self._under_way[self._pool.submit(self._carry_out, run)] = run.webhook_id
        if self._under_way and not placed and not runs:
            wait(self._under_way, timeout=IDLE_SECONDS, return_when=FIRST_COMPLETED)
        return bool(placed or self._under_way)

    def _reap(self) -> None:
        for done in [future for future in self._under_way if future.done()]:
            del self._under_way[done]
            if done.exception() is not None:
                metrics.WORKER_FAILURES.labels("deliver").inc()
                log.error("worker_turn_failed", turn="deliver", exc_info=done.exception())

    def _carry_out(self, run: Run) -> None:
        with self.app.app_context():
            deliveries.carry_out(
                run,
                sender=self.app.extensions["comments_webhook_sender"],
                render=self.app.extensions["comments_render_event"],
                clock=clock.now,
            )


def jobs_turn() -> bool:
    secret = current_app.extensions["comments_settings"].secret_key.get_secret_value()
    return jobs.run_next({**with_secret(secret), **RUNNERS}, clock=clock.now)


def blinds_turn() -> bool:
    return blinds.expire_next(now=clock.now())


def windows_turn() -> bool:
    return article_settings.pass_window(now=clock.now())


TURNS: tuple[Turn, ...] = (jobs_turn, blinds_turn, windows_turn)
