"""What can go wrong in a way that a person can mend.

BaosongError                 one line for people: what is wrong, where, what to do
├── UsageError               wrong usage or configuration: exit status 2
└── OperationError           the work could not be done: exit status 1
    ├── MailboxError         the mailbox refused or could not be reached
    ├── OutgoingMailError    the outgoing server refused or could not be reached
    ├── ArchiveError         the archive's disk or database refused
    └── ArchiveBusy          another command is writing to the archive
"""

from __future__ import annotations

from typing import Literal

from records.words import Language, Text


class BaosongError(Exception):
    """Base of all errors that are told to people; carries one sentence in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

    def say(self, language: Language = "zh") -> str:
        """The sentence in ``language``, on one line."""
        return " ".join(self.text.say(language).split())


class UsageError(BaosongError):
    """Wrong usage or configuration; nothing was done. Exit status 2."""


class OperationError(BaosongError):
    """The work could not be done; nothing was lost. Exit status 1."""


MailboxErrorKind = Literal[
    "refused_login",  # user name or password refused unequivocally: another attempt cannot help
    "busy",  # too many log-ins or connections, a busy system: never a wrong password
    "closed",  # IMAP is not switched on for the account, or the provider takes us for unsafe
    "tls",  # certificate not trusted, handshake failed, STARTTLS not offered
    "network",  # not reached, broken off, no answer in time
    "folder",  # one folder cannot be opened or changed; the others may be
    "renumbered",  # UIDVALIDITY changed under our hands: list that folder anew
    "protocol",  # NO or BAD to a command, or an answer that cannot be read
]


class MailboxError(OperationError):
    """The mailbox refused the log-in, or could not be reached, or broke off; ``kind`` tells which, for the watcher."""

    def __init__(self, text: Text, kind: MailboxErrorKind = "protocol") -> None:
        super().__init__(text)
        self.kind: MailboxErrorKind = kind


class OutgoingMailError(OperationError):
    """The outgoing mail server refused, or could not be reached."""


class ArchiveError(OperationError):
    """The archive's disk or database refused; what was acknowledged is safe."""


class MissingFile(ArchiveError):
    """A file that the archive once held is gone: restore it from a backup."""


class ArchiveBusy(OperationError):
    """Another command is writing to the archive; try again when it has ended."""
