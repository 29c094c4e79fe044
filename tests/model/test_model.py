"""The whole service against a model of it in plain Python, by deeds in any order.

Hypothesis chooses who does what: readers post, reply, edit, delete, vote, report and delete their
accounts; moderators decide, undo, suspend, close articles and publish policies; the publisher
imports, unmakes imports and merges articles. After each deed the answer's status must be the one
that the model gives, every thread, read to its end over HTTP as a cache reads it, must be the
model's, and the audit log and the events must say what was done. `make soak` does many thousand
steps; `make test` a hundredth.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from comments_service.config import Settings
from comments_service.services import audit
from comments_service.services.sites import SiteView
from tests.conftest import settings_for
from tests.model.machine import Machine
from tests.model.world import World
from tests.small_app import Clock
from tests.soak import TIMES

RUNS, STEPS = TIMES, 50


@pytest.fixture(name="settings")
def _settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, import_directory=str(tmp_path / "uploads"))


@pytest.mark.soak
@pytest.mark.slow
def test_the_service_is_its_model(app: Flask, site: SiteView, now: Clock) -> None:
    world = World(app, site, now)
    run_state_machine_as_test(
        lambda: Machine(world),  # type: ignore[arg-type]  # it takes whatever makes a machine
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=TIMES == 1,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
            report_multiple_bugs=False,
            database=None,
        ),
    )
    assert audit.verify() is None
