"""`deploy/nginx.conf` as it ships, for an nginx of the tests' own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "nginx.conf"


def binary() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert found, "nginx is not installed (Debian: apt-get install nginx-light; or make test)"
    return found


def configured(directory: Path, port: int, operators: int, upstream: str) -> Path:
    """The configuration without TLS and in a folder of the test's: readers come to `port`,
    operators to their own."""
    text = CONFIGURATION.read_text("utf-8")
    changes = [
        (r"^user .*;$", "user root;"),
        (r"/run/nginx\.pid", f"{directory}/pid"),
        (r"/var/log/nginx/error\.log", f"{directory}/error.log"),
        (r"/var/log/nginx/access\.log", f"{directory}/access.log"),
        (r"/var/cache/nginx/comments", f"{directory}/cache"),
        (r"server unix:/run/comments/service\.sock;", f"server {upstream};"),
        (r"^ *listen (\[::\]:)?80;\n", ""),
        (r"^ *server_name comments\.example;\n *return 301 .*\n", "listen 127.0.0.1:1;"),
        (r"listen 127\.0\.0\.1:8000;", f"listen 127.0.0.1:{operators};"),
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        (r"^ *listen \[::\]:443 ssl http2;\n", ""),
        (r"^ *ssl_.*\n", ""),
    ]
    for pattern, replacement in changes:
        text, found = re.subn(pattern, replacement, text, flags=re.MULTILINE)
        assert found, f"{pattern} is no longer in {CONFIGURATION.name}"
    text = re.sub(r"    server \{\nlisten 127\.0\.0\.1:1;    \}\n", "", text)
    path = directory / "nginx.conf"
    path.write_text(text, "utf-8")
    return path
