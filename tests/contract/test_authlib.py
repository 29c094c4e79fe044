"""What Authlib does that one has to know, and that this service does not fall into.

Found by running 1.9. Where another file's tests hold one, they are named here.

1. It reads `error` before `state`: `test_a_forged_refusal_says_nothing_to_the_opener`.
2. It keeps unfinished logins in a cookie that grows:
   `test_a_thousand_unfinished_logins_do_not_grow_the_cookie`.
3. Its errors have no common base: `test_an_answer_that_is_no_json_object_is_wrong`.
4. It takes an answer without a token, or a `mac` token:
   `test_a_token_answer_with_anything_wrong_is_refused`.
5. It follows redirects with code and secret:
   `test_a_redirect_of_either_call_tells_nobody_anything`.
6. Its timeout is one read's, its size none: `test_both_calls_share_the_deadline`,
   `test_a_provider_that_misbehaves_is_told_apart`.
7. It logs the code verifier at DEBUG: `test_the_log_of_a_whole_login_at_debug_holds_no_secret`.
8. One registry for two applications keeps the first one's client:
   `test_two_applications_have_clients_of_their_own`.
9. Without a Flask session: `test_a_login_needs_no_session_of_flasks`.
10. A GET with the secret in its body: `test_the_secret_is_in_no_address_and_in_no_representation`.
11. It asks the environment's proxy: `test_the_environments_proxy_is_not_asked`.
12. Its `jose` is to go: `test_authlibs_jose_is_not_used`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient

from comments_service import create_app
from comments_service.identity.provider import Provider
from comments_service.services.sites import SiteView
from tests.api.oauth.conftest import ARTICLE, ISSUER, authorize_query
from tests.conftest import settings_for

TESTS = Path(__file__).parents[1]


def test_each_test_that_is_named_above_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", __doc__ or ""))
    there = {
        node.name
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert named - there == set()
    assert len(re.findall(r"^\d+\. ", __doc__ or "", re.MULTILINE)) == 12


def client_ids(client_id: str) -> set[str]:
    """What an application of this client id sends readers to its providers with."""
    app = create_app(
        settings_for(
            "sqlite://", twitter_client_id=f"x-{client_id}", facebook_client_id=f"f-{client_id}"
        )
    )
    providers: dict[str, Provider] = app.extensions["comments_providers"]
    addresses = (
        provider.authorize_url(state="s", redirect_uri="https://c.example/", code_verifier="v" * 43)
        for provider in providers.values()
    )
    return {parse_qs(urlsplit(address).query)["client_id"][0] for address in addresses}


def test_two_applications_have_clients_of_their_own() -> None:
    assert client_ids("first") == {"x-first", "f-first"}
    assert client_ids("second") == {"x-second", "f-second"}


def test_a_login_needs_no_session_of_flasks(client: FlaskClient, site: SiteView) -> None:
    answer = client.get(
        "/oauth/authorize",
        query_string=authorize_query(),
        headers={"Referer": ARTICLE},
        base_url=ISSUER,
    )
    assert answer.status_code == 302
    names = [cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]
    assert names == ["__Host-social_comments_login"]


def test_authlibs_jose_is_not_used() -> None:
    """Nor its Flask client: a fresh process, since other tests may have loaded them."""
    loads = "comments_service.app, comments_service.identity.x, comments_service.identity.facebook"
    look = f"import sys, {loads}; print(*sys.modules, sep='\\n')"
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", look], capture_output=True, text=True, check=True
    )
    loaded = {name for name in ended.stdout.split() if name.startswith("authlib.")}
    assert "authlib.oauth2" in loaded
    assert [n for n in loaded if n.startswith(("authlib.jose", "authlib.integrations.flask"))] == []
