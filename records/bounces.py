"""What a bounce tells: which mail came back, from whom, why; and what it means for mails of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """One address that could not be reached for good (RFC 3464 §2.3); a mere delay is none."""

    address: str  # lower case; "" where the bounce does not name it
    why: str = ""  # Status and Diagnostic-Code, or the line that says it


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A bounce as read: whom it could not reach, and by what the returned mail can be known."""

    recipients: tuple[FailedRecipient, ...]
    message_ids: tuple[str, ...] = ()  # of the returned mail, in its headers or in the bounce's words; with < >
    marks: tuple[str, ...] = ()  # values of the header that all our mails carry (records.mails.MARK)


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """A mail of ours that came back: its recipient's address is bad until a later mail stays there."""

    recipient: str
    kind: str  # digest | reminder | …
    campaign: str
    period: str
    why: str
    returned_at: datetime  # when the bounce was received
    bounce: str  # id of the message that says so
