"""Alembic's entry: runs migrations on the connection that storage.database hands in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from storage.searching import is_index_table
from storage.tables import MessageRow


def run(connection: Connection) -> None:
    """Migrate ``connection``; FTS5's own tables are none of alembic's business."""
    context.configure(
        connection=connection,
        target_metadata=MessageRow.metadata,
        include_object=lambda _object, name, kind, *_: not (kind == "table" and is_index_table(name)),
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
