from __future__ import annotations

import pytest

from comments_service.text.folding import fold
from comments_service.text.urls import find_links, is_within


@pytest.mark.parametrize(
    ("text", "host", "disguised"),
    [
        ("https://www.example.com/a?b=1", "example.com", False),
        ("see example.org today", "example.org", False),
        ("HTTP://EXAMPLE.COM", "example.com", False),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", False),
        ("hxxp://example.com", "example.com", True),
        ("example[.]com", "example.com", True),
        ("example (dot) com", "example.com", True),
        ("example쩜컴", "example.com", True),
        ("example 닷 net", "example.net", True),
    ],
)
def test_a_link_is_found_however_it_is_written(text: str, host: str, disguised: bool) -> None:
    [link] = find_links(fold(text).text)
    assert (link.host, link.disguised) == (host, disguised)


@pytest.mark.parametrize(
    "text", ["3.5% 올랐다", "e.g. this", "reader@example.com", "끝.그리고", "Dot-com era", "v2.0.1"]
)
def test_what_only_has_dots_is_no_link(text: str) -> None:
    assert find_links(fold(text).text) == []


def test_a_domain_holds_what_is_below_it_and_nothing_beside() -> None:
    domains = frozenset({"example.com"})
    assert is_within("example.com", domains)
    assert is_within("m.news.example.com", domains)
    assert not is_within("notexample.com", domains)
