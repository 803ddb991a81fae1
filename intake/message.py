"""Raw octets → Message: the intake room's pure core. The same octets always give the same value; nothing raises."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from intake.body import TextPart, clean_text, compose_body, unwrap_flowed
from intake.headers import RawHeaders, message_id, message_ids, parse_date, received_at
from intake.links import find_cloud_links
from intake.mending import mended_start, split_header
from intake.names import Field, clean_name, file_name, parse_field
from intake.structure import Leaf, Structure, read_fields, read_structure
from intake.transfer import decode_transfer
from intake.uuencoded import WrittenIn, find_written_in
from records.decoding import decode_text
from records.mail import Address, Message, Part

_BODY_TYPES = ("text/plain", "text/html")
_OTHER_ALTERNATIVES = ("text/x-amp-html", "text/enriched", "text/richtext", "text/watch-html")
_BOUNDARY = re.compile(rb"^--\S{1,200}[ \t]*\r?\n", re.MULTILINE)
_NOBODY = Address("")


def read_message(raw: bytes) -> Message:
    """Read one raw message (RFC 5322, MIME), CRLF or LF line ends.

    Attachments come out with their exact octets and with the names that their senders meant (None where unnamed); an
    attached message is a part that holds its octets as they stand in ``raw``. Damage is mended where what is meant is
    plain, and told in ``defects``; octets without any structure are one part. Never raises.
    """
    structure = read_structure(raw)
    leaves = _read_leaves(structure)
    texts = [text for leaf in leaves for text in leaf.texts]
    body = compose_body(texts)
    if not body.text:
        body = compose_body([*texts, *(TextPart(clean_text(decode_text(text)), False) for text in structure.outside)])
    plain = "\n".join(text.text for text in texts if not text.is_html)
    head = _from_headers(raw, structure.headers)
    return replace(
        head,
        body_text=body.text,
        body_html=body.html,
        parts=tuple(part for leaf in leaves for part in leaf.parts),
        body_parts=tuple(leaf.body for leaf in leaves if leaf.body),
        cloud_links=find_cloud_links(body.html, plain, head.date or head.received_header_at),
        defects=tuple(dict.fromkeys([*structure.defects, *(text for leaf in leaves for text in leaf.defects)])),
    )


def read_header(raw: bytes) -> Message:
    """Read the header alone, of a message whose body was not fetched: no body, no parts, all else as far as known."""
    header, _ = split_header(mended_start(raw)[0])
    return _from_headers(raw, _with_charset(RawHeaders(read_fields(header)), None))


def _from_headers(raw: bytes, headers: RawHeaders) -> Message:
    received = (value.decode("latin-1") for value in headers.all("received"))
    return Message(
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        message_id=message_id(headers.text("message-id")),
        in_reply_to=next(iter(message_ids(headers.text("in-reply-to"))), None),
        references=message_ids(headers.text("references")),
        sender=_sender(headers),
        reply_to=next(iter(headers.addresses("reply-to")), None),
        to=headers.addresses("to"),
        cc=headers.addresses("cc"),
        subject=headers.text("subject"),
        date=parse_date(headers.text("date")),
        received_header_at=received_at(received),
        body_text="",
        body_html=None,
        parts=(),
        headers=headers.decoded(),
    )


def _sender(headers: RawHeaders) -> Address:
    """The first mailbox of From, then of Sender, that has an address; else the first that has a name."""
    found = (*headers.addresses("from"), *headers.addresses("sender"))
    return next((mailbox for mailbox in found if mailbox.address), next(iter(found), _NOBODY))


@dataclass(frozen=True, slots=True)
class _Described:
    """A leaf with its MIME headers read."""

    leaf: Leaf
    media_type: str
    charset: str | None
    filename: str | None
    disposition: Literal["attachment", "inline", ""]
    content_type: Field

    @property
    def is_body(self) -> bool:
        """Whether it is one of the texts that a mail program shows as the message itself."""
        return self.media_type in _BODY_TYPES and self.filename is None and self.disposition != "attachment"

    @property
    def is_other_alternative(self) -> bool:
        """Whether it only says again, in a rarer format, what the body's plain text or HTML says."""
        return self.media_type in _OTHER_ALTERNATIVES and self.leaf.alternative is not None and self.filename is None


@dataclass(frozen=True, slots=True)
class _ReadLeaf:
    body: str = ""  # the leaf's position, where it is the body or says the same
    texts: Sequence[TextPart] = ()
    parts: Sequence[Part] = ()
    defects: Sequence[str] = ()


def _read_leaves(structure: Structure) -> list[_ReadLeaf]:
    """Read all leaves, and give the root's headers the charset of the body as a hint for raw 8-bit values."""
    charset = _declared_charset(structure.leaves)
    structure.headers = _with_charset(structure.headers, charset)
    return [_read_leaf(_describe(leaf, charset)) for leaf in structure.leaves]


def _with_charset(headers: RawHeaders, charset: str | None) -> RawHeaders:
    return replace(headers, charset=charset or parse_field(headers.first("content-type")).parameters.get("charset"))


def _declared_charset(leaves: Sequence[Leaf]) -> str | None:
    """The charset of the first text: clients write raw headers in the one in which they write the body."""
    for leaf in leaves:
        content_type = parse_field(leaf.headers.first("content-type"))
        if content_type.value.startswith("text/") and "charset" in content_type.parameters:
            return content_type.parameters["charset"]
    return None


def _describe(leaf: Leaf, charset: str | None) -> _Described:
    content_type = parse_field(leaf.headers.first("content-type"), charset)
    disposition = parse_field(leaf.headers.first("content-disposition"), charset)
    filename = file_name(disposition, content_type, leaf.headers.text("content-description"))
    return _Described(
        leaf,
        _media_type(content_type.value, leaf, named=filename is not None),
        content_type.parameters.get("charset"),
        filename,
        _disposition(disposition.value),
        content_type,
    )


def _media_type(declared: str, leaf: Leaf, *, named: bool) -> str:
    """As declared; without a usable declaration text, or octets where there is a file name (RFC 2045 §5.2)."""
    main, slash, sub = declared.partition("/")
    is_text = not named and b"\0" not in leaf.octets[:4096]
    if main.strip() == "multipart":  # a container without parts, or one that could not be taken apart
        return "text/plain" if is_text and not _BOUNDARY.search(leaf.octets) else "application/octet-stream"
    if slash and main.strip() and sub.strip() and " " not in declared.strip():
        return declared.strip()
    if leaf.in_digest:
        return "message/rfc822"
    if declared in ("html", "text/") and not named:
        return "text/html" if declared == "html" else "text/plain"
    return "text/plain" if is_text else "application/octet-stream"


def _disposition(value: str) -> Literal["attachment", "inline", ""]:
    """RFC 2183 §2.8: an unknown disposition is treated as attachment."""
    if value == "inline" or not value:
        return "inline" if value else ""
    return "attachment"


def _read_leaf(described: _Described) -> _ReadLeaf:
    leaf = described.leaf
    encoding = leaf.headers.first("content-transfer-encoding").decode("latin-1")
    decoded = decode_transfer(leaf.octets, encoding, is_text=described.is_body)
    defects = [f"part {leaf.position}: {decoded.defect}"] if decoded.defect else []
    if described.is_body:
        return _read_text(described, decoded.octets, defects)
    if described.is_other_alternative:
        return _ReadLeaf(leaf.position, defects=defects)
    return _ReadLeaf(parts=[_part(described, decoded.octets)], defects=defects)


def _part(described: _Described, content: bytes) -> Part:
    headers = described.leaf.headers
    content_id = headers.text("content-id").strip().strip("<>").strip()
    filename = described.filename
    if filename is None and described.media_type == "message/rfc822":
        filename = _subject_as_name(content)
    return Part(
        position=described.leaf.position,
        filename=filename,
        media_type=described.media_type,
        content=content,
        content_disposition=described.disposition,
        content_id=content_id or None,
    )


def _subject_as_name(content: bytes) -> str | None:
    """An attached message without a name is called after its subject, as mail programs save it."""
    subject = read_header(content[:65_536]).subject.replace("/", "_").replace("\\", "_")
    name = clean_name(subject)
    return f"{name}.eml" if name else None


def _read_text(described: _Described, octets: bytes, defects: list[str]) -> _ReadLeaf:
    """A text of the body, files that stand uuencoded in it taken out."""
    is_html = described.media_type == "text/html"
    files = () if is_html else find_written_in(octets)
    text = decode_text(_without(octets, files), described.charset)
    parameters = described.content_type.parameters
    if not is_html and parameters.get("format", "").lower() == "flowed":
        text = unwrap_flowed(text, delete_space=parameters.get("delsp", "").lower() == "yes")
    kept = text.replace("\0", "") if is_html else clean_text(text)
    position = described.leaf.position
    cut = [f"part {position}: a uuencoded file without its end" for file in files if not file.whole]
    return _ReadLeaf(
        position,
        [TextPart(kept, is_html, described.leaf.alternative)],
        [_written_in_part(position, number, file) for number, file in enumerate(files, 1)],
        defects + cut,
    )


def _without(octets: bytes, files: Sequence[WrittenIn]) -> bytes:
    starts = [0, *(file.end for file in files)]
    ends = [*(file.start for file in files), len(octets)]
    return b"".join(octets[start:end] for start, end in zip(starts, ends, strict=True))


def _written_in_part(position: str, number: int, file: WrittenIn) -> Part:
    name = clean_name(decode_text(file.name))
    return Part(f"{position}/{number}", name, file.media_type, file.content, "attachment")
