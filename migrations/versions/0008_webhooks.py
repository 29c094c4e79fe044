"""Webhooks, what is on its way to them, and the log of events by site

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
PENDING = sa.text("status = 'pending'")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("event_log", "event", ["site_id", "position"], unique=False)
    op.create_index("event_article", "event", ["article_id", "id"], unique=False)
    op.create_table(
        "webhook",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("events", JSON, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("previous_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "status in ('enabled', 'disabled', 'gone')", name=op.f("ck_webhook_status")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_webhook_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index("webhook_site", "webhook", ["site_id", "id"], unique=False)
    _create_delivery()
    op.create_table(
        "delivery_attempt",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("delivery_id", BIGINT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_attempt_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
    op.create_index(
        "delivery_attempt_delivery", "delivery_attempt", ["delivery_id", "id"], unique=False
    )


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("webhook_id", BIGINT, nullable=False),
        sa.Column("event_id", BIGINT, nullable=True),
        sa.Column("article_id", BIGINT, nullable=True),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("claim", BIGINT, nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "status in ('pending', 'delivered', 'dead')", name=op.f("ck_delivery_status")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_delivery_event_id")),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_delivery_webhook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("delivery_webhook", "delivery", ["webhook_id", "id"], unique=False)
    op.create_index("delivery_event", "delivery", ["event_id", "webhook_id"], unique=True)
    op.create_index("delivery_claim", "delivery", ["claim"], unique=False)
    op.create_index("delivery_ended", "delivery", ["ended_at"], unique=False)
    for name, columns in (
        ("delivery_due", ["next_at"]),
        ("delivery_order", ["webhook_id", "article_id", "position"]),
    ):
        op.create_index(
            name,
            "delivery",
            columns,
            unique=False,
            sqlite_where=PENDING,
            postgresql_where=PENDING,
        )


def downgrade() -> None:
    op.drop_table("delivery_attempt")
    op.drop_table("delivery")
    op.drop_table("webhook")
    op.drop_index("event_article", table_name="event")
    op.drop_index("event_log", table_name="event")
