"""What the service is measured against: the same bytes from bare WSGI, from a Flask view and from
nginx, each on the same core."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.speed.load import Effort, Measured, Request, load
from bench.speed.servers import PORT, VAR, granian, served
from bench.speed.service import BYTES
from tests import proxies

HELLO = Request("same", "/hello")


def measure(effort: Effort) -> dict[str, Measured]:
    env = {"FLOOR_FILE": str(BYTES)}
    found = {}
    for name, target in (("bare WSGI", "bare"), ("Flask hello", "app")):
        command = granian(f"bench.speed.floors:{target}", threads=1)
        with served(command, "/hello", env=env) as server:
            found[name] = load(server, HELLO, effort)
    return found | {"nginx, a file": _nginx(effort)}


def nginx_of(folder: Path, port: int) -> list[str]:
    """What starts an nginx that serves the files of `folder` as JSON, and does nothing else."""
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; user root;\n"
        f"error_log {folder}/error.log crit;\n"
        "events { worker_connections 1024; }\n"
        "http { access_log off; sendfile on; open_file_cache max=100;\n"
        "  keepalive_requests 100000000; default_type application/json;\n"
        f"  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        f"  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"  server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
    )
    return [proxies.binary(), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _nginx(effort: Effort) -> Measured:
    folder = VAR / "static"
    folder.mkdir(exist_ok=True)
    shutil.copy(BYTES, folder / "hello")
    with served(nginx_of(folder, PORT), "/hello") as server:
        return load(server, HELLO, effort)
