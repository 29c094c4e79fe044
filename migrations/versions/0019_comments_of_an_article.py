"""An article's comments are found by their status

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("comment_article", "comment", ["article_id", "status", "id"])


def downgrade() -> None:
    op.drop_index("comment_article", table_name="comment")
