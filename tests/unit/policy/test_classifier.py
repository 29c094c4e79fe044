from __future__ import annotations

from importlib import resources

import pytest

from comments_service.policy import Outcome, Submission, evaluate, model
from comments_service.text.folding import fold
from tests.unit.policy.judging import policy_with


def test_a_score_is_never_more_than_a_hold() -> None:
    policy = policy_with({"filter": "classifier", "action": "hold", "threshold": 0.001})
    verdict = evaluate(policy, Submission("you are a pathetic loser"))
    assert verdict.outcome is Outcome.HOLD


def test_contempt_scores_higher_than_praise() -> None:
    korean, english = model.load("ko"), model.load("en")
    assert korean.probability("정말 한심하고 역겨운 인간들") > korean.probability(
        "정말 훌륭한 기사입니다"
    )
    assert english.probability("what a pathetic loser") > english.probability("what a lovely day")


def test_the_heaviest_word_is_blamed() -> None:
    text = fold("what a pathetic article this is").text
    start, end = model.load("en").heaviest(text)
    assert text[start:end] == "pathetic"


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("좋은 기사", ("ko",)),
        ("good article", ("en",)),
        ("KBS 뉴스에서 봤어요", ("ko",)),
        ("this was a good article 굿", ("ko", "en")),
        ("123", ("en",)),
    ],
)
def test_a_text_is_read_in_its_languages(text: str, languages: tuple[str, ...]) -> None:
    assert model.languages_of(fold(text).text) == languages


def test_the_data_files_are_small_and_say_whose_they_are() -> None:
    folder = resources.files("comments_service.policy").joinpath("model_data")
    files = list(folder.iterdir())
    assert sum(len(file.read_bytes()) for file in files) < 3_000_000
    assert "CC BY-SA 4.0" in folder.joinpath("LICENSE.md").read_text(encoding="utf-8")


def test_a_data_file_reads_as_it_is_documented() -> None:
    small = model.read("-1.0\t0.5\n good \t bad \n4\t-4\n", "en")
    assert small.probability("good") == pytest.approx(1 / (1 + 2.718281828**-1))
    assert small.probability("bad good") == small.probability("neither")
