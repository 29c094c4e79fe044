"""Charts as numbers: where each bar, line and dot of an SVG stands. Templates draw them.

Across in per cent of the width, so that a chart fits any window; down in pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from comments_service.services.statistics import Day, RuleView

TOP, BASE = 20, 190
"""Where the plot begins and where its ground line is."""

LEFT, RIGHT = 8.0, 100.0
"""Room for the scale's numbers stands to the left."""

ROW = 31
"""Between two rows of a chart that lies on its side."""

MOST_LABELS = 14
SCALE_FROM, SCALE_TO = 44.0, 86.0
BAR_FROM, BAR_TO = 26.0, 86.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale and its number."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar; `kind` is its class in the style sheet."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    middle: float
    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Lines:
    """`series` are runs of neighbouring days that have a value, for each of what is drawn."""

    ticks: tuple[Tick, ...]
    labels: tuple[tuple[float, str], ...]
    series: tuple[tuple[tuple[Point, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One of a chart that lies on its side, as wide as its value."""

    y: float
    width: float
    value: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A rule's precision between the bounds of its interval."""

    y: float
    low: float
    x: float
    high: float
    rule: RuleView


def nice(value: float) -> float:
    """The least round number (1, 2 or 5 and noughts) that is not below `value`."""
    if value <= 0:
        return 1.0
    step = 10.0 ** math.floor(math.log10(value))
    return next(step * by for by in (1, 2, 5, 10) if step * by >= value)


def volume(days: Sequence[Day]) -> Bars:
    """What came each day, by the policy's answer, one upon the other."""
    top = nice(max((day.published + day.held + day.rejected for day in days), default=0))
    slot = (RIGHT - LEFT) / max(1, len(days))
    every = math.ceil(len(days) / MOST_LABELS)
    bars = []
    for place, day in enumerate(days):
        pieces, ground = [], float(BASE)
        for kind, count in (("c1", day.published), ("c2", day.held), ("c3", day.rejected)):
            height = (BASE - TOP) * count / top
            if height:
                ground -= height
                pieces.append(Piece(kind, round(ground, 2), round(height, 2)))
        x = LEFT + slot * place
        label = str(day.day.day) if place % every == 0 else ""
        bars.append(Bar(x + slot * 0.15, slot * 0.7, x + slot / 2, label, tuple(pieces)))
    return Bars(_ticks(top), tuple(bars))


def durations(days: Sequence[Day]) -> Lines:
    """The 95th percentile and the median of each day, in minutes."""
    series = [[day.p95 for day in days], [day.median for day in days]]
    top = nice(max((value / 60 for one in series for value in one if value), default=0))
    slot = (RIGHT - LEFT) / max(1, len(days))
    every = math.ceil(len(days) / MOST_LABELS)
    labels = tuple(
        (LEFT + slot * (place + 0.5), str(day.day.day))
        for place, day in enumerate(days)
        if place % every == 0
    )
    return Lines(_ticks(top), labels, tuple(_runs(one, slot, top) for one in series))


def ages(counts: Sequence[int]) -> tuple[Row, ...]:
    """How many have waited how long."""
    most = max((*counts, 1))
    return tuple(
        Row(TOP + ROW * place, (BAR_TO - BAR_FROM) * count / most, count)
        for place, count in enumerate(counts)
    )


def precisions(rules: Sequence[RuleView]) -> tuple[Dot, ...]:
    """Each rule that moderators decided about, on a scale from 0 to 1."""
    dots: list[Dot] = []
    for rule in rules:
        if rule.precision is None or rule.interval is None:
            continue
        low, high = rule.interval
        y = float(TOP + ROW * len(dots))
        dots.append(Dot(y, _along(low), _along(rule.precision), _along(high), rule))
    return tuple(dots)


def _along(share: float) -> float:
    return SCALE_FROM + (SCALE_TO - SCALE_FROM) * share


def _ticks(top: float) -> tuple[Tick, ...]:
    return tuple(Tick(BASE - (BASE - TOP) * part, _number(top * part)) for part in (0.5, 1))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _runs(values: Sequence[float | None], slot: float, top: float) -> tuple[tuple[Point, ...], ...]:
    runs: list[list[Point]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        y = BASE - (BASE - TOP) * value / 60 / top
        runs[-1].append(Point(LEFT + slot * (place + 0.5), round(y, 2)))
    return tuple(tuple(run) for run in runs if run)
