"""The theme of a notice (活动主题)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from filing.notice.outline import Node
from filing.notice.text import Line
from filing.notice.words import section_role

_INLINE = (
    re.compile(r"主题(?:为|是|：|:)[“\"]?(?P<theme>[^”\"。；\n]{3,60}?)[”\"]?(?=[。；，,\n]|$)"),
    re.compile(r"以[“\"](?P<theme>[^”\"]{3,60})[”\"]为主题"),
    re.compile(r"(?:围绕|紧扣|突出|聚焦|按照)[“\"](?P<theme>[^”\"]{3,60})[”\"](?:的|这一)?(?:活动|年度|宣传)?主题"),
)
_QUOTED_WHOLE = re.compile(r"^[“\"《]([^”\"》]+)[”\"》]$")


def read_theme(roots: Sequence[Node]) -> str:
    """The text of the section on the theme, else the theme that a sentence names; "" where there is none."""
    for root in roots:
        for node in root.walk():
            if node.role == "theme" and section_role(node.title) == "theme":
                text = (node.rest or (node.paragraphs[0] if node.paragraphs else "")).strip()
                if text:
                    return _bare(text)
    return next(
        (
            _bare(found.group("theme"))
            for regex in _INLINE
            for root in roots
            if (found := regex.search(root.whole_text()))
        ),
        "",
    )


def _bare(text: str) -> str:
    """The theme's words: 本次活动主题为“…”。 → …"""
    for regex in _INLINE[:1]:
        found = regex.search(text)
        if found:
            text = found.group("theme")
    text = re.sub(r"[。；]+$", "", text.split("\n")[0]).strip()
    whole = _QUOTED_WHOLE.match(text)
    return (whole.group(1) if whole else text)[:120]


def as_printed(theme: str, lines: Sequence[Line]) -> str:
    """The theme with the blanks that part its halves in print: 珍爱生命 预防溺水."""
    line = next((line for line in lines if theme and theme in line.text), None)
    if line is None:
        return theme
    found = re.search(r"\s?".join(re.escape(character) for character in theme), line.raw)
    return re.sub(r"(?<=[\x00-\xff]) | (?=[\x00-\xff])", "", found.group()) if found else theme


def quotes_as_printed(title: str, lines: Sequence[Line]) -> str:
    """A title with the blanks that stand inside its quotation marks in print."""
    return re.sub(r"“[^”]+”", lambda found: as_printed(found.group(), lines), title)
