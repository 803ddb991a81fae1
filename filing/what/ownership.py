"""Which activity of a notice owns which deed: an activity owns what its text names, its title above all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from filing.text.vocabulary import alternatives
from filing.what.concepts import Concept, families, is_matter, mentions, topics
from filing.what.cues import chunks, distinctive_parts, is_generic, own_parts, quoted_names
from records.campaigns import ActivityType, Campaign

IN_TITLE, IN_TEXT, LOOSELY = 3.0, 1.0, 0.5
MOST_IN_TEXT = 2.0  # however often the text repeats a word, the title weighs more
SHORTEST_STRONG = 3
LONG_CUE = 4
PAIR, TRIPLE = 2, 3
SPREADING = frozenset({"publicity", "education"})
TAUGHT = SPREADING | {"contest"}
ADMINISTRATIVE = frozenset({"rules", "meeting", "duty", "facilities"})  # every campaign has meetings and papers
ON_THE_DAY = 2.0  # for the day that an activity's title names
LONGEST_TITLE = 16
TITLE_END = 2.0
HEADING_NUMBER = re.compile(r"^\s*(?:[（(]?[\d一二三四五六七八九十]{1,3}[）)、.．]*|[一二三四五六七八九十]是)\s*")
TITLE_DAY = re.compile(r"\d{1,2}月\d{1,2}日")
MOST_BY_TITLE, MOST_BY_TEXT = 3.0, 0.8
LEADING_VERB = re.compile(
    r"^(?:(?:深入|扎实|广泛|积极|集中|全面|持续|认真|切实)?(?:开展|组织|举办|举行|召开|推动|推进|加强|强化|做好|抓好|参加|实施|落实|完善|建设|打造|上好|办好|搞好|讲好)(?:好)?)*(?:一(?:堂|次|间|场|个|项|批|轮|份|支))?"
)
TRAILING_NOUN = re.compile(r"(?:系列)?(?:活动|工作)$")
AS_GOOD = 0.9  # owners whose scores differ by less are equal
ATMOSPHERE = re.compile(r"(营造)[^,，。；]{1,16}(氛围)")
PERSONS = re.compile(r"[\u4e00-\u9fff]{1,3}[员师长工者]")  # 护理员: who, not what
NAME_PARTS = re.compile(r"[暨、，,：:—\-－\s]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """What one activity's title and text name, weighed."""

    id: str
    title: str  # without verbs like 开展 in front
    names: tuple[str, ...]  # its own names: a report that uses one means this activity
    cues: tuple[str, ...]  # other words that no other activity has
    concepts: Mapping[str, float]
    families: Mapping[str, float]
    topics: Mapping[str, float]
    ending: str = ""  # the last two signs of its title, by which people call it, where no other activity has them
    days: tuple[str, ...] = ()  # days that its title names
    pairs: frozenset[str] = frozenset()  # pairs of signs of its title's words that no other activity has
    words: frozenset[str] = frozenset()  # those of them that are whole words
    text_pairs: frozenset[str] = frozenset()  # pairs of signs of its text's own things
    triples: frozenset[str] = frozenset()  # three signs in a row of its own things that no other activity has


@dataclass(frozen=True, slots=True)
class Profiles:
    """The activities of a campaign, and what in a report tells nothing of any: the campaign's own name and theme."""

    activities: tuple[Profile, ...]
    common: re.Pattern[str]

    def blanked(self, text: str) -> str:
        """``text`` with the campaign's name and theme blanked, each sign by a blank."""
        return self.common.sub(lambda match: " " * len(match[0]), text)


@dataclass(frozen=True, slots=True)
class Owner:
    """To whom a deed belongs; ``sure`` is False where several could own it and nothing decides."""

    id: str
    sure: bool
    score: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words around a deed, the nearest first: its clause, its sentence, the headings above."""

    clause: str
    sentence: str
    heading: str


def profiles_of(campaign: Campaign) -> Profiles:
    """The profiles of a campaign's activities; computed once a campaign."""
    return _profiles(campaign.activities, campaign.title, campaign.theme)


def owners_of(concept: Concept, around: Surroundings, profiles: Profiles) -> list[Owner]:
    """The activity that names the deed ``concept``; among several the one that the words around it fit best.

    Several where the clause names what each of them is about: 开展消防、食品安全检查. What spreads knowledge belongs to
    an activity of that kind whose title is about the same matter, though its text names another way of spreading it.
    """
    named = any(profile.concepts.get(concept.name) for profile in profiles.activities)
    name = concept.name if named or not concept.like else concept.like
    weights = {profile.id: profile.concepts.get(name, 0.0) for profile in profiles.activities}
    if concept.family in TAUGHT:
        for profile in profiles.activities:
            if _spreads(profile, concept.family) and _is_about(profile, around.clause):
                weights[profile.id] = max(weights[profile.id], IN_TEXT)
    return _best(weights, around, profiles)


def family_owners_of(family: str, around: Surroundings, profiles: Profiles) -> list[Owner]:
    """The activity that stands for a family of deeds which no text names singly (发放资料 where all else is 宣传)."""
    least = IN_TITLE if family in ADMINISTRATIVE else IN_TEXT
    said = topics(around.clause) | topics(around.sentence) | topics(around.heading)
    weights = {
        profile.id: profile.families.get(family, 0.0)
        for profile in profiles.activities
        if family not in TAUGHT or not _settings(profile) or _settings(profile) & said
    }
    enough = {profile.id: 0.0 for profile in profiles.activities}
    enough |= {id_: weight for id_, weight in weights.items() if weight >= least}
    return _best(enough, around, profiles)


def wording_owner_of(around: Surroundings, profiles: Profiles) -> Owner | None:
    """The activity whose title's words stand in the clause (three signs in a row), or its cues; never sure."""
    scores = {profile.id: _wording(profile, around.clause) for profile in profiles.activities}
    return _only_best(scores, least=2.0, rival=0.99)


def heading_owner_of(around: Surroundings, profiles: Profiles, *, closely: bool = False) -> Owner | None:
    """The one activity whose title is or holds the nearest heading: （3）源头管理 of 车辆源头管理; never sure.

    Unless ``closely``, words that only its title, or two that only its text has, are enough.
    """
    said = HEADING_NUMBER.sub("", around.heading.rpartition(" / ")[2]).strip("。:： ")
    if not PAIR <= len(said) <= LONGEST_TITLE:
        return None
    held = [profile for profile in profiles.activities if said in profile.title] or _titled(said, profiles)
    if not closely:
        held = held or _worded(said, profiles)
    return Owner(held[0].id, False, LOOSELY) if len(held) == 1 else None


def _worded(said: str, profiles: Profiles) -> list[Profile]:
    """The activities of whose title a heading has a pair of signs, or two pairs of the text."""
    return [profile for profile in profiles.activities if any(pair in said for pair in profile.pairs)] or [
        profile for profile in profiles.activities if sum(pair in said for pair in profile.text_pairs) >= PAIR
    ]


def _titled(said: str, profiles: Profiles) -> list[Profile]:
    """The activities whose titles name a deed that ``said`` names outright: 清查场所 of 行业场所清查."""
    names = {mention.concept.name for mention in mentions(said) if not mention.loose}
    return [
        profile for profile in profiles.activities if any(profile.concepts.get(name, 0.0) >= IN_TITLE for name in names)
    ]


def setting_owner_of(family: str, around: Surroundings, profiles: Profiles) -> Owner | None:
    """The one activity that teaches those whom the words name: 青少年…教育 of 大班孩子画…; never sure."""
    if family not in TAUGHT:
        return None
    said = topics(around.clause) | topics(around.sentence)
    meant = [profile for profile in profiles.activities if _settings(profile) & said and _teaches(profile)]
    return Owner(meant[0].id, False, LOOSELY) if len(meant) == 1 else None


def _spreads(profile: Profile, family: str) -> bool:
    """Whether an activity spreads knowledge as ``family`` does; a contest does it in either way."""
    return bool(profile.families.get(family)) or (family not in SPREADING and _teaches(profile))


def _settings(profile: Profile) -> frozenset[str]:
    """With whom or where its title says that it is done."""
    return frozenset(topic for topic, weight in profile.topics.items() if weight >= IN_TITLE and not is_matter(topic))


def _teaches(profile: Profile) -> bool:
    return any(profile.families.get(family) for family in SPREADING)


def topic_owner_of(around: Surroundings, profiles: Profiles) -> Owner | None:
    """The activity whose title is about what the words are about, and no other's; never sure."""
    scores = {profile.id: _title_matter(profile, around.clause) for profile in profiles.activities}
    return _only_best(scores, least=IN_TITLE, rival=0.0)


def _only_best(scores: Mapping[str, float], least: float, rival: float) -> Owner | None:
    """The best of ``scores`` if it has ``least`` and the next no more than the share ``rival`` of it."""
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < least or (len(ranked) > 1 and ranked[1][1] > ranked[0][1] * rival):
        return None
    return Owner(ranked[0][0], False, ranked[0][1])


def _wording(profile: Profile, clause: str) -> float:
    pairs: float = sum(pair in clause for pair in profile.pairs) + sum(word in clause for word in profile.words)
    pairs += sum(run in clause for run in profile.triples if run not in profile.cues)
    pairs += any(_is_counted(cue, clause, TRIPLE) for cue in profile.cues if len(cue) >= TRIPLE)
    pairs += any(_is_counted(run, clause, 1) for run in profile.triples if run not in profile.cues)
    pairs += any(_is_counted(cue, clause, 1) for cue in profile.cues if len(cue) == PAIR)
    pairs += TITLE_END if profile.ending and profile.ending in clause else 0.0
    return pairs + sum(1.0 if len(cue) < LONG_CUE else 2.0 for cue in profile.cues if cue in clause)


def _is_counted(cue: str, clause: str, near: int) -> bool:
    """Whether a number follows the word within ``near`` signs: 充电桩40个."""
    _, found, after = clause.partition(cue)
    return bool(found) and any(sign.isdigit() for sign in after[:near])


def _title_matter(profile: Profile, clause: str) -> float:
    about = (topic for topic in topics(clause) if is_matter(topic))
    by_topic = sum(weight for topic in about if (weight := profile.topics.get(topic, 0.0)) >= IN_TITLE)
    return by_topic + 2.0 * sum(cue in clause for cue in profile.cues if len(cue) >= SHORTEST_STRONG)


def _best(weights: Mapping[str, float], around: Surroundings, profiles: Profiles) -> list[Owner]:
    least = IN_TEXT if max(weights.values(), default=0.0) >= IN_TEXT else LOOSELY
    named = [
        p for p in profiles.activities if weights[p.id] >= least or (weights[p.id] and _is_about(p, around.clause))
    ]
    if not named:
        return []
    fits = {profile.id: _fit(profile, named, around) for profile in named}
    scores = {profile.id: weights[profile.id] + fits[profile.id].total for profile in named}
    ranked = sorted(scores, key=lambda id_: -scores[id_])
    if fits[ranked[0]].here:
        return [Owner(id_, True, scores[id_]) for id_ in ranked if fits[id_].here]
    sure = len(ranked) == 1 or scores[ranked[1]] < scores[ranked[0]] * AS_GOOD
    return [Owner(ranked[0], sure, scores[ranked[0]])]


def _is_about(profile: Profile, clause: str) -> bool:
    return any(is_matter(topic) and profile.topics.get(topic, 0.0) >= IN_TITLE for topic in topics(clause))


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well the words around a deed fit an activity; ``here``: its clause names what the title is about."""

    total: float
    here: bool


def _fit(profile: Profile, rivals: Sequence[Profile], around: Surroundings) -> _Fit:
    by_title = by_text = 0.0
    here = False
    for text, share in ((around.clause, 1.0), (around.sentence, 0.25), (around.heading, 0.5)):
        for topic in topics(text) if text else ():
            others = max((rival.topics.get(topic, 0.0) for rival in rivals if rival.id != profile.id), default=0.0)
            lead = share * max(0.0, profile.topics.get(topic, 0.0) - others)
            titled = profile.topics.get(topic, 0.0) >= IN_TITLE and lead > 0.0
            here = here or (titled and share == 1.0 and is_matter(topic))
            by_title += lead if titled else 0.0
            by_text += 0.0 if titled else lead
        by_title += share * min(2, sum(pair in text for pair in profile.pairs)) * LOOSELY
        by_text += share * LOOSELY * min(2, sum(cue in text for cue in profile.cues))
    by_title += ON_THE_DAY if any(day in around.sentence for day in profile.days) else 0.0
    return _Fit(min(by_title, MOST_BY_TITLE) + min(by_text, MOST_BY_TEXT), here)


@lru_cache(maxsize=32)
def _profiles(activities: tuple[ActivityType, ...], title: str, theme: str) -> Profiles:
    texts = [f"{activity.title}\n{activity.text}" for activity in activities]
    common = alternatives(re.escape(name) for name in _common_names(title, theme, "\n".join(texts)))
    everywhere = topics(f"{title}\n{theme}")
    made = (
        _profile(activity, "\n".join(texts[:at] + texts[at + 1 :]), common, everywhere)
        for at, activity in enumerate(activities)
    )
    return Profiles(tuple(made), common)


def _common_names(title: str, theme: str, texts: str) -> list[str]:
    """The campaign's quoted name, its theme and its parts, deeds in its title alone (垃圾分类); longest first."""
    parts = [part for part in re.split(r"[,，、—\-－–;；：:。!！\s]+", theme) if len(part) >= 4]
    deeds = (title[mention.start : mention.end] for mention in mentions(title) if not mention.loose)
    names = {*quoted_names(title), theme.strip(), *parts, *(deed for deed in deeds if deed not in texts)} - {""}
    return sorted(names, key=len, reverse=True)


def _profile(activity: ActivityType, elsewhere: str, common: re.Pattern[str], everywhere: frozenset[str]) -> Profile:
    title, text = common.sub(" ", activity.title), common.sub(" ", activity.text)
    names = _names(activity, title, text, elsewhere)
    return Profile(
        id=activity.id,
        title=_bare_title(title),
        names=names,
        cues=_cues(activity.cues, names, elsewhere),
        concepts=_concept_weights(title, text),
        families=_family_weights(title, text),
        topics={
            **dict.fromkeys(topics(text) - everywhere, IN_TEXT),
            **dict.fromkeys(topics(title) - everywhere, IN_TITLE),
        },
        pairs=_pairs(title, elsewhere),
        words=frozenset(part for part in _title_words(title) if len(part) == PAIR and part not in elsewhere),
        ending=_ending(title, elsewhere),
        text_pairs=_runs(title, text, elsewhere, PAIR),
        triples=_runs(title, text, elsewhere, TRIPLE),
        days=tuple(TITLE_DAY.findall(re.sub(r"\s", "", title))),
    )


def _ending(title: str, elsewhere: str) -> str:
    """The last two signs of a title where they distinguish it: 家书 of “一封家书”, not 服务 of 健康服务."""
    end = re.sub(r"[“”\"《》「」]", "", _bare_title(title))[-PAIR:]
    return "" if end in elsewhere or is_generic(end) else end


def _cues(cues: Sequence[str], names: Sequence[str], elsewhere: str) -> tuple[str, ...]:
    """The cues that are no names and stand in no other activity, and what is left of them without common words."""
    parts = (part for cue in cues for part in own_parts(cue) if len(part) >= SHORTEST_STRONG)
    return tuple(cue for cue in dict.fromkeys((*cues, *parts)) if cue not in names and cue not in elsewhere)


def _names(activity: ActivityType, title: str, text: str, elsewhere: str) -> tuple[str, ...]:
    """Quoted names, the title's own words, and cues that a person added (they stand nowhere in the text)."""
    added = (cue for cue in activity.cues if cue not in activity.title and cue not in activity.text)
    from_title = [
        part for chunk in chunks(title) for name in NAME_PARTS.split(chunk) for part in (name, *distinctive_parts(name))
    ]
    from_title = [name for name in from_title if not PERSONS.fullmatch(name)]
    candidates: Iterable[str] = dict.fromkeys(
        (_bare_title(title), *quoted_names(f"{title}\n{text}"), *from_title, *added)
    )
    return tuple(
        name
        for name in candidates
        if name not in elsewhere and (len(name) >= SHORTEST_STRONG or f"“{name}”" in f"{title}{text}")
    )


def _bare_title(title: str) -> str:
    """A title without verbs like 开展 in front and 活动 behind."""
    return TRAILING_NOUN.sub("", LEADING_VERB.sub("", re.sub(r"[\s。；;]", "", title)))


def _pairs(title: str, elsewhere: str) -> frozenset[str]:
    """Pairs of neighbouring signs in the title's own words that no other activity has."""
    pairs = {word[at : at + PAIR] for word in _title_words(title) for at in range(len(word) - 1)}
    return frozenset(pair for pair in pairs if pair not in elsewhere)


def _runs(title: str, text: str, elsewhere: str, length: int) -> frozenset[str]:
    """Runs of ``length`` signs inside the things that its title and text name, where no other activity has them."""
    things = (part for chunk in chunks(f"{title}。{text}") for part in own_parts(chunk))
    runs = {thing[at : at + length] for thing in things for at in range(len(thing) - length + 1)}
    return frozenset(run for run in runs if run not in elsewhere)


def _title_words(title: str) -> list[str]:
    return [part for name in (*chunks(title), *quoted_names(title)) for part in own_parts(name)]


def _concept_weights(title: str, text: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for mention in mentions(text):
        name = mention.concept.name
        if mention.loose:
            weights.setdefault(name, LOOSELY)
        else:
            weights[name] = min(MOST_IN_TEXT, weights.get(name, 0.0) + (LOOSELY if name in weights else IN_TEXT))
    for mention in mentions(ATMOSPHERE.sub(r"\1\2", title)):  # 营造敬老氛围 is publicity and no care
        name = mention.concept.name
        weights[name] = max(weights.get(name, 0.0), IN_TITLE) if not mention.loose else weights.get(name, 0.0) + LOOSELY
    return weights


def _family_weights(title: str, text: str) -> dict[str, float]:
    """A family weighs what its kinds weigh, and more where the title names it as such."""
    weights = dict.fromkeys(families(title), IN_TITLE)
    for family in families(text):
        weights[family] = weights.get(family, 0.0) + LOOSELY
    kinds = {mention.concept.name: mention.concept.family for mention in (*mentions(title), *mentions(text))}
    for family in kinds.values():
        weights[family] = weights.get(family, 0.0) + LOOSELY
    return weights
