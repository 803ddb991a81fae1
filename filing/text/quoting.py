"""A body in two: the sender's own words, and what a reply or forward quotes below them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from filing.text.lexica import words
from filing.text.vocabulary import word_list

_SUBJECT_MARK = re.compile(  # so many blanks and no more: a subject of blanks alone takes no time
    r"[\[【(（]?\s{0,4}([a-z]{1,7}|[\u4e00-\u9fff]{1,2})\s{0,4}[\]】)）]?\s{0,4}[:：]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Body:
    """``own`` words above the mark of a reply or forward, ``quoted`` what stands below it or behind ">"."""

    own: str
    quoted: str


def _patterns() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{mark})" for mark in word_list("mail")["quote_marks"]), re.IGNORECASE)


_MARK = _patterns()
_HEADER = re.compile(rf"(?:{'|'.join(words('mail', 'quote_headers'))})\s*[:：]", re.IGNORECASE)


def split_body(text: str) -> Body:
    """Splits at the first mark; lines behind ">" are quoted wherever they stand."""
    lines = text.splitlines()
    cut = next((i for i in range(len(lines)) if _is_mark(lines, i)), len(lines))
    own = [line for line in lines[:cut] if not line.lstrip().startswith((">", "|>"))]
    behind = [line.lstrip("> \t") for line in lines[:cut] if line.lstrip().startswith((">", "|>"))]
    return Body("\n".join(own).strip(), "\n".join([*behind, *(line.lstrip("> \t") for line in lines[cut:])]).strip())


def _is_mark(lines: list[str], at: int) -> bool:
    line = lines[at].strip().lstrip("> ").strip("*")
    if not line or not _MARK.fullmatch(line):
        return False
    if not _HEADER.match(line):
        return True
    following = [other.strip().lstrip("> ").strip("*") for other in lines[at + 1 : at + 6] if other.strip()]
    return any(_HEADER.match(other) for other in following)


def subject_marks(subject: str) -> tuple[tuple[str, ...], str]:
    """Reply and forward marks at a subject's head (lower case, without colon), and the subject without them."""
    marks: list[str] = []
    subject = subject.strip()
    known = set(words("mail", "forward_subjects")) | set(words("mail", "reply_subjects"))
    while (hit := _SUBJECT_MARK.match(subject)) and hit[1].lower() in known:
        marks.append(hit[1].lower())
        subject = subject[hit.end() :].lstrip()
    return tuple(marks), subject


def is_forward(subject: str, own: str) -> bool:
    """Whether the sender passes on what another wrote, by the subject's mark or by the own words."""
    marks, _ = subject_marks(subject)
    forwards = set(words("mail", "forward_subjects"))
    return bool(marks and marks[0] in forwards) or any(word in own for word in words("mail", "forward_words"))
