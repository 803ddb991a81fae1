"""Names of the kinds of files that parsers tell apart, and what people call them."""

from __future__ import annotations

from records.words import Text

_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = _OOXML + "wordprocessingml.document"
XLSX = _OOXML + "spreadsheetml.sheet"
PPTX = _OOXML + "presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
OFD = "application/ofd"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
ENCRYPTED_OFFICE = "application/x-encrypted-office"
OLE = "application/x-ole-storage"
OLE_OBJECT = "application/x-ole-object"
WORD_XML = "application/vnd.ms-word.xml"
EXCEL_XML = "application/vnd.ms-excel.xml"
OLD_WORD = "application/x-old-word"
SHORTCUT = "application/x-ms-shortcut"
MHTML = "multipart/related"
RTF = "application/rtf"
PDF = "application/pdf"
ZIP = "application/zip"
SEVEN_ZIP = "application/x-7z-compressed"
RAR = "application/vnd.rar"
GZIP = "application/gzip"
TAR = "application/x-tar"
BZIP2 = "application/x-bzip2"
XZ = "application/x-xz"
ZSTD = "application/zstd"
CAB = "application/vnd.ms-cab-compressed"
ARJ = "application/x-arj"
LZH = "application/x-lzh-compressed"
ISO = "application/x-iso9660-image"
UNIX_COMPRESS = "application/x-compress"
VOLUME = "application/x-archive-volume"
TNEF = "application/ms-tnef"
MESSAGE = "message/rfc822"
PLAIN = "text/plain"
CSV = "text/csv"
HTML = "text/html"
JPEG = "image/jpeg"
PNG = "image/png"
GIF = "image/gif"
WEBP = "image/webp"
BMP = "image/bmp"
TIFF = "image/tiff"
HEIC = "image/heic"
JPEG_2000 = "image/jp2"
METAFILE = "image/x-metafile"
MP4 = "video/mp4"
EXECUTABLE = "application/x-executable"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

IMAGES = (JPEG, PNG, GIF, WEBP, BMP, TIFF, HEIC, JPEG_2000)

_CALLED: dict[str, Text] = {
    DOCX: Text("Word文档", "Word document"),
    DOC: Text("Word文档", "Word document"),
    XLSX: Text("Excel表格", "spreadsheet"),
    XLS: Text("Excel表格", "spreadsheet"),
    XLSB: Text("Excel表格", "spreadsheet"),
    ODS: Text("电子表格", "spreadsheet"),
    ODT: Text("ODT文档", "OpenDocument text"),
    ODP: Text("ODP演示文稿", "OpenDocument presentation"),
    PPTX: Text("PPT演示文稿", "presentation"),
    PPT: Text("PPT演示文稿", "presentation"),
    WORD_XML: Text("Word XML文档", "Word XML document"),
    EXCEL_XML: Text("Excel XML表格", "Excel XML spreadsheet"),
    OLD_WORD: Text("Word 6.0以前的旧版文档", "document older than Word 6"),
    MHTML: Text("单个文件网页", "web page in a single file"),
    OLE_OBJECT: Text("嵌入的文件", "embedded file"),
    SHORTCUT: Text("快捷方式", "shortcut"),
    OFD: Text("OFD文件", "OFD document"),
    PDF: Text("PDF文件", "PDF"),
    RTF: Text("RTF文档", "RTF document"),
    MSG: Text("Outlook邮件文件（.msg）", "Outlook message file (.msg)"),
    ENCRYPTED_OFFICE: Text("Office文档", "Office document"),
    OLE: Text("Office旧版文件", "old Office file"),
    ZIP: Text("ZIP压缩包", "ZIP archive"),
    SEVEN_ZIP: Text("7z压缩包", "7z archive"),
    RAR: Text("RAR压缩包", "RAR archive"),
    GZIP: Text("GZ压缩包", "gzip archive"),
    TAR: Text("TAR包", "tar archive"),
    BZIP2: Text("BZ2压缩包", "bzip2 archive"),
    XZ: Text("XZ压缩包", "xz archive"),
    ZSTD: Text("ZST压缩包", "zstd archive"),
    CAB: Text("CAB压缩包", "CAB archive"),
    ARJ: Text("ARJ压缩包", "ARJ archive"),
    LZH: Text("LZH压缩包", "LZH archive"),
    ISO: Text("光盘映像（ISO）", "disc image (ISO)"),
    UNIX_COMPRESS: Text("Z压缩包", "compressed file (.Z)"),
    VOLUME: Text("分卷压缩包的其中一卷", "volume of a split archive"),
    TNEF: Text("winmail.dat附件包", "winmail.dat"),
    MESSAGE: Text("邮件文件", "mail file"),
    METAFILE: Text("图元文件（WMF/EMF）", "metafile (WMF/EMF)"),
    EXECUTABLE: Text("可执行程序，请勿打开", "program; do not open it"),
    EMPTY: Text("空文件", "empty file"),
    UNKNOWN: Text("无法识别的文件", "file of an unknown kind"),
}


def called(media_type: str) -> Text:
    """What people call a file of that kind."""
    if media_type in _CALLED:
        return _CALLED[media_type]
    families = {"image": Text("图片", "picture"), "video": Text("视频", "video"), "audio": Text("录音", "recording")}
    return families.get(media_type.partition("/")[0], _CALLED[UNKNOWN])
