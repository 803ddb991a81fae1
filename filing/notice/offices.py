"""Names of offices: letterheads, signatures, and what stands before 关于 in a title."""

from __future__ import annotations

import re

from filing.notice.words import pattern, words

_SEAL = re.compile(r"[（(][^（）()]{0,20}代章[）)]$")  # （区教育局代章）
_LETTERHEAD_TAIL = re.compile(r"(?:文\s?件|便\s?函|函\s?件|通\s?知)$")


def office_name(words_: str) -> str:
    """The office that the line ``words_`` names, without 文件 and the like; "" where it is no office's name."""
    bare = _LETTERHEAD_TAIL.sub("", "".join(words_.split()))
    return office(bare)


def office(name: str) -> str:
    """``name`` if it is an office's by its ending, else ""."""
    bare = _SEAL.sub("", name).strip("（）() 　")
    if not 2 <= len(bare) <= 60 or pattern("office", "not_in").search(bare) or re.search(r"\d{3}|@", bare):
        return ""
    return bare if bare.endswith(words("office", "endings")) else ""


def offices_of(raw: str) -> tuple[str, ...]:
    """The offices that a line names side by side; () where one of its words is none."""
    bare = _LETTERHEAD_TAIL.sub("", raw.strip()).strip()
    whole = office_name(bare)
    parts = bare.split(" ")
    names = tuple(office(part) for part in parts)
    if len(parts) > 1 and all(names) and all(len(part) >= 4 for part in parts):
        return names
    glued = re.split(rf"(?<=[局委办会部厅院所处署])(?={re.escape(whole[:2])})", whole) if whole else []
    if len(glued) > 1 and all(office(part) and len(part) >= 4 for part in glued):
        return tuple(glued)
    return (whole,) if whole else ()
