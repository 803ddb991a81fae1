"""The mailbox session, intake's one edge: what is new, its raw octets, and what the mailbox is told afterwards."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from intake import failures
from intake.connection import Waking, connect, cut, guarded, hang_up, readable_within, say_goodbye
from intake.fetching import batches, fetch_batch
from intake.folders import folders_to_read
from intake.listing import every_listing, highest_uid, rows_of
from intake.opened import FolderState, OpenMailbox
from intake.telling import Telling
from records.mail import Fetched, Listing, Location, MailboxAccount, Oversized

__all__ = ["FolderState", "MailboxSession", "check_login"]
log = logging.getLogger(__name__)
_IDLE_S = 9 * 60.0  # RFC 2177 says below 29 minutes; routers forget quiet connections after ten


class MailboxSession:
    """One logged-in connection to one mailbox; a context manager. Not for use by several threads.

    Folders are opened read-only (EXAMINE) unless ``account.after`` asks for more, bodies are fetched by BODY.PEEK[]:
    in itself nothing changes the mailbox; only ``tell`` does (R6). All methods raise MailboxError when the server
    refuses, breaks off, or does not answer in full within ``account.timeout_s``; after that the session is of no more
    use, save for the other folders after an error of the kind ``folder``.

    ``withheld`` are messages that the server lists, but whose octets it did not give, asked twice.
    """

    def __init__(self, account: MailboxAccount, before_log_in: Callable[[], None] = lambda: None) -> None:
        self.account = account
        self._before_log_in = before_log_in
        self.withheld: set[Location] = set()
        self._mailbox: OpenMailbox | None = None
        self._telling: Telling | None = None
        self._refuses_idle = False

    def __enter__(self) -> Self:
        self._mailbox = OpenMailbox(connect(self.account, self._before_log_in), self.account)
        self._telling = Telling(self._mailbox)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Log out politely; after a failure just hang up, so that a mute server cannot hold us twice."""
        mailbox, self._mailbox, self._telling = self._mailbox, None, None
        if mailbox is not None:
            (say_goodbye if error is None else hang_up)(mailbox.client)

    def folders(self) -> tuple[str, ...]:
        """The folders to read: as configured, else inbox, the user's own folders and junk."""
        if self.account.folders is not None:
            return self.account.folders
        target = _move_target(self.account.after)
        return folders_to_read(self._at.listed(), self._at.full_name(target) if target else None)

    def open(self, folder: str) -> FolderState:
        """Open ``folder`` anew; what has arrived since is visible then."""
        return self._at.open(folder, is_writable=self.account.after != "keep")

    def list_after(self, folder: str, uid: int) -> Iterator[tuple[Listing, ...]]:
        """The messages of ``folder`` with a UID above ``uid``, in chunks, oldest UID first, up to now.

        Messages older than ``account.since`` are left out. No bodies are transferred.
        """
        for listings in every_listing(self._at, folder, uid):
            kept = tuple(listing for listing in listings if self._is_wanted(listing))
            if kept:
                yield kept

    def highest_uid(self, folder: str) -> int:
        """The highest UID in ``folder`` when it was opened; one question where the server names no UIDNEXT."""
        return highest_uid(self._at, self._at.opened(folder))

    def list_all(self, folder: str) -> Iterator[tuple[Listing, ...]]:
        """All messages of ``folder``, as ``list_after`` gives them."""
        return self.list_after(folder, 0)

    def fetch(self, listings: Iterable[Listing]) -> Iterator[Fetched]:
        """The raw octets of messages of one folder, in batches.

        One that an answer leaves out is asked for once more, alone. What does not come then has vanished, or is
        ``withheld``; both are left out.
        """
        for batch in batches(listings):
            self._open_for(batch[0].location)
            bodies = self._bodies(batch)
            came = {fetched.listing.location for fetched in bodies}
            while bodies:  # none is held by us while the next batch comes
                yield bodies.pop(0)
            for listing in batch:
                if listing.location not in came:
                    yield from self._asked_again(listing)

    def fetch_oversized(self, listing: Listing) -> Oversized:
        """The header of a message above the size limit, at most 64 KB of it; its body stays where it is."""
        self._open_for(listing.location)
        with guarded(self.account):
            return Oversized(listing, self._at.client.fetch_header(listing.location.uid))

    def tell(self, location: Location, after: str) -> bool:
        """Let the mailbox show that the message is safe: ``keep``, ``seen`` or ``move:FOLDER``.

        True when it shows so now, also from an earlier time, or when the message is gone; False when it cannot be told
        any more because the folder was renumbered. A repeat does no harm: nothing is copied twice, nothing else is
        expunged, and what a clerk has marked as deleted is left alone (R5).
        """
        assert self._telling is not None, "the session is not open"
        return after == "keep" or self._telling.tell(location, _move_target(after))

    def quick_check(self) -> bool:
        """Ask whether the open folder may hold something new (NOOP)."""
        if self._at.state is None:
            return True
        with guarded(self.account):
            self._at.client.check_in()
            return self._at.client.told_of_new()

    def wait_new(self, timeout_s: float, wake: Waking | None = None) -> bool:
        """Wait for new messages in the open folder, at most ``timeout_s`` and nine minutes; whether there may be some.

        By IDLE (RFC 2177) where offered; elsewhere quietly, with one question at the end. What came while other
        commands were answered counts. ``wake`` ends the wait early.
        """
        end = time.monotonic() + min(timeout_s, _IDLE_S)
        heard = True
        while self._at.state is not None and self.can_idle:
            if self._at.client.told_of_new():
                return True
            left = end - time.monotonic()
            if left <= 0 or not heard:
                return False
            heard = self._idle_once(left, wake)
        with guarded(self.account):
            readable_within(self._at.client, end - time.monotonic(), wake)
        return self.quick_check()

    def cut(self) -> None:
        """Hang up at once; another thread may call this: a command that waits for an answer fails then."""
        if (mailbox := self._mailbox) is not None:
            cut(mailbox.client)

    @property
    def can_idle(self) -> bool:
        """Whether the server tells of new messages by itself."""
        with guarded(self.account):
            return not self._refuses_idle and bool(self._at.client.has_capability("IDLE"))

    @property
    def _at(self) -> OpenMailbox:
        assert self._mailbox is not None, "the session is not open"
        return self._mailbox

    def _open_for(self, location: Location) -> None:
        if not self._at.opened_for(location):
            raise failures.renumbered(self.account, location.folder)

    def _bodies(self, batch: Sequence[Listing]) -> list[Fetched]:
        """A batch; nothing where the server refuses: one message that it cannot read must not hold up the others."""
        announced = sum(listing.size_bytes for listing in batch)
        with guarded(self.account):
            try:
                with self._at.client.pace.expecting(announced, self.account.max_message_bytes):
                    fetched = fetch_batch(self._at.client, batch)
            except (IMAPClientAbortError, ProtocolError):
                raise
            except IMAPClientError as error:
                log.warning("refused messages=%d why=%s", len(batch), failures.what_it_said(error))
                return []
        if self._telling is not None:
            self._telling.note_fetched(item.listing.location for item in fetched)
        return fetched

    def _asked_again(self, listing: Listing) -> list[Fetched]:
        fetched = self._bodies([listing])
        where = listing.location
        if not fetched and where.uid in rows_of(self._at, [where.uid], "(RFC822.SIZE)"):
            self.withheld.add(where)
            log.warning("withheld folder=%s uid=%d", where.folder, where.uid)
        return fetched

    def _is_wanted(self, listing: Listing) -> bool:
        since = self.account.since
        if since is None or listing.internaldate is None:
            return True
        return listing.internaldate.astimezone(ZoneInfo(self.account.zone)).date() >= since

    def _idle_once(self, timeout_s: float, wake: Waking | None) -> bool:
        with guarded(self.account):
            try:
                return self._at.client.idle_until(timeout_s, wake)
            except IMAPClientAbortError:
                raise
            except IMAPClientError:  # offered, but refused: asking now and then does as well
                self._refuses_idle = True
                return True


def check_login(account: MailboxAccount) -> str:
    """Log in, open the first folder, log out: "host:port, folder: messages in it". Raises as MailboxSession does."""
    folder = account.folders[0] if account.folders else "INBOX"
    with MailboxSession(account) as session:
        state = session.open(folder)
    return f"{account.host}:{account.port}, {folder}: {state.exists}"


def _move_target(after: str) -> str | None:
    kind, _, folder = after.partition(":")
    return folder.strip() if kind == "move" and folder.strip() else None
