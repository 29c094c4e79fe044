"""`flask import` and `flask export`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from comments_service.models import Comment
from comments_service.services import imports, job_runners, jobs, sites
from comments_service.services.audit import OPERATOR
from comments_service.services.imports import NewImport
from comments_service.services.jobs import JobKind, JobRun
from comments_service.services.sites import SiteView
from tests import exports
from tests.rows import values
from tests.small_app import NOON, Clock


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=list(args))


def test_a_file_is_imported_in_the_foreground_and_stays(
    app: Flask, site: SiteView, tmp_path: Path
) -> None:
    path = exports.wxr(tmp_path / "wordpress.xml")
    tried = run(app, "import", str(path), "--format", "wordpress", "--site", "demo", "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert '"article_count": 2' in tried.output
    assert values(select(Comment.id)) == []
    done = run(app, "import", str(path), "--format", "wordpress", "--site", "demo")
    assert done.exit_code == 0, done.output
    assert '"created": 6' in done.output
    assert "7 of 7" in done.stderr
    assert len(values(select(Comment.id))) == 6
    assert path.exists()


def test_an_import_beside_another_of_the_site_is_left_to_the_worker(
    app: Flask, site: SiteView, now: Clock, tmp_path: Path
) -> None:
    path = exports.write(tmp_path / "disqus.xml", exports.DISQUS)
    command = NewImport(path, "disqus", {}, keep_file=True)
    imports.request(site, command, actor=OPERATOR, now=NOON)

    def busy(_run: JobRun) -> dict[str, str]:
        told = run(app, "import", str(path), "--format", "disqus", "--site", "demo")
        assert told.exit_code == 0, told.output
        assert "waits: another of the site is under way" in told.stderr
        return {}

    assert jobs.run_next({JobKind.IMPORT: busy}, clock=now)
    runners = job_runners.with_secret("development-secret-key-never-in-production")
    assert jobs.run_next(runners, clock=now)
    assert len(values(select(Comment.id))) == 6


def test_an_export_is_written_and_read_back(app: Flask, site: SiteView, tmp_path: Path) -> None:
    source = exports.write(tmp_path / "disqus.xml", exports.DISQUS)
    run(app, "import", str(source), "--format", "disqus", "--site", "demo")
    out = tmp_path / "demo.jsonl"
    assert run(app, "export", "demo", "--output", str(out)).exit_code == 0
    kinds = [json.loads(line)["type"] for line in out.read_text("utf-8").splitlines()]
    assert (kinds[0], kinds.count("comment")) == ("site", 6)
    sites.create("copy", name="Copy", origins=[], now=NOON)
    back = run(app, "import", str(out), "--format", "jsonl", "--site", "copy")
    assert '"created": 6' in back.output
    assert run(app, "export", "copy").output.count('"type":"comment"') == 6


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--format", "disqus", "--site", "demo"], "line 1"),
        (["--format", "csv", "--site", "nowhere"], "no site"),
        (["--format", "xml", "--site", "demo"], "xml"),
    ],
)
def test_what_cannot_be_imported_is_told_and_exits_with_an_error(
    app: Flask, site: SiteView, tmp_path: Path, arguments: list[str], told: str
) -> None:
    path = exports.write(tmp_path / "file", "`" + exports.DISQUS)
    failed = run(app, "import", str(path), *arguments)
    assert failed.exit_code != 0
    assert told in failed.output + failed.stderr


def test_a_map_with_a_wrong_line_is_told_by_its_line(
    app: Flask, site: SiteView, tmp_path: Path
) -> None:
    path = exports.write(tmp_path / "c.csv", exports.CSV)
    url_map = exports.write(tmp_path / "map.csv", "a,b\nonly one\n")
    failed = run(
        app, "import", str(path), "--format", "csv", "--site", "demo", "--url-map", str(url_map)
    )
    assert failed.exit_code == 1
    assert "line 2" in failed.output
