"""Personal data: what identifies or reaches a private person.

Korean resident registration numbers issued since 5 October 2020 end in random digits, so a date of
birth and a sex digit suffice and the checksum is not asked for. Card numbers pass Luhn's check
(ISO/IEC 7812-1) and have an issuer's prefix. Numbers everyone may call (112, 1588-0000) are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass as plain_dataclass
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field
from pydantic.dataclasses import dataclass

from comments_service.policy.case import Case
from comments_service.policy.use import STRICT, Check, Line, Placed, Use
from comments_service.policy.verdict import Finding, Texts

NAME = "personal_data"

Kind = Literal["rrn", "phone", "card", "account", "email", "address", "passport", "licence", "ssn"]

MESSAGES: dict[str, Texts] = {
    "rrn": {
        "ko": "주민등록번호로 보이는 숫자가 있습니다.",
        "en": "This looks like a resident registration number.",
    },
    "phone": {"ko": "전화번호가 있습니다.", "en": "This contains a telephone number."},
    "card": {"ko": "카드 번호로 보이는 숫자가 있습니다.", "en": "This looks like a card number."},
    "account": {"ko": "계좌 번호가 있습니다.", "en": "This contains a bank account number."},
    "email": {"ko": "이메일 주소가 있습니다.", "en": "This contains an e-mail address."},
    "address": {"ko": "집 주소로 보이는 내용이 있습니다.", "en": "This looks like a home address."},
    "passport": {
        "ko": "여권 번호로 보이는 내용이 있습니다.",
        "en": "This looks like a passport number.",
    },
    "licence": {
        "ko": "운전면허 번호로 보이는 숫자가 있습니다.",
        "en": "This looks like a driving licence number.",
    },
    "ssn": {
        "ko": "미국 사회보장번호로 보이는 숫자가 있습니다.",
        "en": "This looks like a social security number.",
    },
}

# A digit as people write it to get past filters, and what they put between two.
_D = "[0-9oㅇ공영빵일이삼사오육륙칠팔구]"
_SEPARATOR = r"[\s.·\-_~/,()*:ㅡ에]{0,3}"
_DIGIT_OF = str.maketrans("oㅇ공영빵일이삼사오육륙칠팔구", "0" * 5 + "1234566789")
_NOT_DIGIT = re.compile(r"\D+")
_WEIGHT_CERTAIN, _WEIGHT_LIKELY = 3.0, 2.0


def _spread(*digits: str) -> str:
    return _SEPARATOR.join(digits)


_RRN = re.compile(
    r"(?<![\d-])"
    + _spread(*[_D] * 6)
    + _SEPARATOR
    + _spread("[1-8일이삼사오육륙칠팔]", *[_D] * 6)
    + r"(?![\d-]|\s?원)"
)
_RRN_NAMED = re.compile("주민|등록|외국인|rrn")
# What else has thirteen digits: Korean goods, books, articles by the day they appeared.
_BARCODE = re.compile(r"88|97[89]|(?:199|20[0-3])\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
# What is no number of these where it is part of a link.
_NOT_IN_LINKS = frozenset({"rrn", "card", "account"})
_MOBILE = re.compile(
    r"(?<![0-9a-z.])(?:(?:\+|00)?82[\s\-.()]{0,2}(?:\(?0\)?)?|[0o공영빵])"
    + _SEPARATOR
    + _spread("[1일]", "[016789공영일육륙칠팔구o]", *[_D] * 3)
    + f"(?:{_SEPARATOR}{_D})?{_SEPARATOR}"
    + _spread(*[_D] * 4)
    + "(?![0-9])"
)
_GROUPED = re.compile(r"\S{3}\s\S{3,4}\s\S{4}")
_FEWEST_FIGURES = 4
_LANDLINE = re.compile(
    r"(?<![\d.,:-])(?:\(?0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50[2-8])\)?)"
    r"(?:[\s.\-~]{1,3}\d{3,4}[\s.\-~]{1,3}|\)?\d{3,4}[\s.\-~]?)\d{4}(?![\d-])"
)
_ABROAD = re.compile(
    r"""(?<![\w+])\+\s?(?!82)[1-9]\d{0,2}(?:[\s.\-()]{0,2}\d){7,12}(?!\d)
    |(?<![\w.-])\(?[2-9]\d{2}\)?[\s.-]{1,2}[2-9]\d{2}[\s.-]\d{4}(?![\w-])
    |(?<![\w.-])07\d{3}\s?\d{6}(?![\w-])
    |\b(?:call|phone|tel|text|cell|mobile|whatsapp)\b\D{0,12}(?<!\d)
     (?:(?:\(?\d{3}\)?[\s.-])?\d{3}-\d{4}|[2-9]\d{2}[2-9]\d{6})(?![\w-])""",
    re.VERBOSE,
)
_CARD = re.compile(r"(?<![\d.,-])\d(?:[\s.\-_]{0,2}\d){12,18}(?![\d-])")
_CARD_PREFIX = re.compile(
    r"""4(?:.{12}|.{15}|.{18})|5[1-5].{14}|2[2-7].{14}|3[47].{13}|6(?:011|5..|4[4-9].).{12}
    |35.{14}|3(?:0[0-5]|[689].).{11}|62.{14,17}|9[0-9].{14}""",
    re.VERBOSE,
)
_BANK_NEAR = re.compile(
    "국민|신한|우리|하나|농협|기업|카카오|카뱅|토스|케이뱅크|새마을|우체국|수협|신협|씨티|산업|부산|대구|광주|"
    "전북|경남|제주|제일|저축|은행|계좌|입금|송금|예금주|후원금|kb|nh|ibk|bank|account|acct|iban"
)
_BANK_REACH = 16
_ACCOUNT = re.compile(
    r"(?<![\d.,])\d{2,6}(?:[\s-]\d{1,7}){1,4}(?![\d,.])|(?<![\d.,])\d{10,14}(?![\d,.])"
)
_DATE = re.compile(r"(?:19|20)\d\d[-\s](?:0?[1-9]|1[0-2])[-\s](?:0?[1-9]|[12]\d|3[01])(?!\d)")
_IBAN = re.compile(
    r"(?<![a-z0-9])[a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){3,7}(?:\s?[a-z0-9]{1,3})?(?![a-z0-9])"
)
_AT = r"(?:\s?@\s?|\s?[(\[{<]\s?(?:at|앳|골뱅이|@)\s?[)\]}>]\s?|\s?(?:골뱅이|앳|에트)\s?)"
_DOT = (
    r"(?:\.|\s\.\s?|\s?[(\[{<]\s?(?:dot|닷|쩜|점|\.)\s?[)\]}>]\s?|\s?(?:쩜|닷|점|도트)\s?|\sdot\s)"
)
_MAIL_HOST = (
    "naver|gmail|daum|hanmail|nate|kakao|hotmail|outlook|yahoo|icloud|proton|"
    "네이버|지메일|다음|한메일|네이트|핫메일|구글"
)
_EMAIL = re.compile(
    rf"""(?<![a-z0-9])[a-z0-9][a-z0-9._%+-]{{0,63}}{_AT}
        (?:[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{1,63}}){{0,3}}{_DOT}(?:[a-z]{{2,24}}|컴|넷|케이알)
        |(?:{_MAIL_HOST})(?:{_DOT}(?:com|net|컴|넷))?)(?![a-z0-9])
    |(?<![a-z0-9])(?!(?:look|is|was|are|be|meet|work|live|stay|here)\s)[a-z0-9][a-z0-9._-]{{1,63}}
        \s(?:at|골뱅이)\s[a-z0-9-]{{1,63}}(?:\sdot\s|\s?[쩜닷]\s?)[a-z]{{2,24}}(?![a-z0-9])""",
    re.VERBOSE,
)
_ROAD = r"""[가-힣]{1,4}(?:시|군|구)\s(?:[가-힣0-9]{1,6}(?:읍|면|동|가)\s)?
    [가-힣0-9]{1,10}(?:로|길)\s?\d{1,4}(?:번?길\s?\d{1,3})?(?:-\d{1,3})?"""
_HOME = re.compile(
    rf"""{_ROAD},?\s[가-힣\s]{{0,10}}\d{{1,4}}(?:동|호|층)(?:\s?\d{{1,4}}호)?
    |[가-힣]{{2,12}}(?:아파트|빌라|맨션|오피스텔|자이|래미안|푸르지오|힐스테이트|주공)\s?\d{{1,4}}동\s?\d{{1,4}}호
    |[가-힣]{{1,6}}(?:동|리)\s?\d{{1,4}}(?:-\d{{1,4}})?번지(?:\s?\d{{1,4}}호)?""",
    re.VERBOSE,
)
# These may be anybody's office, so somebody must be said to live there.
_PLACE = re.compile(
    rf"""{_ROAD}|[가-힣]{{1,4}}(?:시|군|구)\s[가-힣0-9]{{1,6}}동\s?\d{{1,4}}-\d{{1,4}}
    |\b\d{{1,5}}\s(?:[a-z]+\s){{1,2}}
     (?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|terrace|way|place)\b""",
    re.VERBOSE,
)
_LIVES_NEAR = re.compile(
    "주소|사는|살고|삽니다|산다|거주|자택|집(?:은|이|으로|앞|\\s)|찾아가|"
    r"\blives?\b|\bhome\b|\baddress\b|(?<!white )\bhouse\b|\bapt\b"
)
_LIVES_REACH = 24
_PASSPORT = re.compile(
    r"(?:여권|passport)\D{0,12}([a-z]\d{8}|[a-z]\d{3}[a-z]\d{4}|\d{9})(?![a-z0-9])"
)
_LICENCE = re.compile(r"(?<![\d-])\d{2}-\d{2}-\d{6}-\d{2}(?![\d-])")
_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
# Seven digits in any writing, an at-sign, a house's number: nothing else holds personal data. One
# expression each, since `re` looks far faster for a first character than for an alternative.
_SEVEN_DIGITS = re.compile(rf"{_D}(?:{_SEPARATOR}{_D}){{6}}")
_DIGIT = re.compile("[0-9]")
_IN_WORDS = re.compile(r"\bat\b|[(\[]at|여권|골뱅이|앳|에트")
_HOUSE = re.compile(r"\d(?:호|번지)|[가-힣][로길동] ?\d|\d [a-z]|[a-z]{2}\d\d")


def _may_hold(text: str) -> bool:
    if "@" in text or _SEVEN_DIGITS.search(text) or _IN_WORDS.search(text):
        return True
    return bool(_DIGIT.search(text) and _HOUSE.search(text))


@plain_dataclass(frozen=True, slots=True)
class Sighting:
    """Personal data at `start` to `end` of a folded text."""

    kind: Kind
    start: int
    end: int
    weight: float = _WEIGHT_LIKELY


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class PersonalData(Use):
    """`kinds` to look for, all by default; `allow` lists numbers and addresses that are public."""

    filter: Literal["personal_data"]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = get_args(Kind)
    allow: tuple[Line, ...] = ()


def prepare(placed: Sequence[Placed[PersonalData]]) -> Check:
    """Look once per text, whatever the number of clauses."""
    allowed = [frozenset(map(_bare, each.use.allow)) for each in placed]

    def check(case: Case) -> Iterator[Finding]:
        sightings = [
            seen
            for seen in find(case.folded.text)
            if not (seen.kind in _NOT_IN_LINKS and _is_in_link(case, seen))
        ]
        for each, public in zip(placed, allowed, strict=True):
            for seen in sightings:
                text = case.folded.text[seen.start : seen.end]
                if seen.kind in each.use.kinds and _bare(text) not in public:
                    span = case.body_span(seen.start, seen.end)
                    yield each.finding(
                        NAME, seen.kind, MESSAGES[seen.kind], span, weight=seen.weight
                    )

    return check


def _is_in_link(case: Case, seen: Sighting) -> bool:
    return any(link.start < seen.start and seen.end <= link.end for link in case.links)


def _bare(text: str) -> str:
    return re.sub(r"[\s\-.()]", "", text.casefold())


def find(text: str) -> list[Sighting]:
    """All personal data in the folded `text`; no two overlap, the surer kind first."""
    found: list[Sighting] = []
    if not _may_hold(text):
        return found
    for finder in _FINDERS:
        for seen in finder(text):
            if all(seen.end <= other.start or other.end <= seen.start for other in found):
                found.append(seen)
    return found


def _rrns(text: str) -> Iterator[Sighting]:
    for match in _RRN.finditer(text):
        digits = _digits(match[0])
        near = text[max(0, match.start() - _BANK_REACH) : match.start()]
        if match[0].isdigit() and _BARCODE.match(digits) and not _RRN_NAMED.search(near):
            continue
        if _is_date(digits):
            certain = _has_rrn_checksum(digits)
            yield Sighting("rrn", *match.span(), _WEIGHT_CERTAIN if certain else _WEIGHT_LIKELY)


def _digits(written: str) -> str:
    return _NOT_DIGIT.sub("", written.translate(_DIGIT_OF))


def _is_date(rrn: str) -> bool:
    century = 2000 if rrn[6] in "3478" else 1900
    try:
        date(century + int(rrn[:2]), int(rrn[2:4]), int(rrn[4:6]))
    except ValueError:
        return False
    return True


def _has_rrn_checksum(rrn: str) -> bool:
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(int(digit) * weight for digit, weight in zip(rrn, weights, strict=False))
    return (11 - total % 11) % 10 == int(rrn[12])


def _cards(text: str) -> Iterator[Sighting]:
    for match in _CARD.finditer(text):
        digits = _NOT_DIGIT.sub("", match[0])
        if _is_card(digits):
            yield Sighting("card", *match.span(), _WEIGHT_CERTAIN)


def _is_card(digits: str) -> bool:
    if not _CARD_PREFIX.fullmatch(digits) or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _mobiles(text: str) -> Iterator[Sighting]:
    for match in _MOBILE.finditer(text):
        # Written out in syllables it must be grouped like a number: 이 and 사 are words too.
        figures = sum(character.isdigit() for character in match[0])
        grouped = " " not in match[0] or _GROUPED.fullmatch(match[0])
        drawn = "ㅇ" in match[0] and len(set(_digits(match[0]))) < _FEWEST_FIGURES
        if (figures >= _FEWEST_FIGURES or grouped) and not drawn:
            yield Sighting("phone", *match.span(), _WEIGHT_CERTAIN)


def _matching(kind: Kind, pattern: re.Pattern[str]) -> Callable[[str], Iterator[Sighting]]:
    def finder(text: str) -> Iterator[Sighting]:
        for match in pattern.finditer(text):
            yield Sighting(kind, *match.span(match.re.groups))

    return finder


def _accounts(text: str) -> Iterator[Sighting]:
    for match in _IBAN.finditer(text):
        if _is_iban(match[0].replace(" ", "")):
            yield Sighting("account", *match.span(), _WEIGHT_CERTAIN)
    for match in _ACCOUNT.finditer(text):
        digits = _NOT_DIGIT.sub("", match[0])
        near = text[max(0, match.start() - _BANK_REACH) : match.end() + _BANK_REACH]
        long_enough = 10 <= len(digits) <= 16 and not _DATE.match(match[0])
        if long_enough and _BANK_NEAR.search(near):
            yield Sighting("account", *match.span())


def _is_iban(code: str) -> bool:
    """ISO 13616: moved around and read in base 36, the remainder by 97 is 1."""
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def _places(text: str) -> Iterator[Sighting]:
    for match in _PLACE.finditer(text):
        near = text[max(0, match.start() - _LIVES_REACH) : match.end() + _LIVES_REACH]
        if _LIVES_NEAR.search(near):
            yield Sighting("address", *match.span())


_FINDERS: tuple[Callable[[str], Iterator[Sighting]], ...] = (
    _matching("email", _EMAIL),
    _rrns,
    _cards,
    _mobiles,
    _matching("ssn", _SSN),
    _matching("passport", _PASSPORT),
    _matching("licence", _LICENCE),
    _accounts,
    _matching("phone", _LANDLINE),
    _matching("phone", _ABROAD),
    _matching("address", _HOME),
    _places,
)


def mask(body: str, findings: Sequence[Finding]) -> str:
    """Replace every character found to be personal data by ■, so that a text can be kept."""
    masked = list(body)
    for finding in findings:
        if finding.filter == NAME and finding.start is not None and finding.end is not None:
            masked[finding.start : finding.end] = "■" * (finding.end - finding.start)
    return "".join(masked)
