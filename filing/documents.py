"""A message as filing reads it: a row of documents, each with the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from records.extracts import Table

Role = Literal["subject", "body", "quoted", "document", "sheet", "slides", "picture"]
"""quoted: what a reply or forward carries below the sender's own words; document: docx, doc, pdf, ofd, txt, scans and
photos of a paper with running text; sheet: spreadsheets; slides: presentations; picture: photos, screenshots."""


@dataclass(frozen=True, slots=True)
class Document:
    """One readable thing in a message.

    ``where`` is what evidence shows: "body", "subject" or a file name (``archive/member`` below a container).
    """

    where: str
    role: Role
    text: str
    tables: tuple[Table, ...] = ()
    filename: str | None = None
    sha256: str | None = None  # of the part
    top_sha256: str | None = None  # of the attachment in which it stands (itself, for an attachment)
    from_pixels: bool = False  # the text was read by OCR: expect mistakes

    @property
    def lines(self) -> tuple[str, ...]:
        """Its lines, stripped, empty ones left out."""
        return tuple(line for line in (raw.strip() for raw in self.text.splitlines()) if line)
