"""Files of other systems, and files that are nothing at all."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.importers.records import (
    STATUSES,
    ImportedArticle,
    ImportedComment,
    ImportedVote,
    Importer,
    MalformedFile,
    Skipped,
)
from comments_service.services import import_texts, names
from comments_service.services.imports import IMPORTERS
from tests import exports
from tests.fuzz.spoiling import MANY, spoilt

pytestmark = [pytest.mark.soak, pytest.mark.slow]

JSONL = "\n".join(
    json.dumps(line, ensure_ascii=False)
    for line in (
        {"type": "site", "key": "demo"},
        {"type": "article", "key": "a", "url": "https://news.example/a", "aliases": ["b"]},
        {"type": "user", "id": "1", "name": "김하나", "provider": "twitter", "lang": "ko"},
        {
            "type": "comment",
            "id": "9",
            "article": "a",
            "author_id": "1",
            "body": "맑은 날",
            "status": "published",
            "created_at": "2026-01-01T00:00:00Z",
            "likes": 3,
            "parent_id": None,
            "edited_at": None,
            "pinned": True,
        },
        {
            "type": "vote",
            "comment_id": "9",
            "user_id": "1",
            "value": 1,
            "created_at": "2026-01-01T00:00:00Z",
        },
    )
)


def _sound(format_: str, path: Path) -> bytes:
    makers: dict[str, Callable[[Path], Path]] = {
        "disqus": lambda to: exports.write(to, exports.DISQUS),
        "wordpress": exports.wxr,
        "remark42": exports.remark42,
        "isso": exports.isso,
        "csv": lambda to: exports.write(to, exports.CSV),
        "jsonl": lambda to: exports.write(to, JSONL),
    }
    raw = makers[format_](path).read_bytes()
    return gzip.decompress(raw) if format_ == "remark42" else raw


def _read(importer: Importer, path: Path) -> None:
    """What comes out of a file is fit to be kept, or told with its place."""
    try:
        for item in importer(path):
            match item:
                case ImportedComment():
                    assert item.status in STATUSES
                    assert item.created_at.tzinfo is not None
                    assert item.likes >= 0
                    assert item.article.key
                    assert 0 < len(names.clean(item.author.name)) <= names.LONGEST
                    text = import_texts.prepared(item)
                    if isinstance(text, import_texts.Text):
                        text.body.encode()
                case ImportedVote():
                    assert item.value in {1, -1}
                case ImportedArticle() | Skipped():
                    pass
    except MalformedFile:
        return  # told with its place


@pytest.mark.parametrize("format_", sorted(IMPORTERS))
def test_any_file_is_read_or_refused(format_: str, tmp_path: Path) -> None:
    sound, path = _sound(format_, tmp_path / "sound"), tmp_path / "file"

    @MANY
    @given(spoilt(sound) | spoilt(gzip.compress(sound, mtime=0)) | st.binary(max_size=300))
    def read(raw: bytes) -> None:
        path.write_bytes(raw)
        _read(IMPORTERS[format_], path)

    path.write_bytes(sound)
    _read(IMPORTERS[format_], path)
    read()


@pytest.mark.parametrize("format_", sorted(IMPORTERS))
@pytest.mark.parametrize("other", sorted(IMPORTERS))
def test_a_file_of_another_system_is_refused_or_empty(
    format_: str, other: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(_sound(other, tmp_path / "sound"))
    _read(IMPORTERS[format_], path)
