"""What was committed to a SQLite file is put on the disk, by one sync for all who wait for it.

SQLite itself can sync at each commit (`synchronous = FULL`), but then under its one lock for
writing: a newspaper's writers would wait for the disk one after the other. With `NORMAL` a commit
is in the journal when it returns, and survives the end of the process; this makes it survive the
end of the power as well, before anybody is told of it.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

_sync = getattr(os, "fdatasync", os.fsync)
"""Not every system has the one that leaves out the times of a file."""


class SharedSync:
    """Waits until the journal of the database at `path` is on the disk."""

    def __init__(self, path: str) -> None:
        self._journal = Path(f"{path}-wal")
        self._changed = threading.Condition()
        self._asked = 0
        self._done = 0
        self._is_syncing = False

    def wait(self) -> None:
        """Return once all that this thread has committed is on the disk.

        Whoever comes while a sync runs may be too late for it, and shares the next with all who
        came meanwhile. Raises `OSError` where the disk fails.
        """
        with self._changed:
            self._asked += 1
            mine = self._asked
            self._changed.wait_for(lambda: self._done >= mine or not self._is_syncing)
            if self._done >= mine:
                return
            self._is_syncing = True
            included = self._asked
        try:
            self._sync()
            with self._changed:
                self._done = max(self._done, included)
        finally:
            with self._changed:
                self._is_syncing = False
                self._changed.notify_all()

    def _sync(self) -> None:
        try:
            # Anew each time: SQLite deletes the journal with its last connection and makes another.
            journal = os.open(self._journal, os.O_RDONLY)
        except FileNotFoundError:
            return  # all of it has gone into the database, which SQLite syncs itself
        try:
            _sync(journal)
        finally:
            os.close(journal)
