"""Pictures and files inside documents, as members with names that people understand."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable

from parsers.parsed import Member
from records.mail import Part

_PICTURES = (
    "png",
    "jpg",
    "jpeg",
    "jpe",
    "jfif",
    "gif",
    "bmp",
    "dib",
    "tif",
    "tiff",
    "webp",
    "jp2",
    "heic",
    "emf",
    "wmf",
)
_EXTENSIONS = {"jpeg": "jpg", "tif": "tiff", "x-emf": "emf", "x-wmf": "wmf"}


def member_of_document(part: Part, number: int, name: str, media_type: str, content: bytes) -> Member:
    """The ``number``-th picture or embedded file (from 1): "图片1.jpg"; a file keeps the name it has in the package."""
    extension = name.rpartition(".")[2].casefold() if "." in name else media_type.rpartition("/")[2]
    extension = _EXTENSIONS.get(extension, extension)
    is_picture = media_type.startswith("image/")
    filename = f"图片{number}.{extension}" if is_picture else name.rpartition("/")[2]
    return Member(Part(f"{part.position}/{number}", filename, media_type.casefold(), content))


def members_of_package(part: Part, package: zipfile.ZipFile, names: Iterable[str], most: int) -> tuple[Member, ...]:
    """The package's members of these names as files inside the document, each once, ``most`` of them."""
    wanted = list(dict.fromkeys(name for name in names if name in package.NameToInfo))[:most]
    return tuple(
        member_of_document(part, number, name, _media_type(name), package.read(name))
        for number, name in enumerate(wanted, 1)
    )


def _media_type(name: str) -> str:
    extension = name.rpartition(".")[2].casefold()
    return f"image/{extension}" if extension in _PICTURES else "application/octet-stream"
