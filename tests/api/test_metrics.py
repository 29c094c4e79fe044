"""`/metrics`: what Prometheus reads, and who may read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from comments_service import metrics
from comments_service.config import Settings
from comments_service.services.permissions import Permission
from tests.conftest import settings_for
from tests.problems import slug
from tests.readers import Reader


def read(client: FlaskClient, sample: str, **labels: str) -> float:
    page = client.get("/metrics").get_data(as_text=True)
    return sum(
        found.value
        for family in text_string_to_metric_families(page)
        for found in family.samples
        if found.name == sample and labels.items() <= found.labels.items()
    )


def test_a_request_is_counted_by_its_route_and_not_by_its_address(client: FlaskClient) -> None:
    labels = {"method": "GET", "route": "/problems/<code>", "status": "404"}
    before = read(client, "comments_requests_total", **labels)
    client.get("/problems/one")
    client.get("/problems/another")
    assert read(client, "comments_requests_total", **labels) == before + 2


def test_a_made_up_method_makes_no_series_of_its_own(client: FlaskClient) -> None:
    client.open("/healthz", method="GUESS")
    assert read(client, "comments_requests_total", method="GUESS") == 0
    assert read(client, "comments_requests_total", method="other") > 0


def test_new_comments_are_counted_by_what_became_of_them(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    before = read(client, "comments_judged_total", status="published")
    reader().post("맑은 날입니다")
    assert read(client, "comments_judged_total", status="published") == before + 1


def test_what_waits_is_told(client: FlaskClient, reader: Callable[..., Reader]) -> None:
    reader().post(
        "제 번호는 010-1234-5678 입니다 http://a.example http://b.example http://c.example"
    )
    assert read(client, "comments_unplaced_events") >= 1
    assert read(client, "comments_database_up") == 1


def test_a_database_that_is_gone_is_told_too(app: Flask, client: FlaskClient) -> None:
    from comments_service.models import db

    db.engine.dispose()
    for table in ("comment", "event"):
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO gone_{table}")
    assert read(client, "comments_database_up") == 0
    for table in ("comment", "event"):
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE gone_{table} RENAME TO {table}")


def test_who_comes_by_a_socket_of_this_machines_is_an_operator(client: FlaskClient) -> None:
    """A server that listens on a path in the file system names no address."""
    base = {"REMOTE_ADDR": ""}
    assert client.get("/metrics", environ_base=base).status_code == 200
    passed_on = {"X-Forwarded-For": "8.8.8.8"}
    assert slug(client.get("/metrics", environ_base=base, headers=passed_on)) == "not-found"


def test_a_proxys_readers_are_no_operators(client: FlaskClient) -> None:
    for headers, address in (({"X-Forwarded-For": "8.8.8.8"}, "127.0.0.1"), ({}, "8.8.8.8")):
        answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
        assert slug(answer) == "not-found"


class TestWithAToken:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return settings_for(database_url, metrics_token=SecretStr("an-operators-token"))

    def test_it_is_asked_for_from_everywhere(self, client: FlaskClient) -> None:
        right = {"Authorization": "Bearer an-operators-token"}
        assert client.get("/metrics", headers=right).status_code == 200
        for wrong in ({}, {"Authorization": "Bearer another"}, {"Authorization": "bearer"}):
            assert slug(client.get("/metrics", headers=wrong)) == "not-found"


def test_the_route_is_an_operators(app: Flask) -> None:
    view = app.view_functions["ops.metrics"]
    assert getattr(view, "permission", None) is Permission.OPERATE


def test_no_label_comes_from_a_reader() -> None:
    labelled = [metrics.REQUESTS, metrics.COMMENTS, metrics.LOGINS, metrics.JOBS]
    assert {name for each in labelled for name in each._labelnames} <= {
        "method",
        "route",
        "status",
        "provider",
        "outcome",
        "kind",
    }
