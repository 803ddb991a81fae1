"""Reads the word lists under ``filing/lexicon``: general Chinese, nothing of any campaign."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).parent.parent / "lexicon"


@lru_cache(maxsize=32)
def word_list(name: str) -> dict[str, Any]:
    """The tables of ``lexicon/<name>.toml``; a missing or broken file is a fault of the installation and is raised."""
    return tomllib.loads((LEXICON / f"{name}.toml").read_text("utf-8"))


def alternatives(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern that matches where any of ``patterns`` does; never, where there are none."""
    wanted = [pattern for pattern in patterns if pattern]
    return re.compile("|".join(f"(?:{pattern})" for pattern in wanted) if wanted else r"(?!)")


@lru_cache(maxsize=128)
def marker(name: str, key: str) -> re.Pattern[str]:
    """The patterns that stand under ``key`` in ``lexicon/<name>.toml``, as one."""
    return alternatives(word_list(name)[key])
