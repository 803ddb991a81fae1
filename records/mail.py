"""A received e-mail as values: RFC 5322 message, MIME parts (RFC 2045), large-attachment links, where it was found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

LINKED = "link/"  # begins the position of a part that a large-attachment link brought


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of RFC 5322 §3.4: ``address`` in lower case ("" where none can be read), display ``name`` decoded."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands after the last @, "" where there is none."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the MIME tree (or a member of an archive), its transfer encoding undone."""

    position: str  # "1", "2.1" in the MIME tree; "2/3" is the third member inside part 2
    filename: str | None  # as the sender meant it, decoded; None if unnamed; a member's path inside its archive
    media_type: str  # as declared, lower case; parsers look at the content
    content: bytes  # exact octets
    content_disposition: Literal["attachment", "inline", ""] = ""
    content_id: str | None = None  # without < >

    @property
    def is_from_link(self) -> bool:
        """Whether it came by a large-attachment link, not in the message; positions of the MIME tree are numbers."""
        return self.position.startswith(LINKED)

    @property
    def sha256(self) -> str:
        """Hex digest of the exact octets."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class CloudLink:
    """A link in place of a file (超大附件, 云附件) in a body."""

    name: str
    url: str  # exactly as it is to be opened; may hold a key: it stands in no log
    size_bytes: int | None = None
    expires_at: datetime | None = None
    never_expires: bool = False  # as its sender's program says
    code: str = ""  # 提取码: what a network drive asks for
    file_sha256: str | None = None  # of the file behind it, once the archive has it
    is_done: bool = False  # the archive has the file, or a person says that nobody needs to fetch it any more

    @property
    def id(self) -> str:
        """How journals and tables name it: the hash of its address, which they must not show."""
        return hashlib.sha256(self.url.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class LinkRules:
    """From which hosts linked files may be fetched, and within which limits."""

    allow_hosts: tuple[str, ...] = ()  # with the hosts below them; addresses and "localhost" stand for themselves alone
    max_bytes: int = 100 * 1024 * 1024
    timeout_s: float = 120.0  # for all of it, redirects included
    max_redirects: int = 5

    def allow(self, host: str) -> bool:
        """Whether an administrator allows this host, by its own name or that of a domain above it."""
        host = host.lower().rstrip(".")
        return any(host == name or (_is_name(name) and host.endswith(f".{name}")) for name in self.allow_hosts)


def _is_name(host: str) -> bool:
    return host != "localhost" and host.rpartition(".")[2][:1].isalpha()


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file as it was fetched, its octets on disk."""

    path: Path
    sha256: str
    size_bytes: int
    filename: str | None  # as the server names it
    media_type: str  # as the server declares it


@dataclass(frozen=True, slots=True)
class Message:
    """One received message, read from its raw octets; the same octets always give the same value.

    ``parts`` are the attachments, inline pictures included, in the order of the MIME tree; the alternatives of the body
    are not among them.
    """

    raw_sha256: str
    size_bytes: int
    message_id: str | None  # with < >, None where the client wrote none
    in_reply_to: str | None
    references: tuple[str, ...]
    sender: Address  # From, else Sender
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None  # the Date header: shown, never trusted; None where unreadable
    received_header_at: datetime | None  # topmost Received, for imports
    body_text: (
        str  # the body a person sees: text/plain, or the HTML as text where it says more; own words and quotations
    )
    body_html: str | None
    parts: tuple[Part, ...]
    body_parts: tuple[str, ...] = ()  # positions of the leaves that are the body; with ``parts`` all leaves (R16)
    cloud_links: tuple[CloudLink, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()  # decoded, names in lower case, in order; for rules about auto mail
    defects: tuple[str, ...] = ()  # what was damaged and how it was read all the same

    def header(self, name: str) -> str | None:
        """The first header of that name (any case), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)


@dataclass(frozen=True, slots=True)
class Location:
    """Where in the mailbox a message was found. A UID alone identifies nothing (RFC 3501 §2.3.1.1)."""

    mailbox: str  # the account: "user@host"
    folder: str
    uidvalidity: int  # 0 where the server names none
    uid: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What the server tells about a message before its body is fetched."""

    location: Location
    size_bytes: int  # RFC822.SIZE
    internaldate: datetime | None  # aware; None where the server left it out


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message's raw octets with where and when they were received."""

    listing: Listing
    raw: bytes

    @property
    def raw_sha256(self) -> str:
        """Identity of the message: hex digest of its raw octets."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Oversized:
    """A message above the size limit: listed with its header, its body never downloaded."""

    listing: Listing
    header: bytes


@dataclass(frozen=True, slots=True)
class MailboxAccount:
    """How to log in to one mailbox, its password already read from its file."""

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"]
    username: str
    password: str = field(repr=False)
    folders: tuple[str, ...] | None = None  # None: inbox, junk and the user's own folders
    since: date | None = None
    zone: str = "Asia/Shanghai"  # in which ``since`` is a day: the campaign's
    after: str = "keep"  # keep | seen | move:FOLDER
    max_message_bytes: int = 100 * 1024 * 1024
    timeout_s: float = 60.0
    trusted_roots: str | None = field(default=None, repr=False)  # PEM; None: this machine's root certificates

    @property
    def name(self) -> str:
        """The account's identity in claims, cursors and journals."""
        return f"{self.username}@{self.host}"
