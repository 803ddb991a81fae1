"""Which campaign a report belongs to: by its words alone, each weighing less where several campaigns share it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from filing.kinds import Title
from filing.text.squeeze import squeeze
from filing.themes import QUOTED, is_kind, own_names, says_theme, themes_of, topics_of
from records.campaigns import Campaign, CampaignContext

_CUE_LIMIT = 5.0
_THEME = 4.0
_SLOGAN = 3.0
_ACTIVITY = 2.0
_CUE = 1.0
_WEAK = 0.4
_PAIR, _PAIR_LIMIT = 0.6, 3.0
ENOUGH = 0.8  # that a message can belong to the only campaign
_MANY_WORDS = 3.5
_MARGIN = 1.6  # by which the best of several must lead


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of the notice, squeezed, and what they weigh where a report says them."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class CampaignScore:
    """How well a campaign fits, and the words that say so, weightiest first."""

    context: CampaignContext
    score: float
    words: tuple[str, ...]
    named: bool = False  # its own name, slogan or an activity's quoted name is said

    @property
    def fits(self) -> bool:
        """Whether the words say enough that the message can belong to it."""
        return self.score >= ENOUGH


@dataclass(frozen=True, slots=True)
class CampaignChoice:
    """Campaigns that may be meant, the best first; ``sure`` where the first is plainly the one."""

    ranked: tuple[CampaignScore, ...]
    sure: bool

    @property
    def best(self) -> CampaignScore | None:
        """The best, None where there is no campaign."""
        return self.ranked[0] if self.ranked else None


@lru_cache(maxsize=32)
def phrases_of(campaign: Campaign) -> tuple[Phrase, ...]:
    """All words by which reports on a campaign are known; each once, with its highest weight."""
    weights: dict[str, float] = {}

    def put(text: str, weight: float) -> None:
        key = squeeze(text)
        if len(key) >= 2:
            weights[key] = max(weights.get(key, 0.0), weight)

    for theme in themes_of(campaign):
        put(theme, _CUE if is_kind(theme) else _THEME)
    for piece in re.split(r"[，,、。；—\-！!]+", campaign.theme):
        if len(piece.strip()) >= 4:
            put(piece, _SLOGAN)
    for topic in topics_of(campaign):
        put(topic, _CUE)
    for activity in campaign.activities:
        for hit in QUOTED.findall(activity.title):
            put(hit, _ACTIVITY)
        for cue in activity.cues:
            put(cue, _CUE if len(cue) >= 3 else _WEAK)
    for measure in campaign.measures:
        for cue in (measure.label, *measure.cues):
            put(cue, _WEAK)
    return tuple(Phrase(text, weight) for text, weight in sorted(weights.items()))


def not_replaced(contexts: Sequence[CampaignContext], received_at: datetime) -> list[CampaignContext]:
    """The campaigns that can be meant: a closed one gives way to an open one of the same name whose notice is out.

    Their words are the same every year. Last year's paper sent once more bears its year, and goes to a person for that.
    """
    current = {
        theme
        for context in contexts
        if context.is_open and context.has_begun(received_at)
        for theme in own_names(context.campaign)
    }
    return [context for context in contexts if context.is_open or current.isdisjoint(own_names(context.campaign))]


def choose(contexts: Sequence[CampaignContext], texts: Iterable[str]) -> CampaignChoice:
    """The campaign whose words the texts say. With one context it is sure if anything at all fits."""
    hay = "\n".join(squeeze(text) for text in texts)
    sharing: dict[str, int] = {}
    for context in contexts:
        for phrase in phrases_of(context.campaign):
            sharing[phrase.text] = sharing.get(phrase.text, 0) + 1
    own = _own_pairs(contexts) if len(contexts) > 1 else {}
    scored = [_score(context, hay, sharing, own.get(context.campaign.id, frozenset())) for context in contexts]
    ranked = sorted(scored, key=_order)
    return CampaignChoice(tuple(ranked), _is_sure(ranked))


def _own_pairs(contexts: Sequence[CampaignContext]) -> dict[str, frozenset[str]]:
    """Pairs of characters in names, slogans, titles of activities that one campaign has and none of the others."""
    pairs = {context.campaign.id: _pairs_of(context.campaign) for context in contexts}
    return {
        one: mine.difference(*(others for other, others in pairs.items() if other != one))
        for one, mine in pairs.items()
    }


@lru_cache(maxsize=32)
def _pairs_of(campaign: Campaign) -> frozenset[str]:
    texts = (*themes_of(campaign), campaign.theme, *(activity.title for activity in campaign.activities))
    squeezed_texts = [re.sub(r"[^\u4e00-\u9fff]", " ", squeeze(text)) for text in texts]
    return frozenset(
        text[at : at + 2] for text in squeezed_texts for at in range(len(text) - 1) if " " not in text[at : at + 2]
    )


def _score(context: CampaignContext, hay: str, sharing: dict[str, int], own: frozenset[str]) -> CampaignScore:
    said = [phrase for phrase in phrases_of(context.campaign) if phrase.text in hay]
    heavy = sum(phrase.weight / sharing[phrase.text] ** 2 for phrase in said if phrase.weight > _CUE)
    cues = sum(phrase.weight / sharing[phrase.text] ** 2 for phrase in said if phrase.weight <= _CUE)
    words = sorted(said, key=lambda phrase: (-phrase.weight, -len(phrase.text)))
    said_words = tuple(phrase.text for phrase in words[:5])
    pairs = min(_PAIR_LIMIT, _PAIR * sum(pair in hay for pair in own))
    named = heavy > 0 or says_theme(hay, themes_of(context.campaign))
    return CampaignScore(context, heavy + min(_CUE_LIMIT, cues) + pairs, said_words, named)


def _order(scored: CampaignScore) -> tuple[float, bool, str]:
    return (-scored.score, not scored.context.is_open, scored.context.campaign.id)


def _is_sure(ranked: Sequence[CampaignScore]) -> bool:
    if not ranked or ranked[0].score < ENOUGH:
        return False
    if len(ranked) == 1:
        return True
    return ranked[0].score >= ENOUGH * 2 and ranked[0].score >= ranked[1].score * _MARGIN


def is_on_the_whole(scored: CampaignScore) -> bool:
    """Whether the words say the campaign's own name or slogan, or so much else that a closing report may lack it."""
    return scored.named or scored.score >= _MANY_WORDS


def named_by_titles(choice: CampaignChoice, titles: Sequence[Title]) -> CampaignChoice:
    """The campaign that titles, file names and subject call by its name, though the text may mention others.

    Where they call two, nothing changes; where the text is plainly another's, a person decides.
    """
    for roles in (("document", "slides", "sheet", "file", "subject"), ("body",)):
        told = "\n".join(squeeze(title.text) for title in titles if title.role in roles)
        if named := _named_in(told, choice.ranked):
            break
    if len(named) != 1:
        return replace(choice, sure=choice.sure and not named)
    agrees = not choice.sure or choice.ranked[0] is named[0]
    return CampaignChoice((named[0], *(one for one in choice.ranked if one is not named[0])), agrees and named[0].fits)


def _named_in(text: str, ranked: Sequence[CampaignScore]) -> list[CampaignScore]:
    """Campaigns that the text calls by name, the longest names first: 养老机构消防安全月 is not 消防安全月 as well."""
    found = []
    by_length = sorted(((theme, one) for one in ranked for theme in own_names(one.context.campaign)), key=_length)
    for theme, one in by_length:
        if theme in text:
            text = text.replace(theme, "\n")
            found.append(one)
    found += [one for one in ranked if says_theme(text, themes_of(one.context.campaign))]
    return [one for one in ranked if any(one is other for other in found)]


def _length(named: tuple[str, CampaignScore]) -> tuple[int, str]:
    return -len(named[0]), named[0]


def backed_by_deeds(choice: CampaignChoice, counts: Sequence[int]) -> CampaignChoice:
    """The same where words alone do not decide: ``counts`` of the activities that each campaign's own texts find done.

    Sure where one campaign alone has any and no other one's words fit.
    """
    if choice.sure or not any(counts):
        return choice
    telling = [scored for scored, count in zip(choice.ranked, counts, strict=True) if count]
    if len(telling) != 1 or any(scored.fits for scored in choice.ranked if scored is not telling[0]):
        return choice
    rest = tuple(scored for scored in choice.ranked if scored is not telling[0])
    return CampaignChoice((replace(telling[0], score=max(telling[0].score, ENOUGH)), *rest), True)
