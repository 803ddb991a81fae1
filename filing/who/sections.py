"""One paper that holds several units' reports, one behind the other, parted where the next one begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from filing.documents import Document
from filing.papers import paper_of
from filing.text.squeeze import squeeze
from filing.who.clues import is_guest, line_is_name, signs
from filing.who.names import Hit, NameIndex
from filing.who.zones import DATE, Layout, is_addressee, is_running, is_transparent, layout_of
from records.extracts import Table

_PARTED = ("document", "slides", "body")
_SHORT = 42  # characters of a line that can be a signature's
_TITLE = 60  # squeezed characters that a title has at most
_REPORT = 40  # squeezed characters that a report has at least, title and signature counted
_COVER = 200  # squeezed characters that may stand before the first report or behind the last
_REPORTS = ("summary", "report", "material")


@dataclass(frozen=True, slots=True)
class _Page:
    """A document with what is known of its lines."""

    layout: Layout
    signers: dict[int, frozenset[str]]  # units that sign in a line
    openers: dict[int, str]  # units whose report's title begins in a line
    titles: frozenset[int]  # lines in which a closing report's title stands, whoever's


def sections_of(document: Document, index: NameIndex, *, sorted_by_office: bool = False) -> tuple[Document, ...]:
    """The reports in it, each a document ``where/1``, ``where/2`` …; itself alone where it is one unit's or unclear.

    Reports are told apart by their titles, each beginning with another unit's name, or by their signatures; where the
    two disagree, or a piece has neither, nothing is parted, and a person decides. Headings that are names alone
    (一、甲村) part a paper only if ``sorted_by_office``: else they are what the one that signs tells of others.
    """
    if document.role not in _PARTED or len(document.lines) < 4:
        return (document,)
    page = _page_of(document, index, sorted_by_office)
    if page is None:
        return (document,)
    starts = _starts(page) or (_headed(page, index) if sorted_by_office else [])
    lines = page.layout.row.lines
    if not starts:
        end = _annexed_at(page)
        return (replace(document, text="\n".join(lines[:end])) if end else document,)
    ends = [*(start for start in starts[1:]), len(lines)]
    pieces = ["\n".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)]
    return tuple(
        replace(document, where=f"{document.where}/{at}", text=piece, tables=_tables_in(piece, document.tables))
        for at, piece in enumerate(pieces, 1)
    )


def _page_of(document: Document, index: NameIndex, headings: bool) -> _Page | None:
    """None where nothing speaks of a second report."""
    layout = layout_of(replace(document, tables=()))
    titles = frozenset(at for at in range(len(layout.row.lines)) if _is_title(layout, at))
    dated = sum(len(line) <= _SHORT and bool(DATE.search(line)) for line in layout.row.lines)
    if len(titles) < 2 and dated < 2 and not headings:  # one report at most
        return None
    hits = [hit for hit in index.find(layout.row, blurred=document.from_pixels) if len(hit.units) == 1]
    clear = [hit for hit in hits if hit.standing in ("clear", "campus")]
    signers: dict[int, set[str]] = {}
    for hit in clear:
        line = layout.row.line_of(hit.start)
        if layout.zones[line] in ("signature", "tail") and signs(layout, hit, hits):
            signers.setdefault(line, set()).add(hit.units[0])
    openers = {line: hit.units[0] for hit in reversed(clear) for line in _opens(layout, hit)}
    return _Page(layout, {line: frozenset(units) for line, units in signers.items()}, openers, titles)


def _opens(layout: Layout, hit: Hit) -> Iterator[int]:
    """The line if the name begins a closing report's title there, or stands alone above one."""
    row = layout.row
    line = row.line_of(hit.start)
    before = row.text[row.line_start(line) : hit.start]
    if before not in ("", "关于") or is_guest(layout, hit) or not _follows_an_end(layout, line):
        return
    last = row.line_of(hit.end - 1)
    if line_is_name(layout, hit):
        last = min(last + 1, len(row.lines) - 1)
    if any(_is_title(layout, at) for at in range(line, last + 1)):
        yield line


def _is_title(layout: Layout, line: int) -> bool:
    text = layout.row.lines[line]
    if is_running(text) or is_addressee(text) or not 4 <= len(squeeze(text)) <= _TITLE or "\t" in text:
        return False
    return paper_of(text) in ("summary", "report") and not squeeze(text).endswith(("如下", "如下:", "附后"))


def _follows_an_end(layout: Layout, line: int) -> bool:
    """Whether the line before ends something: a sentence, a signature, a date."""
    if line == 0:
        return True
    before = layout.row.lines[line - 1]
    ended = is_running(before) or is_transparent(before) or bool(DATE.search(before))
    return ended or layout.zones[line - 1] in ("head", "signature", "tail")


def _starts(page: _Page) -> list[int]:
    """The lines in which the reports begin, () where it holds one."""
    if len(set(page.openers.values())) >= 2:
        return _checked(page, sorted(page.openers), page.openers)
    ends = sorted(page.signers)
    units = {unit for found in page.signers.values() for unit in found}
    if len(units) < 2 or any(len(found) > 1 for found in page.signers.values()):
        return []
    starts = [0, *(_behind_signature(page.layout, line) for line in ends[:-1])]
    owners = {start: next(iter(page.signers[line])) for start, line in zip(starts, ends, strict=True)}
    return _checked(page, starts, owners)


def _behind_signature(layout: Layout, line: int) -> int:
    """The first line behind a signature, its date and telephone number."""
    at = line + 1
    lines = layout.row.lines
    while at < len(lines) and (is_transparent(lines[at]) or (DATE.search(lines[at]) and len(squeeze(lines[at])) <= 14)):
        at += 1
    return at


def _checked(page: _Page, starts: Sequence[int], owners: dict[int, str]) -> list[int]:
    """The starts if each piece is a whole report of the one unit; else none."""
    lines = page.layout.row.lines
    if len(squeeze("".join(lines[: starts[0]]))) > _COVER:
        return []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        mine = {owners[start]}
        signed = set().union(*(found for line, found in page.signers.items() if start <= line < end))
        named = {unit for line, unit in page.openers.items() if start <= line < end}
        titles = sorted(line for line in page.titles if start <= line < end)
        several = any(b - a > 2 for a, b in pairwise(titles))
        if (signed | named) - mine or several or not _is_report(lines[start:end]):
            return []
    return list(starts)


def _is_report(lines: Sequence[str]) -> bool:
    """Whether the lines are a report's, not an annexed notice or plan, and no title alone."""
    head = "".join(line for line in lines[:3] if not is_running(line))
    told = any(is_running(line) for line in lines)
    return told and len(squeeze("".join(lines))) >= _REPORT and paper_of(head) in (*_REPORTS, "")


def _annexed_at(page: _Page) -> int:
    """Where a notice or plan of another unit begins behind the signed report; 0 where there is none."""
    ends = sorted(page.signers)
    if len(ends) != 2 or page.signers[ends[0]] & page.signers[ends[1]]:
        return 0
    at = _behind_signature(page.layout, ends[0])
    lines = [line for line in page.layout.row.lines[at : ends[1]][:3] if not is_running(line)]
    annexed = any(paper_of(line) in ("notice", "plan") for line in lines)
    return at if annexed and not any(at <= line < ends[1] for line in page.titles) else 0


def _headed(page: _Page, index: NameIndex) -> list[int]:
    """Lines that are a unit's name with a number before it at most, if no unit signs or heads the whole."""
    if page.signers or page.openers:
        return []
    row = page.layout.row
    found: dict[int, str] = {}
    for hit in index.find(row):
        line = row.line_of(hit.start)
        before, behind = row.text[row.line_start(line) : hit.start], row.text[hit.end : row.line_end(line)]
        if hit.standing == "clear" and len(hit.units) == 1 and not behind.strip(":") and _is_number(before):
            found[line] = hit.units[0]
    starts = sorted(found)
    if len(starts) < 2 or len(set(found.values())) != len(starts):
        return []
    ends = [*starts[1:], len(row.lines)]
    whole = all(any(map(is_running, row.lines[a:b])) for a, b in zip(starts, ends, strict=True))
    return starts if whole and len(squeeze("".join(row.lines[: starts[0]]))) <= _COVER else []


def _is_number(text: str) -> bool:
    return not text.strip("一二三四五六七八九十0123456789、.．()（） ")


def _tables_in(piece: str, tables: Sequence[Table]) -> tuple[Table, ...]:
    """Tables whose cells the piece of text holds."""
    text = squeeze(piece)
    return tuple(table for table in tables if table.rows and _stands_in(table, text))


def _stands_in(table: Table, text: str) -> bool:
    cells = [squeeze(cell) for row in table.rows[:3] for cell in row if cell.strip()]
    return bool(cells) and all(cell in text for cell in cells)
