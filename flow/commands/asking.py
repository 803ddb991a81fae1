"""Questions to a person at a terminal, or answers from a pipe, a line each."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from records.errors import UsageError
from records.words import Language, Text

NO_ANSWER = Text(
    "没有读到“{question}”的回答：请在终端里运行，或用命令行选项给出（见 setup --help）",
    "no answer to “{question}”: run it in a terminal, or answer by options (see setup --help)",
)
T = TypeVar("T")
YES = frozenset({"y", "yes", "是", "好"})


class WrongAnswer(UsageError):
    """An answer that cannot be used, and why; a person is asked again, a script stops."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks on standard output, reads standard input. Raises UsageError where no answer can come."""

    language: Language

    def ask(self, question: Text, default: str = "") -> str:
        """One line, blanks around it taken off; an empty one means ``default``."""
        shown = question.say(self.language) + (f" [{default}]" if default else "")
        return self._line(f"{shown}: ", question) or default

    def until_right(self, question: Text, check: Callable[[str], T], default: str = "") -> T:
        """What ``check`` makes of the answer; where it raises, that is told and the question asked again."""
        while True:
            try:
                return check(self.ask(question, default))
            except WrongAnswer as error:
                print(error.say(self.language), flush=True)

    def secret(self, question: Text) -> str:
        """As ``ask``; what is typed at a terminal is not shown."""
        if not sys.stdin.isatty():
            return self._line(f"{question.say(self.language)}: ", question)
        try:
            return getpass.getpass(f"{question.say(self.language)}: ").strip()
        except EOFError as error:
            raise UsageError(NO_ANSWER.fill(question=question)) from error

    def agrees(self, question: Text) -> bool:
        """Whether the answer is yes; an empty one is no."""
        return self.ask(question, "n").lower() in YES

    def _line(self, prompt: str, question: Text) -> str:
        print(prompt, end="", flush=True)
        line = sys.stdin.readline()
        if not sys.stdin.isatty():
            print(flush=True)
        if not line:
            raise UsageError(NO_ANSWER.fill(question=question))
        return line.strip()
