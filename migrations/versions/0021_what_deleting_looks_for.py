"""Whatever refers to a comment or an article is found along an index when it is deleted

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_reply = sa.text("root_id IS NOT NULL")
    op.create_index(
        "comment_root",
        "comment",
        ["root_id", "visible", "seq"],
        sqlite_where=is_reply,
        postgresql_where=is_reply,
        if_not_exists=True,
    )
    op.drop_index("comment_replies", table_name="comment")
    op.create_index("event_article", "event", ["article_id"], if_not_exists=True)
    op.create_index("notification_comment", "notification", ["comment_id"], if_not_exists=True)


def downgrade() -> None:
    op.drop_index("notification_comment", table_name="notification")
    op.drop_index("event_article", table_name="event")
    is_shown_reply = sa.text("root_id IS NOT NULL AND visible = 1")
    op.create_index(
        "comment_replies",
        "comment",
        ["root_id", "seq"],
        sqlite_where=is_shown_reply,
        postgresql_where=is_shown_reply,
    )
    op.drop_index("comment_root", table_name="comment")
