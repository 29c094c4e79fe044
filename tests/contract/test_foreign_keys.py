"""A database looks for whatever refers to a row before it deletes it: along an index, or through
the whole table, once for each row."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table, UniqueConstraint

from comments_service.models import Article, Comment, User, db

DELETED_IN_NUMBERS = {Article.__tablename__, Comment.__tablename__, User.__tablename__}

#: Tables with few rows: logins on their way, people of the desk, and what is asked now and then.
SMALL = {
    "authorization_code",
    "erased_identity",
    "glance",
    "pending_login",
    "rejudgement",
    "service_client",
    "staff_role",
    "user_note",
}


def unindexed(table: Table) -> Iterator[str]:
    first = {next(iter(table.primary_key.columns)).name}
    first |= {next(iter(index.columns)).name for index in table.indexes}
    first |= {
        next(iter(each.columns)).name
        for each in table.constraints
        if isinstance(each, UniqueConstraint)
    }
    for column in table.columns:
        parents = {key.column.table.name for key in column.foreign_keys}
        if parents & DELETED_IN_NUMBERS and column.name not in first:
            yield f"{table.name}.{column.name}"


def test_what_refers_to_rows_that_are_deleted_in_numbers_has_an_index() -> None:
    without = {name for table in db.metadata.sorted_tables for name in unindexed(table)}
    assert {name for name in without if name.split(".")[0] not in SMALL} == set()
