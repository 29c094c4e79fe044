"""Whether what the service leans on is there."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from comments_service.services.transaction import reading


def problems(*, migrations: str) -> list[str]:
    """Why the service cannot serve; empty when it can. `migrations` is the folder they are in."""
    try:
        with reading() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return ["database: no answer"]
    wanted = ScriptDirectory(migrations).get_current_head()
    if current != wanted:
        return [f"database: schema is {current}, this version needs {wanted}"]
    return []
