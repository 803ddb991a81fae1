"""Files that are there whole or not at all, and file names that hostile senders cannot misuse."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import ArchiveError
from storage.durable import MAX_NAME_BYTES, RESERVED, file_name, make_folder, write_all_durably, write_durably
from tests.sample_corpus import ROOT

OPEN = Path("/proc/self/fd")

# Dies at a given step of writing: before or after the rename that makes the file visible.
CRASH = """
import os, signal, sys
from pathlib import Path
from storage.durable import write_durably
step, path = sys.argv[1], Path(sys.argv[2])
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if step == "before fsync":
    os.fsync = die
elif step == "before rename":
    Path.replace = die
else:
    real = Path.replace
    def replace(self, target):
        real(self, target)
        die()
    Path.replace = replace
write_durably(path, b"x" * 100_000)
"""


def crash(step: str, path: Path) -> None:
    command = [sys.executable, "-c", CRASH, step, str(path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr


@pytest.mark.parametrize("step", ["before fsync", "before rename"])
def test_a_crash_before_the_rename_leaves_nothing_under_the_name(tmp_path: Path, step: str) -> None:
    """Neither a half file nor an empty one is found where the whole one should be; writing again succeeds."""
    path = tmp_path / "raw" / "a.eml"
    crash(step, path)
    assert not path.exists()
    write_durably(path, b"whole")
    assert path.read_bytes() == b"whole"


@pytest.mark.parametrize("step", ["before fsync", "before rename"])
def test_a_crash_before_the_rename_leaves_the_old_file(tmp_path: Path, step: str) -> None:
    """A file that was there stays whole until the new one is."""
    path = tmp_path / "a.eml"
    write_durably(path, b"old")
    crash(step, path)
    assert path.read_bytes() == b"old"


def test_a_crash_after_the_rename_leaves_the_whole_file(tmp_path: Path) -> None:
    """Once the name stands, so do all octets."""
    path = tmp_path / "a.eml"
    crash("after rename", path)
    assert path.read_bytes() == b"x" * 100_000


def test_a_written_file_is_read_only_and_alone(tmp_path: Path) -> None:
    """Mode 0444, and no temporary file beside it."""
    write_durably(tmp_path / "a.eml", b"a")
    assert stat.S_IMODE((tmp_path / "a.eml").stat().st_mode) == 0o444
    assert [path.name for path in tmp_path.iterdir()] == ["a.eml"]


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    """Where the rename is refused, a person is told and the temporary file is gone."""
    (tmp_path / "a.eml").mkdir()
    with pytest.raises(ArchiveError, match="Cannot write"):
        write_durably(tmp_path / "a.eml", b"a")
    assert [path.name for path in tmp_path.iterdir()] == ["a.eml"]


def test_more_files_than_a_process_may_have_open(tmp_path: Path) -> None:
    """1,100 files in two folders are all there, whole, and none is open any more."""
    files = {tmp_path / f"{n % 2}" / f"{n}.eml": b"%d" % n * (n % 50) for n in range(1100)}
    before = len(list(OPEN.iterdir()))
    write_all_durably(files)
    assert {path: path.read_bytes() for path in tmp_path.glob("*/*")} == files
    assert len(list(OPEN.iterdir())) <= before


def test_an_fsync_that_fails_in_a_group_leaves_none_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk refuses the last of ten files while others are synced beside it: no name, no temporary file is left."""
    real, synced = os.fsync, []

    def fsync(handle: int) -> None:
        path = (OPEN / str(handle)).readlink()
        if path.is_file():
            synced.append(path)
            if path.stat().st_size == 9:
                raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(ArchiveError, match=r"disk is full.*/9\.eml"):
        write_all_durably({tmp_path / f"{n}.eml": b"x" * n for n in range(10)})
    assert len(synced) >= 2
    assert list(tmp_path.iterdir()) == []


def test_make_folder_makes_all_parents(tmp_path: Path) -> None:
    """A deep folder is there afterwards, and making it again changes nothing."""
    deep = tmp_path / "一" / "二" / "三"
    assert make_folder(deep) == make_folder(deep) == deep
    assert deep.is_dir()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("总结.docx", "总结.docx"),
        ("../../etc/passwd", "_._etc_passwd"),
        ("..", "未命名"),
        (".", "未命名"),
        ("", "未命名"),
        (" . . ", "未命名"),
        ("a/b\\c:d.txt", "a_b_c_d.txt"),
        ('<>"|?*.txt', "______.txt"),
        ("总结.docx. . ", "总结.docx"),
        ("  总结  终稿 .docx", "总结 终稿.docx"),
        ("总结\r\n.docx\0", "总结.docx"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("Lpt9.tar.gz", "_Lpt9.tar.gz"),
        ("com¹.txt", "_com¹.txt"),
        ("nul .txt", "_nul.txt"),
        ("console.txt", "console.txt"),
        ("总结\u202excod.exe", "总结xcod.exe"),
        ("\u2066总\u200b结\ufeff.docx", "总结.docx"),
        (".htaccess", "htaccess"),
        ("~$总结.docx", "~$总结.docx"),
        ("e\u200d\u0301.txt", "é.txt"),
        ("坏\udcff字.txt", "坏字.txt"),
        ("附件1.安全生产月活动总结报告", "附件1.安全生产月活动总结报告"),
    ],
)
def test_hostile_and_odd_names_become_plain_ones(name: str, expected: str) -> None:
    """No separator, control, bidi or reserved name survives; what people can read stays as it is."""
    assert file_name(name) == expected


def test_a_long_name_keeps_its_extension_and_whole_characters() -> None:
    """R18: 85 Chinese characters are 255 octets: cut to 200 between characters, the extension behind."""
    name = file_name("安" * 85 + ".docx")
    assert name == "安" * 65 + ".docx"
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert file_name("安" * 85) == "安" * 66


def test_every_reserved_name_is_avoided() -> None:
    """Whatever Windows keeps for its devices is never the name, with an extension or without."""
    for name in RESERVED:
        for written in (name, name.upper(), f"{name}.txt", f"{name}.a.txt"):
            assert file_name(written).partition(".")[0].lower() not in RESERVED


HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from('./\\ :*?"<>|\0\n\u202e\u200dcon安́')), max_size=300)


@given(HOSTILE)
def test_any_name_becomes_one_that_any_disk_takes(name: str) -> None:
    """R18: Whatever the sender wrote: one path component, short, NFC, without anything that a file system refuses."""
    made = file_name(name)
    assert 0 < len(made.encode()) <= MAX_NAME_BYTES
    assert made not in (".", "..")
    assert made == made.strip(". ")
    assert unicodedata.is_normalized("NFC", made)
    assert not set(made) & set('<>:"/\\|?*')
    assert not {unicodedata.category(char) for char in made} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert made.partition(".")[0].strip().lower() not in RESERVED


@given(HOSTILE)
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    """Making a made name again gives the same one."""
    assert file_name(file_name(name)) == file_name(name)


@given(HOSTILE, st.sampled_from(["docx", "pdf", "JPG", "tar", "xlsx"]))
def test_the_extension_is_kept(name: str, extension: str) -> None:
    """However long or hostile the rest: people and programs still see what kind of file it is."""
    assert file_name(f"a{name}b.{extension}").endswith(f".{extension}")


def test_the_disk_takes_the_longest_names(tmp_path: Path) -> None:
    """A name at the limit, with a number behind it, can be created here."""
    for name in ("安" * 85 + ".docx", "😀" * 100, "a" * 300, "é" * 200 + ".pdf"):
        stem, dot, extension = file_name(name).rpartition(".")
        (tmp_path / f"{stem or extension}_999{dot}{extension if dot else ''}").touch()
    assert len(list(tmp_path.iterdir())) == 4
