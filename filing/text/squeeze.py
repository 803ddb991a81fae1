"""Text as names are looked up in it: NFKC, lower case, no white space, no brackets or quotes; lines remembered."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

_DROPPED = dict.fromkeys(map(ord, "()[]{}<>《》〈〉「」『』【】〔〕“”‘’\"'·•*#_\u200b\u200c\u200d\ufeff\u00ad"), None)
_SPACE = re.compile(r"(?<![0-9a-z])\s+|\s+(?![0-9a-z])")
_HAN = re.compile(r"[\u3400-\u9fff]")


def squeeze(text: str) -> str:
    """One line's text in the form that is compared; between two Latin words one space stays."""
    folded = unicodedata.normalize("NFKC", text).lower().translate(_DROPPED)
    return re.sub(r"\s+", " ", _SPACE.sub("", folded)).strip()


def is_han(char: str) -> bool:
    """Whether it is a Chinese character."""
    return bool(_HAN.match(char))


@dataclass(frozen=True, slots=True)
class Squeezed:
    """Lines squeezed into one row, so that a name broken over two lines is found; knows where each line began."""

    text: str
    lines: tuple[str, ...]  # as they were
    starts: tuple[int, ...]  # of each line in ``text``

    def line_of(self, position: int) -> int:
        """Number of the line, from 0, in which the character at ``position`` stands."""
        return max(0, bisect_right(self.starts, position) - 1)

    def line_start(self, line: int) -> int:
        """Where the line begins."""
        return self.starts[line]

    def line_end(self, line: int) -> int:
        """Behind its last character."""
        return self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)


def squeezed(lines: tuple[str, ...]) -> Squeezed:
    """Those lines as one row."""
    rows: list[str] = []
    starts: list[int] = []
    at = 0
    for line in lines:
        row = squeeze(line)
        if rows and row[:1].isascii() and rows[-1][-1:].isascii():
            row = f" {row}"  # Latin words of two lines are two words
        rows.append(row)
        starts.append(at)
        at += len(row)
    return Squeezed("".join(rows), lines, tuple(starts))
