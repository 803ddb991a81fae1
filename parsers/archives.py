"""What all archives have in common: members are listed, and taken out as far as the limits allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from parsers.media_types import called
from parsers.parsed import Member, Parsed, Problem, Unread
from parsers.problems import damaged, encrypted, no_parser, too_large, too_many_members
from records.extracts import ReadLimits
from records.mail import Part
from records.words import Text

_FILE = Text("文件", "file")
_PACKED = Text("用少见的压缩方法存入的文件", "file packed by an uncommon method")


@dataclass(frozen=True, slots=True)
class Entry:
    """A member before it is taken out."""

    name: str
    size_bytes: int  # as declared; ``read`` never gives more
    is_encrypted: bool
    read: Callable[[], bytes]  # may raise ``Unread``
    broken: tuple[type[Exception], ...]  # what ``read`` raises on damage


def unpack(part: Part, media_type: str, entries: Iterable[Entry], limits: ReadLimits) -> Parsed:
    """The archive as far as it can be opened. Raises ``Unread`` where it is too large, before anything is taken out."""
    listed = list(entries)
    wanted = listed[: limits.max_members]
    if sum(entry.size_bytes for entry in wanted if not entry.is_encrypted) > limits.max_unpacked_bytes:
        raise Unread(too_large(called(media_type)))
    members = tuple(_member(part, number, entry) for number, entry in enumerate(wanted, 1))
    return Parsed(media_type, members=members, page_count=None, problem=_problem(media_type, listed, len(wanted)))


def _problem(media_type: str, entries: list[Entry], taken: int) -> Problem | None:
    if entries and all(entry.is_encrypted for entry in entries):
        return encrypted(called(media_type)).problem
    return too_many_members(taken) if len(entries) > taken else None


def _member(part: Part, number: int, entry: Entry) -> Member:
    content, problem = b"", None
    if entry.is_encrypted:
        problem = encrypted(_FILE).problem
    else:
        try:
            content = entry.read()
        except Unread as error:
            problem = error.problem
        except NotImplementedError:  # a packing method that the library does not know
            problem = no_parser(_PACKED)
        except entry.broken:
            problem = damaged(_FILE).problem
    name = entry.name.replace("\\", "/").replace("\0", "")
    return Member(Part(f"{part.position}/{number}", name, "application/octet-stream", content), problem)
