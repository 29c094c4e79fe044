from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from comments_service.policy import (
    ExternalAnswer,
    History,
    Outcome,
    PastText,
    Submission,
    evaluate,
    mask,
)
from comments_service.policy.filters import ORDER
from tests.unit.policy.judging import default_policy, judge, policy_with

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EXTERNAL = {"filter": "external", "action": "reject", "name": "desk", "url": "https://a.example/"}


def test_an_ordinary_comment_is_allowed_and_every_filter_leaves_a_trace() -> None:
    verdict = judge("기자님 후속 취재 부탁드립니다.")
    assert verdict.outcome is Outcome.ALLOW
    assert verdict.findings == ()
    ran = [trace.filter for trace in verdict.trace]
    assert ran == [name for name, _ in ORDER if name in dict(default_policy().checks)]


def test_the_severest_action_decides() -> None:
    policy = policy_with(
        {"filter": "words", "action": "hold", "words": ["사과"]},
        {"filter": "words", "action": "reject", "words": ["바나나"]},
    )
    assert evaluate(policy, Submission("사과 하나")).outcome is Outcome.HOLD
    assert evaluate(policy, Submission("사과와 바나나")).outcome is Outcome.REJECT


def test_the_same_words_are_blamed_once_under_a_clause_by_the_severest_rule() -> None:
    policy = policy_with(
        {"filter": "words", "action": "hold", "words": ["바나나 껍질"], "rule": "mild"},
        {"filter": "words", "action": "reject", "words": ["바나나"], "rule": "certain"},
        {"filter": "words", "action": "hold", "words": ["사과"], "rule": "mild"},
    )
    verdict = evaluate(policy, Submission("바나나 껍질과 사과"))
    assert [finding.rule for finding in verdict.findings] == ["certain", "mild"]
    assert [step.findings for step in verdict.trace if step.filter == "words"] == [3]
    judged = judge("이런 기레기들아")
    assert [finding.filter for finding in judged.findings] == ["words"]


def test_a_verdict_names_its_policy_version_and_is_plain_json() -> None:
    verdict = judge("연락처 010-0000-1234")
    assert json.loads(json.dumps(verdict.as_json()))["findings"][0]["clause"] == "3.5"
    assert verdict.policy_version == 0


def test_a_premoderated_article_holds_and_saves_the_dear_filters() -> None:
    verdict = judge("좋은 기사네요", premoderated=True)
    assert verdict.outcome is Outcome.HOLD
    assert [finding.filter for finding in verdict.findings] == ["premoderation"]
    skipped = {trace.filter: trace.skipped for trace in verdict.trace if trace.skipped}
    assert skipped == {"classifier": "premoderated"}


def test_a_certain_reject_still_rejects_on_a_premoderated_article() -> None:
    assert judge("연락처 010-0000-1234", premoderated=True).outcome is Outcome.REJECT


def test_a_policy_without_premoderation_still_obeys_a_premoderated_article() -> None:
    policy = policy_with({"filter": "words", "action": "reject", "words": ["바나나"]})
    verdict = evaluate(policy, Submission("안녕하세요", premoderated=True))
    assert verdict.outcome is Outcome.HOLD
    assert verdict.findings[0].clause in {clause.id for clause in policy.clauses}


def test_staff_skip_review_and_budgets_but_not_the_lists() -> None:
    policy = policy_with(
        {"filter": "premoderation", "action": "hold"},
        {"filter": "budgets", "action": "reject", "per_article": 1},
        {"filter": "words", "action": "reject", "words": ["바나나"]},
    )
    history = History(own_on_article=5)
    staff = Submission("안녕하세요", is_staff=True, premoderated=True, now=NOW)
    assert evaluate(policy, staff, history).outcome is Outcome.ALLOW
    words = Submission("바나나", is_staff=True, now=NOW)
    assert evaluate(policy, words, history).outcome is Outcome.REJECT


def test_a_new_account_waits_until_it_is_old_enough_and_known() -> None:
    policy = policy_with(
        {"filter": "premoderation", "action": "hold", "account_hours": 24, "approved": 2}
    )
    submission = Submission("안녕하세요", now=NOW)

    def outcome(age: timedelta, approved: int) -> Outcome:
        history = History(account_created_at=NOW - age, approved=approved)
        return evaluate(policy, submission, history).outcome

    assert outcome(timedelta(hours=1), 5) is Outcome.HOLD
    assert outcome(timedelta(days=3), 1) is Outcome.HOLD
    assert outcome(timedelta(days=3), 2) is Outcome.ALLOW


def test_a_window_opens_and_closes_by_itself_for_its_sections() -> None:
    window = {
        "starts_at": "2026-11-23T09:00:00Z",
        "ends_at": "2026-11-23T10:00:00Z",
        "sections": ["politics"],
    }
    policy = policy_with({"filter": "windows", "action": "reject", "windows": [window]})

    def outcome(now: datetime, section: str) -> Outcome:
        return evaluate(policy, Submission("안녕하세요", now=now, section=section)).outcome

    assert outcome(NOW, "politics") is Outcome.REJECT
    assert outcome(NOW, "sports") is Outcome.ALLOW
    assert outcome(NOW + timedelta(minutes=30), "politics") is Outcome.ALLOW


def test_budgets_count_what_the_writer_has_taken() -> None:
    policy = policy_with({"filter": "budgets", "action": "reject", "per_day": 3})

    def rules(history: History) -> list[str]:
        verdict = evaluate(policy, Submission("안녕하세요", now=NOW), history)
        return [finding.rule for finding in verdict.findings]

    assert rules(History(own_today=2)) == []
    assert rules(History(own_today=3)) == ["per-day"]
    assert rules(History(own_on_article=20)) == ["per-article"]


def test_two_comments_need_some_seconds_between_them() -> None:
    policy = policy_with({"filter": "budgets", "action": "reject", "seconds_between": 30})
    history = History(own=(PastText("먼저 쓴 글", NOW - timedelta(seconds=29)),))
    submission = Submission("안녕하세요", now=NOW)
    assert evaluate(policy, submission, history).findings[0].rule == "seconds-between"
    later = Submission("안녕하세요", now=NOW + timedelta(seconds=1))
    assert evaluate(policy, later, history).outcome is Outcome.ALLOW


def test_saying_the_same_again_is_flooding_even_when_a_little_changes() -> None:
    policy = policy_with({"filter": "flooding", "action": "hold"})
    text = "오늘 경기는 심판 판정이 정말 아쉬웠습니다"
    history = History(own=(PastText(text, NOW - timedelta(minutes=5)),) * 2)
    again = Submission(text + "!!", now=NOW)
    assert [f.rule for f in evaluate(policy, again, history).findings] == ["own-repetition"]
    other = Submission("내일 경기는 기대가 됩니다", now=NOW)
    assert evaluate(policy, other, history).outcome is Outcome.ALLOW


def test_a_wave_of_one_text_from_many_accounts_is_flooding() -> None:
    policy = policy_with({"filter": "flooding", "action": "hold", "others_repeats": 3})
    text = "이 법안에 찬성하면 공유해 주세요"
    history = History(others=(PastText(text, NOW),) * 3)
    verdict = evaluate(policy, Submission(text, now=NOW), history)
    assert [finding.rule for finding in verdict.findings] == ["others-repetition"]
    assert verdict.findings[0].start is None


def test_a_long_run_of_one_character_is_shown_where_it_is() -> None:
    body = "와 " + "ㅋ" * 60 + " 재밌다"
    finding = judge(body).findings[0]
    assert (finding.rule, finding.start, finding.end) == ("repeated-characters", 2, 62)


def test_flooding_and_budgets_by_history_are_off_unless_a_policy_names_them() -> None:
    history = History(own=(PastText("같은 글을 또 올립니다 여러분", NOW),) * 50, own_on_article=99)
    assert judge("같은 글을 또 올립니다 여러분", now=NOW, history=history).findings == ()


def test_a_name_is_judged_like_a_text_and_reserved_names_are_for_staff() -> None:
    assert judge("안녕하세요", display_name="가나일보 편집국").findings[0].rule == "reserved"
    staff = judge("안녕하세요", display_name="가나일보 편집국", is_staff=True)
    assert staff.outcome is Outcome.ALLOW
    assert judge("안녕하세요", display_name="김하나").outcome is Outcome.ALLOW


def test_an_external_answer_counts_up_to_the_filters_action() -> None:
    policy = policy_with({**EXTERNAL, "action": "hold"})
    answers = {"desk": ExternalAnswer(Outcome.REJECT)}
    assert evaluate(policy, Submission("안녕", external=answers)).outcome is Outcome.HOLD
    assert [external.name for external in policy.externals] == ["desk"]


def test_a_silent_external_filter_does_what_the_policy_chose() -> None:
    silence = Submission("안녕", external={"desk": ExternalAnswer(None)})
    assert evaluate(policy_with(EXTERNAL), silence).outcome is Outcome.HOLD
    allowing = policy_with({**EXTERNAL, "on_failure": "allow"})
    assert evaluate(allowing, silence).outcome is Outcome.ALLOW
    assert evaluate(policy_with(EXTERNAL), Submission("안녕")).outcome is Outcome.ALLOW


def test_masking_hides_personal_data_and_nothing_else() -> None:
    body = "여기로 연락 주세요 010-0000-1234 꼭이요"
    assert mask(body, judge(body).findings) == "여기로 연락 주세요 ■■■■■■■■■■■■■ 꼭이요"
