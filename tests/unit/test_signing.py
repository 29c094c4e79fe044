"""Signing keys can be replaced while pages signed with the old one are still open."""

from __future__ import annotations

import pytest
from flask import Flask

from comments_service.config import Settings
from comments_service.errors import InvalidCursor
from comments_service.web.http import cursor, signing


def app_with(*keys: str) -> Flask:
    app = Flask(__name__)
    app.extensions["comments_settings"] = Settings.load(
        {"COMMENTS_SECRET_KEY": "s" * 32, "COMMENTS_SIGNING_KEYS": ",".join(keys)}
    )
    return app


def test_what_an_older_key_signed_holds_until_the_key_is_taken_away() -> None:
    with app_with("old").app_context():
        signature, place = signing.sign("form"), cursor.encode("list", [7])
    with app_with("new", "old").app_context():
        assert signing.is_signed("form", signature)
        assert cursor.decode("list", place) == [7]
        assert signing.sign("form") != signature
    with app_with("new").app_context():
        assert not signing.is_signed("form", signature)
        with pytest.raises(InvalidCursor):
            cursor.decode("list", place)


def test_a_signature_is_of_one_text_alone() -> None:
    with app_with("key").app_context():
        assert not signing.is_signed("another", signing.sign("form"))
        assert not signing.is_signed("form", "")
