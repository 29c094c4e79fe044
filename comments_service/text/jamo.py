"""Hangul as letters: putting syllables together, taking them apart, reading a keyboard's layout.

Arithmetic from The Unicode Standard, section 3.12 (conjoining jamo behaviour). A *letter* here is
always one of the compatibility jamo U+3131 to U+3163, which is what readers type.
"""

from __future__ import annotations

import re

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = "\0ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"

_FIRST_SYLLABLE = 0xAC00
_LAST_SYLLABLE = 0xD7A3
_PER_INITIAL = 588
_PER_VOWEL = 28

#: Conjoining jamo (U+1100…) to the letters readers type.
LETTER_OF_CONJOINING = {
    **{0x1100 + i: letter for i, letter in enumerate(INITIALS)},
    **{0x1161 + i: letter for i, letter in enumerate(VOWELS)},
    **{0x11A7 + i: letter for i, letter in enumerate(FINALS) if i},
}

# An initial and a vowel, and a final unless a vowel follows, whose initial it then is.
SPELLED_SYLLABLE = re.compile(
    f"([{INITIALS}])([{VOWELS}])(?:([{FINALS[1:]}])(?![{VOWELS}]))?",
)

_KEYS = dict(
    zip(
        "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml",
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        strict=True,
    )
)
_KEYS.update({key.upper(): letter for key, letter in _KEYS.items() if key.upper() not in _KEYS})
_COMPOUND_VOWELS = {
    "ㅗㅏ": "ㅘ",
    "ㅗㅐ": "ㅙ",
    "ㅗㅣ": "ㅚ",
    "ㅜㅓ": "ㅝ",
    "ㅜㅔ": "ㅞ",
    "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ",
}
_COMPOUND_VOWEL = re.compile("|".join(_COMPOUND_VOWELS))


def is_syllable(character: str) -> bool:
    """Whether `character` is a whole Hangul syllable (U+AC00 to U+D7A3)."""
    return _FIRST_SYLLABLE <= ord(character) <= _LAST_SYLLABLE


def syllable(initial: str, vowel: str, final: str = "\0") -> str:
    """Put letters together; `final` may be left out."""
    return chr(
        _FIRST_SYLLABLE
        + INITIALS.index(initial) * _PER_INITIAL
        + VOWELS.index(vowel) * _PER_VOWEL
        + FINALS.index(final)
    )


def letters(character: str) -> tuple[str, str, str]:
    """Take a syllable apart into initial, vowel and final (`"\\0"` for none)."""
    index = ord(character) - _FIRST_SYLLABLE
    return (
        INITIALS[index // _PER_INITIAL],
        VOWELS[index % _PER_INITIAL // _PER_VOWEL],
        FINALS[index % _PER_VOWEL],
    )


def _spell(match: re.Match[str]) -> str:
    initial, vowel, final = match.groups()
    return syllable(initial, vowel, final or "\0")


def compose(text: str) -> str:
    """Turn letters that spell syllables (ㅅㅏㄹㅏㅁ) into them (사람); other text stays."""
    return SPELLED_SYLLABLE.sub(_spell, text)


class _Spelling(dict[int, str]):
    """Each character taken apart, worked out when it is first met."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        spelled = "".join(letters(character)).rstrip("\0") if is_syllable(character) else character
        self[code_point] = spelled
        return spelled


_SPELLING = _Spelling()


def spell_out(text: str) -> str:
    """Take every syllable of `text` apart: 사람 is ㅅㅏㄹㅏㅁ."""
    return text.translate(_SPELLING)


def initials(text: str) -> str:
    """The consonants that the syllables of `text` begin with: 사람 is ㅅㄹ. Other text stays."""
    return "".join(letters(char)[0] if is_syllable(char) else char for char in text)


def from_keyboard(keys: str) -> str:
    """What `keys`, typed on a Latin keyboard, would have been on a Korean (dubeolsik) one."""
    typed = "".join(_KEYS.get(key, key) for key in keys)
    typed = _COMPOUND_VOWEL.sub(lambda match: _COMPOUND_VOWELS[match[0]], typed)
    return compose(typed)
