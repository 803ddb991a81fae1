"""What kind of file a part is, told by its content; declared type and extension only break ties."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import olefile

from parsers import media_types as mt
from parsers.media_kinds import media_kind
from parsers.salvage import local_names
from parsers.volumes import is_volume_name
from records.decoding import decode_text
from records.mail import Part

_HEAD = 4096
_VOLUME_DESCRIPTOR = 32769  # of a disc image (ECMA-119 §8.1.2)
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", mt.JPEG),
    (0, b"\x89PNG\r\n\x1a\n", mt.PNG),
    (0, b"GIF87a", mt.GIF),
    (0, b"GIF89a", mt.GIF),
    (0, b"BM", mt.BMP),
    (0, b"II*\0", mt.TIFF),
    (0, b"MM\0*", mt.TIFF),
    (0, b"\0\0\0\x0cjP  ", mt.JPEG_2000),
    (0, b"Rar!\x1a\x07", mt.RAR),
    (0, b"7z\xbc\xaf\x27\x1c", mt.SEVEN_ZIP),
    (0, b"\x1f\x8b\x08", mt.GZIP),
    (0, b"BZh", mt.BZIP2),
    (0, b"\xfd7zXZ\0", mt.XZ),
    (0, b"\x28\xb5\x2f\xfd", mt.ZSTD),
    (0, b"\x1f\x9d", mt.UNIX_COMPRESS),
    (0, b"MSCF\0\0\0\0", mt.CAB),
    (2, b"-lh5-", mt.LZH),
    (257, b"ustar", mt.TAR),
    (0, b"\x78\x9f\x3e\x22", mt.TNEF),
    (0, b"{\\rtf", mt.RTF),
    (0, b"\xd7\xcd\xc6\x9a", mt.METAFILE),
    (40, b" EMF", mt.METAFILE),
    (0, b"MZ", mt.EXECUTABLE),
    (0, b"\x7fELF", mt.EXECUTABLE),
    (0, b"L\0\0\0\x01\x14\x02\0", mt.SHORTCUT),
    (0, b"\xdb\xa5\x2d\0", mt.OLD_WORD),  # Word 2, 1.x
    (0, b"\x31\xbe\0\0", mt.OLD_WORD),  # Word for DOS, Write
)
_RIFF = {b"WEBP": mt.WEBP, b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", mt.ENCRYPTED_OFFICE),
    ("__properties_version1.0", mt.MSG),
    ("WordDocument", mt.DOC),
    ("Workbook", mt.XLS),
    ("Book", mt.XLS),
    ("PowerPoint Document", mt.PPT),
    ("\x01Ole10Native", mt.OLE_OBJECT),
    ("Package", mt.OLE_OBJECT),
    ("CONTENTS", mt.OLE_OBJECT),
)
_PACKAGES: tuple[tuple[str, str], ...] = (
    ("word/document", mt.DOCX),
    ("xl/workbook.bin", mt.XLSB),
    ("xl/workbook", mt.XLSX),
    ("ppt/presentation", mt.PPTX),
    ("ofd.xml", mt.OFD),
)
_OLE_EXTENSIONS = {"doc": mt.DOC, "wps": mt.DOC, "xls": mt.XLS, "et": mt.XLS, "ppt": mt.PPT, "dps": mt.PPT}
_PACKAGE_EXTENSIONS = {"docx": mt.DOCX, "xlsx": mt.XLSX, "pptx": mt.PPTX, "ofd": mt.OFD, "odt": mt.ODT, "ods": mt.ODS}
_XML_START = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:\?xml|\w+:\w)")
_XML_ROOTS: tuple[tuple[bytes, str], ...] = (
    (b"http://schemas.microsoft.com/office/2006/xmlPackage", mt.WORD_XML),  # Flat OPC
    (b"http://schemas.microsoft.com/office/word/2003/wordml", mt.WORD_XML),
    (b"urn:schemas-microsoft-com:office:spreadsheet", mt.EXCEL_XML),
)
_ARCHIVED_PAGE = re.compile(rb"^content-type:\s*multipart/related\b", re.I | re.M)
_ODF_START = re.compile(rb"PK\x03\x04.{26}mimetype(application/vnd\.oasis\.opendocument\.[a-z]+)", re.S)
_ODF = {mt.ODT, mt.ODS, mt.ODP}
_HEADER_NAMES = (
    rb"(?:received|return-path|delivered-to|from|to|cc|subject|date|message-id|mime-version|content-type|reply-to"
    rb"|x-[a-z-]+)"
)
_HEADER_LINE = re.compile(rb"^" + _HEADER_NAMES + rb":", re.I | re.M)
_MAIL_START = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*" + _HEADER_NAMES + rb":[ \t]", re.I)
_HTML_START = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_PDF_WITHIN = 1024  # readers accept this much before the header (PDF 32000-1, annex H.3.4.1)


def sniff(part: Part) -> str:
    """The media type of what the part really holds; ``application/octet-stream`` where nothing is known of it.

    Opens no more than an archive's directory; never raises.
    """
    content = part.content
    if not content.strip(b"\0 \r\n\t"):
        return mt.EMPTY
    head = content[:_HEAD]
    return (
        _by_magic(head)
        or media_kind(head, _extension(part))
        or _by_directory(part)
        or _by_text(part)
        or _by_declaration(part)
    )


def _by_magic(head: bytes) -> str | None:
    for offset, magic, media_type in _MAGIC:
        if head.startswith(magic, offset) and (media_type != mt.BMP or _is_bmp(head)):
            return media_type
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return mt.PDF
    return None


def _is_bmp(head: bytes) -> bool:
    """ "BM" opens many a text; a bitmap has zeros and a known header size besides."""
    return head[6:10] == b"\0\0\0\0" and head[14:18] in (b"\x0c\0\0\0", b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0")


def _by_brand(brand: bytes) -> str:
    """ISO base media files: HEIF pictures, sound, else video."""
    if brand in _HEIF_BRANDS:
        return mt.HEIC
    if brand.startswith((b"M4A", b"M4B")):
        return "audio/mp4"
    return "video/quicktime" if brand == b"qt  " else mt.MP4


def _by_directory(part: Part) -> str | None:
    """A container whose directory is broken counts as what its name says, so that it is told to be damaged."""
    if part.content.startswith(_OLE_MAGIC):
        return _ole_kind(part.content) or _OLE_EXTENSIONS.get(_extension(part), mt.OLE)
    if part.content.startswith(_ZIP_MAGIC):
        return _package_kind(part.content) or _PACKAGE_EXTENSIONS.get(_extension(part), mt.ZIP)
    return None


def _ole_kind(content: bytes) -> str | None:
    try:
        with olefile.OleFileIO(BytesIO(content)) as storage:
            streams = {path[0].casefold() for path in storage.listdir() if path}
    except Exception:  # noqa: BLE001 -- olefile raises whatever a broken directory leads it to
        return None
    return next((kind for stream, kind in _OLE_STREAMS if stream.casefold() in streams), mt.OLE)


def _package_kind(content: bytes) -> str | None:
    """Office packages are zip files that hold a known member (ECMA-376 part 2; ODF 1.3 part 2; GB/T 33190)."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = [info.filename for info in archive.infolist()]
            declared = _odf_type(archive)
    except Exception:  # noqa: BLE001 -- zipfile raises whatever a broken directory leads it to
        return _odf_type_at_start(content) or _kind_by_names(local_names(content))
    return declared or _kind_by_names(names) or mt.ZIP


def _kind_by_names(names: list[str]) -> str | None:
    plain = [name.casefold().lstrip("/") for name in names]
    return next((kind for start, kind in _PACKAGES if any(name.startswith(start) for name in plain)), None)


def _odf_type(archive: zipfile.ZipFile) -> str | None:
    """OpenDocument packages begin with a member ``mimetype``, stored."""
    first = archive.infolist()[0] if archive.infolist() else None
    if first is None or first.filename != "mimetype" or first.file_size > 200:
        return None
    declared = archive.read(first).decode("ascii", "replace").strip().removesuffix("-template")
    return declared if declared in _ODF else None


def _odf_type_at_start(content: bytes) -> str | None:
    """The same where the zip directory is lost: the member lies at the very beginning (ODF 1.3 part 2, §3.3)."""
    found = _ODF_START.match(content)
    declared = found[1].decode("ascii") if found else ""
    return declared if declared in _ODF else None


def _by_text(part: Part) -> str | None:
    head = part.content[:_HEAD]
    if _MAIL_START.match(head) and _is_archived_page(part, head):
        return mt.MHTML
    if _MAIL_START.match(head) and len(set(map(bytes.lower, _HEADER_LINE.findall(head)))) >= 3:
        return mt.MESSAGE
    if not _is_text(part.content):
        return None
    if kind := _by_xml_root(head):
        return kind
    if _HTML_START.match(head):
        return mt.HTML
    extension = _extension(part)
    if extension in ("htm", "html", "xhtml") or part.media_type == mt.HTML:
        return mt.HTML if re.search(rb"<[a-z!/]", part.content[:65536], re.I) else mt.PLAIN
    if extension == "eml" or part.media_type == mt.MESSAGE:
        return mt.MESSAGE
    return mt.CSV if extension in ("csv", "tsv") or part.media_type == mt.CSV else mt.PLAIN


def _is_archived_page(part: Part, head: bytes) -> bool:
    """A page with its pictures in one file (RFC 2557), as Word and browsers save it: a message that nobody was sent."""
    named = _extension(part) in ("mht", "mhtml", "doc", "docx", "wps", "xls")
    return bool(_ARCHIVED_PAGE.search(head)) and (
        named or not re.search(rb"^(?:to|received|message-id):", head, re.I | re.M)
    )


def _by_xml_root(head: bytes) -> str | None:
    if not _XML_START.match(head):
        return None
    return next((kind for namespace, kind in _XML_ROOTS if namespace in head), None)


def _is_text(content: bytes) -> bool:
    """Whether its beginning reads as text: hardly any control characters or damage."""
    text = decode_text(content[: 4 * _HEAD])
    strange = sum(
        1
        for char in text
        if (char < " " and char not in "\t\r\n\f\x1a\x1b") or char == "\ufffd" or "\x7f" <= char <= "\x9f"
    )
    return strange <= len(text) * 0.02


def _by_declaration(part: Part) -> str:
    """Video and sound have too many forms for magic numbers; nothing hangs on them but what the file is called."""
    family = part.media_type.partition("/")[0]
    if family in ("video", "audio"):
        return part.media_type
    if part.content.startswith(b"CD001", _VOLUME_DESCRIPTOR):
        return mt.ISO
    return mt.VOLUME if is_volume_name(part.filename) else mt.UNKNOWN


def _extension(part: Part) -> str:
    return (part.filename or "").rpartition(".")[2].casefold()
