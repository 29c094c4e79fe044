"""Where the log of events begins; what deleting a comment or a person has to look for

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_REPLY = sa.text("parent_id IS NOT NULL")

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site", sa.Column("events_gone_id", BIGINT, nullable=True))
    op.add_column("site", sa.Column("events_gone_position", BIGINT, nullable=True))
    op.create_index(
        "comment_parent",
        "comment",
        ["parent_id"],
        sqlite_where=IS_REPLY,
        postgresql_where=IS_REPLY,
        if_not_exists=True,
    )
    op.create_index("vote_user", "vote", ["user_id"], if_not_exists=True)
    op.create_index("decision_user", "decision", ["user_id"], if_not_exists=True)


def downgrade() -> None:
    op.drop_index("decision_user", "decision")
    op.drop_index("vote_user", "vote")
    op.drop_index("comment_parent", "comment")
    op.drop_column("site", "events_gone_position")
    op.drop_column("site", "events_gone_id")
