"""PDF: fonts without maps, layers of OCR, forms, attachments, tables over page breaks, and files meant to do harm."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from intake.message import read_message
from parsers import pdf
from parsers.parsed import Parsed
from parsers.quality import is_usable
from parsers.reader import PartReader
from records.extracts import ReadLimits
from records.mail import Part
from tests.parts.raw_pdf import coded_text, one_page, raw_pdf, stream

REPORT = (
    "关于安全生产月活动情况的报告",
    "全镇共开展应急演练三次，参加人员五百二十人次，排查隐患十二处，",
    "现已全部整改到位。",
)


def parse(content: bytes) -> Parsed:
    return pdf.PARSER.parse(Part("1", "a.pdf", "application/pdf", content), ReadLimits())


def text(parsed: Parsed) -> str:
    return "\n".join(page.text for page in parsed.pages)


def waiting(parsed: Parsed) -> list[tuple[int, str]]:
    """The pages that are to be read from pixels."""
    return [(page.number, page.onto) for page in parsed.pixel_pages]


class Sheet:
    """A PDF by reportlab, Chinese at 16 points."""

    def __init__(self) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        self._out = io.BytesIO()
        self.canvas = Canvas(self._out, pagesize=A4)
        self.page()

    def page(self) -> None:
        self.canvas.setFont("STSong-Light", 16)

    def turn_over(self) -> None:
        self.canvas.showPage()
        self.page()

    def write(self, *lines: str, x: float = 60, y: float = 780) -> None:
        for number, line in enumerate(lines):
            self.canvas.drawString(x, y - 28 * number, line)

    def scan(self, *hidden: str) -> None:
        """A picture of the whole page, and under it what a scanner read."""
        self.canvas.drawInlineImage(picture(800, 1100), 0, 0, *A4)
        words = self.canvas.beginText(60, 780)
        words.setTextRenderMode(3)
        words.setFont("STSong-Light", 16)
        for line in hidden:
            words.textLine(line)
        self.canvas.drawText(words)

    def table(self, rows: list[list[str]], top: float) -> None:
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                self.canvas.rect(60 + 150 * column, top - 28 * (number + 1), 150, 28)
                self.canvas.drawString(66 + 150 * column, top - 28 * number - 20, cell)

    def content(self) -> bytes:
        self.canvas.save()
        return self._out.getvalue()


def picture(width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).ellipse((50, 50, width - 50, height - 50), fill="red")
    return image


# --- fonts


@pytest.mark.parametrize("encoding, codec", [
    (b"UniGB-UTF8-H", "utf-8"), (b"UniGB-UTF16-H", "utf-16-be"), (b"UniGB-UCS2-H", "utf-16-be"),
    (b"GBK-EUC-H", "gbk"), (b"GBKp-EUC-H", "gbk"),
])  # fmt: skip
def test_text_in_a_predefined_cmap_is_read(encoding: bytes, codec: str) -> None:
    """PDFium does not know UTF-8's; the second reader does."""
    content = coded_text([line.encode(codec) for line in REPORT], encoding, b"GB1")

    assert [text(parse(content)).replace("\n", ""), waiting(parse(content))] == ["".join(REPORT), []]


def glyphs(line: str, ordering: int) -> bytes:
    """The numbers that a font with its glyphs in GB 2312's order gives to the characters."""
    codes = (char.encode("gb2312") for char in line)
    return b"".join((ordering + (code[0] - 0xA1) * 94 + code[1] - 0xA1).to_bytes(2) for code in codes)


def test_numbers_of_glyphs_are_no_text_even_where_they_are_everyday_characters() -> None:
    """An own order of glyphs that calls itself Adobe-GB1 gives Chinese characters, only not those of the page."""
    content = coded_text([glyphs(line, 3) for line in REPORT], b"Identity-H", b"GB1")

    assert (text(parse(content)), waiting(parse(content))) == ("", [(1, "replace")])


def test_a_few_glyphs_without_a_map_go_to_ocr_as_well() -> None:
    """A title page has too little on it for statistics; PDFium knows that it guessed."""
    content = coded_text([glyphs("活动总结", 3)], b"Identity-H", b"Identity")

    assert (text(parse(content)), waiting(parse(content))) == ("", [(1, "replace")])


@pytest.mark.parametrize("words", [
    "Les élèves français se sont préparés pendant l’été, à l’école.",
    "بېخەتەرلىك ئىشلەپچىقىرىش ئېيى پائالىيىتى دوكلاتى",
    "目录\n一、基本情况......................................................................1",
    "👍报告已收到🎉",
])  # fmt: skip
def test_foreign_scripts_accents_and_rows_of_dots_are_text(words: str) -> None:
    """They are what people write; what glyph numbers give is letters of many scripts at once."""
    assert is_usable(words)


def test_text_of_a_turned_page_stays_in_lines() -> None:
    """A page that asks to be turned holds its lines across."""
    sheet = Sheet()
    sheet.canvas.setPageRotation(90)
    sheet.canvas.rotate(90)
    sheet.write(
        "一、组织学习文件精神，开展应急演练共二场，排查隐患十二处，均已整", "改。", "二、发放宣传资料。", x=60, y=-100
    )

    assert text(parse(sheet.content())) == (
        "一、组织学习文件精神，开展应急演练共二场，排查隐患十二处，均已整改。\n二、发放宣传资料。"
    )


def test_white_and_tiny_words_are_text() -> None:
    """What is on the page is shown to people, whatever it looks like."""
    sheet = Sheet()
    sheet.canvas.setFillColorRGB(1, 1, 1)
    sheet.write("排查隐患十二处")
    sheet.canvas.setFont("STSong-Light", 1)
    sheet.write("均已整改", y=600)

    assert text(parse(sheet.content())).split() == ["排查隐患十二处", "均已整改"]


# --- scans and pictures


def test_good_layer_under_a_scan_is_its_text() -> None:
    """A scanner's own reading of Chinese is not read anew; the scan is no photo."""
    sheet = Sheet()
    sheet.scan(*REPORT, "特此报告，今后我们将继续加强对有关单位的监督管理，深入开展排查治理工作。")

    parsed = parse(sheet.content())

    assert (waiting(parsed), parsed.members) == ([], ())
    assert REPORT[0] in text(parsed)


def test_poor_layer_under_a_scan_gives_way_to_ocr() -> None:
    """A scanner that was set to English lays Latin letters under Chinese ones."""
    sheet = Sheet()
    sheet.scan("X T fi iE ir: jj 3Jj tfi Dil", "iEj 4 Jf j1f9 Jiii 7}c fifr =iX", "lik Ji W l4 gi tfi 1 E , jt 4k - A")

    parsed = parse(sheet.content())

    assert (text(parsed), waiting(parsed), parsed.members) == ("", [(1, "replace")], ())


def test_a_photo_that_fills_the_page_behind_visible_words_is_kept() -> None:
    """A report over a large photo is no scan: the words are the page's text, the photo a member."""
    sheet = Sheet()
    sheet.canvas.drawInlineImage(picture(800, 1100), 0, 0, 595, 600)
    sheet.write(*REPORT, "特此报告，今后我们将继续加强对有关单位的监督管理。")

    parsed = parse(sheet.content())

    assert REPORT[0] in text(parsed)
    assert [member.part.filename for member in parsed.members] == ["图片1.png"]


# --- forms, annotations, attachments


def test_ticked_boxes_choices_and_remarks_are_read() -> None:
    """Only what is ticked; a box by what its author called it."""
    sheet = Sheet()
    form = sheet.canvas.acroForm
    form.checkbox(name="drill", tooltip="应急演练", checked=True, x=60, y=700)
    form.checkbox(name="course", tooltip="培训", checked=False, x=60, y=670)
    form.choice(name="kind", value="summary", options=["summary", "material"], x=60, y=640, width=90, height=20)
    sheet.canvas.freeTextAnnotation("see page 2", (60, 500, 200, 540))

    assert text(parse(sheet.content())).splitlines() == ["☑ 应急演练", "summary", "see page 2"]


def test_files_attached_to_the_document_and_pinned_to_a_page_are_members() -> None:
    """Both kinds, each content once, under their own names."""
    spec = b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R>>>>"
    content = one_page(
        b"",
        spec % (b"list.csv", b"list.csv", 6),
        stream(b"unit,count\nA,12\n", b"/Type/EmbeddedFile"),
        b"<</Type/Annot/Subtype/FileAttachment/Rect[10 10 30 30]/FS 8 0 R>>",
        spec % (b"pinned.txt", b"pinned.txt", 9),
        stream("排查隐患".encode(), b"/Type/EmbeddedFile"),
        page=b"/Annots[7 0 R]",
        catalog=b"/Names<</EmbeddedFiles<</Names[(a) 5 0 R]>>>>",
    )

    members = {member.part.filename: member.part.content for member in parse(content).members}

    assert members == {"list.csv": b"unit,count\nA,12\n", "pinned.txt": "排查隐患".encode()}


def test_what_was_typed_into_an_xfa_form_is_read() -> None:
    """Its page says nothing but "Please wait"; the values lie in the datasets packet."""
    data = (
        '<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><f><unit>城南街道办事处</unit></f>'
        "</xfa:data></xfa:datasets>"
    )
    content = one_page(
        b"BT /F1 12 Tf 60 700 Td (Please wait...) Tj ET",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        stream(b"<template/>"),
        stream(data.encode()),
        resources=b"/Font<</F1 5 0 R>>",
        catalog=b"/NeedsRendering true/AcroForm<</Fields[]/XFA[(template) 6 0 R(datasets) 7 0 R]>>",
    )

    parsed = parse(content)

    assert text(parsed) == "Please wait...\n城南街道办事处"
    assert ("form", "XFA") in parsed.metadata


def test_pdf_that_only_forbids_printing_is_open() -> None:
    """Encrypted with an owner's password alone, anybody may open it (§7.6.3)."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=StandardEncryption("", "owner", canPrint=0))
    canvas.drawString(60, 780, "Summary of the drill")
    canvas.save()

    assert text(parse(out.getvalue())) == "Summary of the drill"


# --- tables


def test_table_over_a_page_break_is_one_table() -> None:
    """Its head, repeated on the new page, stands once; page numbers and running heads do not part it."""
    sheet = Sheet()
    head = ["项目", "今年"]
    sheet.write("附表：活动开展情况", y=740)
    sheet.table([head, *[["排查", f"{number}"] for number in range(20)]], top=700)
    sheet.write("— 1 —", x=280, y=40)
    sheet.turn_over()
    sheet.table([head, ["整改", "27"]], top=780)
    sheet.write("特此报告", y=600)

    (table,) = parse(sheet.content()).tables

    assert (table.page, len(table.rows)) == (1, 22)
    assert [table.rows[0], table.rows[1], table.rows[-1]] == [("项目", "今年"), ("排查", "0"), ("整改", "27")]


def test_tables_with_words_between_them_stay_apart() -> None:
    """A table that ends before the text does is whole."""
    sheet = Sheet()
    sheet.table([["项目", "今年"], ["排查", "1"]], top=780)
    sheet.write("以上为第一季度情况", y=500)
    sheet.turn_over()
    sheet.table([["项目", "今年"], ["排查", "2"]], top=780)

    assert [(table.page, table.rows[1]) for table in parse(sheet.content()).tables] == [
        (1, ("排查", "1")), (2, ("排查", "2")),
    ]  # fmt: skip


# --- harm


def _loop_of_pages() -> bytes:
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2/Parent 2 0 R>>"])


def _hundred_thousand_pages() -> bytes:
    kids = b"3 0 R " * 100_000
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count 100000>>" % kids, page])


def _form_in_itself() -> bytes:
    form = stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>")
    return one_page(b"/X Do", form, resources=b"/XObject<</X 5 0 R>>")


def _doubling_forms() -> bytes:
    """Thirty forms, each of which draws the next twice: a billion."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    forms = [stream(b"/X Do /X Do", entries % number) for number in range(6, 36)]
    last = stream(b"0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return one_page(b"/X Do", *forms, last, resources=b"/XObject<</X 5 0 R>>")


def _image(entries: bytes) -> bytes:
    image = stream(b"\0" * 64, b"/Type/XObject/Subtype/Image/BitsPerComponent 8/ColorSpace/DeviceGray" + entries)
    return one_page(b"q 500 0 0 500 0 0 cm /X Do Q", image, resources=b"/XObject<</X 5 0 R>>")


HARMFUL: dict[str, Callable[[], bytes]] = {
    "pages in a loop": _loop_of_pages,
    "100,000 pages": _hundred_thousand_pages,
    "form that draws itself": _form_in_itself,
    "forms that double": _doubling_forms,
    "picture of a billion pixels": lambda: _image(b"/Width 32000/Height 32000"),
    "picture of a billion JBIG2 pixels": lambda: _image(b"/Width 32000/Height 32000/Filter/JBIG2Decode"),
    "picture of a billion JPEG 2000 pixels": lambda: _image(b"/Width 32000/Height 32000/Filter/JPXDecode"),
    "deep arrays": lambda: one_page(b"", b"[" * 200_000, page=b"/Deep 5 0 R"),
    "content of 500 MB": lambda: raw_pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        stream(b"q Q " * 125_000_000, deflated=True),
    ]),
    "deep saved states": lambda: one_page(b"q " * 500_000),
    "a script": lambda: one_page(b"", catalog=b"/OpenAction<</S/JavaScript/JS(while\\(1\\){})>>"),
    "a program to start": lambda: one_page(b"", catalog=b"/OpenAction<</S/Launch/F(/bin/sh)>>"),
}  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[PartReader]:
    limits = ReadLimits(workers=1, timeout_s=10, max_ocr_pages=0, memory_bytes=1024**3)
    with PartReader(limits, read_message) as made:
        yield made


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_pdf_costs_itself_alone(reader: PartReader, name: str) -> None:
    """It gets an extract, with the reason where not all was read; the file beside it is read as ever."""
    harmful = Part("1", "x.pdf", "application/pdf", HARMFUL[name]())
    sheet = Sheet()
    sheet.write(*REPORT)

    first, second = reader.read([harmful, Part("2", "a.pdf", "application/pdf", sheet.content())])

    assert first.status == "ok" or first.reason
    assert REPORT[0] in second.text
