"""The moderators' pages in a real browser: the whole service, and somebody who is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from comments_service import clock, create_app
from comments_service.models import db
from comments_service.services import accounts, sites, staff, staff_sessions
from comments_service.services.identities import IdentityKey
from comments_service.services.staff import Role
from tests.browser.waiting import PATIENCE
from tests.browser.widget_world import running
from tests.conftest import settings_for
from tests.small_app import person

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PEPPER = "development-secret-key-never-in-production"
COOKIE = "social_comments_staff"
REFUSED = "Failed to load resource: the server responded with a status of 4"
NOTE_VIOLATIONS = (
    "addEventListener('securitypolicyviolation', "
    "event => console.error('violated: ' + event.violatedDirective))"
)


@dataclass
class Desk:
    """A moderator's browser, and the service it is on."""

    app: Flask
    origin: str
    user_id: int
    context: BrowserContext
    page: Page = field(init=False)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE)
        self.context.add_init_script(NOTE_VIOLATIONS)
        self.page = self.context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def log_in(self, user_id: int | None = None) -> None:
        """As somebody else, or again."""
        with self.app.app_context():
            cookie = staff_sessions.begin(
                user_id or self.user_id, network="127.0.0.0/24", replaces=None, now=clock.now()
            )
        self.context.add_cookies([{"name": COOKIE, "value": cookie, "url": self.origin}])

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.origin}{path}")
        return self.page

    def speak(self, language: str) -> None:
        """Ask for another language than the browser's own."""

        def ask(route: Route) -> None:
            route.continue_(headers={**route.request.headers, "accept-language": language})

        self.page.unroute_all()
        self.page.route("**/moderator/**", ask)

    def axe(self) -> list[tuple[str, Any]]:
        """What axe has against the page as it is."""
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": WCAG}})
        return [
            (rule["id"], node["target"])
            for rule in found.response["violations"]
            for node in rule["nodes"]
        ]

    def too_small(self) -> list[str]:
        """What a finger could not hit (WCAG 2.2, 2.5.8); links inside a sentence may be small."""
        found: list[str] = self.page.evaluate(
            """(apart) => [...document.querySelectorAll("button, a, select, textarea, input")]
              .filter((e) => e.checkVisibility() && !e.closest(apart))
              .map((e) => [e.outerHTML, e.getBoundingClientRect()])
              .filter(([, r]) => r.width < 23.5 || r.height < 23.5).map(([text]) => text)""",
            "p, td, .skip, .tick, [type=hidden]",
        )
        return found

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSED):
            self.complaints.append(message.text)


@contextmanager
def staffed(
    browser: Browser,
    database: Path,
    *,
    role: Role = Role.ADMIN,
    **context: Any,
) -> Iterator[Desk]:
    """The service with the sites `demo` and `hill`, and 지수 logged in with a role on both."""
    stage = Flask("stage")
    with running(stage, "comments.localhost") as origin:
        app = create_app(settings_for(f"sqlite:///{database}", public_url=origin))
        stage.wsgi_app = app.wsgi_app  # type: ignore[method-assign]
        with app.app_context():
            for key, name in (("demo", "Maru Daily"), ("hill", "마루 주말판")):
                sites.create(key, name=name, origins=["https://news.example"], now=clock.now())
            accounts.sign_in(person("2001", name="지수"), pepper=PEPPER, now=clock.now())
            jisu = staff.grant(
                IdentityKey("twitter", "", "2001"),
                role,
                site=None,
                pepper=PEPPER,
                now=clock.now(),
            )
        browsing = browser.new_context(**{"locale": "ko-KR", **context})
        desk = Desk(app, origin, jisu.user_id, browsing)
        desk.log_in()
        yield desk
        browsing.close()
        with app.app_context():
            db.engine.dispose()
