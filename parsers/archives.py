"""What all archives have in common: members are listed, and taken out as far as the limits allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from parsers.media_types import called
from parsers.parsed import Member, Parsed, Problem, Unread
from parsers.problems import damaged, encrypted, no_parser, partly_too_large, too_large, too_many_members
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


def unpack(
    part: Part, media_type: str, entries: Iterable[Entry], limits: ReadLimits, *, together: bool = False
) -> Parsed:
    """The archive as far as it can be opened; what does not fit into the limits is listed, not taken out.

    ``together``: members can only be taken out all at once, so that all or none of them fit.
    """
    listed = list(entries)
    wanted = listed[: limits.max_members]
    fitting = _fitting(wanted, limits.max_unpacked_bytes, together)
    members = tuple(_member(part, number, entry, number in fitting) for number, entry in enumerate(wanted, 1))
    return Parsed(media_type, members=members, problem=_problem(media_type, listed, members))


def _fitting(entries: Sequence[Entry], size_bytes: int, together: bool) -> set[int]:
    """The numbers, from 1, of the members that are taken out, as if in order until there is no room; small ones after
    a large one still are.
    """
    left, fitting = size_bytes, set[int]()
    for number, entry in enumerate(entries, 1):
        size = 0 if entry.is_encrypted else entry.size_bytes
        if size <= left:
            left -= size
            fitting.add(number)
        elif together:
            return set()
    return fitting


def _problem(media_type: str, entries: Sequence[Entry], members: Sequence[Member]) -> Problem | None:
    if entries and all(entry.is_encrypted for entry in entries):
        return encrypted(called(media_type)).problem
    large = sum(member.problem is not None and member.problem.reason == "too_large" for member in members)
    if large:
        what = called(media_type)
        return too_large(what) if large == len(members) else partly_too_large(what, large)
    return too_many_members(len(members)) if len(entries) > len(members) else None


def _member(part: Part, number: int, entry: Entry, fits: bool) -> Member:
    content, problem = b"", None
    if not fits:
        problem = too_large(_FILE)
    elif entry.is_encrypted:
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
