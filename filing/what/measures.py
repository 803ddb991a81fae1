"""What figures count: the measures of every campaign and those that one adds, as patterns over prose and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from filing.text.vocabulary import alternatives, word_list
from filing.what.countable import NEVER, Countable
from filing.what.cues import quoted_names
from filing.what.own import own_measure
from records.campaigns import ActivityType, Campaign, Measure

QUIZ = re.compile("答题|竞赛|竞答")
LESSON = re.compile("第一课|安全课")
TRAINING = re.compile("培训|训练|轮训|实训")
LESSONS = ("安全课", "第一课", "讲课", "授课", "开课", "上课")
NOT_MEASURES = ("scope", "own", "others", "participants", "spans", "plausible", "scales", "counters")


def measures_for(campaign: Campaign) -> tuple[Countable, ...]:
    """All measures but ``participants``, which has rules of its own; the campaign's own last."""
    return _measures(campaign.measures, campaign.activities)


def any_counter() -> re.Pattern[str]:
    """A counter directly after a number."""
    return _any_counter()


@lru_cache(maxsize=1)
def _any_counter() -> re.Pattern[str]:
    return re.compile(rf"\s?(?P<counter>{word_list('figures')['counters']['any']})")


@lru_cache(maxsize=32)
def _measures(added: tuple[Measure, ...], activities: tuple[ActivityType, ...]) -> tuple[Countable, ...]:
    entries = {name: entry for name, entry in word_list("figures").items() if name not in NOT_MEASURES}
    cues = {measure.name: measure.cues for measure in added}
    standard = [
        _standard(name, entry, _more_words(name, cues.get(name, ()), activities)) for name, entry in entries.items()
    ]
    own = [own_measure(measure) for measure in added if measure.name not in entries and measure.name != "participants"]
    return (*standard, *own)


def _standard(name: str, entry: dict[str, str], more: tuple[str, ...]) -> Countable:
    words = alternatives([entry["before"], *map(re.escape, more)])
    return Countable(
        name=name,
        counters=re.compile(entry["counters"]),
        before=words,
        bare=re.compile(entry["bare"]) if "bare" in entry else NEVER,
        context=re.compile(entry["context"]) if "context" in entry else NEVER,
        after=re.compile(entry["after"]),
        never=re.compile(entry["never"]) if "never" in entry else NEVER,
        label=re.compile(entry["label"]),
        not_label=re.compile(entry["not_label"]),
        row=re.compile(entry["row"]) if "row" in entry else NEVER,
        deed=re.compile(entry["deed"]) if "deed" in entry else NEVER,
        thing=re.compile(entry["thing"]) if "thing" in entry else NEVER,
    )


def _more_words(name: str, cues: Iterable[str], activities: Sequence[ActivityType]) -> tuple[str, ...]:
    """A campaign's cues for a standard measure, and the words that its activities give one.

    A quiz goes by the names of the activity itself; lessons (安全第一课) are trainings where no others are asked for.
    """
    given = {"quiz_participants": _quiz_words, "trainings": _lesson_words}.get(name)
    more = given(activities) if given else []
    return tuple(dict.fromkeys([*(cue for cue in cues if len(cue) >= 2), *more]))


def _quiz_words(activities: Sequence[ActivityType]) -> list[str]:
    quizzes = [activity for activity in activities if QUIZ.search(activity.title)]
    named = [name for quiz in quizzes for name in quoted_names(f"{quiz.title}{quiz.text}")]
    others = "".join(f"{activity.title}{activity.text}" for activity in activities if activity not in quizzes)
    return [*named, *(word for word in ("竞赛", "参赛") if quizzes and word not in others)]


def _lesson_words(activities: Sequence[ActivityType]) -> list[str]:
    told = [f"{activity.title}{activity.text}" for activity in activities]
    lessons = [text for text in told if LESSON.search(text) and TRAINING.search(text)]
    others = [one for one in activities if TRAINING.search(one.title)]
    return list(LESSONS) if lessons and not others else []
