from __future__ import annotations

import pytest

from comments_service.policy import Outcome
from tests.unit.policy.judging import blamed, judge

FOUND = [
    ("제 번호는 010-0000-1234입니다", "phone", "010-0000-1234"),
    ("０１０－００００－１２３４", "phone", "０１０－００００－１２３４"),
    ("공일공 0000 1234로 연락", "phone", "공일공 0000 1234"),
    ("O1O.0000.1234", "phone", "O1O.0000.1234"),
    ("+82 10-0000-1234", "phone", "+82 10-0000-1234"),
    ("사무실 02-0000-1234", "phone", "02-0000-1234"),
    ("call +1 202 555 0100", "phone", "+1 202 555 0100"),
    # Born before 1910 or after 2026, so nobody's.
    ("330220-4334450", "rrn", "330220-4334450"),
    ("주민번호 300101 3555551", "rrn", "300101 3555551"),
    # Test numbers that card schemes publish.
    ("4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
    ("3782-822463-10005", "card", "3782-822463-10005"),
    ("입금은 국민은행 000000-00-000000", "account", "000000-00-000000"),
    ("IBAN GB82 WEST 1234 5698 7654 32", "account", "GB82 WEST 1234 5698 7654 32"),
    ("reader@example.com", "email", "reader@example.com"),
    ("reader 골뱅이 example 쩜 com", "email", "reader 골뱅이 example 쩜 com"),
    ("reader [at] example [dot] org", "email", "reader [at] example [dot] org"),
]


@pytest.mark.parametrize(("body", "kind", "words"), FOUND)
def test_personal_data_is_rejected_and_pointed_at(body: str, kind: str, words: str) -> None:
    verdict = judge(body)
    assert verdict.outcome is Outcome.REJECT
    assert [f.rule for f in verdict.findings if f.filter == "personal_data"] == [kind]
    assert words in blamed(verdict, body)


def test_a_home_address_waits_for_an_editor() -> None:
    verdict = judge("그 사람은 가나시 다라구 마바로 12, 101동 1203호에 삽니다")
    assert (verdict.outcome, verdict.findings[0].rule) == (Outcome.HOLD, "address")


@pytest.mark.parametrize(
    "body",
    [
        "3:2로 이겼다",
        "2026-11-23 기사",
        "예산 12,345,678원",
        "112에 신고하세요",
        "대표번호 1588-0000",
        "상담 전화 1366",
        "기사번호 20261123000099",
        "기사번호 2026112300009",
        "https://news.example/2026/11/23/3002204334450.html",
        "코스피 2,500.12",
        "헌법 제21조 제1항 2020다54321",
        "ISBN 978-3-16-148410-0",
        "여론조사 1,001명, 지지율 31-34%",
        "@기자님 감사합니다",
        "세종대로 110에 있는 시청",
        "1111 1111 1111 1111",
        "991332-1234567",
        "카드번호 유출 사고",
    ],
)
def test_numbers_of_the_news_are_no_personal_data(body: str) -> None:
    assert judge(body).outcome is Outcome.ALLOW
