"""The checks a policy is made of, one file each; filters never import one another.

A filter's file has a dataclass with its settings (what a document may say) and
`prepare(placed)`, which readies all its uses in a policy and returns the check. `ORDER` below is
the one place that says which filters there are and in which order they run.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator

from comments_service.policy.filters import (
    advertising,
    budgets,
    classifier,
    external,
    flooding,
    links,
    names,
    personal_data,
    premoderation,
    windows,
    words,
)
from comments_service.policy.use import FilterModule

FilterUse = Annotated[
    windows.Windows
    | budgets.Budgets
    | premoderation.Premoderation
    | words.Words
    | names.Names
    | personal_data.PersonalData
    | links.Links
    | advertising.Advertising
    | flooding.Flooding
    | classifier.Classifier
    | external.External,
    Discriminator("filter"),
]

#: Cheap and certain first. What is malformed, too long or under a closed article never gets here.
ORDER: tuple[tuple[str, FilterModule[Any]], ...] = (
    (windows.NAME, windows),
    (budgets.NAME, budgets),
    (premoderation.NAME, premoderation),
    (words.NAME, words),
    (names.NAME, names),
    (personal_data.NAME, personal_data),
    (links.NAME, links),
    (advertising.NAME, advertising),
    (flooding.NAME, flooding),
    (classifier.NAME, classifier),
    (external.NAME, external),
)
