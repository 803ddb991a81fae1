"""The mailbox session, intake's one edge: what is new, its raw octets, and what the mailbox is told afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import TracebackType
from typing import Any, Self

from imapclient import DELETED, SEEN
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError

from intake import failures
from intake.connection import Waking, connect, cut, guarded, hang_up, has_buffered, readable_within
from intake.fetching import batches, fetch_batch, octets
from intake.folders import ListedFolder, folders_to_read
from intake.windows import MAX_LISTED, uid_windows
from records.mail import Fetched, Listing, Location, MailboxAccount, Oversized

_OFFICE_ZONE = timezone(timedelta(hours=8))  # in which ``since`` is a day
_HEADER_BYTES = 64 * 1024
_IDLE_S = 9 * 60.0  # RFC 2177 says below 29 minutes; routers forget quiet connections after ten


@dataclass(frozen=True, slots=True)
class FolderState:
    """What opening a folder told; ``uidvalidity`` 0 and ``uidnext`` None where the server names none."""

    folder: str
    uidvalidity: int
    uidnext: int | None
    exists: int


class MailboxSession:
    """One logged-in connection to one mailbox; a context manager. Not for use by several threads.

    Folders are opened read-only (EXAMINE) unless ``account.after`` asks for more, bodies are fetched by BODY.PEEK[]:
    in itself nothing changes the mailbox; only ``tell`` does. All methods raise MailboxError when the server refuses,
    breaks off, or does not answer within ``account.timeout_s``; after that the session is of no more use.
    """

    def __init__(self, account: MailboxAccount, before_log_in: Callable[[], None] = lambda: None) -> None:
        self.account = account
        self._before_log_in = before_log_in
        self._client: Any = None
        self._state: FolderState | None = None
        self._is_writable = False
        self._may_delete = True
        self._ready_targets: set[str] = set()

    def __enter__(self) -> Self:
        self._client = connect(self.account, self._before_log_in)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Log out politely; after a failure just hang up, so that a mute server cannot hold us twice."""
        client, self._client = self._client, None
        try:
            if error is None:
                client.logout()
        except (OSError, IMAPClientError):
            return  # it is gone already, which is what we want
        finally:
            hang_up(client)

    def folders(self) -> tuple[str, ...]:
        """The folders to read: as configured, else inbox, the user's own folders and junk."""
        if self.account.folders is not None:
            return self.account.folders
        target = _move_target(self.account.after)
        return folders_to_read(self._listed(), self._full_name(target) if target else None)

    def open(self, folder: str) -> FolderState:
        """Open ``folder`` anew; what has arrived since is visible then."""
        return self._open(folder, is_writable=self.account.after != "keep")

    def list_after(self, folder: str, uid: int) -> Iterator[tuple[Listing, ...]]:
        """The messages of ``folder`` with a UID above ``uid``, in chunks, oldest UID first, up to now.

        Messages older than ``account.since`` are left out. No bodies are transferred.
        """
        state = self._opened(folder)
        top = self._highest_uid(state)
        if state.exists == 0 or top <= uid:
            return
        lowest = uid + 1 if top - uid <= MAX_LISTED else max(uid + 1, self._uid_at(1))
        for uids in uid_windows(lowest, top, state.exists, self._uids_between):
            kept = [listing for listing in self._listings(state, uids) if self._is_wanted(listing)]
            if kept:
                yield tuple(kept)

    def highest_uid(self, folder: str) -> int:
        """The highest UID in ``folder`` when it was opened; one question where the server names no UIDNEXT."""
        return self._highest_uid(self._opened(folder))

    def list_all(self, folder: str) -> Iterator[tuple[Listing, ...]]:
        """All messages of ``folder``, as ``list_after`` gives them."""
        return self.list_after(folder, 0)

    def fetch(self, listings: Iterable[Listing]) -> Iterator[Fetched]:
        """The raw octets of messages of one folder, in batches; one that has vanished meanwhile is left out."""
        for batch in batches(listings):
            self._opened_for(batch[0].location)
            with guarded(self.account):
                fetched = fetch_batch(self._client, batch)
            yield from fetched

    def fetch_oversized(self, listing: Listing) -> Oversized:
        """The header of a message above the size limit, at most 64 KB of it; its body stays where it is."""
        self._opened_for(listing.location)
        with guarded(self.account):
            answer = self._client.fetch([listing.location.uid], [f"BODY.PEEK[HEADER]<0.{_HEADER_BYTES}>"])
        items = answer.get(listing.location.uid, {})
        found = (octets(value) for key, value in items.items() if key.startswith(b"BODY[HEADER]"))
        return Oversized(listing, (next(found, None) or b"")[:_HEADER_BYTES])

    def tell(self, location: Location, after: str) -> bool:
        """Let the mailbox show that the message is safe: ``keep``, ``seen`` or ``move:FOLDER``.

        True when it shows so now, also from an earlier time; False when the message cannot be told any more because
        the folder was renumbered. A repeat does no harm: nothing is copied twice, nothing else is expunged.
        """
        if after == "keep":
            return True
        if self._opened_writable(location.folder).uidvalidity != location.uidvalidity:
            return False
        with guarded(self.account):
            flags = self._client.fetch([location.uid], ["FLAGS"]).get(location.uid)
            if flags is None:
                return True  # moved or deleted already
            target = _move_target(after)
            if target is None:
                self._client.add_flags([location.uid], [SEEN], silent=True)
            else:
                self._move(location.uid, self._ready_target(target), is_deleted=DELETED in flags.get(b"FLAGS", ()))
        return True

    def quick_check(self) -> bool:
        """Ask whether the open folder may hold something new (NOOP)."""
        if self._state is None:
            return True
        with guarded(self.account):
            _, responses = self._client.noop()
        return _tells_of_new(responses)

    def wait_new(self, timeout_s: float, wake: Waking | None = None) -> bool:
        """Wait for new messages in the open folder, at most ``timeout_s`` and nine minutes; whether there may be some.

        By IDLE (RFC 2177) where offered; elsewhere quietly, with one question at the end. ``wake`` ends the wait early.
        """
        end = time.monotonic() + min(timeout_s, _IDLE_S)
        if self._state is None or not self.can_idle:
            readable_within(self._client.socket(), end - time.monotonic(), wake)
            return self.quick_check()
        while (left := end - time.monotonic()) > 0:
            told, is_over = self._idle_once(left, wake)
            if told or is_over:
                return told
        return False

    def cut(self) -> None:
        """Hang up at once; another thread may call this: a command that waits for an answer fails then."""
        if (client := self._client) is not None:
            cut(client)

    @property
    def can_idle(self) -> bool:
        """Whether the server tells of new messages by itself."""
        with guarded(self.account):
            return bool(self._client.has_capability("IDLE"))

    def _listed(self) -> list[ListedFolder]:
        with guarded(self.account):
            old_way = self._client.has_capability("XLIST") and not self._client.has_capability("SPECIAL-USE")
            rows = self._client.xlist_folders() if old_way else self._client.list_folders()
        return [
            ListedFolder(
                frozenset(flag.decode("ascii", "replace").lower() for flag in flags),
                (separator or b"").decode("ascii", "replace"),
                str(name),
            )
            for flags, separator, name in rows
        ]

    def _open(self, folder: str, *, is_writable: bool) -> FolderState:
        self._state = None
        with guarded(self.account):
            try:
                answer = self._client.select_folder(folder, readonly=not is_writable)
            except IMAPClientReadOnlyError as error:
                raise failures.not_writable(self.account, folder) from error
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise failures.folder_failure(self.account, folder, error) from error
        permanent = answer.get(b"PERMANENTFLAGS")
        self._is_writable, self._may_delete = is_writable, not permanent or DELETED in permanent
        self._state = FolderState(
            folder, answer.get(b"UIDVALIDITY", 0), answer.get(b"UIDNEXT"), answer.get(b"EXISTS", 0)
        )
        return self._state

    def _opened(self, folder: str) -> FolderState:
        return self._state if self._state is not None and self._state.folder == folder else self.open(folder)

    def _opened_for(self, location: Location) -> FolderState:
        state = self._opened(location.folder)
        if state.uidvalidity != location.uidvalidity:
            raise failures.renumbered(self.account, location.folder)
        return state

    def _opened_writable(self, folder: str) -> FolderState:
        state = self._opened(folder)
        return state if self._is_writable else self._open(folder, is_writable=True)

    def _highest_uid(self, state: FolderState) -> int:
        if state.uidnext is not None:
            return state.uidnext - 1
        return self._uid_at(state.exists) if state.exists else 0

    def _uid_at(self, number: int) -> int:
        """The UID of the message with that sequence number, 0 where it has just vanished."""
        self._client.use_uid = False
        try:
            with guarded(self.account):
                answer = self._client.fetch([number], ["UID"])
        finally:
            self._client.use_uid = True
        return int(answer.get(number, {}).get(b"UID", 0))

    def _uids_between(self, lowest: int, highest: int) -> Iterable[int]:
        with guarded(self.account):
            return [int(uid) for uid in self._client.search(["UID", f"{lowest}:{highest}"])]

    def _listings(self, state: FolderState, uids: list[int]) -> Iterator[Listing]:
        with guarded(self.account):
            answer = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
            undated = [uid for uid in uids if uid in answer and answer[uid].get(b"INTERNALDATE") is None]
            again = self._client.fetch(undated, ["INTERNALDATE"]) if undated else {}
        for uid in uids:
            if uid in answer:
                date = answer[uid].get(b"INTERNALDATE") or again.get(uid, {}).get(b"INTERNALDATE")
                location = Location(self.account.name, state.folder, state.uidvalidity, uid)
                yield Listing(location, int(answer[uid].get(b"RFC822.SIZE") or 0), _aware(date))

    def _is_wanted(self, listing: Listing) -> bool:
        since = self.account.since
        if since is None or listing.internaldate is None:
            return True
        return listing.internaldate.astimezone(_OFFICE_ZONE).date() >= since

    def _move(self, uid: int, target: str, *, is_deleted: bool) -> None:
        """RFC 6851, or its parts one by one; a message with the flag \\Deleted was copied the time before."""
        if self._client.has_capability("MOVE"):
            self._client.move([uid], target)
            return
        if not self._may_delete:
            raise failures.not_writable(self.account, self._state.folder if self._state else "")
        if not is_deleted:
            self._client.copy([uid], target)
            self._client.add_flags([uid], [DELETED], silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge([uid])

    def _ready_target(self, target: str) -> str:
        """The folder's full name; it is made where it is missing."""
        name = self._full_name(target)
        if name not in self._ready_targets:
            if name not in {folder.name for folder in self._listed()}:
                self._client.create_folder(name)
            self._ready_targets.add(name)
        return name

    def _full_name(self, folder: str) -> str:
        """Some servers keep all folders below the inbox: RFC 2342 tells their prefix."""
        with guarded(self.account):
            spaces = self._client.namespace().personal if self._client.has_capability("NAMESPACE") else None
        prefix = str(spaces[0][0]) if spaces else ""
        return folder if folder.startswith(prefix) else prefix + folder

    def _idle_once(self, timeout_s: float, wake: Waking | None) -> tuple[bool, bool]:
        """IDLE until the server says anything; DONE then reads all of it, line by whole line.

        Returns whether there may be something new, and whether it ended without a word: the time was over, or ``wake``.
        """
        with guarded(self.account):
            told = self._start_idle()
            heard = told or has_buffered(self._client) or readable_within(self._client.socket(), timeout_s, wake)
            _, responses = self._client.idle_done()
        return told or _tells_of_new(responses), not heard

    def _start_idle(self) -> bool:
        """IDLE; whether the server told of something before it agreed, at which imapclient's own ``idle`` gives up."""
        connection = self._client._imap
        tag = self._client._idle_tag = connection._command("IDLE")
        told = False
        while connection._get_response() is not None:
            if connection.tagged_commands[tag]:
                raise IMAPClientError(f"IDLE: {connection.tagged_commands.pop(tag)}")
            told = True
        return told


def check_login(account: MailboxAccount) -> str:
    """Log in, open the first folder, log out: "host:port, folder: messages in it". Raises as MailboxSession does."""
    folder = account.folders[0] if account.folders else "INBOX"
    with MailboxSession(account) as session:
        state = session.open(folder)
    return f"{account.host}:{account.port}, {folder}: {state.exists}"


def _move_target(after: str) -> str | None:
    kind, _, folder = after.partition(":")
    return folder.strip() if kind == "move" and folder.strip() else None


def _aware(date: datetime | None) -> datetime | None:
    """INTERNALDATE with the offset that the server wrote (RFC 3501 §2.3.3), as a plain aware datetime."""
    if date is None:
        return None
    offset = date.utcoffset()
    return date.replace(tzinfo=_OFFICE_ZONE if offset is None else timezone(offset))


def _tells_of_new(responses: Iterable[Any]) -> bool:
    """EXISTS comes with every change to more messages (RFC 3501 §7.3.1); one too many only costs a look."""
    return any(len(response) > 1 and response[1] == b"EXISTS" for response in responses)
