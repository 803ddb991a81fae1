"""Whether a message says that it corrects or repeats an earlier one."""

from __future__ import annotations

from collections.abc import Sequence

from filing.kinds import Title
from filing.text.lexica import contains_any, words
from filing.text.squeeze import squeeze

_OWN_WORDS = 250  # a longer body is the report itself


def says_correction(titles: Sequence[Title], own_words: str) -> bool:
    """更正, 重发, 以本次为准 in subject, file names or the first of the own words; 补报 alone is none."""
    named = [title.text for title in titles if title.role in ("subject", "file")]
    text = squeeze("\n".join([*named, own_words[:_OWN_WORDS]]))
    for harmless in words("kinds", "no_corrections"):
        text = text.replace(squeeze(harmless), "")
    return bool(contains_any(text, tuple(map(squeeze, words("kinds", "corrections")))))
