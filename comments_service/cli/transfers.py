"""`flask import …` and `flask export …`: a site's comments in, and out again."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click
import orjson
from flask import current_app

from comments_service import clock
from comments_service.errors import CommentsError, InvalidRequest
from comments_service.services import exports, import_names, imports, jobs, sites
from comments_service.services.audit import OPERATOR
from comments_service.services.imports import IMPORTERS, NewImport
from comments_service.services.jobs import JobKind, JobView

IN_PATH = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("file", type=IN_PATH)
@click.option("--format", "format_", type=click.Choice(list(IMPORTERS)), required=True)
@click.option("--site", "site_key", required=True, help="The key of the site it is for.")
@click.option("--url-map", type=IN_PATH, help="CSV: an address in the file, an article's key here.")
@click.option("--dry-run", is_flag=True, help="Only say what would be imported, as what.")
def import_(
    file: Path, format_: str, site_key: str, url_map: Path | None, *, dry_run: bool
) -> None:
    """Import comments from FILE, and show how far it is."""
    try:
        site = sites.get(site_key)
        mapped = import_names.parse_url_map(url_map.read_text("utf-8")) if url_map else {}
    except InvalidRequest as error:
        raise click.ClickException(
            "; ".join(_told(e.detail, e.line) for e in error.errors)
        ) from None
    except CommentsError as error:
        raise click.ClickException(f"There is no site {site_key!r} ({error.code}).") from None
    command = NewImport(file, format_, mapped, dry_run=dry_run, keep_file=True)
    job = imports.request(site, command, actor=OPERATOR, now=clock.now())
    secret = current_app.extensions["comments_settings"].secret_key.get_secret_value()
    runner = partial(imports.run, pepper=secret, watch=_show_progress)
    jobs.run_next({JobKind.IMPORT: runner}, clock=clock.now, only=job.id)
    _report(jobs.get(job.id))


@click.command("export")
@click.argument("site_key", metavar="SITE")
@click.option("--output", type=click.File("wb"), default="-", help="A file; standard output.")
def export(site_key: str, output: Any) -> None:
    """Write all that SITE has as JSON Lines, which `flask import --format jsonl` reads back."""
    try:
        site = sites.get(site_key)
    except CommentsError:
        raise click.ClickException(f"There is no site {site_key!r}.") from None
    exports.record(site, actor=OPERATOR, now=clock.now())
    for line in exports.lines(site):
        output.write(orjson.dumps(line) + b"\n")


def _show_progress(done: int, total: int | None) -> None:
    told = "reading the file" if total is None else f"{done:,} of {total:,}"
    click.echo(f"\r{told}", nl=False, err=True)
    sys.stderr.flush()


def _report(job: JobView) -> None:
    click.echo(err=True)
    if job.status in {"queued", "running"}:
        told = "another of the site is under way, and `flask worker` does this one then"
        click.echo(f"Import {job.id} waits: {told}.", err=True)
        return
    report = job.report or {}
    click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
    if job.status == "done":
        click.echo(f"Import {job.id}.", err=True)
        return
    raise click.ClickException(
        _told(str(report.get("detail", "The import failed.")), report.get("line"))
    )


def _told(detail: str, line: int | None) -> str:
    return detail if line is None else f"line {line}: {detail}"
