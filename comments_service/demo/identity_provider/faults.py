"""Misbehaviour on demand: what `POST /__control` can switch on."""

import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from urllib.parse import urlsplit, urlunsplit

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

HANG_SECONDS = 30.0
DRIP_SECONDS = 1.0
OVERSIZE_BYTES = 5_000_000
BOMB_BYTES = 32_000_000


class Fault(StrEnum):
    TIMEOUT = "timeout"
    DRIP = "drip"
    SERVER_ERROR = "500"
    HTML = "html"
    OVERSIZE = "oversize"
    GZIP_BOMB = "gzip-bomb"
    REDIRECT = "redirect"
    BAD_JSON = "bad-json"
    RATE_LIMITED = "rate-limited"
    NO_ID = "no-id"
    ID_INT = "id-int"
    SWAP_USER = "swap-user"
    DECLINED = "declined"
    COOP_ALLOW_POPUPS = "coop=same-origin-allow-popups"
    COOP_SAME_ORIGIN = "coop=same-origin"
    COOP_UNSAFE_NONE = "coop=unsafe-none"


COOP = frozenset({Fault.COOP_ALLOW_POPUPS, Fault.COOP_SAME_ORIGIN, Fault.COOP_UNSAFE_NONE})
AT_PROFILE = frozenset({Fault.NO_ID, Fault.ID_INT, Fault.SWAP_USER})
AT_PAGE = frozenset({Fault.DECLINED})
ON_THE_WIRE = frozenset(Fault) - COOP - AT_PROFILE - AT_PAGE


@dataclass(frozen=True, slots=True)
class Setting:
    """One fault switched on; `times` requests are left, or None until it is cleared."""

    provider: str
    fault: Fault
    times: int | None


class Faults:
    """The faults switched on: one for each provider, and one opener policy beside it.

    A fault is spent only by requests it can spoil, so that `no-id` once outlives the token call.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settings: dict[tuple[str, bool], Setting] = {}
        self._cleared = threading.Event()

    def set(self, setting: Setting) -> None:
        with self._lock:
            self._settings[setting.provider, setting.fault in COOP] = setting

    def clear(self) -> None:
        """Switch all off, and let go of the requests kept hanging."""
        with self._lock:
            self._settings.clear()
            self._cleared.set()
            self._cleared = threading.Event()

    def settings(self) -> list[Setting]:
        with self._lock:
            return list(self._settings.values())

    def take(self, provider: str, among: frozenset[Fault]) -> Fault | None:
        """The fault of this provider if it is one of `among`, spent once by this."""
        key = (provider, among <= COOP)
        with self._lock:
            setting = self._settings.get(key)
            if setting is None or setting.fault not in among:
                return None
            if setting.times is not None:
                if setting.times > 1:
                    self._settings[key] = Setting(provider, setting.fault, setting.times - 1)
                else:
                    del self._settings[key]
            return setting.fault

    def hang(self, seconds: float) -> bool:
        """Wait; true if the faults were cleared meanwhile."""
        with self._lock:
            cleared = self._cleared
        return cleared.wait(seconds)


def spoiled(fault: Fault, faults: Faults) -> ResponseReturnValue:
    """The answer under one of the faults that look the same at both providers."""
    match fault:
        case Fault.TIMEOUT:
            faults.hang(HANG_SECONDS)
            return "", 504
        case Fault.DRIP:
            return Response(dripping(faults), mimetype="application/json")
        case Fault.HTML:
            return "<!doctype html><title>Something went wrong</title><p>Something went wrong."
        case Fault.OVERSIZE:
            return Response(b'{"padding":"' + b"x" * OVERSIZE_BYTES, mimetype="application/json")
        case Fault.GZIP_BOMB:
            headers = {"Content-Encoding": "gzip"}
            return Response(gzip_bomb(), mimetype="application/json", headers=headers)
        case Fault.REDIRECT:
            return redirect(elsewhere(), code=307)
        case Fault.BAD_JSON:
            return Response('{"access_token":"cut off he', mimetype="application/json")
        case _:
            raise ValueError(f"{fault} has no answer of its own")


def dripping(faults: Faults) -> Iterator[bytes]:
    """White space, which may precede any JSON, one byte at a time."""
    for _ in range(int(HANG_SECONDS / DRIP_SECONDS)):
        yield b" "
        if faults.hang(DRIP_SECONDS):
            return


@cache
def gzip_bomb() -> bytes:
    """Far too much on this side of the decoder, very little on the other."""
    return gzip.compress(b" " * BOMB_BYTES, compresslevel=9)


def elsewhere() -> str:
    """This server under another host name, so that following the redirect leaves the host."""
    parts = urlsplit(request.host_url)
    host = "localhost" if parts.hostname == "127.0.0.1" else "127.0.0.1"
    address = (parts.scheme, f"{host}:{parts.port or 80}", url_for("elsewhere"), "", "")
    return urlunsplit(address)
