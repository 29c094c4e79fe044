"""What the default policy says to many real comments: shares by outcome, clause and rule.

    python -m bench.policy.judge FILE

`FILE` has a comment a line and may be gzip. No comment is printed; `flask policy test` shows what
was found in a single one.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections import Counter
from pathlib import Path

from comments_service.policy import Submission, compile_policy, default_document, evaluate
from comments_service.text.normalise import normalise


def read(path: Path) -> list[str]:
    """The comments, as they would be stored."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return [normalise(line) for line in text.split("\n") if line.strip()]


def main() -> None:
    comments = read(Path(sys.argv[1]))
    policy = compile_policy(default_document())
    outcomes: Counter[str] = Counter()
    clauses: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    begun = time.thread_time()
    for comment in comments:
        verdict = evaluate(policy, Submission(comment))
        outcomes[verdict.outcome.value] += 1
        clauses.update({finding.clause for finding in verdict.findings})
        rules.update({f"{finding.filter}/{finding.rule}" for finding in verdict.findings})
    taken = (time.thread_time() - begun) * 1e6 / len(comments)
    print(f"{len(comments)} comments, {taken:.0f} µs each")
    for title, counts in (("outcome", outcomes), ("clause", clauses), ("rule", rules)):
        for name, count in counts.most_common():
            print(f"{title:8} {name:34} {count:7} {count / len(comments):8.2%}")


if __name__ == "__main__":
    main()
