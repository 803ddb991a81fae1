"""Raw messages and files under their hash, the tree that people browse, and the archive's lock."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.errors import ArchiveBusy, ArchiveError
from storage.archive import open_archive
from storage.blobs import BlobStore, RawArchive, TextCache
from storage.database import Database
from storage.lock import writing
from storage.tree import FiledTree, TreeFile, tree_digest
from tests.sample_corpus import ROOT

JUNE = datetime(2025, 6, 20, 10, 0, tzinfo=UTC)
JULY = datetime(2025, 7, 1, 10, 0, tzinfo=UTC)
FOLDER = ("campaign", "街道", "某单位", "总结")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "baosong.db")
    yield opened
    opened.close()


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "files")


@pytest.fixture
def tree(tmp_path: Path) -> FiledTree:
    return FiledTree(tmp_path / "filed")


def kept(blobs: BlobStore, octets: bytes) -> Path:
    return blobs.path(blobs.keep(octets))


def names(tree: FiledTree) -> list[str]:
    return sorted(str(path.relative_to(tree.root)) for path in tree.root.rglob("*") if path.is_file())


def test_a_raw_message_lies_under_its_month_and_hash(tmp_path: Path) -> None:
    """``2025/06/<sha256>.eml``, byte for byte, read-only; the same octets again change nothing."""
    raw = b"Subject: a\r\n\r\n\0\xff\r\n.\n"
    archive = RawArchive(tmp_path)
    path = archive.keep(raw, JUNE)
    sha256 = hashlib.sha256(raw).hexdigest()
    before = path.stat()
    assert path == tmp_path / "2025" / "06" / f"{sha256}.eml" == archive.keep(raw, JUNE) == archive.find(sha256)
    assert path.read_bytes() == raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_all_raw_messages_are_listed_and_nothing_else(tmp_path: Path) -> None:
    """What a crash left half written under a temporary name is no message."""
    archive = RawArchive(tmp_path)
    kept_paths = [archive.keep(b"a", JULY), archive.keep(b"b", JUNE)]
    (tmp_path / "2025" / "06" / ".tmp-abc").write_bytes(b"ha")
    assert list(archive.paths()) == sorted(((path.stem, path) for path in kept_paths), key=lambda pair: pair[1])


def test_a_raw_message_that_is_gone_is_told(tmp_path: Path) -> None:
    """The sentence says that a backup is needed."""
    with pytest.raises(ArchiveError) as caught:
        RawArchive(tmp_path).find("0" * 64)
    assert "备份" in caught.value.say()


def test_files_are_kept_once(tmp_path: Path, blobs: BlobStore) -> None:
    """The same attachment in two messages is one file, mode 0444, found under its hash."""
    sha256 = blobs.keep(b"photo")
    assert blobs.keep(b"photo") == sha256 == hashlib.sha256(b"photo").hexdigest() == BlobStore.hash(b"photo")
    assert blobs.path(sha256) == tmp_path / "files" / sha256[:2] / sha256
    assert stat.S_IMODE(blobs.path(sha256).stat().st_mode) == 0o444
    assert blobs.read(sha256) == b"photo"
    assert sum(path.is_file() for path in blobs.root.rglob("*")) == 1


def test_a_file_that_is_gone_is_told(blobs: BlobStore) -> None:
    """No empty octets in place of a lost file."""
    with pytest.raises(ArchiveError, match="restore it from a backup"):
        blobs.read("0" * 64)


def test_the_cache_remembers_by_key(tmp_path: Path) -> None:
    """What was put comes back; what was not is None; a second value replaces the first."""
    cache = TextCache(tmp_path)
    assert cache.get("ocr/../a") is None
    cache.put("ocr/../a", "第一")
    cache.put("ocr/../a", "第二\r\n行")
    assert cache.get("ocr/../a") == "第二\r\n行"


def test_files_of_the_tree_are_links(database: Database, tree: FiledTree, blobs: BlobStore) -> None:
    """An attachment in the tree takes no room of its own: it is the kept file under another name."""
    source = kept(blobs, b"report")
    files = [TreeFile("0620_总结.docx", source), TreeFile("正文.html", octets=b"<p>")]
    with database.session() as session:
        tree.place(session, "m/1", [FOLDER, (*FOLDER[:3], "演练")], files)
    summary = tree.root.joinpath(*FOLDER, "0620_总结.docx")
    assert summary.stat().st_ino == source.stat().st_ino
    assert source.stat().st_nlink == 3
    assert tree.root.joinpath(*FOLDER, "正文.html").read_bytes() == b"<p>"


def other_disk(here: Path) -> Path | None:
    """A folder on another file system than ``here``, where this machine has one that can be written."""
    for candidate in (Path("/dev/shm"), Path("/run"), Path("/var/tmp")):
        if candidate.is_dir() and os.access(candidate, os.W_OK) and candidate.stat().st_dev != here.stat().st_dev:
            return candidate
    return None


def test_files_of_the_tree_are_copies_where_links_fail(tmp_path: Path, database: Database, tree: FiledTree) -> None:
    """Across file systems (or where a folder's files allow no link) the tree holds the same octets all the same."""
    disk = other_disk(tmp_path)
    with tempfile.TemporaryDirectory(dir=disk or tmp_path) as folder:
        source = Path(folder) / "source"
        source.write_bytes(b"report")
        if disk is None:  # one disk only: the kernel's own files are on another file system everywhere
            source = Path("/proc/version")
        with database.session() as session:
            tree.place(session, "m/1", [FOLDER], [TreeFile("总结.docx", source)])
        placed = tree.root.joinpath(*FOLDER, "总结.docx")
        assert placed.read_bytes() == source.read_bytes()
        assert placed.stat().st_dev != source.stat().st_dev


def test_two_files_of_one_name_never_overwrite(database: Database, tree: FiledTree, blobs: BlobStore) -> None:
    """R18: each unit mails a 总结.docx, some mail two: each keeps its own octets under a name of its own."""
    with database.session() as session:
        tree.place(session, "a/1", [FOLDER], [TreeFile("总结.docx", kept(blobs, octets)) for octets in (b"1", b"2")])
        tree.place(session, "b/1", [FOLDER], [TreeFile("总结.docx", kept(blobs, b"3")), TreeFile("无扩展名")])
        tree.place(session, "c/1", [FOLDER], [TreeFile("总结.docx", kept(blobs, b"1")), TreeFile("无扩展名")])
    folder = tree.root.joinpath(*FOLDER)
    octets = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert octets == {
        "总结.docx": b"1",
        "总结_2.docx": b"2",
        "总结_3.docx": b"3",
        "总结_4.docx": b"1",
        "无扩展名": b"",
        "无扩展名_2": b"",
    }


def test_names_that_are_one_when_cut_stay_two_files(database: Database, tree: FiledTree, blobs: BlobStore) -> None:
    """R18: two names that differ behind the 200th octet are both there, the number within the 200."""
    long = "安" * 90
    with database.session() as session:
        files = [TreeFile(f"{long}{end}.docx", kept(blobs, end.encode())) for end in "甲乙"]
        tree.place(session, "a/1", [FOLDER], files)
    found = list(tree.root.joinpath(*FOLDER).iterdir())
    assert {path.read_bytes().decode() for path in found} == {"甲", "乙"}
    assert all(len(path.name.encode()) <= 200 and path.suffix == ".docx" for path in found)


def test_folders_that_are_one_when_cut_hold_each_file_once(database: Database, tree: FiledTree) -> None:
    """Two activities with long titles may share a folder; the file is not put there twice."""
    titles = ["安" * 60 + end for end in "甲乙"]
    with database.session() as session:
        tree.place(session, "a/1", [("c", title) for title in titles], [TreeFile("正文.html", octets=b"1")])
    assert len(names(tree)) == 1


def test_placing_again_replaces(database: Database, tree: FiledTree) -> None:
    """A submission that a person moved leaves nothing behind in its old folder, not even the folder."""
    with database.session() as session:
        tree.place(session, "a/1", [FOLDER], [TreeFile("正文.html", octets=b"1")])
    with database.session() as session:
        tree.place(session, "a/1", [("campaign", "企业", "另一单位")], [TreeFile("正文.html", octets=b"2")])
    assert names(tree) == ["campaign/企业/另一单位/正文.html"]
    assert [path.name for path in (tree.root / "campaign").iterdir()] == ["企业"]


def test_removing_leaves_other_submissions_and_the_kept_files(
    database: Database, tree: FiledTree, blobs: BlobStore
) -> None:
    """What goes from the tree stays in the archive; neighbours stay in the tree; empty folders go."""
    source = kept(blobs, b"1")
    with database.session() as session:
        tree.place(session, "a/1", [FOLDER, ("campaign", "leer")], [TreeFile("a.txt", source)])
        tree.place(session, "b/1", [FOLDER], [TreeFile("b.txt", source)])
        tree.remove(session, "a/1")
    assert names(tree) == ["/".join([*FOLDER, "b.txt"])]
    assert not (tree.root / "campaign" / "leer").exists()
    with database.session() as session:
        tree.remove(session, "b/1")
        tree.remove(session, "b/1")
    assert list(tree.root.iterdir()) == []
    assert source.read_bytes() == b"1"


def test_removing_what_a_person_deleted_already_is_no_error(database: Database, tree: FiledTree) -> None:
    """The tree is for people; what they delete by hand is simply gone."""
    with database.session() as session:
        tree.place(session, "a/1", [FOLDER], [TreeFile("a.txt", octets=b"1")])
        shutil.rmtree(tree.root / "campaign")
        tree.remove(session, "a/1")
        tree.place(session, "a/1", [FOLDER], [TreeFile("a.txt", octets=b"2")])
    assert names(tree) == ["/".join([*FOLDER, "a.txt"])]


def test_a_file_that_a_person_put_there_is_not_overwritten(database: Database, tree: FiledTree) -> None:
    """Other content under the wanted name stays, ours stands beside it."""
    folder = tree.root.joinpath(*FOLDER)
    folder.mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"by hand")
    with database.session() as session:
        tree.place(session, "a/1", [FOLDER], [TreeFile("a.txt", octets=b"ours")])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a.txt": b"by hand", "a_2.txt": b"ours"}


class Crash(Exception):
    """Stands for kill -9 between placing files and the transaction's end."""


def test_a_crash_before_the_commit_leaves_no_second_copy(database: Database, tree: FiledTree, blobs: BlobStore) -> None:
    """Files whose rows were never committed are taken over by the next attempt: the tree is as if nothing happened."""
    files = [TreeFile("总结.docx", kept(blobs, b"1")), TreeFile("正文.html", octets=b"<p>")]
    with pytest.raises(Crash), database.session() as session:
        tree.place(session, "a/1", [FOLDER], files)
        raise Crash
    with database.session() as session:
        tree.place(session, "a/1", [FOLDER], files)
    assert [Path(name).name for name in names(tree)] == ["总结.docx", "正文.html"]
    with database.session() as session:
        tree.remove(session, "a/1")
    assert names(tree) == []


def test_clearing_the_tree_keeps_the_files(database: Database, tree: FiledTree, blobs: BlobStore) -> None:
    """The whole tree may go; and an empty one may go again."""
    source = kept(blobs, b"1")
    with database.session() as session:
        tree.place(session, "a/1", [FOLDER], [TreeFile("a.txt", source)])
    tree.clear()
    tree.clear()
    assert not tree.root.exists()
    assert source.read_bytes() == b"1"


@given(
    st.lists(st.text(st.sampled_from('./\\~\0a安 "\u202e'), max_size=6), min_size=1, max_size=4), st.text(max_size=6)
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_names_cannot_leave_the_root(
    database: Database, tree: FiledTree, folders: list[str], name: str
) -> None:
    """Whatever campaign, unit, title or file are called: the file stands below the root, and goes without a trace."""
    outside = {path for path in tree.root.parent.iterdir() if path != tree.root}
    with database.session() as session:
        tree.place(session, "a/1", [folders], [TreeFile(name, octets=b"1")])
        (placed,) = names(tree)
        assert len(Path(placed).parts) == len(folders) + 1
        tree.remove(session, "a/1")
    assert {path for path in tree.root.parent.iterdir() if path != tree.root} == outside
    assert list(tree.root.iterdir()) == []


def test_equal_trees_have_equal_digests(tmp_path: Path) -> None:
    """Names and contents decide, and nothing else."""
    for root in ("one", "other"):
        (tmp_path / root / "a").mkdir(parents=True)
        (tmp_path / root / "a" / "b.txt").write_bytes(b"1")
    first = tree_digest(tmp_path / "one")
    assert first == tree_digest(tmp_path / "other")
    (tmp_path / "other" / "a" / "b.txt").rename(tmp_path / "other" / "a" / "c.txt")
    assert first != tree_digest(tmp_path / "other")


HOLD = """
import multiprocessing, sys, time
from pathlib import Path
from storage.lock import writing
fork = multiprocessing.get_context("fork")
def work(begun):
    begun.set()
    time.sleep(60)
with writing(Path(sys.argv[1])):
    begun, workers = fork.Event(), []
    if sys.argv[2] == "forks":
        workers = [fork.Process(target=work, args=(begun,))]
        workers[0].start()
        begun.wait()
    print(*(worker.pid for worker in workers), flush=True)
    time.sleep(60)
"""


def hold(root: Path, how: str) -> tuple[subprocess.Popen[str], list[int]]:
    """A process that holds the lock, and the workers that it forked meanwhile."""
    command = [sys.executable, "-c", HOLD, str(root), how]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, [int(pid) for pid in process.stdout.readline().split()]


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_second_writer_is_told_who_is_writing(tmp_path: Path) -> None:
    """At once, with the process id; and when that process was killed, the lock is free."""
    process, _ = hold(tmp_path, "alone")
    with pytest.raises(ArchiveBusy) as caught, writing(tmp_path):
        pass
    assert f"进程 {process.pid}）" in caught.value.say("zh")
    assert str(tmp_path) in caught.value.say("en")
    kill(process)
    with writing(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_forked_workers_do_not_keep_the_lock(tmp_path: Path) -> None:
    """A worker that outlives its killed parent must not bar the next start."""
    process, workers = hold(tmp_path, "forks")
    try:
        kill(process)
        with writing(tmp_path):
            assert (tmp_path / "lock").read_text() == str(os.getpid())
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGKILL)


def test_the_lock_is_free_after_an_error_and_excludes_the_same_process(tmp_path: Path) -> None:
    """Whoever holds it, even we ourselves, is respected; an exception lets go."""
    with pytest.raises(Crash), writing(tmp_path / "var"):
        with pytest.raises(ArchiveBusy), writing(tmp_path / "var"):
            pass
        raise Crash
    with writing(tmp_path / "var"):
        pass


def test_two_archives_do_not_lock_each_other(tmp_path: Path) -> None:
    """The lock belongs to one root."""
    with writing(tmp_path / "a"), writing(tmp_path / "b"):
        assert (tmp_path / "a" / "lock").read_text() == (tmp_path / "b" / "lock").read_text()


def test_an_archive_is_laid_out_as_designed(tmp_path: Path) -> None:
    """raw, journal, files, filed and baosong.db stand where DESIGN.md has them."""
    archive = open_archive(tmp_path / "var")
    archive.close()
    root = tmp_path / "var"
    assert archive.raw.root == root / "raw"
    assert archive.files.root == root / "files"
    assert archive.tree.root == root / "filed"
    assert archive.database.path == root / "baosong.db"
    journals = [archive.arrivals.path, archive.decisions.path, archive.sent.path]
    assert journals == [root / "journal" / f"{name}.jsonl" for name in ("arrivals", "decisions", "sent")]


def test_a_rebuild_can_go_to_another_folder(tmp_path: Path) -> None:
    """With a root for what is derived, raw messages and journals are those of the archive, the rest is new."""
    archive = open_archive(tmp_path / "var", derived=tmp_path / "new")
    archive.close()
    assert archive.raw.root == tmp_path / "var" / "raw"
    assert archive.sent.path.parent == tmp_path / "var" / "journal"
    assert archive.database.path == tmp_path / "new" / "baosong.db"
    assert archive.tree.root == tmp_path / "new" / "filed"
