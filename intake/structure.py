"""The MIME tree of a raw message (RFC 2045–2046) as a row of leaves, with their octets as they stand in it.

mail-parser checks the tree; what it decodes is not used: it drops raw 8-bit names, makes up random ones, and rewrites
attached messages. An attached message stays one leaf here, so that its octets are kept as they stand.
"""

from __future__ import annotations

import email
import email.message
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import Message

from mailparser import MailParser
from mailparser.exceptions import MailParserError

from intake.headers import RawHeaders
from intake.skeleton import skeleton_of

logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # its log lines quote headers, and with them people

Entity = Message
_TREE_FAILURES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
_MAX_REPAIRS = 3
_MAX_CHECKED_HEADER = 32_768
_HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_LOST_BOUNDARY = re.compile(
    rb"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-[a-z-]{1,40}[ \t]*:)", re.MULTILINE | re.IGNORECASE
)
_FIELD = re.compile(rb"([!-9;-~]{1,80})[ \t]*:(.*)\Z", re.DOTALL)

_TOLD_DEFECTS = frozenset(
    {
        "CloseBoundaryNotFoundDefect",
        "StartBoundaryNotFoundDefect",
        "NoBoundaryInMultipartDefect",
        "MultipartInvariantViolationDefect",
        "MissingHeaderBodySeparatorDefect",
        "FirstHeaderLineIsContinuationDefect",
        "MisplacedEnvelopeHeaderDefect",
        "MalformedHeaderDefect",
    }
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of the MIME tree, transfer encoding still on."""

    position: str  # "1", "2.1": as IMAP counts (RFC 3501 §6.4.5)
    headers: RawHeaders
    octets: bytes
    alternative: str | None = None  # position of the nearest multipart/alternative above it
    in_digest: bool = False  # multipart/digest: message/rfc822 is the default type (RFC 2046 §5.1.5)


@dataclass(slots=True)
class Structure:
    """The root's headers, the leaves in order, and the names of what was damaged."""

    headers: RawHeaders
    leaves: list[Leaf] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


class _WholeMessages(Message):
    """A MIME entity in whose tree attached messages are leaves, so that the parser keeps their octets."""

    def get_content_type(self) -> str:
        declared = super().get_content_type()
        return "application/x-attached-message" if declared.startswith("message/") else declared


def read_structure(raw: bytes) -> Structure:
    """Take a raw message apart. Never raises: what has no readable tree is one leaf."""
    octets = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    skeleton = skeleton_of(octets)
    root, defects = _tree(skeleton.octets)
    if root is None:
        header, body = split_header(octets)
        structure = Structure(RawHeaders(read_fields(header)), [], defects)
        structure.leaves.append(Leaf("1", structure.headers, body))
        return structure
    structure = Structure(_headers(root), [], defects)
    found = _Walk(structure.defects).leaves(root, "", None)
    structure.leaves += (replace(leaf, octets=skeleton.restored(leaf.octets)) for leaf in found)
    return structure


def split_header(raw: bytes) -> tuple[bytes, bytes]:
    """Header and body, the empty line between them left out."""
    match = _HEADER_END.search(raw)
    return (raw[: match.start()], raw[match.end() :]) if match else (raw, b"")


def read_fields(header: bytes) -> tuple[tuple[str, bytes], ...]:
    """The fields of a header block, folded values as they stand; lines that belong to no field are left out."""
    fields: list[tuple[str, bytes]] = []
    for line in header.splitlines(keepends=True):
        match = _FIELD.match(line)
        if line[:1] in (b" ", b"\t") and fields:
            name, value = fields[-1]
            fields[-1] = (name, value + line)
        elif match:
            fields.append((match[1].decode("ascii").lower(), match[2]))
    return tuple((name, value.strip()) for name, value in fields)


def _tree(octets: bytes) -> tuple[Entity | None, list[str]]:
    """The message as mail-parser sees it, or as the standard library does where that raises, or None."""
    try:
        root = email.message_from_bytes(octets, _class=_WholeMessages)
    except _TREE_FAILURES as error:
        return None, [f"no readable MIME tree ({type(error).__name__})"]
    try:
        if _has_huge_header(root):
            return root, ["a header too long for mail-parser; read by the standard library"]
        parsed = MailParser(root)
    except (*_TREE_FAILURES, MailParserError) as error:
        return root, [f"mail-parser gave up ({type(error).__name__}); read by the standard library"]
    return parsed.message, sorted(name for name in parsed.defects_categories if name in _TOLD_DEFECTS)


class _Walk:
    """Goes through a tree, writes down what had to be mended."""

    def __init__(self, defects: list[str]) -> None:
        self._defects = defects

    def leaves(self, entity: Entity, position: str, alternative: str | None, repairs: int = 0) -> Iterator[Leaf]:
        """The leaves below ``entity``; ``repairs``: how often a part above it had to be split anew."""
        payload = _payload(entity)
        if isinstance(payload, list):
            yield from self._children(entity, position, alternative, repairs)
            return
        leaf = self._mended(Leaf(position or "1", _headers(entity), _octets(payload), alternative))
        again = _resplit(leaf) if repairs < _MAX_REPAIRS else None
        if again is None:
            yield leaf
        else:
            self._defects.append("multipart with a wrong or missing boundary: split where parts begin")
            yield from self.leaves(again, position, alternative, repairs + 1)

    def _children(self, entity: Entity, position: str, alternative: str | None, repairs: int) -> Iterator[Leaf]:
        kind = entity.get_content_type()
        inside = (position or "0") if kind == "multipart/alternative" else alternative
        prefix = f"{position}." if position else ""
        children = _entities(entity)
        late = _behind_the_end(entity) if repairs < _MAX_REPAIRS else []
        if late:
            self._defects.append("parts behind the closing boundary")
        for number, child in enumerate([*children, *late], 1):
            for leaf in self.leaves(child, f"{prefix}{number}", inside, repairs + (number > len(children))):
                yield _digested(leaf) if kind == "multipart/digest" else leaf

    def _mended(self, leaf: Leaf) -> Leaf:
        """A line end inside a quoted file name ends the header too early: put the rest of the header back."""
        fields = leaf.headers.fields
        if not fields or fields[-1][1].count(b'"') % 2 == 0:
            return leaf
        rest, body = split_header(leaf.octets)
        line, _, more = rest.partition(b"\n")
        if b'"' not in line or not body:
            return leaf
        name, value = fields[-1]
        self._defects.append("line end inside a header value")
        mended = (*fields[:-1], (name, value + line.rstrip(b"\r")), *read_fields(more))
        return Leaf(leaf.position, RawHeaders(mended), body, leaf.alternative, leaf.in_digest)


def _digested(leaf: Leaf) -> Leaf:
    return Leaf(leaf.position, leaf.headers, leaf.octets, leaf.alternative, in_digest=True)


def _behind_the_end(entity: Entity) -> list[Entity]:
    """Parts that a gateway or a broken client wrote after the closing boundary, under the same boundary."""
    boundary = (entity.get_boundary() or "").encode("ascii", "surrogateescape")
    epilogue = (entity.epilogue or "").encode("ascii", "surrogateescape")
    if not boundary or b"--" + boundary not in epilogue:
        return []
    root, _ = _tree(_multipart(boundary, epilogue))
    return _entities(root) if root is not None else []


def _resplit(leaf: Leaf) -> Entity | None:
    """A multipart whose parts the parser did not find, taken apart where a boundary line stands before a header."""
    declared = leaf.headers.first("content-type").lstrip().lower()
    if declared and not declared.startswith(b"multipart/"):
        return None
    found = _LOST_BOUNDARY.search(leaf.octets)
    if found is None or (not declared and found.start() > 0 and leaf.octets[: found.start()].strip()):
        return None
    root, _ = _tree(_multipart(found[1], leaf.octets))
    return root if root is not None and root.is_multipart() else None


def _multipart(boundary: bytes, body: bytes) -> bytes:
    quoted = boundary.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'Content-Type: multipart/mixed; boundary="' + quoted + b'"\r\n\r\n' + body


def _headers(entity: Entity) -> RawHeaders:
    fields = ((name.lower(), str(value)) for name, value in entity.raw_items())
    return RawHeaders(tuple((name, value.encode("utf-8", "surrogateescape").strip()) for name, value in fields))


def _has_huge_header(root: Entity) -> bool:
    """Whether a header is long enough to keep mail-parser busy for minutes: it decodes words in quadratic time."""
    return any(len(str(value)) > _MAX_CHECKED_HEADER for entity in root.walk() for _, value in entity.raw_items())


def _payload(entity: Entity) -> object:
    """What the parser put there: entities, or text; ``get_payload`` would decode the text by the declared charset."""
    payload: object = vars(entity)["_payload"]
    return payload


def _entities(entity: Entity) -> list[Entity]:
    payload = _payload(entity)
    return [item for item in payload if isinstance(item, Message)] if isinstance(payload, list) else []


def _octets(payload: object) -> bytes:
    """A leaf's text as the octets that it was: the parser carries those outside ASCII as surrogates."""
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
