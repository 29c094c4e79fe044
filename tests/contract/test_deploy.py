"""What `deploy/` says of the service is true of it: its commands, settings and metrics."""

from __future__ import annotations

import json
import re
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

from comments_service.cli import COMMANDS
from comments_service.config import MIN_SECRET, PREFIX, Settings
from comments_service.web.ops.metrics import PLACES

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
CHECKOUT = "/srv/comments_service"
OF_PROMETHEUS = {"up"}


def known_metrics() -> set[str]:
    """The names of all series that `/metrics` has."""
    waiting = {f"comments_{name}" for name in PLACES}
    waiting |= {"comments_database_up", "comments_limiter_store_up"}
    families = [family for family in REGISTRY.collect() if family.name.startswith("comments_")]
    counters = {f"{family.name}_total" for family in families if family.type == "counter"}
    histograms = {f"{family.name}_bucket" for family in families if family.type == "histogram"}
    return waiting | counters | histograms


def named_metrics(expression: str) -> set[str]:
    return set(re.findall(r"\bcomments_[a-z_]+", expression)) | (
        set(re.findall(r"\bup\b", expression)) & OF_PROMETHEUS
    )


def test_every_alert_watches_a_metric_that_there_is_and_says_where_to_look() -> None:
    rules = yaml.safe_load((DEPLOY / "monitoring/alerts.yml").read_text("utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert alerts
    for alert in alerts:
        named = named_metrics(alert["expr"])
        assert named, alert["alert"]
        assert named <= known_metrics() | OF_PROMETHEUS, alert["alert"]
        assert {"summary", "look_at"} <= alert["annotations"].keys()


def test_every_panel_draws_metrics_that_there_are() -> None:
    board = json.loads((DEPLOY / "monitoring/dashboard.json").read_text("utf-8"))
    drawn = set()
    for panel in board["panels"]:
        for target in panel["targets"]:
            named = named_metrics(target["expr"])
            assert named
            assert named <= known_metrics(), panel["title"]
            drawn |= named
    assert {f"comments_{name}" for name in PLACES} <= drawn


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.name))
def test_a_unit_runs_what_there_is(unit: Path) -> None:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd minds the case
    parser.read_string(unit.read_text("utf-8"))
    assert parser["Unit"]["Description"]
    if unit.suffix == ".timer":
        assert (unit.with_suffix(".service")).exists()
        return
    service = parser["Service"]
    assert service["User"] == "comments"
    assert service["NoNewPrivileges"] == "yes"
    command = service["ExecStart"]
    assert CHECKOUT in command
    if (match := re.search(r"flask --app wsgi ([a-z]+)", command)) is not None:
        assert match[1] in COMMANDS
    else:
        assert "granian --interface wsgi" in command
        assert "wsgi:app" in command


def test_compose_knows_only_settings_that_there_are() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    compose = yaml.safe_load(text)
    named = set(re.findall(rf"{PREFIX}([A-Z_]+?)(?:_FILE)?:", text))
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)
    # Nothing but the proxy is reachable from outside.
    assert {name for name, service in compose["services"].items() if "ports" in service} == {
        "nginx"
    }


def test_the_example_of_settings_starts_once_it_is_filled_in() -> None:
    """Read as systemd reads it: what stands behind a value belongs to it."""
    lines = (DEPLOY / "comments_service.env.example").read_text("utf-8").splitlines()
    pairs = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    empty = [name for name, value in pairs.items() if not value]
    settings = Settings.load(pairs | dict.fromkeys(empty, "k" * MIN_SECRET))
    assert settings.production
    assert settings.providers == ("twitter", "facebook")
