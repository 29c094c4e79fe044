"""The one form in which a text is counted, judged and kept.

`web/widget/src/text.js` does the same in the browser, step by step.
"""

from __future__ import annotations

import re
import unicodedata

_LINE_END = re.compile(r"\r\n?|[\u2028\u2029]")

# Controls but tab and line feed; zero-width space, word joiner, byte order mark; bidi embeddings,
# overrides and isolates, which would let a comment reorder the page around it.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")

_BLANK_LINES = re.compile(r"\n{3,}")

# Unicode's White_Space without what is gone by the time we trim. JavaScript's `trim()` differs from
# this set only in what is gone as well (U+FEFF), so that both trim alike.
_WHITE_SPACE = (
    "\t\n \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)


def normalise(raw: str) -> str:
    """Return `raw` in NFC (UAX #15), with one kind of line end, nothing hiding or reordering text,
    at most two line breaks in a row, and no white space at its ends.

    Takes any text, lone surrogates included. Applying it twice changes nothing: taking characters
    out comes before NFC, which would otherwise miss what then stands together, and cutting a text
    in NFC leaves it in NFC.
    """
    text = _LINE_END.sub("\n", raw)
    text = _UNWANTED.sub("", text)
    text = unicodedata.normalize("NFC", text)
    text = _BLANK_LINES.sub("\n\n", text)
    return text.strip(_WHITE_SPACE)
