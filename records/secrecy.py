"""Marks of secrecy: where and how a paper bears them, and what may be kept of one that does.

Source: GB/T 9704-2012 §7.2.2 (at the head, 机密★1年); 国家秘密定密管理规定 on the form of the mark. A mark stands by
itself. Words that only speak of secrets (保密工作, 商业秘密, 秘密投票, 机密文件管理) are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from records.extracts import Extract

CLASSIFIED = "classified"
"""Reason of a filing, and name of the mark in an extract's metadata."""

_HEAD_LINES, _LONGEST_LINE = 12, 60
_LEVEL = r"(绝[ \t]*密|机[ \t]*密|秘[ \t]*密)"
_BEFORE = r"(?:(?:№|No\.?)?[ \t]*\d{3,8}[ \t]+)?(?:份号[:：][ \t]*\d*[ \t]*)?"  # the copy's number stands beside it
_TERM = r"[★☆▲*＊✩✭⭐][ \t]*(?:长[ \t]*期|[\d一二三四五六七八九十Il]{0,3}[ \t]*(?:年|个?月|天|日)?|[^\s，。；,;]{0,12})"
_URGENT = r"(?:[ \t]*(?:特急|加急|平急|特提|急件))?"
_OPEN, _CLOSE = r"[【\[（(〔《]?[ \t]*", r"[ \t]*[】\]）)〕》]?"
_ALONE = re.compile(
    rf"{_BEFORE}{_OPEN}(?:密[ \t]*级[ \t]*[:：]?[ \t]*)?{_LEVEL}[ \t]*(?:级|文[ \t]*件)?{_CLOSE}[ \t]*"
    rf"(?:{_TERM}|\d{{1,2}}[ \t]*年)?{_CLOSE}{_URGENT}"  # a scan's star is not always read
)
_FIELD = re.compile(rf"密[ \t]*级[ \t]*[:：\t][ \t]*{_LEVEL}(?!\w)")
_STARRED = re.compile(rf"{_BEFORE}{_OPEN}(?:密[ \t]*级[ \t]*[:：]?[ \t]*)?{_LEVEL}[ \t]*[★☆][^，。；,;]{{0,20}}")
_IN_NAME = re.compile(
    rf"[【\[（(〔][ \t]*{_LEVEL}[ \t]*(?:级|[★☆▲*][^】\]）)〕]{{0,8}})?[ \t]*[】\]）)〕]|{_LEVEL}[ \t]*[★☆]"
)
"""In a subject or file name only what nobody writes otherwise: in brackets, or with its star."""


def mark_of(text: str) -> str | None:
    """The level (绝密, 机密, 秘密) that a text bears: by itself near its top, or with its star on a line of its own."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for place, line in enumerate(lines):
        if len(line) > _LONGEST_LINE:
            continue
        found = _ALONE.fullmatch(line) or _FIELD.search(line) if place < _HEAD_LINES else _STARRED.fullmatch(line)
        if found:
            return _level(found)
    return None


def mark_in_name(name: str) -> str | None:
    """The level that a subject or a file's name bears."""
    found = _IN_NAME.search(name)
    return _level(found) if found else None


def mark_of_extracts(extracts: Iterable[Extract]) -> str | None:
    """The level of the first part, however deep, that bears one, on it or in its name."""
    for extract in extracts:
        for one in extract.walk():
            found = dict(one.metadata).get(CLASSIFIED) or mark_in_name(one.part.filename or "")
            if found:
                return found
    return None


def bare(extract: Extract) -> Extract:
    """What is kept of a part of a message that bears a mark: that it is there, and nothing that it says or shows."""
    kept = tuple((name, value) for name, value in extract.metadata if name == CLASSIFIED)
    return replace(
        extract,
        pages=(),
        tables=(),
        picture=None,
        thumbnail=b"",
        metadata=kept,
        members=tuple(bare(member) for member in extract.members),
    )


def _level(found: re.Match[str]) -> str:
    return re.sub(r"\s", "", next(group for group in found.groups() if group))
