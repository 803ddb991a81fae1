"""Word lists of the room, longest word first."""

from __future__ import annotations

from functools import cache

from filing.text.vocabulary import word_list


@cache
def words(name: str, key: str) -> tuple[str, ...]:
    """The words under ``key`` in ``lexicon/<name>.toml``, longest first, so that the first that fits is the longest."""
    return tuple(sorted(word_list(name)[key], key=len, reverse=True))


def contains_any(text: str, wanted: tuple[str, ...]) -> str:
    """The first of ``wanted`` that stands in ``text``, "" where none does."""
    return next((word for word in wanted if word in text), "")
