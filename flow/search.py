"""Full text over bodies, attachments, members and pixels' text, with the filters of listings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from flow.office import Office
from flow.views import Wanted
from records.boards import MessageView
from storage import messages, searching

PAGE = 200
PICTURE = re.compile(r"picture: (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """One hit as people see it."""

    raw_sha256: str
    unit: str | None
    received_at: datetime
    subject: str
    where: str  # body | subject | file name | file name, page 2 | picture
    snippet: str
    filename: str | None  # of the picture


def search(office: Office, query: str, wanted: Wanted, limit: int) -> list[Found]:
    """The newest hits, at most ``limit``; each place once."""
    found: list[Found] = []
    offset = 0
    with office.archive.database.session() as session:
        while len(found) < limit:
            hits = searching.search(session, query, PAGE, offset)
            seen = messages.views(session, list({hit.message: None for hit in hits}), with_content=False)
            views = {view.id: view for view in seen}
            found += [_found(hit, views[hit.message]) for hit in hits if wanted.takes(views[hit.message])]
            if len(hits) < PAGE:
                break
            offset += PAGE
    return found[:limit]


def _found(hit: searching.Hit, view: MessageView) -> Found:
    picture = PICTURE.fullmatch(hit.where)
    return Found(
        raw_sha256=view.raw_sha256 or view.id,
        unit=next((item.unit for item in view.submissions), None),
        received_at=view.received_at,
        subject=view.subject,
        where="picture" if picture else hit.where,
        snippet=hit.snippet,
        filename=picture[1] if picture else None,
    )
