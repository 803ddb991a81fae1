"""The SQLite database: WAL, full sync, migrated to the newest form when opened for writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from records.errors import ArchiveError
from records.words import Text
from storage.durable import make_folder

MIGRATIONS = Path(__file__).with_name("migrations")
HEAD = "0001"  # the newest migration; a test compares it with the folder
UNUSABLE = Text(
    "数据库 {path} 无法使用（{why}）：数据可由原始邮件恢复，请运行 rebuild",
    "The database {path} cannot be used ({why}): it can be made again from the raw messages; run rebuild",
)
NEWER = Text(
    "数据库 {path} 由更新版本的程序建立（{version}）：请升级程序后再运行",
    "The database {path} was made by a newer version ({version}): upgrade the program",
)
FULL = Text(
    "磁盘已满，数据库 {path} 无法写入：请清理磁盘空间后重试，已收到的邮件不会丢失",
    "The disk is full, the database {path} cannot be written: free some space and try again; nothing received is lost",
)


class Database:
    """One SQLite file; sessions are short, a transaction each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        make_folder(path.parent)
        self.engine = _engine(path)
        with self._translated():
            self._migrate()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back by an exception. Raises ArchiveError."""
        with self._translated(), Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()

    def _migrate(self) -> None:
        with self.engine.connect() as connection:
            version = _version(connection)
        if version == HEAD:
            return
        if version is not None and version > HEAD:
            raise ArchiveError(NEWER.fill(path=self.path, version=version))
        with self.engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            text_ = FULL if "full" in str(error.orig) else UNUSABLE
            raise ArchiveError(text_.fill(path=self.path, why=error.orig)) from error
        except DatabaseError as error:
            if isinstance(error.orig, sqlite3.IntegrityError):
                raise
            raise ArchiveError(UNUSABLE.fill(path=self.path, why=error.orig)) from error


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for a connection that is already open."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _version(connection: Connection) -> str | None:
    known = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).scalar()
    if not known:
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)
