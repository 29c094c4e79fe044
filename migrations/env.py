"""Runs migrations on the application's own engine (Flask-Migrate)."""

from alembic import context
from flask import current_app

target_db = current_app.extensions["migrate"].db
engine = target_db.engine

if context.is_offline_mode():
    raise SystemExit("Migrations look at the database; run them with a connection.")

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=target_db.metadata,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
