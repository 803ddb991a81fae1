"""The folders of a mailbox on one connection: which there are, which one is open, and how."""

from __future__ import annotations

from dataclasses import dataclass

from imapclient import DELETED
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError

from intake import failures
from intake.connection import ImapConnection, guarded
from intake.folders import ListedFolder, decoded_name, encoded_name
from records.mail import Location, MailboxAccount

_UIDVALIDITIES = 1 << 63  # what the archive's 64-bit column holds; some servers write more (R3)


@dataclass(frozen=True, slots=True)
class FolderState:
    """What opening a folder told; ``uidvalidity`` 0 and ``uidnext`` None where the server names none."""

    folder: str
    uidvalidity: int
    uidnext: int | None
    exists: int


class OpenMailbox:
    """A logged-in connection and its one open folder. All methods raise MailboxError."""

    def __init__(self, client: ImapConnection, account: MailboxAccount) -> None:
        self.client = client
        self.account = account
        self.state: FolderState | None = None
        self.may_delete = True
        self._is_writable = False
        self._names: dict[str, bytes] = {}  # as the server writes them
        self._ready_targets: set[str] = set()

    def open(self, folder: str, *, is_writable: bool) -> FolderState:
        """SELECT or EXAMINE, so that what has arrived since is visible."""
        self.state = None
        with guarded(self.account):
            try:
                answer = self.client.open_folder(self.written(folder), is_writable=is_writable)
            except IMAPClientReadOnlyError as error:
                raise failures.not_writable(self.account, folder) from error
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise failures.folder_failure(self.account, folder, error) from error
        if b"EXISTS" not in answer:  # without it a full folder would look empty
            raise failures.refused(self.account, f"{folder}: no EXISTS")
        permanent = answer.get(b"PERMANENTFLAGS")
        self._is_writable, self.may_delete = is_writable, not permanent or DELETED in permanent
        uidvalidity = answer.get(b"UIDVALIDITY", 0) % _UIDVALIDITIES
        self.state = FolderState(folder, uidvalidity, answer.get(b"UIDNEXT"), answer[b"EXISTS"])
        return self.state

    def opened(self, folder: str) -> FolderState:
        """The folder as it was opened last; opened now, as configured, where another one is open."""
        if self.state is not None and self.state.folder == folder:
            return self.state
        return self.open(folder, is_writable=self.account.after != "keep")

    def opened_for(self, location: Location, *, is_writable: bool = False) -> bool:
        """Open the folder of ``location``; False when its UIDs mean other messages by now."""
        state = self.opened(location.folder)
        if is_writable and not self._is_writable:
            state = self.open(location.folder, is_writable=True)
        return state.uidvalidity == location.uidvalidity

    def written(self, folder: str) -> bytes:
        """The folder's name as the server writes it."""
        return self._names.get(folder) or encoded_name(folder)

    def listed(self) -> list[ListedFolder]:
        """All folders, by LIST; by XLIST where that alone tells what each is for."""
        with guarded(self.account):
            old_way = self.client.has_capability("XLIST") and not self.client.has_capability("SPECIAL-USE")
            rows = self.client.xlist_folders() if old_way else self.client.list_folders()
            found = [(flags, separator or b"", _octets_of(name)) for flags, separator, name in rows]
        self._names = {decoded_name(name): name for _, _, name in found}
        return [
            ListedFolder(
                frozenset(flag.decode("ascii", "replace").lower() for flag in flags),
                separator.decode("ascii", "replace"),
                decoded_name(name),
            )
            for flags, separator, name in found
        ]

    def full_name(self, folder: str) -> str:
        """Some servers keep all folders below the inbox: RFC 2342 tells their prefix."""
        with guarded(self.account):
            spaces = self.client.namespace().personal if self.client.has_capability("NAMESPACE") else None
            prefix = decoded_name(_octets_of(spaces[0][0])) if spaces else ""
        return folder if folder.startswith(prefix) else prefix + folder

    def ready_target(self, target: str) -> str:
        """The full name of a folder to move to; it is made where it is missing."""
        name = self.full_name(target)
        if name not in self._ready_targets:
            if name not in {folder.name for folder in self.listed()}:
                with guarded(self.account):
                    self.client.create_folder(self.written(name))
            self._ready_targets.add(name)
        return name


def _octets_of(name: bytes | str | int) -> bytes:
    """A name in an answer as the server wrote it; imapclient turns one that is a number into an int or text."""
    return name if isinstance(name, bytes) else str(name).encode()
