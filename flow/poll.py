"""One pass over a mailbox: everything new becomes an archived message, durable before the mailbox is told anything.

claim row → raw octets and arrival fsynced → row `archived` → the mailbox is told. A crash anywhere repeats work and
loses none (docs/decisions/identity-and-claims.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flow.taking import Polled, Progress, Taking
from intake.session import MailboxSession
from records.edges import Clock
from records.mail import Location, MailboxAccount
from storage import deliveries
from storage.archive import Archive


@dataclass(frozen=True, slots=True)
class MailboxPoll:
    """A mailbox on an open session, and the archive that takes its messages in."""

    session: MailboxSession
    account: MailboxAccount
    archive: Archive
    clock: Clock
    progress: Progress = lambda what, count: None
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)  # folder: (UIDVALIDITY, highest UID) this session

    def everything(self) -> Polled:
        """List all folders from the beginning and take what is not archived yet. Raises MailboxError, ArchiveError."""
        self.seen.clear()
        return self.news()

    def news(self) -> Polled:
        """Take what came since the last pass of this session; a folder not seen yet is listed from the beginning."""
        return sum((self._folder(name) for name in self._folders()), Polled())

    def _folder(self, name: str) -> Polled:
        """One folder: take what is new, then tell the mailbox."""
        state = self.session.open(name)
        uidvalidity, highest = self.seen.get(name, (state.uidvalidity, 0))
        if uidvalidity != state.uidvalidity or uidvalidity == 0:
            highest = 0  # UIDs were dealt out anew, or mean nothing: only a whole listing can tell
        polled = Polled()
        for listings in self.session.list_after(name, highest):
            polled += self._taking().take(listings)
            highest = max(highest, *(item.location.uid for item in listings))
        known_end = (state.uidnext or 1) - 1  # below it all is listed, messages older than ``since`` included
        self.seen[name] = (state.uidvalidity, max(highest, known_end))
        self._tell(name, state.uidvalidity)
        return polled

    def _taking(self) -> Taking:
        return Taking(self.session, self.account, self.archive, self.clock, self.progress)

    def _folders(self) -> tuple[str, ...]:
        """The folders to watch, without the one into which messages are moved once they are archived."""
        return tuple(name for name in self.session.folders() if self.account.after != f"move:{name}")

    def _tell(self, folder: str, uidvalidity: int) -> None:
        """Show what is safe as configured; what fails here is told again at the next pass, never fetched again."""
        if self.account.after == "keep":
            return
        with self.archive.database.session() as session:
            waiting = deliveries.untold(session, self.account.name, folder, uidvalidity)
        for where in waiting:
            self._tell_one(where)

    def _tell_one(self, where: Location) -> None:
        """A folder that was renumbered meanwhile cannot be told; its messages come under new UIDs."""
        if self.session.tell(where, self.account.after):
            with self.archive.database.session() as session:
                deliveries.told(session, where)
