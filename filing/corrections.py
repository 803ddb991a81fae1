"""What a message says that it is to an earlier one: its correction, its last version, a supplement to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from filing.documents import Document
from filing.kinds import Title
from filing.text.squeeze import squeeze
from filing.text.vocabulary import marker
from filing.who.zones import is_addressee
from records.filings import Evidence, Sign

_BEGINNING, _END = 250, 120  # of a body; what stands between them is the report itself
_NOTE = 200  # squeezed characters up to which a correction without a paper is a note on some figures
_AROUND = 10
_SENTENCE = re.compile(r"[^。!;\n?]*[。!;\n?]?")


@dataclass(frozen=True, slots=True)
class Saying:
    """The sign with the words that are it; ``partial``: what it does not state stands as it was."""

    sign: Sign = ""
    evidence: Evidence | None = None
    partial: bool = False


def sign_in(titles: Sequence[Title], documents: Sequence[Document]) -> Saying:
    """更正, 重发, 以此为准 in subject, file names or the first and last of the own words; else 补发, 漏发; else 定稿.

    A correction that also brings what was missing is a correction: it stands for the whole.
    """
    named = [(title.where, squeeze(title.text)) for title in titles if title.role in ("subject", "file", "slides")]
    own = [(d.where, text) for d in documents if d.role == "body" and (text := _said(d.text))]
    found = _first(named, "title_corrections", _title) or _first(own, "own_corrections", _unconditional)
    if found is not None:
        return Saying("correction", found, _is_partial(own, documents))
    found = _first(named, "supplements", _title) or _first(own, "supplements", _unconditional)
    if found is not None:
        return Saying("supplement", found)
    found = _first(named, "versions", _title)
    return Saying("version", found) if found is not None else Saying()


def _said(text: str) -> str:
    """Own words, squeezed, a line a line; of a long body its beginning and its end."""
    lines = "\n".join(squeeze(line) for line in text.splitlines() if line.strip() and not is_addressee(line))
    return lines if len(lines) <= _BEGINNING + _END else f"{lines[:_BEGINNING]}\n{lines[-_END:]}"


def _title(text: str) -> str:
    return marker("signs", "title_harmless").sub(" ", text)


def _unconditional(text: str) -> str:
    """The text without sentences that only speak of the case that something might be so."""
    sentences: Iterator[str] = (hit[0] for hit in _SENTENCE.finditer(text))
    return "".join(one for one in sentences if not marker("signs", "conditional").search(one))


def _first(texts: Sequence[tuple[str, str]], key: str, cleaned: Callable[[str], str]) -> Evidence | None:
    """The first words that match, with their surroundings."""
    for where, text in texts:
        kept = cleaned(text)
        if hit := marker("signs", key).search(kept):
            around = kept[max(0, hit.start() - _AROUND) : hit.end() + _AROUND]
            return Evidence("correction", where, around.strip())
    return None


def _is_partial(own: Sequence[tuple[str, str]], documents: Sequence[Document]) -> bool:
    """其余不变, or a note of a few words without a paper."""
    said = "\n".join(text for _, text in own)
    papers = any(d.role in ("document", "sheet", "slides") for d in documents)
    return bool(marker("signs", "partial").search(said)) or (not papers and 0 < len(said) <= _NOTE)
