"""A letter becomes a mail: RFC 5322 and MIME octets that QQ, 163 and Outlook show right, the same for the same key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.headerregistry import Address
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import TypeVar

from digest.speech import clean
from records.errors import UsageError
from records.mails import MARK, Attachment, Letter, MailKind, OutgoingMail
from records.words import Text

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
ADDRESS = re.compile(rf"{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})*")  # RFC 5322 §3.2.3 dot-atom, RFC 1123 host names
LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,80}/[a-z0-9][a-z0-9.+-]{0,80}")
# The modern classes of `email` cannot write a file name in both forms that mail programs read, and fold long media
# types wrongly; the older ones, with SMTP's line ends, write exactly what they are given.
SMTP = compat32.clone(linesep="\r\n", max_line_length=100)
Part = TypeVar("Part", bound=MIMEBase)
NO_ADDRESS = Text(
    zh="{address} 不是邮箱地址：请检查 config.toml 里的 sender 和 coordinators。",
    en="{address} is no mail address; check sender and coordinators in config.toml.",
)


def mail_key(kind: MailKind, campaign: str, period: str, recipient: str) -> str:
    """What makes a mail the same mail: sent once under this key. A recipient's name and capitals do not matter."""
    address = mail_address(recipient).addr_spec.lower()
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in (kind, campaign, period, address))


def mail_address(text: str) -> Address:
    """``"name <user@domain>"`` or ``"user@domain"`` as a value.

    Raises UsageError where it is none, or where it is not ASCII (RFC 5321 §4.1.2).
    """
    name, address = parseaddr(text) if text.isprintable() else ("", "")
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise UsageError(NO_ADDRESS.fill(address=repr(clean(text, 80))))
    return Address(clean(name, 60), addr_spec=address)


def compose(
    letter: Letter,
    *,
    key: str,
    kind: MailKind,
    campaign: str,
    period: str,
    sender: str,
    recipient: str,
    created_at: datetime,
    lists: Sequence[str] = (),
) -> OutgoingMail:
    """The letter as one mail to one recipient; the same arguments give the same octets, the same key one Message-ID.

    All lines are ASCII and at most 76 octets in bodies. ``Auto-Submitted`` (RFC 3834 §5) keeps other robots silent.
    Raises UsageError for an address that is none.
    """
    from_, to = mail_address(sender), mail_address(recipient)
    digest = sha256(key.encode()).hexdigest()
    message_id = f"<{digest[:40]}@{from_.domain.lower()}>"
    mail = MIMEMultipart("mixed", boundary=f"=_{digest[40:]}_0", policy=SMTP)
    mail["From"] = _mailbox(from_)
    mail["To"] = _mailbox(to)
    mail["Subject"] = _encoded_words(clean(letter.subject, 150), "Subject")
    mail["Date"] = format_datetime(created_at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[MARK] = digest[:40]
    mail.attach(_body(letter, f"=_{digest[40:]}_1"))
    for position, attachment in enumerate(letter.attachments, start=1):
        mail.attach(_part(attachment, position))
    return OutgoingMail(
        key, kind, campaign, period, to.addr_spec.lower(), message_id, created_at, mail.as_bytes(), tuple(lists)
    )


def _body(letter: Letter, boundary: str) -> MIMEMultipart:
    body = MIMEMultipart("alternative", boundary=boundary)
    body.attach(_text(letter.text, "plain"))
    body.attach(_text(letter.html, "html"))
    return _nested(body)


def _text(text: str, subtype: str) -> MIMEText:
    sound = text.encode(errors="replace").decode()  # half characters cannot be sent
    return _nested(MIMEText("\r\n".join(sound.splitlines()) + "\r\n", subtype, "utf-8"))  # line ends: RFC 2045 §6.8


def _part(attachment: Attachment, position: int) -> MIMEBase:
    """A file under both forms of its name.

    ``filename*`` of RFC 2231 is the standard's; Outlook and older web mail read ``name`` as an encoded word (RFC 2047)
    in quotes.
    """
    name = re.sub(r'[/\\"<>|:*?]', "_", clean(attachment.filename, 60)) or f"attachment-{position}"
    media_type = attachment.media_type if MEDIA_TYPE.fullmatch(attachment.media_type) else "application/octet-stream"
    part = MIMEBase(*media_type.split("/"))
    part.set_payload(attachment.content)
    encode_base64(part)
    part.set_param("name", name if name.isascii() else _encoded_words(name).replace("\n", ""))
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return _nested(part)


def _nested(part: Part) -> Part:
    del part["MIME-Version"]  # belongs to the whole mail alone (RFC 2045 §4)
    return part


def _mailbox(address: Address) -> str:
    """RFC 5322 §3.4, a name beyond ASCII as encoded words; also where it only looks like one."""
    if not address.display_name:
        return address.addr_spec
    return f"{_encoded_words(address.display_name)} <{address.addr_spec}>"


def _encoded_words(text: str, header_name: str = "From") -> str:
    """RFC 2047 words of at most 75 letters, each on a line of its own."""
    return Header(text, "utf-8", header_name=header_name, maxlinelen=72).encode()
