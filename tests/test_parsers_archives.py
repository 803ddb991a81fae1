"""Archives and attached messages: members by name, whatever packed them."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib

import py7zr
import pytest

from intake.message import read_message
from parsers import seven_zip, tars, tnef, zips
from parsers.message import MessageParser
from parsers.parsed import Parsed, Parser, Unread
from parsers.sniff import sniff
from records.extracts import ReadLimits
from records.mail import Part

NAMES = {"总结/石船镇卫生院总结.txt": "总结".encode(), "照片/演练①.txt": b"photo"}


def parse(parser: Parser, content: bytes, filename: str = "a", limits: ReadLimits | None = None) -> Parsed:
    """What the parser makes of that content."""
    return parser.parse(Part("2", filename, "application/octet-stream", content), limits or ReadLimits())


def members(parsed: Parsed) -> dict[str, bytes]:
    """Names and contents of the members."""
    return {member.part.filename or "": member.part.content for member in parsed.members}


def old_zip(contents: dict[str, bytes], charset: str, flags: int = 0) -> bytes:
    """A zip as Chinese Windows writes it: names in its own charset, no flag for UTF-8 (APPNOTE.TXT 4.3)."""
    body, directory = b"", b""
    for name, content in contents.items():
        raw = name.encode(charset)
        head = struct.pack(
            "<HHHHHIIIHH", 20, flags, 0, 0, 33, zlib.crc32(content), len(content), len(content), len(raw), 0
        )
        directory += b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + raw
        body += b"PK\3\4" + head + raw + content
    count = len(contents)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_names_in_zips_are_those_that_their_packers_gave(charset: str) -> None:
    """Without the flag, names are UTF-8 where they are valid UTF-8, else GBK."""
    assert members(parse(zips.PARSER, old_zip(NAMES, charset))) == NAMES


def test_members_stand_below_their_archive() -> None:
    """Positions count the members, "2/1" is the first of part 2."""
    parsed = parse(zips.PARSER, old_zip(NAMES, "gb18030"))

    assert [member.part.position for member in parsed.members] == ["2/1", "2/2"]


def test_names_that_climb_out_of_the_archive_are_only_names() -> None:
    """Nothing is written to disk, so a path is no danger; it is kept for people to see."""
    parsed = parse(zips.PARSER, old_zip({"../../etc/passwd": b"x", "C:\\a\\b.txt": b"y"}, "ascii"))

    assert members(parsed) == {"../../etc/passwd": b"x", "C:/a/b.txt": b"y"}


def test_encrypted_zip_is_unreadable_but_its_members_are_listed() -> None:
    """The unit is asked for unpacked files; the names tell what to ask for."""
    parsed = parse(zips.PARSER, old_zip(NAMES, "gb18030", flags=1))

    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("unreadable", "encrypted")
    assert [member.part.filename for member in parsed.members] == list(NAMES)
    assert all(member.problem is not None and member.problem.reason == "encrypted" for member in parsed.members)


def test_damaged_member_costs_only_itself() -> None:
    """One member's check sum is wrong; the others come out."""
    content = old_zip(NAMES, "gb18030").replace(b"photo", b"phono")

    parsed = parse(zips.PARSER, content)

    assert [member.problem.reason if member.problem else None for member in parsed.members] == [None, "damaged"]
    assert parsed.problem is None


def test_name_in_the_unicode_field_is_taken() -> None:
    """Info-ZIP writes the name in UTF-8 beside the old one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("old.txt")
        field = b"\x01" + zlib.crc32(b"old.txt").to_bytes(4, "little") + "总结.txt".encode()
        info.extra = struct.pack("<HH", 0x7075, len(field)) + field
        archive.writestr(info, b"x")

    assert members(parse(zips.PARSER, out.getvalue())) == {"总结.txt": b"x"}


def test_member_packed_by_an_unknown_method_is_kept_for_a_person() -> None:
    """It is not damaged, so nobody is asked for it again."""
    content = bytearray(old_zip({"a.txt": b"x"}, "ascii"))
    content[8] = content[content.index(b"PK\1\2") + 10] = 97  # WavPack

    (member,) = parse(zips.PARSER, bytes(content)).members

    assert member.problem is not None
    assert (member.problem.status, member.problem.reason) == ("skipped", "no_parser")


def test_7z_gives_its_members() -> None:
    """Chinese names and folders, one solid block."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        for name, content in NAMES.items():
            archive.writestr(content, name)

    assert members(parse(seven_zip.PARSER, out.getvalue())) == NAMES


@pytest.mark.parametrize("hides_names", [True, False])
def test_7z_with_a_password_is_encrypted(hides_names: bool) -> None:
    """Whether or not its names can be read without the password."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password="geheim", header_encryption=hides_names) as archive:
        archive.writestr(b"x", "总结.txt")

    try:
        parsed = parse(seven_zip.PARSER, out.getvalue())
    except Unread as error:
        problem = error.problem
        names = []
    else:
        assert parsed.problem is not None
        problem, names = parsed.problem, list(members(parsed))

    assert (problem.status, problem.reason) == ("unreadable", "encrypted")
    assert names == ([] if hides_names else ["总结.txt"])


def test_7z_bomb_is_refused_by_its_declared_size() -> None:
    """Nothing is unpacked above the limit."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(bytes(3_000_000), "0.bin")

    parsed = parse(seven_zip.PARSER, out.getvalue(), limits=ReadLimits(max_unpacked_bytes=1_000_000))

    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("skipped", "too_large")
    assert members(parsed) == {"0.bin": b""}


def tar_of(contents: dict[str, bytes]) -> bytes:
    """A tar archive with a link that leads out of it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def test_tar_gz_gives_regular_files_alone() -> None:
    """Links and devices lead out of the archive: they are listed, and nobody need do anything about them."""
    parsed = parse(tars.PARSER, gzip.compress(tar_of(NAMES)), "a.tar.gz")

    assert members(parsed) == {"link": b"", **NAMES}
    assert [one.problem.reason if one.problem else None for one in parsed.members] == ["not_a_file", None, None]


def test_gz_is_an_archive_of_one() -> None:
    """Its member is called as the file without its ending; a bomb is stopped at the limit."""
    assert members(parse(tars.PARSER, gzip.compress(b"x"), "总结.txt.gz")) == {"总结.txt": b"x"}

    with pytest.raises(Unread) as caught:
        parse(tars.PARSER, gzip.compress(bytes(5_000_000)), limits=ReadLimits(max_unpacked_bytes=1_000_000))
    assert caught.value.problem.reason == "too_large"


def test_winmail_dat_names_are_read_in_their_code_page() -> None:
    """An old Outlook writes GBK names; tnefparse's own names would fail."""

    def attribute(level: int, tag: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, tag, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    content = struct.pack("<IH", 0x223E9F78, 1)
    content += attribute(1, 0x00069007, struct.pack("<II", 936, 0))
    content += attribute(2, 0x00069002, struct.pack("<HIHHHH", 1, 0xFFFFFFFF, 32, 32, 0, 0))
    content += attribute(2, 0x0006800F, b"content")
    content += attribute(2, 0x00018010, "演练总结.txt".encode("gbk") + b"\0")

    assert members(parse(tnef.PARSER, content)) == {"演练总结.txt": b"content"}


def test_attached_message_is_text_and_parts() -> None:
    """Subject, sender and body are its page; its attachments are members."""
    attached = 'Content-Disposition: attachment; filename="x.txt"'
    raw = (
        "From: 石船镇卫生院 <a@example.com>\r\nSubject: 转发：总结\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n请查收\r\n"
        f"--b\r\nContent-Type: text/plain\r\n{attached}\r\n\r\ninner\r\n--b--\r\n"
    ).encode()

    parsed = parse(MessageParser(read_message), raw)

    assert parsed.pages[0].text.splitlines() == ["转发：总结", "石船镇卫生院 <a@example.com>", "请查收"]
    assert [(member.part.position, member.part.filename) for member in parsed.members] == [("2/1", "x.txt")]
    assert sniff(Part("1", None, "application/octet-stream", raw)) == "message/rfc822"


def tnef_attribute(level: int, tag: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, tag, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef_property(kind: int, number: int, data: bytes) -> bytes:
    return struct.pack("<HHII", kind, number, 1, len(data)) + data + bytes(-len(data) % 4)


def tnef_properties(*properties: bytes) -> bytes:
    return struct.pack("<I", len(properties)) + b"".join(properties)


TNEF_START = struct.pack("<IH", 0x223E9F78, 1)
TNEF_GBK = tnef_attribute(1, 0x00069007, struct.pack("<II", 936, 0))
TNEF_NEW = tnef_attribute(2, 0x00069002, struct.pack("<HIHHHH", 1, 0xFFFFFFFF, 32, 32, 0, 0))


def test_winmail_dat_body_in_compressed_rtf_is_text() -> None:
    """Outlook writes the body as RTF alone; what repeats refers to what stands before ([MS-OXRTFCP] §4)."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    content = (
        TNEF_START + TNEF_GBK + tnef_attribute(1, 0x00069003, tnef_properties(tnef_property(0x102, 0x1009, packed)))
    )

    assert parse(tnef.PARSER, content).pages[0].text == "hello world"


def test_winmail_dat_subject_in_gbk_costs_nothing() -> None:
    """A subject that is no text in the file's code page, or a file that names none, hides neither body nor files."""
    properties = tnef_properties(
        tnef_property(0x1E, 0x0037, "关于喆".encode("gbk") + b"\xff\0"),
        tnef_property(0x1E, 0x1000, "正文".encode("gbk") + b"\0"),
    )
    content = TNEF_START + tnef_attribute(1, 0x00018004, b"\xff\xfe\0") + tnef_attribute(1, 0x00069003, properties)
    content += (
        TNEF_NEW
        + tnef_attribute(2, 0x00018010, "总结.doc".encode("gbk") + b"\0")
        + tnef_attribute(2, 0x0006800F, b"x\0")
    )

    parsed = parse(tnef.PARSER, content)

    assert parsed.pages[0].text == "正文"
    assert members(parsed) == {"总结.doc": b"x\0"}


def test_message_inside_winmail_dat_is_a_member_with_its_exact_octets() -> None:
    """A message attached to a message: the sentence beside it is for old programs; padding is no part of it."""
    inner = TNEF_START + TNEF_GBK + tnef_attribute(1, 0x0002800C, "里面的正文。".encode("gbk") + b"\0")
    packed = bytes.fromhex("0703020000000000c000000000000046") + inner
    properties = tnef_properties(
        tnef_property(0x1F, 0x3707, "转发：总结\0".encode("utf-16-le")), tnef_property(0x0D, 0x3701, packed)
    )
    content = TNEF_START + TNEF_NEW + tnef_attribute(2, 0x0006800F, b"This attachment is a MAPI 1.0 embedded message.")
    content += tnef_attribute(2, 0x00069005, properties)

    parsed = parse(tnef.PARSER, content)

    assert members(parsed) == {"转发：总结": inner}
    assert parse(tnef.PARSER, inner).pages[0].text == "里面的正文。"
    assert sniff(Part("1", None, "application/octet-stream", inner)) == "application/ms-tnef"


def test_winmail_dat_broken_off_gives_what_is_there() -> None:
    """A file that ends too early is partial; one of which nothing can be read is damaged; an empty one is neither."""
    whole = (
        TNEF_START + TNEF_NEW + tnef_attribute(2, 0x00018010, b"a.txt\0") + tnef_attribute(2, 0x0006800F, b"content")
    )

    parsed = parse(tnef.PARSER, whole[:-6])

    assert parsed.problem is not None and parsed.problem.status == "partial"
    assert members(parsed) == {"a.txt": b"con"}
    assert parse(tnef.PARSER, TNEF_START).problem is None
    with pytest.raises(Unread):
        parse(tnef.PARSER, TNEF_START + b"\x01\x02\x03")
