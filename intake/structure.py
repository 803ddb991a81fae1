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
from email.errors import (
    CloseBoundaryNotFoundDefect,
    MessageDefect,
    MissingHeaderBodySeparatorDefect,
    StartBoundaryNotFoundDefect,
)
from email.message import Message

from mailparser import MailParser
from mailparser.exceptions import MailParserError

from intake.headers import RawHeaders
from intake.mending import mended_start, split_header
from intake.skeleton import Skeleton, skeleton_of
from intake.transfer import decode_transfer

logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # its log lines quote headers, and with them people

Entity = Message
_TREE_FAILURES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
_MAX_REPAIRS = 3
_MAX_DEPTH = 100  # the same however much of the stack is in use
_MAX_CHECKED_HEADER = 32_768
_LOST_BOUNDARY = re.compile(
    rb"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-[a-z-]{1,40}[ \t]*:)", re.MULTILINE | re.IGNORECASE
)
_MIME_FIELD = re.compile(rb"content-(?:type|transfer-encoding|disposition|id|description)[ \t]*:", re.IGNORECASE)
_NOTE_TO_OLD_PROGRAMS = re.compile(
    rb"multi-?part|\bMIME\b|mime format", re.IGNORECASE
)  # what every client writes there
_BOUNDARY_LINES = re.compile(rb"^--[^\s]{1,200}[ \t]*\r?$", re.MULTILINE)
_MAX_END = 512
_MAX_NOTE = 400
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
    """The root's headers, the leaves in order, texts that stand outside of all parts, the names of what was damaged."""

    headers: RawHeaders
    leaves: list[Leaf] = field(default_factory=list)
    outside: list[bytes] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


class _WholeMessages(Message):
    """A MIME entity in whose tree attached messages are leaves, so that the parser keeps their octets."""

    def get_content_type(self) -> str:
        declared = super().get_content_type()
        return "application/x-attached-message" if declared.startswith("message/") else declared


def read_structure(raw: bytes) -> Structure:
    """Take a raw message apart. Never raises: what has no readable tree is one leaf."""
    octets, mended = mended_start(raw)
    return _structure(octets, mended)


def _structure(octets: bytes, defects: list[str]) -> Structure:
    skeleton = skeleton_of(octets)
    root, found = _tree(skeleton.octets)
    defects += found
    if root is None:
        header, body = split_header(octets)
        headers = RawHeaders(read_fields(header))
        return Structure(headers, [Leaf("1", headers, body)], [], defects)
    walk = _Walk(skeleton, defects)
    return Structure(_headers(root), list(walk.leaves(root, "", None)), walk.outside, defects)


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
    if _is_too_deep(root):
        return None, [f"multiparts nested more than {_MAX_DEPTH} deep: kept as they stand"]
    try:
        if _has_huge_header(root):
            return root, ["a header too long for mail-parser; read by the standard library"]
        parsed = MailParser(root)
    except (*_TREE_FAILURES, MailParserError) as error:
        return root, [f"mail-parser gave up ({type(error).__name__}); read by the standard library"]
    return parsed.message, sorted(name for name in parsed.defects_categories if name in _TOLD_DEFECTS)


class _Walk:
    """Goes through a tree, writes down what had to be mended and what stands outside of all parts."""

    def __init__(self, skeleton: Skeleton, defects: list[str]) -> None:
        self._skeleton = skeleton
        self._defects = defects
        self._boundaries: list[bytes] = []  # of the multiparts around the one that is looked at
        self.outside: list[bytes] = []

    def leaves(self, entity: Entity, position: str, alternative: str | None, repairs: int = 0) -> Iterator[Leaf]:
        """The leaves below ``entity``; ``repairs``: how often a part above it had to be split anew."""
        payload = _payload(entity)
        if isinstance(payload, list):
            yield from self._children(entity, position, alternative, repairs)
            return
        leaf = self._mended(Leaf(position or "1", _headers(entity), self._octets_of(entity), alternative), entity)
        again = _resplit(leaf) if repairs < _MAX_REPAIRS else None
        if again is None:
            yield from self._whole(leaf, position)
        else:
            self._defects.append("multipart with a wrong or missing boundary: split where parts begin")
            yield from self.leaves(again, position, alternative, repairs + 1)

    def _octets_of(self, entity: Entity) -> bytes:
        """A leaf's octets. Of a multipart that is closed before any part the parser drops what stands behind that."""
        octets = _octets(_payload(entity))
        boundary = _octets(entity.get_boundary() or "")
        if not boundary or not _has(entity, StartBoundaryNotFoundDefect):
            return octets
        whole = self._skeleton.octets
        start = max(whole.find(octets), 0) if octets.strip() else 0
        closing = _boundary_line(boundary, end=rb"--").search(whole, start + len(octets) - 2 if start else 0)
        if closing is None:
            return octets
        ends = (_boundary_line(outer).search(whole, closing.end()) for outer in self._boundaries)
        behind = whole[closing.start() : min((end.start() for end in ends if end), default=len(whole))]
        return octets + b"\r\n" + behind.strip(b"\r\n") if behind[len(closing[0]) :].strip() else octets

    def _whole(self, leaf: Leaf, position: str) -> Iterator[Leaf]:
        """The leaf with all its octets, or the leaves of a multipart that was encoded as a whole."""
        restored = replace(leaf, octets=self._skeleton.restored(leaf.octets))
        inner = _decoded_multipart(restored)
        if inner is None:
            yield restored
            return
        self._defects.append("multipart under a transfer encoding (RFC 2045 §6.4 forbids it): decoded")
        self._defects += inner.defects
        for found in inner.leaves:
            yield replace(found, position=f"{position}.{found.position}".lstrip("."))

    def _children(self, entity: Entity, position: str, alternative: str | None, repairs: int) -> Iterator[Leaf]:
        kind = entity.get_content_type()
        inside = (position or "0") if kind == "multipart/alternative" else alternative
        prefix = f"{position}." if position else ""
        early, late = _outside_parts(entity) if repairs < _MAX_REPAIRS else ([], [])
        self._defects += ["a part without its boundary line"] if early else []
        self._defects += ["parts behind the closing boundary"] if late else []
        self._look_outside("" if early else entity.preamble, "" if late else entity.epilogue)
        children = _entities(entity)
        last = children[-1] if children else None
        groups = ((early, 1), (children, 0), (late, 1))
        below = ((child, repaired) for group, repaired in groups for child in group)
        self._boundaries.append(_octets(entity.get_boundary() or "") or b"\0")
        for number, (child, repaired) in enumerate(below, 1):
            where = f"{prefix}{number}"
            if _is_opening_twin(child, entity):
                self._defects.append("a multipart inside another with the same boundary")
                inside = where if child.get_content_type() == "multipart/alternative" else inside
                continue
            is_late = number > len(early) + len(children)
            for leaf in self.leaves(child, where, alternative if is_late else inside, repairs + repaired):
                bare = _without_odd_end(leaf, entity) if child is last else leaf
                yield replace(bare, in_digest=True) if kind == "multipart/digest" else bare
        self._boundaries.pop()

    def _look_outside(self, preamble: object, epilogue: object) -> None:
        """Text before the first part and behind the last (RFC 2046 §5.1.1) is shown by no mail program."""
        for text, where in ((preamble, "before the first part"), (epilogue, "behind the last part")):
            octets = _BOUNDARY_LINES.sub(b"", self._skeleton.restored(_octets(text))).strip()
            if octets and not _is_note(octets):
                self.outside.append(octets)
                self._defects.append(f"text {where}: {len(octets)} octets")

    def _mended(self, leaf: Leaf, entity: Entity) -> Leaf:
        """A header that ended too early: the rest of it, which stands in the body, put back."""
        fields = leaf.headers.fields
        if _has(entity, MissingHeaderBodySeparatorDefect) and _MIME_FIELD.match(leaf.octets):
            self._defects.append("blanks before the colon of a header field")
            rest, body = split_header(leaf.octets)
            return replace(leaf, headers=RawHeaders((*fields, *read_fields(rest))), octets=body)
        if fields and fields[-1][1].count(b'"') % 2:
            return self._with_closed_quote(leaf)
        return leaf

    def _with_closed_quote(self, leaf: Leaf) -> Leaf:
        """A line end inside a quoted file name took its closing quote, and what follows, into the body."""
        rest, body = split_header(leaf.octets)
        line, _, more = rest.partition(b"\n")
        if b'"' not in line or not body:
            return leaf
        *fields, (name, value) = leaf.headers.fields
        self._defects.append("line end inside a header value")
        mended = (*fields, (name, value + line.rstrip(b"\r")), *read_fields(more))
        return replace(leaf, headers=RawHeaders(mended), octets=body)


def _has(entity: Entity, kind: type[MessageDefect]) -> bool:
    return any(isinstance(defect, kind) for defect in entity.defects)


def _is_note(octets: bytes) -> bool:
    """What every client writes there for programs that do not know MIME."""
    return len(octets) <= _MAX_NOTE and _NOTE_TO_OLD_PROGRAMS.search(octets) is not None and b":" not in octets


def _boundary_line(boundary: bytes, end: bytes = rb"(?:--)?") -> re.Pattern[bytes]:
    return re.compile(rb"^--" + re.escape(boundary) + end + rb"[ \t]*\r?$", re.MULTILINE)


def _is_opening_twin(child: Entity, parent: Entity) -> bool:
    """Whether a multipart has its parent's boundary: it seems empty then, and its parts stand beside it."""
    payload = _payload(child)
    is_empty = not payload or (isinstance(payload, str) and not payload.strip())
    boundary = child.get_boundary()
    return is_empty and boundary is not None and boundary == parent.get_boundary()


def _without_odd_end(leaf: Leaf, entity: Entity) -> Leaf:
    """The last part without a closing boundary that the parser does not know: one with blanks before its end."""
    boundary = _octets(entity.get_boundary() or "")
    if not boundary or not _has(entity, CloseBoundaryNotFoundDefect):
        return leaf
    end = re.search(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"[ \t]+--\s*\Z", leaf.octets[-_MAX_END:])
    return leaf if end is None else replace(leaf, octets=leaf.octets[: len(leaf.octets) - len(end[0])])


def _decoded_multipart(leaf: Leaf) -> Structure | None:
    """What is in a multipart whose body is Base64 or quoted-printable as a whole, None where it is no such one."""
    content_type = leaf.headers.first("content-type")
    encoding = leaf.headers.first("content-transfer-encoding").decode("latin-1")
    if not content_type.lower().startswith(b"multipart/") or encoding.lower() not in ("base64", "quoted-printable"):
        return None
    head = b"Content-Type: " + content_type + b"\r\n\r\n"
    inner = _structure(head + decode_transfer(leaf.octets, encoding).octets, [])
    return inner if len(inner.leaves) > 1 or inner.leaves[0].headers.first("content-type") != content_type else None


def _outside_parts(entity: Entity) -> tuple[list[Entity], list[Entity]]:
    """Parts before the first boundary line, whose own got lost, and behind the closing one."""
    preamble = _octets(entity.preamble).lstrip(b"\r\n")
    early = _tree(preamble)[0] if _MIME_FIELD.match(preamble) else None
    return [early] if early is not None else [], _behind_the_end(entity)


def _behind_the_end(entity: Entity) -> list[Entity]:
    """Parts that a gateway or a broken client wrote after the closing boundary, under the same boundary or none."""
    boundary = _octets(entity.get_boundary() or "")
    epilogue = _octets(entity.epilogue)
    is_part = _MIME_FIELD.match(epilogue.lstrip(b"\r\n")) is not None  # a client that closes after each part
    if not is_part and (not boundary or b"--" + boundary not in epilogue):
        lost = _LOST_BOUNDARY.search(epilogue)
        boundary = lost[1] if lost else b""
    if not boundary:
        return []
    opened = b"--" + boundary + b"\r\n" + epilogue.lstrip(b"\r\n") if is_part else epilogue
    root, _ = _tree(_multipart(boundary, opened))
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


def _is_too_deep(root: Entity) -> bool:
    level = [root]
    for _ in range(_MAX_DEPTH):
        level = [child for entity in level for child in _entities(entity)]
        if not level:
            return False
    return True


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
