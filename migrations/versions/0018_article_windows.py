"""Articles whose windows begin or end are found by the moment

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WAITING = sa.text("window_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("article", sa.Column("window_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "article_window",
        "article",
        ["window_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    # The worker looks at them once, and then knows when to come back.
    op.execute("UPDATE article SET window_at = CURRENT_TIMESTAMP WHERE windows IS NOT NULL")


def downgrade() -> None:
    op.drop_index("article_window", table_name="article")
    op.drop_column("article", "window_at")
