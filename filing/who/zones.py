"""Where in a document its sender's name stands: letterhead, title, labelled line, signature (GB/T 9704 calls these
发文机关标志, 标题, 发文机关署名); the addressee line (主送机关) and running text are told apart from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from filing.documents import Document
from filing.text.lexica import words
from filing.text.squeeze import Squeezed, squeeze, squeezed
from filing.who.latin import has_sentence, is_latin, width

Zone = Literal["head", "addressee", "signature", "tail", "text"]
"""head: letterhead and title; signature: beside a date; tail: among the last lines, without a date; text: all else."""

_HEAD_LINES = 10
_TAIL_LINES = 5
_SHORT = 42
_MAX_LINES = 4000

_YEAR = r"(?:20\d\d|[二2][〇○零0oO][一二三四五六七八九〇○零0-9]{2})"
_NUMBER = r"[一二三四五六七八九十\d]{1,3}"
_FULL_DATE = rf"{_YEAR}\s*[年./\-]\s*{_NUMBER}\s*(?:[月./\-]\s*(?:{_NUMBER}\s*[日号]?)?)?"
_DAY = rf"{_NUMBER}月{_NUMBER}[日号]"
DATE = re.compile(rf"(?:{_FULL_DATE}|{_DAY})")
_DATE_LINE = re.compile(rf"(?:日期|时间|填报日期|填表日期|报送时间)?[:：]?\s*(?:{_FULL_DATE}|{_DAY})\s*")
_TRAILING_DATE = re.compile(rf"(?:{_FULL_DATE}|{_DAY})\s*$")
_SENTENCE = re.compile(r"[。；;！？!?，,]")
_NUMBERED = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、．.)）](?!\d)|第[一二三四五六七八九十]+[部章条])"
)
_CONTACT = re.compile(
    r"@|https?:|(?:电话|手机|邮箱|微信|传真|地址|邮编|联系人|联系方式|tel|phone|mail)\s*[:：]|\d{7,}|\d{3,4}-\d{7,8}|^\W*$|^-?\s*\d+\s*-?$",
    re.I,
)
_OWN_PAPERS = ("总结", "小结", "报告如下", "汇报如下", "台账")  # 甲村总结： is its title, not whom it is for
_ATTACHED = re.compile(
    r"^\W*(?:附件|附表|附图|附[:：]|抄送|主送|（?此件|图\d|注[:：]|备注|共印|印发|（\s*联系|第\s*\d+\s*页)"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """A document's lines in one squeezed row, with the zone of each."""

    row: Squeezed
    zones: tuple[Zone, ...]

    def zone_at(self, position: int) -> Zone:
        """The zone of the line in which the character stands."""
        return self.zones[self.row.line_of(position)] if self.zones else "text"


def lines_of(document: Document) -> tuple[str, ...]:
    """Its lines; cells of tables that the text lacks come as lines of their own, one a row, split by tabs."""
    lines = document.lines[:_MAX_LINES]
    rows = [
        "\t".join(cell.strip() for cell in row)
        for table in document.tables
        for row in (table.title and (table.title,), *table.rows)
        if row
    ]
    known = {squeeze(line) for line in lines}
    extra = tuple(row.strip() for row in rows[:_MAX_LINES] if row.strip() and squeeze(row) not in known)
    return lines if len(lines) > len(extra) else (*lines, *extra)


def layout_of(document: Document) -> Layout:
    """Lines and their zones."""
    lines = lines_of(document)
    zones: list[Zone] = ["text"] * len(lines)
    for at in _tail(lines):
        zones[at] = "tail"
    head = _head(lines)
    for at in head:
        zones[at] = "head"
    for at in _signatures(lines):
        zones[at] = "signature"
    for at, line in enumerate(lines):
        if is_addressee(line) and at < _HEAD_LINES + len(head):
            zones[at] = "addressee"
    return Layout(squeezed(lines), tuple(zones))


def is_addressee(line: str) -> bool:
    """主送机关: a line of names that ends with a colon, labels apart."""
    text = line.strip()
    if not text.endswith(("：", ":")) or len(text) > 60:
        return False
    return squeeze(text[:-1]) not in words("names", "labels") and not text[:-1].endswith(_OWN_PAPERS)


def is_running(line: str) -> bool:
    """Whether the line is a sentence, not a title or a name."""
    text = line.strip()
    if is_latin(text):
        return has_sentence(text)
    if text.endswith(("。", "；", ";")):
        return True
    return bool(_SENTENCE.search(text)) and len(text) > 20


def _head(lines: Sequence[str]) -> list[int]:
    found: list[int] = []
    for at, line in enumerate(lines[:_HEAD_LINES]):
        if (
            is_addressee(line)
            or is_running(line)
            or _NUMBERED.match(line)
            or (width(line) > _SHORT and "\t" not in line)
        ):
            break
        found.append(at)
    return found


def _signatures(lines: Sequence[str]) -> list[int]:
    """Short lines that end with a date, and the one or two short lines above a line that is a date."""
    found: list[int] = []
    for at, line in enumerate(lines):
        if not DATE.search(line):
            continue
        if _DATE_LINE.fullmatch(line.strip("（）() ")):
            found += takewhile(lambda i: i >= 0 and _can_sign(lines[i]), (at - 1, at - 2))
        elif _TRAILING_DATE.search(line) and _can_sign(line):
            found.append(at)
    return found


def _tail(lines: Sequence[str]) -> list[int]:
    """The last short lines; telephone and page numbers, lists of attachments, lines about the client do not count."""
    found: list[int] = []
    seen = 0
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if is_transparent(line) or _DATE_LINE.fullmatch(line):
            found += [at] if _can_sign(line) else []  # a name beside a telephone number
            continue
        seen += 1
        if seen > _TAIL_LINES or not _can_sign(line):
            break
        found.append(at)
    return found


def is_transparent(line: str) -> bool:
    """Whether the line may stand below a signature without being one."""
    lowered = squeeze(line)
    return bool(_CONTACT.search(line) or _ATTACHED.match(line)) or lowered.startswith(words("mail", "footers"))


def _can_sign(line: str) -> bool:
    text = squeeze(line)
    return (
        0 < width(text) <= _SHORT
        and not (has_sentence(line) if is_latin(line) else _SENTENCE.search(line))
        and not _NUMBERED.match(line)
        and "|" not in line.strip("|")
    )
