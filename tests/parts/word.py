"""Word documents with everything that a plain reader of paragraphs loses."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

_NAMESPACES = (
    nsdecls("w", "wp", "a", "r")
    + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    + ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    + ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def saved(document: Document) -> bytes:
    """The document's octets."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def add(document: Document, xml: str) -> None:
    """Adds raw WordprocessingML at the end of the body; its prefixes are those of Word."""
    holder = parse_xml(f"<w:body {_NAMESPACES}>{xml}</w:body>")
    for element in list(holder):
        document.element.body.insert(len(document.element.body) - 1, element)


def paragraph(text: str) -> str:
    """A plain paragraph as XML."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def text_box(text: str) -> str:
    """A floating text box, in both forms that Word writes: the choice, and the fallback with the same words."""
    content = f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"
    return (
        "<w:p><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{content}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )


def add_notes(document: Document, text: str) -> None:
    """Adds a footnotes part with one note."""
    blob = f"<w:footnotes {_NAMESPACES}><w:footnote w:id='2'>{paragraph(text)}</w:footnote></w:footnotes>".encode()
    content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), content_type, blob, document.part.package)
    document.part.relate_to(part, RT.FOOTNOTES)


def numbered(paragraphs: Mapping[str, int], form: str = "chineseCountingThousand", pattern: str = "（%1）") -> bytes:
    """A document whose paragraphs (text → level) are numbered by Word itself."""
    document = docx.Document()
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form if level == 0 else "decimal"}"/>'
        f'<w:lvlText w:val="{pattern if level == 0 else "%2."}"/></w:lvl>'
        for level in (0, 1)
    )
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {_NAMESPACES} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {_NAMESPACES} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for text, level in paragraphs.items():
        properties = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr></w:pPr>'
        add(document, f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>")
    return saved(document)


def relate(document: Document, kind: str, name: str, content: bytes) -> None:
    """Puts a file into the package, to which the body is related under an id that is ``kind`` itself."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    part = Part(PackURI(f"/word/{name}"), "application/octet-stream", content, document.part.package)
    document.part.rels.add_relationship(types + kind, part, kind)


def chart(inside: str) -> bytes:
    """A chart's part."""
    space = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    return f"<c:chartSpace {space} {_NAMESPACES}>{inside}</c:chartSpace>".encode()
