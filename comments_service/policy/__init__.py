"""Pure: a submission, its history and a policy go in, a verdict comes out.

May import `text` and nothing else of this package: no Flask, no SQLAlchemy, no clock, no
randomness, no network. A dry run is the same call as the real thing.

Start reading at `engine.py`. `document.py` is what a standards board writes, `filters/` the checks
it can name (in the order they run), `lexicon/` word data, `default.yaml` the policy that ships.
"""

from comments_service.policy.document import (
    Clause,
    PolicyDocument,
    default_document,
    parse,
    resolve,
)
from comments_service.policy.engine import Policy, compile_policy, evaluate
from comments_service.policy.errors import DocumentError, InvalidDocument
from comments_service.policy.filters.personal_data import mask
from comments_service.policy.use import BothLanguages
from comments_service.policy.verdict import (
    Action,
    ExternalAnswer,
    Finding,
    History,
    Outcome,
    PastText,
    Submission,
    Trace,
    Verdict,
)

__all__ = [
    "Action",
    "BothLanguages",
    "Clause",
    "DocumentError",
    "ExternalAnswer",
    "Finding",
    "History",
    "InvalidDocument",
    "Outcome",
    "PastText",
    "Policy",
    "PolicyDocument",
    "Submission",
    "Trace",
    "Verdict",
    "compile_policy",
    "default_document",
    "evaluate",
    "mask",
    "parse",
    "resolve",
]
