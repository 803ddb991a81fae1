"""What a folder holds: UIDs, sizes and times of receipt, in chunks, oldest first; nothing of the messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from intake.answers import FetchRow
from intake.connection import guarded
from intake.opened import FolderState, OpenMailbox
from intake.windows import CUT_AT, MAX_LISTED, uid_windows
from records.mail import Listing, Location

_LISTED = "(RFC822.SIZE INTERNALDATE)"


def every_listing(mailbox: OpenMailbox, folder: str, uid: int) -> Iterator[list[Listing]]:
    """The messages of ``folder`` with a UID above ``uid``, whatever their age. Raises MailboxError."""
    state = mailbox.opened(folder)
    top = highest_uid(mailbox, state, is_whole=uid == 0)
    if state.exists == 0 or top <= uid:
        return
    lowest = uid + 1 if top - uid <= MAX_LISTED else max(uid + 1, _uid_at(mailbox, 1))
    cuts = _cuts(mailbox, state) if top - lowest > CUT_AT else []
    for uids in uid_windows(lowest, top, cuts, lambda first, last: _uids_between(mailbox, first, last)):
        yield list(_listings(mailbox, state, uids))


def rows_of(mailbox: OpenMailbox, numbers: Iterable[int], items: str, *, by_uid: bool = True) -> dict[int, FetchRow]:
    """The rows of a FETCH by UID, merged where a server splits them; rows that name no UID are left out."""
    with guarded(mailbox.account):
        rows = mailbox.client.fetch_rows(numbers, items, by_uid=by_uid)
    merged: dict[int, FetchRow] = {}
    for row in rows:
        if row.uid:
            known = merged.get(row.uid)
            merged[row.uid] = row if known is None else known.with_more(row)
    return merged


def aware(mailbox: OpenMailbox, date: datetime | None) -> datetime | None:
    """INTERNALDATE with the offset that the server wrote (RFC 3501 §2.3.3), as a plain aware datetime."""
    if date is None:
        return None
    offset = date.utcoffset()
    return date.replace(tzinfo=ZoneInfo(mailbox.account.zone) if offset is None else timezone(offset))


def highest_uid(mailbox: OpenMailbox, state: FolderState, *, is_whole: bool = False) -> int:
    """From UIDNEXT, and where there is none, or all is to be listed, from the last message itself."""
    told = state.uidnext - 1 if state.uidnext is not None else 0
    if state.exists == 0 or (told and not is_whole):
        return told
    return max(told, _uid_at(mailbox, state.exists))


def _uid_at(mailbox: OpenMailbox, number: int) -> int:
    """The UID of the message with that sequence number, 0 where it has just vanished."""
    rows = rows_of(mailbox, [number], "(UID)", by_uid=False).values()
    return next((row.uid for row in rows if row.uid and row.number == number), 0)


def _cuts(mailbox: OpenMailbox, state: FolderState) -> list[int]:
    """The UID of every so manieth message of a folder that is too large to be searched at once."""
    numbers = range(CUT_AT + 1, state.exists + 1, CUT_AT)
    return sorted(rows_of(mailbox, numbers, "(UID)", by_uid=False)) if numbers else []


def _uids_between(mailbox: OpenMailbox, lowest: int, highest: int) -> list[int]:
    with guarded(mailbox.account):
        return mailbox.client.search_uids("UID", f"{lowest}:{highest}")


def _listings(mailbox: OpenMailbox, state: FolderState, uids: Sequence[int]) -> Iterator[Listing]:
    """What the answer leaves out, a message or its time, is asked for once more."""
    rows = rows_of(mailbox, uids, _LISTED)
    missing = [uid for uid in uids if uid not in rows or not rows[uid].is_listed]
    for uid, row in (rows_of(mailbox, missing, _LISTED) if missing else {}).items():
        rows[uid] = rows[uid].with_more(row) if uid in rows else row
    for uid in (uid for uid in uids if uid in rows):
        location = Location(mailbox.account.name, state.folder, state.uidvalidity, uid)
        yield Listing(location, rows[uid].size_bytes or 0, aware(mailbox, rows[uid].internaldate))
