"""Korean or English, as the caller asks."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import LanguageAccept

# The first of them for whoever takes any.
LANGUAGES = ("en", "ko")
DEFAULT = "en"


def preferred_language() -> str:
    """`ko` or `en` after `Accept-Language`; English where it names neither."""
    return best_language(request.accept_languages)


def best_language(accepted: LanguageAccept) -> str:
    """The same, where there is no request of Flask's yet."""
    return accepted.best_match(LANGUAGES, DEFAULT)
