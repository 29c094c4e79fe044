"""A publisher's own service that logs readers in, as its authors would write it: Flask, Authlib's
client, and the metadata that the authorization server publishes. Nothing of this package is
imported here."""

from __future__ import annotations

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for
from flask.typing import ResponseReturnValue


def create_client(comments_url: str, site_key: str) -> Flask:
    """A web application that knows the address of a comments service and the key of its site."""
    app = Flask(__name__)
    app.secret_key = "the publisher's own"
    oauth = OAuth(app)
    comments = oauth.register(
        "comments",
        client_id=site_key,
        server_metadata_url=f"{comments_url}/.well-known/oauth-authorization-server",
        api_base_url=f"{comments_url}/api/v1/",
        authorize_params={"response_mode": "query", "provider": "twitter"},
        client_kwargs={
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "none",
            "scope": "comment",
        },
    )

    @app.get("/")
    def front_page() -> str:
        return f'<a href="{url_for("login")}">Log in</a>'

    @app.get("/login")
    def login() -> ResponseReturnValue:
        answer: ResponseReturnValue = comments.authorize_redirect(url_for("finish", _external=True))
        return answer

    @app.get("/finish")
    def finish() -> ResponseReturnValue:
        session["token"] = comments.authorize_access_token()
        return redirect(url_for("show_reader"))

    @app.get("/reader")
    def show_reader() -> ResponseReturnValue:
        answer = comments.get("me", token=session["token"])
        return answer.json(), answer.status_code

    return app
