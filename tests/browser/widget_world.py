"""A small service that answers as the HTTP contract says, and a newspaper on another site.

Both live in the test's own process, so that a test can look at what was asked and choose what is
answered next.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, jsonify, redirect, request
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from comments_service.web.widget.routes import blueprint
from tests.browser.waiting import slowed

Json = dict[str, Any]

SITE = "demo"
HELPFUL = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
TRUSTED = "require-trusted-types-for 'script'; trusted-types 'none'; "

stub = Blueprint("stub", __name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request the service got."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


def moment(**ago: float) -> str:
    """A time so long ago, as the service writes it."""
    return (datetime.now(UTC) - timedelta(**ago)).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Host:
    """What a publisher's page is like. `policy`: what follows the service's own sources."""

    policy: str | None = HELPFUL + TRUSTED
    headers: Mapping[str, str] = field(default_factory=dict)
    css: str = "button{background:red!important}"
    script: str = ""
    scheme: str = "light"
    tags: str = f"<social-comments site={SITE} article=a1></social-comments>"


@dataclass
class Service:
    """The comments service as far as a widget can tell."""

    name: str = "Maru Daily"
    origin: str = ""
    news: str = ""
    host: Host = field(default_factory=Host)
    status: str = "open"
    #: Seconds that the thread takes.
    delay: float = 0
    #: Paths whose answers wait until their event is set.
    withheld: dict[str, threading.Event] = field(default_factory=dict)
    comments: list[Json] = field(default_factory=list)
    held: list[Json] = field(default_factory=list)
    rejected: list[Json] = field(default_factory=list)
    votes: Json = field(default_factory=dict)
    muted: list[str] = field(default_factory=list)
    notifications: list[Json] = field(default_factory=list)
    can: list[str] = field(default_factory=lambda: ["comment"])
    suspension: Json | None = None
    user: Json = field(
        default_factory=lambda: {
            "id": "u-hong",
            "name": "홍길동",
            "provider": "twitter",
            "avatar_url": None,
        }
    )
    asked: list[Asked] = field(default_factory=list)
    #: Answers to give to the next requests of a method and path, before the usual ones.
    next_answers: dict[tuple[str, str], deque[Callable[[], Response]]] = field(default_factory=dict)
    severs_opener: bool = False
    #: What a login comes back with instead of a code.
    login_error: dict[str, str] = field(default_factory=dict)
    access_life: int = 600
    version: int = 1
    edit_window: int = 300
    page_size: int = 20
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1000))
    _codes: dict[str, Json] = field(default_factory=dict)
    _access: set[str] = field(default_factory=set)
    _refresh: set[str] = field(default_factory=set)

    def comment(self, body: str, *, by: str = "김하나", **more: Any) -> Json:
        """Publishes a comment at the end of the list, which is the top of the newest first."""
        number = str(next(self._ids))
        parent: Json | None = more.pop("reply_to", None)
        made: Json = {
            "id": number,
            "site": SITE,
            "article": "a1",
            "parent_id": parent["id"] if parent else None,
            "root_id": (parent["root_id"] if parent else number),
            "depth": 1 if parent else 0,
            "author": {
                "id": f"u-{by}",
                "name": by,
                "avatar_url": None,
                "provider": "twitter",
                "badges": [],
            },
            "body": body,
            "status": "published",
            "pinned": False,
            "created_at": moment(minutes=38, seconds=30),
            "edited_at": None,
            "likes": 0,
            "dislikes": 0,
            "reply_count": 0,
            "permalink": f"{self.news}/article#comment-{number}",
            "replies": [],
            "all_replies": [],
        } | more
        if parent:
            root = self.find(parent["root_id"])
            root["all_replies"].append(made)
            root["replies"] = root["all_replies"][:2]
            root["reply_count"] += 1
        else:
            self.comments.insert(0, made)
        self.version += 1
        return made

    def remove(self, comment: Json) -> None:
        """As a moderator does: nothing stands in its place but a tombstone over replies."""
        self.version += 1
        if comment["reply_count"]:
            comment |= {"status": "removed", "author": None, "body": None}
        elif comment["parent_id"]:
            root = self.find(comment["root_id"])
            root["all_replies"].remove(comment)
            root["replies"] = root["all_replies"][:2]
            root["reply_count"] -= 1
        else:
            self.comments.remove(comment)

    def find(self, number: str) -> Json:
        """A comment by id."""
        for root in self.comments:
            for each in (root, *root["all_replies"]):
                if each["id"] == number:
                    found: Json = each
                    return found
        raise KeyError(number)

    @property
    def count(self) -> int:
        """The published comments."""
        return sum(
            each["status"] == "published"
            for root in self.comments
            for each in (root, *root["all_replies"])
        )

    def answer_next(self, method: str, path: str, status: int, /, **body: Any) -> None:
        """Chooses the next answer to a request; a `type` makes it a problem."""
        retry = body.pop("retry_after", None)

        def make() -> Response:
            answer = jsonify(body)
            answer.status_code = status
            if retry:
                answer.headers["Retry-After"] = str(retry)
            return answer

        self.next_answers.setdefault((method, path), deque()).append(make)

    def withhold(self, path: str) -> Callable[[], None]:
        """Keeps answers of a path back; gives what lets them go."""
        coming = self.withheld[path] = threading.Event()
        return coming.set

    def calls(self, method: str, path: str) -> list[Asked]:
        """What was asked of a path."""
        return [each for each in self.asked if (each.method, each.path) == (method, path)]

    def expire_access(self) -> None:
        """Makes every access token run out at the service."""
        self._access.clear()

    def settings(self) -> Json:
        """The site's public settings."""
        return {
            "key": SITE,
            "name": self.name,
            "limit": 250,
            "providers": ["twitter", "facebook"],
            "sorts": ["newest", "oldest", "popular"],
            "languages": ["ko", "en"],
            "edit_window_seconds": self.edit_window,
            "policy_version": 1,
        }


def current() -> Service:
    """The service whose application this is."""
    service: Service = current_app.extensions["service"]
    return service


def service_app(service: Service) -> Flask:
    """The service as a Flask application."""
    app = Flask("stub")
    app.extensions["service"] = service
    app.register_blueprint(blueprint)
    app.register_blueprint(stub)
    return app


@stub.before_app_request
def note() -> Response | None:
    service = current()
    if request.method == "OPTIONS":
        return Response(status=204)
    if request.path.startswith("/widget/"):
        return None
    body = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    service.asked.append(
        Asked(
            request.method,
            request.path,
            request.args.to_dict(),
            dict(request.headers),
            body,
        )
    )
    if service.delay and request.path == "/api/v1/comments":
        time.sleep(service.delay)
    waiting = service.next_answers.get((request.method, request.path))
    return waiting.popleft()() if waiting else None


@stub.after_app_request
def wait(response: Response) -> Response:
    """A withheld answer says what was so when it was asked for."""
    if request.method != "OPTIONS" and (coming := current().withheld.get(request.path)):
        coming.wait(30)
    return response


@stub.after_app_request
def allow(response: Response) -> Response:
    response.headers.pop("Date", None)  # the server writes one, and two are none
    origin = request.headers.get("Origin")
    if origin and not request.path.startswith("/widget/"):
        public = request.method == "GET" and "Authorization" not in request.headers
        response.headers["Access-Control-Allow-Origin"] = "*" if public else origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        response.headers["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, Idempotency-Key"
        )
        response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Date, Retry-After"
    return response


def _problem(status: int, slug: str, **more: Any) -> Response:
    answer = jsonify({"type": f"/problems/{slug}", "title": slug, "status": status} | more)
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def _shown(comment: Json) -> Json:
    return {key: value for key, value in comment.items() if key != "all_replies"}


def _refused() -> Response | None:
    service = current()
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return None if token in service._access else _problem(401, "token-expired")


@stub.get("/api/v1/comments")
def thread() -> Response:
    service = current()
    sort = request.args.get("sort", "newest")
    roots = list(service.comments) if sort != "oldest" else list(reversed(service.comments))
    limit = int(request.args.get("limit", service.page_size))
    start = int(request.args.get("cursor", 0))
    around = request.args.get("around")
    extra: Json = {}
    if around:
        try:
            root_id = service.find(around)["root_id"]
        except KeyError:
            return _problem(404, "not-found")
        index = next(i for i, root in enumerate(roots) if root["id"] == root_id)
        start = index // limit * limit
        extra["previous_cursor"] = str(start - limit) if start else None
    page = roots[start : start + limit]
    answer = jsonify(
        {
            "site": service.settings(),
            "article": {
                "site": SITE,
                "key": request.args["article"],
                "url": None,
                "title": None,
                "comment_count": service.count,
                "status": service.status,
                "version": service.version,
            },
            "sort": sort,
            "comments": [_shown(each) for each in page],
            "next_cursor": str(start + limit) if start + limit < len(roots) else None,
        }
        | extra
    )
    answer.set_etag(f"{service.version}-{request.query_string.decode()}")
    answer.headers["Cache-Control"] = "public, max-age=0"
    answer.make_conditional(request)
    return answer


@stub.get("/api/v1/comments/<number>")
def one(number: str) -> Response:
    service = current()
    try:
        return jsonify(_shown(service.find(number)))
    except KeyError:
        return _problem(404, "not-found")


@stub.get("/api/v1/comments/<number>/replies")
def replies(number: str) -> Response:
    service = current()
    found = [_shown(each) for each in service.find(number)["all_replies"]]
    return jsonify({"items": found, "next_cursor": None})


@stub.get("/api/v1/articles")
def counts() -> Response:
    keys = request.args.getlist("article")
    return jsonify(
        {
            "articles": [
                {"key": key, "comment_count": 1200 if key == "a1" else 1, "status": "open"}
                for key in keys
            ]
        }
    )


@stub.post("/api/v1/comments")
def post() -> Response:
    service = current()
    if refusal := _refused():
        return refusal
    sent = request.get_json()
    parent = service.find(sent["parent_id"]) if sent.get("parent_id") else None
    made = service.comment(
        sent["body"],
        by=service.user["name"],
        reply_to=parent,
        created_at=moment(),
    )
    made["author"] |= {"id": service.user["id"], "provider": service.user["provider"]}
    answer = jsonify(_shown(made))
    answer.status_code = 201
    return answer


@stub.route("/api/v1/comments/<number>", methods=["PATCH", "DELETE"])
def own(number: str) -> Response:
    service = current()
    if refusal := _refused():
        return refusal
    comment = service.find(number)
    if request.method == "DELETE":
        comment["status"] = "deleted"
        return Response(status=204)
    comment |= {"body": request.get_json()["body"], "edited_at": moment()}
    return jsonify(_shown(comment))


@stub.route("/api/v1/comments/<number>/vote", methods=["PUT", "DELETE"])
def vote(number: str) -> Response:
    service = current()
    if refusal := _refused():
        return refusal
    comment = service.find(number)
    if request.method == "PUT":
        comment["likes" if request.get_json()["value"] > 0 else "dislikes"] += 1
    else:
        comment["likes"] -= 1
    return jsonify({"likes": comment["likes"], "dislikes": comment["dislikes"]})


@stub.post("/api/v1/comments/<number>/reports")
@stub.post("/api/v1/me/comments/<number>/appeal")
def accepted(number: str) -> Response:
    return _refused() or Response("{}", 202, content_type="application/json")


@stub.route("/api/v1/me/mutes/<user>", methods=["PUT", "DELETE"])
def mute(user: str) -> Response:
    return _refused() or Response(status=204)


@stub.get("/api/v1/me/overlay")
def overlay() -> Response:
    service = current()
    names = ("votes", "held", "rejected", "muted", "can")
    return _refused() or jsonify({name: getattr(service, name) for name in names})


@stub.get("/api/v1/me/notifications")
def notifications() -> Response:
    service = current()
    unread = sum(not each["read"] for each in service.notifications)
    told = {"items": service.notifications, "unread": unread, "next_cursor": None}
    return _refused() or jsonify(told)


@stub.post("/api/v1/me/notifications/read")
def read() -> Response:
    return _refused() or Response(status=204)


@stub.get("/api/v1/me")
def me() -> Response:
    service = current()
    return _refused() or jsonify({"id": service.user["id"], "suspension": service.suspension})


@stub.get("/oauth/authorize")
def authorize() -> Response:
    service = current()
    query = request.args.to_dict()
    allowed = f"/allow?{urlencode(query)}"
    declined = f"/allow?{urlencode(query | {'error': 'access_denied'})}"
    page = Response(
        f"<title>X</title><a id=allow href='{allowed}'>Allow</a>"
        f"<a id=cancel href='{declined}'>Cancel</a>"
    )
    if service.severs_opener:
        page.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return page


@stub.get("/allow")
def allow_login() -> Response:
    service = current()
    query = request.args
    result = {"state": query["state"], "iss": service.origin}
    if "error" in query or service.login_error:
        result |= service.login_error or {"error": query["error"]}
    else:
        result["code"] = f"code-{next(service._ids)}"
        service._codes[result["code"]] = query.to_dict()
    target = f"{query['redirect_uri']}#{urlencode(result)}"
    if query["response_mode"] == "fragment":
        return _redirect(target)
    origin = service.news
    return Response(
        "<title>Done</title><script>"
        f"const r={result!r}, o={origin!r}, back=()=>location.replace({target!r});"
        "if(window.opener){opener.postMessage({type:'authorization_response',response:r},o);"
        "addEventListener('message',e=>{if(e.origin===o&&e.data.type==="
        "'authorization_response_ack')close()});setTimeout(back,1500)}else back()</script>"
    )


@stub.post("/oauth/token")
def token() -> Response:
    service = current()
    form = request.form
    if form["grant_type"] == "authorization_code":
        if service._codes.pop(form["code"], None) is None:
            return _refuse()
    elif form["refresh_token"] not in service._refresh:
        return _refuse()
    else:
        service._refresh.discard(form["refresh_token"])
    access, refresh = (f"cst_{kind}_{next(service._ids)}" for kind in "ar")
    service._access.add(access)
    service._refresh.add(refresh)
    return jsonify(
        {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": service.access_life,
            "refresh_token": refresh,
            "refresh_expires_in": 1209600,
            "scope": "comment",
            "user": service.user,
        }
    )


@stub.post("/oauth/revoke")
def revoke() -> Response:
    service = current()
    service._refresh.discard(request.form["token"])
    return Response(status=200)


def _refuse() -> Response:
    answer = jsonify({"error": "invalid_grant"})
    answer.status_code = 400
    return answer


def _redirect(target: str) -> Response:
    answer = redirect(target)
    assert isinstance(answer, Response)
    return answer


def newspaper_app(service: Service) -> Flask:
    """A publisher's page, under the strictest policy it can have."""
    app = Flask("news")

    @app.get("/article")
    @app.get("/list")
    def page() -> Response:
        host = service.host
        language = request.args.get("lang", "ko")
        attributes = request.args.get("attributes")
        scheme = request.args.get("scheme", host.scheme)
        tags = host.tags
        if attributes is not None:
            tags = f"<social-comments site={SITE} article=a1 {attributes}></social-comments>"
        name = "social-comments"
        if request.path == "/list":
            name = "count"
            tags = "".join(
                f"<p><social-comments-count site={SITE} article=a{n}>…</social-comments-count>"
                for n in (1, 2, 1)
            )
        script = "<script type=module src=/page.js></script>" if host.script else ""
        body = (
            f"<!doctype html><html lang={language}><head><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width'><title>기사</title>"
            "<link rel=stylesheet href=/page.css><link rel=icon href=data:,>"
            f"<script type=module crossorigin src='{service.origin}/widget/v1/{name}.js'></script>"
            f"</head><body class={scheme}><main><h1>기사 제목</h1>"
            f"<section id=comments><h2>독자 의견</h2>{tags}</section></main>{script}</body></html>"
        )
        answer = Response(body)
        if host.policy is not None:
            own = "'self' " if host.script else ""
            answer.headers["Content-Security-Policy"] = (
                f"{host.policy}script-src {own}{service.origin}; connect-src {service.origin}; "
                "img-src data:"
            )
        answer.headers.update(host.headers)
        return answer

    @app.get("/page.js")
    def script() -> Response:
        return Response(service.host.script, content_type="text/javascript")

    @app.get("/page.css")
    def sheet() -> Response:
        css = (
            "social-comments:not(:defined){display:block;min-block-size:28rem}"
            "body{margin:16px auto;max-width:680px;padding:0 16px}"
            ".light{color-scheme:light}.dark{color-scheme:dark;background:#0d1117;color:#e6edf3}"
        )
        return Response(css + service.host.css, content_type="text/css")

    return app


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: pytest's output is no access log."""


@contextmanager
def running(app: Flask, host: str, *, port: int = 0) -> Iterator[str]:
    """Serves an application on a port, any free one by default; gives its origin."""
    server = make_server("127.0.0.1", port, slowed(app), threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


#: A refusal is an answer; the browser logs it as an error of its own.
_REFUSED = "Failed to load resource: the server responded with a status of 4"


class Reader:
    """Somebody who reads an article in a browser of their own."""

    def __init__(self, service: Service, context: BrowserContext) -> None:
        self.service = service
        self.context = context
        self.complaints: list[str] = []
        #: What this test expects the browser to complain of.
        self.expected: list[str] = [_REFUSED]
        self.page = self.new_page()

    def new_page(self) -> Page:
        """A tab whose console, errors and broken policies are noted."""
        page = self.context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _note(self, message: ConsoleMessage) -> None:
        expected = any(message.text.startswith(each) for each in self.expected)
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(message.text)

    def opens(self, query: str = "", *, page: Page | None = None, fragment: str = "") -> Page:
        """Goes to the article and waits until its comments are there."""
        page = page or self.page
        page.goto(f"{self.service.news}/article?{query}{fragment}")
        page.locator("[part=list]:not([aria-busy])").first.wait_for(state="attached")
        return page

    def logs_in(self, *, page: Page | None = None, button: str = "트위터(X)") -> None:
        """Logs in by the popup; the box is then ready to write in."""
        page = page or self.page
        with self.context.expect_page() as opened:
            page.get_by_role("button", name=button).first.click()
        opened.value.locator("#allow").click()
        page.get_by_role("textbox").first.wait_for()

    def posts(self, text: str, *, page: Page | None = None) -> None:
        """Writes a comment and sends it."""
        page = page or self.page
        page.get_by_role("textbox").first.fill(text)
        page.get_by_role("button", name="등록", exact=True).first.click()
