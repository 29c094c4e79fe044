"""Writes `text_vectors.json`, to which the server's and the widget's judgement of a text are held.

    python -m tests.data.make_text_vectors

Imports nothing of the product: a length is known because a text is put together from units that
are one character each by the rules of UAX #29 (GB3 to GB13), a body because it is spelt out.
A vector has `id`, `group`, `raw`, `body`, `length`, `fault`, and `differs` where the answer depends
on the version of Unicode: it then says which side may count more, and why that does no harm.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

VECTORS = Path(__file__).with_name("text_vectors.json")
LIMIT = 250


@dataclass(frozen=True, slots=True)
class Vector:
    id: str
    group: str
    raw: str
    body: str
    length: int
    fault: str | None
    differs: str | None = None


# Texts that are one character each. A pair is (as typed, as kept).
ONE_CHARACTER: dict[str, list[str | tuple[str, str]]] = {
    "latin": ["a", "Z", "7", "!", "é", "ß", "ﬁ", "½", "™"],
    "combining": [
        ("e\u0301", "é"),
        ("A\u030a", "Å"),
        ("e\u0323\u0302", "ệ"),
        ("e\u0302\u0323", "ệ"),  # typed in the other order
        ("u\u0308\u0304", "ǖ"),
        ("\u03b1\u0313\u0300\u0345", "\u1f82"),  # four code points into one
        "q\u0303",
        ("x\u0304\u0323", "x\u0323\u0304"),  # marks in canonical order
        "\u0301",  # a mark alone
        "o\u20dd",  # in a circle
        "क\u0951",
        ("\u0627\u0653", "\u0622"),
        "\u05d0\u05b7",  # Hebrew with a point
        ("\ufb1d", "\u05d9\u05b4"),  # never composed: a composition exclusion
    ],
    "singletons": [
        ("\u212b", "Å"),
        ("\u2126", "Ω"),
        ("\u212a", "K"),
        ("\uf900", "\u8c48"),
        ("\u037e", ";"),
        ("\u0958", "\u0915\u093c"),
        ("\U0002f800", "\u4e3d"),
    ],
    "hangul": ["가", "각", "힣", "뷁", "한", "글"],
    "hangul-conjoining": [
        ("\u1100\u1161", "가"),
        ("\u1100\u1161\u11a8", "각"),
        ("\u1112\u1175\u11c2", "힣"),
        ("가\u11a8", "각"),
        "각\u11a8",  # a second final consonant stays beside it
        ("\u1100\u1100\u1161", "\u1100가"),  # two leading consonants
        "\u1100",
        "\u1161",
        "\u11a8",
        "\u1112\u119e\u11ab",  # an old syllable with no composed form
        "\ua960\u1161",  # leading consonant of Extended-A
        "\u1100\ud7b0",  # vowel of Extended-B
        "가\u302e",  # old tone mark
        "\u115f\u1161",  # filler in front of a vowel
        "\u1100\u1160",  # filler behind a consonant
    ],
    "hangul-compatibility": [
        "ㄱ",
        "ㅋ",
        "ㅏ",
        "ㄳ",
        "ㆍ",
        "\uffa1",
        "\uffbe",
        "\uffc2",
        "㉠",
        "㈎",
    ],
    "cjk": ["漢", "字", "か", ("か\u3099", "が"), "\uff76\uff9e", "𠮷", "葛\U000e0100", "。"],
    "emoji": [
        "👍",
        "😀",
        "🫠",
        "❤",
        "❤\ufe0f",
        "❤\ufe0e",
        "☎\ufe0f",
        "©\ufe0f",
        "👍🏻",
        "👍🏽",
        "👍🏿",
        "🏽",  # a skin tone alone
        "a🏽",  # GB9: it extends whatever it follows
        "✊🏾",
        "🧑🏼",
        "☝\ufe0f",
        "☝🏿",
    ],
    "emoji-zwj": [
        "👨\u200d👩\u200d👧\u200d👦",
        "👩\u200d👩\u200d👦",
        "👨🏽\u200d🦰",
        "👩\u200d💻",
        "👩🏿\u200d🚀",
        "🧑\u200d🤝\u200d🧑",
        "👩🏻\u200d🤝\u200d👨🏿",
        "👩\u200d❤\ufe0f\u200d👨",
        "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏽",
        "🏳\ufe0f\u200d🌈",
        "🏳\ufe0f\u200d⚧\ufe0f",
        "🏴\u200d☠\ufe0f",
        "🐻\u200d❄\ufe0f",
        "🐦\u200d⬛",
        "🏃🏽\u200d♀\ufe0f\u200d➡\ufe0f",
        "❤\ufe0f\u200d🔥",
        "👁\ufe0f\u200d🗨\ufe0f",
    ],
    "emoji-keycap": [*(f"{key}\ufe0f\u20e3" for key in "0123456789#*"), "1\u20e3"],
    "flags": ["🇰🇷", "🇺🇸", "🇬🇧", "🇺🇦", "🇪🇺", "🇰"],
    "flags-of-regions": [
        "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
        for region in ("gbeng", "gbsct", "gbwls", "ustx")
    ],
    "devanagari": ["न", "नि", "क\u094d", "क्ष", "त्र", "स्त्री", "क्\u200dष", "क\u093cि", "हिं", "र्म"],
    "bengali": ["ক", "কি", "ক্ষ", "স্ত্র", "র্ক", ("\u0995\u09c7\u09be", "\u0995\u09cb")],
    "gujarati-odia": ["ક્ષ", "જ્ઞ", "କ୍ଷ", "ସ୍ତ୍ର"],
    "telugu": ["క", "కి", "క్ష", "స్త్ర"],
    "malayalam": ["ക", "കി", "ക്ഷ", "ന്ത", "ർ"],
    "tamil": ["க", "கி", "க்", "நி", ("\u0b95\u0bc6\u0bbe", "\u0b95\u0bca")],
    "kannada-sinhala": ["ಕ", "ಕಿ", "ಕ್", "ක", "කි", "ක්"],
    "thai-lao": ["ก", "กำ", "น้ำ", "ที่", "ປຳ", "ຮູ້"],
    "khmer-myanmar": ["ក", "កី", "រ", "က", "ကို", "န်", "မြ"],
    "tibetan": ["ཀ", "སྐྱ", "བོ"],
    "arabic": ["ب", "بَّ", "ل", "\u06001", "\u06dd١"],  # GB9b: a number sign takes its digit
    "beyond-the-basic-plane": ["𝔸", "🀄", "𝄞", "\U00010400"],
    "unassigned-and-private": ["\ue000", "\U000f0000", "\U000e1fff", "\uffff"],
    "zero-width-kept": [
        "a\u200c",  # non-joiner extends
        "a\u200d",  # joiner extends
        "a\ufe0f",
        "a\u034f",  # combining grapheme joiner
        "a\U000e0061",  # tag letter
    ],
}

# Texts of several characters, cut at each bar, with the rule that cuts them.
SEVERAL_CHARACTERS: dict[str, list[str]] = {
    "words": [
        "안|녕|하|세|요",
        "c|o|m|m|e|n|t",
        "댓|글|입|니|다| |👍🏽",
        "기|사| |잘| |봤|습|니|다|.",
        "3|:|0|0| |회|의",
        "가|나|다|\n|라|마|바",
    ],
    "compatibility-jamo": [
        "ㅋ|ㅋ|ㅋ|ㅋ",
        "ㄱ|ㅏ|ㄱ",
        "ㅠ|ㅠ",
        "ㅇ|ㅈ|ㄹ",
        "\uffa1|\uffc2|\uffa1",
        "가|ㅣ",
    ],
    "jamo-apart": ["\u1161|\u1100", "\u11a8|\u1100", "\u11a8|\u1161", "가|\u1100"],
    "emoji-apart": [
        "👍|👍",
        "👍|👎🏿",
        "👨\u200d👩\u200d👧\u200d👦|👨\u200d👩\u200d👧\u200d👦",
        "a|\n|🏽",
        "❤\ufe0f|❤\ufe0f",
        "a\u200d|👦",  # a joiner joins only pictures
        "1\ufe0f\u20e3|2\ufe0f\u20e3",
        "1|0|0|💯",
        "👩\u200d|a",
    ],
    "flags-apart": ["🇰🇷|🇺🇸", "🇰🇷|🇺", "🇰🇷|🇺🇸|🇬", "a|🇰🇷|b", "🇰\u200d|🇷"],
    "indic-apart": [
        "न|म|स्ते",
        "हि|न्दी",
        "भा|र|त",
        "বাং|লা",
        "க்|ஷ",  # no conjuncts in Tamil: its virama is no linker
        "த|மி|ழ்",
        "ಕ್|ಷ",  # nor in Kannada
        "ක්|ෂ",  # nor in Sinhala
        "తె|లు|గు",
        "മ|ല|യാ|ളം",
        "क्\u200c|ष",  # a non-joiner keeps the conjunct apart
        "क|ष",
        "\u094d|क",  # a linker joins only what a consonant leads (GB9c)
        "अ\u094d|क",
        "a\u094d|क\u094dक",
        "क|अ\u093c\u094d|क",
    ],
    "south-east-asian-apart": [
        "เ|ก",
        "ส|วั|ส|ดี",
        "ภ|า|ษ|า|ไ|ท|ย",
        "မ|ာ",
        "မြ|န်|မ|ာ",
        "ລ|າ|ວ",
        "គេ|ហ",
    ],
    "controls-kept": [
        "a|\t|b",
        "a|\u00ad|b",
        "a|\u200e|b",
        "a|\u200f|b",
        "a|\u061c|b",
        "a|\u180e|b",
        "a|\u2061|b",
        "a|\u2063|b",
        "a|\u206a|b",
        "a|\ufff9|b",
        "a|\U000e0001|b",
        "a|\U0001d173|b",
        "\u00ad|\u0301|b",  # nothing extends a control
    ],
    "white-space-within": [
        "a| |b",
        "a|\u00a0|b",
        "a|\u3000|b",
        "a| | |b",
        "a| \u0301|b",
        "a|\u202f|b",
    ],
    "fillers-within": ["가|\u3164|나", "a|\u2800|b", "\uffa0|\uffa1", "\u115f\u1160|a"],
}

LINE_ENDS: list[tuple[str, str]] = [
    ("a\r\nb", "a\nb"),
    ("a\rb", "a\nb"),
    ("a\nb", "a\nb"),
    ("a\u2028b", "a\nb"),
    ("a\u2029b", "a\nb"),
    ("a\n\rb", "a\n\nb"),
    ("a\r\r\nb", "a\n\nb"),
    ("a\r\n\r\nb", "a\n\nb"),
    ("a\r\n\r\n\r\nb", "a\n\nb"),
    ("a\u2028\u2029\u2028b", "a\n\nb"),
    ("a\n\n\nb", "a\n\nb"),
    ("a\n\n\n\n\n\n\n\n\n\nb", "a\n\nb"),
    ("a\n\u200b\n\ufeff\nb", "a\n\nb"),  # folded though something unseen stood between
    ("a\n \n\nb", "a\n \n\nb"),  # a blank is not a line break
    ("a\n\n\nb\n\n\nc", "a\n\nb\n\nc"),
    ("a\r\u200b\nb", "a\n\nb"),  # line ends come first: two of them
    ("\r\na\r\n", "a"),
    ("a\x85b", "ab"),  # next line is a control
    ("a\x0bb", "ab"),
    ("a\x0cb", "ab"),
]

TRIMMED: list[tuple[str, str]] = [
    *[
        (f"{space}a{space}", "a")
        for space in "\t\n\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
        "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    ],
    ("\n\n\n\ta \n", "a"),
    (" \u200b a \ufeff ", "a"),
    ("\u202e a", "a"),
    ("a \u2000 b", "a \u2002 b"),  # en quad is canonically en space
    (" \u0301a", "\u0301a"),  # the blank goes though a mark stands on it
]

TAKEN_OUT = [
    *range(0x09),
    *range(0x0E, 0x20),
    *range(0x7F, 0x85),
    *range(0x86, 0xA0),
    0x200B,
    *range(0x202A, 0x202F),
    0x2060,
    *range(0x2066, 0x206A),
    0xFEFF,
]

EMPTY: dict[str, str] = {
    "nothing": "",
    "blanks": "   ",
    "lines": "\n\r\n\u2028",
    "tabs": "\t\t",
    "wide-space": "\u3000\u00a0",
    "zero-width-space": "\u200b",
    "byte-order-mark": "\ufeff",
    "bidi": "\u202e\u2066\u2069",
    "controls": "\x00\x07\x1b\x9f",
    "mixed": " \u200b\n\ufeff\t\u2060",
}

# Kept, but nothing in them can be seen: with the number of characters each has.
INVISIBLE: dict[str, tuple[str, int]] = {
    "soft-hyphen": ("\u00ad", 1),
    "grapheme-joiner": ("\u034f", 1),
    "arabic-letter-mark": ("\u061c", 1),
    "hangul-choseong-filler": ("\u115f", 1),
    "hangul-jungseong-filler": ("\u1160", 1),
    "hangul-fillers-joined": ("\u115f\u1160", 1),
    "hangul-filler": ("\u3164", 1),
    "hangul-fillers": ("\u3164\u3164\u3164", 3),
    "halfwidth-hangul-filler": ("\uffa0", 1),
    "khmer-inherent-vowels": ("\u17b4\u17b5", 1),
    "mongolian-selectors": ("\u180b\u180c\u180d", 1),
    "mongolian-vowel-separator": ("\u180e", 1),
    "non-joiner": ("\u200c", 1),
    "joiner": ("\u200d", 1),
    "joiners": ("\u200d\u200c\u200d", 1),
    "left-to-right-marks": ("\u200e\u200e", 2),
    "right-to-left-mark": ("\u200f", 1),
    "invisible-operators": ("\u2061\u2062\u2063\u2064", 4),
    "reserved-in-general-punctuation": ("\u2065", 1),
    "deprecated-format": ("\u206a\u206f", 2),
    "text-and-emoji-selectors": ("\ufe0e\ufe0f", 1),
    "reserved-in-specials": ("\ufff0", 1),
    "shorthand-format": ("\U0001bca0", 1),
    "musical-format": ("\U0001d173\U0001d17a", 2),
    "language-tag": ("\U000e0001", 1),
    "tag-letters": ("\U000e0041\U000e0042", 1),
    "variation-selector-17": ("\U000e0100", 1),
    "reserved-in-plane-14": ("\U000e0fff", 1),
    "blank-braille": ("\u2800", 1),
    "blank-braille-in-lines": ("\u2800\n\u2800", 3),
    "filler-between-blanks": ("\u3164 \u3164", 3),
    "filler-and-selector": ("\u3164\ufe0f", 1),
    "more-than-the-limit": ("\u3164" * 251, 251),
}

# Of these one might think they cannot be seen, or that they are gone.
VISIBLE_AFTER_ALL: dict[str, tuple[str, str, int]] = {
    "mark-alone": ("\u0301", "\u0301", 1),
    "full-stop": (".", ".", 1),
    "hyphen": ("\u2010", "\u2010", 1),
    "braille": ("\u2801", "\u2801", 1),
    "filler-and-letter": ("\u3164가", "\u3164가", 2),
    "annotation": ("\ufff9", "\ufff9", 1),
    "enclosing-circle": ("\u20dd", "\u20dd", 1),
    "private-use": ("\ue000", "\ue000", 1),
    "object-replacement": ("\ufffc", "\ufffc", 1),
    "replacement": ("\ufffd", "\ufffd", 1),
}

LONE_SURROGATES: dict[str, str] = {
    "high": "\ud83d",
    "low": "\ude00",
    "high-between": "a\ud83db",
    "low-between": "a\ude00b",
    "high-at-end": "가나다\ud83d",
    "low-at-start": "\ude00가나다",
    "wrong-way-round": "\ude00\ud83d",
    "two-high": "\ud83d\ud83d",
    "pair-torn-by-zero-width-space": "\ud83d\u200b\ude00",
    "with-a-mark": "\ud800\u0301",
    "with-blanks-alone": " \ud83d ",
    "first-and-last-of-the-range": "\udfff\ud800",
    "after-a-whole-pair": "😀\ude00",
    "in-a-text-over-the-limit": "가" * 300 + "\ud83d",
}

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
KISS = "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏽"  # ten code points, the longest emoji in use
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

# Units for texts at the limit: (as typed, as kept).
AT_THE_LIMIT: dict[str, tuple[str, str]] = {
    "latin": ("a", "a"),
    "hangul": ("각", "각"),
    "hangul-conjoining": ("\u1100\u1161\u11a8", "각"),
    "compatibility-jamo": ("ㅋ", "ㅋ"),
    "combining": ("e\u0301", "é"),
    "mark-kept": ("q\u0303", "q\u0303"),
    "astral": ("𠮷", "𠮷"),
    "skin-tone": ("👍🏽", "👍🏽"),
    "keycap": ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
    "flag": ("🇰🇷", "🇰🇷"),
    "conjunct": ("स्त्री", "स्त्री"),
    "thai": ("น้ำ", "น้ำ"),
    "with-unseen": ("a\u200b\u2060", "a"),
}

STACKED = (
    "A browser with data before Unicode 17 splits the stacked consonant and counts more. Its "
    "counter is stricter than the server, so it lets nothing through the server finds too long."
)
NEW_COMPOSITE = (
    "The server's Unicode data may be older than the character's composed form and keep both code "
    "points, the browser composes them: one character either way."
)

# (id, as typed, characters the server counts, why the browser may differ)
DEPENDS_ON_UNICODE: list[tuple[str, str, int, str]] = [
    ("myanmar-stack", "က\u1039က", 1, STACKED),
    ("myanmar-word", "သတ္တိ", 2, STACKED),
    ("khmer-stack", "ក\u17d2ក", 1, STACKED),
    ("khmer-word", "ខ្មែរ", 2, STACKED),
    ("balinese-stack", "\u1b13\u1b44\u1b13", 1, STACKED),
    ("javanese-stack", "\ua98f\ua9c0\ua98f", 1, STACKED),
    ("chakma-stack", "\U00011107\U00011133\U00011107", 1, STACKED),
    ("todhri-composite", "\U000105d2\u0307", 1, NEW_COMPOSITE),
    ("kirat-rai-composite", "\U00016d67\U00016d67", 1, NEW_COMPOSITE),
]


def vectors() -> list[Vector]:
    """All vectors, in a fixed order; `id` is unique."""
    return [
        *_characters(),
        *_normalised(),
        *_invisible(),
        *_at_the_limit(),
        *_malformed(),
        *_depending_on_unicode(),
    ]


def _characters() -> Iterator[Vector]:
    for group, units in ONE_CHARACTER.items():
        pairs = [unit if isinstance(unit, tuple) else (unit, unit) for unit in units]
        for number, (raw, body) in enumerate(pairs, start=1):
            yield Vector(f"{group}-{number}", group, raw, body, 1, None)
        yield Vector(
            f"{group}-in-a-row",
            group,
            "\n".join(raw for raw, _ in pairs),
            "\n".join(body for _, body in pairs),
            2 * len(pairs) - 1,
            None,
        )
    for group, texts in SEVERAL_CHARACTERS.items():
        for number, text in enumerate(texts, start=1):
            characters = text.split("|")
            joined = "".join(characters)
            yield Vector(f"{group}-{number}", group, joined, joined, len(characters), None)


def _normalised() -> Iterator[Vector]:
    for number, (raw, body) in enumerate(LINE_ENDS, start=1):
        yield Vector(f"line-end-{number}", "line-ends", raw, body, len(body), None)
    for number, (raw, body) in enumerate(TRIMMED, start=1):
        yield Vector(f"trimmed-{number}", "trimmed", raw, body, len(body), None)
    for code_point in TAKEN_OUT:
        raw = f"a{chr(code_point)}b{chr(code_point)}"
        yield Vector(f"taken-out-{code_point:04x}", "taken-out", raw, "ab", 2, None)
    yield Vector("taken-out-before-composing", "taken-out", "e\u200b\u0301", "é", 1, None)
    yield Vector("taken-out-of-a-syllable", "taken-out", "\u1100\u2060\u1161", "가", 1, None)
    yield Vector(
        "taken-out-of-a-family", "taken-out", FAMILY.replace("👩", "\ufeff👩"), FAMILY, 1, None
    )


def _invisible() -> Iterator[Vector]:
    for name, raw in EMPTY.items():
        yield Vector(f"empty-{name}", "empty", raw, "", 0, "empty")
    for name, (raw, length) in INVISIBLE.items():
        yield Vector(f"invisible-{name}", "empty", raw, raw, length, "empty")
    for name, (raw, body, length) in VISIBLE_AFTER_ALL.items():
        yield Vector(f"visible-{name}", "visible", raw, body, length, None)


def _at_the_limit() -> Iterator[Vector]:
    for name, (raw, body) in AT_THE_LIMIT.items():
        for times in (LIMIT - 1, LIMIT, LIMIT + 1):
            fault = "too_long" if times > LIMIT else None
            yield Vector(f"{name}-{times}", "limit", raw * times, body * times, times, fault)
    for name, (raw, body, length) in _around_the_limit():
        fault = "too_long" if length > LIMIT else None
        yield Vector(name, "limit", raw, body, length, fault)


def _around_the_limit() -> Iterable[tuple[str, tuple[str, str, int]]]:
    lines = "\n".join("가" * 125)
    return {
        "lines-249": (lines, lines, 249),
        "lines-of-windows-249": (lines.replace("\n", "\r\n"), lines, 249),
        "white-space-at-the-ends-does-not-count": (f"\n{'가' * 250}  ", "가" * 250, 250),
        "white-space-within-counts": (f"{'가' * 249} 나", f"{'가' * 249} 나", 251),
        "folded-lines-count-once": (f"{'가' * 247}{chr(10) * 9}나", f"{'가' * 247}\n\n나", 250),
        "a-mark-makes-it-no-longer": ("a" * 249 + "q\u0303", "a" * 249 + "q\u0303", 250),
        "families-250": (FAMILY * 250, FAMILY * 250, 250),
        "flags-of-a-region-251": (ENGLAND * 251, ENGLAND * 251, 251),
        "one-emoji-too-many": ("a" * 250 + FAMILY, "a" * 250 + FAMILY, 251),
        "code-points-2500": (KISS * 250, KISS * 250, 250),
        "code-points-2500-too-long": ("a" * 2500, "a" * 2500, 2500),
        "code-points-2500-once-composed": ("e\u0301" * 2500, "é" * 2500, 2500),
        "code-points-2500-once-taken-out": ("a" + "\u200b" * 5000, "a", 1),
        "code-points-10000-as-sent": ("a" + "\u200b" * 9999, "a", 1),
    }.items()


def _malformed() -> Iterator[Vector]:
    below = "\u0316"  # grave accent below: composes with nothing
    above = "\u0301"
    for marks in (1, 30, 31):
        raw = "a" + below * marks
        yield Vector(f"marks-{marks}", "zalgo", raw, raw, 1, None)
    yield Vector("marks-32-one-composed", "zalgo", "a" + above * 32, "á" + above * 31, 1, None)
    marked = "한" + below * 31
    yield Vector("marks-31-on-many", "zalgo", marked * 70, marked * 70, 70, None)
    too_much = {
        "marks-32": "a" + below * 32,
        "marks-33": "a" + below * 33,
        "marks-33-one-composed": "a" + above * 33,
        "marks-250": "a" + below * 250,
        "marks-alone-33": below * 33,
        "marks-above-and-below": "a" + (above + below) * 100,
        "marks-on-the-last-letter": "가" * 10 + "나" + below * 32,
        "joiners-33": "👨" + "\u200d" * 32,
        "tags-33": "🏴" + "\U000e0061" * 32,
        "jamo-33": "\u1100" * 33,
        "unseen-33": "\u2800" + "\u034f" * 32,
        "code-points-2501": "a" * 2501,
        "code-points-2501-in-251-characters": KISS * 250 + "a",
        "code-points-2501-in-250-characters": KISS * 249 + FAMILY + "\ufe0f" * 4,
        "code-points-2501-unseen": "\u3164" * 2501,
        "code-points-10001-as-sent": "a" + "\u200b" * 10000,
        "code-points-10001-blank": " " * 10001,
        "code-points-10005-of-hangul": "가나다라마" * 2001,
    }
    for name, raw in (too_much | LONE_SURROGATES).items():
        yield Vector(f"malformed-{name}", "malformed", raw, "", len(raw), "malformed")


def _depending_on_unicode() -> Iterator[Vector]:
    for name, raw, length, differs in DEPENDS_ON_UNICODE:
        yield Vector(name, "unicode-version", raw, raw, length, None, differs)


def render() -> str:
    """The file's text: ASCII, one vector a line."""
    lines = (json.dumps(asdict(vector), ensure_ascii=True) for vector in vectors())
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    VECTORS.write_text(render(), encoding="ascii")
