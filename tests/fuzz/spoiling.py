"""Inputs that are nearly right."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.soak import TIMES

MANY = settings(
    max_examples=40 * TIMES,
    deadline=None,
    derandomize=TIMES == 1,
    database=None,
    suppress_health_check=list(HealthCheck),
)

AWKWARD = st.sampled_from(
    [
        *(
            "",
            "\0",
            "\ud800",
            "\udfff\ud800",
            "\u202e",
            "\ufeff",
            "\u200d" * 40,
            "\u1160",
            "\u3164",
        ),
        *(
            "ﷺ" * 300,
            "e" + "\u0301" * 60,
            "👨‍👩‍👧‍👦" * 60,
            "ㅅㅣㅂㅏㄹ",
            "각" * 260,
            "\r\n\u2028\n\n\n",
        ),
        *("http://" * 50, "http://[::1", "xn--" * 20, "010-1234-5678", "a@b.c" * 40, "１" * 64),
        *("1e400", "-1", "9" * 400, "null", "{}", "[" * 2000, "<" * 500, "&#x110000;", "%00"),
    ]
)
TEXTS = AWKWARD | st.text(max_size=60) | st.text(st.characters(), max_size=60)
LONG_TEXTS = st.lists(TEXTS, max_size=8).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@st.composite
def spoilt(draw: st.DrawFn, sound: bytes) -> bytes:
    """`sound` with some bytes changed, taken out, repeated or put in."""
    raw = bytearray(sound)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        until = min(len(raw), at + draw(st.integers(0, 12)))
        piece = draw(
            st.binary(max_size=8)
            | st.just(bytes(raw[at:until]) * 2)
            | AWKWARD.map(lambda text: text.encode("utf-8", "surrogatepass"))
        )
        raw[at:until] = piece
    return bytes(raw)


@st.composite
def spoilt_value(draw: st.DrawFn, sound: Any) -> Any:
    """A JSON value with one thing in it, wherever it is, replaced by anything."""
    if isinstance(sound, dict) and sound and draw(st.integers(0, 5)):
        name = draw(st.sampled_from(sorted(sound)))
        changed = dict(sound)
        if draw(st.booleans()):
            changed[draw(st.just(name) | TEXTS)] = draw(spoilt_value(sound[name]))
        else:
            del changed[name]
        return changed
    if isinstance(sound, list) and sound and draw(st.integers(0, 5)):
        at = draw(st.integers(0, len(sound) - 1))
        return [*sound[:at], draw(spoilt_value(sound[at])), *sound[at + 1 :]]
    return draw(VALUES)
