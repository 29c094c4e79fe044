"""The whole product as a reader's browser meets it: service, newspaper and identity provider.

Three hosts, so that a browser takes them for three sites: the newspaper at `news.localhost`, the
service at `127.0.0.1`, the identity provider at `idp.localhost`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page
from werkzeug.datastructures import EnvironHeaders, Headers
from werkzeug.serving import make_server

from comments_service import clock, create_app
from comments_service.demo import newspaper
from comments_service.demo.identity_provider.app import SilentRequestHandler
from comments_service.services import sites
from tests.browser.waiting import PATIENCE, slowed
from tests.conftest import settings_for
from tests.serving import whole
from tests.unit.development_provider import DevelopmentProvider, running_provider

SITE = "demo"
NAME = "Maru Daily"
BUTTONS = {"twitter": "트위터(X)", "facebook": "페이스북"}
NOTE_VIOLATIONS = (
    "addEventListener('securitypolicyviolation', "
    "event => console.error('violated: ' + event.violatedDirective))"
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that came to a door."""

    method: str
    path: str
    headers: Headers
    body: bytes


class Door:
    """The front of a WSGI application: notes who comes, and adds `headers` to what goes out."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.origin = ""
        self.application: WSGIApplication = Flask(__name__)
        self.visits: list[Visit] = []
        self.headers: dict[str, str] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        headers = Headers(list(EnvironHeaders(environ)))
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        self.visits.append(Visit(environ["REQUEST_METHOD"], environ["PATH_INFO"], headers, body))

        def start(status: str, given: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*given, *self.headers.items()], *error)

        return self.application(environ, start)

    def asked(self, method: str, path: str) -> list[Visit]:
        """The requests of a method and path, oldest first."""
        return [each for each in self.visits if (each.method, each.path) == (method, path)]

    def forget(self) -> None:
        """As if nobody had come, and nothing were to be added."""
        self.visits.clear()
        self.headers.clear()

    @contextmanager
    def open(self) -> Iterator[Door]:
        """Serves on a free port."""
        server = make_server(
            "127.0.0.1", 0, slowed(whole(self)), threaded=True, request_handler=SilentRequestHandler
        )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.origin = f"http://{self.host}:{server.port}"
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@dataclass(frozen=True, slots=True)
class Stack:
    """The three, running."""

    service: Door
    newspaper: Door
    provider: DevelopmentProvider

    def forget(self) -> None:
        """Ready for the next test."""
        self.service.forget()
        self.newspaper.forget()
        self.provider.forget()

    def exchanges(self) -> list[Visit]:
        """The codes that were brought to the token endpoint."""
        asked = self.service.asked("POST", "/oauth/token")
        return [each for each in asked if b"grant_type=authorization_code" in each.body]


@contextmanager
def whole_stack(database: Path) -> Iterator[Stack]:
    """Serves all three; the service on a SQLite file that has its tables already."""
    with (
        Door("127.0.0.1").open() as service,
        Door("news.localhost").open() as news,
        running_provider() as provider,
    ):
        service.application = _service(database, service.origin, provider.url)
        with service.application.app_context():
            sites.create(SITE, name=NAME, origins=[news.origin], now=clock.now())
        news.application = newspaper.create_app(comments_url=service.origin)
        yield Stack(service, news, provider)


def _service(database: Path, origin: str, provider: str) -> Flask:
    """The service. It reaches the provider by number, a browser by name."""
    shown = provider.replace("127.0.0.1", "idp.localhost")
    return create_app(
        settings_for(
            f"sqlite:///{database}",
            public_url=origin,
            twitter_client_id="development-twitter-client",
            twitter_client_secret="development-twitter-secret",
            twitter_authorize_url=f"{shown}/i/oauth2/authorize",
            twitter_token_url=f"{provider}/2/oauth2/token",
            twitter_api_url=f"{provider}/2/",
            facebook_client_id="development-facebook-client",
            facebook_client_secret="development-facebook-secret",
            facebook_authorize_url=f"{shown}/v25.0/dialog/oauth",
            facebook_token_url=f"{provider}/v25.0/oauth/access_token",
            facebook_api_url=f"{provider}/v25.0/",
        )
    )


class Visitor:
    """Somebody with a browser profile of their own, whose complaints are noted."""

    def __init__(self, stack: Stack, context: BrowserContext) -> None:
        self.stack = stack
        self.context = context
        #: Errors on the console of any page, and errors nobody caught.
        self.complaints: list[str] = []
        context.set_default_timeout(PATIENCE)
        context.add_init_script(NOTE_VIOLATIONS)
        context.on("console", self._note)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = context.new_page()

    def _note(self, message: ConsoleMessage) -> None:
        # Chromium asks for an icon unasked, and complains where there is none.
        if message.type == "error" and "/favicon.ico" not in message.location["url"]:
            self.complaints.append(message.text)

    def opens(self, article: str = "school-orchard", *, page: Page | None = None) -> Locator:
        """Goes to an article; gives its comment box once the comments are there."""
        page = page or self.page
        page.goto(f"{self.stack.newspaper.origin}/ko/articles/{article}")
        return box_of(page)

    def begins_login(self, provider: str = "twitter") -> Page:
        """Presses a login button; gives the popup, at the provider."""
        with self.context.expect_page() as opened:
            self.page.get_by_role("button", name=BUTTONS[provider]).click()
        opened.value.wait_for_url("**idp.localhost**")
        return opened.value

    def logs_in(self, provider: str = "twitter", *, name: str = "김하나") -> None:
        """Logs in by the popup; the box is then ready to write in."""
        self.comes_back_from(self.begins_login(provider), name=name)

    def comes_back_from(self, popup: Page, *, name: str = "김하나") -> None:
        """Chooses a name in the popup, which then goes away by itself."""
        with popup.expect_event("close"):
            popup.get_by_role("button", name=name).click()
        field_of(self.page).wait_for()

    def writes(self, text: str) -> None:
        """Sends a comment."""
        field_of(self.page).fill(text)
        self.page.get_by_role("button", name="등록", exact=True).click()


def box_of(page: Page) -> Locator:
    """The comment box in view, since it does nothing before, and its comments there."""
    box = page.locator("social-comments")
    box.scroll_into_view_if_needed()
    box.locator("[part=list]:not([aria-busy])").wait_for(state="attached")
    return box


def field_of(page: Page) -> Locator:
    """Where a comment is written."""
    return page.get_by_role("textbox", name="댓글 쓰기")
