"""What a title says besides units, dates, general words and the campaign's own: there a report names other work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from filing.kinds import Title
from filing.text.lexica import words
from filing.text.squeeze import squeeze, squeezed
from filing.text.vocabulary import alternatives
from filing.themes import QUOTED, is_abbreviation, is_kind, names_another, says_theme, themes_of
from filing.what.concepts import is_matter, topics
from filing.who.names import NameIndex
from records.campaigns import Campaign

_EXTENSION = re.compile(r"\.[0-9a-z]{1,5}$")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LEAST = 2
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,8}\d{4}第?\d+号")  # 沱卫监〔2024〕12号
_WORK = ("工作", "活动", "宣传", "教育", "专项", "整治", "行动", "培训", "建设", "管理", "防控", "治理", "检查")
_BETWEEN = 10  # signs that may stand between what a paper is on and what it is: 禁毒[宣传教育工作情况的]报告
_BEARS = 0.08  # share of a report's pairs of signs that the notice has; hardly any paper on other work comes up to it
_MATTERS = 0.5  # share of its matters that are the notice's


@dataclass(frozen=True, slots=True)
class OtherTopic:
    """What a title says that its paper is on, and no word of the notice's.

    ``plain``: another campaign or period, or a matter that the notice lacks; ``work``: 工作 or 活动 stands behind them.
    """

    words: str
    plain: bool
    work: bool


def other_topic(title: str, campaign: Campaign, index: NameIndex, unit: str | None) -> OtherTopic | None:
    """What else a title says that its paper is on; None where it says nothing or the campaign's work.

    Only words before what the paper is tell that (禁毒工作总结), none that speak of the mail (发错了, 重报).
    """
    themes = themes_of(campaign)
    if says_theme(squeeze(title), themes):
        return None
    other = names_another(_without_own(title, campaign), themes)
    if other and not _is_name(other, index, unit) and not _is_kind_alone(other, campaign, index, unit):
        return OtherTopic(other, plain=True, work=True)
    whole = _without_names(title, index)
    for piece in _foreign(title, campaign, index, unit):
        if hit := re.search(rf"{piece}([\u4e00-\u9fff]{{0,{_BETWEEN}}}?)(?:{_papers().pattern})", whole):
            return OtherTopic(piece, _is_other_matter(piece, campaign), any(word in hit[1] for word in _WORK))
    return None


def bears(text: str, campaign: Campaign) -> bool:
    """Whether a text that never names the campaign is on its work: by words and matters of the notice."""
    said, matters = _pairs(squeeze(text)), {topic for topic in topics(text) if is_matter(topic)}
    shared = len(said & _pairs_of(campaign)) >= _BEARS * len(said)
    return bool(said) and shared and len(matters & _matters_of(campaign)) >= _MATTERS * len(matters)


def foreign_words(title: str, campaign: Campaign, index: NameIndex, unit: str | None) -> str:
    """The first words of a title that are neither a name nor general nor the notice's; "" where all are.

    ``unit``: code of the unit whose report it seems to be; any part of its names (锦绣城) is a name.
    """
    return next(_foreign(title, campaign, index, unit), "")


def _foreign(title: str, campaign: Campaign, index: NameIndex, unit: str | None) -> Iterator[str]:
    text = _bare(title, index)
    own = _pairs_of(campaign) | (_pairs("\n".join(index.names_of(unit))) if unit else frozenset())
    for run in _HAN.findall(text):
        kept = "".join(char if not _is_covered(run, at, own) else " " for at, char in enumerate(run))
        yield from (piece for piece in kept.split() if len(piece) >= _LEAST and not _is_name(piece, index, unit))


def _is_name(words_: str, index: NameIndex, unit: str | None) -> bool:
    """Whether the words are short for the unit (妇产, 特校) or end as organisations' names do."""
    ends = words_.endswith(words("names", "title_organisations"))
    return ends or (unit is not None and any(is_abbreviation(words_, name) for name in index.names_of(unit)))


def _is_kind_alone(occasion: str, campaign: Campaign, index: NameIndex, unit: str | None) -> bool:
    """Whether nothing but names and words of the notice's title stands before the kind: 三中百日行动, 汛期百日行动.

    A week or month is the campaign's week or month (县卫健局宣传周); an action must be what the title calls it.
    """
    themes = themes_of(campaign)
    kinds = [theme for theme in themes if is_kind(theme)]
    kind = next((kind for kind in kinds if occasion.endswith(kind)), "")
    bare = _without_names(occasion, index).strip()
    if not kind:
        bare = bare[:-1]
        kind = next((word for word in words("kinds", "campaign_kinds") if bare.endswith(word)), "")
    if not kind:
        return False
    before = bare.removesuffix(kind).strip()
    name = _bare(before, index).replace(" ", "")
    if not name or _is_name(name, index, unit):
        return True
    said = _pairs(before)
    return bool(said) and said <= _pairs(squeeze(campaign.title.removeprefix(campaign.issuer) + campaign.theme))


def _without_own(title: str, campaign: Campaign) -> str:
    """A title without quoted names and seasons that are the notice's own: “安全进万家”, 秋季."""
    own = _pairs_of(campaign)
    for period in words("kinds", "other_periods"):
        title = title.replace(period, " ") if period in campaign.title else title
    return QUOTED.sub(lambda hit: " " if _pairs(squeeze(hit[1])) <= own else hit[0], title)


def _is_other_matter(piece: str, campaign: Campaign) -> bool:
    matters = {topic for topic in topics(piece) if is_matter(topic)}
    return bool(matters) and not matters & _matters_of(campaign)


@lru_cache(maxsize=32)
def _matters_of(campaign: Campaign) -> frozenset[str]:
    items = (text for activity in campaign.activities for text in (activity.title, activity.text))
    return frozenset(filter(is_matter, topics("\n".join((campaign.title, campaign.theme, *items)))))


@lru_cache(maxsize=1)
def _papers() -> re.Pattern[str]:
    """What papers are called at the end of their titles."""
    kinds = (word for key in ("summaries", "reports", "materials", "paper_nouns") for word in words("kinds", key))
    return alternatives(re.escape(word) for word in kinds if not word.isascii())


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


def _without_names(title: str, index: NameIndex) -> str:
    row = squeezed((_EXTENSION.sub("", title.lower()),))
    text = row.text
    for hit in index.find(row):
        text = text[: hit.start] + " " * (hit.end - hit.start) + text[hit.end :]
    for place in index.places:
        text = text.replace(place, " ")
    return _NUMBER.sub(" ", text)


def _bare(title: str, index: NameIndex) -> str:
    text = _without_names(title, index)
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


def is_table(title: str) -> bool:
    """Whether it ends as titles of tables do (…报表)."""
    return squeeze(_EXTENSION.sub("", title.lower())).endswith("表")
