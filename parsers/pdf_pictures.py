"""Pictures placed on PDF pages and files attached to the document, as members."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium

from parsers.parsed import Member
from parsers.pictures import member_of_document
from records.extracts import ReadLimits
from records.mail import Part

_LEAST_SIDE = 100  # pixels; smaller ones are ornaments
_KINDS = ((b"\xff\xd8", "jpg", "image/jpeg"), (b"\x89PNG", "png", "image/png"), (b"\0\0\0\x0cjP", "jp2", "image/jp2"))


@dataclass(slots=True)
class Pictures:
    """Members found so far, each content once."""

    part: Part
    limits: ReadLimits
    members: list[Member] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _unpacked: int = 0

    def collect(self, images: list[Any]) -> None:
        """Takes the photos of a page."""
        for image in images:
            try:
                width, height = image.get_px_size()
            except pdfium.PdfiumError:
                continue
            if min(width, height) >= _LEAST_SIDE and width * height <= self.limits.max_pixels and self._has_room():
                self._take(image)

    def collect_files(self, document: Any) -> None:
        """Takes the files attached to the document (ISO 32000-1 §7.11.4)."""
        for index in range(min(document.count_attachments(), self.limits.max_members)):
            attachment = document.get_attachment(index)
            try:
                content = bytes(attachment.get_data())
            except pdfium.PdfiumError:
                continue
            name = attachment.get_name() or f"{index + 1}"
            if self._has_room() and self._is_new(content):
                self.members.append(
                    member_of_document(self.part, len(self.members) + 1, name, "application/octet-stream", content)
                )

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
