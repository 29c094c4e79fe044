"""The Python and TypeScript in docs/api.md run as they stand there, against a real server.

The TypeScript leaves all types to be inferred, so that it is JavaScript as well, for Node.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from comments_service.services import service_clients
from comments_service.services.sites import SiteView
from tests.serving import served
from tests.small_app import NOON

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
NODE = shutil.which("node")
RUN = {"python": [sys.executable, "-c"]} | (
    {"ts": [NODE, "--input-type=module", "--eval"]} if NODE else {}
)


@pytest.mark.parametrize("language", RUN)
def test_what_the_page_shows_works(app: Flask, site: SiteView, language: str) -> None:
    [snippet] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    made = service_clients.create(
        "Desk", scopes=["comments:write", "events:read"], site="demo", now=NOON
    )
    with served(lambda _: app) as url:
        done = subprocess.run(
            [*RUN[language], snippet],
            env={
                "PATH": os.environ["PATH"],
                "SERVICE": url,
                "CLIENT_ID": made.client_id,
                "CLIENT_SECRET": made.client_secret,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    first, event = done.stdout.splitlines()
    assert first == "1 threads"
    assert re.fullmatch(r"[0-9]+ (We are reading along|So is the night desk)\.", event)
