"""Pictures and files inside documents, as members with names that people understand."""

from __future__ import annotations

from parsers.parsed import Member
from records.mail import Part

_EXTENSIONS = {"jpeg": "jpg", "tif": "tiff", "x-emf": "emf", "x-wmf": "wmf"}


def member_of_document(part: Part, number: int, name: str, media_type: str, content: bytes) -> Member:
    """The ``number``-th picture or embedded file (from 1): "图片1.jpg"; a file keeps the name it has in the package."""
    extension = name.rpartition(".")[2].casefold() if "." in name else media_type.rpartition("/")[2]
    extension = _EXTENSIONS.get(extension, extension)
    is_picture = media_type.startswith("image/")
    filename = f"图片{number}.{extension}" if is_picture else name.rpartition("/")[2]
    return Member(Part(f"{part.position}/{number}", filename, media_type.casefold(), content))
