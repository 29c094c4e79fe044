"""`python -m comments_service.demo`: everything that `make run` brings up, until Ctrl-C.

The service on `PORT`, the demo newspaper on the next port and the development identity provider
on the one after, each a process of its own, as three origins that a browser takes for different
sites. Settings given in the environment are kept.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

START_SECONDS = 60
STOP_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the three apps are. The newspaper goes by a name, so that it is another site."""

    host: str
    port: int

    @property
    def service(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def newspaper(self) -> str:
        return f"http://localhost:{self.port + 1}"

    @property
    def newspaper_by_number(self) -> str:
        return f"http://{self.host}:{self.port + 1}"

    @property
    def identity_provider(self) -> str:
        return f"http://{self.host}:{self.port + 2}"


def development_settings(addresses: Addresses) -> dict[str, str]:
    """The service's settings beside the development identity provider."""
    provider = addresses.identity_provider
    return {
        "COMMENTS_PUBLIC_URL": addresses.service,
        "COMMENTS_TWITTER_CLIENT_ID": "development-twitter-client",
        "COMMENTS_TWITTER_CLIENT_SECRET": "development-twitter-secret",
        "COMMENTS_TWITTER_AUTHORIZE_URL": f"{provider}/i/oauth2/authorize",
        "COMMENTS_TWITTER_TOKEN_URL": f"{provider}/2/oauth2/token",
        "COMMENTS_TWITTER_API_URL": f"{provider}/2/",
        "COMMENTS_FACEBOOK_CLIENT_ID": "development-facebook-client",
        "COMMENTS_FACEBOOK_CLIENT_SECRET": "development-facebook-secret",
        "COMMENTS_FACEBOOK_AUTHORIZE_URL": f"{provider}/v25.0/dialog/oauth",
        "COMMENTS_FACEBOOK_TOKEN_URL": f"{provider}/v25.0/oauth/access_token",
        "COMMENTS_FACEBOOK_API_URL": f"{provider}/v25.0/",
    }


def main() -> None:
    """Prepare the database, start the apps and the worker, tell where they are, stop them all."""
    addresses = Addresses(os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000")))
    environment = {**development_settings(addresses), **os.environ}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    origins = ["--origin", addresses.newspaper, "--origin", addresses.newspaper_by_number]
    # Neither of these needs the database, which is prepared meanwhile.
    apps = [
        _start("comments_service.demo.newspaper", addresses.port + 1, environment),
        _start("comments_service.demo.identity_provider", addresses.port + 2, environment),
    ]
    try:
        subprocess.run([*flask, "demo", "prepare", *origins], env=environment, check=True)
        apps.append(_start_service(addresses, environment))
        _wait(addresses, apps)
        apps.append(subprocess.Popen([*flask, "worker"], env=environment))
        _tell(addresses)
        while all(app.poll() is None for app in apps):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        _stop(apps)


def _start_service(addresses: Addresses, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", addresses.host, "--port", str(addresses.port)]
    command += ["--workers", "1", "--blocking-threads", "4", "--log-level", "warning"]
    # It may wait for ever for a browser that has gone without a word.
    command += ["--workers-kill-timeout", str(STOP_SECONDS), "wsgi:app"]
    return subprocess.Popen(command, env=dict(environment))


def _start(module: str, port: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", module],
        env={**environment, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )


def _stop(apps: list[subprocess.Popen[bytes]]) -> None:
    """End all of them, whatever they are doing; a second Ctrl-C meanwhile changes nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for app in apps:
        app.terminate()
    end = time.monotonic() + 2 * STOP_SECONDS
    for app in apps:
        try:
            app.wait(timeout=max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            app.kill()


def _wait(addresses: Addresses, apps: list[subprocess.Popen[bytes]]) -> None:
    """Until all three answer; an app that ends before is a failure."""
    deadline = time.monotonic() + START_SECONDS
    waiting = [
        f"{addresses.service}/readyz",
        f"{addresses.newspaper_by_number}/",
        f"{addresses.identity_provider}/",
    ]
    while waiting:
        ended = [str(app.args) for app in apps if app.poll() is not None]
        if ended or time.monotonic() > deadline:
            print(*(f"Ended: {command}" for command in ended), sep="\n", file=sys.stderr)
            sys.exit(f"No answer from {waiting[0]}; is its port taken? PORT=9000 chooses another.")
        try:
            urllib.request.urlopen(waiting[0], timeout=1).close()  # noqa: S310  our own http
            waiting.pop(0)
        except urllib.error.HTTPError as answer:
            if answer.code == 404:
                waiting.pop(0)
        except OSError:
            time.sleep(0.05)


def _tell(addresses: Addresses) -> None:
    # A command is told by these where the service is, and the address that it prints is right.
    chosen = "".join(
        f"{name}={shlex.quote(os.environ[name])} "
        for name in ("HOST", "PORT")
        if name in os.environ
    )
    print(
        f"""
  The demo newspaper                 {addresses.newspaper}/
  The comments service               {addresses.service}
  The development identity provider  {addresses.identity_provider}

  Open the newspaper, choose an article, log in with any name.
  To moderate, open the address that this prints, and log in with any name:
    {chosen}.venv/bin/flask --app wsgi staff invite --role admin
  Ctrl-C stops all three.
""",
        flush=True,
    )


if __name__ == "__main__":
    main()
