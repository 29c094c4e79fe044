"""Other keys of articles; what an import made of what

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("article", sa.Column("updated_at", MOMENT, nullable=True))
    op.create_table(
        "article_alias",
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("article_id", BIGINT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_article_alias_site_id")),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_alias_article_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "key", name=op.f("pk_article_alias")),
    )
    op.create_index("article_alias_article", "article_alias", ["article_id", "key"], unique=False)
    op.create_table(
        "import_entry",
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("target_id", BIGINT, nullable=False),
        sa.Column("job_id", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_import_entry_site_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_import_entry_job_id")),
        sa.PrimaryKeyConstraint("site_id", "kind", "source", name=op.f("pk_import_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "import_entry_job", "import_entry", ["job_id", "kind", "target_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("import_entry")
    op.drop_table("article_alias")
    op.drop_column("article", "updated_at")
