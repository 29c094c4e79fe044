"""Slow mode and windows of articles; comments out of sight for some weeks

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("resolved_at IS NULL")

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without making the table anew, as SQLite would: other tables' triggers look into it.
    op.execute(
        "ALTER TABLE article ADD COLUMN slow_mode_seconds INTEGER DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_article_slow_mode_seconds CHECK (slow_mode_seconds >= 0)"
    )
    op.add_column("article", sa.Column("windows", JSON, nullable=True))
    op.create_table(
        "blind",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("comment_id", BIGINT, nullable=False),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("requester", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("objection", sa.Text(), nullable=True),
        sa.Column("objected_at", MOMENT, nullable=True),
        sa.Column("resolved_by", sa.String(length=40), nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "outcome in ('restored', 'deleted', 'expired')", name=op.f("ck_blind_outcome")
        ),
        sa.CheckConstraint(
            "(outcome is null) = (resolved_at is null)", name=op.f("ck_blind_resolved_has_outcome")
        ),
        sa.CheckConstraint(
            "(objection is null) = (objected_at is null)", name=op.f("ck_blind_objection_has_time")
        ),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_blind_comment_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_blind_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind")),
    )
    where = {"sqlite_where": OPEN, "postgresql_where": OPEN}
    op.create_index("blind_open", "blind", ["comment_id"], unique=True, **where)
    op.create_index("blind_due", "blind", ["ends_at", "id"], **where)
    op.create_index("blind_site", "blind", ["site_id", "id"])
    op.create_index("blind_comment", "blind", ["comment_id", "id"])


def downgrade() -> None:
    op.drop_table("blind")
    op.drop_column("article", "windows")
    op.drop_column("article", "slow_mode_seconds")
