"""What parsers got out of parts: text by page, tables, pictures, metadata, members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from records.mail import Part
from records.words import Text

ReadStatus = Literal["ok", "partial", "unreadable", "skipped"]
"""ok: all text is there; partial: some of it; unreadable: nobody could open it (encrypted, damaged);
skipped: kept and listed, but not read (no parser yet, over a limit)."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, as text; merged cells stand once, in their first place, "" in the others."""

    rows: tuple[tuple[str, ...], ...]
    title: str = ""  # sheet name, caption
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Text of one page, sheet or slide in reading order; documents without pages have one."""

    number: int  # from 1
    text: str
    source: Literal["text", "ocr", "mixed"] = "text"  # ocr: from pixels
    confidence: float | None = None  # mean OCR confidence, 0–1


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of an image file itself."""

    width: int
    height: int
    taken_at: str | None = None  # EXIF DateTimeOriginal, ISO 8601 without offset, as the camera wrote it
    device: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    dhash: str | None = None  # 128 bits, hexadecimal; None where it looks like many others (parsers/hashing.py)


@dataclass(frozen=True, slots=True)
class Extract:
    """Everything that came out of one part, members included.

    ``reason`` is a word for programs (``encrypted``, ``damaged``, ``no_parser``, ``timeout``, ``memory``,
    ``too_large``, ``too_deep``, ``too_many_members``, ``crashed`` …), ``explanation`` the sentence for people.
    """

    part: Part
    media_type: str  # found from the content
    status: ReadStatus
    pages: tuple[Page, ...] = ()
    tables: tuple[Table, ...] = ()
    picture: Picture | None = None
    metadata: tuple[tuple[str, str], ...] = ()  # core properties, PDF info, codec …
    members: tuple[Extract, ...] = ()  # of archives, attached messages, pictures inside documents
    reason: str | None = None
    explanation: Text | None = None
    parser: str = ""  # name of the parser
    page_count: int | None = None
    thumbnail: bytes = b""  # of a picture: a small WebP without EXIF

    @property
    def text(self) -> str:
        """All pages' text, one after the other."""
        return "\n".join(page.text for page in self.pages if page.text)

    def walk(self) -> Iterator[Extract]:
        """This extract and all members below it, depth first."""
        yield self
        for member in self.members:
            yield from member.walk()


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds on reading one part (and on unpacking what is inside it)."""

    timeout_s: float = 60.0
    ocr_timeout_s: float = 180.0
    total_timeout_s: float = 900.0  # for an attachment with everything inside it
    memory_bytes: int = 2 * 1024**3
    ocr_memory_bytes: int = 4 * 1024**3
    max_depth: int = 6
    max_members: int = 2000
    max_unpacked_bytes: int = 256 * 1024**2
    max_text_chars: int = 8_000_000  # of all parts of a message together: some 4,000 full pages
    max_pixels: int = 120_000_000
    max_pages: int = 500
    max_ocr_pages: int = 60
    workers: int = 2
