"""staff: roles, invitations, sessions, second factors; the audit log

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_roles()
    _create_sessions()
    _create_audit_log()
    _close_audit_log()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_is_final() CASCADE")
    for table in (
        "audit_head",
        "audit_entry",
        "staff_totp",
        "staff_session",
        "staff_invitation",
        "staff_role",
    ):
        op.drop_table(table)


def _create_roles() -> None:
    in_force, everywhere = "revoked_at IS NULL", "site_id IS NULL AND revoked_at IS NULL"
    op.create_table(
        "staff_role",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("site_id", BIGINT, nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("granted_by", BIGINT, nullable=True),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.CheckConstraint("role in ('moderator', 'admin')", name=op.f("ck_staff_role_role")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_staff_role_user_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_staff_role_site_id")),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["user_account.id"], name=op.f("fk_staff_role_granted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_role")),
    )
    op.create_index(
        "staff_role_on_site",
        "staff_role",
        ["user_id", "site_id", "role"],
        unique=True,
        sqlite_where=sa.text(in_force),
        postgresql_where=sa.text(in_force),
    )
    op.create_index(
        "staff_role_everywhere",
        "staff_role",
        ["user_id", "role"],
        unique=True,
        sqlite_where=sa.text(everywhere),
        postgresql_where=sa.text(everywhere),
    )
    op.create_table(
        "staff_invitation",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("site_id", BIGINT, nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.CheckConstraint("role in ('moderator', 'admin')", name=op.f("ck_staff_invitation_role")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_staff_invitation_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_invitation_token_hash")),
    )
    op.create_index("staff_invitation_expiry", "staff_invitation", ["expires_at"])


def _create_sessions() -> None:
    op.create_table(
        "staff_session",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("authenticated_at", MOMENT, nullable=False),
        sa.Column("second_factor_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_staff_session_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_index("staff_session_user", "staff_session", ["user_id"])
    op.create_index("staff_session_expiry", "staff_session", ["expires_at"])
    op.create_table(
        "staff_totp",
        sa.Column("user_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("seed", sa.String(length=43), nullable=False),
        sa.Column("last_step", BIGINT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_staff_totp_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_totp")),
    )


def _create_audit_log() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", BIGINT, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("site_id", BIGINT, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_audit_entry_site_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    op.create_index("audit_entry_site", "audit_entry", ["site_id", "seq"])
    op.create_index("audit_entry_target", "audit_entry", ["target", "seq"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("seq", BIGINT, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])


def _close_audit_log() -> None:
    """Let the database itself refuse to change or delete an entry."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit entries are final'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_entry_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_final()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entry_no_{change.lower()} BEFORE {change} ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are final'); END"
        )
