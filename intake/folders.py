"""Which folders of a mailbox may hold reports: pure functions of what LIST told (RFC 3501 §7.2.2, RFC 6154)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imapclient.imap_utf7 import decode, encode


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """One line of LIST: attributes in lower case (``\\sent``), the hierarchy's separator, the name decoded."""

    attributes: frozenset[str]
    separator: str
    name: str


_CLOSED = frozenset({"\\noselect", "\\nonexistent"})
_NOT_RECEIVED = frozenset({"\\sent", "\\drafts", "\\trash"})
_VIRTUAL = frozenset({"\\all", "\\allmail", "\\flagged", "\\starred", "\\important"})  # the same mails once more
_JUNK = frozenset({"\\junk", "\\spam"})
_PARENTS = frozenset({"inbox", "[gmail]", "[google mail]"})
_NAMES_OF_OWN_MAIL = frozenset(
    {
        *("sent", "sent messages", "sent items", "sent mail", "sent-mail", "outbox"),
        *("已发送", "已发送邮件", "已发邮件", "发件箱", "已发件箱", "待发送"),
        *("drafts", "draft", "草稿箱", "草稿", "草稿夹"),
        *("trash", "bin", "deleted", "deleted messages", "deleted items"),
        *("已删除", "已删除邮件", "已删除的邮件", "已删邮件", "垃圾箱", "回收站", "废件箱"),
        *("templates", "模板", "notes", "便笺"),
    }
)
_NAMES_OF_JUNK = frozenset(
    {"junk", "junk mail", "junk e-mail", "junk email", "spam", "bulk mail", "垃圾邮件", "垃圾邮箱", "广告邮件"}
)


def folders_to_read(listed: Iterable[ListedFolder], moved_to: str | None) -> tuple[str, ...]:
    """Inbox first, then the user's own folders in the server's order, junk last.

    Left out: what the user wrote or threw away, virtual folders, and ``moved_to``, where we put what we have read.
    """
    own: list[str] = []
    junk: list[str] = []
    for folder in listed:
        if _is_inbox(folder) or folder.name == moved_to or not _may_hold_reports(folder):
            continue
        is_junk = folder.attributes & _JUNK or _plain_name(folder) in _NAMES_OF_JUNK
        (junk if is_junk else own).append(folder.name)
    return ("INBOX", *own, *junk)


def encoded_name(name: str) -> bytes:
    """A folder's name as servers write it: modified UTF-7 (RFC 3501 §5.1.3)."""
    encoded: bytes = encode(name)
    return encoded


def decoded_name(written: bytes) -> str:
    """A folder's name for people. What is no modified UTF-7, or not the only spelling, is read as it stands."""
    if not written.isascii():  # against the rules, but old Chinese servers do it
        try:
            return written.decode()
        except UnicodeDecodeError:
            return written.decode("gb18030", "replace")
    try:
        name = str(decode(written))
    except UnicodeDecodeError:
        name = ""
    return name if encoded_name(name) == written else written.decode("ascii")


def _is_inbox(folder: ListedFolder) -> bool:
    return "\\inbox" in folder.attributes or folder.name.upper() == "INBOX"


def _may_hold_reports(folder: ListedFolder) -> bool:
    if folder.attributes & (_CLOSED | _NOT_RECEIVED | _VIRTUAL):
        return False
    return _plain_name(folder) not in _NAMES_OF_OWN_MAIL


def _plain_name(folder: ListedFolder) -> str:
    """The name without the inbox above it, in lower case; a folder deeper down is the user's own, whatever its name."""
    parts = folder.name.split(folder.separator) if folder.separator else [folder.name]
    if len(parts) > 1 and parts[0].lower() in _PARENTS:
        parts = parts[1:]
    return parts[0].strip().lower() if len(parts) == 1 else ""
