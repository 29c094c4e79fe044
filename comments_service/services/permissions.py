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
from comments_service.services.roles import Role


class Permission(StrEnum):
    PUBLIC = "public"
    """Anybody, without a token; the answer is the same for all."""

    WRITE_COMMENTS = "write_comments"
    OWN_COMMENTS = "own_comments"
    VOTE = "vote"
    REPORT = "report"
    OWN_ACCOUNT = "own_account"
    READ_MODERATION = "read_moderation"
    """The queue, and all that is kept of a comment."""

    WRITE_MODERATION = "write_moderation"
    """Decisions, suspensions, notes: what a moderator does to comments and people."""

    READ_PEOPLE = "read_people"
    MANAGE_ROLES = "manage_roles"
    """Who moderates and administers: an admin's session, never a service."""

    READ_POLICIES = "read_policies"
    """Drafts, old versions and word lists; also to try a policy on texts, which changes nothing."""

    WRITE_POLICIES = "write_policies"
    READ_JOBS = "read_jobs"
    """How far long work is; which of it depends on the scope (`services.jobs.SCOPES`)."""

    READ_SITES = "read_sites"
    WRITE_SITES = "write_sites"

    READ_ARTICLES = "read_articles"
    WRITE_ARTICLES = "write_articles"
    """What the publisher's CMS says of an article: its address, title, other keys, status."""

    TRANSFER = "transfer"
    """Imports and exports: every comment of a site in every status."""

    READ_EVENTS = "read_events"
    WRITE_WEBHOOKS = "write_webhooks"

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


def moderator(actor: Actor) -> bool:
    """A person with a role on some site; on which is for the use case to ask."""
    return bool(actor.roles)


def admin(actor: Actor) -> bool:
    """A person who administers some site."""
    return any(own.role is Role.ADMIN for own in actor.roles)


def either(*rules: Rule) -> Rule:
    return lambda actor: any(rule(actor) for rule in rules)


RULES: Mapping[Permission, Rule] = {
    Permission.WRITE_COMMENTS: either(reader, scope("comments:write")),
    Permission.OWN_COMMENTS: either(reader, scope("comments:write")),
    Permission.VOTE: reader,
    Permission.REPORT: reader,
    Permission.OWN_ACCOUNT: reader,
    Permission.READ_MODERATION: either(scope("moderation:read"), moderator),
    Permission.WRITE_MODERATION: either(scope("moderation:write"), moderator),
    Permission.READ_PEOPLE: either(scope("users:read"), moderator),
    Permission.MANAGE_ROLES: admin,
    Permission.READ_POLICIES: either(scope("moderation:read"), moderator),
    Permission.WRITE_POLICIES: either(scope("moderation:write"), moderator),
    Permission.READ_ARTICLES: scope("sites:read"),
    Permission.WRITE_ARTICLES: scope("sites:write"),
    Permission.TRANSFER: scope("transfers:write"),
    Permission.READ_SITES: scope("sites:read"),
    Permission.WRITE_SITES: scope("sites:write"),
    Permission.READ_EVENTS: scope("events:read"),
    Permission.WRITE_WEBHOOKS: scope("webhooks:write"),
    Permission.READ_JOBS: either(scope("moderation:read"), scope("transfers:write"), moderator),
}

FOR_MODERATORS = frozenset(
    {
        Permission.READ_MODERATION,
        Permission.WRITE_MODERATION,
        Permission.READ_PEOPLE,
        Permission.MANAGE_ROLES,
        Permission.READ_POLICIES,
        Permission.WRITE_POLICIES,
        Permission.READ_JOBS,
    }
)
"""What a moderator's session may have. Their cookie opens no other route: to those, somebody who
brings nothing else is nobody."""


def check(actor: Actor, permission: Permission) -> None:
    """Raise `InsufficientScope` unless `actor` has `permission`."""
    if not RULES[permission](actor):
        raise InsufficientScope
