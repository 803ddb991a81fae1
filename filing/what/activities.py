"""Which of the notice's activities a unit really did, sentence by sentence, each with the sentence that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from filing.documents import Document
from filing.text.tense import without_sources
from filing.text.vocabulary import marker
from filing.what.concepts import Concept, Mention, all_concepts, mentions
from filing.what.ownership import (
    IN_TEXT,
    IN_TITLE,
    LOOSELY,
    Owner,
    Profiles,
    Surroundings,
    family_owners_of,
    heading_owner_of,
    owners_of,
    profiles_of,
    setting_owner_of,
    topic_owner_of,
    wording_owner_of,
)
from filing.what.statements import Statement, statements
from records.campaigns import Campaign
from records.filings import Evidence

BY_NAME = 9.0  # the activity's own name in a sentence: above every score
OUTREACH, QUIZ, REPOST = "outreach", "quiz", "repost"
PAPERS = frozenset({"leaflets", "letter"})
HANDED_OUT = frozenset({"leaflets", "letter", "broadcast", "lecture"})  # ways of carrying 宣传 into homes and schools
STRONG_WORDING = 3.0
REMAINDER = re.compile(r"\s*(?:其余|另|剩余|余下|还有|尚有)")
FIRST_AID = "firstaid"
INSPECTION = "inspection"
TRAINED = frozenset({"training", "drill"})  # first aid that staff train is none for the public
MATTERS = frozenset({"fraud", "finance", "lawteaching", "tobacco"})  # what is told, by whatever means
STAFF = re.compile(r"护理员|护士|医护|职工|员工|保安|保洁|门卫|炊事员|厨师|教师|保育|司机|干部|队员")
INSPECTED = re.compile(
    r"(?:局|办|委|站|所|队|部门|领导|政府|专家|科|检查组|督导组)[^,，。；]{0,8}(?:来|到|莅临|赴|进驻)(?:我|本)[院园校站所局公镇村中街单]"
    r"[^,，。；]{0,8}(?:检查|督查|督导|抽查|巡查|复查|调研|指导)"
)
FOUND = re.compile(r"[\d一二两三四五六七八九十百]余?[处项条个]")
STATE = re.compile(r"(?:现|共|常年|目前)?(?:有(?![效序关力针组所的限利])|入住|配有|齐全|具备|完好|持证)")
PUBLIC = re.compile(r"群众|居民|市民|村民|公众|老人|老年|学生|孩子|家长|家属|路人|现场|社区")
NUMBER = re.compile(r"[\d一二两三四五六七八九十百]")
LESSONS = frozenset({"training", "teaching", "firstaid", "microlecture"})
FOR_OTHERS = re.compile(r"\s*(?:为|给|向|教|帮|和|与|对)")
LONGEST_EVIDENCE = 160


@dataclass(frozen=True, slots=True)
class ActivityFindings:
    """The ids of the activities done, in the notice's order; ``evidence`` has one sentence for each.

    ``doubtful``: nothing was found, or something rests on words that could mean another activity.
    """

    ids: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    doubtful: bool


@dataclass(frozen=True, slots=True)
class _Vote:
    owner: Owner
    statement: Statement


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause that tells of something done: activities that it calls by name, and the deeds that it mentions."""

    text: str
    names: list[Owner]
    found: list[Mention]

    @property
    def is_bare(self) -> bool:
        """Whether it names no deed."""
        return not self.names and not self.found


def find_activities(documents: Sequence[Document], campaign: Campaign) -> ActivityFindings:
    """The activities of ``campaign`` that ``documents``, one unit's report, tell of as done.

    Plans, requests, what was left out and earlier years do not count (CONTRACT.md, Figures: "Activities are those that
    the unit did, not what it plans, quotes, or says it left out").
    """
    profiles = profiles_of(campaign)
    best: dict[str, _Vote] = {}
    for statement in statements(documents, campaign):
        for owner in _owners(statement, profiles):
            held = best.get(owner.id)
            if held is None or (owner.sure, owner.score) > (held.owner.sure, held.owner.score):
                best[owner.id] = _Vote(owner, statement)
    ids = tuple(profile.id for profile in profiles.activities if profile.id in best)
    evidence = tuple(_evidence(best[id_], f"activity:{id_}") for id_ in ids)
    return ActivityFindings(ids, evidence, not ids or any(not best[id_].owner.sure for id_ in ids))


def _evidence(vote: _Vote, for_: str) -> Evidence:
    return Evidence(for_, vote.statement.where, vote.statement.text[:LONGEST_EVIDENCE])


def _owners(statement: Statement, profiles: Profiles) -> list[Owner]:
    """The activities that one sentence tells of."""
    if statement.is_title:
        return []
    sentence = _telling(statement.text, profiles)
    heading = _telling(statement.heading, profiles)
    own = [clause for clause in statement.done if not INSPECTED.search(clause) or FOUND.search(statement.text)]
    clauses = [_read(_telling(clause, profiles), sentence, profiles) for clause in own]
    called = [owner for clause in clauses for owner in clause.names]
    named: list[Owner] = []
    unowned: list[tuple[Mention, Surroundings]] = []
    for at, clause in enumerate(clauses):
        around = Surroundings(clause.text + _details(clauses[at + 1 :]), sentence, heading)
        owned = [*clause.names]
        details = [mention for mention in clause.found if _is_detail(mention, clause, [*named, *called], profiles)]
        for mention in clause.found:
            if mention in details:
                continue
            owners = _by_strong_wording(mention, clause, profiles) or _by_deed(mention, around, named, profiles)
            owned += owners
            if not owners:
                unowned.append((mention, Surroundings(clause.text, sentence, heading)))
        if not owned and not details:
            owned = _by_wording(clause.text, bool(named), Surroundings("", sentence, heading), profiles)
        named += owned
    if named:
        return named
    bare = [Surroundings(clause.text, sentence, heading) for clause in clauses if clause.is_bare]
    headed = None if unowned and not sentence.startswith(heading or " ") else _by_heading(sentence, heading, profiles)
    return [headed] if headed else list(_fallback(unowned, bare, profiles))


def _tells(clause: str) -> bool:
    """Whether a clause tells of a deed by its verb."""
    return any(marker("tense", key).search(clause) for key in ("deed", "done", "tells"))


def _is_state(sentence: str) -> bool:
    """Whether a sentence says what there is, and tells of no deed: 护理员人人持证, 有独居老人120人."""
    return not _tells(sentence) and STATE.search(sentence) is not None


def _by_heading(sentence: str, heading: str, profiles: Profiles) -> Owner | None:
    """The activity whose title the heading is, where the sentence tells of a deed or a number."""
    tells = NUMBER.search(sentence) or _tells(sentence)
    return heading_owner_of(Surroundings("", sentence, heading), profiles) if tells else None


def _by_wording(clause: str, is_detail: bool, around: Surroundings, profiles: Profiles) -> list[Owner]:
    """The activity whose wording a clause uses; one that goes on about an earlier deed needs a number of its own.

    Under a heading that names one activity the words of others are details.
    """
    if _is_state(around.sentence) or heading_owner_of(around, profiles, closely=True):
        return []
    if is_detail and (not NUMBER.search(clause) or _goes_out(around.sentence)):
        return []
    owner = wording_owner_of(Surroundings(clause, "", ""), profiles)
    return [owner] if owner else []


def _by_deed(mention: Mention, around: Surroundings, named: Sequence[Owner], profiles: Profiles) -> list[Owner]:
    """The owners of a deed; of several whose texts only mention it, one of which the sentence already tells."""
    if mention.concept.family == INSPECTION and _most(mention.concept.name, profiles) < IN_TITLE:
        headed = heading_owner_of(around, profiles)  # 二、车辆体检。逐台检查…: whose checks these are
        if headed is not None:
            return [headed]
    owners = owners_of(mention.concept, around, profiles)
    weights = {profile.id: profile.concepts.get(mention.concept.name, 0.0) for profile in profiles.activities}
    if not mention.loose and any(weights[owner.id] >= IN_TITLE for owner in owners):
        return owners
    going_on = _going_on(mention, named, weights) if owners else []
    return going_on[:1] or owners


def _going_on(mention: Mention, named: Sequence[Owner], weights: Mapping[str, float]) -> list[Owner]:
    """The activities already told in the sentence whose texts mention the deed; a loose word needs less (查看)."""
    return [owner for owner in named if weights[owner.id] >= (LOOSELY if mention.loose else IN_TEXT)]


def _is_detail(mention: Mention, clause: _Clause, named: Sequence[Owner], profiles: Profiles) -> bool:
    """What a deed told in the same sentence is about, or what was handed out at it: no deed of another activity."""
    name = mention.concept.name
    weights = {profile.id: profile.concepts.get(name, 0.0) for profile in profiles.activities}
    if max(weights.values(), default=0.0) >= IN_TITLE:
        return False
    if name in MATTERS:
        others = (other for other in clause.found if other.concept.name not in MATTERS)
        return bool(named) or any(_is_owned(other, profiles) for other in others)
    if name == OUTREACH:  # 宣讲进村入户: where the deed was done
        return bool(named) or any(_is_titled(one, profiles) for one in clause.found if one.concept.name != OUTREACH)
    return name in PAPERS and any(owner.sure and not weights[owner.id] for owner in named)


def _is_titled(mention: Mention, profiles: Profiles) -> bool:
    return not mention.loose and _most(mention.concept.name, profiles) >= IN_TITLE


def _most(concept: str, profiles: Profiles) -> float:
    """What a concept weighs in the activity that owns it most."""
    return max((profile.concepts.get(concept, 0.0) for profile in profiles.activities), default=0.0)


def _is_owned(mention: Mention, profiles: Profiles) -> bool:
    return any(profile.concepts.get(mention.concept.name, 0.0) >= IN_TEXT for profile in profiles.activities)


def _by_strong_wording(mention: Mention, clause: _Clause, profiles: Profiles) -> list[Owner]:
    """A loose word (逐台, 摸排) says less than the notice's own words beside it."""
    owner = wording_owner_of(Surroundings(clause.text, "", ""), profiles) if mention.loose else None
    return [owner] if owner and owner.score >= STRONG_WORDING else []


def _read(text: str, sentence: str, profiles: Profiles) -> _Clause:
    names, rest = _by_name(text, profiles)
    told = _explained(mentions(rest), rest, sentence, profiles)
    return _Clause(text, names, list({mention.concept.name: mention for mention in reversed(told)}.values())[::-1])


def _details(following: Sequence[_Clause]) -> str:
    """The words of the clauses that follow and name no deed of their own: they tell more of the deed before them."""
    bare = takewhile(lambda clause: clause.is_bare and not REMAINDER.match(clause.text), following)
    return "".join(f"，{clause.text}" for clause in bare)


def _fallback(
    unowned: Sequence[tuple[Mention, Surroundings]], bare: Sequence[Surroundings], profiles: Profiles
) -> Iterator[Owner]:
    """Deeds that no activity names: to the activity that stands for their family; else by what they are about."""
    for mention, around in unowned:
        about = topic_owner_of(around, profiles) or setting_owner_of(mention.concept.family, around, profiles)
        owners = [about] if about else family_owners_of(mention.concept.family, around, profiles)[:1]
        if owners:
            yield Owner(owners[0].id, False, owners[0].score)
            return
    bare = [around for around in bare if not _is_state(around.sentence)]
    whole = Surroundings("，".join(around.clause for around in bare), "", "")
    owner = wording_owner_of(whole, profiles) or next(filter(None, (topic_owner_of(b, profiles) for b in bare)), None)
    if owner is not None:
        yield owner


def _telling(text: str, profiles: Profiles) -> str:
    """``text`` without what tells nothing of any activity: the campaign's name and theme, and who asked for it."""
    return profiles.blanked(without_sources(text)) if text else ""


def _by_name(clause: str, profiles: Profiles) -> tuple[list[Owner], str]:
    """The activities whose own names stand in the clause, and the clause with those names blanked."""
    owners, rest = [], clause
    for profile in profiles.activities:
        hits = [name for name in profile.names if name in clause]
        if hits:
            owners.append(Owner(profile.id, True, BY_NAME + len(max(hits, key=len)) / 100))
        for name in hits:
            rest = rest.replace(name, " " * len(name))
    return owners, rest


def _explained(found: Sequence[Mention], clause: str, sentence: str, profiles: Profiles) -> list[Mention]:
    """The mentions that count: where going out to homes and schools is an activity, it explains what is done there."""
    if any(mention.concept.name == QUIZ for mention in found):  # 家长群 and 公众号 are only where the quiz stands
        found = [mention for mention in found if not (mention.loose and mention.concept.name == REPOST)]
    around = found if PUBLIC.search(clause) else (*found, *mentions(sentence))
    trained = any(mention.concept.name in TRAINED for mention in around)
    told = [mention for mention in found if not (trained and mention.concept.name == FIRST_AID)]
    if STAFF.search(clause) and not PUBLIC.search(clause):  # 教师练习心肺复苏
        told = [replace(one, concept=_training()) if one.concept.name == FIRST_AID else one for one in told]
    weight = _most(OUTREACH, profiles)
    if not weight or not _goes_out(sentence):
        return told
    explained = HANDED_OUT | (LESSONS if _goes_out(clause) or FOR_OTHERS.match(clause) else frozenset())
    return [
        mention
        for mention in told
        if not mention.loose
        and (mention.concept.name not in explained or (weight < IN_TITLE <= _most(mention.concept.name, profiles)))
    ]


def _training() -> Concept:
    return next(concept for concept in all_concepts() if concept.name == "training")


def _goes_out(text: str) -> bool:
    return any(mention.concept.name == OUTREACH for mention in mentions(text))
