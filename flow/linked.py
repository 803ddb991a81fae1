"""Linked files as parts of their messages, and which links still wait for somebody. Pure but for the files read."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from records.boards import AttachmentView, MessageView, WaitingLink
from records.decisions import SaveLink
from records.mail import LINKED, CloudLink, Message, Part
from storage.blobs import BlobStore
from storage.links import Attempt

log = logging.getLogger(__name__)
USUAL_LIFE = timedelta(days=30)  # where a mail tells no end: QQ, 139 and 163 keep files for 30 days or less
ROUNDING = 0.1  # "128.03M" may count thousands by 1000 or 1024


def with_saved(message: Message, saved: Mapping[str, SaveLink], kept: BlobStore) -> Message:
    """The message with the files that its links brought as further parts, marked as such, in the order of the links."""
    links = [_saved(link, saved.get(link.id), kept) for link in message.cloud_links]
    parts = [_part(place, link, saved[link.id], kept) for place, link in enumerate(links, 1) if link.file_sha256]
    return replace(message, cloud_links=tuple(links), parts=(*message.parts, *parts))


def _saved(link: CloudLink, action: SaveLink | None, kept: BlobStore) -> CloudLink:
    """A file that is gone from the archive is fetched again by whoever sees the link in the digest."""
    if action is None:
        return link
    if action.file_sha256 is not None and not kept.path(action.file_sha256).exists():
        log.warning("linked file is gone sha256=%s", action.file_sha256)
        return link
    return replace(link, file_sha256=action.file_sha256, is_done=True)


def _part(place: int, link: CloudLink, action: SaveLink, kept: BlobStore) -> Part:
    assert link.file_sha256 is not None
    name = action.filename or link.name or None
    return Part(f"{LINKED}{place}", name, action.media_type, kept.read(link.file_sha256), "attachment")


def waiting_links(
    views: Sequence[MessageView],
    period: tuple[datetime, datetime],
    attempts: Mapping[tuple[str, str], Attempt],
) -> tuple[WaitingLink, ...]:
    """Links that somebody must fetch before the end of their time, the most urgent first; ``views`` by time of receipt.

    A link is gone from the list once its file is in the archive, a person says that it is done, the unit has sent the
    file itself or linked to it anew, or its time is over; one that ended within ``period`` is told once more.
    """
    found = [
        WaitingLink(view, link, place, attempt.why if (attempt := attempts.get((view.id, link.id))) else None)
        for number, view in enumerate(views)
        for place, link in enumerate(view.cloud_links, 1)
        if _waits(view, link, period) and not _came(view, link, views[number:])
    ]
    return tuple(sorted(found, key=lambda item: _urgency(item, period[1])))


def link_note(link: CloudLink, zone: tzinfo) -> bytes:
    """What stands in the filed tree in place of a file that is only linked to; as old Windows programs read it too."""
    size = f"{link.size_bytes:,} 字节" if link.size_bytes is not None else "未注明"
    end = link.expires_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if link.expires_at else "未注明"
    rows = {
        "文件": link.name or "未命名",
        "大小": size,
        "到期": "长期有效" if link.never_expires else end,
        "地址": link.url,
        "提取码": link.code,
    }
    told = "这个文件没有随邮件寄来，只有下载地址，请在到期前下载。" if not link.is_done else "这个文件已由人工处理。"
    lines = [told, "", *(f"{name}：{value}" for name, value in rows.items() if value), ""]
    return "\r\n".join(lines).encode("utf-8-sig", "replace")


def is_over(link: CloudLink, received_at: datetime, now: datetime) -> bool:
    """Whether nothing can be fetched any more; where no end is told, after the usual time."""
    if link.never_expires:
        return False
    return (link.expires_at or received_at + USUAL_LIFE) <= now


def same_name(one: str, other: str) -> bool:
    """Whether two file names are the same to people."""
    return bool(one) and _folded(one) == _folded(other)


def fits(stated: int | None, size_bytes: int) -> bool:
    """Whether a size agrees with the one that a mail states, which is rounded."""
    return stated is None or abs(stated - size_bytes) <= max(ROUNDING * stated, 1024)


def _waits(view: MessageView, link: CloudLink, period: tuple[datetime, datetime]) -> bool:
    since, _ = period
    is_new = view.received_at > since
    if link.is_done or (view.status == "not_a_report" and not is_new):
        return False
    return is_new or not is_over(link, view.received_at, since)


def _came(view: MessageView, link: CloudLink, later: Iterable[MessageView]) -> bool:
    """Whether the same unit or sender has sent the file since, or linked to it in a later message."""
    return any(
        _brings(other, link) or (other is not view and _links_to(other, link))
        for other in later
        if _of_one(view, other)
    )


def _brings(view: MessageView, link: CloudLink) -> bool:
    if view.source == "manual":
        return same_name(link.name, view.subject)
    files = (item for item in _all(view.attachments) if same_name(link.name, item.filename or ""))
    return any(fits(link.size_bytes, item.size_bytes) for item in files)


def _links_to(view: MessageView, link: CloudLink) -> bool:
    return any(
        other.url == link.url or (same_name(other.name, link.name) and other.size_bytes == link.size_bytes)
        for other in view.cloud_links
    )


def _of_one(view: MessageView, other: MessageView) -> bool:
    units = {item.unit for item in view.submissions if item.unit and item.status != "review"}
    return view.sender == other.sender or not units.isdisjoint(item.unit for item in other.submissions)


def _all(attachments: Iterable[AttachmentView]) -> Iterator[AttachmentView]:
    for item in attachments:
        yield item
        yield from _all(item.members)


def _urgency(item: WaitingLink, now: datetime) -> tuple[int, datetime]:
    """Those with an end in its order, then those without one, then what is lost already."""
    end = item.link.expires_at
    if end is None:
        return (2 if item.link.never_expires else 1), item.message.received_at.astimezone(UTC)
    return (0 if end > now else 3), end.astimezone(UTC)


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
