"""Which words of a notice stand for which of its activities: the fewer activities share one, the more it tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from filing.text.vocabulary import alternatives
from filing.what.concepts import Concept, all_concepts, families, is_matter, mentions, topics
from filing.what.cues import chunks, own_parts, quoted_names
from filing.what.terms import Term, signs_of
from records.campaigns import ActivityType, Campaign

IN_TITLE, IN_TEXT, LOOSELY = 3.0, 1.0, 0.5
MOST_IN_TEXT = 2.0  # however often the text repeats a word, the title weighs more
SHARPNESS = 1.5  # how fast a run of signs loses worth with each activity more that has it
SHORTEST_NAME = 3
OWN = 0.5  # the share from which on a topic is an activity's own
NUMBER_BEFORE = re.compile(r"^\s*[（(]?\d{1,2}[）)、.．\s]*(?=[\u4e00-\u9fffA-Z“])")
LEADING_VERB = re.compile(
    r"^(?:(?:深入|扎实|广泛|积极|集中|全面|持续|认真|切实)?(?:开展|组织|举办|举行|召开|推动|推进|加强|强化|做好|抓好|参加|实施|落实|完善|建设|打造|上好|办好|搞好|讲好)(?:好)?)*(?:一(?:堂|次|间|场|个|项|批|轮|份|支))?"
)
AND = re.compile(r"[”\"]?(?:和|与|及|暨|、)")
TRAILING_NOUN = re.compile(r"(?:系列)?(?:活动|工作)$")
ATMOSPHERE = re.compile(r"(营造)[^,，。；]{1,16}(氛围)")

Weights = Mapping[Term, float]


@dataclass(frozen=True, slots=True)
class Claim:
    """That an activity (``at``: its place in the notice) has a word; ``place`` is its key in lexicon/weights.toml."""

    at: int
    place: str
    share: float  # 1.0 where no other activity has it
    within: frozenset[str] = (
        frozenset()
    )  # topics of its title, one of which must be said for the share to count in full


@dataclass(frozen=True, slots=True)
class Profiles:
    """The activities of a campaign: their ids, their own names, and who claims which term.

    ``common`` matches what tells nothing of any of them: the campaign's own name and theme.
    """

    ids: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    claims: Mapping[Term, tuple[Claim, ...]]
    common: re.Pattern[str]

    def blanked(self, text: str) -> str:
        """``text`` with the campaign's name and theme blanked, each sign by a blank."""
        return self.common.sub(lambda match: " " * len(match[0]), text)

    def named_in(self, text: str) -> list[int]:
        """The places of the activities that ``text`` calls by a name of their own."""
        return [at for at, names in enumerate(self.names) if any(name in text for name in names)]


def profiles_of(campaign: Campaign) -> Profiles:
    """The profiles of a campaign's activities; computed once a campaign."""
    return _profiles(campaign.activities, campaign.title, campaign.theme)


@lru_cache(maxsize=32)
def _profiles(activities: tuple[ActivityType, ...], title: str, theme: str) -> Profiles:
    texts = [f"{activity.title}\n{activity.text}" for activity in activities]
    common = alternatives(re.escape(name) for name in _common_names(title, theme, "\n".join(texts)))
    bare = [
        (common.sub(" ", NUMBER_BEFORE.sub("", activity.title)), common.sub(" ", activity.text))
        for activity in activities
    ]
    names = [
        tuple(_names(activity, *pair, elsewhere="\n".join(texts[:at] + texts[at + 1 :])))
        for at, (activity, pair) in enumerate(zip(activities, bare, strict=True))
    ]
    titled = Counter(topic for one, _ in bare for topic in topics(one))
    everywhere = frozenset(topic for topic in topics(f"{title}\n{theme}") if titled[topic] != 1)
    deeds = [_concept_weights(*pair) for pair in bare]
    claims = {
        **_claimed([_topic_weights(*pair, everywhere) for pair in bare]),
        **_claimed([_family_weights(*pair) for pair in bare]),
        **_claimed(deeds, before=2.0),
        **_claimed([_sign_weights(*pair, own=f"{title} {theme}") for pair in bare], SHARPNESS),
    }
    claims |= {term: held for term, held in _inherited(claims).items() if term not in claims}
    claims |= _limited(claims, [title for title, _ in bare])
    common = alternatives([common.pattern, *_unasked(claims)])
    return Profiles(tuple(activity.id for activity in activities), tuple(names), claims, common)


def _unasked(claims: Mapping[Term, tuple[Claim, ...]]) -> Iterator[str]:
    """Meetings about the campaign (启动会, 部署会), where no activity asks for any."""
    for concept in all_concepts():
        if concept.family == "meeting" and not claims[Term("concept", concept.name)]:
            yield concept.words.pattern


def _claimed(weights: Sequence[Weights], sharpness: float = 1.0, before: float = 1.0) -> dict[Term, tuple[Claim, ...]]:
    """Each term with its claims; an activity's share is its part of all the weight that the term has."""
    whole: dict[Term, float] = {}
    for own in weights:
        for term, weight in own.items():
            whole[term] = whole.get(term, 0.0) + weight**before
    return {
        term: tuple(
            Claim(at, _place(term, own[term]), (own[term] ** before / whole[term]) ** sharpness)
            for at, own in enumerate(weights)
            if own.get(term)
        )
        for term in whole
    }


def _place(term: Term, weight: float) -> str:
    if term.kind == "family":
        return "family"
    if term.kind == "concept" and weight < IN_TEXT:
        return "loose_concept"
    if term.kind == "topic" and not is_matter(term.key):
        return "setting"
    return f"{'title' if weight >= IN_TITLE else 'text'}_{term.kind}"


def _limited(claims: Mapping[Term, tuple[Claim, ...]], titles: Sequence[str]) -> dict[Term, tuple[Claim, ...]]:
    """Deeds with what their activity's title limits them to: of 用电用气专项整治, checks of wires and gas."""
    own = {
        (claim.at, term.key)
        for term, held in claims.items()
        for claim in held
        if term.kind == "topic" and claim.share >= OWN and claim.place == "title_topic"
    }
    return {
        term: tuple(
            replace(claim, within=frozenset(one for one in topics(said) if (claim.at, one) in own))
            for claim in held
            for said in [_around(term, titles[claim.at]) if _is_titled(term, claim) else ""]
        )
        for term, held in claims.items()
        if term.kind in ("concept", "family")
    }


def _is_titled(term: Term, claim: Claim) -> bool:
    """Whether a title limits the deed: what the text alone adds (同时自查其他隐患) goes beyond it."""
    return term.kind == "family" or claim.place == "title_concept"


def _around(deed: Term, title: str) -> str:
    """The part of a title in which a deed stands: in 隐患排查和应急演练 checks are limited to no drill."""
    ends = {mention.end for mention in mentions(title)}
    cuts = [0, *(match.start() for match in AND.finditer(title) if match.start() in ends), len(title)]
    parts = [title[start:end] for start, end in pairwise(cuts)]
    return next((part for part in parts if deed.key in _deeds_in(part)), title)


def _deeds_in(part: str) -> set[str]:
    return {key for mention in mentions(part) for key in (mention.concept.name, mention.concept.family)}


def _inherited(claims: Mapping[Term, tuple[Claim, ...]]) -> dict[Term, tuple[Claim, ...]]:
    """A concept that no activity names goes to who has the one that it is like, else to who has its family."""
    found: dict[Term, tuple[Claim, ...]] = {}
    for concept in all_concepts():
        found[Term("concept", concept.name)] = next(
            (held for term in _instead(concept) if (held := claims.get(term))), ()
        )
    return found


def _instead(concept: Concept) -> Iterator[Term]:
    if concept.like:
        yield Term("concept", concept.like)
    yield Term("family", concept.family)


def _common_names(title: str, theme: str, texts: str) -> list[str]:
    """The campaign's quoted name, its theme and its parts, deeds in its title alone (垃圾分类); longest first."""
    parts = [part for part in re.split(r"[,，、—\-－–;；：:。!！\s]+", theme) if len(part) >= 4]
    deeds = (title[mention.start : mention.end] for mention in mentions(title) if not mention.loose)
    names = {*quoted_names(title), theme.strip(), *parts, *(deed for deed in deeds if deed not in texts)} - {""}
    return sorted(names, key=len, reverse=True)


def _names(activity: ActivityType, title: str, text: str, elsewhere: str) -> Iterator[str]:
    """Quoted names, the whole title without verbs in front, and cues that a person added to the campaign file."""
    added = (cue for cue in activity.cues if cue not in activity.title and cue not in activity.text)
    for name in dict.fromkeys((_bare_title(title), *quoted_names(f"{title}\n{text}"), *added)):
        quoted = f"“{name}”" in f"{title}{text}"
        if name not in elsewhere and (len(name) >= SHORTEST_NAME or quoted or (name and name in activity.cues)):
            yield name


def _bare_title(title: str) -> str:
    """A title without verbs like 开展 in front and 活动 behind."""
    return TRAILING_NOUN.sub("", LEADING_VERB.sub("", re.sub(r"[\s。；;]", "", title)))


def _concept_weights(title: str, text: str) -> dict[Term, float]:
    weights: dict[Term, float] = {}
    for mention in mentions(text):
        term = Term("concept", mention.concept.name)
        if mention.loose:
            weights.setdefault(term, LOOSELY)
        else:
            weights[term] = min(MOST_IN_TEXT, weights.get(term, 0.0) + (LOOSELY if term in weights else IN_TEXT))
    for mention in mentions(ATMOSPHERE.sub(r"\1\2", title)):  # 营造敬老氛围 is publicity and no care
        term = Term("concept", mention.concept.name)
        held = weights.get(term, 0.0)
        weights[term] = max(held, IN_TITLE) if not mention.loose else held + LOOSELY
    return weights


def _family_weights(title: str, text: str) -> dict[Term, float]:
    """A family weighs what its kinds weigh, and more where the title names it as such."""
    weights = dict.fromkeys(families(title), IN_TITLE)
    kinds = {mention.concept.name: mention.concept.family for mention in (*mentions(title), *mentions(text))}
    for family in (*families(text), *kinds.values()):
        weights[family] = weights.get(family, 0.0) + LOOSELY
    return {Term("family", family): weight for family, weight in weights.items()}


def _topic_weights(title: str, text: str, everywhere: frozenset[str]) -> dict[Term, float]:
    """What title and text are about, but for what the whole campaign is about."""
    weights = dict.fromkeys(topics(text) - everywhere, IN_TEXT) | dict.fromkeys(topics(title) - everywhere, IN_TITLE)
    return {Term("topic", topic): weight for topic, weight in weights.items()}


def _sign_weights(title: str, text: str, own: str) -> dict[Term, float]:
    """The signs and pairs of signs of the things that title and text name; single signs of the title alone."""
    weights = dict.fromkeys((term for term in _things(text) if term.kind == "pair"), IN_TEXT)
    weights |= dict.fromkeys(_things(title), IN_TITLE)
    return {term: weight for term, weight in weights.items() if not _runs_through(term.key, own)}


def _things(text: str) -> frozenset[Term]:
    parts: Iterable[str] = (part for name in (*chunks(text), *quoted_names(text)) for part in own_parts(name))
    return signs_of(" ".join(parts))


def _runs_through(key: str, text: str) -> bool:
    """Whether the signs of ``key`` stand in ``text`` in their order: 税宣 in 税收宣传月."""
    rest = iter(text)
    return all(sign in rest for sign in key)
