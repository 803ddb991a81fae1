"""Mails that the service sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MailKind = Literal["digest", "reminder", "alarm"]
MARK = "X-Baosong-Mail"
"""A header of all our mails: what stands before the @ of the Message-ID, which some servers change."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail of ours."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail of ours says, before it is addressed."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail to one recipient, ready to leave; the same key always has the same Message-ID."""

    key: str  # kind/campaign/period/recipient: sent once
    kind: MailKind
    campaign: str
    period: str  # the digest's day, the reminder's requirement and offset
    recipient: str
    message_id: str
    created_at: datetime
    octets: bytes  # the whole mail (RFC 5322), CRLF line ends
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingAccount:
    """How to log in to the outgoing server, its password already read from its file."""

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"]
    sender: str  # "安稳办 <report@example.com>"
    username: str | None = None
    password: str | None = None
    daily_limit: int = 200
    timeout_s: float = 60.0
    trusted_roots: str | None = None  # PEM; None: this machine's root certificates

    def __repr__(self) -> str:
        return f"OutgoingAccount(host={self.host!r}, port={self.port}, tls={self.tls!r}, username={self.username!r})"
