"""The Flask app of the demo newspaper."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from comments_service.demo.newspaper import dates
from comments_service.demo.newspaper.edition import Language, Section, load_edition
from comments_service.demo.newspaper.gallery import load_gallery

SITE = "demo"
THEMES = ("light", "dark")

# All the box asks of a publisher's page: the service's scripts, API and pictures. Its style needs
# no permission, its text no Trusted Types policy. `{service}` is an origin.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' {service}; connect-src {service}; "
    "img-src 'self' data: {service}; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


def create_app(*, comments_url: str = "http://127.0.0.1:8000") -> Flask:
    """The app; `comments_url` is where readers' browsers find the comments service."""
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["COMMENTS_URL"] = comments_url.rstrip("/")
    app.extensions["editions"] = {language: load_edition(language) for language in Language}

    in_language = f"/<any({', '.join(Language)}):language>"
    app.add_url_rule("/", view_func=front_page, defaults={"language": Language.EN})
    app.add_url_rule(f"{in_language}/", view_func=front_page)
    app.add_url_rule(f"{in_language}/sections/<section>", view_func=section_page)
    app.add_url_rule(f"{in_language}/articles/<key>", view_func=article_page)
    app.add_url_rule(f"{in_language}/gallery", view_func=gallery_page)
    app.add_url_rule(f"{in_language}/gallery/<state>", view_func=gallery_page)
    app.register_error_handler(NotFound, no_such_page)

    app.url_value_preprocessor(choose_edition)
    app.url_defaults(stay_in_edition)
    app.context_processor(furniture)
    for date in (dates.masthead_date, dates.dateline, dates.short_date):
        app.add_template_filter(date)
    app.after_request(harden)
    return app


def choose_edition(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the language out of the address, and the theme out of the query."""
    # An address without a page has no values, but may still be a Korean reader's.
    korean = request.path.startswith("/ko/")
    language = (values or {}).pop("language", Language.KO if korean else Language.EN)
    g.edition = current_app.extensions["editions"][language]
    theme = request.args.get("theme")
    g.theme = theme if theme in THEMES else None


def stay_in_edition(endpoint: str, values: dict[str, Any]) -> None:
    """A link leads to the reader's own language and theme unless it says otherwise."""
    if current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values.setdefault("language", g.edition.language)
        values.setdefault("theme", g.theme)


def furniture() -> dict[str, Any]:
    """What every page shows around its content."""
    return {
        "edition": g.edition,
        "words": g.edition.words,
        "language": g.edition.language,
        "theme": g.theme,
        "themes": (None, *THEMES),
        "sections": tuple(Section),
        "site": SITE,
        "comments_url": current_app.config["COMMENTS_URL"],
        "this_page": this_page,
    }


def this_page(**changes: Any) -> str:
    """The address of the page being shown, in another language or theme."""
    return url_for(request.endpoint or "front_page", **((request.view_args or {}) | changes))


def front_page() -> str:
    return render_template("front.html")


def section_page(section: str) -> str:
    if section not in tuple(Section):
        abort(HTTPStatus.NOT_FOUND)
    return render_template("section.html", section=Section(section))


def article_page(key: str) -> str:
    if key not in g.edition.articles:
        abort(HTTPStatus.NOT_FOUND)
    return render_template("article.html", article=g.edition.articles[key])


def gallery_page(state: str | None = None) -> str:
    gallery = load_gallery(g.edition.language)
    chosen = gallery.named(state) if state else None
    if state and not chosen:
        abort(HTTPStatus.NOT_FOUND)
    return render_template("gallery.html", gallery=gallery, chosen=chosen)


def no_such_page(_error: NotFound) -> ResponseReturnValue:
    return render_template("not_found.html"), HTTPStatus.NOT_FOUND


def harden(response: Response) -> Response:
    service = urlsplit(current_app.config["COMMENTS_URL"])
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.format(
        service=f"{service.scheme}://{service.netloc}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response
