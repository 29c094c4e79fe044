"""Ids of events from a sequence: in the order of the commits of each article, and never twice

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateSequence, DropSequence

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

EVENT_ID = sa.Sequence("event_id")


def upgrade() -> None:
    op.drop_index("event_article", table_name="event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(CreateSequence(EVENT_ID))
        op.execute("SELECT setval('event_id', coalesce(max(id), 0) + 1, false) FROM event")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(DropSequence(EVENT_ID))
    op.create_index("event_article", "event", ["article_id", "id"], unique=False)
