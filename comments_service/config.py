"""Settings: read once from the environment, frozen, all mistakes reported together.

Every setting is a `COMMENTS_*` variable; an unknown one is a mistake, since a misspelt limit that
is silently ignored is worse than a service that does not start. `docs/configuration.md` lists them
all (a test holds it to that).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "COMMENTS_"
DEVELOPMENT_SECRET_KEY = "development-secret-key-never-in-production"  # noqa: S105  refused there
DEVELOPMENT_FACEBOOK_APP = "development-facebook-client"
"""That of `make run`, where the identity provider is a program of our own."""

MAKE_RUN = "http://{host}:{port}"
LISTS = {"allowed_hosts", "avatar_hosts", "signing_keys"}
FILE = "_FILE"
MIN_SECRET = 32
COMMENT = re.compile(r"\s#")
"""A shell leaves out what follows; systemd, of whose files it is the value, does not."""
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ConfigurationError(Exception):
    """The settings cannot be used. `mistakes` has one sentence for each, naming its variable."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("Cannot start:\n" + "\n".join(f"  - {mistake}" for mistake in mistakes))


class Settings(BaseSettings):
    """All settings with their defaults. Build with `Settings.load()`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    env: Environment = Environment.DEVELOPMENT
    database_url: str = Field(default_factory=lambda: f"sqlite:///{Path.cwd() / 'var/comments.db'}")
    redis_url: str | None = None
    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET_KEY)
    # What cursors and forms are signed with, the newest first; the secret key where there is none.
    signing_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    public_url: str = MAKE_RUN.format(host="127.0.0.1", port="8000")
    # Besides the public URL's own host; separated by commas.
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    # How many reverse proxies stand in front and set X-Forwarded-For.
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    metrics_token: SecretStr | None = None
    # A copy of a PostgreSQL database that public reads may come from.
    database_replica_url: str | None = None
    database_pool_size: int = Field(default=10, ge=1, le=200)
    database_timeout_seconds: float = Field(default=5.0, gt=0, le=60)
    # Requests of one process that are at work, that wait, and for how long: see admission.py.
    overload_at_work: int = Field(default=8, ge=1, le=1000)
    overload_waiting: int = Field(default=256, ge=0, le=100_000)
    overload_wait_seconds: float = Field(default=2.0, gt=0, le=60)
    sqlite_synchronous: Annotated[str, Field(pattern="^(FULL|NORMAL)$")] = "FULL"
    # What one process may keep of finished answers.
    cache_megabytes: int = Field(default=16, ge=1, le=4096)
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    ratelimit_enabled: bool = True
    ratelimit_comments: str = "10 per minute; 100 per day"
    ratelimit_votes: str = "60 per minute"
    ratelimit_reports: str = "60 per minute"
    ratelimit_logins: str = "60 per minute"
    ratelimit_login_starts: str = "10 per minute"
    ratelimit_refreshes: str = "60 per hour"
    ratelimit_decisions: str = "600 per minute"
    ratelimit_writes: str = "120 per minute"
    ratelimit_staff_logins: str = "5 per minute"
    # Whether moderators give a one-time code after their provider's login.
    staff_totp: Annotated[str, Field(pattern="^(required|optional|off)$")] = "optional"

    twitter_client_id: str | None = None
    twitter_client_secret: SecretStr | None = None
    twitter_authorize_url: str = "https://x.com/i/oauth2/authorize"
    twitter_token_url: str = "https://api.x.com/2/oauth2/token"  # noqa: S105  an address
    twitter_api_url: str = "https://api.x.com/2/"
    facebook_client_id: str | None = None
    facebook_client_secret: SecretStr | None = None
    facebook_authorize_url: str = "https://www.facebook.com/v25.0/dialog/oauth"
    facebook_token_url: str = "https://graph.facebook.com/v25.0/oauth/access_token"  # noqa: S105
    facebook_api_url: str = "https://graph.facebook.com/v25.0/"
    facebook_pkce: bool = False
    facebook_proof_time: bool = False
    provider_deadline_seconds: float = Field(default=8.0, gt=0, le=30)
    # Logins of one process that may wait so long at once; fewer than it has threads.
    provider_logins_waiting: int = Field(default=2, ge=1, le=1000)
    # Where the providers keep pictures; all names below one that begins with a dot.
    avatar_hosts: Annotated[tuple[str, ...], NoDecode] = (
        "pbs.twimg.com",
        "abs.twimg.com",
        "platform-lookaside.fbsbx.com",
        ".fbcdn.net",
    )

    # Where uploads wait for the worker that imports them; all processes must see it.
    import_directory: str = "var/imports"
    import_max_bytes: int = Field(default=2_147_483_648, ge=1024)
    webhook_allow_private: bool = False
    rejected_body_days: int = Field(default=30, ge=1)
    event_days: int = Field(default=90, ge=1)
    delivery_days: int = Field(default=30, ge=1)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
        """Read `environ` (the process's by default); `given` wins over it.

        `COMMENTS_<NAME>_FILE` names a file that the value is in, as systemd's credentials and
        container secrets are. Raises `ConfigurationError` with every mistake at once.
        """
        environ = os.environ if environ is None else environ
        values, mistakes = _read(environ, known=frozenset(cls.model_fields))
        values.setdefault("public_url", _address_of_make_run(environ))
        for field in LISTS & values.keys():
            parts = values.pop(field).replace("\n", ",").split(",")
            given.setdefault(field, tuple(part.strip() for part in parts if part.strip()))
        try:
            settings = cls.model_validate({**values, **given})
        except ValidationError as error:
            mistakes += [
                f"{PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg']}"
                for problem in error.errors(include_input=False, include_url=False)
            ]
            raise ConfigurationError(mistakes) from None
        mistakes += settings.mistakes()
        if mistakes:
            raise ConfigurationError(mistakes)
        return settings

    @property
    def production(self) -> bool:
        return self.env is Environment.PRODUCTION

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers that have a client id and a secret, in the order the box shows them."""
        configured = {
            "twitter": self.twitter_client_id and self.twitter_client_secret,
            "facebook": self.facebook_client_id and self.facebook_client_secret,
        }
        return tuple(provider for provider, complete in configured.items() if complete)

    @property
    def facebook_app(self) -> str:
        """The app that ids of people at Facebook are scoped to. A command that is typed beside
        `make run` has not been told of it, and means the same people."""
        if self.facebook_client_id is None and not self.production:
            return DEVELOPMENT_FACEBOOK_APP
        return self.facebook_client_id or ""

    @property
    def signed_with(self) -> tuple[bytes, ...]:
        """The keys that signatures of cursors and forms may come from; new ones, from the first."""
        keys = self.signing_keys or (self.secret_key,)
        return tuple(key.get_secret_value().encode() for key in keys)

    @property
    def development_provider_hosts(self) -> frozenset[str]:
        """Where the development identity provider is, if this service uses it: on this machine."""
        hosts = {urlsplit(url).hostname for url in (self.twitter_api_url, self.facebook_api_url)}
        return frozenset(LOOPBACK & hosts) if not self.production else frozenset()

    def mistakes(self) -> list[str]:
        """What no single field shows: combinations, and what production refuses."""
        found = []
        public = urlsplit(self.public_url)
        if public.scheme not in {"http", "https"} or not public.netloc or public.path.strip("/"):
            found.append(f"{PREFIX}PUBLIC_URL: must be scheme://host[:port] without a path")
        for provider in ("twitter", "facebook"):
            pair = [getattr(self, f"{provider}_client_{part}") for part in ("id", "secret")]
            if any(pair) and not all(pair):
                found.append(
                    f"{PREFIX}{provider.upper()}_CLIENT_ID and _CLIENT_SECRET: set both or neither"
                )
        replica = self.database_replica_url
        if replica is not None and not (
            replica.startswith("postgresql") and self.database_url.startswith("postgresql")
        ):
            found.append(f"{PREFIX}DATABASE_REPLICA_URL: a replica of PostgreSQL needs PostgreSQL")
        return found + (self._unsafe() if self.production else [])

    def _unsafe(self) -> list[str]:
        """What is fine on one's own machine and refused in production."""
        found = []
        secret = self.secret_key.get_secret_value()
        if secret == DEVELOPMENT_SECRET_KEY or len(secret) < MIN_SECRET:
            found.append(f"{PREFIX}SECRET_KEY: needs 32 random characters or more of your own")
        if any(len(key.get_secret_value()) < MIN_SECRET for key in self.signing_keys):
            found.append(f"{PREFIX}SIGNING_KEYS: each needs 32 random characters or more")
        if not self.public_url.startswith("https://"):
            found.append(f"{PREFIX}PUBLIC_URL: must be https")
        for provider in self.providers:
            for part in ("authorize", "token", "api"):
                url = urlsplit(getattr(self, f"{provider}_{part}_url"))
                if url.scheme != "https" or url.hostname in LOOPBACK:
                    found.append(
                        f"{PREFIX}{provider.upper()}_{part.upper()}_URL: must be https and not on "
                        "this machine (the development identity provider is for development only)"
                    )
        if not self.ratelimit_enabled:
            found.append(f"{PREFIX}RATELIMIT_ENABLED: cannot be off")
        if self.webhook_allow_private:
            found.append(f"{PREFIX}WEBHOOK_ALLOW_PRIVATE: cannot be on")
        return found


def _address_of_make_run(environ: Mapping[str, str]) -> str:
    """Where `make run` puts the service, by the variables that it reads: a command beside it that
    has them too says addresses that are right."""
    return MAKE_RUN.format(host=environ.get("HOST", "127.0.0.1"), port=environ.get("PORT", "8000"))


def _read(environ: Mapping[str, str], *, known: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """The settings in `environ`, from variables and from the files that some name; and what is
    wrong with it."""
    values: dict[str, str] = {}
    mistakes = []
    for name in sorted(name for name in environ if name.startswith(PREFIX)):
        field = name[len(PREFIX) :].lower()
        base = field.removesuffix(FILE.lower())
        if field in known:
            values[field] = environ[name]
            if COMMENT.search(environ[name]):
                mistakes.append(f"{name}: a comment (#) must stand on a line of its own")
        elif base == field or base not in known:
            mistakes.append(f"{name}: there is no such setting")
        elif name.removesuffix(FILE) in environ:
            mistakes.append(f"{name}: {name.removesuffix(FILE)} is set too; keep one of them")
        else:
            try:
                values[base] = Path(environ[name]).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                mistakes.append(f"{name}: there is no readable text file {environ[name]}")
    return values, mistakes
