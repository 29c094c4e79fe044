"""Make the classifier's data files from labelled comments.

    python -m bench.policy.train DATA_FOLDER

`DATA_FOLDER` holds `train_*.jsonl.gz`, a JSON object a line: `lang`, `split` (only `train` is
read), `text`, `label` (`violation`, `clean`, `borderline`), `source`. The same data, code and
versions of NumPy and scikit-learn give the same files to the byte.

The method: n-grams present or not, weighted by how much more often they stand in violations (naive
Bayes), then logistic regression under strong regularisation, cut to the n-grams that matter most,
fitted again, and rounded to a byte each (Wang and Manning, "Baselines and Bigrams", 2012). Spam has
its own filter, so spam is left out; ordinary words that look like curses are put in.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from comments_service.policy.model import LANGUAGES, Language, view
from comments_service.text.folding import fold
from comments_service.text.jamo import spell_out

HERE = Path(__file__).parent
MODEL_DATA = HERE.parent.parent / "comments_service" / "policy" / "model_data"

RAREST = 4
REGULARISATION = {"ko": 0.03, "en": 0.03}
NGRAMS = {"ko": 40_000, "en": 40_000}
# Of each source's clean comments, how much its share weighs when the threshold is chosen: pooled
# shares would let the largest source decide.
CLEAN_WEIGHTS: dict[Language, dict[str, float]] = {
    "ko": {"kmhas": 0.4, "koco": 0.25, "curse": 0.2, "apeach": 0.15},
    "en": {"civil-clean": 0.5, "wikitalk": 0.2, "davidson": 0.2, "surge": 0.1},
}
ALLOWED_FALSE_POSITIVES = {"ko": 0.032, "en": 0.022}
HELD_BACK = 10
"""Every tenth training comment chooses the threshold."""
INNOCENT_WEIGHT = 2.0
WEIGHTS = {"civil-clean": 2.0}
"""There is little English news text that is clean, and a newspaper's readers write nothing else."""


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    source: str
    violation: bool
    weight: float = 1.0


def examples(folder: Path, language: Language) -> Iterator[Example]:
    """Labelled comments of `language`, in a fixed order, and then the innocent words."""
    for path in sorted(folder.glob("train_*.jsonl.gz")):
        name = path.name.removeprefix("train_").removesuffix(".jsonl.gz")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                spam = name.endswith("-spam") and row["label"] == "violation"
                if row["lang"] != language or row["split"] != "train" or spam:
                    continue
                if row["label"] != "borderline":
                    weight = WEIGHTS.get(name, 1.0)
                    yield Example(row["text"], name, row["label"] == "violation", weight)
    for line in (HERE / f"innocent-{language}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield Example(line, "innocent", False, INNOCENT_WEIGHT)


def substrings(text: str, shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, longest + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]


def surface_ngrams(text: str, language: Language) -> set[str]:
    """Candidates in a view: Korean characters and words, English words and parts of words."""
    words = text.split()
    if language == "ko":
        return {
            *substrings(text, 1, 4),
            *(f" {word} " for word in words),
            *(f" {one} {two} " for one, two in pairwise(words)),
        }
    return {
        *(
            f" {' '.join(words[start : start + length])} "
            for length in (1, 2, 3)
            for start in range(len(words) - length + 1)
        ),
        *(part for word in words if len(word) > 3 for part in substrings(f" {word} ", 3, 5)),
    }


def frequent(groups: Iterable[set[str]]) -> list[str]:
    counts = Counter(ngram for group in groups for ngram in group)
    return sorted(ngram for ngram, count in counts.items() if count >= RAREST)


def presence(texts: Sequence[str], ngrams: Sequence[str]) -> csr_matrix:
    """Which n-gram is in which text, found as the product finds them."""
    if not ngrams:
        return csr_matrix((len(texts), 0), dtype=np.float32)
    automaton = AhoCorasick(list(ngrams), store_patterns=False)
    rows = [
        sorted({match[0] for match in automaton.find_matches_as_indexes(text, overlapping=True)})
        for text in texts
    ]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((column for row in rows for column in row), np.int32, ends[-1])
    ones = np.ones(ends[-1], np.float32)
    return csr_matrix((ones, columns, ends), shape=(len(texts), len(ngrams)))


def fit(
    x: csr_matrix, y: NDArray[np.int_], weight: NDArray[np.float64], strength: float
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a logistic regression on naive Bayes ratios."""
    bad, good = (
        (np.asarray(x[y == label].sum(axis=0)).ravel() + 1) / ((y == label).sum() + 2)
        for label in (1, 0)
    )
    ratio = np.log(bad / good)
    regression = LogisticRegression(
        C=strength, solver="liblinear", dual=True, max_iter=1000, random_state=0
    )
    regression.fit(x.multiply(ratio).tocsr().astype(np.float32), y, sample_weight=weight)
    return regression.coef_.ravel() * ratio, float(regression.intercept_[0])


def threshold(
    scores: NDArray[np.float64], held_back: Sequence[Example], language: Language
) -> float:
    """The score that so few clean comments pass, weighted by source."""
    clean = {
        source: scores[[e.source == source and not e.violation for e in held_back]]
        for source in CLEAN_WEIGHTS[language]
    }
    for candidate in np.arange(-3, 6, 0.01):
        share = sum(
            weight * float((clean[source] > candidate).mean())
            for source, weight in CLEAN_WEIGHTS[language].items()
        )
        if share <= ALLOWED_FALSE_POSITIVES[language]:
            return float(candidate)
    raise ValueError("no threshold keeps so many clean comments")


def fit_smallest(
    x: csr_matrix, y: NDArray[np.int_], weight: NDArray[np.float64], language: Language
) -> tuple[NDArray[np.int_], NDArray[np.float64], float]:
    """The columns that matter most, and their weights and bias when fitted alone."""
    strength = REGULARISATION[language]
    coefficients, _ = fit(x, y, weight, strength)
    importance = np.abs(coefficients) * np.sqrt(np.asarray(x.sum(axis=0)).ravel())
    kept = np.sort(np.argsort(-importance, kind="stable")[: NGRAMS[language]])
    return kept, *fit(x[:, kept], y, weight, strength)


def train(folder: Path, language: Language) -> str:
    """The data file of `language`."""
    every = list(examples(folder, language))
    views = [view(fold(example.text).text, language) for example in every]
    spelled = [spell_out(text) for text in views] if language == "ko" else []
    surface = frequent(surface_ngrams(text, language) for text in views)
    letters = frequent(set(substrings(text, 3, 7)) for text in spelled)
    x = presence(views, surface)
    if letters:
        x = hstack([x, presence(spelled, letters)]).tocsr()
    y = np.array([int(example.violation) for example in every])
    weight = np.array([example.weight for example in every])

    back = np.arange(len(every)) % HELD_BACK == 0
    kept, coefficients, bias = fit_smallest(x[~back], y[~back], weight[~back], language)
    held_back = [example for example, is_back in zip(every, back, strict=True) if is_back]
    cut = threshold(x[back][:, kept] @ coefficients + bias, held_back, language)

    kept, coefficients, bias = fit_smallest(x, y, weight, language)
    print(f"{language}: {len(every)} comments, {len(kept)} n-grams, threshold {cut:.2f}")
    return data_file([*surface, *letters], len(surface), kept, coefficients, bias - cut)


def data_file(
    ngrams: Sequence[str],
    surface_count: int,
    kept: NDArray[np.int_],
    coefficients: NDArray[np.float64],
    bias: float,
) -> str:
    step = float(np.quantile(np.abs(coefficients), 0.9995)) / 127
    steps = np.clip(np.round(coefficients / step), -127, 127).astype(int)
    lines = [f"{bias:.4f}\t{step:.8f}"]
    for is_surface in (True, False):
        weights = {
            ngrams[index]: str(value)
            for index, value in zip(kept.tolist(), steps.tolist(), strict=True)
            if value and (index < surface_count) is is_surface
        }
        if weights:
            lines += ["\t".join(weights), "\t".join(weights.values())]
    return "\n".join(lines) + "\n"


def main() -> None:
    folder = Path(sys.argv[1])
    MODEL_DATA.mkdir(exist_ok=True)
    for language in LANGUAGES:
        text = train(folder, language)
        (MODEL_DATA / f"{language}.tsv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
