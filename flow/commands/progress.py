"""How far long work is: one line on a terminal, with the time left where it is known how much there is to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TextIO

from tqdm import tqdm

from records.words import Language, Text

WORDS = {
    "archived": Text("已收 {count} 封", "{count} taken"),
    "filed": Text("已处理 {count} 封", "{count} filed"),
    "pages": Text("{count} 页", "{count} pages"),
    "copied": Text("已复制 {count} 个文件", "{count} files copied"),
    "verified": Text("已核对 {count} 个文件", "{count} files verified"),
}
_OF = Text("，共 {count} 封", ", of {count}")
_LEFT = Text("剩余 {left}", "{left} left")
_COUNTED = "filed"


class ProgressLine:
    """Takes what was done and how much of it; ``waiting`` tells how many messages there are to file."""

    def __init__(self, stream: TextIO, language: Language) -> None:
        self._stream = stream
        self._language = language
        self._done: dict[str, int] = {}
        self._bar: Any = None

    def __call__(self, what: str, count: int) -> None:
        """Shows the new state; at most ten times a second while the time left is known, which is how tqdm does it."""
        if what == "waiting":
            self._start(count)
            return
        self._done[what] = self._done.get(what, 0) + count
        if self._bar is None:
            print("\r" + self._told(), end="", file=self._stream, flush=True)
            return
        self._bar.set_description_str(self._told(), refresh=False)
        self._bar.update(count if what == _COUNTED else 0)
        if self._bar.n >= self._bar.total and what == "pages":
            self._bar.close()
            self._bar = None
            self._done = {}

    def _start(self, total: int) -> None:
        if self._done:
            print(file=self._stream)
        self._done = {}
        if total:
            self._done = {_COUNTED: 0}
            self._bar = tqdm(total=total, file=self._stream, bar_format=self._form(total), ascii=" -")
            self._bar.set_description_str(self._told())

    def _form(self, total: int) -> str:
        """The line as tqdm fills it; its own description would end in a colon."""
        of, left = (text.fill(count=total, left="{remaining}").say(self._language) for text in (_OF, _LEFT))
        return f"{{desc}}{of} |{{bar:20}}| {left}"

    def _told(self) -> str:
        return "  ".join(WORDS[name].fill(count=number).say(self._language) for name, number in self._done.items())


def progress_on(stream: TextIO, language: Language) -> Callable[[str, int], None]:
    """A line on a terminal; nothing in a pipe."""
    return ProgressLine(stream, language) if stream.isatty() else lambda what, count: None
