"""Documents: text in reading order, tables, pictures and properties of each kind."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from parsers import doc, html, odf, ofd, pdf, plain, pptx, rtf, sheets
from parsers import docx as docx_parser
from parsers.parsed import Parsed, Parser, Unread
from parsers.sniff import sniff
from records.extracts import ReadLimits
from records.mail import Part
from tests.parts import word

PARTS = Path(__file__).parent / "parts"
LIMITS = ReadLimits()


def parse(parser: Parser, content: bytes, filename: str = "a") -> Parsed:
    """What the parser makes of that content."""
    return parser.parse(Part("1", filename, "application/octet-stream", content), LIMITS)


def text(parsed: Parsed) -> str:
    """All its text."""
    return "\n".join(page.text for page in parsed.pages)


def lines(parsed: Parsed) -> list[str]:
    """Its lines."""
    return text(parsed).splitlines()


# --- Word 2007+


def test_docx_gives_what_a_reader_sees_in_reading_order() -> None:
    """The letterhead in the header comes first; nothing is lost, nothing twice, nothing that was deleted."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "某某镇卫生院文件"
    document.sections[0].footer.paragraphs[0].text = "联系电话"
    document.add_paragraph("活动总结")
    word.add(document, word.text_box("浮动的落款"))
    word.add(
        document,
        '<w:p><w:ins w:id="1" w:author="a"><w:r><w:t>插入</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="a"><w:r><w:delText>删除</w:delText></w:r></w:del>'
        '<w:moveFrom w:id="3" w:author="a"><w:r><w:t>移走</w:t></w:r></w:moveFrom></w:p>',
    )
    word.add(document, f"<w:sdt><w:sdtContent>{word.paragraph('控件')}</w:sdtContent></w:sdt>")
    word.add(
        document,
        '<w:p><w:fldSimple w:instr="DATE"><w:r><w:t>域</w:t></w:r></w:fldSimple>'
        "<w:r><w:instrText>HYPERLINK</w:instrText></w:r><w:r><w:tab/><w:t>后</w:t></w:r></w:p>",
    )
    word.add_notes(document, "脚注")

    assert lines(parse(docx_parser.PARSER, word.saved(document))) == [
        "某某镇卫生院文件", "活动总结", "浮动的落款", "插入", "控件", "域\t后", "脚注", "联系电话",
    ]  # fmt: skip


def test_docx_table_stands_as_lines_and_as_table_with_merged_cells_once() -> None:
    """Cells of a row are parted by tabs; a merged cell's words stand in its first place alone."""
    document = docx.Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "统计表"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "隐患"
    table.cell(1, 1).text, table.cell(1, 2).text = "排查", "12"
    table.cell(2, 1).text, table.cell(2, 2).text = "整改", "9"

    parsed = parse(docx_parser.PARSER, word.saved(document))

    assert lines(parsed) == ["统计表", "隐患\t排查\t12", "整改\t9"]
    assert parsed.tables[0].rows == (("统计表", "", ""), ("隐患", "排查", "12"), ("", "整改", "9"))


def test_docx_report_written_into_a_cell_keeps_its_lines() -> None:
    """Offices put whole reports into one cell of a form; its paragraphs stay lines."""
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "内容"
    table.cell(0, 1).text = "第一段。\n第二段。"

    assert lines(parse(docx_parser.PARSER, word.saved(document))) == ["内容", "第一段。", "第二段。"]


def test_docx_numbers_that_word_makes_itself_are_read() -> None:
    """ "（一）" stands in no run; sub-items begin again below each item."""
    content = word.numbered({"学习": 0, "甲": 1, "乙": 1, "演练": 0, "丙": 1})

    assert lines(parse(docx_parser.PARSER, content)) == ["（一）学习", "1. 甲", "2. 乙", "（二）演练", "1. 丙"]


def test_docx_pictures_are_members_and_properties_metadata() -> None:
    """Pictures get names that people understand; the same picture twice is one member."""
    picture = io.BytesIO()
    Image.new("RGB", (120, 80), "red").save(picture, "PNG")
    document = docx.Document()
    document.core_properties.title = "总结"
    document.add_picture(picture)
    document.add_picture(picture)

    parsed = parse(docx_parser.PARSER, word.saved(document))

    assert [member.part.filename for member in parsed.members] == ["图片1.png"]
    assert parsed.members[0].part.content == picture.getvalue()
    assert parsed.members[0].part.position == "1/1"
    assert ("title", "总结") in parsed.metadata


def test_docx_whose_relationships_lead_nowhere_is_read_all_the_same() -> None:
    """What other office programs leave broken costs the broken bit, not the text."""
    document = docx.Document()
    document.add_paragraph("仍然可读")
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word.saved(document))) as whole, zipfile.ZipFile(broken, "w") as copy:
        for info in whole.infolist():
            content = whole.read(info)
            if info.filename == "word/_rels/document.xml.rels":
                content = content.replace(b"styles.xml", b"NULL")
            copy.writestr(info, content)

    parsed = parse(docx_parser.PARSER, broken.getvalue())

    assert text(parsed) == "仍然可读"
    assert parsed.problem is not None
    assert parsed.problem.status == "partial"


def test_docx_entities_are_not_expanded() -> None:
    """A billion laughs stay unlaughed."""
    document = docx.Document()
    document.add_paragraph("正文")
    laughs = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    evil = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word.saved(document))) as whole, zipfile.ZipFile(evil, "w") as copy:
        for info in whole.infolist():
            content = whole.read(info)
            if info.filename == "word/document.xml":
                head, tail = content.split(b"?>", 1)
                content = head + b"?>" + laughs + tail.replace("正文".encode(), "正文&b;".encode())
            copy.writestr(info, content)

    assert text(parse(docx_parser.PARSER, evil.getvalue())) == "正文"


# --- Word 97


def test_doc_by_an_office_program_gives_text_and_tables() -> None:
    """Headers, body, nested tables and field results of a .doc, without field codes."""
    parsed = parse(doc.PARSER, (PARTS / "probe.doc").read_bytes())

    assert lines(parsed)[0] == "页眉红头：某某镇卫生院文件"
    assert "竖合并\t排查隐患\t12处" in lines(parsed)
    assert ("竖合并", "排查隐患", "12处") in parsed.tables[0].rows
    assert "HYPERLINK" not in text(parsed)
    assert ("author", "python-docx") in parsed.metadata


def test_doc_with_a_password_is_told_apart_from_a_damaged_one() -> None:
    """The flag in the file information block says that it is encrypted ([MS-DOC] §2.5.2, fEncrypted)."""
    content = bytearray((PARTS / "probe.doc").read_bytes())
    start = content.index(b"\xec\xa5", 512)
    content[start + 11] |= 0x01

    with pytest.raises(Unread) as caught:
        parse(doc.PARSER, bytes(content))

    assert caught.value.problem.reason == "encrypted"


def test_doc_pictures_are_members() -> None:
    """Photos in old documents are read like those in new ones."""
    parsed = parse(doc.PARSER, (PARTS / "picture.doc").read_bytes())

    assert [member.part.filename for member in parsed.members] == ["图片1.jpg"]
    with Image.open(io.BytesIO(parsed.members[0].part.content)) as picture:
        assert picture.size == (620, 130)


# --- PDF


def pdf_of(*pages: str, ruled: bool = False) -> bytes:
    """A PDF whose pages hold these lines, at 16 points, or tables of tab-parted cells with ruled lines."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in pages:
        canvas.setFont("STSong-Light", 16)
        for row, line in enumerate(page.splitlines()):
            y = 780 - 28 * row
            for column, cell in enumerate(line.split("\t")):
                canvas.drawString(60 + 150 * column, y, cell)
                if ruled:
                    canvas.rect(55 + 150 * column, y - 8, 150, 28)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_pdf_lines_that_a_page_broke_are_whole_again() -> None:
    """A paragraph is one line, wherever the page's margin cut it; titles and signatures stay lines."""
    content = pdf_of(
        "          活动总结\n"
        "    一、组织学习文件精神，开展应急演练共二\n"
        "场，排查隐患十二处，均已整改。\n"
        "    二、发放宣传资料八百余份。\n"
        "                  某某镇卫生院"
    )

    assert lines(parse(pdf.PARSER, content)) == [
        "活动总结", "一、组织学习文件精神，开展应急演练共二场，排查隐患十二处，均已整改。",
        "二、发放宣传资料八百余份。", "某某镇卫生院",
    ]  # fmt: skip


def test_pdf_table_with_ruled_lines_is_a_table() -> None:
    """Numbers of neighbouring cells do not run together, neither in the text nor in the table."""
    parsed = parse(pdf.PARSER, pdf_of("项目\t去年\t今年\n排查\t33\t29\n整改\t30\t27", ruled=True))

    assert lines(parsed) == ["项目\t去年\t今年", "排查\t33\t29", "整改\t30\t27"]
    assert parsed.tables[0].rows == (("项目", "去年", "今年"), ("排查", "33", "29"), ("整改", "30", "27"))


def test_pdf_page_of_pixels_waits_for_ocr_and_blank_page_does_not() -> None:
    """A scan is read from pixels, and is no member; an empty page has nothing to be read."""
    image = Image.new("RGB", (800, 1100), "white")
    ImageDraw.Draw(image).rectangle((100, 100, 700, 200), fill="black")
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawInlineImage(image, 0, 0, *A4)
    canvas.showPage()
    canvas.showPage()
    canvas.save()

    parsed = parse(pdf.PARSER, out.getvalue())

    assert [(page.number, page.onto) for page in parsed.pixel_pages] == [(1, "replace")]
    assert (parsed.members, parsed.page_count) == ((), 2)


def test_pdf_photos_on_a_page_of_text_are_members() -> None:
    """The text is the page's own; the photo is read as a picture of its own."""
    photo = Image.new("RGB", (400, 300), "blue")
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG")
    buffer.seek(0)
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("STSong-Light", 16)
    canvas.drawString(60, 780, "现场照片如下")
    canvas.drawInlineImage(Image.open(buffer), 60, 400, 200, 150)
    canvas.save()

    parsed = parse(pdf.PARSER, out.getvalue())

    assert text(parsed) == "现场照片如下"
    assert [member.part.filename for member in parsed.members] in (["图片1.jpg"], ["图片1.png"])
    assert parsed.pixel_pages == ()


def test_pdf_whose_fonts_have_no_map_waits_for_ocr() -> None:
    """Without ToUnicode no reader can tell the characters; what they give instead is not text."""
    content = (PARTS / "probe.pdf").read_bytes().replace(b"/ToUnicode", b"/ToUnicorn")

    parsed = parse(pdf.PARSER, content)

    assert parsed.pages == ()
    assert [page.number for page in parsed.pixel_pages] == [1]


def test_pdf_form_values_are_read() -> None:
    """What was typed into a form stands in no page content."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawString(60, 780, "unit:")
    canvas.acroForm.textfield(name="unit", value="Shichuan 320", x=120, y=770, width=200, height=20)
    canvas.save()

    assert "Shichuan 320" in lines(parse(pdf.PARSER, out.getvalue()))


def test_pdf_with_a_password_is_encrypted() -> None:
    """Nobody can open it without the password."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt="geheim")
    canvas.drawString(60, 780, "secret")
    canvas.save()

    with pytest.raises(Unread) as caught:
        parse(pdf.PARSER, out.getvalue())

    assert (caught.value.problem.status, caught.value.problem.reason) == ("unreadable", "encrypted")


def test_pdf_page_of_giant_size_is_no_bomb() -> None:
    """A page of 200 × 200 inches is asked for by pixels like any other; OCR renders it at a bounded size."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(14_400, 14_400))
    canvas.rect(0, 0, 14_000, 14_000, fill=1)
    canvas.save()

    assert [page.number for page in parse(pdf.PARSER, out.getvalue()).pixel_pages] == [1]


def test_pdf_with_more_pages_than_the_limit_is_read_as_far() -> None:
    """People are told how far."""
    content = pdf_of(*[f"第{number}页" for number in range(8)])

    parsed = pdf.PARSER.parse(Part("1", "a.pdf", "application/pdf", content), ReadLimits(max_pages=5))

    assert len(parsed.pages) == 5
    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("partial", "too_many_pages")


# --- spreadsheets, slides, text


def test_xlsx_sheets_are_pages_and_tables() -> None:
    """Numbers stand without a point, dates in ISO 8601; hidden sheets are named, not read."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "统计"
    sheet.append(["项目", "数量", "日期"])
    sheet.append(["培训", 12.0, date(2025, 6, 3)])
    sheet.append(["占比", 0.25, True])
    book.create_sheet("选项").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)

    parsed = parse(sheets.PARSER, out.getvalue(), "a.xlsx")

    assert lines(parsed) == ["统计", "项目\t数量\t日期", "培训\t12\t2025-06-03", "占比\t0.25\tTRUE"]
    assert parsed.tables[0].title == "统计"
    assert ("hidden_sheets", "选项") in parsed.metadata


def test_presentation_and_opendocument_by_an_office_program() -> None:
    """OpenDocument text and RTF of the same document as the .doc give its words."""
    for parser, name in ((odf.PARSER, "probe.odt"), (rtf.PARSER, "probe.rtf")):
        parsed = parse(parser, (PARTS / name).read_bytes(), name)
        assert "页眉红头：某某镇卫生院文件" in lines(parsed)
        assert "竖合并\t排查隐患\t12处" in lines(parsed)
        assert "共计320人次" in text(parsed)


def test_pptx_slides_come_in_the_order_of_the_show_with_notes() -> None:
    """The order is that of the presentation, not of file names; slide numbers are furniture."""
    parsed = parse(pptx.PARSER, slides([("第二", "备注乙"), ("第一", "备注甲")], order=[2, 1]), "a.pptx")

    assert [page.text for page in parsed.pages] == ["第一\n备注甲", "第二\n备注乙"]
    assert parsed.page_count == 2


def slides(texts: list[tuple[str, str]], order: list[int]) -> bytes:
    """A presentation with a slide for each text and its notes, shown in ``order`` (from 1)."""
    spaces = (
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )

    def shape(words: str, kind: str = "body") -> str:
        return (
            f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
            f"<p:txBody><a:p><a:r><a:t>{words}</a:t></a:r></a:p></p:txBody></p:sp>"
        )

    def relations(kind: str, target: str, name: str) -> str:
        types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
        return f'<Relationship Id="{name}" Type="{types}{kind}" Target="{target}"/>'

    files = {}
    ids = "".join(f'<p:sldId id="{255 + number}" r:id="rId{number}"/>' for number in order)
    files["ppt/presentation.xml"] = f"<p:presentation {spaces}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"
    files["ppt/_rels/presentation.xml.rels"] = "<Relationships>" + "".join(
        relations("slide", f"slides/slide{number}.xml", f"rId{number}") for number in range(1, len(texts) + 1)
    ) + "</Relationships>"  # fmt: skip
    for number, (words, notes) in enumerate(texts, 1):
        files[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {spaces}><p:spTree>{shape(words)}{shape(str(number), 'sldNum')}</p:spTree></p:sld>"
        )
        target = f"../notesSlides/notesSlide{number}.xml"
        files[f"ppt/slides/_rels/slide{number}.xml.rels"] = (
            f"<Relationships>{relations('notesSlide', target, 'rId1')}</Relationships>"
        )
        files[f"ppt/notesSlides/notesSlide{number}.xml"] = f"<p:notes {spaces}>{shape(notes)}</p:notes>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def test_ofd_lines_are_read_by_their_places() -> None:
    """Text objects are sorted from top to bottom; a line that runs to the margin goes on in the next."""
    texts = [("某某镇卫生院", 130, 60), ("活动总结", 80, 20), ("开展演练共二", 20, 34), ("场，整改完毕。", 20, 40)]
    objects = "".join(
        f'<ofd:TextObject Boundary="{x} {y} 170 6" Size="4.5"><ofd:TextCode X="0" Y="4.5">{words}</ofd:TextCode>'
        "</ofd:TextObject>"
        for words, x, y in texts
    )
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    files = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document {space}><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/1.xml"/></ofd:Pages>'
        "</ofd:Document>",
        "Doc_0/Pages/1.xml": f"<ofd:Page {space}><ofd:Layer>{objects}</ofd:Layer></ofd:Page>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)

    parsed = parse(ofd.PARSER, out.getvalue())

    assert lines(parsed)[0] == "活动总结"
    assert lines(parsed)[-1] == "某某镇卫生院"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_and_csv_are_read_in_any_charset(charset: str) -> None:
    """Notepad writes all of these; a CSV is a table as well."""
    parsed = parse(plain.PARSER, "单位,人次\r\n石船镇卫生院,320\r\n".encode(charset), "a.csv")

    assert lines(parsed) == ["单位,人次", "石船镇卫生院,320"]
    assert parsed.tables[0].rows == (("单位", "人次"), ("石船镇卫生院", "320"))


def test_html_that_calls_itself_doc_is_read_as_html() -> None:
    """Web systems export HTML under the name of an office file."""
    content = "<html><head><meta charset=gbk></head><body><h1>总结</h1><script>x</script></body></html>".encode("gbk")
    part = Part("1", "总结.doc", "application/msword", content)

    assert sniff(part) == "text/html"
    assert text(html.PARSER.parse(part, LIMITS)) == "总结"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1), noise=st.binary(max_size=60), place=st.floats(0, 1))
@pytest.mark.parametrize(
    ("parser", "name"),
    [(doc.PARSER, "probe.doc"), (odf.PARSER, "probe.odt"), (rtf.PARSER, "probe.rtf"), (pdf.PARSER, "probe.pdf")],
)
def test_damage_is_either_read_or_told(parser: Parser, name: str, cut: float, noise: bytes, place: float) -> None:
    """Files cut off or overwritten anywhere raise nothing but what says that they cannot be read."""
    content = bytearray((PARTS / name).read_bytes())
    at = int(place * len(content))
    content[at : at + len(noise)] = noise
    damaged = bytes(content[: int(cut * len(content)) + 1])

    try:
        parsed = parse(parser, damaged, name)
    except Unread as error:
        assert error.problem.status in ("unreadable", "skipped")
    else:
        assert parsed.media_type
