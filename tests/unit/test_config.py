"""Settings come from variables or from files, and all mistakes are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from comments_service.config import ConfigurationError, Settings
from comments_service.demo.__main__ import Addresses, development_settings

GOOD = "k" * 32
HERE = Addresses("127.0.0.1", 8000)
FACEBOOK_APP = "COMMENTS_FACEBOOK_CLIENT_ID"


def refusal(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        Settings.load(environ)
    return refused.value.mistakes


def test_a_setting_may_be_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret-key"
    secret.write_text(f"{GOOD}\n", "utf-8")
    settings = Settings.load({"COMMENTS_SECRET_KEY_FILE": str(secret)})
    assert settings.secret_key.get_secret_value() == GOOD


def test_a_file_that_is_not_there_is_a_mistake_that_names_it(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert refusal({"COMMENTS_SECRET_KEY_FILE": missing}) == [
        f"COMMENTS_SECRET_KEY_FILE: there is no readable text file {missing}"
    ]


def test_a_setting_given_twice_is_a_mistake(tmp_path: Path) -> None:
    secret = tmp_path / "secret-key"
    secret.write_text(GOOD, "utf-8")
    environ = {"COMMENTS_SECRET_KEY": GOOD, "COMMENTS_SECRET_KEY_FILE": str(secret)}
    assert refusal(environ) == [
        "COMMENTS_SECRET_KEY_FILE: COMMENTS_SECRET_KEY is set too; keep one of them"
    ]


def test_all_mistakes_are_told_at_once() -> None:
    told = refusal(
        {
            "COMMENTS_RATELIMIT_COMENTS": "1 per day",
            "COMMENTS_FILE": "x",
            "COMMENTS_TRUSTED_PROXIES": "many",
        }
    )
    assert [mistake.partition(":")[0] for mistake in told] == [
        "COMMENTS_FILE",
        "COMMENTS_RATELIMIT_COMENTS",
        "COMMENTS_TRUSTED_PROXIES",
    ]


def test_no_mistake_repeats_a_secret() -> None:
    secret = "short-secret"
    told = refusal({"COMMENTS_ENV": "production", "COMMENTS_SECRET_KEY": secret})
    assert told
    assert secret not in "".join(told)


def test_signatures_come_from_the_secret_key_until_there_are_signing_keys(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("new-key\nold-key\n", "utf-8")
    without = Settings.load({"COMMENTS_SECRET_KEY": GOOD})
    assert without.signed_with == (GOOD.encode(),)
    settings = Settings.load({"COMMENTS_SECRET_KEY": GOOD, "COMMENTS_SIGNING_KEYS_FILE": str(keys)})
    assert settings.signed_with == (b"new-key", b"old-key")


def test_production_takes_nothing_that_is_for_development_only() -> None:
    """85: each mistake names its variable."""
    told = refusal(
        {
            "COMMENTS_ENV": "production",
            "COMMENTS_PUBLIC_URL": "http://comments.example",
            "COMMENTS_TWITTER_CLIENT_ID": "id",
            "COMMENTS_TWITTER_CLIENT_SECRET": "secret",
            "COMMENTS_TWITTER_AUTHORIZE_URL": "http://x.com/i/oauth2/authorize",
            "COMMENTS_TWITTER_API_URL": "https://127.0.0.1:8002/2/",
            "COMMENTS_FACEBOOK_CLIENT_ID": "id",
            "COMMENTS_FACEBOOK_CLIENT_SECRET": "secret",
            "COMMENTS_FACEBOOK_TOKEN_URL": "http://localhost:8002/v25.0/oauth/access_token",
            "COMMENTS_RATELIMIT_ENABLED": "0",
            "COMMENTS_WEBHOOK_ALLOW_PRIVATE": "1",
        }
    )
    assert sorted(mistake.partition(":")[0] for mistake in told) == [
        "COMMENTS_FACEBOOK_TOKEN_URL",
        "COMMENTS_PUBLIC_URL",
        "COMMENTS_RATELIMIT_ENABLED",
        "COMMENTS_SECRET_KEY",
        "COMMENTS_TWITTER_API_URL",
        "COMMENTS_TWITTER_AUTHORIZE_URL",
        "COMMENTS_WEBHOOK_ALLOW_PRIVATE",
    ]


def test_production_starts_with_the_providers_own_addresses() -> None:
    """85."""
    environ = {
        "COMMENTS_ENV": "production",
        "COMMENTS_SECRET_KEY": GOOD,
        "COMMENTS_PUBLIC_URL": "https://comments.example",
        "COMMENTS_TWITTER_CLIENT_ID": "id",
        "COMMENTS_TWITTER_CLIENT_SECRET": "secret",
    }
    assert Settings.load(environ).providers == ("twitter",)


def test_a_comment_behind_a_value_is_refused_since_systemd_takes_it_for_the_value() -> None:
    told = refusal({"COMMENTS_TWITTER_CLIENT_ID": "abc         # see login.md"})
    assert "COMMENTS_TWITTER_CLIENT_ID: a comment (#) must stand on a line of its own" in told
    assert Settings.load({"COMMENTS_REDIS_URL": "redis://:a#b@localhost/0"}).redis_url


def test_a_command_beside_make_run_knows_where_the_service_is() -> None:
    assert Settings.load({}).public_url == "http://127.0.0.1:8000"
    assert Settings.load({"PORT": "9000"}).public_url == "http://127.0.0.1:9000"
    said = {"PORT": "9000", "COMMENTS_PUBLIC_URL": "https://comments.example"}
    assert Settings.load(said).public_url == "https://comments.example"


def test_a_command_beside_make_run_means_the_same_people_at_facebook() -> None:
    assert Settings.load({}).facebook_app == development_settings(HERE)[FACEBOOK_APP]
    own = {FACEBOOK_APP: "1234", "COMMENTS_FACEBOOK_CLIENT_SECRET": "secret"}
    assert Settings.load(own).facebook_app == "1234"
