"""Lines of the journals `arrivals` and `sent`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ReceivedSource = Literal["internaldate", "received", "date", "fetched"]
"""Where the time of receipt comes from: the server, else the topmost Received, else (imports) Date, else our clock."""

IMPORTED = "import"
"""What stands for the mailbox of a message that came from a file; no account is called so ("user@host")."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """That a message was taken from a mailbox, or from a file; the same octets may arrive several times."""

    sha256: str  # of the raw octets; "l-…" for a message too large, whose body was never downloaded
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    internaldate: datetime | None
    received_at: datetime
    received_source: ReceivedSource
    size_bytes: int
    fetched_at: datetime
    too_large: bool = False
    sender: str = ""  # of a message too large only: all that is known of it
    sender_name: str = ""
    subject: str = ""
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """That a mail left, by its key; a key is sent once."""

    key: str
    kind: str
    recipient: str
    message_id: str
    at: datetime
    sha256: str  # of the mail's octets
    campaign: str = ""
    period: str = ""
    lists: tuple[str, ...] = ()  # ids of the messages that a digest lists: each stands in exactly one
    sender: str = ""  # from which address: what comes back with this Message-ID is ours only from there
