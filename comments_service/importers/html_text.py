"""HTML as the text that a reader of it saw: paragraphs, lists and quotes by lines, links kept."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    """
    address article aside blockquote center dd details div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul
    """.split()  # noqa: SIM905  a list of words reads as one
)
_APART = frozenset(
    ["p", "blockquote", "pre", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "figure"]
)
"""What stands with an empty line before and after it."""

_UNREAD = frozenset(
    ["script", "style", "head", "title", "template", "noscript", "iframe", "object"]
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACE_AT_END = re.compile(r" +\n")
_MARGIN = re.compile(r"[\n> -]*")
_WEB = re.compile(r"https?://|mailto:", re.IGNORECASE)
MOST_BREAKS = 2


def to_text(html: str, *, keep_lines: bool = False) -> str:
    """The text of a fragment of HTML. `keep_lines`: line breaks of the source are breaks, as
    where a system makes paragraphs of them when it shows a comment."""
    reader = _Reader(keep_lines=keep_lines)
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self, *, keep_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._keep_lines = keep_lines
        self._parts: list[str] = []
        self._breaks = 0  # to be written before what comes next, if anything does
        self._bullet = ""
        self._unread = 0
        self._preformatted = 0
        self._quotes = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _UNREAD:
            self._unread += 1
        elif tag == "br":
            self._break(self._breaks + 1)
        elif tag in _BLOCKS:
            self._break(2 if tag in _APART else 1)
            self._bullet = "- " if tag == "li" else self._bullet
            self._preformatted += tag == "pre"
            self._quotes += tag == "blockquote"
        elif tag == "a":
            self._links.append((values.get("href") or "", len(self._parts)))
        elif tag == "img":
            self._write(values.get("alt") or values.get("src") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNREAD:  # it has no content to be left out
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag == "a" and self._links:
            self._close_link(*self._links.pop())
        elif tag in _BLOCKS:
            self._break(2 if tag in _APART else 1)
            self._preformatted = max(0, self._preformatted - (tag == "pre"))
            self._quotes = max(0, self._quotes - (tag == "blockquote"))

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        if not self._preformatted and not self._keep_lines:
            self._write(_SPACE.sub(" ", data))
            return
        for number, line in enumerate(data.replace("\r\n", "\n").split("\n")):
            if number:
                self._break(self._breaks + 1)
            self._write(line)

    def text(self) -> str:
        return _SPACE_AT_END.sub("\n", "".join(self._parts).replace("\xa0", " ")).strip()

    def _close_link(self, address: str, began: int) -> None:
        """The address in brackets, unless the words are the address or its beginning."""
        if not _WEB.match(address):
            return
        written = "".join(self._parts[began:])
        margin = _MARGIN.match(written)
        words = written[margin.end() if margin else 0 :].strip()
        shortened = words.rstrip("…").removesuffix("...")
        if not words:
            self._write(address)
        elif shortened and address.rsplit("//", maxsplit=1)[-1].startswith(
            shortened.split("//")[-1]
        ):
            self._parts[began:] = [margin[0] if margin else "", address]
        else:
            self._write(f" ({address})")

    def _break(self, breaks: int) -> None:
        """At least so many line breaks before what comes next."""
        self._breaks = min(max(self._breaks, breaks), MOST_BREAKS)

    def _write(self, text: str) -> None:
        begins_line = self._breaks or not self._parts
        if begins_line and not self._preformatted:
            text = text.lstrip(" ")
        if not text:
            return
        if begins_line:
            breaks = "\n" * self._breaks if self._parts else ""
            self._parts.append(breaks + "> " * self._quotes + self._bullet)
            self._breaks, self._bullet = 0, ""
        self._parts.append(text)


def _bare(address: str) -> str:
    """Without the scheme."""
    return address.rsplit("//", maxsplit=1)[-1]
