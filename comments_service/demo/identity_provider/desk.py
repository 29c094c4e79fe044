"""What the requests of one running provider share."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app, g

from comments_service.demo.identity_provider.faults import Faults
from comments_service.demo.identity_provider.grants import Grants
from comments_service.demo.identity_provider.journal import Entry, Journal

X = "twitter"
FACEBOOK = "facebook"
PROVIDERS = (X, FACEBOOK)


@dataclass(frozen=True, slots=True)
class Client:
    """The one application registered with a provider."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Desk:
    clients: Mapping[str, Client]
    grants: Grants
    faults: Faults
    journal: Journal
    now: Callable[[], float]


def clients_from_environment() -> dict[str, Client]:
    """The same variables as the service reads, with defaults that are good for development."""

    def setting(provider: str, what: str) -> str:
        default = f"development-{provider}-{what}"
        kind = "ID" if what == "client" else "SECRET"
        return os.environ.get(f"COMMENTS_{provider.upper()}_CLIENT_{kind}", default)

    return {name: Client(setting(name, "client"), setting(name, "secret")) for name in PROVIDERS}


def desk() -> Desk:
    shared: Desk = current_app.extensions["identity_provider"]
    return shared


def note_authorized(right: bool) -> None:
    """Write down whether the caller proved who it is."""
    entry: Entry = g.journal_entry
    entry.authorized = right
