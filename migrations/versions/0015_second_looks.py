"""Second looks at decisions; who drafted a policy; notices of temporary blinds

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rejudgement",
        sa.Column("decision_id", BIGINT, nullable=False),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("would_publish", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_rejudgement_decision_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_rejudgement_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_rejudgement_user_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_rejudgement")),
    )
    op.create_index("rejudgement_site", "rejudgement", ["site_id", "decision_id"])
    op.add_column("policy_version", sa.Column("created_by", sa.String(length=40), nullable=True))
    _allow_kinds("'reply', 'decision', 'report', 'blind'")


def downgrade() -> None:
    op.execute("DELETE FROM notification WHERE kind = 'blind'")
    _allow_kinds("'reply', 'decision', 'report'")
    op.drop_column("policy_version", "created_by")
    op.drop_table("rejudgement")


def _allow_kinds(kinds: str) -> None:
    name, rule = op.f("ck_notification_kind"), f"kind in ({kinds})"
    with op.batch_alter_table("notification") as notification:
        notification.drop_constraint(name, type_="check")
        notification.create_check_constraint(name, rule)
