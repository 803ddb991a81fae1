"""The smallest files that office programs would open: docx, xlsx, zip. The same input gives the same octets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from html import escape

Rows = Sequence[Sequence[str]]
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATED = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument"
_MADE = (2026, 1, 1, 0, 0, 0)


def docx(paragraphs: Iterable[str], tables: Sequence[Rows] = ()) -> bytes:
    """A document of plain paragraphs; the tables come last but one, before the last two paragraphs (the signature)."""
    lines = [line for paragraph in paragraphs for line in paragraph.split("\n")]
    texts = [f"<w:p><w:r><w:t xml:space='preserve'>{escape(line)}</w:t></w:r></w:p>" for line in lines]
    body = "".join([*texts[:-2], *map(_word_table, tables), *texts[-2:]])
    return _package(
        "word/document.xml",
        f"{_TYPES}.wordprocessingml.document.main+xml",
        {"word/document.xml": f"<w:document {_WORD}><w:body>{body}</w:body></w:document>"},
    )


def xlsx(rows: Rows, title: str = "Sheet1") -> bytes:
    """A workbook of one sheet of text cells."""
    cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    book = (
        f'<workbook {_SHEET} xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    related = (
        f'<Relationships {_RELATED}><Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    )
    return _package(
        "xl/workbook.xml",
        f"{_TYPES}.spreadsheetml.sheet.main+xml",
        {
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": related,
            "xl/worksheets/sheet1.xml": f"<worksheet {_SHEET}><sheetData>{cells}</sheetData></worksheet>",
        },
        {"/xl/worksheets/sheet1.xml": f"{_TYPES}.spreadsheetml.worksheet+xml"},
    )


def archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of named files, names in UTF-8."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(zipfile.ZipInfo(name, _MADE), content)
    return octets.getvalue()


def _word_table(rows: Rows) -> str:
    lines = "".join(f"<w:tr>{''.join(map(_word_cell, row))}</w:tr>" for row in rows)
    return f"<w:tbl>{lines}</w:tbl>"


def _word_cell(text: str) -> str:
    return f"<w:tc><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:tc>"


def _cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _package(main: str, main_type: str, parts: dict[str, str], more_types: dict[str, str] | None = None) -> bytes:
    types = {f"/{main}": main_type, **(more_types or {})}
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in types.items())
    content_types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
    related = (
        f'<Relationships {_RELATED}><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="{main}"/>'
        "</Relationships>"
    )
    members = {"[Content_Types].xml": content_types, "_rels/.rels": related, **parts}
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return archive((name, (head + text).encode()) for name, text in members.items())
