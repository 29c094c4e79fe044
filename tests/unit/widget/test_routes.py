"""How the widget's files are served."""

from __future__ import annotations

import base64
import gzip
import hashlib

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.version import __version__
from comments_service.web.widget.routes import blueprint

PINNED = f"/widget/{__version__}"
FILES = ("social-comments.js", "writing.js", "count.js", "social-comments.d.ts", "manifest.json")


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(blueprint)
    return app.test_client()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("version", [__version__, "v1"])
def test_every_file_is_served_to_every_page(client: FlaskClient, version: str, name: str) -> None:
    response = client.get(f"/widget/{version}/{name}")

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_pinned_version_never_changes(client: FlaskClient) -> None:
    response = client.get(f"{PINNED}/social-comments.js")

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content_type == "text/javascript; charset=utf-8"


def test_the_newest_version_is_asked_for_again_after_five_minutes(client: FlaskClient) -> None:
    first = client.get("/widget/v1/social-comments.js")
    again = client.get(
        "/widget/v1/social-comments.js", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0", None), ("", None)],
)
def test_the_best_encoding_a_browser_takes_is_sent(
    client: FlaskClient, accepts: str, encoding: str | None
) -> None:
    path = f"{PINNED}/social-comments.js"
    plain = client.get(path).data

    response = client.get(path, headers={"Accept-Encoding": accepts})

    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding or "", bytes)
    assert response.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in response.headers["Vary"]
    assert unpack(response.data) == plain


@pytest.mark.parametrize("name", ["social-comments.js", "writing.js", "count.js"])
def test_the_manifest_tells_the_integrity_of_each_script(client: FlaskClient, name: str) -> None:
    manifest = client.get(f"{PINNED}/manifest.json").get_json()

    script = client.get(f"{PINNED}/{name}").data

    digest = base64.b64encode(hashlib.sha384(script).digest()).decode()
    assert manifest["version"] == __version__
    assert manifest["files"][name]["integrity"] == f"sha384-{digest}"


@pytest.mark.parametrize("path", ["/widget/v1/box.js", "/widget/v2/count.js", "/widget/v1/../app"])
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
