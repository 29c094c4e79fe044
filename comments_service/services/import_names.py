"""What things of an export file are called here: digests for finding them again, articles' keys."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from comments_service.errors import FieldError, InvalidRequest
from comments_service.importers.records import ImportedArticle
from comments_service.services.sites import SiteView, origin_of
from comments_service.text import addresses

DIGEST_BYTES = 16
MOST_MAPPED = 100_000
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Names:
    """Names within one site and format. `url_map` is from any name of an article in the file to its
    key here; `pepper`, the service's secret, keys what people are called, which may be addresses
    of theirs."""

    site: SiteView
    format: str
    pepper: str
    url_map: Mapping[str, str]

    def comment(self, source: str) -> str:
        return _digest(f"{self.format}\0{source}", b"")

    def author(self, source: str) -> str:
        key = blake2b(self.pepper.encode(), digest_size=32).digest()
        return _digest(f"{self.format}\0{source}", key)

    def article(self, found: ImportedArticle) -> ImportedArticle:
        """The article as it is to be known here: mapped, and with an address only on one of the
        site's own origins."""
        if found.key.startswith("/") and self.site.origins and found.url is None:
            url = addresses.clean(self.site.origins[0] + found.key)
            found = replace(found, url=url, aliases=(*found.aliases, url))
        if found.url is not None and not self.site.allows_origin(origin_of(found.url)):
            found = replace(found, url=None)
        for name in (found.key, *found.aliases, found.url):
            if name is not None and name in self.url_map:
                others = (key for key in (found.key, *found.aliases) if key != name)
                return replace(found, key=self.url_map[name], aliases=tuple(others))
        return found


def parse_url_map(text: str) -> dict[str, str]:
    """A map as it is sent: CSV of two columns, an article's address or identifier in the file and
    its key here. Raises `InvalidRequest` with the line."""
    found: dict[str, str] = {}
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        for row in reader:
            if not row:
                continue
            if len(row) != 2 or not _is_key(row[1].strip()) or len(found) >= MOST_MAPPED:
                raise _wrong_map(reader.line_num)
            found[row[0].strip()] = found[addresses.clean(row[0].strip())] = row[1].strip()
    except csv.Error:
        raise _wrong_map(reader.line_num) from None
    return found


def _is_key(text: str) -> bool:
    return text.isprintable() and 0 < len(text) <= LONGEST_KEY


def _wrong_map(line: int) -> InvalidRequest:
    wrong = FieldError(
        "/url_map",
        "Each line has an address and an article's key, with a comma between.",
        ko="각 줄은 주소와 기사 키를 쉼표로 나누어 적습니다.",
        line=line,
    )
    return InvalidRequest(errors=(wrong,))


def _digest(text: str, key: bytes) -> str:
    raw = text.encode("utf-8", "surrogatepass")
    return blake2b(raw, digest_size=DIGEST_BYTES, key=key).hexdigest()
