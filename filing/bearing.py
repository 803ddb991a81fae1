"""What a title says besides units, dates, general words and the campaign's own: there a report names other work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from filing.kinds import Title
from filing.text.lexica import words
from filing.text.squeeze import squeeze, squeezed
from filing.themes import says_theme, themes_of
from filing.who.names import NameIndex
from records.campaigns import Campaign

_EXTENSION = re.compile(r"\.[0-9a-z]{1,5}$")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LEAST = 2


def foreign_words(title: str, campaign: Campaign, index: NameIndex, unit: str | None) -> str:
    """The first words of a title that are neither a name nor general nor the notice's; "" where all are.

    ``unit``: code of the unit whose report it seems to be; any part of its names (锦绣城) is a name.
    """
    text = _bare(title, index)
    own = _pairs_of(campaign) | (_pairs("\n".join(index.names_of(unit))) if unit else frozenset())
    for run in _HAN.findall(text):
        kept = "".join(char if not _is_covered(run, at, own) else " " for at, char in enumerate(run))
        if found := next((piece for piece in kept.split() if len(piece) >= _LEAST), ""):
            return found
    return ""


def bears_on(title: str, campaign: Campaign, index: NameIndex) -> bool:
    """Whether a title says any word of the notice's, general ones apart."""
    if says_theme(squeeze(title), themes_of(campaign)):
        return True
    own = _pairs_of(campaign)
    runs = _HAN.findall(_bare(title, index))
    return any(run[at : at + 2] in own for run in runs for at in range(len(run) - 1))


def is_of_other_work(titles: Sequence[Title], campaign: Campaign, index: NameIndex, unit: str | None) -> str:
    """What the papers' titles say that they are on, where none of them says a word of the notice's; else ""."""
    named = [title for title in titles if title.role in ("document", "slides", "sheet", "file", "subject")]
    if any(bears_on(title.text, campaign, index) for title in named):
        return ""
    papers = [title for title in named if title.role != "subject"]
    return next((found for title in papers if (found := foreign_words(title.text, campaign, index, unit))), "")


def _bare(title: str, index: NameIndex) -> str:
    row = squeezed((_EXTENSION.sub("", title.lower()),))
    text = row.text
    for hit in index.find(row):
        text = text[: hit.start] + " " * (hit.end - hit.start) + text[hit.end :]
    for place in index.places:
        text = text.replace(place, " ")
    for word in words("kinds", "general_title"):
        text = text.replace(word, " ")
    return text


def _is_covered(run: str, at: int, own: frozenset[str]) -> bool:
    return run[max(0, at - 1) : at + 1] in own or run[at : at + 2] in own


@lru_cache(maxsize=32)
def _pairs_of(campaign: Campaign) -> frozenset[str]:
    """Pairs of characters in the notice's title, slogan and activities, of general words none."""
    items = (text for activity in campaign.activities for text in (activity.title, activity.text, *activity.cues))
    text = squeeze("\n".join((campaign.title.removeprefix(campaign.issuer), campaign.theme, *items)))
    for word in words("kinds", "general_title"):
        text = text.replace(word, " ")
    return _pairs(text)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(run[at : at + 2] for run in _HAN.findall(text) for at in range(len(run) - 1))


def is_formal(title: str) -> bool:
    """Whether it ends as titles of papers do (…文件, …证书), not as headlines do."""
    return squeeze(_EXTENSION.sub("", title.lower())).endswith(words("kinds", "paper_nouns"))
