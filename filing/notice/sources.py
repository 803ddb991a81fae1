"""The notice's own words for what was read out of it: in the campaign file they stand above each value.

Found backwards: the first line or sentence out of which the same reader reads the same value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from filing.notice.contacts import read_contacts, read_mailboxes
from filing.notice.head import Head, number_in
from filing.notice.measures import read_measures
from filing.notice.offices import offices_of
from filing.notice.signature import SIGNED
from filing.notice.text import Line, paragraphs, squeeze
from records.campaigns import Campaign, Contact
from records.extracts import Table

T = TypeVar("T")
_SENTENCES = re.compile(r"(?<=[。；！？\n])(?!\s?(?:com|cn|net|org|gov|edu)\b)")
_MAX_WORDS = 160


def head_sources(campaign: Campaign, head: Head, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """The lines behind title, issuer, number, date, addressees and theme."""
    found = {
        "title": head.title_printed,
        "issuer": _issuing(campaign.issuer, lines) or head.title_printed,
        "document_number": _line(lines, lambda line: campaign.document_number == number_in([line])),
        "issued_on": head.issued_words,
        "addressees": _greeting(campaign.addressees, lines).removeprefix(squeeze(head.title_printed)),
        "theme": _line(lines, lambda line: squeeze(campaign.theme) in line.text),
    }
    for field, words in found.items():
        if words and getattr(campaign, field):
            yield field, _short(words)


def body_sources(campaign: Campaign, texts: Sequence[str], tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """The sentences and table rows behind mailboxes, contacts and measures."""
    found = {
        "mailboxes": "；".join(dict.fromkeys(_sentence(texts, read_mailboxes, box) for box in campaign.mailboxes)),
        **{f"contacts.{at}": _contact(texts, it) for at, it in enumerate(campaign.contacts, 1)},
        **{
            f"measures.{it.name}": _row(tables, it.label) or _sentence(texts, partial(read_measures, tables=()), it)
            for it in campaign.measures
        },
    }
    yield from ((field, words) for field, words in found.items() if words)


def _line(lines: Sequence[Line], says: Callable[[Line], bool]) -> str:
    return next((line.raw for line in lines if says(line)), "")


def _issuing(issuer: str, lines: Sequence[Line]) -> str:
    """The last lines that the issuing offices stand on: signature, else letterhead."""
    names = set(issuer.split("、"))
    here = [line.raw for line in lines if names & set(_offices_on(line))]
    return " ".join(here[-len(names) :])


def _offices_on(line: Line) -> tuple[str, ...]:
    signed = SIGNED.match(line.raw)
    return offices_of(signed.group("office") if signed else line.raw)


def _greeting(addressees: Sequence[str], lines: Sequence[Line]) -> str:
    if not addressees:
        return ""
    told = (text for text in paragraphs(lines) if addressees[0] in text and addressees[-1] in text)
    return re.split(r"(?<=[：:])", next(told, ""), maxsplit=1)[0]


def _sentence(texts: Sequence[str], read: Callable[[Sequence[str]], Sequence[T]], value: T) -> str:
    """The first sentence out of which ``value`` is read; the paragraph where no sentence says it alone."""
    whole = next((text for text in texts if value in read([text])), "")
    part = next((part for part in _SENTENCES.split(whole) if value in read([part])), whole)
    return _short(part.rstrip("；;"))


def _contact(texts: Sequence[str], contact: Contact) -> str:
    """Where the name and the telephone stand on two lines: that of the name."""
    told = _sentence(texts, read_contacts, contact)
    return told or _short(next((text for text in texts if (contact.name or contact.phone) in text), ""))


def _row(tables: Sequence[Table], label: str) -> str:
    rows = (row for table in tables for row in table.rows)
    found = next((row for row in rows if any(label in "".join(cell.split()) for cell in row)), ())
    return _short(" | ".join(cell for cell in (" ".join(cell.split()) for cell in found) if cell))


def _short(words: str) -> str:
    bare = words.strip()
    return bare if len(bare) <= _MAX_WORDS else bare[:_MAX_WORDS] + "……"
