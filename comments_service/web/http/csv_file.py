"""CSV for spreadsheets: one that no cell can make calculate (RFC 4180; CSV injection)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response, stream_with_context

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, in full width as well."""

BOM = "\ufeff"
"""Without it, spreadsheets read Korean as another encoding."""


def cell(value: Any) -> str:
    """A value as a cell's text; an apostrophe stands before what would be a formula."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int | float) or not text.startswith(DANGEROUS):
        return text
    return f"'{text}"


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The rows as lines of a CSV file, which begins with a byte order mark."""
    yield BOM
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([cell(value) for value in row])
        yield line.getvalue()


def download(content: Iterator[str], *, name: str, media_type: str) -> Response:
    """`content` as a file to be saved under `name`, streamed."""
    response = Response(stream_with_context(content), content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
