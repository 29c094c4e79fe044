"""`docs/benchmarks.md`, from what the parts measured last (`var/bench/*.json`)."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from typing import Any

from bench.speed.servers import ROOT, VAR

Json = dict[str, Any]
PARTS = ("table", "growth", "writers", "workers", "news")
DOCUMENT = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- goals of docs/benchmarks.md -->", "<!-- end of the goals -->"

REMARK42 = {
    "cached thread of 50": 11_421 / 16_946,
    "thread of 50, not in the cache": 75 / 16_946,
    "post, 16 writers, one article": 398 / 16_946,
}
"""Remark42 is in no package registry. It was measured once (November 2026, one core, the same
comments) beside a Flask view of ready bytes on granian; here is its share of that view's rate."""


def keep(part: str, found: Json) -> None:
    VAR.mkdir(parents=True, exist_ok=True)
    (VAR / f"{part}.json").write_text(json.dumps(found, indent=1))


def write() -> str:
    kept = {
        part: json.loads((VAR / f"{part}.json").read_text())
        for part in PARTS
        if (VAR / f"{part}.json").exists()
    }
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench` and `make scale`; nothing here is written by hand. Trust the ratios:",
        "both sides of each were measured in one run on one machine, the server on one core and",
        "the load (wrk) on the other. Figures are medians of the rounds, with the least and the",
        "greatest in brackets.",
    ]
    for part in PARTS:
        if part in kept:
            lines += ["", *RENDERERS[part](kept[part])]
    text = "\n".join(lines) + "\n"
    DOCUMENT.write_text(text, "utf-8")
    if "table" in kept:
        _into_the_readme(list(_goal_rows(kept["table"])))
    return text


def _into_the_readme(rows: list[str]) -> None:
    before, begin, rest = README.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    table = "\n".join(rows)
    README.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}", "utf-8")


def _table(found: Json) -> Iterator[str]:
    hello = _rate(found["limits"]["Flask hello"])
    yield f"Measured on {found['when']}: {found['machine']}."
    for name, measured in found["service"].items():
        yield from ("", f"## The service on {name}, one worker", "")
        yield from _cases(measured["cases"], hello)
        numbers = measured["numbers"]
        starts = ", ".join(map(str, numbers["first_answer_seconds"]))
        yield ""
        yield (
            f"50 comments are {numbers['thread_bytes']:,} bytes, sent as "
            f"{numbers['thread_bytes_brotli']:,} (brotli). Memory after all that: "
            f"{numbers['memory_mebibytes']} MiB. First answer after {starts} s (three starts)."
        )
    yield from ("", "## Its limits, with the same compressed bytes", "")
    yield from _cases(found["limits"], hello)
    for name, peer in found["peers"].items():
        yield from ("", f"## {name}, from its package, with the same comments", "")
        yield from _cases(peer["cases"], hello)
        yield ""
        yield (
            f"50 comments are {peer['thread_bytes']:,} bytes, sent as they are. "
            f"Memory: {peer['memory_mebibytes']} MiB."
        )
    yield from ("", "## Goals", "")
    yield from _goal_rows(found)
    yield ""
    yield (
        "Remark42 is in no package registry: its figures are those of November 2026, scaled by the "
        "Flask view of ready bytes that was measured beside it then and is measured here."
    )


def _goal_rows(found: Json) -> Iterator[str]:
    yield "| what | goal | seen | |"
    yield "| --- | --- | --- | --- |"
    for what, goal, seen, met in _goals(found, _rate(found["limits"]["Flask hello"])):
        yield f"| {what} | {goal} | {seen} | {'met' if met else '**not met**'} |"


def _cases(cases: Json, hello: float) -> Iterator[str]:
    yield "| what | requests a second | × Flask hello | processor µs each | p99 ms | failures |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, each in cases.items():
        cells = [name, _spread(each["rates"]), f"{_rate(each) / hello:.2f}"]
        cells += [_spread(each["cpu_us"]), f"{statistics.median(each['p99_ms']):.1f}"]
        yield f"| {' | '.join(cells)} | {each['failures']} of {each['requests']:,} |"


def _goals(found: Json, hello: float) -> Iterator[tuple[str, str, str, bool]]:
    sqlite = found["service"]["SQLite"]
    cases, limits = sqlite["cases"], found["limits"]
    cached = _rate(cases["cached thread of 50"])

    def ratio(what: str, to: str, value: float, least: float) -> tuple[str, str, str, bool]:
        return what, f"≥ {least} × {to}", f"{value:.2f} ×", value >= least

    yield ratio("cached thread", "Flask hello", cached / hello, 3)
    yield ratio("cached thread", "bare WSGI", cached / _rate(limits["bare WSGI"]), 0.6)
    remark = {name: share * hello for name, share in REMARK42.items()}
    yield ratio("cached thread", "Remark42's", cached / remark["cached thread of 50"], 4)
    static = limits["nginx, a file"]
    yield ratio("cached thread", "nginx with a file", cached / _rate(static), 0.4)
    through = _rate(found["through nginx"])
    yield ratio("the same through nginx's cache", "nginx with a file", through / _rate(static), 0.9)
    postgres = found["service"].get("PostgreSQL")
    if postgres:
        share = _rate(postgres["cases"]["cached thread of 50"]) / cached
        yield ratio("cached thread on PostgreSQL", "SQLite's", share, 0.5)
    name = "thread of 50, not in the cache"
    yield ratio(
        "thread that is not in the cache", "Remark42's", _rate(cases[name]) / remark[name], 20
    )
    yield ratio("304", "a cached thread", _rate(cases["304"]) / cached, 1)
    name = "post, 16 writers, one article"
    for database, service in found["service"].items():
        post = service["cases"][name]
        yield ratio(f"post on {database}", "Remark42's", _rate(post) / remark[name], 2.5)
        p99 = statistics.median(post["p99_ms"])
        yield f"its p99 with 16 writers, {database}", "≤ 60 ms", f"{p99:.0f} ms", p99 <= 60
    counts = cached / _rate(cases["counts for 50 articles"])
    yield "counts for 50 articles", "≤ 2 × the time of a thread", f"{counts:.2f} ×", counts <= 2
    isso = found["peers"].get("Isso 0.14")
    if isso:
        share = sqlite["numbers"]["thread_bytes"] / isso["thread_bytes"]
        yield "50 comments, raw", "≤ 0.7 × Isso's bytes", f"{share:.2f} ×", share <= 0.7
    memory = sqlite["numbers"]["memory_mebibytes"]
    yield "memory of one worker after load", "≤ 120 MiB", f"{memory} MiB", memory <= 120
    first = statistics.median(sqlite["numbers"]["first_answer_seconds"])
    yield "start to first answer", "≤ 0.5 s", f"{first:.2f} s", first <= 0.5


def _growth(found: Json) -> Iterator[str]:
    yield "## From fifty comments to a million in one article"
    yield ""
    yield (
        "Each request beside the same on an article of fifty, in turn, one process, nothing from a "
        "cache. Milliseconds: median (10th to 90th percentile)."
    )
    for database, measured in found.items():
        yield from (
            "",
            f"### {database}: {measured['giant']:,} and {measured['others']:,} others",
            "",
        )
        yield "| what | of 50 | of the giant | × |"
        yield "| --- | --- | --- | --- |"
        for name, each in measured["ms"].items():
            small, giant = each["small"], each["giant"]
            ratio = giant["median"] / small["median"]
            yield f"| {name} | {_middle(small)} | {_middle(giant)} | {ratio:.2f} |"


def _writers(found: Json) -> Iterator[str]:
    yield "## Many writers at once"
    for database, measured in found.items():
        yield from ("", f"### {database}", "")
        yield "| what | comments a second | processor µs each | p99 ms | failures |"
        yield "| --- | --- | --- | --- | --- |"
        for name, each in measured["cases"].items():
            cells = [name, _spread(each["rates"]), _spread(each["cpu_us"])]
            p99 = statistics.median(each["p99_ms"])
            failed = f"{each['failures']} of {each['requests']:,}"
            yield f"| {' | '.join(cells)} | {p99:.1f} | {failed} |"
        yield ""
        yield f"Counters that differ from rows afterwards: {measured['counters_that_differ']}."


def _workers(found: Json) -> Iterator[str]:
    yield "## One, two and four workers"
    yield ""
    yield "The load and the workers share all cores here: compare the processor's time for each."
    for database, measured in found.items():
        yield from ("", f"### {database}", "")
        yield "| workers | what | requests a second | processor µs each | p99 ms |"
        yield "| --- | --- | --- | --- | --- |"
        for workers, cases in measured.items():
            for name, each in cases.items():
                if not isinstance(each, dict):
                    continue
                p99 = statistics.median(each["p99_ms"])
                cells = [workers, name, _spread(each["rates"]), _spread(each["cpu_us"])]
                yield f"| {' | '.join(cells)} | {p99:.1f} |"


def _news(found: Json) -> Iterator[str]:
    yield "## Breaking news"
    for database, measured in found.items():
        yield from ("", f"### {database}", "")
        yield (
            f"{measured['readers']:,} readers of one article ask every ten seconds for "
            f"{measured['seconds']} s, a fifth of them new, {measured['comments_a_second']} "
            "comments a second, through the nginx configuration that ships and two workers; "
            "readers, nginx and service on the same cores."
        )
        yield from ("", "| what | seen |", "| --- | --- |")
        shown = {key: value for key, value in measured.items() if key not in _SAID}
        for name, value in shown.items():
            yield f"| {name.replace('_', ' ')} | {_plain(value)} |"


_SAID = ("readers", "seconds", "comments_a_second")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {each:,}" for key, each in value.items()) or "none"
    if isinstance(value, list):
        return " → ".join(map(str, value))
    return str(value)


def _rate(each: Json) -> float:
    return statistics.median(each["rates"])


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def _middle(each: Json) -> str:
    return f"{each['median']:.2f} ({each['low']:.2f} to {each['high']:.2f})"


RENDERERS = {
    "table": _table,
    "growth": _growth,
    "writers": _writers,
    "workers": _workers,
    "news": _news,
}
