"""What a coordinator is told about a report beside its filing: pictures and texts that were sent before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from records.words import Text

RemarkKind = Literal[
    "photo_of_another_unit",
    "photo_again",  # in two messages of one unit about different activities
    "photo_of_earlier_campaign",
    "photo_taken_before",  # by its EXIF time, before the campaign's period
    "text_of_another_unit",
    "text_of_earlier_campaign",
]


@dataclass(frozen=True, slots=True)
class Remark:
    """One observation about a submission; it says what is there, and judges nobody."""

    kind: RemarkKind
    submission: str  # "<message>/1"
    text: Text
    files: tuple[str, ...] = ()  # names of the pictures it is about
    other: str | None = None  # the message that brought the same before


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """A picture in a message, as far as comparing needs it."""

    part: str  # sha256 of the attachment in which it stands
    sha256: str
    name: str
    dhash: str | None
    taken_at: str | None


@dataclass(frozen=True, slots=True)
class Prints:
    """Sampled hashes of the character runs of a text; ``part`` is the attachment's sha256, "" for the body."""

    part: str
    values: bytes  # 32-bit numbers, sorted, each once


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission, or a message of an earlier year, with the pictures and texts that came with it."""

    id: str  # of the submission; of the message where it has none
    message: str
    received_at: datetime
    campaign: str | None
    unit: str | None
    activities: frozenset[str]
    compared: bool  # it is remarked upon
    counts: bool  # others are compared with it
    pictures: tuple[SeenPicture, ...] = ()
    prints: tuple[Prints, ...] = ()
    kind: str = "material"
    supersedes: str | None = None  # message
