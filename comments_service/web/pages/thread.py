"""An article's thread as a page of its own, complete without JavaScript: read, log in, write.

Nobody logged in: the page is the same for all and shared by caches. A form sent from it is
answered with a redirect, so that nothing is sent twice by reloading; but a text that is refused
comes back in its form, with the reasons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, request
from flask_limiter import RouteLimit

from comments_service import clock
from comments_service.errors import (
    CommentsError,
    Gone,
    InvalidCursor,
    NotFound,
    Unauthenticated,
)
from comments_service.services import articles, comments, page_sessions, sites, threads
from comments_service.services.ids import parse_id
from comments_service.services.page_sessions import PageReader
from comments_service.services.permissions import Permission
from comments_service.services.sites import SiteView
from comments_service.services.threads import Page, Sort
from comments_service.services.views import ArticleView, CommentView, JudgedView, Status
from comments_service.web.http import csrf, cursor, reader_page
from comments_service.web.http.actor import requires
from comments_service.web.http.addresses import public_url
from comments_service.web.http.caching import THREAD, Rendered, public_answer
from comments_service.web.http.limits import limiter, setting
from comments_service.web.http.problems import PROBLEMS
from comments_service.web.pages.routes import blueprint, language, render, with_headers
from comments_service.web.pages.words import NOTICES, SEOUL

COMMENTS_PER_PAGE = 50
REPLIES_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """Some of a thread: roots, or one root with all its replies; `next_cursor` goes on."""

    comments: tuple[CommentView, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A text that was sent and not taken, with the reasons, to be written anew."""

    body: str
    reasons: tuple[str, ...]
    status: int


@blueprint.get("/embed/<site_key>")
@requires(Permission.PUBLIC)
def show_thread(site_key: str) -> Response:
    """An article's thread as a page of its own, for readers without JavaScript"""
    site = sites.get(site_key)
    article = articles.get(site, _article_key(request.args.get("article", "")), now=clock.now())
    reader = reader_page.find_reader(site.id)
    if reader is not None:
        return _private(_html(site, article, reader), site)
    spoken, query = language(), request.args.to_dict()

    def page() -> Rendered:
        return _html(site, article, None).encode(), {}

    # An answer depends on all that its address says, and on whether anybody may log in.
    state = (site, article, spoken, sorted(query.items()), _offered(site))
    response = public_answer(state, page, policy=THREAD, content_type="text/html; charset=utf-8")
    response.vary.update(("Accept-Language", "Cookie"))
    return _finished(response, site)


def form_of_page(view: Callable[..., Response]) -> Callable[..., Response]:
    """A route that a form of the page is sent to, by a reader who is logged in there."""

    @wraps(view)
    def guarded(site_key: str, **path: str) -> Response:
        article = request.form.get("article", "")
        site = sites.get(site_key)
        try:
            reader = reader_page.current_reader()
        except Unauthenticated:
            return _back(site, _article_key(article), notice="log-in-again")
        return view(
            site, articles.get(site, _article_key(article), now=clock.now()), reader, **path
        )

    marked: Any = guarded
    marked.permission = Permission.READER_PAGE
    return guarded


def _is_nobody() -> bool:
    """Nobody is logged in, so there is no account to count for."""
    try:
        reader_page.current_reader()
    except Unauthenticated:
        return True
    return False


def _by_account(name: str) -> RouteLimit:
    return limiter.shared_limit(
        setting(name), scope=name, key_func=reader_page.account_key, exempt_when=_is_nobody
    )


@blueprint.post("/embed/<site_key>/comments")
@_by_account("comments")
@form_of_page
def write(site: SiteView, article: ArticleView, reader: PageReader) -> Response:
    """Post a comment from the page"""
    body = request.form.get("body", "")
    parent = request.form.get("parent_id")
    command = comments.NewComment(
        site=site.key,
        article=article.key,
        body=body,
        parent_id=(parse_id(parent) or -1) if parent else None,
    )
    ask = current_app.extensions["comments_external_filters"]
    try:
        judged = comments.submit(reader.actor, command, now=clock.now(), ask=ask)
    except CommentsError as error:
        problem = PROBLEMS[error.code]
        reason = getattr(problem.help, language()).format_map(error.extra)
        return _refuse(site, article, reader, Refusal(body, (reason,), problem.status))
    if judged.outcome is Status.REJECTED:
        refusal = Refusal(body, _reasons(judged), PROBLEMS["policy-violation"].status)
        return _refuse(site, article, reader, refusal)
    if judged.outcome is Status.HELD:
        return _back(site, article.key, notice="held")
    return _back(site, article.key, fragment=f"comment-{judged.comment.id}", notice="published")


@blueprint.post("/embed/<site_key>/comments/<comment_id>/delete")
@_by_account("writes")
@form_of_page
def take_away(
    site: SiteView, article: ArticleView, reader: PageReader, comment_id: str
) -> Response:
    """Delete one's own comment from the page"""
    comments.delete(reader.actor, parse_id(comment_id) or -1, now=clock.now())
    return _back(site, article.key, notice="deleted")


@blueprint.post("/embed/<site_key>/logout")
@_by_account("writes")
@form_of_page
def log_out(site: SiteView, article: ArticleView, _reader: PageReader) -> Response:
    """End the session on the page"""
    page_sessions.end(reader_page.token() or "", now=clock.now())
    response = _back(site, article.key, notice="logged-out")
    reader_page.forget(response)
    return response


def _html(
    site: SiteView, article: ArticleView, reader: PageReader | None, refusal: Refusal | None = None
) -> str:
    shown = _shown(site, article)
    answered = _answered(shown)
    notice = NOTICES.get(request.args.get("notice", "")) if refusal is None else None
    spoken = language()
    return render(
        "thread.html",
        site=site,
        article=article,
        comments=shown.comments,
        next_cursor=shown.next_cursor,
        one_root=request.args.get("replies"),
        answered=answered,
        reader=reader,
        csrf_token=None if reader is None else csrf.token(reader.token_hash),
        refusal=refusal,
        notice=notice and getattr(notice, spoken),
        providers=_offered(site),
        feed=public_url(f"/feeds/{site.key}/comments.atom"),
        zone=SEOUL,
    )


def _shown(site: SiteView, article: ArticleView) -> Shown:
    """What the address asks for: a page of roots, or one root (`replies`) with its own."""
    root = request.args.get("replies") if request.method == "GET" else None
    place = request.args.get("cursor") if request.method == "GET" else None
    if root is not None:
        return _replies(site, article, parse_id(root), place)
    listing = f"embed:{site.id}:{article.key}"
    after = None if place is None else _position(listing, place)
    found: Page = threads.page(article, Sort.NEWEST, limit=COMMENTS_PER_PAGE, after=after)
    encoded = None if found.next is None else cursor.encode(listing, found.next)
    return Shown(found.comments, encoded)


def _replies(site: SiteView, article: ArticleView, root_id: int | None, place: str | None) -> Shown:
    if root_id is None:
        raise NotFound
    root = threads.get(root_id)
    if (root.site, root.article, root.parent_id) != (site.key, article.key, None):
        raise NotFound
    listing = f"embed-replies:{root.id}"
    after = None if place is None else _position(listing, place)[0]
    found = threads.replies(root.id, limit=REPLIES_PER_PAGE, after=after)
    encoded = None if found.next is None else cursor.encode(listing, [found.next])
    return Shown((threads.with_replies(root, found.items),), encoded)


def _answered(shown: Shown) -> CommentView | None:
    """The comment that the form's text will answer (`reply_to`, or what a form brought back)."""
    asked = request.args.get("reply_to") or request.form.get("parent_id", "")
    number = parse_id(asked)
    if number is None:
        return None
    for root in shown.comments:
        for comment in (root, *root.replies):
            if comment.id == number and comment.body is not None:
                return comment
    try:
        found = threads.get(number)
    except (Gone, NotFound):
        return None
    return found if found.body is not None else None


def _reasons(judged: JudgedView) -> tuple[str, ...]:
    spoken = language()
    return tuple(dict.fromkeys(finding.message[spoken] for finding in judged.findings))


def _refuse(site: SiteView, article: ArticleView, reader: PageReader, refusal: Refusal) -> Response:
    response = _private(_html(site, article, reader, refusal), site)
    response.status_code = refusal.status
    return response


def _private(html: str, site: SiteView) -> Response:
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    return _finished(response, site)


def _finished(response: Response, site: SiteView) -> Response:
    targets = ("'self'", *_authorize_origins(site))
    with_headers(response, form_targets=targets, ancestors=site.origins)
    response.headers["X-Robots-Tag"] = "noindex, follow"
    return response


def _back(site: SiteView, article: str, *, notice: str, fragment: str = "write") -> Response:
    """On to the page; it shows what has become of the form that was sent."""
    spoken = {"lang": request.form["lang"]} if request.form.get("lang") in {"ko", "en"} else {}
    path = reader_page.page_path(site.key, article, notice=notice, **spoken)
    return Response(
        status=303, headers={"Location": f"{path}#{fragment}", "Cache-Control": "no-store"}
    )


def _offered(site: SiteView) -> tuple[str, ...]:
    return site.offers(current_app.extensions["comments_settings"].providers)


def _authorize_origins(site: SiteView) -> list[str]:
    """Chromium holds the redirects that follow a form to the form's `form-action`."""
    settings = current_app.extensions["comments_settings"]
    addresses = (getattr(settings, f"{provider}_authorize_url") for provider in _offered(site))
    origins = [origin for address in addresses if (origin := sites.origin_of(address))]
    return [*origins, "https://m.facebook.com"] if "facebook" in _offered(site) else origins


def _article_key(text: str) -> str:
    if not text.isprintable() or not 0 < len(text) <= 255:
        raise NotFound
    return text


def _position(listing: str, text: str) -> tuple[int, ...]:
    place = cursor.decode(listing, text)
    if not isinstance(place, list):
        raise InvalidCursor
    return tuple(place)
