"""What was committed to a SQLite file is put on the disk, by one sync for all who wait for it.

SQLite itself can sync at each commit (`synchronous = FULL`), but then under its one lock for
writing: a newspaper's writers would wait for the disk one after the other. With `NORMAL` a commit
is in the journal when it returns, and survives the end of the process; this makes it survive the
end of the power as well, before anybody is told of it.
"""

from __future__ import annotations

import os
from pathlib import Path

from comments_service.services.shared_calls import SharedCalls

_sync = getattr(os, "fdatasync", os.fsync)
"""Not every system has the one that leaves out the times of a file."""


class SharedSync:
    """Waits until the journal of the database at `path` is on the disk."""

    def __init__(self, path: str) -> None:
        # SQLite has it beside the file itself, wherever links to that may be.
        self._journal = Path(f"{os.path.realpath(path)}-wal")
        self._calls = SharedCalls(_put_on_disk)

    def wait(self) -> None:
        """Return once all that this thread has committed is on the disk. Raises `OSError` where
        the disk fails."""
        self._calls(self._journal)


def _put_on_disk(path: Path) -> None:
    try:
        # Anew each time: SQLite deletes the journal with its last connection and makes another.
        journal = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return  # all of it has gone into the database, which SQLite syncs itself
    try:
        _sync(journal)
    finally:
        os.close(journal)
