"""Appeals

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "appeal",
        sa.Column("comment_id", BIGINT, sa.ForeignKey("comment.id"), primary_key=True),
        sa.Column("user_id", BIGINT, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=8)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
    )
    op.create_index("appeal_user", "appeal", ["user_id"])


def downgrade() -> None:
    op.drop_table("appeal")
