"""A message as filing reads it: a row of documents, each with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from filing.text.quoting import split_body, subject_marks
from filing.text.squeeze import squeeze
from records.extracts import Extract, Table
from records.mail import Message

Role = Literal["subject", "body", "quoted", "document", "sheet", "slides", "picture"]
"""quoted: what a reply or forward carries below the sender's own words; document: docx, doc, pdf, ofd, txt, scans and
photos of a paper with running text; sheet: spreadsheets; slides: presentations; picture: photos, screenshots."""

_SHEETS = ("spreadsheet", "excel", "text/csv")
_SLIDES = ("presentation", "powerpoint")
_MESSAGES = ("message/rfc822", "application/vnd.ms-outlook")
_CONTAINERS = ("zip", "rar", "7z", "tar", "gzip", "rfc822", "ms-tnef", "x-xz", "bzip2", "ms-outlook")
_LONGEST = 60_000  # characters of one text that are looked at: its beginning, and the end with the signature
_LONGEST_END = 10_000
_RUNNING_TEXT = 100  # characters from which on a picture of text can be a paper


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


def is_container(media_type: str) -> bool:
    """Whether files of that type hold others: archives and messages."""
    return any(word in media_type for word in _CONTAINERS)


def documents_of(message: Message, extracts: Sequence[Extract]) -> tuple[Document, ...]:
    """Subject, body (own words), quotation, then all that could be read, members included; empty ones are left out."""
    body = split_body(message.body_text)
    head = (
        Document("subject", "subject", subject_marks(message.subject)[1] or message.subject),
        Document("body", "body", body.own),
        Document("body", "quoted", body.quoted),
    )
    below = (document for extract in extracts for document in _below(extract, "", extract.part.sha256))
    return tuple(_bounded(document) for document in (*head, *below) if document.text.strip() or document.tables)


def _bounded(document: Document) -> Document:
    """No report is as long as a hostile text can be."""
    if len(document.text) <= _LONGEST:
        return document
    text = document.text[: _LONGEST - _LONGEST_END] + "\n" + document.text[-_LONGEST_END:]
    return replace(document, text=text)


def _below(extract: Extract, above: str, top: str) -> Iterator[Document]:
    where = f"{above}/{_name(extract)}" if above else _name(extract)
    if extract.media_type in _MESSAGES:
        yield from _inner_message(extract, where, top)
    elif extract.pages or extract.tables:
        yield _document(extract, _role(extract), where, top, extract.text)
    for member in extract.members:
        yield from _below(member, where, top)


def _name(extract: Extract) -> str:
    return (extract.part.filename or extract.part.position).replace("\\", "/")


def _document(extract: Extract, role: Role, where: str, top: str, text: str) -> Document:
    pixels = any(page.source != "text" for page in extract.pages)
    sha256 = extract.part.sha256
    return Document(where, role, text, extract.tables, extract.part.filename, sha256, top, pixels)


def _inner_message(extract: Extract, where: str, top: str) -> Iterator[Document]:
    """An attached message: its own words are a body, its quotation is quoted."""
    body = split_body(inner_body(extract))
    yield _document(extract, "body", where, top, body.own)
    yield _document(extract, "quoted", where, top, body.quoted)


def inner_body(extract: Extract) -> str:
    """An attached message's text without the subject and sender lines that its parser puts on top."""
    known = dict(extract.metadata)
    lines = extract.text.splitlines()
    if lines and known.get("subject") and squeeze(lines[0]) == squeeze(known["subject"]):
        lines = lines[1:]
    if lines and known.get("from") and known["from"] in lines[0].lower():
        lines = lines[1:]
    return "\n".join(lines)


def _role(extract: Extract) -> Role:
    media_type = extract.media_type
    if any(word in media_type for word in _SHEETS):
        return "sheet"
    if any(word in media_type for word in _SLIDES):
        return "slides"
    if media_type.startswith("image/"):
        return "document" if _is_paper(extract.text) else "picture"
    return "document"


def _is_paper(text: str) -> bool:
    """Whether a picture shows a paper with running text, not a banner, a poster or a screen."""
    sentences = len(re.findall(r"[，。；,;]", text))
    return len(squeeze(text)) >= _RUNNING_TEXT and sentences >= 4
