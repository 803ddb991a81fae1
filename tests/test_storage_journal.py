"""The journals: append-only, chained, durable, whole after crashes, full disks and several writers at once."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from records.errors import ArchiveError
from records.journals import Sent
from storage.journal import ZERO, Journal
from tests.sample_corpus import ROOT

AT = datetime(2025, 6, 20, 10, 0, tzinfo=UTC)
# What a helper process does before its own work: a journal `journal` at argv[1] and a maker of entries.
PRELUDE = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from records.errors import ArchiveError
from records.journals import Sent
from storage.journal import Journal
journal = Journal(Path(sys.argv[1]), Sent)
def entry(key, text=""):
    return Sent(key, "digest", "a@example.com", "<1@example.com>", datetime(2025, 6, 20, tzinfo=UTC), text)
"""


def entry(key: str) -> Sent:
    return Sent(key, "digest", "a@example.com", f"<{key}@example.com>", AT, "0" * 64, lists=("甲", "乙"))


def keys(path: Path) -> list[str]:
    return [item.key for item in Journal(path, Sent).read()]


def start(script: str, *arguments: Path | str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PRELUDE + script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def output(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    return out


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "sent.jsonl"


@pytest.fixture
def three(path: Path) -> Path:
    """A journal of three lines."""
    Journal(path, Sent).append(entry("一"), entry("二"), entry("三"))
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A real disk of 64 KB where this machine may mount one, else None."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = "size=64k,mode=0777"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    mounted = bool(shutil.which("mount")) and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield folder if mounted else None
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


def test_entries_come_back_in_order_and_equal(three: Path) -> None:
    """What was appended is read again as the same values, oldest first."""
    assert list(Journal(three, Sent).read()) == [entry("一"), entry("二"), entry("三")]


def test_a_journal_that_was_never_written_is_empty(path: Path) -> None:
    """No file, no entries; and reading makes none."""
    journal = Journal(path, Sent)
    assert list(journal.read()) == []
    assert journal.size_bytes == 0
    assert not path.exists()


def test_earlier_octets_never_change(three: Path) -> None:
    """Appending leaves all that stands there as it is, octet for octet."""
    before = three.read_bytes()
    Journal(three, Sent).append(entry("四"))
    assert three.read_bytes().startswith(before)
    assert keys(three) == ["一", "二", "三", "四"]


def test_each_line_is_chained_to_the_one_before(three: Path) -> None:
    """``prev`` is the sha256 of the whole line before, zeros in the first; ``n`` counts from 1."""
    lines = three.read_bytes().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["n"] for row in rows] == [1, 2, 3]
    assert [row["prev"] for row in rows] == [ZERO, *(hashlib.sha256(line).hexdigest() for line in lines[:-1])]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_changed_byte_is_found_and_its_line_named(three: Path, number: int) -> None:
    """One changed character, in the last line too, stops the reading with the number of that very line."""
    lines = three.read_bytes().splitlines(keepends=True)
    lines[number - 1] = lines[number - 1].replace(b"a@example.com", b"b@example.com")
    three.write_bytes(b"".join(lines))
    with pytest.raises(ArchiveError) as caught:
        keys(three)
    assert f"第 {number} 行" in caught.value.say("zh")
    assert f"line {number} " in caught.value.say("en")


@pytest.mark.parametrize("order", [[0, 2], [1, 2], [0, 2, 1], [0, 1, 1, 2]], ids=["lost", "beheaded", "moved", "twice"])
def test_lost_moved_and_repeated_lines_are_found(three: Path, order: list[int]) -> None:
    """The chain breaks where whole lines are taken away, exchanged or put in again."""
    lines = three.read_bytes().splitlines(keepends=True)
    three.write_bytes(b"".join(lines[number] for number in order))
    with pytest.raises(ArchiveError):
        keys(three)


@pytest.mark.parametrize("line", [b"null\n", b"[]\n", b"\xff\xfe\n", b"\n", b'{"n":4}\n'])
def test_a_line_that_is_none_is_named(three: Path, line: bytes) -> None:
    """Whatever stands there instead of a line gives one sentence, never a traceback."""
    with three.open("ab") as file:
        file.write(line)
    with pytest.raises(ArchiveError, match="line 4 "):
        keys(three)


@pytest.mark.parametrize("torn", [b'{"n":4,"prev":"', b"\0\0\0", '{"n":4,"报'.encode()[:-1]])
def test_a_torn_last_line_is_set_aside_and_the_journal_goes_on(three: Path, torn: bytes) -> None:
    """A crash in the middle of a line costs that line alone, which nobody was promised; its octets are kept."""
    with three.open("ab") as file:
        file.write(torn)
    assert keys(three) == ["一", "二", "三"]
    Journal(three, Sent).append(entry("四"))
    assert keys(three) == ["一", "二", "三", "四"]
    assert three.with_name("sent.jsonl.torn").read_bytes() == torn + b"\n"


def test_a_torn_first_line_leaves_an_empty_journal(path: Path) -> None:
    """The very first line may be torn as well."""
    path.parent.mkdir()
    path.write_bytes(b'{"n":1,')
    Journal(path, Sent).append(entry("一"))
    assert keys(path) == ["一"]


def test_two_objects_on_one_file_take_turns(path: Path) -> None:
    """What another writer appended meanwhile is noticed, in the same process too."""
    one, other = Journal(path, Sent), Journal(path, Sent)
    for number in range(4):
        (one if number % 2 else other).append(entry(str(number)))
    assert keys(path) == ["0", "1", "2", "3"]


def test_extend_tells_how_many_lines_there_are(three: Path) -> None:
    """An entry can be numbered by its place, while nobody else writes."""
    journal = Journal(three, Sent)
    assert journal.extend(lambda count: [entry(f"d-{count + 1}")]) == [entry("d-4")]
    assert keys(three)[-1] == "d-4"


def test_nothing_is_written_when_the_maker_fails(three: Path) -> None:
    """An error while entries are made leaves the journal unlocked and as it was."""
    before = three.read_bytes()
    journal = Journal(three, Sent)
    with pytest.raises(ZeroDivisionError):
        journal.extend(lambda count: [entry(str(count // 0))])
    journal.append()
    assert three.read_bytes() == before


def test_a_reader_sees_whole_lines_alone(three: Path) -> None:
    """Who reads while a line is being written stops before it; the next reader finds it whole."""
    whole = three.read_bytes()
    lines = whole.splitlines(keepends=True)
    half = len(whole) - len(lines[-1]) // 2
    three.write_bytes(whole[:half])
    reader = Journal(three, Sent).read()
    found = [next(reader).key, next(reader).key]
    assert list(reader) == []
    with three.open("ab") as file:
        file.write(whole[half:])
    assert list(reader) == []
    assert found == ["一", "二"]
    assert keys(three) == ["一", "二", "三"]


def test_text_that_is_no_unicode_cannot_spoil_the_journal(path: Path) -> None:
    """A lone surrogate, as hostile headers and odd arguments bring it, is written as a question mark."""
    Journal(path, Sent).append(entry("坏\udcff字"))
    assert keys(path) == ["坏?字"]


def test_concurrent_writers_interleave_whole_lines(path: Path) -> None:
    """Four processes that append at once leave all their lines, whole, in one unbroken chain."""
    script = "for number in range(25): journal.append(entry(f'{sys.argv[2]}-{number}', '长' * 5000))"
    writers = [start(script, path, name) for name in "abcd"]
    for writer in writers:
        output(writer)
    found = keys(path)
    assert sorted(found) == sorted(f"{name}-{number}" for name in "abcd" for number in range(25))
    for name in "abcd":
        assert [key for key in found if key[0] == name] == [f"{name}-{number}" for number in range(25)]


def test_what_was_acknowledged_survives_kill_9(path: Path) -> None:
    """Each line whose append returned is there after the process was killed without a word."""
    script = "for number in range(10**6): journal.append(entry(str(number))); print(number, flush=True)"
    writer = start(script, path)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(20)]
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate(timeout=60)
    acknowledged += [line for line in rest.split("\n")[:-1] if line]
    assert writer.returncode == -signal.SIGKILL
    assert keys(path)[: len(acknowledged)] == acknowledged
    Journal(path, Sent).append(entry("danach"))
    assert keys(path)[-1] == "danach"


def test_a_line_is_on_the_disk_before_append_returns(path: Path) -> None:
    """The file is fsynced by the append itself, and its folder too while the file is new."""
    script = """
import os
told = []
real = os.fsync
def fsync(handle):
    told.append(os.readlink(f"/proc/self/fd/{handle}"))
    real(handle)
os.fsync = fsync
journal.append(entry("一"))
print(*told, sep="\\n")
told.clear()
journal.append(entry("二"))
print(*told, sep="\\n")
"""
    lines = output(start(script, path)).split()
    assert lines[-3:] == [str(path.parent), str(path), str(path)]


FILL = """
written = []
if sys.argv[2] == "limit":
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    for number in range(100):
        journal.append(entry(str(number), "x" * 2000))
        written.append(number)
        before = journal.path.read_bytes()
except ArchiveError as error:
    print(len(written), journal.path.read_bytes() == before, error.say("zh"))
"""


def test_a_full_disk_leaves_the_journal_as_it_was(path: Path, small_disk: Path | None) -> None:
    """Where a line does not fit, it is taken back, a person is told what to do, and afterwards the journal goes on."""
    place = small_disk / "sent.jsonl" if small_disk else path
    ballast = place.with_name("ballast")
    if small_disk:
        ballast.write_bytes(b"x" * 8000)
    count, unchanged, message = output(start(FILL, place, "disk" if small_disk else "limit")).split(" ", 2)
    assert unchanged == "True"
    assert ("磁盘已满" if small_disk else "无法写入") in message
    assert keys(place) == [str(number) for number in range(int(count))]
    ballast.unlink(missing_ok=True)
    Journal(place, Sent).append(entry("danach"))
    assert keys(place)[-1] == "danach"


def test_a_folder_that_cannot_be_made_gives_one_sentence(tmp_path: Path) -> None:
    """A file where the folder should stand is told, with its path."""
    (tmp_path / "journal").write_text("in the way")
    with pytest.raises(ArchiveError, match="Cannot write"):
        Journal(tmp_path / "journal" / "sent.jsonl", Sent).append(entry("一"))


def test_no_handles_are_left_open(path: Path) -> None:
    """A thousand appends would otherwise end with "too many open files"."""
    journal = Journal(path, Sent)
    journal.append(entry("一"))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(20):
        journal.append(entry(str(number)))
        assert len(list(journal.read())) == number + 2
    assert len(list(Path("/proc/self/fd").iterdir())) == before
