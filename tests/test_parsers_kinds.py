"""One file a kind, made by an office program where one can make it, and what must come out of it."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path
from typing import cast

import docx
import pytest
from PIL import Image

from parsers import kinds
from parsers import media_types as mt
from parsers.parsed import Parsed, Parser, Unread
from parsers.registry import PARSERS, UNREAD
from parsers.sniff import sniff
from records.extracts import ReadLimits
from records.mail import Part
from tests.parts import word
from tests.parts.ole import Tree, compound_file

ROOT = Path(__file__).parent.parent
PARTS = Path(__file__).parent / "parts"
STRICT = {
    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def sample(name: str) -> bytes:
    """A file in tests/parts, unpacked if it is kept packed."""
    octets = (PARTS / name).read_bytes()
    return gzip.decompress(octets) if name.endswith(".gz") else octets


def read(content: bytes, filename: str) -> Parsed:
    """What the parser for what the content is makes of it."""
    part = Part("1", filename, "application/octet-stream", content)
    parser = cast("Parser", import_module(PARSERS.get(sniff(part), UNREAD)).PARSER)
    return parser.parse(part, ReadLimits())


def pages(parsed: Parsed) -> list[list[str]]:
    """The lines of each page."""
    return [page.text.splitlines() for page in parsed.pages]


def members(parsed: Parsed) -> dict[str | None, bytes]:
    """The members' octets by name."""
    return {member.part.filename: member.part.content for member in parsed.members}


# --- the same document by an office program, in every form


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("tracked.doc", "总结.doc"), ("tracked.doc", "总结.wps"), ("tracked.docm", "总结.docm"),
        ("tracked.docm", "总结.docx"), ("tracked.rtf.gz", "总结.rtf"), ("tracked.rtf.gz", "总结.doc"),
    ],
)  # fmt: skip
def test_text_documents_say_the_same_in_every_form(name: str, called: str) -> None:
    """Tracked changes count as accepted; the picture inside is a member; the table is one."""
    parsed = read(sample(name), called)

    assert parsed.problem is None
    assert pages(parsed) == [
        ["页眉红头：某某镇卫生院文件", "活动总结", "共开展演练三场", "参加人次\t320", "某某镇卫生院"]
    ]
    assert [table.rows for table in parsed.tables] == [(("参加人次", "320"),)]
    [photo] = members(parsed).values()
    with Image.open(io.BytesIO(photo)) as picture:
        assert picture.size == (160, 90)


def test_word_2003_xml_is_a_document_and_no_text_file() -> None:
    """The office program's own "XML document"; its picture stands in base64 under a name without an extension."""
    parsed = read(sample("word-2003.xml.gz"), "总结.doc")

    assert parsed.media_type == mt.WORD_XML
    assert pages(parsed)[0][0] == "页眉红头：某某镇卫生院文件"
    assert pages(parsed)[0][-2:] == ["参加人次\t320", "某某镇卫生院"]
    assert list(members(parsed)) == ["图片1.png"]


@pytest.mark.parametrize("name", ["probe.xls", "probe.xlsx", "probe.ods"])
def test_sheets_show_percentages_and_dates_as_people_see_them(name: str) -> None:
    """92.5% is kept as 0.925; formulas give their last result; hidden sheets are named, not read."""
    parsed = read(sample(name), name)

    assert parsed.problem is None
    assert pages(parsed) == [
        ["隐患统计", "隐患排查统计表", "单位\t整改率\t日期", "石船镇卫生院\t92.5%\t2025-06-03", "合计\t100%"],
        ["培训\t12"],
    ]
    assert parsed.tables[0].rows[0] == ("隐患排查统计表", "", "")
    assert ("hidden_sheets", "选项") in parsed.metadata


def test_excel_2003_xml_under_the_name_of_a_workbook_is_read_as_sheets() -> None:
    """What web systems export as .xls; this program writes every percentage with two decimals."""
    parsed = read(sample("sheet-2003.xml"), "统计.xls")

    assert pages(parsed)[0] == [
        "隐患统计", "隐患排查统计表", "单位\t整改率\t日期", "石船镇卫生院\t92.50%\t2025-06-03", "合计\t100.00%",
    ]  # fmt: skip
    assert parsed.tables[0].rows[0] == ("隐患排查统计表", "", "")


@pytest.mark.parametrize(
    ("name", "called", "has_tables"),
    [("probe.ppt.gz", "a.ppt", False), ("probe.ppt.gz", "a.dps", False), ("probe.pptx", "a.pptx", True),
     ("probe.odp", "a.odp", True)],
)  # fmt: skip
def test_slides_are_pages_with_groups_tables_and_notes(name: str, called: str, has_tables: bool) -> None:
    """Title, outline, grouped shapes, cells of a table, the speaker's notes; each once, in the order of the show."""
    parsed = read(sample(name), called)

    first, second = pages(parsed)
    assert first == [
        "某某镇卫生院活动总结", "共计320人次参加", "发放资料800份", "组合里的文字", "第二个框", "备注：开场讲话",
    ]  # fmt: skip
    assert "\n".join(second).replace("\t", "\n").split("\n") == [
        "隐患排查情况", "排查隐患", "12处", "完成整改", "11处", "备注：照片由安全科提供",
    ]  # fmt: skip
    assert [table.rows for table in parsed.tables] == (
        [(("排查隐患", "12处"), ("完成整改", "11处"))] if has_tables else []
    )
    assert list(members(parsed)) == ["图片1.png"]
    assert parsed.page_count == 2


def test_presentation_with_a_password_is_encrypted() -> None:
    """The stream Current User tells by its token ([MS-PPT] §2.3.2)."""
    content = sample("probe.ppt.gz").replace(struct.pack("<I", 0xE391C05F), struct.pack("<I", 0xF3D1C4DF))

    with pytest.raises(Unread) as caught:
        read(content, "a.ppt")

    assert caught.value.problem.reason == "encrypted"


# --- forms of Word documents


def test_strict_document_is_read_whole() -> None:
    """ISO 29500 strict has other namespaces and other types of relationships, and the same names."""
    strict = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sample("tracked.docm"))) as whole, zipfile.ZipFile(strict, "w") as copy:
        for info in whole.infolist():
            content = whole.read(info)
            for transitional, ours in STRICT.items():
                content = content.replace(transitional, ours)
            copy.writestr(info, content)

    parsed = read(strict.getvalue(), "a.docx")

    assert parsed.problem is None
    assert pages(parsed)[0][0] == "页眉红头：某某镇卫生院文件"
    assert list(members(parsed)) == ["图片1.png"]


def test_flat_opc_is_read_like_the_document_that_it_holds() -> None:
    """A package as one XML file: parts of XML as they are, others in base64."""
    with zipfile.ZipFile(io.BytesIO(sample("tracked.docm"))) as package:
        document = package.read("word/document.xml").partition(b"?>")[2].decode()
        picture = next(package.read(name) for name in package.namelist() if name.startswith("word/media/"))
    flat = (
        '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
        f'<pkg:part pkg:name="/word/document.xml"><pkg:xmlData>{document}</pkg:xmlData></pkg:part>'
        '<pkg:part pkg:name="/word/media/image1.png"><pkg:binaryData>'
        f"{base64.b64encode(picture).decode()}</pkg:binaryData></pkg:part></pkg:package>"
    )

    parsed = read(flat.encode(), "总结.xml")

    assert pages(parsed) == [["活动总结", "共开展演练三场", "参加人次\t320", "某某镇卫生院"]]
    assert members(parsed) == {"图片1.png": picture}


@pytest.mark.parametrize("name", ["a.mht", "总结.doc", "总结.docx"])
def test_page_in_a_single_file_is_a_page_and_no_mail(name: str) -> None:
    """Word's "single file web page", mostly under the name of a Word document: text, table, picture."""
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(picture, "PNG")
    page = EmailMessage()
    page.set_content("<p>活动总结</p><table><tr><td>人次</td><td>320</td></tr></table>", "html", charset="gb18030")
    page.add_related(
        picture.getvalue(), "image", "png", headers=["Content-Location: file:///C:/总结.files/image001.png"]
    )

    parsed = read(page.as_bytes(), name)

    assert parsed.media_type == mt.MHTML
    assert pages(parsed) == [["活动总结", "人次\t320"]]
    assert members(parsed) == {"图片1.png": picture.getvalue()}


def test_docx_files_inside_are_members_and_charts_give_their_titles() -> None:
    """An embedded sheet, a document that stands in another one (altChunk), a chart's title."""
    document = docx.Document()
    document.add_paragraph("正文")
    word.relate(document, "package", "embeddings/统计.xlsx", sample("probe.xlsx"))
    word.add(document, '<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:o" r:id="package"/></w:object></w:r></w:p>')
    word.relate(document, "aFChunk", "afchunk.htm", "<p>插入的网页</p>".encode())
    word.add(document, '<w:altChunk r:id="aFChunk"/>')
    title = "<c:chart><c:title><a:p><a:r><a:t>隐患趋势</a:t></a:r></a:p></c:title></c:chart>"
    word.relate(document, "chart", "charts/chart1.xml", word.chart(title))

    parsed = read(word.saved(document), "a.docx")

    assert parsed.problem is None
    assert pages(parsed) == [["正文", "隐患趋势"]]
    assert members(parsed) == {"统计.xlsx": sample("probe.xlsx"), "afchunk.htm": "<p>插入的网页</p>".encode()}


# --- damage


@pytest.mark.parametrize("name", ["tracked.docm", "probe.xlsx", "probe.pptx", "probe.odp"])
def test_package_without_its_directory_is_read_as_far_as_it_goes(name: str) -> None:
    """A transfer that broke off near the end takes the zip directory along; the members before it still stand."""
    content = sample(name)
    cut = content[: content.rindex(b"PK\x01\x02") - 100]
    cut = cut[: cut.index(b"PK\x01\x02")] if b"PK\x01\x02" in cut else cut

    whole, parsed = read(content, name), read(cut, name)

    assert parsed.media_type == whole.media_type
    assert pages(parsed) == pages(whole)
    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("partial", "damaged")


def test_docx_broken_off_inside_its_text_gives_what_came() -> None:
    """Half of a document is worth more than none, and is marked as such."""
    document = docx.Document()
    for number in range(3000):
        document.add_paragraph(f"第{number}项工作，已经完成{number * 7919 % 10007}处整改。")
    content = word.saved(document)
    start = content.index(b"word/document.xml")

    parsed = read(content[: start + 12_000], "a.docx")

    assert pages(parsed)[0][0] == "第0项工作，已经完成0处整改。"
    assert 100 < len(pages(parsed)[0]) < 3000
    assert parsed.problem is not None
    assert parsed.problem.status == "partial"


def test_salvage_stays_within_what_may_be_unpacked() -> None:
    """A bomb whose directory is cut off is no way around the limit."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<w>" + b" " * 50_000_000)
    content = out.getvalue()[: out.getvalue().rindex(b"PK\x01\x02")]
    part = Part("1", "a.docx", "application/octet-stream", content)
    parser = cast("Parser", import_module(PARSERS[sniff(part)]).PARSER)

    with pytest.raises(Unread) as caught:
        parser.parse(part, ReadLimits(max_unpacked_bytes=1_000_000))

    assert caught.value.problem.status in ("unreadable", "skipped")


def test_opendocument_with_a_password_is_encrypted_and_not_damaged() -> None:
    """The manifest tells; the members themselves look like noise (ODF 1.3 part 2, §4.8.3)."""
    locked = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sample("probe.odp"))) as whole, zipfile.ZipFile(locked, "w") as copy:
        for info in whole.infolist():
            content = whole.read(info)
            if info.filename == "META-INF/manifest.xml":
                content = content.replace(b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>")
            copy.writestr(info, b"\x93noise" if info.filename == "content.xml" else content)

    with pytest.raises(Unread) as caught:
        read(locked.getvalue(), "a.odp")

    assert caught.value.problem.reason == "encrypted"


# --- Outlook, embedded files, shortcuts


def fixed(*values: tuple[int, bytes], header: int = 32) -> bytes:
    """A properties stream ([MS-OXMSG] §2.4): tag, flags, value of eight octets."""
    return bytes(header) + b"".join(struct.pack("<II", tag, 6) + value.ljust(8, b"\0") for tag, value in values)


def text_of(tag: int, value: str) -> tuple[str, bytes]:
    """A property of Unicode text, as a stream."""
    return f"__substg1.0_{tag:04X}001F", value.encode("utf-16-le")


def outlook_message() -> bytes:
    """A message with a file and an attached message that has one too."""
    inner: Tree = {
        "__properties_version1.0": fixed(header=24),
        **dict([text_of(0x0037, "转来的通知"), text_of(0x1000, "请按时报送。")]),
        "__attach_version1.0_#00000000": {
            "__properties_version1.0": fixed(header=8),
            **dict([text_of(0x3707, "附表.csv")]),
            "__substg1.0_37010102": "单位,人次".encode(),
        },
    }
    submitted = struct.pack("<Q", 133_932_204_000_000_000)
    return compound_file(
        {
            "__properties_version1.0": fixed((0x00390040, submitted), (0x3FDE0003, struct.pack("<I", 936))),
            **dict(
                [text_of(0x0037, "报送活动总结"), text_of(0x0C1A, "某某镇卫生院"), text_of(0x1035, "<a@example.org>")]
            ),
            **dict([text_of(0x5D01, "Office@Example.org")]),
            "__substg1.0_1000001E": "总结见附件。\r\n某某镇卫生院".encode("gbk"),
            "__attach_version1.0_#00000000": {
                "__properties_version1.0": fixed(header=8),
                **dict([text_of(0x3707, "活动总结.docm"), text_of(0x3704, "HDZJ~1.DOC")]),
                "__substg1.0_37010102": sample("tracked.docm"),
            },
            "__attach_version1.0_#00000001": {
                "__properties_version1.0": fixed(header=8),
                "__substg1.0_3701000D": inner,
            },
        }
    )


def test_outlook_message_is_read_like_a_mail() -> None:
    """Subject, sender, body in the code page that it names; attachments, and the message that is attached."""
    parsed = read(outlook_message(), "转发.msg")

    assert pages(parsed) == [["报送活动总结", "某某镇卫生院 <office@example.org>", "总结见附件。", "某某镇卫生院"]]
    assert members(parsed) == {
        "活动总结.docm": sample("tracked.docm"),
        "转来的通知.txt": "转来的通知\n请按时报送。".encode(),
        "附表.csv": "单位,人次".encode(),
    }
    assert [member.part.position for member in parsed.members] == ["1/1", "1/2", "1/2/1"]
    assert dict(parsed.metadata) == {
        "subject": "报送活动总结",
        "from": "office@example.org",
        "message_id": "<a@example.org>",
        "date": "2025-06-01T03:00:00+00:00",
    }


def test_file_that_windows_packed_into_a_document_comes_out_under_its_name() -> None:
    """Ole10Native: label, path and octets, the strings in the sender's code page."""
    strings = b"".join(text.encode("gbk") + b"\0" for text in ("总结.txt", "C:\\资料\\总结.txt"))
    path = "C:\\temp\\总结.txt".encode("gbk") + b"\0"
    body = b"\2\0" + strings + struct.pack("<HHI", 0, 3, len(path)) + path + struct.pack("<I", 12) + "活动总结".encode()
    stream = struct.pack("<I", len(body)) + body

    parsed = read(compound_file({"\x01Ole10Native": stream}), "oleObject1.bin")

    assert members(parsed) == {"总结.txt": "活动总结".encode()}


def test_shortcut_in_place_of_a_file_is_told_as_such() -> None:
    """The unit is asked again: the file stayed on its own machine."""
    parsed = read(b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(60), "总结.docx.lnk")

    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("unreadable", "shortcut")


@pytest.mark.parametrize(
    "name",
    ["tracked.doc", "tracked.docm", "tracked.rtf.gz", "probe.ppt.gz", "probe.pptx", "probe.xls", "sheet-2003.xml",
     "word-2003.xml.gz", "message"],
)  # fmt: skip
def test_damage_anywhere_is_either_read_or_told(name: str) -> None:
    """Files cut off or overwritten raise nothing but what says that they cannot be read."""
    whole = outlook_message() if name == "message" else sample(name)
    for step in range(1, 40):
        place = step * len(whole) // 40
        for content in (whole[:place], whole[:place] + b"\xff\xfe\0\x13" * 8 + whole[place + 32 :]):
            try:
                assert read(content, "a").media_type
            except Unread as error:
                assert error.problem.status in ("unreadable", "skipped")


def der(tag: int, *values: bytes) -> bytes:
    """An element of ASN.1, its length in the long form."""
    content = b"".join(values)
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


def test_ofd_attached_files_and_the_names_on_its_seals_come_out() -> None:
    """Attachments under the names that people gave them; the name in the seal's properties (GB/T 38540 §6)."""
    header = der(0x30, der(0x16, b"ES"), der(0x02, b"\4"), der(0x16, b"maker"))
    properties = der(0x30, der(0x02, b"\1"), der(0x0C, "某某镇人民政府".encode()), der(0x30, der(0x04, b"cert")))
    seal = der(0x30, der(0x30, header, der(0x16, b"id"), properties))
    files: dict[str, str | bytes] = {
        "OFD.xml": "<OFD><DocBody><DocInfo><Title>总结</Title></DocInfo><DocRoot>Doc_0/Document.xml</DocRoot>"
        "<Signatures>/Doc_0/Signs/Signatures.xml</Signatures></DocBody></OFD>",
        "Doc_0/Document.xml": '<Document><Pages><Page ID="1" BaseLoc="1.xml"/></Pages>'
        "<Attachments>Attachs/Attachments.xml</Attachments></Document>",
        "Doc_0/1.xml": '<Page><TextObject Boundary="10 10 90 6" Size="4"><TextCode X="0" Y="4">正文</TextCode>'
        "</TextObject></Page>",
        "Doc_0/Attachs/Attachments.xml": '<Attachments><Attachment ID="1" Name="附表"><FileLoc>a1.xlsx</FileLoc>'
        "</Attachment></Attachments>",
        "Doc_0/Attachs/a1.xlsx": sample("probe.xlsx"),
        "Doc_0/Signs/Signatures.xml": '<Signatures><Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></Signatures>',
        "Doc_0/Signs/Sign_0/Signature.xml": "<Signature><Seal><BaseLoc>Seal.esl</BaseLoc></Seal>"
        "<SignedValue>SignedValue.dat</SignedValue></Signature>",
        "Doc_0/Signs/Sign_0/Seal.esl": seal,
        "Doc_0/Signs/Sign_0/SignedValue.dat": b"\x30\x80broken",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)

    parsed = read(out.getvalue(), "总结.ofd")

    assert pages(parsed) == [["正文"]]
    assert members(parsed) == {"附表.xlsx": sample("probe.xlsx")}
    assert parsed.metadata == (("title", "总结"), ("seal", "某某镇人民政府"))


# --- the list in the manuals


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_manuals_list_the_kinds_that_the_code_reads(name: str) -> None:
    """``make kinds`` writes them."""
    manual = (ROOT / name).read_text("utf-8")

    assert kinds.written(manual, "zh" if "zh" in name else "en") == manual


def test_every_kind_that_is_read_stands_in_the_list() -> None:
    """A parser that is added has to be told to people; what is found only inside documents has no extension.

    Video and sound go by many names (video/avi, audio/mp3 …); the usual ones stand in the list.
    """
    listed = {kind for family in kinds.FAMILIES for kind in family.kinds.values()}
    unlisted = {kind for kind in PARSERS if PARSERS[kind] != PARSERS[mt.MP4]} - listed

    assert unlisted == {mt.EXCEL_XML, mt.OLE_OBJECT}
    assert PARSERS[mt.MP4] in {PARSERS[kind] for kind in listed & set(PARSERS)}
