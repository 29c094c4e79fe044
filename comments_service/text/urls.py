"""Links in a text, as written and in disguise.

Top-level domains are not looked up: a word with a dot inside is taken for a link only when its end
is one of the common ones below, or when a scheme or `www.` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOP_LEVEL = (
    "com|net|org|info|biz|edu|gov|int|mil|mobi|asia|kr|jp|cn|uk|eu|de|fr|ru|ca|au|nz|tw|hk|sg|vn|ph|br|mx|nl|"
    "se|dk|pl|ie|io|co|tv|cc|ly|gl|gg|ai|app|dev|xyz|top|shop|site|online|store|club|live|vip|bet|casino|poker|"
    "click|blog|space|fun|loan|cash|icu|buzz|cyou|sbs|lol|pw|ws|tk|ml|ga|cf|example|test|한국"
)
# Words as well, so what ends in one is a link only if a path follows.
_WORD_LIKE = (
    "me|us|it|in|is|my|no|be|at|so|to|am|do|es|ch|id|th|fi|la|st|sh|fm|pro|name|news|link|win|work|life|world|"
    "today|money"
)
_LABEL = r"[a-z0-9가-힣](?:[a-z0-9가-힣-]{0,61}[a-z0-9가-힣])?"
_DOT = r"(?:\.|\s?[\[({]\s?(?:\.|dot|닷|점)\s?[\])}]\s?|\s?(?:닷|쩜)\s?|\sdot\s)"
_PATH = r"(?::\d{2,5})?(?:[/?#][^\s<>\"']*)?"
_LINK = re.compile(
    rf"(?P<scheme>h\w?\w?ps?\s?:\s?//\s?)(?P<host>[^\s/?#<>\"']+){_PATH}"
    rf"|(?<![@\w.-])(?P<bare>(?:www\.)?[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?(?:{_DOT}[a-z0-9-]{{1,63}}){{0,3}}"
    rf"{_DOT}(?:(?:{_TOP_LEVEL}|컴|넷|케이알)(?![a-z0-9-])|(?:{_WORD_LIKE})(?=/\w)))(?![a-z0-9-]){_PATH}"
)
# What every link has somewhere, however disguised.
_SIGNS = ("//", "닷", "쩜", "dot")
_DOTTED = re.compile(r"\.(?:[^\s.]|\s?[\])}])")
_BRACKETED = re.compile(r"점\s?[\])}]")
_HIDDEN_DOT = re.compile(_DOT)
_KOREAN_ENDS = {"컴": "com", "넷": "net", "케이알": "kr"}
_HONEST_SCHEMES = frozenset({"http://", "https://"})

SHORTENERS = frozenset(
    [
        "bit.ly",
        "tinyurl.com",
        "goo.gl",
        "is.gd",
        "ow.ly",
        "buff.ly",
        "cutt.ly",
        "rebrand.ly",
        "shorturl.at",
        "t.ly",
        "han.gl",
        "me2.do",
        "url.kr",
        "vo.la",
        "c11.kr",
        "bitly.kr",
        "lrl.kr",
        "tiny.cc",
        "rb.gy",
        "adf.ly",
    ]
)
"""Hosts that hide where a link leads."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link at `start` to `end` of a folded text, to `host`; `disguised` if it is written so that
    programs should miss it."""

    host: str
    start: int
    end: int
    disguised: bool


def find_links(text: str) -> list[Link]:
    """All links in the folded `text`, in order."""
    if not _may_link(text):
        return []
    return [_link(match) for match in _LINK.finditer(text)]


def _may_link(text: str) -> bool:
    return bool(
        _DOTTED.search(text) or any(sign in text for sign in _SIGNS) or _BRACKETED.search(text)
    )


def _link(match: re.Match[str]) -> Link:
    written = match["host"] or match["bare"]
    host = _HIDDEN_DOT.sub(".", written).rstrip(".,!?)")
    name, _, end = host.rpartition(".")
    host = f"{name}.{_KOREAN_ENDS.get(end, end)}".removeprefix("www.")
    scheme = match["scheme"]
    disguised = any(dot != "." for dot in _HIDDEN_DOT.findall(written)) or (
        scheme is not None and scheme not in _HONEST_SCHEMES
    )
    return Link(host, *match.span(), disguised)


def is_within(host: str, domains: frozenset[str]) -> bool:
    """Whether `host` is one of `domains` or below one."""
    labels = host.split(".")
    return any(".".join(labels[first:]) in domains for first in range(len(labels)))
