"""What passes for a picture. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

import struct

import pytest

from comments_service.demo.identity_provider import people
from comments_service.services import pictures
from comments_service.services.pictures import PictureRefused

END_OF_PNG = b"\0\0\0\0IEND\xaeB`\x82"
JFIF = b"\xff\xe0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0"
TABLES = b"\xff\xc4\0\x04\0\0"


def png(width: int = 48, height: int = 48, inside: bytes = b"") -> bytes:
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)
    return head + b"\x08\x02\0\0\0\0\0\0\0" + inside + END_OF_PNG


def gif(width: int = 48, height: int = 48, inside: bytes = b"") -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0" + inside + b";"


def jpeg(width: int = 48, height: int = 48, inside: bytes = b"", frame: int = 0xC2) -> bytes:
    size = struct.pack(">HH", height, width)
    sof = bytes((0xFF, frame)) + b"\0\x0b\x08" + size + b"\x01\x01\x11\0"
    return b"\xff\xd8" + JFIF + TABLES + sof + inside + b"\xff\xd9"


def webp(kind: bytes, payload: bytes) -> bytes:
    chunk = b"WEBP" + kind + struct.pack("<I", len(payload)) + payload
    return b"RIFF" + struct.pack("<I", len(chunk)) + chunk


def lossy(width: int = 48, height: int = 48) -> bytes:
    return webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height) + b"\0" * 8)


def lossless(width: int = 48, height: int = 48) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", width - 1 | (height - 1) << 14) + b"\0" * 8)


def extended(width: int = 48, height: int = 48) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp(b"VP8X", b"\0\0\0\0" + sides)


EVERY_KIND = (png, gif, jpeg, lossy, lossless, extended)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (people.avatar("1"), "image/png"),
        (png(1024, 1024), "image/png"),
        (gif(1, 1024), "image/gif"),
        (jpeg(1024, 1), "image/jpeg"),
        (jpeg(frame=0xC0), "image/jpeg"),
        (lossy(1024, 1024), "image/webp"),
        (lossless(1024, 1024), "image/webp"),
        (extended(1024, 1024), "image/webp"),
    ],
)
def test_a_picture_is_what_its_bytes_say(content: bytes, media_type: str) -> None:
    picture = pictures.check(content)
    assert (picture.content, picture.media_type) == (content, media_type)


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize(("width", "height"), [(1025, 1), (1, 1025)])
def test_too_many_pixels_are_refused(kind: object, width: int, height: int) -> None:
    """73."""
    assert callable(kind)
    with pytest.raises(PictureRefused, match="too many pixels"):
        pictures.check(kind(width, height))


def test_a_bomb_of_a_png_is_refused_by_its_header() -> None:
    """73."""
    with pytest.raises(PictureRefused, match="too many pixels"):
        pictures.check(png(20_000, 20_000))
    with pytest.raises(PictureRefused, match="too many pixels"):
        pictures.check(png(0, 0))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"BM" + b"\0" * 60,
        b"RIFF\x04\0\0\0WEBP",
        webp(b"ALPH", b"\0" * 20),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + JFIF + b"\xff\xd9",
        png()[:20],
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    """73."""
    with pytest.raises(PictureRefused):
        pictures.check(content)


@pytest.mark.parametrize("kind", [png, gif, jpeg])
@pytest.mark.parametrize("payload", [b"<script>alert(1)</script>", b"<SVG onload=alert(1)>"])
def test_a_picture_with_markup_inside_is_refused(kind: object, payload: bytes) -> None:
    """73."""
    assert callable(kind)
    with pytest.raises(PictureRefused, match="markup"):
        pictures.check(kind(inside=payload))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_picture_with_another_file_behind_it_is_refused(kind: object) -> None:
    """73."""
    assert callable(kind)
    with pytest.raises(PictureRefused, match="behind its end"):
        pictures.check(kind() + b"PK\x03\x04 an archive")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_picture_cut_anywhere_is_refused_and_no_error(kind: object) -> None:
    assert callable(kind)
    content = kind()
    for length in range(len(content)):
        with pytest.raises(PictureRefused):
            pictures.check(content[:length])
