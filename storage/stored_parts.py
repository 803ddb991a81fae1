"""What was read from a message's parts, as values again: filed anew without being read anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlmodel import Session, col, select

from records.extracts import Extract, Page, Picture, Table
from records.mail import Part
from records.words import Text
from storage.tables import AttachmentRow
from storage.values import from_json


def stored_extracts(
    session: Session, message: str, parts: Sequence[Part], octets: Callable[[str], bytes]
) -> tuple[Extract, ...]:
    """One extract a part, as they were read; ``octets`` gives a kept file by its hash. Thumbnails are left out."""
    query = select(AttachmentRow).where(AttachmentRow.message == message).order_by(col(AttachmentRow.ordinal))
    below: dict[int | None, list[AttachmentRow]] = {}
    for row in session.exec(query):
        below.setdefault(row.parent, []).append(row)
    known = {part.position: part for part in parts}

    def part_of(row: AttachmentRow) -> Part:
        part = known.get(row.position) if row.parent is None else None
        return part or Part(row.position, row.filename, row.declared_type, octets(row.sha256))

    return tuple(_extract(row, below, part_of) for row in below.get(None, []))


def _extract(
    row: AttachmentRow, below: Mapping[int | None, Sequence[AttachmentRow]], part_of: Callable[[AttachmentRow], Part]
) -> Extract:
    return Extract(
        part=part_of(row),
        media_type=row.media_type,
        status=row.status,  # type: ignore[arg-type]  # a column holds plain strings
        pages=from_json(tuple[Page, ...], row.pages),
        tables=from_json(tuple[Table, ...], row.tables),
        picture=from_json(Picture, row.picture) if row.picture is not None else None,
        metadata=tuple((name, value) for name, value in row.info),
        members=tuple(_extract(member, below, part_of) for member in below.get(row.id, [])),
        reason=row.reason,
        explanation=from_json(Text, row.explanation) if row.explanation else None,
        parser=row.parser,
        page_count=row.page_count,
    )
