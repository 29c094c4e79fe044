"""Pictures: what a file says it is in its first bytes, believed only where its last ones agree.

Nothing is decoded here: that is the browser's work, and decoders are what attackers aim at.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

LARGEST_SIDE = 1024
"""Pixels; more would make a small file a burden on whoever shows it."""

Size = tuple[int, int]

# Markup inside a picture is for a program that reads it as something else (a polyglot).
_MARKUP = re.compile(rb"<(?:!doctype|html|script|svg|\?php)", re.IGNORECASE)
_PNG_END = b"IEND\xaeB`\x82"
_JPEG_WITHOUT_SIZE = {0xC4, 0xC8, 0xCC}


class PictureRefused(Exception):
    """Not a picture that is fit to be shown; its text says why, without anything of the file."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that is a picture and nothing else besides."""

    content: bytes
    media_type: str


def check(content: bytes) -> Picture:
    """`content` as a picture of at most 1024 × 1024 pixels. Raises `PictureRefused`."""
    media_type, size = _recognised(content)
    if not all(0 < side <= LARGEST_SIDE for side in size):
        raise PictureRefused("too many pixels")
    if _MARKUP.search(content):
        raise PictureRefused("holds markup")
    return Picture(content, media_type)


def _recognised(content: bytes) -> tuple[str, Size]:
    for media_type, measure in _MEASURES.items():
        try:
            size = measure(content)
        except (struct.error, IndexError):
            raise PictureRefused("cut off") from None
        if size is not None:
            return media_type, size
    raise PictureRefused("unknown format")


def _png(content: bytes) -> Size | None:
    """https://www.w3.org/TR/png-3/ sections 5.2 and 11.2.1."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR":
        return None
    _refuse_unless(content.endswith(_PNG_END))
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _gif(content: bytes) -> Size | None:
    """GIF89a specification, sections 17, 18 and 27."""
    if not content.startswith((b"GIF87a", b"GIF89a")):
        return None
    _refuse_unless(content.endswith(b";"))
    width, height = struct.unpack_from("<HH", content, 6)
    return width, height


def _webp(content: bytes) -> Size | None:
    """RFC 9649 sections 2.4 to 2.7: lossy, lossless and extended files."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    _refuse_unless(struct.unpack_from("<I", content, 4)[0] + 8 == len(content))
    match content[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", content, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            bits = struct.unpack_from("<I", content, 21)[0]
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            width = int.from_bytes(content[24:27], "little")
            height = int.from_bytes(content[27:30], "little")
            return width + 1, height + 1
    raise PictureRefused("unknown format")


def _jpeg(content: bytes) -> Size | None:
    """ITU-T T.81 annex B: the frame header is behind any number of other segments."""
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    _refuse_unless(content.endswith(b"\xff\xd9"))
    place = 2
    while content[place] == 0xFF:
        marker, length = struct.unpack_from(">BH", content, place + 1)
        if 0xC0 <= marker <= 0xCF and marker not in _JPEG_WITHOUT_SIZE:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        place += 2 + length
    raise PictureRefused("unknown format")


def _refuse_unless(ends_where_it_says: bool) -> None:
    if not ends_where_it_says:
        raise PictureRefused("goes on behind its end")


_MEASURES: dict[str, Callable[[bytes], Size | None]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/gif": _gif,
}
