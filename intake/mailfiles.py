"""Mail that lies in files: .eml, folders of them, mbox, Maildir; told from what is no mail, read one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from intake.mbox import HEADER_BYTES, mbox_messages, starts_like_mbox
from records.words import Text

_FIELD = re.compile(rb"^([!-9;-~]{1,80})[ \t]*:", re.MULTILINE)
_HEADER_END = re.compile(rb"\n\r?\n")
_MAIL_FIELDS = frozenset(
    b"return-path received from sender to cc subject date message-id reply-to delivered-to mime-version content-type "
    b"x-qq-mid x-coremail-locallabel".split()
)
_MBOX_SUFFIXES = frozenset({".mbox", ".mbx"})
_FIELDS_NEEDED = 2  # a note that begins "Subject: …" is no mail yet

NO_MAIL = Text("{path} 不是邮件，没有导入", "{path} is no message; it was not imported")
EMPTY = Text("{path} 是空文件，没有导入", "{path} is empty; it was not imported")
UNREADABLE = Text(
    "{path} 读不了（{why}），没有导入：请检查权限后重试",
    "{path} cannot be read ({why}) and was not imported: check its permissions and try again",
)
BROKEN = Text(
    "{path} 里第 {number} 段不是邮件，没有导入，其余照常",
    "no. {number} in {path} is no message and was not imported; the rest was",
)
CUT = Text(
    "{path} 的开头残缺，残缺的那一封没有导入，其余照常",
    "{path} begins in the middle of a message, which was not imported; the rest was",
)
NOTHING_HERE = Text("文件夹 {path} 里没有邮件", "there is no mail in the folder {path}")
OTHERS = Text(
    "文件夹 {path} 里有 {count} 个文件不是邮件（例如 {name}），没有导入",
    "{count} files in the folder {path} are no mail (such as {name}); they were not imported",
)


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One message as it lay in a file."""

    name: str  # of the file, without its folder
    raw: bytes  # the whole message; of one above the limit only its header
    size_bytes: int
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class NoMail:
    """Something that is no message, and what to tell about it."""

    text: Text


Found = StoredMail | NoMail
_Kind = Literal["mail", "mbox", "none"]


def mail_in(path: Path, limit_bytes: int) -> Iterator[Found]:
    """The messages of a file or folder, one in memory at a time, in the order of their names.

    An ``.eml`` keeps its octets exactly. mbox and Maildir hold messages with this machine's line ends (RFC 4155 and
    Maildir say so); a message that has LF alone gets back the CRLF with which it travelled, so that it is known again
    when the mailbox shows it. Of a message above ``limit_bytes`` only the header is read.
    """
    is_empty = True
    for found in _folder(path, limit_bytes) if path.is_dir() else _file(path, limit_bytes):
        is_empty = False
        yield found
    if is_empty:
        yield NoMail(NOTHING_HERE.fill(path=path))


def looks_like_mail(beginning: bytes, *, is_named_so: bool) -> bool:
    """Whether octets begin as a message does (RFC 5322 §3.6): with fields of mails, two where no name says so."""
    head = beginning.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    if not _FIELD.match(head):
        return False
    known = {name.lower() for name in _FIELD.findall(head)} & _MAIL_FIELDS
    return len(known) >= (1 if is_named_so else _FIELDS_NEEDED)


def on_the_wire(raw: bytes) -> bytes:
    """A message whose lines end with LF alone, with CRLF as it travelled (RFC 5321 §2.3.8); any other as it is."""
    return raw if b"\r" in raw else raw.replace(b"\n", b"\r\n")


def _folder(path: Path, limit: int) -> Iterator[Found]:
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        yield _unreadable(path, error)
        return
    if (path / "cur").is_dir() and (path / "new").is_dir():
        yield from _maildir(path, entries, limit)
        return
    others: list[Path] = []
    for entry in entries:
        if entry.name.startswith(".") or (entry.is_dir() and entry.is_symlink()):
            continue  # what programs hide there, and ways round in a circle
        if entry.is_dir():
            yield from _folder(entry, limit)
        else:
            yield from _file(entry, limit, others)
    if others:
        yield NoMail(OTHERS.fill(path=path, count=len(others), name=others[0].name))


def _maildir(path: Path, entries: Sequence[Path], limit: int) -> Iterator[Found]:
    """Messages in new and cur, then the folders below (of Maildir++: .Name); the rest is the server's."""
    for entry in entries:
        if entry.name in ("cur", "new"):
            for file in sorted(entry.iterdir()):
                if not file.name.startswith("."):
                    yield from _file(file, limit, is_named_so=True)
        elif entry.is_dir() and not entry.is_symlink() and entry.name != "tmp":
            yield from _folder(entry, limit)


def _file(path: Path, limit: int, others: list[Path] | None = None, *, is_named_so: bool = False) -> Iterator[Found]:
    """The messages of one file; one that is no mail is told, or put to ``others``, of which a folder tells at once."""
    try:
        kind = _kind(path, is_named_so=is_named_so)
        if kind == "mail":
            yield _read_mail(path, limit, is_exact=not is_named_so)
        elif kind == "mbox":
            yield from _mbox(path, limit)
        elif others is not None:
            others.append(path)
        else:
            yield NoMail((NO_MAIL if path.is_file() and path.stat().st_size else EMPTY).fill(path=path))
    except OSError as error:
        yield _unreadable(path, error)


def _kind(path: Path, *, is_named_so: bool) -> _Kind:
    if not path.is_file():
        return "none"  # a pipe or a device would never end
    with path.open("rb") as file:
        beginning = file.read(HEADER_BYTES)
    if starts_like_mbox(beginning):
        return "mbox"
    suffix = path.suffix.lower()
    if suffix in _MBOX_SUFFIXES and beginning.strip():
        return "mbox"
    is_named_so = is_named_so or suffix == ".eml"
    return "mail" if looks_like_mail(beginning, is_named_so=is_named_so) else "none"


def _read_mail(path: Path, limit: int, *, is_exact: bool) -> StoredMail:
    size = path.stat().st_size
    with path.open("rb") as file:
        raw = file.read(size if size <= limit else HEADER_BYTES)
    if size > limit:
        return StoredMail(path.name, header_of(raw), size, too_large=True)
    raw = raw if is_exact else on_the_wire(raw)
    return StoredMail(path.name, raw, len(raw))


def _mbox(path: Path, limit: int) -> Iterator[Found]:
    has_any = False
    for message in mbox_messages(path, limit):
        if not has_any and message.skipped_bytes:
            yield NoMail(CUT.fill(path=path))
        has_any = True
        if looks_like_mail(message.raw[:HEADER_BYTES], is_named_so=True):
            raw = on_the_wire(message.raw)
            size = message.size_bytes if message.too_large else len(raw)
            yield StoredMail(path.name, header_of(raw) if message.too_large else raw, size, message.too_large)
        else:
            yield NoMail(BROKEN.fill(path=path, number=message.number))
    if not has_any:
        yield NoMail(NO_MAIL.fill(path=path))


def header_of(beginning: bytes) -> bytes:
    """The header at the beginning of a message, its empty line included, as IMAP gives it (RFC 3501 §6.4.5)."""
    found = _HEADER_END.search(beginning)
    return beginning[: found.end()] if found else beginning


def _unreadable(path: Path, error: OSError) -> NoMail:
    return NoMail(UNREADABLE.fill(path=path, why=error.strerror or error))
