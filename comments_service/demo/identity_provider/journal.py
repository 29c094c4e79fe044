"""What this provider was asked, for tests to look at; names only, and never on disk."""

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from flask import Request

KEPT = 1000


@dataclass(slots=True)
class Entry:
    """One request: which headers and parameters came, not what was in them.

    `authorized` says whether the client, the token and its proof were right; None where
    nothing was checked.
    """

    method: str
    path: str
    headers: list[str]
    parameters: list[str]
    authorized: bool | None = None


class Journal:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def open(self, request: Request) -> Entry:
        """A line for this request, there before it is answered."""
        entry = Entry(
            method=request.method,
            path=request.path,
            headers=sorted({name for name, _ in request.headers}),
            parameters=sorted({*request.args, *request.form}),
        )
        with self._lock:
            self._entries.append(entry)
        return entry

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
