"""Header values (RFC 5322 §2.2): decoded texts, dates, message identifiers, the time of receipt in Received."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from intake.addresses import parse_addresses
from intake.charwords import decode_words
from records.decoding import decode_text
from records.mail import Address

_FOLD = re.compile(r"(?:\r\n|\r|\n)(?P<blank>[ \t]*)")
_FOLDED = re.compile(rb"\r?\n[ \t]?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_ANGLED = re.compile(r"<[^<>\s]{1,998}>")
_MAX_DATE = 200
_CHINA = timezone(timedelta(hours=8))
_CHINA_STANDARD_TIME = re.compile(r"(?<![+-]\d{4})\s+\(?(?:CST|GMT\+8|GMT\+08:?00|UTC\+8)\)?\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawHeaders:
    """A header block: names in lower case, values as octets, in order; ``charset`` a guess for what is not ASCII."""

    fields: tuple[tuple[str, bytes], ...]
    charset: str | None = None

    def all(self, name: str) -> Iterator[bytes]:
        """The values of every header of that name (lower case)."""
        return (value for key, value in self.fields if key == name)

    def first(self, name: str) -> bytes:
        """The value of the first header of that name that is not empty, b"" where there is none."""
        return next(filter(None, self.all(name)), b"")

    def text(self, name: str) -> str:
        """The first header of that name, decoded, "" where there is none."""
        return decode_value(self.first(name), self.charset)

    def addresses(self, name: str) -> tuple[Address, ...]:
        """The mailboxes in all headers of that name."""
        values = (unfold(decode_octets(value, self.charset)) for value in self.all(name))
        return tuple(address for value in values for address in parse_addresses(value))

    def decoded(self) -> tuple[tuple[str, str], ...]:
        """All headers with their decoded values, in order."""
        return tuple((name, decode_value(value, self.charset)) for name, value in self.fields)


def decode_value(raw: bytes, charset: str | None = None) -> str:
    """An unstructured value as one line: unfolded, encoded words decoded, control characters gone."""
    text = decode_words(unfold(decode_octets(raw, charset)))
    return _CONTROLS.sub("", " ".join(text.splitlines())).strip()


def decode_octets(raw: bytes, charset: str | None = None) -> str:
    """A value's octets as text, folded as it is; where a relay folded it inside a character, the fold is taken out."""
    text = decode_text(raw, charset, in_header=True)
    if "\ufffd" not in text or not _FOLDED.search(raw):
        return text
    whole = decode_text(_FOLDED.sub(b"", raw), charset, in_header=True)
    return text if "\ufffd" in whole else whole


def unfold(text: str) -> str:
    """RFC 5322 §2.2.3; a line end that no blank follows was put into the value and is dropped."""
    return _FOLD.sub(lambda match: " " if match["blank"] else "", text).strip()


def message_id(text: str) -> str | None:
    """The identifier with < >, None where there is none; one that lacks them gets them."""
    match = _ANGLED.search(text)
    if match:
        return match[0]
    bare = text.strip().strip("<>").strip()
    return f"<{bare}>" if bare and not re.search(r"\s", bare) else None


def message_ids(text: str) -> tuple[str, ...]:
    """All identifiers in References or In-Reply-To."""
    return tuple(_ANGLED.findall(text))


def parse_date(text: str) -> datetime | None:
    """A date as RFC 5322 or ISO 8601 write it, aware; None where unreadable. CST is China's time here."""
    local = _CHINA_STANDARD_TIME.sub(" +0800", text.strip()[:_MAX_DATE])
    fields = parsedate_tz(local)
    try:
        if fields is None:
            found = datetime.fromisoformat(local.strip())
        else:
            offset = fields[9]
            zone = UTC if offset is None else timezone(timedelta(seconds=offset))
            found = datetime(*fields[:6], tzinfo=zone)
    except (ValueError, OverflowError, TypeError):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=_CHINA)
    return aware if 1970 < aware.year < 2200 else None


def received_at(values: Iterable[str]) -> datetime | None:
    """When the last server took the message in: the date behind the last semicolon of the topmost readable Received."""
    for value in values:
        found = parse_date(value.rpartition(";")[2])
        if found:
            return found
    return None
