"""How often each entry of the shipped word lists is right, measured on the training comments.

    python -m bench.policy.precision DATA_FOLDER [LEAST]

For each list, the entries that stand in at least five comments and of whose comments fewer than
`LEAST` (0.8) are violations: candidates to take out, to narrow, or to give an exception. Only rows
with `split` `train` are read, so that the other rows still measure honestly. No comment is printed.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from comments_service.policy import Submission, lexicon
from comments_service.policy.case import Case
from comments_service.policy.matching import Matcher, WordList

FEWEST = 5
ABOUT_WORDS = "innocents"


def labelled(folder: Path) -> Iterator[tuple[Case, bool]]:
    """The training comments that are clearly one or the other."""
    for path in sorted(folder.glob("train_*.jsonl.gz")):
        if "-spam" in path.name:
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["split"] == "train" and row["label"] != "borderline":
                    yield Case(Submission(row["text"])), row["label"] == "violation"


def main() -> None:
    folder = Path(sys.argv[1])
    least = float(sys.argv[2]) if len(sys.argv) > 2 else 0.8
    innocents = lexicon.load(ABOUT_WORDS).exceptions
    entries = [
        (name, word, (*lexicon.load(name).exceptions, *innocents))
        for name in sorted(lexicon.names())
        if not name.startswith("advertising") and name != ABOUT_WORDS
        for word in lexicon.load(name).words
    ]
    matcher = Matcher([WordList((word,), exceptions) for _, word, exceptions in entries])
    hits: Counter[tuple[int, bool]] = Counter()
    for case, violation in labelled(folder):
        hits.update((source, violation) for source in {hit.source for hit in matcher.hits(case)})
    for number, (name, word, _) in enumerate(entries):
        right, wrong = hits[number, True], hits[number, False]
        if right + wrong >= FEWEST and right < least * (right + wrong):
            print(f"{name:14} {word:24} {right:6} right {wrong:6} wrong")


if __name__ == "__main__":
    main()
