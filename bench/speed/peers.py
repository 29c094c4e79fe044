"""Isso and Waline with the same comments, installed from their packages into `var/bench/peers`.

Waline asks an outside service on each request which logins there are; a file on loopback answers
instead of it. Isso runs as its manual says for production, with four workers of gunicorn.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.speed.data import ARTICLES, thread
from bench.speed.limits import nginx_of
from bench.speed.load import Effort, Measured, Request, load
from bench.speed.servers import PORT, VAR, Server, served

PEERS = VAR / "peers"
ISSO = ("isso==0.14.0", "gunicorn==23.0.0")
WALINE = "@waline/vercel@1.39.3"
COUNTED = [f"/b-{number}" for number in range(50)]
NEW = (
    "A reader's comment, number @N@, which is about as long as those that readers write to papers."
)


def measure(effort: Effort) -> dict[str, dict[str, Any]]:
    """What each peer did, by case, and its numbers. One that cannot be installed is told of."""
    found = {}
    for name, run in (("Isso 0.14", _isso), ("Waline 1.39", _waline)):
        try:
            found[name] = run(effort)
        except (subprocess.CalledProcessError, FileNotFoundError) as error:
            print(f"{name} could not be measured: {error}", file=sys.stderr)
    return found


def _isso(effort: Effort) -> dict[str, Any]:
    home = PEERS / "isso"
    python = home / "bin" / "python"
    if not (home / "bin" / "gunicorn").exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *ISSO], check=True)
    database = PEERS / "isso.db"
    database.unlink(missing_ok=True)
    (PEERS / "isso.cfg").write_text(
        f"[general]\ndbpath = {database}\nhost = http://127.0.0.1:{PORT}/\n"
        f"[server]\nlisten = http://127.0.0.1:{PORT}\n[guard]\nenabled = false\n"
    )
    env = {"ISSO_SETTINGS": str(PEERS / "isso.cfg")}
    subprocess.run(
        [python, "-c", "import isso.run"], env=os.environ | env, check=True, capture_output=True
    )
    _fill_isso(database)
    command = [str(home / "bin" / "gunicorn"), "-b", f"127.0.0.1:{PORT}", "-w", "4", "--preload"]
    page = "/?uri=/a-50&limit=50&nested_limit=50"
    told = {"Content-Type": "application/json"}
    comment = json.dumps({"text": NEW, "author": "reader", "email": "reader@example.org"})
    cases = {
        "cached thread of 50": Request("same", page),
        "page of 50 of 10,000, not in the cache": Request(
            "same", "/?uri=/a-10000&limit=50&nested_limit=5", connections=2
        ),
        "counts for 50 articles": Request(
            "raw", "/count", told, method="POST", body=json.dumps(COUNTED)
        ),
        "post, 16 writers, one article": Request(
            "raw", "/new?uri=/a-1000", told, method="POST", body=comment, connections=16
        ),
    }
    command += ["--log-level", "error", "isso.run"]
    with served(command, page, env=env) as server:
        return _each(server, cases, page, effort)


def _fill_isso(database: Path) -> None:
    """Its tables are made by Isso; each comment knows who voted on it by a filter of 256 bytes."""
    with closing(sqlite3.connect(database)) as connection, connection:
        number = 0
        for key, count in ARTICLES:
            row = connection.execute(
                "insert into threads(uri, title) values (?, ?)", (f"/{key}", key)
            )
            ids: dict[int, int] = {}
            for each in thread(key, count):
                number += 1
                ids[each.number] = number
                parent = None if each.root is None else ids[each.root]
                connection.execute(
                    "insert into comments(tid, id, parent, created, mode, remote_addr, text, "
                    "author, voters, likes, dislikes, notification) "
                    "values (?, ?, ?, ?, 1, '20.0.0.0', ?, ?, ?, ?, ?, 0)",
                    (
                        row.lastrowid, number, parent, each.at, each.body,
                        f"reader {each.writer}", bytes(256), each.likes, each.dislikes,
                    ),
                )  # fmt: skip


def _waline(effort: Effort) -> dict[str, Any]:
    home = PEERS / "waline"
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "node_modules/@waline/vercel").exists():
        subprocess.run(["npm", "init", "-y"], cwd=home, check=True, capture_output=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", WALINE], cwd=home, check=True)
    if not (home / "node_modules/sqlite3/build/Release/node_sqlite3.node").exists():
        command = ["npm", "rebuild", "sqlite3", "--foreground-scripts"]
        subprocess.run(command, cwd=home, check=True, capture_output=True)
    (PEERS / "waline.db").mkdir(exist_ok=True)
    _fill_waline(PEERS / "waline.db" / "waline.sqlite")
    page = "/api/comment?path=/a-50&pageSize=50&page=1"
    comment = {"comment": NEW, "nick": "reader", "mail": "reader@example.org"}
    body = json.dumps(comment | {"link": "", "url": "/a-1000", "ua": "Mozilla/5.0"})
    cases = {
        "cached thread of 50": Request("same", page),
        "page of 50 of 10,000, not in the cache": Request(
            "same", "/api/comment?path=/a-10000&pageSize=50&page=1", connections=2
        ),
        "counts for 50 articles": Request(
            "same", f"/api/comment?type=count&url={quote(','.join(COUNTED))}"
        ),
        "post, 16 writers, one article": Request(
            "raw", "/api/comment", {"Content-Type": "application/json"}, method="POST",
            body=body, connections=16,
        ),
    }  # fmt: skip
    env = {"SQLITE_PATH": str(PEERS / "waline.db"), "JWT_TOKEN": "bench", "IPQPS": "0"}
    env |= {"AKISMET_KEY": "false", "NODE_ENV": "production", "HOST": "127.0.0.1"}
    env |= {"OAUTH_URL": f"http://127.0.0.1:{PORT + 2}/logins.json"}
    node = ["node", "node_modules/@waline/vercel/vanilla.js", str(PORT)]
    with ExitStack() as stack:
        stack.enter_context(served(*_logins(), port=PORT + 2, cores="1"))
        server = stack.enter_context(served(node, page, env=env, cwd=home))
        return _each(server, cases, page, effort)


def _logins() -> tuple[list[str], str]:
    """nginx with the file that Waline asks for, so that this costs it as little as can be."""
    folder = PEERS / "logins"
    folder.mkdir(exist_ok=True)
    (folder / "logins.json").write_text('{"services":[]}')
    return nginx_of(folder, PORT + 2), "/logins.json"


WALINE_TABLES = """
create table wl_Comment(id integer primary key autoincrement, user_id integer, comment text,
  insertedAt datetime, ip text, link text, mail text, nick text, rid integer, pid integer,
  sticky numeric, status text not null default '', "like" integer, ua text, url text,
  createdAt datetime default (datetime('now')), updatedAt datetime default (datetime('now')));
create table wl_Counter(id integer primary key autoincrement, time integer, reaction0 integer,
  reaction1 integer, reaction2 integer, reaction3 integer, reaction4 integer, reaction5 integer,
  reaction6 integer, reaction7 integer, reaction8 integer, url text,
  createdAt datetime default (datetime('now')), updatedAt datetime default (datetime('now')));
create table wl_Users(id integer primary key autoincrement, display_name text default '',
  email text default '', password text default '', type text default '', label text, github text,
  twitter text, facebook text, google text, weibo text, qq text, oidc text, huawei text,
  "2fa" text, avatar text, url text,
  createdAt datetime default (datetime('now')), updatedAt datetime default (datetime('now')));
"""


def _fill_waline(database: Path) -> None:
    database.unlink(missing_ok=True)
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executescript(WALINE_TABLES)
        for key, count in ARTICLES:
            ids: dict[int, int | None] = {}
            for each in thread(key, count):
                root = None if each.root is None else ids[each.root]
                at = datetime.fromtimestamp(each.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                row = connection.execute(
                    "insert into wl_Comment(comment, insertedAt, ip, link, mail, nick, rid, pid, "
                    'status, "like", ua, url) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
                    (
                        each.body, at, "20.0.0.0", "", "", f"reader {each.writer}", root, root,
                        "approved", each.likes, agent, f"/{key}",
                    ),
                )  # fmt: skip
                ids[each.number] = row.lastrowid


def _each(server: Server, cases: dict[str, Request], page: str, effort: Effort) -> dict[str, Any]:
    answer, body = server.ask(page, Accept_Encoding="identity")
    found: dict[str, Measured] = {}
    for name, case in cases.items():
        found[name] = load(server, case, effort)
    return {
        "cases": {name: each.as_json() for name, each in found.items()},
        "thread_bytes": len(body),
        "etag": answer.headers["ETag"],
        "memory_mebibytes": round(server.mebibytes),
        "first_answer_seconds": [round(server.first_answer, 2)],
    }
