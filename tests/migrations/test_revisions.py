"""Revisions: one head, equal to the tables, up and down on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.sql.schema import SchemaItem

from comments_service.models import db
from comments_service.services import health


def _is_ours(_item: SchemaItem, name: str | None, kind: str, *_: object) -> bool:
    """The tables that texts are searched by are each database's own, and no model's."""
    return not (kind == "table" and "_search" in (name or ""))


def test_there_is_one_newest_revision(app: Flask) -> None:
    (newest,) = ScriptDirectory(app.extensions["migrate"].directory).get_heads()
    assert health.newest_revision(app.extensions["comments_migrations"]) == newest


def test_the_revisions_make_what_the_tables_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": _is_ours}
        )
        assert compare_metadata(context, db.metadata) == []


def test_every_revision_goes_down_and_up_again(app: Flask) -> None:
    tables = set(inspect(db.engine).get_table_names())
    for script in ScriptDirectory(app.extensions["migrate"].directory).walk_revisions():
        downgrade(revision=str(script.down_revision or "base"))
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    upgrade()
    assert set(inspect(db.engine).get_table_names()) == tables


def test_an_index_that_an_operator_made_beforehand_is_taken(app: Flask) -> None:
    downgrade(revision="0018")
    with db.engine.begin() as connection:
        connection.execute(text("CREATE INDEX comment_article ON comment (article_id, status, id)"))
        connection.execute(
            text(
                "CREATE INDEX comment_root ON comment (root_id, visible, seq) "
                "WHERE root_id IS NOT NULL"
            )
        )
    upgrade()
    names = {index["name"] for index in inspect(db.engine).get_indexes("comment")}
    assert {"comment_article", "comment_root"} <= names
