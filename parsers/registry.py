"""Which module reads which kind of file: the one place where parsers are listed.

A module is imported in a worker process when the first part of its kind comes, so the service itself loads none of the
libraries. Each module has a ``PARSER`` (see ``parsers.parsed.Parser``).
"""

from __future__ import annotations

from collections.abc import Mapping

from parsers import media_kinds
from parsers import media_types as mt

Registry = Mapping[str, str]
"""Media type → dotted name of the module whose ``PARSER`` reads it."""

PARSERS: Registry = {
    mt.DOCX: "parsers.docx",
    mt.DOC: "parsers.doc",
    mt.PDF: "parsers.pdf",
    mt.OFD: "parsers.ofd",
    mt.WORD_XML: "parsers.word_xml",
    mt.EXCEL_XML: "parsers.excel_xml",
    mt.MHTML: "parsers.mhtml",
    mt.MSG: "parsers.msg",
    mt.OLE_OBJECT: "parsers.ole_objects",
    mt.PPT: "parsers.ppt",
    mt.PPTX: "parsers.pptx",
    mt.RTF: "parsers.rtf",
    mt.XLSX: "parsers.sheets",
    mt.XLSB: "parsers.sheets",
    mt.XLS: "parsers.sheets",
    mt.ODS: "parsers.sheets",
    mt.ODT: "parsers.odf",
    mt.ODP: "parsers.odf",
    mt.PLAIN: "parsers.plain",
    mt.CSV: "parsers.plain",
    mt.HTML: "parsers.html",
    mt.ZIP: "parsers.zips",
    mt.SEVEN_ZIP: "parsers.seven_zip",
    mt.RAR: "parsers.rar",
    mt.GZIP: "parsers.tars",
    mt.BZIP2: "parsers.tars",
    mt.XZ: "parsers.tars",
    mt.TAR: "parsers.tars",
    mt.TNEF: "parsers.tnef",
    mt.MESSAGE: "parsers.message",
    mt.ZSTD: "parsers.tars",
    mt.EXECUTABLE: "parsers.self_extracting",
    **dict.fromkeys(mt.IMAGES, "parsers.image"),
    **dict.fromkeys(media_kinds.KINDS, "parsers.media"),
}

UNREAD = "parsers.unread"
"""Reads what nobody else does: says what it is and that it is kept."""

PIXELS = "parsers.pixels"
"""Its ``read_page`` reads a page from its pixels."""

PRELOADED = ("docx.package", "lxml.etree", "olefile", "pdfplumber", "PIL.Image", "pypdfium2")
"""What most parts need: loaded once in the process from which workers are forked, shared by all of them."""
