"""One pass over a mailbox: everything new becomes an archived message, durable before the mailbox is told anything.

claim row → raw octets and arrival fsynced → row `archived` → the mailbox is told. A crash anywhere repeats work and
loses none (docs/decisions/identity-and-claims.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from flow.taking import Polled, Progress, Taking
from intake.session import FolderState, MailboxSession
from records.edges import Clock
from records.errors import MailboxError
from records.mail import Listing, Location, MailboxAccount
from storage import deliveries
from storage.archive import Archive
from storage.faults import step

OF_ONE_FOLDER = frozenset({"folder", "renumbered", "protocol"})  # the connection is as good as before


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder is known on this session."""

    state: FolderState
    highest: int  # all UIDs up to it were listed, those of messages older than ``since`` too
    newest: tuple[Listing, ...] = ()  # what the highest UIDs stand for, where UIDVALIDITY vouches for nothing
    is_quiet: bool = False  # opening the folder was the last that was asked, and there was nothing new in it


@dataclass(slots=True)
class MailboxPoll:
    """A mailbox on an open session, and the archive that takes its messages in."""

    session: MailboxSession
    account: MailboxAccount
    archive: Archive
    clock: Clock
    progress: Progress = lambda what, count: None
    folders: tuple[str, ...] | None = None  # None: to be asked for
    cursors: dict[str, Cursor] = field(default_factory=dict)
    unread: dict[str, MailboxError] = field(default_factory=dict)  # folders that the last pass could not read, and why

    def everything(self) -> Polled:
        """List all folders from the beginning and take what is not archived yet. Raises MailboxError, ArchiveError."""
        self.cursors.clear()
        self.folders = None
        return self.news()

    def news(self) -> Polled:
        """Take what came since the last pass of this session; a folder not seen yet is listed from the beginning.

        A folder that cannot be read does not keep us from the others: it is left in ``unread``, and the folders are
        asked for anew the next time. Raises MailboxError where none can be read or the connection is of no more use.
        """
        folders = self.folders = self.folders if self.folders is not None else self._folders()
        self.unread.clear()
        polled = sum((self._guarded(name) for name in folders), Polled())
        if self.unread:
            self.folders = None
        if folders and len(self.unread) == len(folders):
            raise next(iter(self.unread.values()))
        return polled

    def look(self, name: str) -> Polled:
        """One folder: take what is new, then tell the mailbox. Raises MailboxError, ArchiveError."""
        state = self.session.open(name)
        highest = self.session.highest_uid(name)
        found = Cursor(state, highest, () if state.uidvalidity else self._newest(name, highest))
        polled = Polled()
        is_quiet = True
        for listings in self._unlisted(found):
            polled += self._taking().take(listings)
            is_quiet = False
        self.cursors[name] = replace(found, is_quiet=is_quiet)
        if self._tell(name, state.uidvalidity):
            self.disturbed(name)
        return polled

    def disturbed(self, name: str) -> None:
        """The server told of something in that folder, or may have told of it unheard: it must be looked at anew."""
        if (cursor := self.cursors.get(name)) is not None:
            self.cursors[name] = replace(cursor, is_quiet=False)

    def is_quiet(self, name: str) -> bool:
        """Whether that folder is open, and whatever comes into it from here on is still to be told."""
        return (cursor := self.cursors.get(name)) is not None and cursor.is_quiet

    def _guarded(self, name: str) -> Polled:
        try:
            return self.look(name)
        except MailboxError as error:
            if error.kind not in OF_ONE_FOLDER:
                raise
            self.unread[name] = error
            self.disturbed(name)
            return Polled()

    def _unlisted(self, found: Cursor) -> Iterator[Sequence[Listing]]:
        """What may be new. Only UIDs of the UIDVALIDITY that we know tell what is not."""
        name = found.state.folder
        known = self.cursors.get(name)
        if known is None or known.state.uidvalidity != found.state.uidvalidity:
            return self.session.list_all(name)
        if not found.state.uidvalidity:  # UIDs may be dealt out anew at any time
            return iter(()) if replace(known, is_quiet=False) == found else self.session.list_all(name)
        if found.highest < known.highest:  # the newest was deleted, or UIDs were dealt out anew in silence
            return self.session.list_all(name)
        return self.session.list_after(name, known.highest) if found.highest > known.highest else iter(())

    def _newest(self, name: str, highest: int) -> tuple[Listing, ...]:
        """UID, size and time of the newest message; nothing where it is older than ``since``."""
        listed = [item for items in self.session.list_after(name, max(highest - 1, 0)) for item in items]
        return tuple(listed[-1:])

    def _taking(self) -> Taking:
        return Taking(self.session, self.account, self.archive, self.clock, self.progress)

    def _folders(self) -> tuple[str, ...]:
        """The folders to watch, without the one into which messages are moved once they are archived."""
        return tuple(name for name in self.session.folders() if self.account.after != f"move:{name}")

    def _tell(self, folder: str, uidvalidity: int) -> bool:
        """Show what is safe as configured; what fails here is told again at the next pass, never fetched again.

        Returns whether there was anything to tell.
        """
        if self.account.after == "keep":
            return False
        with self.archive.database.session() as session:
            waiting = deliveries.untold(session, self.account.name, folder, uidvalidity)
        for where in waiting:
            self._tell_one(where)
        return bool(waiting)

    def _tell_one(self, where: Location) -> None:
        """A folder that was renumbered meanwhile cannot be told; its messages come under new UIDs."""
        with step("tell mailbox"):
            shown = self.session.tell(where, self.account.after)
        if shown:
            with step("note told"), self.archive.database.session() as session:
                deliveries.told(session, where)
