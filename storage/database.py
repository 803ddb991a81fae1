"""The SQLite database: WAL, full sync, migrated to the newest form when opened for writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from records.errors import ArchiveError
from records.words import Text
from storage.durable import CANNOT_WRITE, DISK_FULL, disk_errors, make_folder

MIGRATIONS = Path(__file__).with_name("migrations")
HEAD = "0002"  # the newest migration; a test compares it with the folder
UNUSABLE = Text(
    "数据库 {path} 无法使用（{why}）：数据可由原始邮件恢复，请运行 rebuild",
    "The database {path} cannot be used ({why}): it can be made again from the raw messages; run rebuild",
)
NEWER = Text(
    "数据库 {path} 由更新版本的程序建立（{version}）：请升级程序后再运行",
    "The database {path} was made by a newer version ({version}): upgrade the program",
)
LOCKED = Text(
    "数据库 {path} 正被另一个程序占用：请等它结束后重试",
    "Another program holds the database {path}: wait until it ends, then try again",
)
REASONS = {  # by SQLite's primary result code; for all others the database itself is to blame
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_READONLY: CANNOT_WRITE,
    sqlite3.SQLITE_CANTOPEN: CANNOT_WRITE,
    sqlite3.SQLITE_PERM: CANNOT_WRITE,
    sqlite3.SQLITE_IOERR: CANNOT_WRITE,
}


class Database:
    """One SQLite file; sessions are short, a transaction each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with disk_errors(path):
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
            connection.execute(text("BEGIN IMMEDIATE"))  # all tables or none; a second opener waits, then finds them
            command.upgrade(alembic_config(connection), "head")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if not isinstance(error.orig, sqlite3.Error) or isinstance(error.orig, sqlite3.IntegrityError):
                raise
            code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            raise ArchiveError(REASONS.get(code, UNUSABLE).fill(path=self.path, why=error.orig)) from error


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for a connection that is already open."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _engine(path: Path) -> Engine:
    url = URL.create("sqlite", database=str(path))  # a "?" in a folder's name begins no options
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
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
