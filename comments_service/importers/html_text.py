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
_LONE_SPACES = re.compile(r" *\n *")
_WEB = re.compile(r"https?://|mailto:", re.IGNORECASE)


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
        self._unread = 0
        self._preformatted = 0
        self._quotes = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _UNREAD:
            self._unread += 1
        elif tag == "br":
            self._break(1)
        elif tag in _BLOCKS:
            self._break(2 if tag in _APART else 1)
            self._open_block(tag)
        elif tag == "a":
            self._links.append((values.get("href") or "", len(self._parts)))
        elif tag == "img":
            self._write(values.get("alt") or values.get("src") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNREAD:  # an element of a feed, not of HTML: it has no content to skip
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag == "a" and self._links:
            self._close_link(*self._links.pop())
        elif tag in _BLOCKS and tag != "hr":
            if tag == "pre":
                self._preformatted = max(0, self._preformatted - 1)
            if tag == "blockquote":
                self._quotes = max(0, self._quotes - 1)
            self._break(2 if tag in _APART else 1)

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        if self._preformatted or self._keep_lines:
            for number, line in enumerate(data.replace("\r\n", "\n").split("\n")):
                if number:
                    self._parts.append("\n" + self._margin())
                self._write(line)
        else:
            self._write(_SPACE.sub(" ", data))

    def text(self) -> str:
        joined = _LONE_SPACES.sub("\n", "".join(self._parts).replace("\xa0", " "))
        return re.sub(r"\n{3,}", "\n\n", joined).strip()

    def _open_block(self, tag: str) -> None:
        if tag == "li":
            self._write("- ")
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "blockquote":
            self._quotes += 1
            self._write("> ")

    def _close_link(self, address: str, began: int) -> None:
        """The address in brackets, unless the words are the address or its beginning."""
        words = "".join(self._parts[began:]).strip()
        shortened = words.rstrip(".…").removesuffix("...")
        if not _WEB.match(address):
            return
        if shortened and address.rsplit("//", maxsplit=1)[-1].startswith(shortened.split("//")[-1]):
            del self._parts[began:]
            self._write(address)
        else:
            self._write(f" ({address})" if words else address)

    def _write(self, text: str) -> None:
        self._parts.append(text)

    def _break(self, lines: int) -> None:
        """At least so many line ends here, but none at the beginning."""
        written = "".join(self._parts[-4:]).rstrip(" ")
        if not written.strip("\n> -") and not "".join(self._parts).strip("\n> "):
            return
        have = len(written) - len(written.rstrip("\n"))
        self._parts.append("\n" * max(0, lines - have) + self._margin())

    def _margin(self) -> str:
        return "> " * self._quotes
