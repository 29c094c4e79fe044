"""The Flask app of the development identity provider, and the server that runs it."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, abort, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from comments_service.demo.identity_provider import facebook, people, x
from comments_service.demo.identity_provider.desk import (
    PROVIDERS,
    Client,
    Desk,
    clients_from_environment,
    desk,
)
from comments_service.demo.identity_provider.faults import Fault, Faults, Setting
from comments_service.demo.identity_provider.grants import Grants
from comments_service.demo.identity_provider.journal import Journal

# No form-action: browsers hold redirects after a form to it, and the way back leads through the
# service to any publisher's page.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(
    *, clients: Mapping[str, Client] | None = None, now: Callable[[], float] = time.time
) -> Flask:
    """The app; `clients` by provider name, from the environment by default.

    `now` returns seconds since the epoch, for codes and proofs that expire.
    """
    app = Flask(__name__)
    app.extensions["identity_provider"] = Desk(
        clients=clients or clients_from_environment(),
        grants=Grants(now),
        faults=Faults(),
        journal=Journal(),
        now=now,
    )
    app.before_request(write_journal)
    app.after_request(harden)
    app.register_blueprint(x.blueprint)
    app.register_blueprint(facebook.blueprint)
    app.add_url_rule("/", view_func=home)
    app.add_url_rule("/avatars/<filename>", view_func=avatar)
    app.add_url_rule("/__elsewhere", view_func=elsewhere, methods=["GET", "POST"])
    app.add_url_rule("/__control", view_func=show_faults)
    app.add_url_rule("/__control", view_func=set_fault, methods=["POST"])
    app.add_url_rule("/__control", view_func=clear_faults, methods=["DELETE"])
    app.add_url_rule("/__journal", view_func=show_journal)
    app.add_url_rule("/__journal", view_func=clear_journal, methods=["DELETE"])
    return app


class SilentRequestHandler(WSGIRequestHandler):
    """Writes no access log: its lines would hold codes and states."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def create_server(app: Flask, *, host: str = "127.0.0.1", port: int = 0) -> BaseWSGIServer:
    """A threaded server bound to `host` and `port` (0: any free one, see its `port`)."""
    return make_server(host, port, app, threaded=True, request_handler=SilentRequestHandler)


def write_journal() -> None:
    if not request.path.startswith(("/__control", "/__journal", "/static/", "/avatars/")):
        g.journal_entry = desk().journal.open(request)


def harden(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def home() -> str:
    return render_template("home.html")


def avatar(filename: str) -> Response:
    """A picture for any subject, in any of X's sizes."""
    asked = re.fullmatch(r"(\d{1,32})(_normal|_bigger|_400x400)?\.png", filename, re.ASCII)
    if asked is None:
        abort(404)
    return Response(people.avatar(asked[1]), mimetype="image/png")


def elsewhere() -> ResponseReturnValue:
    """Where the fault `redirect` points; whoever comes here followed it."""
    return jsonify(error="nobody should have followed the redirect"), 418


def show_faults() -> Response:
    return jsonify(
        faults=[
            {"provider": setting.provider, "fault": setting.fault, "times": setting.times}
            for setting in desk().faults.settings()
        ]
    )


def set_fault() -> ResponseReturnValue:
    """Takes JSON only, which a foreign page cannot send here without a preflight."""
    try:
        setting = read_setting(request.get_json())
    except (KeyError, TypeError, ValueError) as wrong:
        return jsonify(error=f"{type(wrong).__name__}: {wrong}"), 400
    desk().faults.set(setting)
    return show_faults()


def read_setting(wish: dict[str, Any]) -> Setting:
    """Raises KeyError, TypeError or ValueError for anything but provider, fault and times."""
    provider, fault, times = wish["provider"], Fault(wish["fault"]), wish.get("times")
    if provider not in PROVIDERS:
        raise ValueError(f"provider is one of {', '.join(PROVIDERS)}")
    if times is not None and not (isinstance(times, int) and times > 0):
        raise ValueError("times is a whole number above 0, or absent")
    return Setting(provider, fault, times)


def clear_faults() -> Response:
    desk().faults.clear()
    return show_faults()


def show_journal() -> Response:
    return jsonify(requests=desk().journal.entries())


def clear_journal() -> Response:
    desk().journal.clear()
    return show_journal()
