"""What a worker process hands back to the reader, and how a parser says that it could not read a part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

from records.extracts import Page, Picture, ReadLimits, ReadStatus, Table
from records.mail import Part
from records.words import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a part, or some of it, was not read: a status and a word for programs, a sentence for people."""

    status: ReadStatus
    reason: str
    explanation: Text


@dataclass(frozen=True, slots=True)
class Member:
    """A part inside a part; ``problem`` where it was only listed, its octets not taken out."""

    part: Part
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class PixelPage:
    """A page of the part that must be read from its pixels: ``frame`` counts from 0, ``number`` is the page's, from 1.

    ``onto`` says what becomes of text that the page has already: OCR takes its place, or is added below it.
    """

    number: int
    frame: int
    onto: Literal["replace", "append"] = "replace"


@dataclass(frozen=True, slots=True)
class Parsed:
    """One part as its parser read it; members and pixels are still to be read, as tasks of their own."""

    media_type: str
    pages: tuple[Page, ...] = ()
    tables: tuple[Table, ...] = ()
    picture: Picture | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    members: tuple[Member, ...] = ()
    pixel_pages: tuple[PixelPage, ...] = ()
    page_count: int | None = None
    problem: Problem | None = None  # None: all of it was read
    parser: str = ""
    trace: str = ""  # of an error that the parser did not foresee; for the log
    thumbnail: bytes = b""  # of a picture: a small WebP

    def named(self, parser: str) -> Parsed:
        """The same, signed by the parser of that name."""
        return replace(self, parser=parser)


@dataclass(frozen=True, slots=True)
class PixelText:
    """What OCR read on one page; ``problem`` where it could not."""

    text: str = ""
    confidence: float | None = None  # mean over characters, 0–1; None where there is no text
    turned: int = 0  # degrees clockwise by which the page had to be turned
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()  # of ruled tables the rows of cells, as in records' Table
    problem: Problem | None = None
    trace: str = ""


class Parser(Protocol):
    """Reads one kind of part; pure, in a file of its own, listed in ``parsers.registry``."""

    @property
    def name(self) -> str:
        """What stands as ``parser`` in the extract."""

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """What the part holds. Raises :class:`Unread` where it cannot be read; any other error counts as a crash."""


class Unread(Exception):
    """A part cannot be read; carries the problem that stands in its extract."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.explanation.en)
        self.problem = problem


def one_page(text: str) -> tuple[Page, ...]:
    """The pages of a document that has none: one, or none where there is no text."""
    return (Page(number=1, text=text),) if text.strip() else ()
