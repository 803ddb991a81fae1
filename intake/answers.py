"""FETCH answers without bodies, read row by row (RFC 3501 §7.4.2).

imapclient merges rows by UID or, where a row names none, by its number: a change of flags that the server tells unasked
would be taken for that of the message whose UID is that number, and with EXPUNGE in between numbers mean other messages
from one row to the next. Here each row stands for itself, and says of which message it speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from imapclient.datetime_util import parse_to_datetime

_ROW = re.compile(rb"(\d+) \((.*)\)\s*", re.DOTALL)
_UID = re.compile(rb"(?:^| )UID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"(?:^| )RFC822\.SIZE (\d+)", re.IGNORECASE)
_DATE = re.compile(rb'(?:^| )INTERNALDATE "([^"]*)"', re.IGNORECASE)
_FLAGS = re.compile(rb"(?:^| )FLAGS \(([^)]*)\)", re.IGNORECASE)
_NUMBERS = re.compile(rb"[\d ]*")


@dataclass(frozen=True, slots=True)
class FetchRow:
    """One row: the message's number at that moment, and what the row tells of it; None where it does not."""

    number: int
    uid: int | None
    size_bytes: int | None
    internaldate: datetime | None  # with the offset that the server wrote; None also where it cannot be read
    flags: frozenset[bytes] | None

    @property
    def is_listed(self) -> bool:
        """Whether size and time are known."""
        return self.size_bytes is not None and self.internaldate is not None

    def with_more(self, row: FetchRow) -> FetchRow:
        """With what a later row about the same message tells besides or anew."""
        return replace(
            row,
            size_bytes=self.size_bytes if row.size_bytes is None else row.size_bytes,
            internaldate=row.internaldate or self.internaldate,
            flags=self.flags if row.flags is None else row.flags,
        )


def fetch_rows(data: Iterable[object]) -> list[FetchRow]:
    """The rows of an answer as imaplib gives it; rows with literals hold bodies, which nobody asked for here."""
    found = (_ROW.fullmatch(row) for row in data if isinstance(row, bytes))
    return [_row(int(match[1]), match[2]) for match in found if match]


def search_numbers(data: Iterable[object]) -> list[int]:
    """The numbers of a SEARCH answer, on however many lines; what may follow them, as MODSEQ, is left out."""
    lines = (_NUMBERS.match(line) for line in data if isinstance(line, bytes))
    return [int(number) for line in lines if line for number in line[0].split()]


def _row(number: int, items: bytes) -> FetchRow:
    flags = _FLAGS.search(items)
    items = _FLAGS.sub(b"", items)  # a keyword may be called UID
    date = _DATE.search(items)
    return FetchRow(
        number,
        _int(_UID.search(items)),
        _int(_SIZE.search(items)),
        _date(date[1]) if date else None,
        frozenset(flags[1].split()) if flags else None,
    )


def _int(match: re.Match[bytes] | None) -> int | None:
    return int(match[1]) if match else None


def _date(written: bytes) -> datetime | None:
    try:
        date: datetime = parse_to_datetime(written, normalise=False)
    except ValueError:
        return None
    return date
