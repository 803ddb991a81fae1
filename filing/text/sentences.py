"""A text's sentences and clauses, each with the headings under which it stands, and whether it tells of deeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from filing.text.headings import Heading, heading_of
from filing.text.paragraphs import Paragraph, paragraphs
from filing.text.tense import Clause, clauses_of, masked
from filing.text.vocabulary import marker
from records.campaigns import Period

SENTENCE_END = re.compile(
    r"[。！？；!?;]+[”’）)]?"
    r"|(?:(?<=[A-Za-z]{2}|[^\s.][)”\d])|(?<=[a-z] \d))\.(?=\s+[A-Z“(]|\s*$)(?<!No\.)(?<!Mr\.)(?<!Ms\.)(?<!Dr\.)"
)  # an English sentence ends at a full stop
INLINE_HEADING = re.compile(
    r"(?:[^。:：]{2,16}[:：])?\d{1,2}\s?[.、．]\s?[^,，。；;\d]{2,16}。"
)  # 3. 营养知识大宣讲。 inside a paragraph
LONGEST_SENTENCE = 1000
ROW_NUMBER = re.compile(r"[\d一二三四五六七八九十]{1,3}[.、]?$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; ``heading`` is the path of headings above it, joined by " / ", "" where there is none.

    ``start`` is the offset in the source text of the paragraph in which it stands. A heading is a sentence too
    (``is_heading``); so is a row of a table that stands in the text, its cells joined (``cells``).
    """

    text: str
    start: int
    heading: str = ""
    is_heading: bool = False
    cells: tuple[str, ...] = ()

    def clauses(self, period: Period | None = None) -> tuple[Clause, ...]:
        """Its clauses with their moods; ``period`` is the campaign's."""
        return clauses_of(self.text, self.heading, period)


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of ``text`` in order, lines that a page broke put together, blanks inside words taken out."""
    path: list[Heading] = []
    out: list[Sentence] = []
    for paragraph in paragraphs(text):
        out += _row(paragraph) if paragraph.cells else _of_paragraph(paragraph, path)
    return tuple(out)


def is_done(sentence: Sentence, period: Period | None = None) -> bool:
    """Whether any clause of it tells of something done: not planned, asked for, left out, or of an earlier year."""
    return any(clause.is_done for clause in sentence.clauses(period))


def row_text(cells: tuple[str, ...]) -> str:
    """A row of a table as one sentence: its first cell that says something, a colon, the others."""
    telling = [cell for cell in cells if cell and not ROW_NUMBER.match(cell)]
    return telling[0] + "：" + "，".join(telling[1:]) if len(telling) > 1 else "".join(telling)


def _row(paragraph: Paragraph) -> list[Sentence]:
    text = row_text(paragraph.cells)
    return [Sentence(text, paragraph.start, "", cells=paragraph.cells)] if text else []


def _of_paragraph(paragraph: Paragraph, path: list[Heading]) -> Iterator[Sentence]:
    heading = heading_of(paragraph.text)
    if heading is not None:
        while path and path[-1].rank >= heading.rank:
            path.pop()
        if heading.text and not heading.label:
            yield Sentence(heading.text, paragraph.start, _joined(path), is_heading=True)
        if heading.text:
            path.append(heading)
    yield from _body(paragraph.text[heading.rest :] if heading else paragraph.text, paragraph.start, _joined(path))
    if heading is not None and heading.label:
        path.pop()


def _body(text: str, start: int, heading: str) -> Iterator[Sentence]:
    """The sentences of a paragraph; what follows 下一步 or 强调 in it stands under that word."""
    lead = ""
    pieces = split_sentences(text)
    for at, piece in enumerate(pieces):
        inline = INLINE_HEADING.fullmatch(piece) if at + 1 < len(pieces) else None
        yield Sentence(piece, start, heading if inline else heading + lead, is_heading=inline is not None)
        if inline:
            lead = f" / {piece}" if heading else piece
        opens = marker("tense", "lead").match(piece)
        if opens:
            lead = " / " + opens[0].strip("，,：: ")


def split_sentences(text: str) -> list[str]:
    """``text`` cut after 。！？；, quotations and brackets kept whole."""
    pieces, start = [], 0
    for end in (*(match.end() for match in SENTENCE_END.finditer(masked(text))), len(text)):
        pieces += [text[low : min(end, low + LONGEST_SENTENCE)].strip() for low in range(start, end, LONGEST_SENTENCE)]
        start = end
    return [piece for piece in pieces if piece.strip("。！？；!?; ")]


def _joined(path: list[Heading]) -> str:
    return " / ".join(heading.text for heading in path)
