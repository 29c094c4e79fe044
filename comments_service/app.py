"""The factory: the one file that knows every room."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
import structlog
from apiflask import APIFlask
from flask import Flask, Response, g, request
from pydantic import SecretStr
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from comments_service import clock, logs, metrics
from comments_service.cli import Commands
from comments_service.config import Settings
from comments_service.identity.circuit import Circuit, Places
from comments_service.identity.provider import Provider
from comments_service.identity.publisher import Publishers
from comments_service.models import db
from comments_service.outbound.fetch import Guard
from comments_service.services import warming
from comments_service.services.external_filters import OverHttp
from comments_service.services.freshness import freshness
from comments_service.services.transaction import prepare_engine, read_from
from comments_service.version import __version__
from comments_service.web import api, ops, pages
from comments_service.web.api import present
from comments_service.web.http import hosts, limits, openapi, paths, problem
from comments_service.web.http.admission import Admission
from comments_service.web.http.background import Background
from comments_service.web.http.front import Front
from comments_service.web.http.hosts import Hosts
from comments_service.web.moderator import routes as moderator
from comments_service.web.oauth import routes as oauth
from comments_service.web.widget import routes as widget
from comments_service.webhooks.sending import Sender

MAX_BODY = 64 * 1024
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}

log = structlog.get_logger()


def create_app(settings: Settings | None = None, *, serving: bool = False) -> Flask:
    """Build the WSGI application from `settings`, by default those of the environment. With
    `serving` it is ready for its first request, and does without what only commands need.

    Raises `ConfigurationError` with every reason why it cannot start.
    """
    settings = settings or Settings.load()
    logs.configure(settings.log_level)
    app = APIFlask(
        __name__,
        title="comments_service",
        version=__version__,
        json_errors=False,
        docs_path=None,
        static_folder=None,  # type: ignore[arg-type]  # Flask's own way to have none
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.converters |= paths.CONVERTERS
    app.url_map.merge_slashes = False  # `//` is another address, not a redirect
    app.extensions["comments_settings"] = settings
    app.extensions["comments_providers"] = _providers(settings)
    app.extensions["comments_external_filters"] = OverHttp(
        settings.secret_key.get_secret_value(), allow_private=settings.webhook_allow_private
    )
    app.extensions["comments_webhook_sender"] = Sender(
        settings.secret_key.get_secret_value(), allow_private=settings.webhook_allow_private
    )
    app.extensions["comments_publishers"] = Publishers(
        settings.secret_key.get_secret_value(), allow_private=settings.webhook_allow_private
    )
    app.extensions["comments_render_event"] = present.event
    app.extensions["comments_avatar_guard"] = _avatar_guard(settings)
    app.extensions["comments_background"] = Background(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    _add_database(app, settings)
    if not serving:
        _add_migrations(app)
    trusted = Hosts(settings)
    _add_front(app, settings, trusted)
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(lambda _error: read_from(None))
    problem.register(app)
    hosts.register(app, trusted)
    limits.register(app, settings)
    app.spec_processor(openapi.complete)
    for blueprint in (
        api.blueprint,
        moderator.blueprint,
        oauth.blueprint,
        ops.blueprint,
        pages.blueprint,
        widget.blueprint,
    ):
        app.register_blueprint(blueprint)
    app.cli = Commands(app.name, commands=app.cli.commands)
    if serving:
        warm_up(app)
    return app


def _add_database(app: Flask, settings: Settings) -> None:
    url = make_url(settings.database_url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # A statement's parameters are comments and hashes of tokens: never into an error's text.
    options = {"hide_parameters": True}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options | _pool(settings, url)
    db.init_app(app)
    app.extensions["comments_migrations"] = str(Path(__file__).parent.parent / "migrations")
    with app.app_context():
        prepare_engine(db.engine, sqlite_synchronous=settings.sqlite_synchronous)


def _add_migrations(app: Flask) -> None:
    """`flask db`."""
    from flask_migrate import Migrate  # noqa: PLC0415  Alembic, which no server needs

    Migrate(app, db, directory=app.extensions["comments_migrations"])


def _pool(settings: Settings, url: URL) -> dict[str, Any]:
    """How connections to PostgreSQL are made and how long they may take. Commands, such as
    migrations and the worker, may take their time."""
    if url.get_backend_name() != "postgresql":
        return {}
    seconds = settings.database_timeout_seconds
    limit = 0 if click.get_current_context(silent=True) else int(seconds * 1000)
    return {
        "pool_size": settings.database_pool_size,
        "max_overflow": 0,
        "pool_timeout": seconds,
        "pool_use_lifo": True,
        "connect_args": {
            "connect_timeout": max(2, round(seconds)),
            "tcp_user_timeout": int(seconds * 1000),
            "options": f"-c statement_timeout={limit} -c lock_timeout={limit}",
        },
    }


def warm_up(app: Flask) -> None:
    """Do before the first request what the first readers would wait for. Where the database has no
    answer yet, they wait."""
    with app.app_context():
        try:
            warming.warm_up(now=clock.now())
        except SQLAlchemyError:
            log.warning("not_warmed_up")
        finally:
            db.engine.dispose()  # a server that forks afterwards shares no connection


def _replica(settings: Settings) -> Engine | None:
    if settings.database_replica_url is None:
        return None
    url = make_url(settings.database_replica_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, hide_parameters=True, **_pool(settings, url))
    prepare_engine(engine, sqlite_synchronous=settings.sqlite_synchronous)
    return engine


def _add_front(app: Flask, settings: Settings, trusted: Hosts) -> None:
    """Public reads are answered before Flask sees them, wherever nothing has changed; of the rest,
    so many at a time."""
    app.wsgi_app = Admission(app.wsgi_app, settings)  # type: ignore[method-assign]
    with app.app_context():
        watcher = freshness(db.engine.url, _replica(settings))
        app.extensions["comments_freshness"] = watcher
        if watcher is None:
            return
        event.listen(db.engine, "engine_disposed", lambda _engine: watcher.close())
    kept_bytes = settings.cache_megabytes * 1024 * 1024
    app.wsgi_app = Front(app.wsgi_app, watcher, trusted, kept_bytes=kept_bytes)  # type: ignore[method-assign]


class _Providers(Mapping[str, Provider]):
    """Those that are set up, each made for the first who logs in by it: what speaks to them takes
    a worker ten megabytes and a fifth of a second."""

    def __init__(self, makers: dict[str, Callable[[], Provider]]) -> None:
        self._makers = makers
        self._made: dict[str, Provider] = {}

    def __getitem__(self, name: str) -> Provider:
        return self._made.get(name) or self._made.setdefault(name, self._makers[name]())

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def _providers(settings: Settings) -> Mapping[str, Provider]:
    places = Places(clock=time.monotonic, limit=settings.provider_logins_waiting)
    makers = {"twitter": _x, "facebook": _facebook}
    return _Providers(
        {
            name: partial(make, settings, Circuit(clock=time.monotonic, places=places))
            for name, make in makers.items()
            if name in settings.providers
        }
    )


def _x(settings: Settings, circuit: Circuit) -> Provider:
    from comments_service.identity.x import X, XConfig  # noqa: PLC0415  see `_Providers`

    config = XConfig(
        client_id=settings.twitter_client_id or "",
        client_secret=_plain(settings.twitter_client_secret),
        authorize_url=settings.twitter_authorize_url,
        token_url=settings.twitter_token_url,
        api_url=settings.twitter_api_url,
        deadline_seconds=settings.provider_deadline_seconds,
    )
    return X(config, circuit=circuit)


def _facebook(settings: Settings, circuit: Circuit) -> Provider:
    from comments_service.identity.facebook import (  # noqa: PLC0415  see `_Providers`
        Facebook,
        FacebookConfig,
    )

    config = FacebookConfig(
        client_id=settings.facebook_client_id or "",
        client_secret=_plain(settings.facebook_client_secret),
        authorize_url=settings.facebook_authorize_url,
        token_url=settings.facebook_token_url,
        api_url=settings.facebook_api_url,
        deadline_seconds=settings.provider_deadline_seconds,
        pkce=settings.facebook_pkce,
        proof_time=settings.facebook_proof_time,
    )
    return Facebook(config, circuit=circuit)


def _avatar_guard(settings: Settings) -> Guard:
    """Where pictures may be fetched from; also from the development identity provider, on this
    machine and over http, where that is in use."""
    hosts = frozenset(settings.avatar_hosts)
    if not settings.development_provider_hosts:
        return Guard(hosts=hosts)
    return Guard(
        hosts=hosts | settings.development_provider_hosts,
        schemes=frozenset({"http", "https"}),
        ports=None,
        allow_private=True,
    )


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _begin() -> None:
    """Every line logged while this request is answered carries its id."""
    g.request_id = uuid.uuid4().hex
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id, route=str(request.url_rule))


def _finish(response: Response) -> Response:
    route = str(request.url_rule)
    metrics.REQUEST_SECONDS.labels(route).observe(time.perf_counter() - g.began)
    method = request.method if request.method in METHODS else "other"
    metrics.REQUESTS.labels(method, route, response.status_code).inc()
    response.headers["X-Request-Id"] = g.request_id
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    return response
