"""All authorisation on one page: who may do what.

A route names one `Permission`; `RULES` says which actors have it. What depends on the object
(whose comment, which site) is checked by the use case, which answers `not-found` for whatever the
actor may not know of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from comments_service.errors import InsufficientScope
from comments_service.services.actor import READER_SCOPE, Actor


class Permission(StrEnum):
    PUBLIC = "public"
    """Anybody, without a token; the answer is the same for all."""

    WRITE_COMMENTS = "write_comments"
    OWN_COMMENTS = "own_comments"
    VOTE = "vote"
    REPORT = "report"
    OWN_ACCOUNT = "own_account"
    READ_POLICIES = "read_policies"
    """Drafts, old versions and word lists; also to try a policy on texts, which changes nothing."""

    WRITE_POLICIES = "write_policies"
    READ_JOBS = "read_jobs"
    """How far long work is; which of it depends on the scope (`services.jobs.SCOPES`)."""

    READ_ARTICLES = "read_articles"
    WRITE_ARTICLES = "write_articles"
    """What the publisher's CMS says of an article: its address, title, other keys, status."""

    TRANSFER = "transfer"
    """Imports and exports: every comment of a site in every status."""

    OAUTH = "oauth"
    """The OAuth endpoints authenticate by themselves (RFC 6749): codes, verifiers, secrets."""

    READER_PAGE = "reader_page"
    """A reader's session on the page without JavaScript (`web.http.reader_page`)."""

    STAFF = "staff"
    """A moderator's session on the moderators' pages (`web.http.staff`)."""

    OPERATE = "operate"
    """Operators' pages: on a token of their own or from the machine itself."""


Rule = Callable[[Actor], bool]


def reader(actor: Actor) -> bool:
    """A person who logged in through a provider."""
    return READER_SCOPE in actor.scopes


def scope(name: str) -> Rule:
    """A service client with this scope."""
    return lambda actor: actor.is_service and name in actor.scopes


def either(*rules: Rule) -> Rule:
    return lambda actor: any(rule(actor) for rule in rules)


RULES: Mapping[Permission, Rule] = {
    Permission.WRITE_COMMENTS: either(reader, scope("comments:write")),
    Permission.OWN_COMMENTS: either(reader, scope("comments:write")),
    Permission.VOTE: reader,
    Permission.REPORT: reader,
    Permission.OWN_ACCOUNT: reader,
    Permission.READ_POLICIES: scope("moderation:read"),
    Permission.WRITE_POLICIES: scope("moderation:write"),
    Permission.READ_ARTICLES: scope("sites:read"),
    Permission.WRITE_ARTICLES: scope("sites:write"),
    Permission.TRANSFER: scope("transfers:write"),
    Permission.READ_JOBS: either(scope("moderation:read"), scope("transfers:write")),
}


def check(actor: Actor, permission: Permission) -> None:
    """Raise `InsufficientScope` unless `actor` has `permission`."""
    if not RULES[permission](actor):
        raise InsufficientScope
