"""JSON lines with a request id; never a comment's body, a token or an address.

Call `structlog.get_logger()` anywhere and log events by name with plain values:
`log.info("comment_submitted", comment_id=…, status=…)`. What must not be logged is not passed.
"""

from __future__ import annotations

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Send structlog and the standard library's loggers to standard error, one JSON line each."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # At DEBUG, Authlib writes the PKCE verifier and urllib3 the query with the authorization code;
    # that, urllib3 does at WARNING too, where a provider's header is malformed.
    for talkative in ("authlib", "requests_oauthlib"):
        logging.getLogger(talkative).setLevel(max(logging.INFO, root.level))
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # At INFO it writes the address, or the user, that came too often.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
