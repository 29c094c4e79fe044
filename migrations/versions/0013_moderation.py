"""Moderation: decisions, edits, notes, notifications; what the queue is read and searched by

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REPORTED = sa.text("reported_at IS NOT NULL")
ANSWERED = sa.text("answered_at IS NOT NULL")
OPEN = sa.text("decided_at IS NULL")
UNREAD = sa.text("read_at IS NULL")
OF_A_REPLY = sa.text("kind = 'reply'")
OF_A_DECISION = sa.text("decision_id IS NOT NULL")

# What words a text is found by: ASCII's own separators and the marks of Korean and English
# typesetting stand between them. The range classes of regular expressions go by the database's
# locale, which may know no Hangul.
BETWEEN_WORDS = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a0"
    "…‘’“”·、。「」『』〈〉《》【】！？，．：；（）]+"
)
WORDS = (
    "array_to_tsvector(array_remove(regexp_split_to_array("
    f"lower(left({{text}}, 500)), '{BETWEEN_WORDS}'), ''))"
)
SEARCHED = (("comment", "body"), ("user_account", "display_name"))


def upgrade() -> None:
    _add_columns()
    _create_tables()
    _fill_sites()
    for table, column in SEARCHED:
        if _on_postgresql():
            _search_on_postgresql(table, column)
        else:
            _search_on_sqlite(table, column)
    _close_decisions()


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _add_columns() -> None:
    op.add_column("comment", sa.Column("site_id", BIGINT, nullable=True))
    op.add_column("comment", sa.Column("reported_at", MOMENT, nullable=True))
    op.add_column(
        "report", sa.Column("weight", sa.SmallInteger(), nullable=False, server_default="100")
    )
    op.add_column("report", sa.Column("answered_at", MOMENT, nullable=True))
    op.add_column("report", sa.Column("agreed", sa.Boolean(), nullable=True))
    op.add_column("report", sa.Column("decision_id", BIGINT, nullable=True))
    op.add_column("appeal", sa.Column("site_id", BIGINT, nullable=True))
    op.add_column("appeal", sa.Column("decision_id", BIGINT, nullable=True))
    op.add_column("suspension", sa.Column("created_by", BIGINT, nullable=True))
    op.add_column("suspension", sa.Column("lifted_by", BIGINT, nullable=True))
    op.add_column("suspension", sa.Column("note", sa.String(length=500), nullable=True))
    op.create_index("comment_site", "comment", ["site_id", "status", "id"])
    op.create_index(
        "comment_reported",
        "comment",
        ["site_id", "reported_at", "id"],
        sqlite_where=REPORTED,
        postgresql_where=REPORTED,
    )
    op.create_index(
        "report_answered",
        "report",
        ["user_id", "answered_at"],
        sqlite_where=ANSWERED,
        postgresql_where=ANSWERED,
    )
    op.create_index(
        "appeal_open",
        "appeal",
        ["site_id", "created_at", "comment_id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("identity_handle", "identity", ["handle"])


def _create_tables() -> None:
    _create_decisions()
    _create_notifications()
    op.create_table(
        "comment_edit",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("comment_id", BIGINT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_edit_comment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_edit")),
    )
    op.create_index("comment_edit_comment", "comment_edit", ["comment_id", "id"])
    op.create_table(
        "user_note",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("site_id", BIGINT, nullable=True),
        sa.Column("author_id", BIGINT, nullable=False),
        sa.Column("body", sa.String(length=2000), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_note_user_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_user_note_site_id")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_user_note_author_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_note")),
    )
    op.create_index("user_note_user", "user_note", ["user_id", "id"])
    op.create_table(
        "glance",
        sa.Column("comment_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_glance_comment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_glance_user_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_glance")),
    )


def _create_decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("batch_id", BIGINT, nullable=False),
        sa.Column("comment_id", BIGINT, nullable=False),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("on_appeal", sa.Boolean(), nullable=False),
        sa.Column("undoes", BIGINT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind in ('approve', 'reject', 'remove', 'restore', 'uphold', 'undo')",
            name=op.f("ck_decision_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'undo') = (undoes is not null)",
            name=op.f("ck_decision_undo_names_its_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_decision_comment_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_decision_site_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_decision_user_id")),
        sa.ForeignKeyConstraint(["undoes"], ["decision.id"], name=op.f("fk_decision_undoes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("decision_comment", "decision", ["comment_id", "id"])
    op.create_index("decision_batch", "decision", ["batch_id"])
    op.create_index("decision_site", "decision", ["site_id", "id"])
    op.create_index("decision_undoes", "decision", ["undoes"], unique=True)


def _create_notifications() -> None:
    op.create_table(
        "notification",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("comment_id", BIGINT, nullable=False),
        sa.Column("decision_id", BIGINT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind in ('reply', 'decision', 'report')", name=op.f("ck_notification_kind")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_notification_site_id")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_notification_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_notification_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    for name, columns, where, unique in (
        ("notification_user", ["user_id", "site_id", "id"], None, False),
        ("notification_unread", ["user_id", "site_id", "id"], UNREAD, False),
        ("notification_reply", ["comment_id", "user_id"], OF_A_REPLY, True),
        ("notification_decision", ["decision_id"], OF_A_DECISION, False),
    ):
        op.create_index(
            name,
            "notification",
            columns,
            unique=unique,
            sqlite_where=where,
            postgresql_where=where,
        )


def _fill_sites() -> None:
    """Every comment and appeal knows its site, whoever inserts it."""
    for table, of_the_site in (
        ("comment", "SELECT site_id FROM article WHERE id = {row}.article_id"),
        ("appeal", "SELECT site_id FROM comment WHERE id = {row}.comment_id"),
    ):
        op.execute(f"UPDATE {table} SET site_id = ({of_the_site.format(row=table)})")
        new = of_the_site.format(row="NEW")
        if _on_postgresql():
            op.execute(
                f"CREATE FUNCTION {table}_takes_site() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN NEW.site_id := ({new}); RETURN NEW; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {table}_site BEFORE INSERT ON {table} FOR EACH ROW "
                f"WHEN (NEW.site_id IS NULL) EXECUTE FUNCTION {table}_takes_site()"
            )
        else:
            key = "id" if table == "comment" else "comment_id"
            op.execute(
                f"CREATE TRIGGER {table}_site AFTER INSERT ON {table} WHEN NEW.site_id IS NULL "
                f"BEGIN UPDATE {table} SET site_id = ({new}) WHERE {key} = NEW.{key}; END"
            )


def _search_on_postgresql(table: str, column: str) -> None:
    """Words in a table of their own, so that a vote does not write them anew."""
    search = f"{table}_search"
    op.execute(f"CREATE TABLE {search} (id bigint PRIMARY KEY, words tsvector NOT NULL)")
    op.execute(f"INSERT INTO {search} SELECT id, {WORDS.format(text=column)} FROM {table}")
    op.execute(f"CREATE INDEX {search}_words ON {search} USING gin (words)")
    op.execute(
        f"CREATE FUNCTION {search}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO {search} VALUES (NEW.id, {WORDS.format(text=f'NEW.{column}')}) "
        "ON CONFLICT (id) DO UPDATE SET words = excluded.words; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {search}_kept AFTER INSERT OR UPDATE OF {column} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {search}_keep()"
    )


def _search_on_sqlite(table: str, column: str) -> None:
    search = f"{table}_search"
    op.execute(
        f"CREATE VIRTUAL TABLE {search} USING fts5({column}, content='{table}', "
        "content_rowid='id', prefix='1 2 3', detail='none')"
    )
    op.execute(f"INSERT INTO {search} ({search}) VALUES ('rebuild')")
    add = f"INSERT INTO {search} (rowid, {column}) VALUES (NEW.id, NEW.{column});"
    take = (
        f"INSERT INTO {search} ({search}, rowid, {column}) VALUES ('delete', OLD.id, OLD.{column});"
    )
    for name, when, then in (
        ("added", f"INSERT ON {table}", add),
        ("changed", f"UPDATE OF {column} ON {table}", take + add),
        ("gone", f"DELETE ON {table}", take),
    ):
        op.execute(f"CREATE TRIGGER {search}_{name} AFTER {when} BEGIN {then} END")


def _close_decisions() -> None:
    """Let the database itself refuse to change or delete a decision."""
    if _on_postgresql():
        op.execute(
            "CREATE FUNCTION decision_is_final() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'decisions are final'; END $$"
        )
        op.execute(
            "CREATE TRIGGER decision_final BEFORE UPDATE OR DELETE OR TRUNCATE ON decision "
            "FOR EACH STATEMENT EXECUTE FUNCTION decision_is_final()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER decision_no_{change.lower()} BEFORE {change} ON decision "
            "BEGIN SELECT RAISE(ABORT, 'decisions are final'); END"
        )


def downgrade() -> None:
    for table, _ in SEARCHED:
        search = f"{table}_search"
        if _on_postgresql():
            op.execute(f"DROP TRIGGER {search}_kept ON {table}")
            op.execute(f"DROP FUNCTION {search}_keep()")
        else:
            for name in ("added", "changed", "gone"):
                op.execute(f"DROP TRIGGER {search}_{name}")
        op.execute(f"DROP TABLE {search}")
    for table in ("comment", "appeal"):
        op.execute(f"DROP TRIGGER {table}_site" + (f" ON {table}" if _on_postgresql() else ""))
        if _on_postgresql():
            op.execute(f"DROP FUNCTION {table}_takes_site()")
    for table in ("notification", "glance", "user_note", "comment_edit", "decision"):
        op.drop_table(table)
    if _on_postgresql():
        op.execute("DROP FUNCTION decision_is_final()")
    op.drop_index("identity_handle", table_name="identity")
    op.drop_index("appeal_open", table_name="appeal")
    op.drop_index("report_answered", table_name="report")
    op.drop_index("comment_reported", table_name="comment")
    op.drop_index("comment_site", table_name="comment")
    for table, columns in (
        ("suspension", ("note", "lifted_by", "created_by")),
        ("appeal", ("decision_id", "site_id")),
        ("report", ("decision_id", "agreed", "answered_at", "weight")),
        ("comment", ("reported_at", "site_id")),
    ):
        for column in columns:
            op.drop_column(table, column)
