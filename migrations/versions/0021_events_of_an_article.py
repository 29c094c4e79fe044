"""An article's events are found without reading the whole log

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("event_article", "event", ["article_id"])


def downgrade() -> None:
    op.drop_index("event_article", table_name="event")
