"""RAR archives of either version: stored members come out by themselves, packed ones by a program, within limits.

The packed files in ``parts/rar`` are test files of the rarfile library, under the licence beside them.
"""

from __future__ import annotations

import struct
import sys
import time
import zlib
from pathlib import Path

import pytest

from intake.message import read_message
from parsers.parsed import Parsed, Problem, Unread
from parsers.rar import RarParser
from parsers.reader import PartReader
from parsers.unpackers import Unpacker, installed
from records.extracts import ReadLimits
from records.mail import Part

PACKED = Path(__file__).parent / "parts" / "rar"
NAMES = {"总结/石船镇卫生院总结.txt": "总结".encode(), "照片/演练①.txt": b"photo"}
NO_PROGRAM: tuple[Unpacker, ...] = ()


def parse(content: bytes, unpackers: tuple[Unpacker, ...] = NO_PROGRAM, limits: ReadLimits | None = None) -> Parsed:
    """What the parser makes of that content."""
    return RarParser(unpackers).parse(Part("2", "a.rar", "application/octet-stream", content), limits or ReadLimits())


def members(parsed: Parsed) -> dict[str, bytes]:
    """Names and contents of the members."""
    return {member.part.filename or "": member.part.content for member in parsed.members}


def reasons(parsed: Parsed) -> list[str | None]:
    """Why members were not taken out, None where they were."""
    return [member.problem.reason if member.problem else None for member in parsed.members]


def problem_of(content: bytes) -> Problem:
    """Why the archive could not be opened."""
    with pytest.raises(Unread) as caught:
        parse(content)
    return caught.value.problem


def number(value: int) -> bytes:
    """A number of RAR 5: seven bits an octet, the last octet's high bit clear."""
    octets = b""
    while value > 127:
        octets, value = octets + bytes([value & 127 | 128]), value >> 7
    return octets + bytes([value])


def block5(body: bytes, data: bytes = b"") -> bytes:
    """A block of RAR 5 with its check sum and size."""
    body = number(len(body)) + body
    return struct.pack("<I", zlib.crc32(body)) + body + data


def rar5(contents: dict[str, bytes], method: int = 0, declared: int | None = None, flags: int = 0) -> bytes:
    """An archive as RAR 5 writes it, stored; ``method`` only claims another packing, ``declared`` another size."""
    out = b"Rar!\x1a\x07\x01\x00" + block5(number(1) + number(0) + number(0))
    for name, data in contents.items():
        size = len(data) if declared is None else declared
        head = [number(2), number(2 | flags), number(len(data)), number(4), number(size), number(0x20)]
        head += [struct.pack("<I", zlib.crc32(data)), number(method << 7), number(0)]
        out += block5(b"".join(head) + number(len(name.encode())) + name.encode(), data)
    return out + block5(number(5) + number(0) + number(0))


def rar4(contents: dict[bytes, bytes], flags: int = 0) -> bytes:
    """An archive as RAR 4 writes it, stored, names as they are."""

    def block(kind: int, flags: int, rest: bytes, data: bytes = b"") -> bytes:
        body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body + data

    out = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6))
    for name, data in contents.items():
        fields = struct.pack(
            "<IIBIIBBHI", len(data), len(data), 2, zlib.crc32(data), 0x5A000000, 20, 0x30, len(name), 0x20
        )
        out += block(0x74, 0x8000 | flags, fields + name, data)
    return out + block(0x7B, 0x4000, b"")


def test_stored_members_of_rar_5_need_no_program() -> None:
    """Names in UTF-8, with folders; positions count the members."""
    parsed = parse(rar5(NAMES))

    assert members(parsed) == NAMES
    assert [member.part.position for member in parsed.members] == ["2/1", "2/2"]
    assert parsed.problem is None


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_names_in_rar_4_are_those_that_their_packers_gave(charset: str) -> None:
    """Names that are not marked as Unicode are UTF-8 where they are valid UTF-8, else GBK; back slashes are folders."""
    contents = {name.replace("/", "\\").encode(charset): data for name, data in NAMES.items()}

    assert members(parse(rar4(contents))) == NAMES


def test_packed_members_without_a_program_are_listed_and_people_told_what_to_do() -> None:
    """The archive is kept; an administrator may install a program, or the unit send a zip."""
    parsed = parse(rar5(NAMES, method=3))

    assert list(members(parsed)) == list(NAMES)
    assert reasons(parsed) == ["no_program", "no_program"]
    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("skipped", "no_program")
    assert "unar" in parsed.problem.explanation.zh
    assert "ZIP" in parsed.problem.explanation.zh


def test_stored_members_beside_packed_ones_are_read() -> None:
    """A small file that packing would not make smaller is stored."""
    parsed = parse((PACKED / "packed5.rar").read_bytes())

    assert reasons(parsed) == ["no_program", None]
    assert parsed.problem is None


@pytest.mark.skipif(not installed(), reason="no program for RAR here: apt-get install libarchive-tools")
@pytest.mark.parametrize(
    ("name", "sizes"),
    [("packed5", [2048, 2048]), ("packed4", [0, 0]), ("solid5", [2048, 2048]), ("copies5", [2048] * 9)],
)
def test_packed_members_come_out_by_a_program(name: str, sizes: list[int]) -> None:
    """Both versions, one solid block, and equal files that were written once."""
    parsed = parse((PACKED / f"{name}.rar").read_bytes(), installed(), ReadLimits(timeout_s=20))

    assert reasons(parsed) == [None] * len(sizes)
    assert [len(member.part.content) for member in parsed.members] == sizes


@pytest.mark.parametrize(("name", "listed"), [("encrypted5", 2), ("hidden4", 0)])
def test_rar_with_a_password_is_encrypted(name: str, listed: int) -> None:
    """Its members are listed unless their names are encrypted too."""
    content = (PACKED / f"{name}.rar").read_bytes()

    if listed:
        parsed = parse(content)
        assert parsed.problem is not None
        problem, names = parsed.problem, list(members(parsed))
    else:
        problem, names = problem_of(content), []

    assert (problem.status, problem.reason) == ("unreadable", "encrypted")
    assert len(names) == listed


def test_rar_bomb_is_refused_by_its_declared_size() -> None:
    """Nothing is unpacked above the limit, and no program is asked."""
    bomb = rar5(NAMES, method=5, declared=600_000)

    parsed = parse(bomb, limits=ReadLimits(max_unpacked_bytes=1_000_000))

    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("skipped", "too_large")
    assert reasons(parsed) == ["too_large", "too_large"]


def test_archive_with_too_many_members_is_read_as_far_as_allowed() -> None:
    """The first are read, and people are told that there are more."""
    parsed = parse(rar5({f"{n}.txt": b"x" for n in range(30)}), limits=ReadLimits(max_members=20))

    assert len(parsed.members) == 20
    assert parsed.problem is not None
    assert parsed.problem.reason == "too_many_members"


def test_volume_of_a_split_archive_is_asked_for_unsplit() -> None:
    """A member that goes on in the next volume cannot be read; the others can."""
    parsed = parse(rar5({"总结.txt": b"half"}, flags=0x10))

    assert reasons(parsed) == ["split"]
    assert parsed.problem is not None
    assert "分卷" in parsed.problem.explanation.zh


@pytest.mark.parametrize("archive", [rar5(NAMES), rar4({b"a.txt": b"first", b"b.txt": b"second"})])
def test_archive_that_breaks_off_tells_so(archive: bytes) -> None:
    """What lies before the break is read; nothing is made up, and nowhere does it crash."""
    first = parse(archive).members[0].part.content
    for end in range(20, len(archive) - 8):
        try:
            parsed = parse(archive[:end])
        except Unread as error:
            assert error.problem.reason == "damaged"
        else:
            assert parsed.members[0].part.content == first or reasons(parsed)[0] == "damaged"


def test_damaged_member_costs_only_itself() -> None:
    """One member's check sum is wrong; the others come out."""
    assert reasons(parse(rar5(NAMES).replace(b"photo", b"phono"))) == [None, "damaged"]


def test_name_that_stands_twice_is_read_once() -> None:
    """Small by its declared size and large by another member's of the same name: no way around the limit."""
    twice = rar5({"a.txt": b"x"})[:-8] + rar5({"a.txt": b"y" * 1000})[8 + 8 :]

    parsed = parse(twice)

    assert sum(len(member.part.content) for member in parsed.members) <= 1001
    assert "damaged" in reasons(parsed)


def writing(script: str) -> tuple[Unpacker, ...]:
    """An unpacker that is a script; the archive's path is its argument."""
    return (Unpacker(sys.executable, ("-c", script)),)


def test_members_are_told_apart_by_size_and_check_sum() -> None:
    """A program writes all members one after the other; what disagrees with the headers is not taken."""
    right = "".join(content.decode() for content in NAMES.values())
    archive = rar5(NAMES, method=3)

    whole = parse(archive, writing(f"import sys; sys.stdout.buffer.write({right!r}.encode())"))
    wrong = parse(archive, writing(f"import sys; sys.stdout.buffer.write({right[:-1]!r}.encode() + b'X')"))

    assert members(whole) == NAMES
    assert reasons(wrong) == [None, "not_unpacked"]


@pytest.mark.parametrize(
    "script",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "while True: print('x' * 65536)",
        "raise SystemExit(2)",
        "import os, time; os.fork() and os._exit(0); time.sleep(60)",
    ],
)
def test_program_that_hangs_floods_or_fails_is_ended(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In time, with all that it started; its members are listed, and nothing of it stays on the disk."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    started = time.monotonic()

    parsed = parse(rar5(NAMES, method=3), writing(script), ReadLimits(timeout_s=2))

    assert reasons(parsed) == ["not_unpacked", "not_unpacked"]
    assert time.monotonic() - started < 5
    assert list(tmp_path.iterdir()) == []


def test_program_learns_no_name_from_the_archive(tmp_path: Path) -> None:
    """Names may be options, patterns or paths that climb; the program is given our own file's path alone."""
    seen = tmp_path / "seen"
    script = f"import sys, pathlib; pathlib.Path({str(seen)!r}).write_text(repr(sys.argv[1:]))"

    parse(rar5({"-oC:/x": b"1", "@/etc/passwd": b"2", "../../*": b"3"}, method=3), writing(script))

    assert seen.read_text().count(",") == 0
    assert seen.read_text().endswith("archive.rar']")


def test_reader_knows_rar() -> None:
    """Found by its content, read in a worker, members read in their turn."""
    with PartReader(ReadLimits(), read_message) as reader:
        (extract,) = reader.read([Part("1", "总结.zip", "application/zip", rar5({"总结.txt": "演练三次".encode()}))])

    assert (extract.media_type, extract.status, extract.parser) == ("application/vnd.rar", "ok", "rar")
    assert [member.text for member in extract.members] == ["演练三次"]
