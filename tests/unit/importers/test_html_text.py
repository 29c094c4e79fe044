"""HTML as text: what a reader saw."""

from __future__ import annotations

import pytest

from comments_service.importers.html_text import to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a &amp; b &lt;c&gt; &#44608;&nbsp;d", "a & b <c> 김 d"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>two<br/>three<br /><br>four", "One\ntwo\nthree\n\nfour"),
        ("  many \n\t spaces  ", "many spaces"),
        ("<b>bold</b><i> and</i> <u>so</u> on", "bold and so on"),
        ("<ul><li>one</li><li>two</li></ul>after", "- one\n- two\n\nafter"),
        ("<blockquote><p>said</p></blockquote><p>answer</p>", "> said\n\nanswer"),
        ('<a href="https://a.example/x">words</a>', "words (https://a.example/x)"),
        ('<a href="https://a.example/long">https://a.example/lo...</a>', "https://a.example/long"),
        ('<a href="https://a.example/">a.example</a>', "https://a.example/"),
        ('<a href="https://a.example/"></a>', "https://a.example/"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="/relative">x</a>', "x"),
        ('<img src="https://a.example/i.png" alt="a cat">', "a cat"),
        ('<img src="https://a.example/i.png">', "https://a.example/i.png"),
        ("<script>alert(1)</script><style>p{}</style>seen", "seen"),
        ("a<script>b", "a"),
        ("<pre>x\n  y</pre>", "x\n  y"),
        ("<div>a<div>b</div></div>c", "a\nb\nc"),
        ("unclosed <b>bold <p>and", "unclosed bold\n\nand"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<unknown>kept</unknown>", "kept"),
    ],
)
def test_html_becomes_the_text_it_showed(html: str, text: str) -> None:
    assert to_text(html) == text


def test_lines_are_kept_where_the_system_shows_them() -> None:
    assert to_text("one\ntwo\r\n\r\nthree <b>x</b>", keep_lines=True) == "one\ntwo\n\nthree x"
    assert to_text("one\ntwo") == "one two"
