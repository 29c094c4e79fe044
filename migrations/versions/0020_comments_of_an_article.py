"""An article's comments are found by their status

Revision ID: 0020
Revises: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "comment_article", "comment", ["article_id", "status", "id"], if_not_exists=True
    )


def downgrade() -> None:
    op.drop_index("comment_article", table_name="comment")
