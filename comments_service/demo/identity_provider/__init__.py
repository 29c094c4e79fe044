"""The development identity provider: X's and Facebook's login on a laptop, without either of them.

A process of its own that speaks both wire formats over real HTTP, error bodies included, and
demands what they demand: client authentication, PKCE, the same redirect URI twice, codes that
live 30 seconds and once, Facebook's proof of the app secret. Anybody may log in as anybody here,
so it binds to loopback alone. `/__control` makes it misbehave, `/__journal` tells what it saw.
Start reading at `app.py`; `python -m comments_service.demo.identity_provider` runs it.
"""

from comments_service.demo.identity_provider.app import create_app, create_server

__all__ = ["create_app", "create_server"]
