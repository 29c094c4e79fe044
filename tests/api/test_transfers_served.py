"""An export as a server sends it: piece by piece, after the view has returned."""

from __future__ import annotations

import json
from collections.abc import Callable

import requests
from flask import Flask

from comments_service.services.sites import SiteView
from tests.api.services import service
from tests.readers import Reader
from tests.serving import served


def test_an_export_comes_whole_over_the_wire(
    app: Flask, site: SiteView, reader: Callable[..., Reader]
) -> None:
    reader().post("The pier looks good")
    token = service(app, "transfers:write").access_token
    with served(lambda _: app) as url, requests.Session() as session:
        answer = session.get(
            f"{url}/api/v1/exports/demo", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
    assert answer.status_code == 200
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["type"] for line in lines] == ["site", "article", "user", "comment"]
