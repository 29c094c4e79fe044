"""The CMS's side of an article: its keys, its address, its status; and two that are one."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from comments_service import clock
from comments_service.services import article_identity, sites
from comments_service.services.article_identity import MOST_ALIASES, ArticleIdentity
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import Moment, Title, Url
from comments_service.web.api.routes import blueprint
from comments_service.web.http import limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Body, Query
from comments_service.web.http.fields import ArticleKey, SiteKey
from comments_service.web.http.idempotency import idempotent
from comments_service.web.http.ready import private_json, ready_json, timestamp


def _within_the_calendar(moment: datetime) -> datetime:
    """In UTC as well, where the first and the last day of the calendar may be missing."""
    if not MINYEAR < moment.year < MAXYEAR:
        raise PydanticCustomError("moment", "must be an RFC 3339 time with an offset")
    return moment


class ArticleQuery(Query):
    article: ArticleKey


class ChangeBody(Body):
    aliases: list[ArticleKey] = Field(default_factory=list, max_length=MOST_ALIASES)
    url: Url | None = None
    title: Title | None = None
    updated_at: Annotated[Moment, AfterValidator(_within_the_calendar)] | None = None
    status: Literal["open", "closed", "premoderated"] = "open"


class MergeBody(Body):
    site: SiteKey
    from_: Annotated[ArticleKey, Field(alias="from")]
    into: ArticleKey


@blueprint.get("/articles/<site:site_key>")
@requires(Permission.READ_ARTICLES)
@blueprint.input(ArticleQuery, location="query")
def read_article(site_key: str, query_data: ArticleQuery) -> Response:
    """Read what the publisher said of an article"""
    site = sites.run_by(current_actor(), site_key)
    return private_json(_identity(article_identity.read(site, query_data.article, now=clock.now())))


@blueprint.patch("/articles/<site:site_key>")
@limits.by_account("writes")
@requires(Permission.WRITE_ARTICLES)
@blueprint.input(ArticleQuery, location="query")
@blueprint.input(ChangeBody)
def change_article(site_key: str, query_data: ArticleQuery, json_data: ChangeBody) -> Response:
    """Say an article's address, title, other keys or status; one that is unknown is made"""
    actor = current_actor()
    site = sites.run_by(actor, site_key)
    said = {name: getattr(json_data, name) for name in json_data.model_fields_set}
    changed = article_identity.change(actor, site, query_data.article, said, now=clock.now())
    return private_json(_identity(changed))


@blueprint.post("/articles/merge")
@limits.by_account("writes")
@requires(Permission.WRITE_ARTICLES)
@idempotent
@blueprint.input(MergeBody)
def merge_articles(json_data: MergeBody) -> Response:
    """Make one article of two: the comments of one move to the other"""
    actor = current_actor()
    site = sites.run_by(actor, json_data.site)
    merged = article_identity.merge(actor, site, json_data.from_, json_data.into, now=clock.now())
    return ready_json(_identity(merged))


def _identity(view: ArticleIdentity) -> dict[str, Any]:
    return {
        **present.article(view.article),
        "aliases": list(view.aliases),
        "updated_at": timestamp(view.updated_at),
    }
