"""What a login at X and at Facebook have in common: the session, the token, reading answers."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException, Response

from comments_service.identity.provider import ProviderConfig, ProviderError, Reason
from comments_service.outbound.adapter import GuardedAdapter, guarded
from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import Failure, OutboundError

OUTAGES = frozenset({Failure.TIMEOUT, Failure.UNREACHABLE})
ACCESS_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
SUBJECT = re.compile(r"[0-9]{1,32}")
CODE_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_AVATAR_URL_CHARACTERS = 2048

# Authlib writes the code verifier into a DEBUG line.
logging.getLogger("authlib").setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error in a provider's own words: codes fit for a log, and whether it will pass."""

    codes: Mapping[str, str | int]
    temporary: bool = False


FindProblem = Callable[[int, Mapping[str, Any]], Problem | None]
"""From the HTTP status and the JSON object of an answer to the error in it, if there is one."""


def new_session(config: ProviderConfig, deadline: Deadline, **options: Any) -> OAuth2Session:
    """A session for one login: forgotten with its token, bounded by `deadline`.

    The provider's addresses are the operator's choice, so they may be private ones.
    """
    session = OAuth2Session(
        client_id=config.client_id,
        client_secret=config.client_secret,
        scope=" ".join(config.scopes),
        **options,
    )
    return guarded(session, GuardedAdapter(deadline=deadline, allow_private=True))


@contextmanager
def step(name: str) -> Iterator[None]:
    """Turn whatever the wire, requests and Authlib raise into one `ProviderError`.

    Authlib has no common base for its errors, and adds ValueError and TypeError for an answer
    of an unexpected shape. None of their texts goes on: they may hold what was sent.
    """
    try:
        yield
    except OutboundError as error:
        reason = Reason.UNAVAILABLE if error.failure in OUTAGES else Reason.WRONG_ANSWER
        raise ProviderError(reason, step=name, failure=error.failure.value) from None
    except (AuthlibBaseError, RequestException, ValueError, TypeError) as error:
        failure = type(error).__name__
        raise ProviderError(Reason.WRONG_ANSWER, step=name, failure=failure) from None


def fetch_token(
    session: OAuth2Session,
    config: ProviderConfig,
    find_problem: FindProblem,
    **parameters: str,
) -> Mapping[str, Any]:
    """Exchange an authorization code; `session` then carries the token.

    Returns the token endpoint's answer. Raises `ProviderError`.
    """

    def check(response: Response) -> Response:
        check_token(accepted("token", response, find_problem))
        return response

    # Authlib itself would take any JSON object without `error` for a token, whatever its status.
    session.register_compliance_hook("access_token_response", check)
    with step("token"):
        token: Mapping[str, Any] = session.fetch_token(
            config.token_url, grant_type="authorization_code", **parameters
        )
        return token


def check_token(answer: Mapping[str, Any]) -> None:
    token, kind = answer.get("access_token"), answer.get("token_type")
    if not isinstance(token, str) or not ACCESS_TOKEN.fullmatch(token):
        raise ProviderError(Reason.WRONG_ANSWER, step="token", failure="access_token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise ProviderError(Reason.WRONG_ANSWER, step="token", failure="token_type")


def accepted(name: str, response: Response, find_problem: FindProblem) -> dict[str, Any]:
    """The JSON object in a good answer to step `name`. Raises `ProviderError` for any other."""
    status, answer = response.status_code, json_object(response)
    problem = find_problem(status, answer or {})
    fields = {"step": name, "status": status, **(problem.codes if problem else {})}
    if status == 429 or status >= 500 or (problem and problem.temporary):
        raise ProviderError(Reason.UNAVAILABLE, **fields)
    if status != 200 or answer is None or problem:
        raise ProviderError(Reason.WRONG_ANSWER, **fields)
    return answer


def json_object(response: Response) -> dict[str, Any] | None:
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def checked_subject(value: object) -> str:
    """A subject as the digits it was sent as. Raises `ProviderError`, also for a number:
    a JSON parser may have rounded that."""
    if not isinstance(value, str) or not SUBJECT.fullmatch(value):
        raise ProviderError(Reason.WRONG_ANSWER, step="profile", failure="id")
    return value


def display_text(value: object) -> str:
    """A name as it came, or nothing; lone surrogates, which no database stores, replaced."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", errors="replace").decode()


def avatar_address(value: object) -> str | None:
    right = isinstance(value, str) and value.startswith(("https://", "http://"))
    return str(value) if right and len(str(value)) <= MAX_AVATAR_URL_CHARACTERS else None


def code_word(value: object) -> str | int | None:
    """A provider's code if it is short and plain enough to be logged."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**9 else None
    return value if isinstance(value, str) and CODE_WORD.fullmatch(value) else None


def codes(**values: object) -> dict[str, str | int]:
    """Those of `values` that may be logged."""
    words = {name: code_word(value) for name, value in values.items()}
    return {name: word for name, word in words.items() if word is not None}
