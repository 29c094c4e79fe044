"""The one form of a page's address, without what says only how somebody came to it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

_HOW_ONE_CAME = re.compile(
    r"utm_.*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|twclid|ttclid|mc_[ce]id|n_media|"
    r"_ga|_gl|ref_src|ref_url|spm"
)
_INDEX = re.compile(r"/index\.(?:html?|php|jsp)$")


def clean(url: str) -> str:
    """`url` with scheme and host in lower case and no default port, fragment, `index.html` or
    parameter that only tracks; what is no http(s) address stays as it is.

    Two addresses of one page may still differ: in a slash at the end, or `www.`. Whether they are
    one page, only its publisher knows (`article_alias`).
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not host or "@" in parts.netloc:
        return url
    host = f"[{host}]" if ":" in host else host
    suffix = "" if port in {None, DEFAULT_PORTS[scheme]} else f":{port}"
    path = _INDEX.sub("/", parts.path)
    return urlunsplit((scheme, host + suffix, path, _kept(parts.query), ""))


def _kept(query: str) -> str:
    """The query as it was where nothing in it tracks."""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _HOW_ONE_CAME.fullmatch(name)]
    return query if len(kept) == len(pairs) else urlencode(kept)
