"""Finding texts by their words, with what each database brings for it: FTS5 on SQLite, a GIN index
over `tsvector` on PostgreSQL. Triggers of the database keep both (see the migrations).

A word finds what begins with it, since Korean particles follow the noun.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, FromClause, cast, column, literal, literal_column, table
from sqlalchemy.dialects.postgresql import TSQUERY

from comments_service.models import db

MOST_WORDS = 6
LONGEST_WORD = 50
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> tuple[str, ...]:
    """The words to look for; none where nothing could be found."""
    return tuple(word[:LONGEST_WORD] for word in _WORD.findall(text.lower())[:MOST_WORDS])


def source(name: str) -> FromClause:
    """What is searched of the table `name`; its `id` is that table's."""
    if db.engine.dialect.name == "postgresql":
        return table(f"{name}_search", column("id"), column("words"))
    return table(f"{name}_search", column("rowid"))


def id_of(searched: FromClause) -> ColumnElement[Any]:
    return searched.c.id if "id" in searched.c else searched.c.rowid


def matches(searched: FromClause, wanted: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether each of the words (`words`) begins one of the text's."""
    if "words" in searched.c:
        query = " & ".join(f"'{word}':*" for word in wanted)
        return searched.c.words.op("@@", is_comparison=True)(cast(literal(query), TSQUERY))
    query = " ".join(f'"{word}"*' for word in wanted)
    name = getattr(searched, "name", "")
    return literal_column(str(name)).op("MATCH", is_comparison=True)(query)
