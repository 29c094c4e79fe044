"""How one of the staff likes their pages

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_preference",
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("has_shortcuts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_staff_preference_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_preference")),
    )


def downgrade() -> None:
    op.drop_table("staff_preference")
