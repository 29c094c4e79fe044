"""By which key an article is to be known here, going by what it was called elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from comments_service.importers.records import BadRecord, ImportedArticle
from comments_service.text import addresses

LONGEST_KEY = 255
LONGEST_URL = 2048
LONGEST_TITLE = 500


def article(names: Iterable[str | None], *, url: str | None, title: str | None) -> ImportedArticle:
    """The first of `names` that can be a key, with the others as aliases; addresses among them
    are cleaned. Raises `BadRecord` where none can."""
    keys = list(dict.fromkeys(key for name in names if name and (key := _key(name))))
    if not keys:
        raise BadRecord("no_article", "The article has neither an identifier nor an address.")
    address = addresses.clean(url) if url else None
    return ImportedArticle(
        key=keys[0],
        url=address if address and len(address) <= LONGEST_URL else None,
        title=" ".join((title or "").split())[:LONGEST_TITLE] or None,
        aliases=tuple(keys[1:]),
    )


def _key(name: str) -> str | None:
    key = addresses.clean(name.strip())
    return key if key.isprintable() and 0 < len(key) <= LONGEST_KEY else None
