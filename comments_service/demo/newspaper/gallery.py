"""Every state of the comment box on one page, for those who style it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class State:
    """One state; `alone` where it takes the whole page, as a dialog does."""

    name: str
    title: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Gallery:
    """The states in one language, the page's words, and what its script makes answers from."""

    states: tuple[State, ...]
    words: Mapping[str, str]
    material: Mapping[str, Any]

    def named(self, name: str) -> State | None:
        """The state of a name."""
        return next((state for state in self.states if state.name == name), None)


@cache
def load_gallery(language: str) -> Gallery:
    """The gallery of a language, from gallery.yaml."""
    told = yaml.safe_load((HERE / "gallery.yaml").read_text(encoding="utf-8"))
    states = tuple(
        State(name, each[language], each.get("alone", False))
        for name, each in told["states"].items()
    )
    words = {name: told[name][language] for name in ("title", "intro", "alone", "all", "parts")}
    material = {name: told[name] for name in ("people", "thread", "texts", "findings")}
    return Gallery(states, words, _in_language(material, language))


def _in_language(told: Any, language: str) -> Any:
    """What was told, with `text` in the place of a sentence in each language."""
    if isinstance(told, list):
        return [_in_language(each, language) for each in told]
    if not isinstance(told, dict):
        return told
    plain = {
        name: _in_language(each, language)
        for name, each in told.items()
        if name not in ("en", "ko")
    }
    return plain | ({"text": told[language]} if language in told else {})
