"""The notice reader's lexicon, read once from ``lexicon/notice.toml`` into compiled patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "lexicon" / "notice.toml"


@cache
def _words() -> dict[str, Any]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)


def word(section: str, key: str) -> str:
    """One entry of the lexicon as it stands."""
    return str(_words()[section][key])


def words(section: str, key: str) -> tuple[str, ...]:
    """A list of the lexicon."""
    return tuple(str(item) for item in _words()[section][key])


@cache
def table(section: str) -> dict[str, tuple[str, ...]]:
    """A section of the lexicon whose entries are lists."""
    return {key: tuple(map(str, entry)) for key, entry in _words()[section].items()}


@cache
def pattern(section: str, key: str) -> re.Pattern[str]:
    """An entry, or a list of alternatives, of the lexicon as one compiled pattern."""
    entry = _words()[section][key]
    return re.compile(entry if isinstance(entry, str) else _either(entry))


@cache
def section_role(title: str) -> str:
    """What a section is about, by its title: theme, time, content, report, demand, contact, other; "" if unknown."""
    bare = re.sub(r"[\s“”\"（）()：:。]", "", title)
    return next((role for role in _words()["sections"] if pattern("sections", role).search(bare)), "")


def _either(alternatives: Iterable[str]) -> str:
    return "|".join(f"(?:{alternative})" for alternative in alternatives)
