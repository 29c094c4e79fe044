"""The documentation is true: what the code has is documented, what is documented the code has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from comments_service import create_app
from comments_service.cli import COMMANDS, Commands
from comments_service.config import PREFIX, ConfigurationError, Settings
from comments_service.models import db
from comments_service.services.events import EventType
from comments_service.version import __version__
from comments_service.web.http.problems import PROBLEMS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table's rows."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip().removesuffix("|").split("|")[1:]]


def entries(name: str, pattern: str) -> dict[str, list[str]]:
    """The rows of a page whose first cell is `pattern` in backquotes, by what it matched."""
    found = {}
    for first, *others in rows(read(name)):
        if match := re.fullmatch(f"`({pattern})`", first):
            found[match[1]] = others
    return found


def code(page: Path) -> str:
    """What a page shows as code, a piece a line."""
    return "\n".join(CODE.findall(page.read_text("utf-8")))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    path = tmp_path_factory.mktemp("docs") / "comments.db"
    return create_app(Settings.load({}, database_url=f"sqlite:///{path}"))


@pytest.fixture(scope="module")
def routes(app: Flask) -> set[str]:
    """Every route as the pages write it: `GET /api/v1/comments/{comment_id}`."""
    found = set()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).replace(__version__, "{version}")
        found |= {f"{method} {path}" for method in (rule.methods or set()) & METHODS}
    return found


def as_written(default: Any) -> str:
    if default is None or default == ():
        return "none"
    if isinstance(default, tuple):
        return f"`{','.join(default)}`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


DOCUMENTED_SETTINGS = entries("docs/configuration.md", rf"{PREFIX}\w+")


def test_every_setting_is_documented_and_no_other() -> None:
    assert set(DOCUMENTED_SETTINGS) == {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize(
    "name", sorted(set(Settings.model_fields) - {"database_url", "secret_key"})
)
def test_a_settings_default_is_the_documented_one(name: str) -> None:
    default = Settings.model_fields[name].get_default(call_default_factory=False)
    assert DOCUMENTED_SETTINGS[PREFIX + name.upper()][0] == as_written(default)


def test_what_production_refuses_is_documented_and_no_more() -> None:
    provider = {"client_id": "id", "client_secret": "secret"} | {
        f"{part}_url": "http://127.0.0.1/" for part in ("authorize", "token", "api")
    }
    unsafe: dict[str, Any] = {
        f"{name}_{part}": value
        for name in ("twitter", "facebook")
        for part, value in provider.items()
    }
    with pytest.raises(ConfigurationError) as refused:
        Settings.load(
            {},
            env="production",
            ratelimit_enabled=False,
            webhook_allow_private=True,
            signing_keys=("short",),
            **unsafe,
        )
    refusals = {mistake.partition(":")[0] for mistake in refused.value.mistakes}
    assert refusals == {name for name, (_, _, rule) in DOCUMENTED_SETTINGS.items() if rule}


def test_every_route_is_documented_and_no_other(routes: set[str]) -> None:
    assert set(entries("docs/api.md", rf"(?:{'|'.join(METHODS)}) /\S*")) == routes


def test_every_table_is_in_the_record_of_what_is_kept_and_no_other(app: Flask) -> None:
    cells = [first for first, *_ in rows(read("docs/privacy.md"))]
    named = {name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)}
    with app.app_context():
        own = set(db.metadata.tables)
    # Those that words are searched by are made by triggers, and the last one is the migrations'.
    assert named == own | {"comment_search", "user_account_search", "alembic_version"}


def test_every_problem_is_documented_with_its_status_and_no_other() -> None:
    documented = {
        code: cells[0] for code, cells in entries("docs/api.md", r"[a-z]+(-[a-z]+)*").items()
    }
    assert documented == {code: str(problem.status) for code, problem in PROBLEMS.items()}


def test_every_type_of_event_is_documented_and_no_other() -> None:
    assert set(entries("docs/api.md", r"[a-z]+\.[a-z]+")) == set(EventType)


def test_the_events_said_to_be_recorded_are_those_that_a_service_records() -> None:
    services = (ROOT / "comments_service/services").glob("*.py")
    used = set(re.findall(r"EventType\.([A-Z_]+)", "".join(p.read_text("utf-8") for p in services)))
    documented = entries("docs/api.md", r"[a-z]+\.[a-z]+")
    assert {EventType[name] for name in used} == {
        event for event, (when,) in documented.items() if when != "not yet"
    }


def own_commands(group: click.Group, path: str) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from own_commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_every_command_is_documented_and_no_other() -> None:
    start = "flask --app wsgi"
    own = set(own_commands(Commands("flask"), start))
    assert {command.split()[3] for command in own} == set(COMMANDS)
    assert set(entries("docs/operations.md", rf"{start} [a-z ]+")) == own


def widget(suffix: str) -> str:
    """The widget's sources in one language, `js` or `css`."""
    sources = (ROOT / "comments_service/web/widget/src").glob(f"*.{suffix}")
    return "\n".join(path.read_text("utf-8") for path in sources)


def test_every_attribute_of_the_box_is_documented_and_no_other() -> None:
    element = read("comments_service/web/widget/src/element.js")
    (observed,) = re.findall(r"observedAttributes = \[([^]]+)\]", element)
    asked = {*re.findall(r"[a-z-]+", observed), *re.findall(r"getAttribute\(\"(.+?)\"\)", element)}
    # The language is looked for around the element too, by i18n.js.
    assert set(entries("docs/embedding.md", r"[a-z]+(?:-[a-z]+)?")) == asked | {"lang"}


def test_every_event_of_the_box_is_documented_and_no_other() -> None:
    named = re.findall(r"\bemit\(\"(\w+)\"", widget("js"))
    # What the session tells by a code, `login` and `logout`, goes out as an event of that name.
    events = {f"social-comments:{name}" for name in [*named, "login", "logout"]}
    assert set(entries("docs/embedding.md", r"social-comments:\w+")) == events


def test_every_style_variable_of_the_box_is_documented_and_no_other() -> None:
    variable = r"--sc-[a-z]+(?:-[a-z]+)*"
    assert set(re.findall(variable, read("docs/embedding.md"))) == set(
        re.findall(rf"var\(({variable})", widget("css"))
    )


@each_page
def test_a_setting_that_a_page_names_exists(page: Path) -> None:
    found = re.findall(rf"{PREFIX}[A-Z][A-Z_]*", page.read_text("utf-8"))
    named = {name.removesuffix("_FILE") for name in found}  # the file that has its value
    # The first lines of configuration.md show what a misspelt one leads to.
    assert named - {f"{PREFIX}RATELIMIT_COMENTS"} <= set(DOCUMENTED_SETTINGS)


@each_page
def test_a_route_that_a_page_names_exists(page: Path, routes: set[str]) -> None:
    named = re.findall(rf"\b((?:{'|'.join(METHODS)}) /[\w/{{}}.-]*)", code(page))
    assert set(named) <= routes


@each_page
def test_an_address_that_a_page_asks_exists(page: Path, app: Flask) -> None:
    urls = app.url_map.bind("comments.example")
    for path in re.findall(r"\$SERVICE(/[^\s\"'?`]*)", code(page)):
        assert urls.allowed_methods(path), path


@each_page
def test_a_command_that_a_page_names_exists(page: Path, app: Flask) -> None:
    flask = FlaskGroup(name="flask")
    context = click.Context(flask, obj=ScriptInfo(create_app=lambda: app))
    for words in re.findall(r"flask --app wsgi ((?:[a-z]+ ?)+)", code(page)):
        command: click.Command | None = flask
        for word in words.split():
            if isinstance(command, click.Group):
                command = command.get_command(context, word)
                assert command is not None, words


@each_page
def test_a_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", code(page))) <= targets


@each_page
def test_a_link_leads_somewhere(page: Path) -> None:
    for target, heading in re.findall(r"\]\(([^)#:\s]*)(?:#([^)]+))?\)", page.read_text("utf-8")):
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), target
        if heading and file.suffix == ".md":
            assert heading in anchors(file), heading


def anchors(page: Path) -> set[str]:
    """Where a link into a page can lead, as GitHub names its headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
