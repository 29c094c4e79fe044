from __future__ import annotations

import pytest

from comments_service.policy import Outcome, Submission, evaluate
from tests.unit.policy.judging import judge, policy_with


@pytest.mark.parametrize(
    "body",
    [
        "카지노 신규 쿠폰 문의 텔레 @abc77",
        "무직자도 당일대출 카톡 loan77",
        "주식 급등주 무료 리딩방 초대",
        "토 토 사 이 트 추천 꽁 머 니 지급",
        "cheap replica watches at shop.example",
        "earn $500 a day from home, click here",
        "casino bonus, sign up at win.example",
        "please sub to my channel",
    ],
)
def test_advertising_waits(body: str) -> None:
    verdict = judge(body)
    assert verdict.outcome is Outcome.HOLD
    assert "advertising" in {finding.filter for finding in verdict.findings}


@pytest.mark.parametrize(
    "body",
    [
        "카지노 세수가 줄었다네요",
        "대출 금리가 또 올랐습니다",
        "불법 도박 광고 문자에 속지 마세요",
        "텔레그램 수사에 협조했다는 기사",
        "로또 판매액이 최고라네요",
        "the casino lost its licence",
        "I subscribe to the print edition",
        "free school lunches are a good idea",
        "출처: https://news.example.org/a/1",
    ],
)
def test_writing_about_what_is_advertised_is_allowed(body: str) -> None:
    assert judge(body).outcome is Outcome.ALLOW


def test_a_disguised_or_shortened_link_waits() -> None:
    assert judge("hxxp://films.example 보세요").findings[0].rule == "disguised"
    assert judge("여기 보세요 films[.]com").findings[0].rule == "disguised"
    assert judge("여기 bit.ly/abc").findings[0].rule == "shortened"


def test_domains_are_allowed_and_denied_with_what_is_below_them() -> None:
    policy = policy_with(
        {
            "filter": "links",
            "action": "reject",
            "allow": ["news.example"],
            "deny": ["bad.example"],
            "others": "find",
        }
    )

    def rules(body: str) -> list[str]:
        return [finding.rule for finding in evaluate(policy, Submission(body)).findings]

    assert rules("https://www.news.example/a") == []
    assert rules("https://m.news.example/a") == []
    assert rules("https://notnews.example/a") == ["unlisted"]
    assert rules("see x.bad.example/1") == ["denied"]


def test_a_sites_own_phrases_count_for_its_clause() -> None:
    use = {"filter": "advertising", "action": "reject", "phrases": ["바나나 공구"]}
    assert evaluate(policy_with(use), Submission("바나나 공구 시작")).outcome is Outcome.REJECT
