"""The browser's side of `text_vectors.json`, and texts at random judged by both sides.

What matters is one direction: whatever the widget lets through, the server must not find too long.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page

import comments_service
from comments_service.text.body import Fault, check
from tests.data.make_text_vectors import LIMIT, Vector, vectors

pytestmark = pytest.mark.browser

TEXT_JS = Path(comments_service.__file__).parent / "web/widget/src/text.js"
SEED = 20261123
RANDOM_TEXTS = 2_000

# As strict as any host page: a module that needs `eval` or builds markup fails here.
CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

# Texts come by HTTP as escaped JSON and go back as text: lone surrogates survive neither UTF-8 nor
# the debugging protocol.
JUDGE = """
async (limit) => {
  const { check, count, normalise } = await import("/text.js");
  const texts = await (await fetch("/texts.json")).json();
  return JSON.stringify(texts.map((raw) => {
    const { body, length, fault } = check(raw, limit);
    const same = fault === "malformed" || (normalise(raw) === body && count(body) === length);
    return [body, length, fault, same];
  }));
}
"""


class Judgement(NamedTuple):
    body: str
    length: int
    fault: str | None


class Site:
    """A loopback site with the module under test and the texts to judge."""

    def __init__(self, texts: list[str]) -> None:
        files = {
            "/": ("text/html", b"<!doctype html><title>texts</title>"),
            "/text.js": ("text/javascript", TEXT_JS.read_bytes()),
            "/texts.json": ("application/json", json.dumps(texts).encode("ascii")),
        }

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, content = files.get(self.path, ("text/plain", b""))
                self.send_response(200 if self.path in files else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Security-Policy", CSP)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Say nothing: pytest's output is no access log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Site:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def judge_in_browser(page: Page, texts: list[str]) -> list[Judgement]:
    with Site(texts) as site:
        page.goto(site.url)
        answers = json.loads(page.evaluate(JUDGE, LIMIT))
    assert all(same for *_, same in answers), "check() disagrees with normalise() or count()"
    return [Judgement(body, length, fault) for body, length, fault, _ in answers]


def test_the_browser_judges_every_vector_as_the_server_does(page: Page) -> None:
    expected = vectors()
    found = judge_in_browser(page, [vector.raw for vector in expected])

    wrong = [
        f"{vector.id}: {judgement.length} {judgement.fault}"
        for vector, judgement in zip(expected, found, strict=True)
        if not _agrees(vector, judgement)
    ]
    assert not wrong


def _agrees(vector: Vector, judgement: Judgement) -> bool:
    if vector.differs:
        return judgement.length >= vector.length and judgement.fault == vector.fault
    return judgement == (vector.body, vector.length, vector.fault)


def test_the_browser_never_lets_through_what_the_server_refuses(page: Page) -> None:
    texts = list(_random_texts())
    found = judge_in_browser(page, [text for _, text in texts])

    differences: Counter[str] = Counter()
    for (kind, text), browser in zip(texts, found, strict=True):
        server = check(text, LIMIT)
        assert server.body == browser.body, ascii(text)
        assert server.length <= browser.length, ascii(text)
        assert browser.fault is not None or server.fault is None, ascii(text)
        if (server.length, server.fault) != (browser.length, browser.fault):
            differences[kind] += 1

    # None with Unicode 17 on both sides. An older browser may not know a script's conjuncts (GB9c).
    assert differences.keys() <= {"indic", "south-east-asian", "everything"}, differences


def test_the_random_texts_meet_every_fault() -> None:
    faults = {check(text, LIMIT).fault for _, text in _random_texts()}

    assert faults == {None, *Fault}


KINDS = {
    "hangul": "가각힣ㄱㅋㅏ\u1100\u1112\u1161\u1175\u11a8\u11c2\u119e\ua960\ud7b0\u115f\u1160",
    "emoji": "👍👨👩👧🏻🏿\u200d\u200d\ufe0f\ufe0e❤☠🏴🇰🇷🇺\u20e31#\U000e0067\U000e007f",
    "indic": "कतअ\u094d\u094d\u093cিকষ\u09cdక\u0c4dക\u0d4dக\u0bcdಕ\u0ccdက\u1039ក\u17d2\u200d\u200c",
    "south-east-asian": "กเำ้ัລຳកេីကာ\u103a\u103c\u1037",
    "marks": "aeqо\u0301\u0300\u0316\u0323\u0345\u20dd\u0903\u0600ا\u064e\u05d0\u05b7",
    "spaces": "ab\n\n\r\r\n\t \u00a0\u3000\u2028\u0085\u200b\ufeff\u2060\u202e\u2066\u00ad\u2800",
    "surrogates": "a가\ud83d\ude00\u200b",
}
KINDS["everything"] = "".join(KINDS.values()).replace("\ud83d", "").replace("\ude00", "")


def _random_texts() -> Iterator[tuple[str, str]]:
    """Texts of up to 2,600 code points, the same in every run, each with its kind."""
    dice = random.Random(SEED)
    for number in range(RANDOM_TEXTS):
        kind = list(KINDS)[number % len(KINDS)]
        size = dice.choice((0, 1, 2, 3, 8, 40, 250, 270, 400, 2_600))
        text = "".join(dice.choices(KINDS[kind], k=size))
        yield kind, json.loads(json.dumps(text))  # as sent: surrogates side by side are a pair
