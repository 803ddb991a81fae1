"""Archives as they really come: names that lie, ends that are missing, rare methods, volumes, programs, bombs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import inflate64
import py7zr
import pytest
from backports import zstd

from intake.message import read_message
from parsers import self_extracting, seven_zip, tars, zips
from parsers.parsed import Parsed, Parser, Unread
from parsers.reader import PartReader
from parsers.sniff import sniff
from records.extracts import Extract, ReadLimits
from records.mail import Part

NAMES = {"总结/石船镇卫生院总结.txt": "总结".encode(), "照片/演练①.txt": b"photo" * 50}
NOISE = random.Random(4).randbytes(3000)


def parse(parser: Parser, content: bytes, filename: str = "a", limits: ReadLimits | None = None) -> Parsed:
    """What the parser makes of that content."""
    return parser.parse(Part("2", filename, "application/octet-stream", content), limits or ReadLimits())


def read(content: bytes, filename: str, limits: ReadLimits | None = None) -> Extract:
    """The same through the door of the room, members read too."""
    with PartReader(limits or ReadLimits(), read_message) as reader:
        return reader.read([Part("2", filename, "application/octet-stream", content)])[0]


def members(parsed: Parsed) -> dict[str, bytes]:
    """Names and contents of the members."""
    return {member.part.filename or "": member.part.content for member in parsed.members}


def reasons(parsed: Parsed) -> list[str | None]:
    """Why members were not taken out, None where they were."""
    return [member.problem.reason if member.problem else None for member in parsed.members]


def raw_zip(name: bytes, packed: bytes, content: bytes, method: int = 0, flags: int = 0, disk: int = 0) -> bytes:
    """A zip of one member, packed by whatever method."""
    sizes = struct.pack("<III", zlib.crc32(content), len(packed), len(content))
    head = struct.pack("<HHHHH", 20, flags, method, 0, 33) + sizes + struct.pack("<HH", len(name), 0)
    local = b"PK\3\4" + head + name + packed
    entry = b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    return local + entry + b"PK\5\6" + struct.pack("<HHHHIIH", disk, disk, 1, 1, len(entry), len(local), 0)


def zip_of(contents: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip as Python writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


class Pipe(io.RawIOBase):
    """An output that cannot be wound back: sizes follow the members, as programs write them that pack on the fly."""

    def __init__(self) -> None:
        self.octets = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, octets: object) -> int:
        self.octets += bytes(octets)  # type: ignore[call-overload]  # io leaves the type of buffers open
        return len(bytes(octets))  # type: ignore[call-overload]  # the same


def streamed_zip(contents: dict[str, bytes]) -> bytes:
    """A zip whose sizes follow its members."""
    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return bytes(out.octets)


def test_gbk_names_that_claim_to_be_utf_8_are_read() -> None:
    """Some programs set the flag and write GBK; Python's own reader gives the whole archive up."""
    content = raw_zip("总结.txt".encode("gbk"), b"x", b"x", flags=0x800)

    with pytest.raises(UnicodeDecodeError):
        zipfile.ZipFile(io.BytesIO(content))
    assert members(parse(zips.PARSER, content)) == {"总结.txt": b"x"}


def test_name_that_differs_before_the_member_is_no_damage() -> None:
    """The directory counts; Python's own reader calls such a member damaged."""
    content = raw_zip(b"name-1.txt", b"x", b"x").replace(b"name-1.txt", b"name-2.txt", 1)

    assert members(parse(zips.PARSER, content)) == {"name-1.txt": b"x"}


def test_rare_methods_are_unpacked() -> None:
    """Deflate64 of Windows, bzip2 and LZMA of 7-Zip, Zstandard and XZ of WinZip."""
    deflater = inflate64.Deflater()
    packed = {
        9: deflater.deflate(NOISE) + deflater.flush(),
        93: zstd.compress(NOISE),
        95: lzma.compress(NOISE),
    }
    archives = [raw_zip(b"a", octets, NOISE, method) for method, octets in packed.items()]
    archives += [zip_of({"a": NOISE}, method) for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)]

    for archive in archives:
        assert members(parse(zips.PARSER, archive)) == {"a": NOISE}


@pytest.mark.parametrize("method", [0, 8, 9, 12, 14, 93, 95])
def test_member_that_would_become_larger_than_declared_is_damaged(method: int) -> None:
    """No method gives more than what the limits were asked about; random octets crash nothing."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = deflater.compress(bytes(10_000_000)) + deflater.flush()
    for packed in (bomb, NOISE):
        assert reasons(parse(zips.PARSER, raw_zip(b"a", packed, b"small", method))) == ["damaged"]


@pytest.mark.parametrize("archive", [zip_of(NAMES), streamed_zip(NAMES)])
def test_zip_that_breaks_off_gives_its_whole_members(archive: bytes) -> None:
    """A transfer that ended too early lost the directory, not the members before; nothing is made up."""
    second = archive.index(b"PK\3\4", 4)
    for end in range(second + 1, archive.index(b"PK\1\2")):
        parsed = parse(zips.PARSER, archive[:end])
        found = members(parsed)
        assert found["总结/石船镇卫生院总结.txt"] == "总结".encode()
        assert found.get("照片/演练①.txt") in (None, b"", NAMES["照片/演练①.txt"])
        assert parsed.problem is not None
        assert (parsed.problem.status, parsed.problem.reason) == ("partial", "damaged")


def test_zip_of_which_nothing_is_left_is_damaged() -> None:
    """The unit is asked again."""
    with pytest.raises(Unread) as caught:
        parse(zips.PARSER, zip_of({"a": NOISE})[:500])

    assert caught.value.problem.reason == "damaged"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("总结.zip.002", NOISE),
        ("总结.7z.003", NOISE),
        ("总结.z01", NOISE),
        ("总结.r00", NOISE),
        ("总结.zip.001", zip_of({"a": NOISE})[:500]),
        ("总结.7z.001", b"7z\xbc\xaf\x27\x1c\0\4" + NOISE),
    ],
)
def test_volume_is_told_by_its_name(name: str, content: bytes) -> None:
    """Alone it is nothing; the unit is asked to send the archive unsplit."""
    extract = read(content, name)

    assert (extract.status, extract.reason) == ("unreadable", "split")
    assert extract.explanation is not None
    assert "分卷" in extract.explanation.zh


def test_last_volume_of_a_zip_says_so_itself() -> None:
    """Its end record counts disks."""
    parsed = parse(zips.PARSER, raw_zip(b"a", b"x", b"x", disk=2))

    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("partial", "split")


def test_small_members_beside_one_that_is_too_large_are_read() -> None:
    """A long video does not hide the report behind it."""
    content = zip_of({"video.mp4": bytes(2_000_000), "总结.txt": "总结".encode()})

    parsed = parse(zips.PARSER, content, limits=ReadLimits(max_unpacked_bytes=1_000_000))

    assert reasons(parsed) == ["too_large", None]
    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("partial", "too_large")


def test_members_that_overlap_count_each(rows: int = 50) -> None:
    """The bomb without recursion: many entries, one member's octets. All that they declare counts."""
    one = raw_zip(b"a", bytes(100_000), bytes(100_000))
    start, end = one.index(b"PK\1\2"), one.index(b"PK\5\6")
    entry = one[start:end]
    tail = struct.pack("<HHHHIIH", 0, 0, rows, rows, len(entry) * rows, start, 0)

    parsed = parse(
        zips.PARSER, one[:start] + entry * rows + b"PK\5\6" + tail, limits=ReadLimits(max_unpacked_bytes=1_000_000)
    )

    assert reasons(parsed) == [None] * 10 + ["too_large"] * 40


def test_archives_in_archives_end_at_the_limit_of_depth() -> None:
    """As quines do, which hold themselves without end."""
    content = b"report"
    for _ in range(12):
        content = zip_of({"inner.zip": content})

    extract = read(content, "a.zip")

    assert [one.reason for one in extract.walk()][-1] == "too_deep"
    assert len(list(extract.walk())) == 8


def test_ten_thousand_members_are_read_up_to_the_limit() -> None:
    """The rest is told of."""
    parsed = parse(zips.PARSER, zip_of({f"{n}.txt": b"x" for n in range(10_000)}))

    assert len(parsed.members) == ReadLimits().max_members
    assert parsed.problem is not None
    assert parsed.problem.reason == "too_many_members"


@pytest.mark.parametrize(
    ("parser", "content"),
    [(zips.PARSER, zip_of({})), (tars.PARSER, gzip.compress(bytes(10240), mtime=0))],
    ids=["zip", "tar.gz"],
)
def test_empty_archive_has_no_members_and_no_fault(parser: Parser, content: bytes) -> None:
    """Nobody is asked for anything."""
    parsed = parse(parser, content, "a.bin")

    assert reasons(parsed) in ([], [None])


def packed_7z() -> bytes:
    """A 7z archive."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        for name, content in NAMES.items():
            archive.writestr(content, name)
    return out.getvalue()


@pytest.mark.parametrize("archive", [zip_of(NAMES), packed_7z()])
def test_program_that_unpacks_itself_is_read_and_not_run(archive: bytes) -> None:
    """Its members are those of the archive behind the program, whose own code may hold the same mark."""
    program = b"MZ" + bytes(1000) + b"7z\xbc\xaf\x27\x1c\0\4" + bytes(1000)

    extract = read(program + archive, "总结.exe")

    assert (extract.media_type, extract.parser, extract.status) == ("application/x-executable", "self_extracting", "ok")
    assert {member.part.filename: member.part.content for member in extract.members} == NAMES


def test_program_without_an_archive_is_only_a_program() -> None:
    """Kept and listed."""
    parsed = parse(self_extracting.PARSER, b"MZ" + NOISE, "a.exe")

    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("skipped", "no_parser")


def tar_of(*infos: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """A tar archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT, encoding="gbk") as archive:
        for info, content in infos:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """A link or a device."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def test_hard_link_in_a_tar_is_the_file_that_it_links_to() -> None:
    """tar writes equal files once; links to anything else, to themselves and devices are listed."""
    content = tar_of(
        (tarfile.TarInfo("总结.txt"), b"x"),
        special("副本.txt", tarfile.LNKTYPE, "总结.txt"),
        special("loop", tarfile.LNKTYPE, "loop"),
        special("passwd", tarfile.LNKTYPE, "/etc/passwd"),
        special("link", tarfile.SYMTYPE, "../../etc/passwd"),
        special("zero", tarfile.CHRTYPE),
        special("pipe", tarfile.FIFOTYPE),
    )

    parsed = parse(tars.PARSER, content)

    assert reasons(parsed) == [None, None] + ["not_a_file"] * 5
    assert members(parsed)["副本.txt"] == b"x"


def test_many_links_to_one_large_file_count_each() -> None:
    """No way around the limit."""
    links = [special(str(n), tarfile.LNKTYPE, "a") for n in range(20)]
    content = tar_of((tarfile.TarInfo("a"), bytes(100_000)), *links)

    parsed = parse(tars.PARSER, content, limits=ReadLimits(max_unpacked_bytes=1_000_000))

    assert reasons(parsed) == [None] * 10 + ["too_large"] * 11


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, lambda content: bz2.compress(content, 1), lzma.compress, zstd.compress]
)
def test_tar_that_breaks_off_gives_its_whole_members(pack: Callable[[bytes], bytes]) -> None:
    """Packed or not; what was lost is told."""
    content = pack(tar_of((tarfile.TarInfo("a"), NOISE), (tarfile.TarInfo("b"), random.Random(5).randbytes(1_000_000))))

    parsed = parse(tars.PARSER, content[: len(content) * 2 // 3], "a.tar.x")

    assert members(parsed) == {"a": NOISE, "b": b""}
    assert reasons(parsed) == [None, "damaged"]
    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("partial", "damaged")


def test_zst_is_an_archive_of_one() -> None:
    """A bomb is stopped at the limit."""
    assert members(parse(tars.PARSER, zstd.compress(b"x"), "总结.txt.zst")) == {"总结.txt": b"x"}
    with pytest.raises(Unread) as caught:
        parse(tars.PARSER, zstd.compress(bytes(50_000_000)), limits=ReadLimits(max_unpacked_bytes=1_000_000))
    assert caught.value.problem.reason == "too_large"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"MSCF\0\0\0\0" + NOISE, "application/vnd.ms-cab-compressed"),
        (b"\x20\x5a-lh5-" + NOISE, "application/x-lzh-compressed"),
        (bytes(32768) + b"\1CD001\1" + NOISE, "application/x-iso9660-image"),
        (b"\x1f\x9d\x90" + NOISE, "application/x-compress"),
    ],
)
def test_archives_of_rare_kinds_are_listed_by_name(content: bytes, media_type: str) -> None:
    """Nothing here reads them; a person is told what they are."""
    extract = read(content, "a")

    assert (extract.media_type, extract.status, extract.reason) == (media_type, "skipped", "no_parser")
    assert sniff(Part("1", None, "application/octet-stream", content)) == media_type


def test_7z_files_of_one_name_both_come_out() -> None:
    """Neither hides the other."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(b"first", "总结.txt")
        archive.writestr(b"second", "总结.txt")

    parsed = parse(seven_zip.PARSER, out.getvalue())

    assert [member.part.content for member in parsed.members] == [b"first", b"second"]
