"""`flask policy …`: the Standards Board Policy as files and as versions of a site."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from comments_service import clock
from comments_service.errors import InvalidPolicy, InvalidRequest, NotFound, UnknownSite
from comments_service.policy import Policy
from comments_service.services import backtests, dry_runs, policies, policy_changes, sites
from comments_service.services.audit import OPERATOR
from comments_service.services.backtests import Report
from comments_service.services.dry_runs import Tried
from comments_service.services.external_filters import OverHttp
from comments_service.services.policy_changes import ClauseChange, SettingChange
from comments_service.services.sites import SiteView

POINTER = "/policy"
SIGNS = {"added": "+", "removed": "-", "changed": "~"}
LONGEST_VALUE = 200

policy = AppGroup("policy", help="The Standards Board Policy: check, try, publish.")

site_option = click.option("--site", "site_key", help="Whose version a number means.")


@policy.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Say what is wrong in policy FILES, with lines; exits with 1 if anything is."""
    wrong = False
    for file in files:
        try:
            policies.compiled(_text(file))
        except InvalidPolicy as error:
            wrong = True
            _show_mistakes(str(file), error)
        else:
            click.echo(f"{file}: fine")
    if wrong:
        sys.exit(1)


@policy.command("show")
@click.option("--site", "site_key", required=True)
@click.option("--version", type=int, help="The one in force, unless given.")
def show(site_key: str, version: int | None) -> None:
    """Print a version's document as it was written."""
    site = _site(site_key)
    number = policies.version_in_force(site.id) if version is None else version
    with _refusals(site_key):
        click.echo(policies.read(site.id, number).source.rstrip("\n"))


@policy.command("diff")
@click.argument("before")
@click.argument("after")
@site_option
def diff(before: str, after: str, site_key: str | None) -> None:
    """Show what BEFORE and AFTER, files or version numbers, say differently, by clause and
    filter; exits with 1 if anything is."""
    changes = policy_changes.between(_policy(before, site_key), _policy(after, site_key))
    for change in changes:
        _show_change(change)
    if changes:
        sys.exit(1)


@policy.command("test")
@click.argument("which")
@click.argument("texts", nargs=-1)
@site_option
@click.option(
    "--expect",
    type=click.Choice(["allow", "hold", "reject"]),
    help="Exit with 1 if a text meets another outcome.",
)
def test(which: str, texts: tuple[str, ...], site_key: str | None, expect: str | None) -> None:
    """Try a policy, a file or a version number, on TEXTS or on the lines of standard input."""
    lines = texts or tuple(line.rstrip("\n") for line in sys.stdin if line.strip())
    try:
        results = dry_runs.run(_policy(which, site_key), [dry_runs.Text(line) for line in lines])
    except InvalidRequest as error:
        raise click.ClickException("; ".join(e.detail for e in error.errors)) from None
    for result in results:
        _show_result(result)
    if expect is not None and any(result.outcome != expect for result in results):
        sys.exit(1)


@policy.command("publish")
@click.argument("which")
@click.option("--site", "site_key", required=True)
@click.option("--note", help="What is new, for whoever reads the list of versions.")
def publish(which: str, site_key: str, note: str | None) -> None:
    """Put a policy in force: a file as a new version, or a version by its number."""
    site, now = _site(site_key), clock.now()
    with _refusals(which):
        if which.isdecimal():
            number = int(which)
        else:
            number = policies.draft(site.id, _text(Path(which)), note=note, now=now).version
        published = policies.publish(site.id, number, by=OPERATOR, now=now)
    click.echo(f"Version {published.version} is in force on {site.key}.")


@policy.command("secret")
@click.argument("name")
@click.option("--site", "site_key", required=True)
def secret(name: str, site_key: str) -> None:
    """Print the secret that the external filter NAME checks our signatures with."""
    asking: OverHttp = current_app.extensions["comments_external_filters"]
    click.echo(asking.secret(_site(site_key).key, name))


@policy.command("backtest")
@click.argument("which")
@click.option("--site", "site_key", required=True)
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True)
def backtest(which: str, site_key: str, days: int) -> None:
    """Say what a policy, a file or a version number, would have done to past comments."""
    report = backtests.run(
        _site(site_key).id,
        _policy(which, site_key),
        since=clock.now() - timedelta(days=days),
        progress=lambda judged: click.echo(f"{judged} judged", err=True),
    )
    _show_report(report)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{file}: not UTF-8") from None


def _site(key: str) -> SiteView:
    try:
        return sites.get(key)
    except UnknownSite:
        raise click.ClickException(f"There is no site {key!r}.") from None


def _policy(which: str, site_key: str | None) -> Policy:
    """The policy that `which` names: a version of the site by its number, or a file."""
    with _refusals(which):
        if not which.isdecimal():
            return policies.compiled(_text(Path(which)))
        if site_key is None:
            raise click.UsageError(f"Whose version is {which}? Give --site.")
        return policies.of_version(_site(site_key).id, int(which))


@contextmanager
def _refusals(which: str) -> Iterator[None]:
    """What a service refuses, as a line on standard error and the exit code 1."""
    try:
        yield
    except InvalidPolicy as error:
        _show_mistakes(which, error)
        sys.exit(1)
    except NotFound:
        raise click.ClickException("There is no such version.") from None


def _show_mistakes(name: str, error: InvalidPolicy) -> None:
    for mistake in error.errors:
        place = name if mistake.line is None else f"{name}:{mistake.line}"
        pointer = mistake.pointer.removeprefix(POINTER)
        click.echo(f"{place}: {mistake.detail}{f' ({pointer})' if pointer else ''}", err=True)


def _show_result(result: Tried) -> None:
    click.echo(f"{result.outcome.value:6}  {result.body}")
    for finding in result.findings:
        words = "" if finding.start is None else f" “{result.body[finding.start : finding.end]}”"
        click.echo(f"        {finding.clause} {finding.filter}/{finding.rule}{words}")
        for language in ("ko", "en"):
            click.echo(f"          {language}: {finding.message[language]}")


def _show_change(change: ClauseChange) -> None:
    click.echo(f"{SIGNS[change.kind]} {change.clause}")
    _show_settings(change.words, indent=4)
    for each in change.filters:
        click.echo(f"  {SIGNS[each.kind]} {each.filter}")
        _show_settings(each.settings, indent=6)


def _show_settings(settings: Iterable[SettingChange], *, indent: int) -> None:
    for setting in settings:
        if isinstance(setting.before, list) and isinstance(setting.after, list):
            gone = [f"-{item}" for item in setting.before if item not in setting.after]
            new = [f"+{item}" for item in setting.after if item not in setting.before]
            told = " ".join([*gone, *new]) or "in another order"
        else:
            told = f"{_short(setting.before)} → {_short(setting.after)}"
        click.echo(f"{' ' * indent}{setting.name}: {told}")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _show_report(report: Report) -> None:
    click.echo(f"{report.judged} comments judged, {report.masked} masked and left out")
    for (status, outcome), count in sorted(report.counts.items()):
        click.echo(f"  {status.value:10} {outcome.value:7} {count:8}")
    for clause, count in sorted(report.clauses.items()):
        click.echo(f"  clause {clause:12} {count:8}")
    if report.agreement is not None:
        click.echo(f"flips: {report.flips}, agreement: {report.agreement:.1%}")
    for example in report.examples:
        click.echo(
            f"  {example.comment_id} {example.status.value} → {example.outcome.value}"
            f" {' '.join(example.clauses)}"
        )
