"""The bytes of a file, unpacked where it is packed, and its lines with their numbers."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from comments_service.importers.records import MalformedFile

GZIP = b"\x1f\x8b"
CHUNK = 64 * 1024
LONGEST_LINE = 4 * 1024 * 1024
MOST_UNPACKED = 64 * 1024**3
"""Bytes. A packed file of a few kilobytes can say that it has no end."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes. Raises `MalformedFile` where it is packed wrongly."""
    with path.open("rb") as raw:
        is_packed = raw.read(2) == GZIP
        raw.seek(0)
        try:
            if is_packed:
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield cast(BinaryIO, unpacked)
            else:
                yield raw
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise MalformedFile(f"The gzip file is broken: {error}.") from None


def chunks(source: BinaryIO) -> Iterator[bytes]:
    """The bytes piece by piece."""
    total = 0
    while piece := source.read(CHUNK):
        total += len(piece)
        if total > MOST_UNPACKED:
            raise MalformedFile("The file is too large when it is unpacked.")
        yield piece


def lines(source: BinaryIO, *, empty: bool = False) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, those that are empty only if asked.

    Raises `MalformedFile` for one that is not UTF-8 or has no end.
    """
    number = total = 0
    while raw := source.readline(LONGEST_LINE + 1):
        number += 1
        total += len(raw)
        if len(raw) > LONGEST_LINE or total > MOST_UNPACKED:
            raise MalformedFile("The line is too long.", line=number)
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise MalformedFile(
                "The line is not UTF-8.", line=number, column=error.start + 1
            ) from None
        if empty or text.strip():
            yield number, text
