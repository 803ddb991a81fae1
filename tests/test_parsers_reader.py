"""The reader: whatever a part holds, it costs only itself."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from intake.message import read_message
from parsers import media_types as mt
from parsers.reader import PartReader
from parsers.registry import PARSERS
from records.extracts import Extract, ReadLimits
from records.mail import Part
from tests.parts.hostile_parser import is_marked

LIMITS = ReadLimits(timeout_s=4.0, workers=2)


def text_part(content: str, position: str = "1") -> Part:
    """A part that the hostile parser obeys."""
    return Part(position, f"{position}.txt", "text/plain", content.encode())


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture(scope="module")
def hostile() -> Iterator[PartReader]:
    """A reader whose plain-text parser is hostile."""
    with PartReader(LIMITS, read_message, parsers={**PARSERS, mt.PLAIN: "tests.parts.hostile_parser"}) as reader:
        yield reader


def test_no_part_gives_no_extract(hostile: PartReader) -> None:
    """Nothing in, nothing out, and no worker is started for it."""
    assert hostile.read(()) == ()


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        ("hang", "skipped", "timeout"),
        ("sleep", "skipped", "timeout"),
        ("segfault", "skipped", "crashed"),
        ("eat", "skipped", "memory"),
        ("raise", "skipped", "crashed"),
    ],
)
def test_hostile_part_costs_only_itself(hostile: PartReader, content: str, status: str, reason: str) -> None:
    """A part that hangs, crashes or eats memory is told so; the parts beside it are read, in order, in time."""
    started = time.monotonic()

    before, bad, after = hostile.read([text_part("a", "1"), text_part(content, "2"), text_part("b", "3")])

    assert (before.text, after.text) == ("read a", "read b")
    assert (bad.part.position, bad.status, bad.reason) == ("2", status, reason)
    assert bad.explanation is not None
    assert "人工" in bad.explanation.zh
    assert time.monotonic() - started < LIMITS.timeout_s + 10


def test_worker_killed_by_the_machine_is_tried_once_more(hostile: PartReader, tmp_path: Path) -> None:
    """The kernel's out-of-memory killer may have chosen our worker for what others did."""
    mark = tmp_path / "killed"
    mark.touch()

    (extract,) = hostile.read([text_part(f"killed {mark}")])

    assert is_marked(mark)
    assert extract.status == "ok"


def test_members_inside_members_end_at_the_depth_limit(hostile: PartReader) -> None:
    """Endless nesting is unpacked as deep as allowed, then listed as too deep."""
    (extract,) = hostile.read([text_part("nest")])

    chain = list(extract.walk())
    assert [part.reason for part in chain[:-1]] == [None] * (LIMITS.max_depth + 1)
    assert chain[-1].reason == "too_deep"


def test_attachment_full_of_hanging_members_is_left_alone_after_some(hostile: PartReader) -> None:
    """An archive of files that crash does not keep the workers busy for hours; what can be read of it is read."""
    crowd = Part("1", "群.zip", "application/zip", zipped({f"{n}.txt": b"segfault" for n in range(40)}))

    archive, other = hostile.read([crowd, text_part("ok", "2")])

    reasons = [member.reason for member in archive.members]
    assert set(reasons) == {"crashed", "too_many_failures"}
    assert reasons.count("crashed") < 15
    assert other.status == "ok"


def test_several_threads_read_at_once(hostile: PartReader) -> None:
    """Each caller gets its own extracts, in its own order."""
    found: dict[int, tuple[Extract, ...]] = {}

    def call(number: int) -> None:
        found[number] = hostile.read([text_part(f"{number}-{index}") for index in range(5)])

    threads = [threading.Thread(target=call, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number in range(4):
        assert [extract.text for extract in found[number]] == [f"read {number}-{index}" for index in range(5)]


def test_reader_that_rested_reads_again(hostile: PartReader) -> None:
    """Idle workers give their memory back; the next part finds new ones."""
    hostile.rest()

    (extract,) = hostile.read([text_part("again")])

    assert extract.text == "read again"


def test_closed_reader_lets_nobody_wait(tmp_path: Path) -> None:
    """A reader that is closed while it reads raises, so that the service can stop at once."""
    reader = PartReader(ReadLimits(timeout_s=60), read_message, parsers={mt.PLAIN: "tests.parts.hostile_parser"})
    caught: list[BaseException] = []
    begun = tmp_path / "begun"
    begun.touch()

    def call() -> None:
        try:
            reader.read([text_part(f"hang {begun}")])
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    deadline = time.monotonic() + 30
    while not is_marked(begun) and time.monotonic() < deadline:
        time.sleep(0.02)
    reader.close()
    thread.join(timeout=20)

    assert not thread.is_alive()
    assert len(caught) == 1


@pytest.fixture(scope="module")
def reader() -> Iterator[PartReader]:
    """A reader as the service has it, with tight limits."""
    limits = ReadLimits(
        timeout_s=20, ocr_timeout_s=60, max_members=50, max_unpacked_bytes=20_000_000, max_pixels=50_000_000
    )
    with PartReader(limits, read_message) as reader:
        yield reader


def test_zip_bomb_is_refused_before_it_is_unpacked(reader: PartReader) -> None:
    """Declared sizes are added up first; the archive is kept and told to be too large, its member by name alone."""
    bomb = zipped({"0.txt": bytes(30_000_000)})
    assert len(bomb) < 100_000

    (extract,) = reader.read([Part("1", "a.zip", "application/zip", bomb)])

    assert (extract.status, extract.reason) == ("skipped", "too_large")
    assert [(member.part.filename, member.part.content, member.reason) for member in extract.members] == [
        ("0.txt", b"", "too_large")
    ]


def test_bombs_in_an_archive_share_one_budget(reader: PartReader) -> None:
    """Ten archives of 9 MB each inside one do not unpack to 90 MB."""
    inner = zipped({"0.txt": b"\n" * 9_000_000})
    outer = zipped({f"{n}.zip": inner for n in range(10)})

    (extract,) = reader.read([Part("1", "a.zip", "application/zip", outer)])

    unpacked = [member for member in extract.walk() if member.part.filename == "0.txt" and member.part.content]
    assert len(unpacked) <= 5
    assert {member.reason for member in extract.members} == {None, "too_large"}


def test_archive_with_too_many_members_is_read_as_far_as_allowed(reader: PartReader) -> None:
    """The first members are read, and people are told that there are more."""
    crowd = zipped({f"{n:05d}.txt": b"x" for n in range(10_000)})

    (extract,) = reader.read([Part("1", "a.zip", "application/zip", crowd)])

    assert (extract.status, extract.reason) == ("partial", "too_many_members")
    assert len(extract.members) == 50


def test_archives_inside_archives_end_at_the_depth_limit(reader: PartReader) -> None:
    """A matryoshka is opened six deep."""
    content = b"core"
    for level in range(12):
        content = zipped({f"{level}.zip" if level else "core.txt": content})

    (extract,) = reader.read([Part("1", "a.zip", "application/zip", content)])

    chain = list(extract.walk())
    assert chain[-1].reason == "too_deep"
    assert len(chain) == ReadLimits().max_depth + 2


def test_huge_picture_is_refused_by_its_header(reader: PartReader) -> None:
    """20,000 × 20,000 pixels in a small file are never decoded."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")

    (extract,) = reader.read([Part("1", "a.png", "image/png", out.getvalue())])

    assert (extract.status, extract.reason, extract.pages) == ("skipped", "too_large", ())


@pytest.mark.parametrize(
    ("magic", "filename"),
    [
        (b"%PDF-1.7\n", "a.pdf"),
        (b"PK\x03\x04", "a.docx"),
        (b"PK\x03\x04", "a.zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc"),
        (b"\xff\xd8\xff\xe0", "a.jpg"),
        (b"\x89PNG\r\n\x1a\n", "a.png"),
        (b"7z\xbc\xaf\x27\x1c", "a.7z"),
        (b"\x1f\x8b\x08", "a.gz"),
        (b"\x78\x9f\x3e\x22", "winmail.dat"),
        (b"\x00\x00\x00\x18ftypheic", "a.heic"),
    ],
)
def test_garbage_behind_a_right_beginning_is_damaged(reader: PartReader, magic: bytes, filename: str) -> None:
    """What only looks like its kind is unreadable, and the unit is to be asked for it again."""
    garbage = bytes((index * 197 + index // 7) % 256 for index in range(5000))

    (extract,) = reader.read([Part("1", filename, "application/octet-stream", magic + garbage)])

    assert (extract.status, extract.reason) == ("unreadable", "damaged")
    assert extract.explanation is not None
    assert "重新发送" in extract.explanation.zh


def test_unknown_and_empty_files_are_kept_and_listed(reader: PartReader) -> None:
    """Nobody is asked again for a disc image; an empty file is nothing that anybody could open."""
    image = Part("1", "演练.iso", "application/octet-stream", bytes(32769) + b"CD001" + bytes(100))
    empty = Part("2", "总结.docx", "application/msword", b"")
    litter = Part("3", "照片/Thumbs.db", "application/octet-stream", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))

    statuses = [(extract.status, extract.reason) for extract in reader.read([image, empty, litter])]

    assert statuses == [("skipped", "no_parser"), ("unreadable", "empty"), ("skipped", "system_file")]
