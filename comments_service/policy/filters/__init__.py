"""The checks a policy is made of, one file each; filters never import one another.

A filter's file has a dataclass with its settings (what a document may say) and
`prepare(placed)`, which readies all its uses in a policy and returns the check. `ORDER` below is
the one place that says which filters there are and in which order they run.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator

from comments_service.policy.filters import personal_data, words
from comments_service.policy.use import FilterModule

FilterUse = Annotated[words.Words | personal_data.PersonalData, Discriminator("filter")]

#: Cheap and certain first. `words` covers all lists at once.
ORDER: tuple[tuple[str, FilterModule[Any]], ...] = (
    ("words", words),
    ("personal_data", personal_data),
)
