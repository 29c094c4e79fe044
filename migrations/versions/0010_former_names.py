"""Former names, for moderators

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_name",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("handle", sa.String(length=50), nullable=True),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_former_name_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
    )
    op.create_index("former_name_user", "former_name", ["user_id", "id"], unique=False)
    op.create_index("former_name_replaced", "former_name", ["replaced_at"], unique=False)


def downgrade() -> None:
    op.drop_table("former_name")
