"""Pictures and texts by what they look like, thumbnails, and the remarks that come of comparing them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from records.extracts import Extract
from records.remarks import Prints, Remark, SeenPicture
from storage.tables import PictureRow, PrintsRow, RemarkRow, ThumbnailRow, checked
from storage.values import from_json, to_json

_NO_PHOTO_TEXT = 200  # characters from which on a picture is a paper, a poster or a screen, not a photo of an event


def store_likeness(session: Session, message: str, extracts: Sequence[Extract], prints: Iterable[Prints]) -> None:
    """Write what the pictures and texts of a message look like, in place of what stood there."""
    forget_likeness(session, message)
    for extract in extracts:
        for member in extract.walk():
            if member.picture is not None:
                _store_picture(session, message, extract.part.sha256, member)
    for one in prints:
        session.add(checked(PrintsRow, message=message, part=one.part, octets=one.values))
    session.flush()


def forget_likeness(session: Session, message: str) -> None:
    """Take a message's pictures and prints away; a thumbnail that no other message needs goes too."""
    mine = set(session.exec(select(PictureRow.sha256).where(PictureRow.message == message)))
    session.execute(delete(PictureRow).where(col(PictureRow.message) == message))
    session.execute(delete(PrintsRow).where(col(PrintsRow.message) == message))
    for sha256 in mine:
        if session.exec(select(PictureRow.id).where(PictureRow.sha256 == sha256).limit(1)).first() is None:
            session.execute(delete(ThumbnailRow).where(col(ThumbnailRow.sha256) == sha256))


def _store_picture(session: Session, message: str, part: str, extract: Extract) -> None:
    picture = extract.picture
    assert picture is not None
    shows_text = sum(not char.isspace() for char in extract.text) >= _NO_PHOTO_TEXT
    session.add(
        checked(
            PictureRow,
            message=message,
            part=part,
            sha256=extract.part.sha256,
            name=extract.part.filename or extract.part.position,
            dhash=None if shows_text else picture.dhash,
            taken_at=picture.taken_at,
        )
    )
    if extract.thumbnail and session.get(ThumbnailRow, extract.part.sha256) is None:
        session.add(checked(ThumbnailRow, sha256=extract.part.sha256, octets=extract.thumbnail))
        session.flush()


def thumbnail(session: Session, sha256: str) -> bytes | None:
    """The small copy of a picture, a WebP file; None where there is none. For people inside the office alone."""
    row = session.get(ThumbnailRow, sha256)
    return row.octets if row is not None else None


def seen_pictures(session: Session) -> dict[str, list[SeenPicture]]:
    """The pictures of all messages, by message."""
    found: defaultdict[str, list[SeenPicture]] = defaultdict(list)
    columns = (PictureRow.message, PictureRow.part, PictureRow.sha256, PictureRow.name)
    query = select(*columns, PictureRow.dhash, PictureRow.taken_at)  # type: ignore[call-overload]  # four at most
    for message, *values in session.exec(query.order_by(col(PictureRow.id))):
        found[message].append(SeenPicture(*values))
    return found


def seen_prints(session: Session) -> dict[str, list[Prints]]:
    """The prints of all messages' texts, by message."""
    found: defaultdict[str, list[Prints]] = defaultdict(list)
    query = select(PrintsRow.message, PrintsRow.part, PrintsRow.octets)
    for message, part, octets in session.exec(query):
        found[message].append(Prints(part, octets))
    return found


def set_remarks(session: Session, remarks: Mapping[str, Sequence[Remark]]) -> None:
    """Write all remarks, by message, in place of those that stood there."""
    session.execute(delete(RemarkRow))
    for message, found in remarks.items():
        session.add_all(checked(RemarkRow, message=message, value=to_json(Remark, remark)) for remark in found)
    session.flush()


def remarks_on(session: Session, ids: Sequence[str]) -> dict[str, tuple[Remark, ...]]:
    """The remarks on some messages, by message."""
    query = select(RemarkRow).where(col(RemarkRow.message).in_(ids)).order_by(col(RemarkRow.id))
    found: dict[str, tuple[Remark, ...]] = {}
    for row in session.exec(query):
        found[row.message] = (*found.get(row.message, ()), from_json(Remark, row.value))
    return found
