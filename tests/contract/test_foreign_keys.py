"""A database looks for whatever refers to a row before it deletes it: along an index, or through
the whole table, once for each row."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, UniqueConstraint

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


def leads_everywhere(column: Column[object], table: Table) -> bool:
    """Whether an index begins with the column and has each row where it says something."""
    first = {next(iter(table.primary_key.columns)).name}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            first.add(next(iter(constraint.columns)).name)
    for index in table.indexes:
        if has_all(index, column):
            first.add(next(iter(index.columns)).name)
    return column.name in first


def has_all(index: Index, column: Column[object]) -> bool:
    where = {str(index.dialect_options[each].get("where")) for each in ("sqlite", "postgresql")}
    return where <= {"None", f"{column.name} IS NOT NULL"}


def test_what_refers_to_rows_that_are_deleted_in_numbers_has_an_index() -> None:
    without = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        if table.name not in SMALL
        for column in table.columns
        if DELETED_IN_NUMBERS & {key.column.table.name for key in column.foreign_keys}
        and not leads_everywhere(column, table)
    }
    assert without == set()
