"""Who can log in: a few people to click on, and anybody whose name is typed."""

import hashlib
import re
import struct
import zlib
from dataclasses import dataclass

NAMES = (
    "김하나",
    "이준호",
    "Grace Park",
    "Daniel Okafor",
    "Maximilian Bartholomew Featherstonehaugh-Whitcombe",
    "🦊 여우비 🌧️",
)
AVATAR_PIXELS = 48


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known to one provider by the name they were given here."""

    provider: str
    name: str

    @property
    def subject(self) -> str:
        """Decimal digits that follow from the provider and the name alone."""
        digest = hashlib.sha256(f"{self.provider}:{self.name}".encode()).hexdigest()
        return str(int(digest[:15], 16))

    @property
    def handle(self) -> str:
        """A user name X would allow: 1 to 15 of `A-Za-z0-9_`."""
        return re.sub(r"[^A-Za-z0-9_]", "", self.name)[:15] or f"reader_{self.subject[-8:]}"


def avatar(subject: str) -> bytes:
    """A small PNG of one colour, the same for the same subject."""
    colour = hashlib.sha256(subject.encode()).digest()[:3]
    rows = (b"\0" + colour * AVATAR_PIXELS) * AVATAR_PIXELS
    header = struct.pack(">IIBBBBB", AVATAR_PIXELS, AVATAR_PIXELS, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )
