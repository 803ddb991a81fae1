"""Text as parsers give it → paragraphs: blanks inside words taken out, lines that a page broke put together again."""

from __future__ import annotations

import re
from dataclasses import dataclass

CJK = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’《》—·"
BLANK_IN_WORDS = re.compile(
    rf"(?<=[{CJK}])[ \u00a0\u3000\u200b]+(?=[{CJK}\d])|(?<=[\d%])[ \u00a0\u3000\u200b]+(?=[{CJK}])"
)
SPACED_DIGITS = re.compile(r"(?<![\d.] )(?<!\d)\d(?: \d)+(?! ?\d)(?=\s?[\u4e00-\u9fff])")
NEW_ITEM = re.compile(
    r"\s*(?:[（(]\s?[一二三四五六七八九十\d]{1,3}\s?[）)]|[一二三四五六七八九十]{1,3}[、.．]|\d{1,2}\s?[、.．)）](?!\d)"
    r"|[①-⑳●◆■▪•※★#]|第[一二三四五六七八九十]{1,3}[章节件条，、]|附件?[:：表]|[一二三四五六七八九十]是)"
)
SENTENCE_END = "。！？；!?;：:…"
DATE_LINE = re.compile(r"\s*[\d〇○零一二三四五六七八九十]{4}\s?[年.\-/]\s?[\d一二三四五六七八九十]{1,3}\s?[月.\-/]")
CELL_BREAK = re.compile(r"\t+| *\| *|｜| {3,}")
LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, its blanks and line ends undone; ``start`` is where its first line begins in the source text."""

    text: str
    start: int
    cells: tuple[str, ...] = ()  # where the line looks like the row of a table


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of ``text`` in order; what stands beyond 100,000 characters is left out."""
    lines = _lines(text[:LONGEST_TEXT])
    width = _page_width([line for _, line in lines])
    joined: list[list[str]] = []
    starts: list[int] = []
    open_ended = False  # the line before ran to the margin and its sentence goes on
    for start, line in lines:
        if line.strip() and open_ended and not _begins_anew(line):
            joined[-1] += [_glue(joined[-1][-1], line), line.strip()]
        elif line.strip():
            joined.append([line])
            starts.append(start)
        open_ended = bool(line.strip()) and not cells_of(line) and _runs_on(line, width)
    return tuple(
        Paragraph(tidy("".join(parts)), start, cells_of(parts[0]) if len(parts) == 1 else ())
        for parts, start in zip(joined, starts, strict=True)
    )


def _begins_anew(line: str) -> bool:
    return bool(cells_of(line) or NEW_ITEM.match(line) or DATE_LINE.match(line))


def tidy(text: str) -> str:
    """``text`` without the blanks that typesetting and OCR put between Chinese characters."""
    joined = SPACED_DIGITS.sub(lambda match: match[0].replace(" ", ""), text)
    return BLANK_IN_WORDS.sub("", joined).strip()


def breadth(text: str) -> float:
    """Its width in full-width characters."""
    return sum(1.0 if ord(sign) > 0x2E7F or sign in "“”‘’—…" else 0.5 for sign in text)


def _lines(text: str) -> list[tuple[int, str]]:
    lines, start = [], 0
    for line in text.splitlines(keepends=True):
        lines.append((start, line.rstrip("\r\n\f\v\u2028")))
        start += len(line)
    return lines


def cells_of(line: str) -> tuple[str, ...]:
    """The cells of a line that looks like the row of a table (tabs or | between them), else none."""
    inner = line.strip().strip("|｜").strip()
    if "\t" not in inner and "|" not in inner and "｜" not in inner:
        return ()
    cells = tuple(tidy(cell) for cell in CELL_BREAK.split(inner))
    return cells if len(cells) > 1 else ()


def _page_width(lines: list[str]) -> float:
    """The width at which the page breaks lines; infinite where lines are paragraphs, each as long as it likes."""
    wide = sorted(breadth(line.strip()) for line in lines if line.strip())
    if len(wide) < 2 or not 18 <= wide[-1] < 90:
        return float("inf")
    near = sum(width >= wide[-1] * 0.85 for width in wide)
    return wide[-1] if near >= 2 or len(wide) < 4 else float("inf")


def _runs_on(line: str, width: float) -> bool:
    stripped = line.strip()
    return breadth(stripped) >= width * 0.8 and stripped[-1] not in SENTENCE_END


def _glue(before: str, after: str) -> str:
    end = before.rstrip()[-1:]
    latin = end.isascii() and (end.isalpha() or end in ".,;:)") and after.strip()[:1].isascii()
    return " " if latin else ""
