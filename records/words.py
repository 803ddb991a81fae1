"""Texts that people read, in both languages the service speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence for people, in Chinese (the default) and in English.

    Both may hold ``str.format`` fields; :meth:`fill` puts the values in.
    """

    zh: str
    en: str

    def fill(self, **values: object) -> Text:
        """The same sentence with its fields replaced by ``values``; a ``Text`` value is said in each language."""
        return Text(self.zh.format(**_said(values, "zh")), self.en.format(**_said(values, "en")))

    def say(self, language: Language = "zh") -> str:
        """The sentence in ``language``."""
        return self.zh if language == "zh" else self.en


def _said(values: dict[str, object], language: Language) -> dict[str, object]:
    return {name: value.say(language) if isinstance(value, Text) else value for name, value in values.items()}
