"""Mails and files that somebody sends to hurt or confuse the service. All are small on the wire."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

from docx import Document

from tests.small_office import UNITS, file_named, letter, material, summary

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEGABYTE = 1024**2
SECRET_WORDS = "秘语甲乙丙"
EVIL_NAMES = (
    "../../../../outside.txt",
    "/outside.txt",
    "..\\..\\outside.txt",
    "C:\\outside.txt",
    "line\nend.txt",
    "\x1b[31mred\x9b31m.txt",
    "\u202etxt.exe",
    "=cmd|' /C calc'!A1.csv",
    "con.txt",
    "<script>alert(1)</script>.txt",
    f"{'长' * 10_000}.txt",
)


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def nested_bomb(depth: int = 8) -> bytes:
    """Archives in archives, sixteen in each: 16 to the power of ``depth`` files at the bottom."""
    content = zipped({"0.txt": b"0" * MEGABYTE})
    for _ in range(depth):
        content = zipped({f"{number}.zip": content for number in range(16)})
    return content


def overlapping_bomb(times: int = 3000) -> bytes:
    """One compressed stretch of 1 MB to which thousands of entries point (a better zip bomb, Fifield 2019)."""
    honest = zipped({"a.txt": b"0" * MEGABYTE})
    start, end = honest.find(b"PK\1\2"), honest.rfind(b"PK\5\6")
    directory = honest[start:end] * times
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, times, times, len(directory), start, 0)
    return honest[:start] + directory + tail


def evil_names() -> bytes:
    """An archive whose names climb out of folders, steer terminals, run formulas; one entry is a symbolic link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in EVIL_NAMES:
            archive.writestr(name, "组织消防疏散演练")
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/hostname")
    return out.getvalue()


def evil_tar() -> bytes:
    """A tar file with a symbolic link, a device and a name that climbs."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, kind in (
            ("link", tarfile.SYMTYPE),
            ("device", tarfile.CHRTYPE),
            ("../../outside.txt", tarfile.REGTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/hostname" if kind == tarfile.SYMTYPE else ""
            archive.addfile(info, io.BytesIO())
    return out.getvalue()


def paper(*paragraphs: str) -> bytes:
    """A Word document."""
    document, out = Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


def paper_of_xml(xml: str) -> bytes:
    """A Word document whose main part is ``xml``."""
    with zipfile.ZipFile(io.BytesIO(paper("x"))) as honest:
        files = {name: honest.read(name) for name in honest.namelist()}
    return zipped({**files, "word/document.xml": xml.encode()})


def entity_bomb() -> bytes:
    """A thousand million laughs."""
    names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return with_entities(f'<!ENTITY a0 "laugh">{names}', "&a9;")


def reading_entity(file: Path) -> bytes:
    """A document that would like to quote a file of this machine."""
    return with_entities(f'<!ENTITY x SYSTEM "{file.as_uri()}">', "&x;")


def with_entities(entities: str, text: str) -> bytes:
    """A Word document that declares these entities."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body>"
    return paper_of_xml(
        f'<?xml version="1.0"?><!DOCTYPE w [{entities}]><w:document xmlns:w="{space}">{body}</w:document>'
    )


def pdf(*objects: bytes) -> bytes:
    """A PDF file; the first object is its catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(out),
    )


def looping_pdf() -> bytes:
    """A page tree that holds itself."""
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>")


def endless_page_pdf() -> bytes:
    """A page of 1e9 by 1e9 points."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1000000000 1000000000]>>"
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page)


def png(width: int, height: int) -> bytes:
    """A black picture of one bit a pixel: large in pixels, small in octets."""
    pack = zlib.compressobj(9)
    rows = b"".join(pack.compress(bytes(1 + (width + 7) // 8)) for _ in range(height)) + pack.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


def png_chunk(name: bytes, content: bytes) -> bytes:
    """A piece of a PNG file with its check sum (RFC 2083 §3.2)."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def nested_multiparts(depth: int) -> bytes:
    """Multiparts in multiparts."""
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return b"From: c1@example.com\r\nSubject: deep\r\n" + opened + b"Content-Type: text/plain\r\n\r\nhello\r\n"


def many_parts(count: int) -> bytes:
    """A message of that many empty attachments."""
    head = b"From: c1@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n\r\n" * count + b"--b--\r\n"


def attached_messages(depth: int) -> bytes:
    """A message in a message in a message …"""
    wrapped = b"From: c1@example.com\r\nContent-Type: message/rfc822\r\n\r\n" * depth
    return wrapped + b"From: c1@example.com\r\nSubject: inmost\r\n\r\nhello\r\n"


def broken_mails() -> dict[str, bytes]:
    """Messages that are hardly any."""
    return {
        "one octet": b"\n",
        "only a header": b"From: c1@example.com\r\nSubject: only a header\r\n",
        "no header": f"{UNITS['C1']}总结\n".encode() * 100,
        "binary": bytes(range(256)) * 400,
        "mbox line": b"From c1@example.com Mon Jun  9 10:00:00 2025\n" + material("C1", "首行多余。"),
        "lone surrogates": b"From: c1@example.com\r\nSubject: =?utf-7?Q?+2D0-?=\r\n"
        b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2D0- +3gA-\r\n",
        "surrogate in a name": b"From: c1@example.com\r\nContent-Type: application/pdf\r\n"
        b"Content-Disposition: attachment; filename*=utf-16le''%3D%D8.pdf\r\n\r\nx",
        "unknown charset": b"From: c1@example.com\r\nSubject: =?x-nonsense?B?5oql6YCB?=\r\n"
        b'Content-Type: text/plain; charset="no such"\r\n\r\n\xb1\xa8\xcb\xcd\x00\r\n',
        "header injection": b"From: c1@example.com\r\nSubject: =?utf-8?B?YQ0KQmNjOiB4QGV4YW1wbGUuY29tDQo=?=\r\n"
        b"\r\nhello\r\n",
        "deep multiparts": nested_multiparts(1000),
        "deep messages": attached_messages(400),
        "many parts": many_parts(1000),
        "encoded words": b"From: c1@example.com\r\nSubject: "
        + b"=?utf-8?B?5oql6YCB?= " * 20_000
        + b"\r\n\r\nhello\r\n",
        "many addresses": b"From: c1@example.com\r\nTo: " + b"a@example.com, " * 100_000 + b"\r\n\r\nhello\r\n",
    }


def evil_files() -> dict[str, bytes]:
    """Files that want to cost time, memory or disk, or that are broken."""
    return {
        "nested.zip": nested_bomb(),
        "overlapping.zip": overlapping_bomb(),
        "names.zip": evil_names(),
        "links.tar.gz": evil_tar(),
        "laughs.docx": entity_bomb(),
        "loop.pdf": looping_pdf(),
        "endless.pdf": endless_page_pdf(),
        "pixels.png": png(30_000, 30_000),
        "broken.jpg": b"\xff\xd8\xff\xe0" + bytes(3000),
        "broken.heic": b"\0\0\0\x18ftypheic" + bytes(3000),
        "broken.7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(3000),
        "winmail.dat": struct.pack("<IH", 0x223E9F78, 1) + bytes(3000),
        "broken.ofd": zipped({"OFD.xml": b"<ofd>" * 1000}),
        "empty.docx": b"",
        "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    }


def poison() -> bytes:
    """A true report whose every name and word tries to run somewhere else."""
    unit = UNITS["C1"]
    mail = letter(
        "c1@example.com",
        '=HYPERLINK("http://evil.example") <script>alert(1)</script> \x1b[31m\u202e开展消防疏散演练',
        f"{unit}开展消防疏散演练\n\n6月12日，{unit}组织开展消防疏散演练，共有45人参加。\x1b[31m\x9b31m\u202e<script>alert(2)</script>\n\n"
        f"{unit}\n2025年6月12日\n",
        name="=cmd|' /C calc'!A1",
    )
    return file_named(mail, '=1+1"<script>alert(3).csv', "演练,=1+1\n".encode(), "text/csv")


def poisonous_stranger() -> bytes:
    """A mail that has to wait for a person, whose subject and sender try the same."""
    subject = "<script>alert(4)</script><img src=x onerror=alert(5)> =1+1 \u202e\x1b[31m"
    return letter("x@example.net", subject, "消防疏散演练材料见附件。", name="@SUM(A1)")


def marked(mark: str) -> bytes:
    """A closing report in a paper that bears a mark of secrecy."""
    report = (
        f"{UNITS['C1']}2025年冬春火灾防控活动总结",
        f"{SECRET_WORDS}：我园组织消防疏散演练1场，发现火灾隐患7处，均已整改。",
    )
    return file_named(
        letter("c1@example.com", "总结", f"请查收{mark}"), "总结.docx", paper(mark, *report, UNITS["C1"]), DOCX
    )


def with_header(raw: bytes, field: str) -> bytes:
    """The same mail with one more header field on top."""
    return field.encode() + b"\r\n" + raw


def false_correction() -> bytes:
    """From one unit's address a correction of another unit's report."""
    unit = UNITS["A1"]
    return letter(
        "b1@example.com",
        f"更正：{unit}2025年冬春火灾防控活动总结",
        f"以本次为准。\n{unit}2025年冬春火灾防控活动总结\n\n我院组织消防疏散演练1场，共1人参加。\n\n{unit}\n2025年6月21日\n",
    )


def reports() -> dict[str, bytes]:
    """What honest units send meanwhile."""
    return {f"report of {unit}": summary(unit) for unit in ("A1", "A2", "B1")}
