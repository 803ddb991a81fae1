"""By what a report is known when it comes again: files, words, numbers. Small enough to be kept with each report."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from zlib import crc32

from filing.carried import own_words
from filing.documents import Document
from filing.text.squeeze import squeeze
from filing.who.bundles import Bundle
from records.extracts import Extract
from records.filings import Trace
from records.mail import Message

_RUN = 6  # characters
_KEPT = 96  # hashes: what is alike is estimated to about a tenth
_SPEAKS = 60  # squeezed characters from which on papers speak for themselves
_LOOKED_AT = 30_000
_DIGITS = re.compile(r"\d+")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|bmp|heic|webp|tiff?|mp4|mov|avi|mp3)$", re.IGNORECASE)


def trace_of(bundle: Bundle, message: Message, extracts: Sequence[Extract]) -> Trace:
    """The trace of one report in a message."""
    text = _words_of(bundle.documents)
    runs = _runs(_DIGITS.sub("", text))
    files = tuple(dict.fromkeys((file.sha256, _last(file.path)) for file in bundle.files if not file.is_container))
    return Trace(
        files=files,
        papers=tuple(sha256 for sha256, name in files if not _PICTURE.search(name)),
        words=tuple(sorted(runs)[:_KEPT]),
        length=len(runs),
        numbers=hashlib.sha256(" ".join(sorted(_DIGITS.findall(text))).encode()).hexdigest()[:16],
        answers=_answers(message, extracts),
    )


def alike(one: Trace, other: Trace) -> float:
    """How much of their words two reports share: about |both| / |either|, from 0 to 1 (bottom-k sketches)."""
    if not one.words or not other.words:
        return 0.0
    first, second = set(one.words), set(other.words)
    union = sorted(first | second)[:_KEPT]
    return sum(run in first and run in second for run in union) / len(union)


def _words_of(documents: Sequence[Document]) -> str:
    """What the papers say; where they say little, the own words."""
    papers = [d for d in documents if d.role in ("document", "sheet", "slides")]
    told = squeeze("\n".join([*(d.text for d in papers), *(_cells(d) for d in papers if d.role == "sheet")]))
    if len(told) >= _SPEAKS:
        return told[:_LOOKED_AT]
    said = squeeze("\n".join(own_words(d.text) for d in documents if d.role == "body"))
    return (told + said)[:_LOOKED_AT]


def _cells(document: Document) -> str:
    return "\n".join(cell for table in document.tables for row in table.rows for cell in row)


def _runs(text: str) -> set[int]:
    return {crc32(text[at : at + _RUN].encode()) for at in range(max(len(text) - _RUN + 1, 0))}


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _answers(message: Message, extracts: Sequence[Extract]) -> tuple[str, ...]:
    inner = (dict(one.metadata).get("message_id", "") for extract in extracts for one in extract.walk())
    ids = (message.in_reply_to or "", *message.references, *inner)
    return tuple(dict.fromkeys(id_ for id_ in ids if id_))[:50]
