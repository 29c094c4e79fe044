"""What a worker that serves readers does without: each takes it megabytes and a while to start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SPARED = {"alembic", "authlib", "cryptography", "joserfc", "psycopg", "requests", "urllib3"}
LOOK = """
import sys
import comments_service, wsgi
for path in ("/api/v1/comments?site=none&article=a", "/readyz"):
    assert wsgi.app.test_client().get(path).status_code == 503  # there is no table yet
print(*sys.modules, sep="\\n")
"""


def test_a_worker_on_sqlite_loads_no_other_driver_and_nothing_that_only_commands_or_logins_need(
    tmp_path: Path,
) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOOK],
        env={"COMMENTS_DATABASE_URL": f"sqlite:///{tmp_path}/comments.db", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    loaded = {name.partition(".")[0] for name in ended.stdout.split()}
    assert "sqlalchemy" in loaded
    assert loaded & SPARED == set()
