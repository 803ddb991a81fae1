"""What the mailbox shows once a message is safe: read, or moved to another folder, once (R5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from imapclient import DELETED, SEEN

from intake import failures
from intake.answers import FetchRow
from intake.connection import guarded
from intake.listing import aware, every_listing, rows_of
from intake.opened import OpenMailbox
from records.mail import Location

_ITEMS = "(FLAGS RFC822.SIZE INTERNALDATE)"
_Look = tuple[int, datetime | None]  # size and time of receipt


class Telling:
    """How one session tells the mailbox. All methods raise MailboxError."""

    def __init__(self, mailbox: OpenMailbox) -> None:
        self._mailbox = mailbox
        self._untouched: set[Location] = set()  # first fetched in this session: nobody can have tried to move them
        self._targets: dict[str, dict[_Look, list[int]]] = {}

    def note_fetched(self, locations: Iterable[Location]) -> None:
        """These were not safe before, so no earlier session has told of them."""
        self._untouched.update(locations)

    def tell(self, location: Location, target: str | None) -> bool:
        """Mark the message as read, or move it to ``target``; False when the folder was renumbered."""
        if not self._mailbox.opened_for(location, is_writable=True):
            return False
        if target is not None:
            self._move(location, target)
            return True
        with guarded(self._mailbox.account):
            self._mailbox.client.add_flags([location.uid], [SEEN], silent=True)
        return True

    def _move(self, location: Location, target: str) -> None:
        """MOVE (RFC 6851), or its parts one by one; no part that an earlier attempt has done already."""
        mailbox = self._mailbox
        row = rows_of(mailbox, [location.uid], _ITEMS).get(location.uid)
        if row is None:
            return  # moved or deleted already
        name = mailbox.ready_target(target)
        with guarded(mailbox.account):
            has_move = mailbox.client.has_capability("MOVE")
        was_copied = not has_move and location not in self._untouched and self._was_copied(location, row, name)
        if not was_copied and DELETED in (row.flags or ()):
            return  # by a clerk, who may want it back: it is neither copied nor expunged
        self._untouched.discard(location)
        with guarded(mailbox.account):
            if has_move:
                mailbox.client.move([location.uid], mailbox.written(name))
            else:
                self._move_by_parts(location, name, was_copied=was_copied)

    def _move_by_parts(self, location: Location, target: str, *, was_copied: bool) -> None:
        """COPY, \\Deleted, UID EXPUNGE of this UID alone (RFC 4315); without UIDPLUS it stays there, flagged."""
        mailbox = self._mailbox
        if not mailbox.may_delete:
            raise failures.not_writable(mailbox.account, location.folder)
        if not was_copied:
            mailbox.client.copy([location.uid], mailbox.written(target))
        mailbox.client.add_flags([location.uid], [DELETED], silent=True)
        if mailbox.client.has_capability("UIDPLUS"):
            mailbox.client.uid_expunge([location.uid])

    def _was_copied(self, location: Location, row: FetchRow, target: str) -> bool:
        """Whether an earlier attempt came as far as the copy: COPY keeps header, size and time (RFC 3501 §6.4.7)."""
        mailbox = self._mailbox
        with guarded(mailbox.account):
            header = mailbox.client.fetch_header(location.uid)
        found = any(candidate == header for candidate in self._headers_alike(row, target))
        if not mailbox.opened_for(location, is_writable=True):
            raise failures.renumbered(mailbox.account, location.folder)
        return found

    def _headers_alike(self, row: FetchRow, target: str) -> list[bytes]:
        mailbox = self._mailbox
        looks = self._looks(target)
        uids = looks.get((row.size_bytes or 0, aware(mailbox, row.internaldate)), [])
        if not uids:
            return []
        mailbox.opened(target)
        with guarded(mailbox.account):
            return [mailbox.client.fetch_header(uid) for uid in uids]

    def _looks(self, target: str) -> dict[_Look, list[int]]:
        """What lies in the target already, listed once a session, by size and time."""
        if target not in self._targets:
            looks: dict[_Look, list[int]] = {}
            self._mailbox.open(target, is_writable=False)
            for listings in every_listing(self._mailbox, target, 0):
                for item in listings:
                    looks.setdefault((item.size_bytes, item.internaldate), []).append(item.location.uid)
            self._targets[target] = looks
        return self._targets[target]
