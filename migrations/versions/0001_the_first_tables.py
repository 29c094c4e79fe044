"""The first tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_deletion",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_data_deletion")),
    )
    op.create_table(
        "kept_answer",
        sa.Column("scope_hash", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope_hash", name=op.f("pk_kept_answer")),
    )
    with op.batch_alter_table("kept_answer", schema=None) as batch_op:
        batch_op.create_index("kept_answer_age", ["created_at"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("origins", JSON, nullable=False),
        sa.Column("providers", JSON, nullable=True),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("key", name=op.f("uq_site_key")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("display_name", sa.String(length=50), nullable=False),
        sa.Column("name_chosen", sa.Boolean(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=True),
        sa.Column("avatar", sa.String(length=64), nullable=True),
        sa.Column("lang", sa.String(length=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
    )
    op.create_table(
        "article",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("version", BIGINT, nullable=False),
        sa.Column("last_seq", BIGINT, nullable=False),
        sa.Column("pinned_comment_id", BIGINT, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('open', 'closed', 'premoderated')", name=op.f("ck_article_status")
        ),
        sa.CheckConstraint("comment_count >= 0", name=op.f("ck_article_comment_count")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_article_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        postgresql_with={"fillfactor": 50},
    )
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.create_index("article_key", ["site_id", "key"], unique=True)

    op.create_table(
        "erased_identity",
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_erased_identity_user_id")
        ),
        sa.PrimaryKeyConstraint("subject_hash", name=op.f("pk_erased_identity")),
    )
    op.create_table(
        "identity",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("client_app", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("handle", sa.String(length=50), nullable=True),
        sa.Column("avatar_url", sa.String(length=2048), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deauthorized_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_identity_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint(
            "provider",
            "client_app",
            "subject",
            name=op.f("uq_identity_provider_client_app_subject"),
        ),
    )
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.create_index("identity_user", ["user_id"], unique=False)

    op.create_table(
        "pending_login",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("site_id", BIGINT, nullable=True),
        sa.Column("user_id", BIGINT, nullable=True),
        sa.Column("redirect_uri", sa.String(length=2048), nullable=True),
        sa.Column("response_mode", sa.String(length=16), nullable=True),
        sa.Column("client_state", sa.String(length=128), nullable=True),
        sa.Column("code_challenge", sa.String(length=43), nullable=True),
        sa.Column("code_verifier", sa.String(length=128), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_pending_login_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_pending_login_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_login")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_pending_login_state_hash")),
    )
    with op.batch_alter_table("pending_login", schema=None) as batch_op:
        batch_op.create_index("pending_login_expiry", ["expires_at"], unique=False)

    op.create_table(
        "policy_version",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_policy_version_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
    )
    with op.batch_alter_table("policy_version", schema=None) as batch_op:
        batch_op.create_index("policy_version_number", ["site_id", "version"], unique=True)

    op.create_table(
        "service_client",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("site_id", BIGINT, nullable=True),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_service_client_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_service_client_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_client")),
        sa.UniqueConstraint("client_id", name=op.f("uq_service_client_client_id")),
    )
    op.create_table(
        "suspension",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("site_id", BIGINT, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_suspension_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_suspension_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index("suspension_user", ["user_id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("article_id", BIGINT, nullable=False),
        sa.Column("root_id", BIGINT, nullable=True),
        sa.Column("parent_id", BIGINT, nullable=True),
        sa.Column("author_id", BIGINT, nullable=False),
        sa.Column("seq", BIGINT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("visible", sa.SmallInteger(), nullable=False),
        sa.Column("likes", sa.Integer(), nullable=False),
        sa.Column("dislikes", sa.Integer(), nullable=False),
        sa.Column("score", BIGINT, nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'published' or visible = 1", name=op.f("ck_comment_published_is_visible")
        ),
        sa.CheckConstraint(
            "status in ('published', 'held', 'rejected', 'removed', 'deleted')",
            name=op.f("ck_comment_status"),
        ),
        sa.CheckConstraint(
            "(root_id is null) = (parent_id is null)", name=op.f("ck_comment_reply_has_root")
        ),
        sa.CheckConstraint(
            "likes >= 0 and dislikes >= 0 and reply_count >= 0", name=op.f("ck_comment_counters")
        ),
        sa.CheckConstraint("visible in (0, 1)", name=op.f("ck_comment_visible")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_comment_article_id")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_comment_author_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id")),
        sa.ForeignKeyConstraint(["root_id"], ["comment.id"], name=op.f("fk_comment_root_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("comment_author", ["author_id", "id"], unique=False)
        batch_op.create_index(
            "comment_queue",
            ["status", "id"],
            unique=False,
            sqlite_where=sa.text("status <> 'published'"),
            postgresql_where=sa.text("status <> 'published'"),
        )
        batch_op.create_index(
            "comment_replies",
            ["root_id", "seq"],
            unique=False,
            sqlite_where=sa.text("root_id IS NOT NULL AND visible = 1"),
            postgresql_where=sa.text("root_id IS NOT NULL AND visible = 1"),
        )
        batch_op.create_index("comment_seq", ["article_id", "seq"], unique=True)
        batch_op.create_index(
            "comment_thread",
            ["article_id", "seq"],
            unique=False,
            sqlite_where=sa.text("root_id IS NULL AND visible = 1"),
            postgresql_where=sa.text("root_id IS NULL AND visible = 1"),
        )
        batch_op.create_index(
            "comment_thread_popular",
            ["article_id", "score", "seq"],
            unique=False,
            sqlite_where=sa.text("root_id IS NULL AND visible = 1"),
            postgresql_where=sa.text("root_id IS NULL AND visible = 1"),
        )

    op.create_table(
        "event",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("article_id", BIGINT, nullable=True),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", BIGINT, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_event_article_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_event_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("event_position", ["position"], unique=True)
        batch_op.create_index(
            "event_unplaced",
            ["id"],
            unique=False,
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        )

    op.create_table(
        "login_session",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("identity_id", BIGINT, nullable=True),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("origin", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("fk_login_session_identity_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_login_session_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_login_session_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index("login_session_expiry", ["expires_at"], unique=False)
        batch_op.create_index("login_session_user", ["user_id"], unique=False)

    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("session_id", BIGINT, nullable=True),
        sa.Column("service_client_id", BIGINT, nullable=True),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(session_id is null) <> (service_client_id is null)",
            name=op.f("ck_access_token_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["service_client_id"],
            ["service_client.id"],
            name=op.f("fk_access_token_service_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["login_session.id"], name=op.f("fk_access_token_session_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_access_token")),
    )
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.create_index("access_token_expiry", ["expires_at"], unique=False)
        batch_op.create_index("access_token_session", ["session_id"], unique=False)

    op.create_table(
        "authorization_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("identity_id", BIGINT, nullable=False),
        sa.Column("site_id", BIGINT, nullable=False),
        sa.Column("redirect_uri", sa.String(length=2048), nullable=False),
        sa.Column("code_challenge", sa.String(length=43), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_id", BIGINT, nullable=True),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("fk_authorization_code_identity_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["login_session.id"], name=op.f("fk_authorization_code_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_authorization_code_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_authorization_code_user_id")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_authorization_code")),
    )
    with op.batch_alter_table("authorization_code", schema=None) as batch_op:
        batch_op.create_index("authorization_code_expiry", ["expires_at"], unique=False)

    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("session_id", BIGINT, nullable=False),
        sa.Column("parent_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["login_session.id"], name=op.f("fk_refresh_token_session_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_token")),
    )
    with op.batch_alter_table("refresh_token", schema=None) as batch_op:
        batch_op.create_index("refresh_token_expiry", ["expires_at"], unique=False)
        batch_op.create_index("refresh_token_parent", ["parent_hash"], unique=False)
        batch_op.create_index("refresh_token_session", ["session_id"], unique=False)

    op.create_table(
        "verdict",
        sa.Column("id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("comment_id", BIGINT, nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_verdict_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index("verdict_comment", ["comment_id", "id"], unique=False)

    op.create_table(
        "vote",
        sa.Column("comment_id", BIGINT, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value in (-1, 1)", name=op.f("ck_vote_value")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_vote_comment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_vote_user_id")),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_vote")),
    )


def downgrade() -> None:
    op.drop_table("vote")
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_index("verdict_comment")

    op.drop_table("verdict")
    with op.batch_alter_table("refresh_token", schema=None) as batch_op:
        batch_op.drop_index("refresh_token_session")
        batch_op.drop_index("refresh_token_parent")
        batch_op.drop_index("refresh_token_expiry")

    op.drop_table("refresh_token")
    with op.batch_alter_table("authorization_code", schema=None) as batch_op:
        batch_op.drop_index("authorization_code_expiry")

    op.drop_table("authorization_code")
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.drop_index("access_token_session")
        batch_op.drop_index("access_token_expiry")

    op.drop_table("access_token")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index("login_session_user")
        batch_op.drop_index("login_session_expiry")

    op.drop_table("login_session")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(
            "event_unplaced",
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        )
        batch_op.drop_index("event_position")

    op.drop_table("event")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(
            "comment_thread_popular",
            sqlite_where=sa.text("root_id IS NULL AND visible = 1"),
            postgresql_where=sa.text("root_id IS NULL AND visible = 1"),
        )
        batch_op.drop_index(
            "comment_thread",
            sqlite_where=sa.text("root_id IS NULL AND visible = 1"),
            postgresql_where=sa.text("root_id IS NULL AND visible = 1"),
        )
        batch_op.drop_index("comment_seq")
        batch_op.drop_index(
            "comment_replies",
            sqlite_where=sa.text("root_id IS NOT NULL AND visible = 1"),
            postgresql_where=sa.text("root_id IS NOT NULL AND visible = 1"),
        )
        batch_op.drop_index(
            "comment_queue",
            sqlite_where=sa.text("status <> 'published'"),
            postgresql_where=sa.text("status <> 'published'"),
        )
        batch_op.drop_index("comment_author")

    op.drop_table("comment")
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.drop_index("suspension_user")

    op.drop_table("suspension")
    op.drop_table("service_client")
    with op.batch_alter_table("policy_version", schema=None) as batch_op:
        batch_op.drop_index("policy_version_number")

    op.drop_table("policy_version")
    with op.batch_alter_table("pending_login", schema=None) as batch_op:
        batch_op.drop_index("pending_login_expiry")

    op.drop_table("pending_login")
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.drop_index("identity_user")

    op.drop_table("identity")
    op.drop_table("erased_identity")
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_index("article_key")

    op.drop_table("article")
    op.drop_table("user_account")
    op.drop_table("site")
    with op.batch_alter_table("kept_answer", schema=None) as batch_op:
        batch_op.drop_index("kept_answer_age")

    op.drop_table("kept_answer")
    op.drop_table("data_deletion")
