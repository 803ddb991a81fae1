"""Which of the notice's activities a unit really did, clause by clause, each with the sentence that says so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from filing.documents import Document
from filing.text.tense import without_sources
from filing.what.covering import Covering
from filing.what.likeness import NUMBER, SURE, Reading, decided, likelihoods, read, tells
from filing.what.profiles import Profiles, profiles_of
from filing.what.statements import Statement, statements
from records.campaigns import Campaign
from records.filings import Evidence

INSPECTED = re.compile(
    r"(?:局|办|委|站|所|队|部门|领导|政府|专家|科|检查组|督导组)[^,，。；]{0,8}(?:来|到|莅临|赴|进驻)(?:我|本)[院园校站所局公镇村中街单]"
    r"[^,，。；]{0,8}(?:检查|督查|督导|抽查|巡查|复查|调研|指导)"
)
CORRECTS = re.compile(r"(?:应为|更正为|改为|误写|笔误)[^,，。；]{0,4}[\d一二两三四五六七八九十百]")
FOUND = re.compile(r"[\d一二两三四五六七八九十百]余?[处项条个]")
STATE = re.compile(
    r"(?:现|共|常年|目前)?(?:有(?![效序关力针组所的限利])|入住|配有|齐全|具备|完好|持证)|平均年龄|在住院?的|服务人口|占地"
)
FORM_LABEL = re.compile(
    r"^\W*(?:活动|培训|演练|会议|检查)?(?:时间|地点|日期|主持人?|记录人?|参加人员|参与人员|参会人员|参演单位|主讲人?|联系人|电话|报送单位|填报单位|单位)[:：]"
)
ENUMERATION = re.compile(r"、(?![^（(]{0,20}[）)])")
ALL_DONE = re.compile(
    r"(.*、.*?)(?:等.{0,8})?(?:均|都|全部)(?:已|按|如|顺利|得到)?.{0,4}(?:开展|完成|落实|组织|举办|进行|到位)"
)
SHORTEST_ITEM = 2
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
class Told:
    """A sentence with its clauses as they are weighed."""

    statement: Statement
    readings: tuple[Reading, ...]


def find_activities(documents: Sequence[Document], campaign: Campaign, names: Sequence[str] = ()) -> ActivityFindings:
    """The activities of ``campaign`` that ``documents``, the report of the unit called ``names``, tell of as done.

    Plans, requests, what was left out and earlier years do not count (CONTRACT.md, Figures: "Activities are those that
    the unit did, not what it plans, quotes, or says it left out").
    """
    ids = profiles_of(campaign).ids
    clauses = [
        (statement, likelihoods(reading))
        for statement, reading in in_company(readings(documents, campaign, names), likelihoods)
    ]
    found = decided([likely for _, likely in clauses])
    return ActivityFindings(
        ids=tuple(ids[at] for at in sorted(found)),
        evidence=tuple(_evidence(clauses[found[at]][0], f"activity:{ids[at]}") for at in sorted(found)),
        doubtful=not found or any(clauses[found[at]][1][at] < SURE for at in found),
    )


def readings(documents: Sequence[Document], campaign: Campaign, names: Sequence[str] = ()) -> list[Told]:
    """Each sentence of a report that tells of deeds, its clauses as they are weighed alone."""
    weighed = _Weighed(profiles_of(campaign), Covering(campaign, names))
    told = (Told(statement, tuple(weighed.read(statement))) for statement in statements(documents, campaign))
    return [one for one in told if one.readings]


def in_company(
    told: Sequence[Told], weigh: Callable[[Reading], Sequence[float]]
) -> Iterator[tuple[Statement, Reading]]:
    """Each clause with what its neighbours tell of by ``weigh``: a detail belongs to the deed that it is told with."""
    heading, before = "", Counter[int]()
    for one in told:
        alone = [Counter(dict(enumerate(weigh(reading)))) for reading in one.readings]
        before = before if one.statement.heading == heading else Counter()
        for at, reading in enumerate(one.readings):
            others = reduce(or_, (likely for place, likely in enumerate(alone) if place != at), Counter[int]())
            yield one.statement, reading.beside(others, before)
        heading, before = one.statement.heading, reduce(or_, alone)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """How the sentences of one report are read."""

    profiles: Profiles
    covering: Covering

    def read(self, statement: Statement) -> Iterator[Reading]:
        if statement.is_title or _is_state(statement.text) or FORM_LABEL.search(statement.text):
            return
        if self.covering.is_all(statement.text):
            return
        sentence = self._telling(statement.text)
        above = statement.heading.rpartition(" / ")[2]
        heading = " " if self.covering.is_addressed(above) else self._telling(above)
        for clause in statement.done:
            if self.covering.is_of_paper(clause):
                continue
            if not CORRECTS.search(clause) and (not INSPECTED.search(clause) or FOUND.search(statement.text)):
                whole = self._telling(clause)
                listed = ALL_DONE.match(whole)
                items = _items(listed[1] if listed else whole, counted=listed is None)
                for item in items:
                    around = sentence if len(items) == 1 else ""
                    yield read(item, around, heading, self.profiles, stated=listed is not None)

    def _telling(self, text: str) -> str:
        """``text`` without what tells nothing of any activity: who asked for it, and what only covers the report."""
        return self.profiles.blanked(self.covering.taken_out(without_sources(text))) if text else ""


def _items(clause: str, *, counted: bool) -> list[str]:
    """The parts of an enumeration of deeds, each told as one: 演练2场、培训1场."""
    items = [item for item in ENUMERATION.split(clause) if len(item) >= SHORTEST_ITEM]
    return items if len(items) > 1 and (not counted or all(map(NUMBER.search, items))) else [clause]


def _is_state(sentence: str) -> bool:
    """Whether a sentence says what there is, and tells of no deed: 护理员人人持证, 有独居老人120人."""
    return STATE.search(sentence) is not None and not tells(sentence)


def _evidence(statement: Statement, for_: str) -> Evidence:
    return Evidence(for_, statement.where, statement.text[:LONGEST_EVIDENCE])
