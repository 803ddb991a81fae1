"""PDF files written object by object, for what no office program would write (ISO 32000-1 §7.5)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_A4 = b"[0 0 595 842]"


def raw_pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1, the first of them its catalog."""
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, len(out))
    return out + head + table + end


def stream(content: bytes, entries: bytes = b"", *, deflated: bool = False) -> bytes:
    """A stream object."""
    if deflated:
        content, entries = zlib.compress(content, 9), entries + b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def one_page(content: bytes, *further: bytes, resources: bytes = b"", page: bytes = b"", catalog: bytes = b"") -> bytes:
    """A page with this content stream; ``further`` objects are numbered from 5."""
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R/Resources<<%s>>%s>>" % (_A4, resources, page),
            stream(content),
            *further,
        ]
    )


def coded_text(lines: Sequence[bytes], encoding: bytes, ordering: bytes) -> bytes:
    """A page of lines whose codes a CMap of that name turns into glyphs of a font that is not embedded."""
    shown = b" ".join(b"<%s> Tj 0 -30 Td" % line.hex().encode() for line in lines)
    return one_page(
        b"BT /F1 16 Tf 60 700 Td " + shown + b" ET",
        b"<</Type/Font/Subtype/Type0/BaseFont/FangSong/Encoding/%s/DescendantFonts[6 0 R]>>" % encoding,
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/FangSong/DW 1000/FontDescriptor 7 0 R"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(%s)/Supplement 0>>>>" % ordering,
        b"<</Type/FontDescriptor/FontName/FangSong/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880"
        b"/Descent -120/CapHeight 700/StemV 80>>",
        resources=b"/Font<</F1 5 0 R>>",
    )
