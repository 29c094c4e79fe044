"""How well the default policy judges, measured on labelled comments it was not trained on.

    python -m bench.policy.evaluate DATA_FOLDER

`DATA_FOLDER` holds `train_*.jsonl.gz`, of which rows with `split` `dev` are read, and challenges
`dev_*.jsonl`. A violation is caught when it is held or rejected; a clean comment is stopped when it
is not allowed; borderline comments count for neither. No comment is ever printed.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from comments_service.policy import (
    Outcome,
    Policy,
    Submission,
    Verdict,
    compile_policy,
    default_document,
    evaluate,
    lexicon,
)

SPAM = ("sms-spam", "youtube-spam", "dev_spam")
NEWS_EN = "civil-clean"


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    language: str
    dataset: str
    violation: bool


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    goal: str
    value: float
    reached: bool


Judge = Callable[[str], Outcome]


def rows(folder: Path) -> list[Row]:
    """All labelled comments nothing was trained on."""
    found: list[dict[str, str]] = []
    for path in sorted(folder.glob("train_*.jsonl.gz")):
        dataset = path.name.removeprefix("train_").removesuffix(".jsonl.gz")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            labelled = [json.loads(line) | {"dataset": dataset} for line in lines]
        found += [row for row in labelled if row["split"] == "dev"]
    for path in sorted(folder.glob("dev_*.jsonl")):
        lines_of_set = path.read_text(encoding="utf-8").splitlines()
        found += [json.loads(line) | {"dataset": path.stem} for line in lines_of_set]
    return [
        Row(row["text"], row["lang"], row["dataset"], row["label"] == "violation")
        for row in found
        if row["label"] != "borderline"
    ]


def share(
    rows: Iterable[Row], outcomes: dict[str, Outcome], *, violation: bool, least: Outcome
) -> float:
    """Of the violations or the clean comments among `rows`, how many got at least `least`."""
    group = [row for row in rows if row.violation is violation]
    order = list(Outcome)
    hit = sum(order.index(outcomes[row.text]) >= order.index(least) for row in group)
    return hit / len(group) if group else 0.0


def f1(rows: Iterable[Row], outcomes: dict[str, Outcome]) -> float:
    """The harmonic mean of precision and recall."""
    caught = [(row.violation, outcomes[row.text] is not Outcome.ALLOW) for row in rows]
    right = caught.count((True, True))
    wrong = caught.count((True, False)) + caught.count((False, True))
    return 2 * right / (2 * right + wrong) if right else 0.0


def measures(every: Sequence[Row], judge: Judge) -> list[Measure]:
    """Every goal with what `judge` reaches."""
    outcomes = {row.text: judge(row.text) for row in every}

    def of(*datasets: str) -> list[Row]:
        return [row for row in every if row.dataset in datasets]

    def comments(language: str) -> list[Row]:
        return [
            row
            for row in every
            if row.language == language
            and not row.dataset.startswith("dev_")
            and row.dataset not in SPAM
        ]

    def at_least(name: str, goal: float, value: float) -> Measure:
        return Measure(name, f"≥ {goal}", value, value >= goal)

    def at_most(name: str, goal: float, value: float) -> Measure:
        return Measure(name, f"≤ {goal}", value, value <= goal)

    def caught(group: list[Row]) -> float:
        return share(group, outcomes, violation=True, least=Outcome.HOLD)

    def stopped(group: list[Row]) -> float:
        return share(group, outcomes, violation=False, least=Outcome.HOLD)

    def rejected(group: list[Row]) -> float:
        return share(group, outcomes, violation=False, least=Outcome.REJECT)

    return [
        at_least("Korean F1", 0.78, f1(comments("ko"), outcomes)),
        at_most("Korean clean comments stopped", 0.05, stopped(comments("ko"))),
        at_least("English F1", 0.88, f1(comments("en"), outcomes)),
        at_most("English clean comments stopped", 0.04, stopped(comments("en"))),
        at_most("English clean news comments stopped", 0.045, stopped(of(NEWS_EN))),
        at_most("Korean clean comments rejected", 0.005, rejected(comments("ko"))),
        at_most("English clean comments rejected", 0.01, rejected(comments("en"))),
        at_least("Korean evasions caught", 0.93, caught(of("dev_obf_ko"))),
        at_least("English evasions caught", 0.95, caught(of("dev_obf_en"))),
        at_most("Korean innocents stopped", 0.02, stopped(of("dev_innocent_ko"))),
        at_most("English innocents stopped", 0.04, stopped(of("dev_innocent_en"))),
        at_least("Personal data caught", 0.93, caught(of("dev_pii"))),
        at_most("Personal data look-alikes stopped", 0.01, stopped(of("dev_pii"))),
        at_least("Spam caught", 0.85, caught(of("dev_spam"))),
        at_most("Spam look-alikes stopped", 0.03, stopped(of("dev_spam"))),
    ]


def without(policy: Policy, name: str) -> Policy:
    """The policy with one filter taken away."""
    return replace(policy, checks=tuple(check for check in policy.checks if check[0] != name))


def judge_of(policy: Policy) -> Judge:
    return lambda text: evaluate(policy, Submission(text)).outcome


def others() -> dict[str, Judge]:
    """What else there is, where it is installed."""
    words = frozenset(
        word.strip("*") for name in lexicon.names() for word in lexicon.load(name).words
    )
    found: dict[str, Judge] = {
        "a plain list of the same words": lambda text: _hold(
            any(word in text.lower() for word in words)
        )
    }
    if importlib.util.find_spec("better_profanity"):
        from better_profanity import profanity  # noqa: PLC0415 - only where it is installed

        found["better-profanity"] = lambda text: _hold(profanity.contains_profanity(text))
    if importlib.util.find_spec("profanity_check"):
        from profanity_check import predict  # noqa: PLC0415 - only where it is installed

        found["alt-profanity-check"] = lambda text: _hold(bool(predict([text])[0]))
    return found


def _hold(found: bool) -> Outcome:
    return Outcome.HOLD if found else Outcome.ALLOW


def durations(every: Sequence[Row], policy: Policy) -> tuple[float, float, float]:
    """Median, 99th percentile and longest time of one verdict, in microseconds."""
    taken = []
    for row in every:
        begun = time.thread_time()
        evaluate(policy, Submission(row.text))
        taken.append((time.thread_time() - begun) * 1e6)
    taken.sort()
    return taken[len(taken) // 2], taken[len(taken) * 99 // 100], taken[-1]


def defects(verdicts: Iterable[tuple[str, Verdict]]) -> int:
    """Findings without a rule, a clause or a message, or with a bad span."""
    return sum(
        not (finding.rule and finding.clause and finding.message["ko"] and finding.message["en"])
        or (finding.start is not None and not 0 <= finding.start < (finding.end or 0) <= len(text))
        for text, verdict in verdicts
        for finding in verdict.findings
    )


def report(every: Sequence[Row]) -> None:
    """Print all tables."""
    begun = time.perf_counter()
    policy = compile_policy(default_document())
    loaded = time.perf_counter() - begun
    full = measures(every, judge_of(policy))

    print(f"{len(every)} comments. Policy and models loaded in {loaded * 1000:.0f} ms.\n")
    print(f"{'measure':38} {'goal':>8} {'reached':>8}")
    for measure in full:
        mark = "" if measure.reached else "  not reached"
        print(f"{measure.name:38} {measure.goal:>8} {measure.value:8.3f}{mark}")
    verdicts = {row.text: evaluate(policy, Submission(row.text)) for row in every}
    print(f"{'Findings with a defect':38} {'0':>8} {defects(verdicts.items()):8}")
    median, high, longest = durations(every, policy)
    print(f"{'µs a comment, median':38} {'≤ 150':>8} {median:8.0f}")
    print(
        f"{'µs a comment, 99th percentile':38} {'≤ 1000':>8} {high:8.0f}  longest {longest:.0f}\n"
    )

    print_sets(every, {text: verdict.outcome for text, verdict in verdicts.items()})
    print_filters(every, verdicts)
    columns = {f"- {name}": judge_of(without(policy, name)) for name, _ in policy.checks}
    print_columns("one filter taken away", full, every, columns)
    print_columns("beside others", full, every, others())


def print_sets(every: Sequence[Row], outcomes: dict[str, Outcome]) -> None:
    names = ("precision", "recall", "F1", "stopped", "clean rejected")
    print(f"{'set':18} {'rows':>6} " + " ".join(f"{name:>{len(name) + 1}}" for name in names))
    for dataset in dict.fromkeys(row.dataset for row in every):
        group = [row for row in every if row.dataset == dataset]
        caught = share(group, outcomes, violation=True, least=Outcome.HOLD)
        stopped = share(group, outcomes, violation=False, least=Outcome.HOLD)
        rejected = share(group, outcomes, violation=False, least=Outcome.REJECT)
        held = [row.violation for row in group if outcomes[row.text] is not Outcome.ALLOW]
        values = (sum(held) / (len(held) or 1), caught, f1(group, outcomes), stopped, rejected)
        told = (f"{value:{len(name) + 1}.3f}" for name, value in zip(names, values, strict=True))
        print(f"{dataset:18} {len(group):6} " + " ".join(told))
    print()


def print_filters(every: Sequence[Row], verdicts: dict[str, Verdict]) -> None:
    """How often each rule was right: comments in which it found something, by what they are."""
    found: Counter[tuple[str, bool]] = Counter()
    for row in every:
        rules = {f"{each.filter}/{each.rule}" for each in verdicts[row.text].findings}
        found.update((rule, row.violation) for rule in rules)
    # A spam collection's curses are not labelled, nor is another collection's spam.
    print(f"{'rule':34} {'violations':>10} {'clean':>8} {'precision':>10}")
    for rule in sorted({rule for rule, _ in found}):
        right, wrong = found[rule, True], found[rule, False]
        print(f"{rule:34} {right:10} {wrong:8} {right / (right + wrong):10.3f}")
    print()


def print_columns(
    title: str, full: Sequence[Measure], every: Sequence[Row], columns: dict[str, Judge]
) -> None:
    print(f"{title}:")
    results = {}
    for number, (name, judge) in enumerate(columns.items(), start=1):
        begun = time.thread_time()
        results[name] = measures(every, judge)
        taken = (time.thread_time() - begun) * 1e6 / len(every)
        print(f"  [{number}] {name} ({taken:.0f} µs a comment)")
    print(
        f"{'measure':38} {'all':>6} " + " ".join(f"{f'[{n + 1}]':>6}" for n in range(len(results)))
    )
    for index, measure in enumerate(full):
        values = " ".join(f"{result[index].value:6.3f}" for result in results.values())
        print(f"{measure.name:38} {measure.value:6.3f} {values}")
    print()


def main() -> None:
    report(rows(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
