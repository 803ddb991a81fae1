"""The database: checked rows, migrations in step with the tables, full sync, and clear words when it fails."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import ValidationError
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import SQLModel

from records.errors import ArchiveError
from storage.database import HEAD, MIGRATIONS, Database
from storage.searching import INDEX, is_index_table
from storage.tables import DeliveryRow, FiledPathRow, MessageRow, StateRow, checked
from tests.sample_corpus import ROOT

AT = datetime(2025, 6, 20, 10, 0, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "baosong.db")
    yield opened
    opened.close()


def message(**values: object) -> MessageRow:
    usual = {"id": "m-1", "source": "manual", "received_at": AT, "received_source": "decision", "size_bytes": 0}
    return checked(MessageRow, **{**usual, "status": "filed", **values})


@pytest.mark.parametrize(
    "values",
    [
        {"size_bytes": "viel"},
        {"id": None},
        {"id": 7},
        {"received_at": "gestern"},
        {"status": b"\xff"},
        {"subject": None},
    ],
)
def test_a_value_of_the_wrong_type_is_refused(values: dict[str, object]) -> None:
    """SQLModel's tables take anything; checked rows do not."""
    with pytest.raises(ValidationError):
        message(**values)


def test_an_unknown_column_is_refused() -> None:
    """A misspelt name is told instead of being dropped in silence."""
    with pytest.raises(ValueError, match="MessageRow has no sujet"):
        message(sujet="a")


def test_a_missing_value_is_refused() -> None:
    """A row without what it must have is not made."""
    with pytest.raises(ValidationError):
        checked(StateRow, name="a")


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    """A naive time could mean any hour; it never reaches the disk."""
    with pytest.raises(StatementError, match="without a zone"), database.session() as session:
        session.add(message(received_at=AT.replace(tzinfo=None)))


def test_times_come_back_aware_and_equal(database: Database) -> None:
    """Stored in UTC, whatever zone they came in; fractions of a second are kept."""
    precise = AT.replace(microsecond=123456)
    with database.session() as session:
        session.add(message(received_at=precise))
    with database.session() as session:
        found = session.get_one(MessageRow, "m-1").received_at
    assert found == precise
    assert found.utcoffset() == timedelta(0)
    with sqlite3.connect(database.path) as raw:
        assert raw.execute("SELECT received_at FROM message").fetchone() == ("2025-06-20 02:00:00.123456",)


def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    """Alembic finds no difference between what migrations made and what the code says, the index's own tables aside."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _object, name, kind, *_: not (kind == "table" and is_index_table(name)),
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_every_table_and_the_index_are_there(database: Database) -> None:
    """Nothing that the code knows is missing from a new database."""
    tables = set(inspect(database.engine).get_table_names())
    assert set(SQLModel.metadata.tables) <= tables
    assert INDEX in tables


def test_the_newest_migration_is_the_one_that_the_code_names(database: Database) -> None:
    """HEAD, the head of the migrations' folder, and the version in a new database are one; the line does not fork."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert scripts.get_heads() == [HEAD]
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


def test_a_crash_during_the_first_migration_leaves_no_half_database(tmp_path: Path) -> None:
    """All tables or none: whatever table it was killed at, the next opening finds or makes all of them."""
    path = tmp_path / "baosong.db"
    script = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from storage.database import Database
@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *_):
    if "CREATE TABLE outbox" in statement:
        os.kill(os.getpid(), signal.SIGKILL)
Database(Path(sys.argv[1]))
"""
    run = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == -9, run.stderr
    opened = Database(path)
    with opened.session() as session:
        session.add(message())
    opened.close()


def test_several_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    """One migrates, the others wait and find it done."""
    script = "import sys; from pathlib import Path; from storage.database import Database; Database(Path(sys.argv[1]))"
    command = [sys.executable, "-c", script, str(tmp_path / "baosong.db")]
    openers = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(opener.communicate(timeout=60)[1], opener.returncode) for opener in openers] == [("", 0)] * 3


def test_opening_again_keeps_everything(database: Database) -> None:
    """A database that is up to date is left as it is."""
    with database.session() as session:
        session.add(message())
    again = Database(database.path)
    with again.session() as session:
        assert session.get(MessageRow, "m-1") is not None
    again.close()


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    """An old program does not touch what it cannot know; it says that it must be upgraded."""
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ArchiveError) as caught:
        Database(database.path)
    assert "9999" in caught.value.say("zh")
    assert "升级程序" in caught.value.say("zh")
    assert "upgrade the program" in caught.value.say("en")


def test_each_connection_writes_ahead_with_full_sync(database: Database) -> None:
    """WAL and synchronous=FULL (2) hold for every connection of the pool, not for the first alone."""
    connections = [database.engine.connect() for _ in range(3)]
    for connection in connections:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
        connection.close()


def test_a_session_commits_whole_or_not_at_all(database: Database) -> None:
    """An exception takes back all that the session wrote."""
    with pytest.raises(ZeroDivisionError), database.session() as session:
        session.add(message())
        session.flush()
        session.add(message(size_bytes=1 // 0))
    with database.session() as session:
        assert session.get(MessageRow, "m-1") is None


def test_one_place_in_a_mailbox_is_one_row(database: Database) -> None:
    """Two claims of one UID cannot stand side by side, whatever the code does (R2)."""
    where = {"mailbox": "a", "folder": "INBOX", "uidvalidity": 1, "uid": 1, "size_bytes": 1, "state": "claimed"}
    with pytest.raises(IntegrityError), database.session() as session:
        session.add(checked(DeliveryRow, **where))
        session.add(checked(DeliveryRow, **where))


def test_a_file_that_is_no_database_asks_for_a_rebuild(tmp_path: Path) -> None:
    """What was lost with it can be made again, and the sentence says how."""
    path = tmp_path / "baosong.db"
    path.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(ArchiveError) as caught:
        Database(path)
    assert "rebuild" in caught.value.say("zh")
    assert str(path) in caught.value.say("en")


def test_a_damaged_database_asks_for_a_rebuild(database: Database) -> None:
    """Damage in the middle is found when it is read, and told in the same way."""
    with database.session() as session:
        session.add_all([checked(FiledPathRow, path=f"{n:0200}", submission="a/1") for n in range(2000)])
    database.close()
    octets = bytearray(database.path.read_bytes())
    octets[4096:] = b"\x5a" * (len(octets) - 4096)
    database.path.write_bytes(bytes(octets))
    with pytest.raises(ArchiveError) as caught, Database(database.path).session() as session:
        session.execute(text("SELECT count(path) FROM filed_path WHERE submission > ''")).all()
    assert "rebuild" in caught.value.say("zh")


def test_a_folder_that_cannot_be_made_gives_one_sentence(tmp_path: Path) -> None:
    """A file where the archive should stand is told as such; nobody is sent to rebuild for it."""
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(ArchiveError) as caught:
        Database(tmp_path / "var" / "deep" / "baosong.db")
    assert "rebuild" not in caught.value.say()
    assert str(tmp_path / "var") in caught.value.say()


def test_a_full_disk_is_told_as_such(database: Database) -> None:
    """SQLite's "database or disk is full" becomes the sentence about disk space, and earlier rows stay."""
    with database.session() as session:
        session.add(message())
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    with pytest.raises(ArchiveError) as caught, database.session() as session:
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        session.add(message(id="m-2", body_text="x" * 1_000_000))
    assert "磁盘已满" in caught.value.say("zh")
    with database.session() as session:
        assert session.get(MessageRow, "m-1") is not None
        assert session.get(MessageRow, "m-2") is None


def test_a_database_held_by_another_program_is_told_as_such(database: Database) -> None:
    """Nobody is sent to rebuild because somebody else is writing."""
    with sqlite3.connect(database.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError) as caught, database.session() as session:
            session.execute(text("PRAGMA busy_timeout = 1"))
            session.add(message())
        other.execute("ROLLBACK")
    assert "占用" in caught.value.say("zh")


@pytest.mark.parametrize("folder", ["a?mode=ro", "安 稳#1", "100%d", "a%41"])
def test_any_folder_name_will_do(tmp_path: Path, folder: str) -> None:
    """Signs that mean something in addresses mean nothing in a path."""
    opened = Database(tmp_path / folder / "baosong.db")
    opened.close()
    assert (tmp_path / folder / "baosong.db").is_file()


def test_what_was_committed_survives_kill_9(tmp_path: Path) -> None:
    """A row is there after the process that committed it was killed, and the row that it did not commit is not."""
    script = """
import os, signal, sys
from pathlib import Path
from storage.database import Database
from storage.tables import StateRow, checked
database = Database(Path(sys.argv[1]))
with database.session() as session:
    session.add(checked(StateRow, name="committed", value="1"))
with database.session() as session:
    session.add(checked(StateRow, name="open", value="1"))
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    path = tmp_path / "baosong.db"
    run = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == -9, run.stderr
    opened = Database(path)
    with opened.session() as session:
        assert session.get(StateRow, "committed") is not None
        assert session.get(StateRow, "open") is None
    opened.close()


def test_now_in_any_zone_is_one_time(database: Database) -> None:
    """The same instant in two zones is stored as one value, so that comparisons in the database hold."""
    with database.session() as session:
        session.add(message(id="m-1", received_at=AT))
        session.add(message(id="m-2", received_at=AT.astimezone(UTC)))
        session.flush()
        assert session.execute(text("SELECT count(DISTINCT received_at) FROM message")).scalar() == 1
