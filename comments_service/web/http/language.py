"""Korean or English, as the caller asks."""

from __future__ import annotations

from flask import request

# The first of them for whoever takes any.
LANGUAGES = ("en", "ko")
DEFAULT = "en"


def preferred_language() -> str:
    """`ko` or `en` after `Accept-Language`; English where it names neither."""
    return request.accept_languages.best_match(LANGUAGES, DEFAULT)
