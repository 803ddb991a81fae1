"""The kinds of files, as manuals list them: which are read, and which are only kept, is asked of the registry.

``python -m parsers.kinds README.md README.zh-CN.md`` (``make kinds``) writes the lists between the manuals' marks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from parsers import media_kinds
from parsers import media_types as mt
from parsers.registry import PARSERS
from records.words import Language, Text

BEGIN, END = "<!-- kinds: written by `make kinds` -->", "<!-- end of kinds -->"


@dataclass(frozen=True, slots=True)
class Family:
    """Kinds that people think of together: extension → media type."""

    name: Text
    kinds: dict[str, str]
    note: Text | None = None


FAMILIES = (
    Family(
        Text("文字", "text"),
        {
            **dict.fromkeys(("docx", "docm", "dotx"), mt.DOCX),
            **dict.fromkeys(("doc", "wps", "dot", "wpt"), mt.DOC),
            "rtf": mt.RTF,
            "odt": mt.ODT,
            "pdf": mt.PDF,
            "ofd": mt.OFD,
            "txt": mt.PLAIN,
            "html": mt.HTML,
            "mht": mt.MHTML,
            "xml": mt.WORD_XML,
        },
        Text("xml限Word、Excel存的", "xml as Word and Excel write it"),
    ),
    Family(
        Text("表格", "sheets"),
        {
            **dict.fromkeys(("xlsx", "xlsm"), mt.XLSX),
            **dict.fromkeys(("xls", "et"), mt.XLS),
            "xlsb": mt.XLSB,
            "ods": mt.ODS,
            "csv": mt.CSV,
        },
    ),
    Family(
        Text("演示", "slides"),
        {
            **dict.fromkeys(("pptx", "ppsx", "pptm"), mt.PPTX),
            **dict.fromkeys(("ppt", "pps", "dps"), mt.PPT),
            "odp": mt.ODP,
        },
    ),
    Family(
        Text("图片", "pictures"),
        {
            **dict.fromkeys(("jpg", "jpeg"), mt.JPEG),
            "png": mt.PNG,
            "heic": mt.HEIC,
            "webp": mt.WEBP,
            "gif": mt.GIF,
            "bmp": mt.BMP,
            "tiff": mt.TIFF,
            "jp2": mt.JPEG_2000,
            **dict.fromkeys(("wmf", "emf"), mt.METAFILE),
        },
        Text("其中的文字靠识别，扫描件也一样", "their text by OCR, like that of scans"),
    ),
    Family(
        Text("压缩包", "archives"),
        {
            "zip": mt.ZIP,
            "rar": mt.RAR,
            "7z": mt.SEVEN_ZIP,
            "tar": mt.TAR,
            "gz": mt.GZIP,
            "bz2": mt.BZIP2,
            "xz": mt.XZ,
            "zst": mt.ZSTD,
            "exe": mt.EXECUTABLE,
            "cab": mt.CAB,
            "lzh": mt.LZH,
            "iso": mt.ISO,
        },
        Text("里面的文件也读；exe 只限自解压包，绝不运行", "with what is inside; exe: self-extracting ones, never run"),
    ),
    Family(
        Text("邮件", "messages"),
        {"eml": mt.MESSAGE, "msg": mt.MSG, "winmail.dat": mt.TNEF},
        Text("附件也读", "with their attachments"),
    ),
    Family(
        Text("录像、录音", "video and sound"),
        {
            **dict.fromkeys(("mp4", "m4v"), mt.MP4),
            "mov": media_kinds.QUICKTIME,
            "avi": "video/x-msvideo",
            "wmv": media_kinds.ASF,
            "flv": "video/x-flv",
            **dict.fromkeys(("mkv", "webm"), media_kinds.MATROSKA),
            "3gp": "video/3gpp",
            "mpg": media_kinds.MPEG,
            "ts": media_kinds.MPEG_TS,
            "mp3": media_kinds.MP3,
            "m4a": media_kinds.M4A,
            "aac": media_kinds.AAC,
            "wav": "audio/wav",
            "wma": media_kinds.WMA,
            "amr": "audio/amr",
        },
        Text(
            "时长等信息和视频画面上的文字，不转写说话",
            "duration and the like, text on stills; speech is not turned into text",
        ),
    ),
    Family(
        Text("其他", "others"),
        {"lnk": mt.SHORTCUT},
        Text("以及认不出的文件", "and whatever is not known"),
    ),
)


def table(language: Language) -> str:
    """The lists as a Markdown table of two rows."""
    read = _listed(FAMILIES, language, wanted=True)
    kept = _listed(FAMILIES, language, wanted=False)
    labels = Text("能读取", "Read"), Text("保存并列出，不读取内容", "Kept and listed, not read")
    rows = (f"| {label.say(language)} | {kinds} |" for label, kinds in zip(labels, (read, kept), strict=True))
    return "\n".join(("| | |", "| --- | --- |", *rows))


def _listed(families: Iterable[Family], language: Language, *, wanted: bool) -> str:
    colon, stop = ("：", "；") if language == "zh" else (": ", "; ")
    found = []
    for family in families:
        names = [
            f"`{name}`" if "." in name else f"`.{name}`"
            for name, kind in family.kinds.items()
            if (kind in PARSERS) == wanted
        ]
        if names:
            note = f"（{family.note.zh}）" if family.note and language == "zh" else ""
            note = f" ({family.note.en})" if family.note and language == "en" else note
            note = "" if family.note and wanted != (next(iter(family.kinds.values())) in PARSERS) else note
            found.append(f"{family.name.say(language)}{colon}{' '.join(names)}{note}")
    return stop.join(found)


def written(manual: str, language: Language) -> str:
    """The manual with its lists as they are now. Raises ValueError where a mark is missing."""
    before, _, rest = manual.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{table(language)}\n{END}{after}"


def main(names: Iterable[str]) -> None:
    """Rewrites the manuals of those names; one with ``zh`` in its name in Chinese."""
    for name in names:
        path = Path(name)
        path.write_text(written(path.read_text("utf-8"), "zh" if "zh" in path.name else "en"), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
