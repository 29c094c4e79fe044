"""Secrets of services in rotation, their own limits, and logins that a publisher signed

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "service_client", sa.Column("previous_secret_hash", sa.String(length=64), nullable=True)
    )
    op.add_column("service_client", sa.Column("previous_until", MOMENT, nullable=True))
    op.add_column("service_client", sa.Column("rate_limit", sa.String(length=100), nullable=True))
    op.create_table(
        "used_assertion",
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("jti_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_used_assertion_site_id")),
        sa.PrimaryKeyConstraint("site_id", "jti_hash", name=op.f("pk_used_assertion")),
    )
    op.create_index("used_assertion_expiry", "used_assertion", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("used_assertion")
    for column in ("rate_limit", "previous_until", "previous_secret_hash"):
        op.drop_column("service_client", column)
