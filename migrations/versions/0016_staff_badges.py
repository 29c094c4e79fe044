"""Whose staff an account is, beside its name

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("staff_of", JSON, nullable=True))
    _fill()


def _fill() -> None:
    """From the roles in force."""
    role = sa.table(
        "staff_role", sa.column("user_id"), sa.column("site_id"), sa.column("revoked_at")
    )
    site = sa.table("site", sa.column("id"), sa.column("key"))
    account = sa.table("user_account", sa.column("id"), sa.column("staff_of", JSON))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(role.c.user_id, site.c.key)
        .select_from(role.outerjoin(site, role.c.site_id == site.c.id))
        .where(role.c.revoked_at.is_(None))
    )
    staff_of: dict[int, set[str]] = {}
    for user_id, key in rows:
        staff_of.setdefault(user_id, set()).add(key or "*")
    for user_id, keys in staff_of.items():
        connection.execute(
            sa.update(account).where(account.c.id == user_id).values(staff_of=sorted(keys))
        )


def downgrade() -> None:
    op.drop_column("user_account", "staff_of")
