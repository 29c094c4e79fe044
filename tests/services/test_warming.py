"""A fresh process is ready before its first request."""

from __future__ import annotations

import structlog
from flask import Flask

from comments_service import create_app
from comments_service.app import warm_up
from comments_service.services import policies, sites
from comments_service.services.sites import SiteView
from comments_service.services.warming import warm_up as warm
from tests.conftest import settings_for
from tests.small_app import NEWS, NOON


def test_every_sites_policy_is_compiled_beforehand(app: Flask, site: SiteView) -> None:
    sites.create("other", name="Other Daily", origins=[NEWS], now=NOON)
    policies._compiled_once.cache_clear()
    assert warm(now=NOON) == 2
    before = policies._compiled_once.cache_info()
    policies.in_force(site.id)
    after = policies._compiled_once.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)


def test_a_process_starts_without_its_database_too() -> None:
    gone = create_app(settings_for("postgresql://nobody@127.0.0.1:9/none", log_level="WARNING"))
    with structlog.testing.capture_logs() as logged:
        warm_up(gone)
    assert [line["event"] for line in logged] == ["not_warmed_up"]
    assert gone.test_client().get("/healthz").status_code == 200
