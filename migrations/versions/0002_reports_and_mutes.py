"""reports and mutes

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mute",
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("muted_user_id", BIGINT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("user_id <> muted_user_id", name=op.f("ck_mute_not_oneself")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mute_user_id")),
        sa.ForeignKeyConstraint(
            ["muted_user_id"], ["user_account.id"], name=op.f("fk_mute_muted_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "muted_user_id", name=op.f("pk_mute")),
    )
    with op.batch_alter_table("mute", schema=None) as batch_op:
        batch_op.create_index("mute_muted_user", ["muted_user_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("comment_id", BIGINT, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason in ('abuse', 'hate', 'obscene', 'spam', 'privacy', 'false', 'other')",
            name=op.f("ck_report_reason"),
        ),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_report_comment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_report_user_id")),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index("report_user", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("report")
    op.drop_table("mute")
