"""The body that a person sees, out of a message's text parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from records.markup import html_to_text

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]+")
_QUOTE_DEPTH = re.compile(r">*")
_NO_SUBSTANCE = re.compile(r"[\s>|]+")
_SAYS_MORE_CHARACTERS = 12
_MAX_COMPARED = 200_000  # longer bodies are compared by their length alone


@dataclass(frozen=True, slots=True)
class TextPart:
    """One text part of the body, decoded; parts with one ``alternative`` say the same (RFC 2046 §5.1.4)."""

    text: str
    is_html: bool
    alternative: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What a person reads, and the HTML that came with it, None where none did."""

    text: str
    html: str | None


def compose_body(parts: Iterable[TextPart]) -> Body:
    """The body of a message: each group of alternatives once, text parts that stand by themselves in their order.

    Of alternatives the plain text is taken, or the HTML as text where there is no plain text or the HTML says more.
    """
    groups: dict[object, list[TextPart]] = {}
    for number, part in enumerate(parts):
        groups.setdefault(part.alternative or number, []).append(part)
    texts = (_group_text(group) for group in groups.values())
    html = "\n".join(part.text for group in groups.values() for part in group if part.is_html)
    return Body("\n\n".join(text for text in texts if text), html or None)


def clean_text(text: str) -> str:
    """Line ends as LF, control characters gone, no blanks at line ends, no more than one empty line in a row."""
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    tidy = "\n".join(line.rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", tidy).strip("\n")


def unwrap_flowed(text: str, *, delete_space: bool) -> str:
    """Put together the lines that a format=flowed client broke (RFC 3676 §4.2); ``delete_space`` is its DelSp."""
    done: list[list[str]] = []  # paragraphs in pieces: joined at the end, in linear time
    flowing = ""  # the quote marks of the open paragraph, "-" while none is open
    is_open = False
    for line in text.replace("\r\n", "\n").split("\n"):
        marks = _QUOTE_DEPTH.match(line)
        depth = marks[0] if marks else ""
        content = line[len(depth) :].removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        kept = content[:-1] if soft and delete_space else content
        if is_open and depth == flowing and content != "-- ":
            done[-1].append(kept)
        else:
            done.append([f"{depth} {kept}" if depth else kept])
        flowing, is_open = depth, soft
    return "\n".join(map("".join, done))


def _group_text(group: list[TextPart]) -> str:
    plain = clean_text("\n".join(part.text for part in group if not part.is_html))
    html = "\n".join(part.text for part in group if part.is_html)
    if not html:
        return plain
    shown = clean_text(html_to_text(html))
    return shown if not plain or _says_more(shown, plain) else plain


def _says_more(shown: str, plain: str) -> bool:
    """Whether the HTML holds lines that the plain text lacks: a large attachment's name, a table, the report itself."""
    if max(len(shown), len(plain)) > _MAX_COMPARED:
        return len(shown) > 2 * len(plain)
    more = _lacking(shown, plain)
    return more >= _SAYS_MORE_CHARACTERS and more > _lacking(plain, shown)


def _lacking(text: str, other: str) -> int:
    """How many characters stand in lines of ``text`` that ``other`` does not hold; blanks and quote marks aside."""
    held = _NO_SUBSTANCE.sub("", other)
    lines = (_NO_SUBSTANCE.sub("", line) for line in text.splitlines())
    return sum(len(line) for line in lines if line not in held)
