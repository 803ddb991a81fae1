"""Pictures placed on PDF pages and files attached to the document, as members."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from parsers.parsed import Member, Problem
from parsers.pdf_forms import annotations_of
from parsers.pictures import member_of_document
from parsers.problems import damaged, too_large
from records.extracts import ReadLimits
from records.mail import Part
from records.words import Text

_FILE, _PICTURE = Text("文件", "file"), Text("图片", "picture")
_LEAST_SIDE = 100  # pixels; smaller ones are ornaments
_KINDS = ((b"\xff\xd8", "jpg", "image/jpeg"), (b"\x89PNG", "png", "image/png"), (b"\0\0\0\x0cjP", "jp2", "image/jp2"))


@dataclass(slots=True)
class Pictures:
    """Members found so far, each content once."""

    part: Part
    limits: ReadLimits
    members: list[Member] = field(default_factory=list)
    left_out: bool = False  # pictures or files for which there was no room
    _seen: set[str] = field(default_factory=set)
    _unpacked: int = 0

    def collect(self, images: list[Any]) -> None:
        """Takes the photos of a page."""
        for image in images:
            try:
                width, height = image.get_px_size()
            except pdfium.PdfiumError:
                continue
            if min(width, height) < _LEAST_SIDE:
                continue
            if not self._has_room():
                self.left_out = True
            elif width * height > self.limits.max_pixels:
                self._list("picture.png", "image/png", too_large(_PICTURE))
            else:
                self._take(image)

    def collect_files(self, document: Any) -> None:
        """Takes the files attached to the document (ISO 32000-1 §7.11.4)."""
        for index in range(document.count_attachments()):
            if not self._has_room():
                self.left_out = True
                return
            self._take_file(document.get_attachment(index))

    def collect_pinned(self, page: Any) -> None:
        """Takes the files pinned to a place on the page (§12.5.6.15)."""
        for annotation, kind in annotations_of(page):
            if kind != pdfium_c.FPDF_ANNOT_FILEATTACHMENT:
                continue
            raw = pdfium_c.FPDFAnnot_GetFileAttachment(annotation)
            if raw and self._has_room():
                self._take_file(pdfium.PdfAttachment(raw, page.pdf))
            elif raw:
                self.left_out = True

    def _take_file(self, attachment: Any) -> None:
        name = attachment.get_name() or f"{len(self.members) + 1}"
        try:
            content = bytes(attachment.get_data())
        except pdfium.PdfiumError:
            self._list(name, "application/octet-stream", damaged(_FILE).problem)
            return
        if self._is_new(content):
            number = len(self.members) + 1
            self.members.append(member_of_document(self.part, number, name, "application/octet-stream", content))

    def _list(self, name: str, media_type: str, problem: Problem) -> None:
        member = member_of_document(self.part, len(self.members) + 1, name, media_type, b"")
        self.members.append(replace(member, problem=problem))

    def _take(self, image: Any) -> None:
        buffer = BytesIO()
        try:
            image.extract(buffer, fb_format="png")
        except (pdfium.PdfiumError, OSError, ValueError, NotImplementedError):
            return  # drawn on the page in a form that cannot be taken out by itself
        content = buffer.getvalue()
        extension, media_type = next(
            ((ext, kind) for magic, ext, kind in _KINDS if content.startswith(magic)), ("png", "image/png")
        )
        if self._is_new(content):
            number = len(self.members) + 1
            self.members.append(member_of_document(self.part, number, f"{number}.{extension}", media_type, content))

    def _is_new(self, content: bytes) -> bool:
        digest = hashlib.sha256(content).hexdigest()
        is_new = digest not in self._seen
        self._seen.add(digest)
        self._unpacked += len(content) if is_new else 0
        return is_new

    def _has_room(self) -> bool:
        return len(self.members) < self.limits.max_members and self._unpacked < self.limits.max_unpacked_bytes
