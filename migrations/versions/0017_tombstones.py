"""Whatever is not published keeps its place for its published replies

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE comment SET visible = 1 WHERE root_id IS NULL AND visible = 0 AND reply_count > 0"
    )


def downgrade() -> None:
    op.execute("UPDATE comment SET visible = 0 WHERE status IN ('held', 'rejected')")
