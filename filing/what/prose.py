"""Numbers that the sentences of a report state for its own unit, read with the headings above them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from filing.documents import Document
from filing.text.sentences import Sentence, sentences
from filing.text.vocabulary import word_list
from filing.what.countable import Countable
from filing.what.counts import HAZARDS, Count, Told, counts_with_fixed
from filing.what.english import english_counts
from filing.what.errata import CORRECTS, corrected
from filing.what.heads import participant_totals
from filing.what.pasted import clauses_told
from filing.what.references import is_reference
from filing.what.spans import clauses_within
from filing.what.tallies import labelled_counts
from records.campaigns import Campaign, Period

PLACE = re.compile(
    r"(?:^|/ )\s*(?:[（(]?[\d一二三四五六七八九十]{1,3}[）)、.．]*\s*)?([^/、]{1,8}"
    r"(?:层面|村|社区|科|科室|车间|班组|网格|校区|院区|分院|支部|片区|年级|校|(?<![特亮要重难热])点))(?: /.*)?$"
)
LEVELS = ("国", "省", "市州盟", "区县旗", "镇乡")  # the first widest
NO_LEVEL = re.compile(r"乡村|城乡|城镇|市场|社区|小区|园区|县城|城区")
OF_ALL = re.compile(r"全[乡镇区县市街院校局园处司]|合计|总计|以上")
SEVERAL = 2
COMPARED = re.compile(
    r"[,，]?(?:较|比|与|同比)(?:去年|上年|往年|上一年)(?![^,，。；]*(?:[加长高升大少低]到|至|达))[^,，。；]*"
)
BRACKET = re.compile(r"[（(][^（）()]*[）)]?")
YEAR = re.compile(r"20\d\d")
ASIDE = re.compile(r"[（(][^（）()]*(?:去年|同期|上年|往年|同比|环比|计划|目标|任务|另行|另报|单独报)[^（）()]*[）)]")
LABELLED = re.compile(
    r"\s*(?:[（(]?[\d一二三四五六七八九十]{1,3}[）)、.．]+\s*)?(?P<label>[^:：,，。；\d]{2,14})[:：]\s*(?P<value>[^,，。；:：]{1,14})[。；;，,]?"
)


def prose_counts(document: Document, measures: Sequence[Countable], campaign: Campaign) -> Iterator[Count]:
    """What the sentences of ``document`` count, rows of tables left out."""
    places = frozenset(_place(sentence.heading) for sentence in sentences(document.text)) - {""}
    before: Sentence | None = None
    last: Count | None = None
    for sentence in sentences(document.text):
        if sentence.cells or is_reference(sentence.text):
            continue
        told = _told(sentence, campaign, document.where)
        counted = labelled(told, measures) or counts_with_fixed(told, measures, last)
        if is_of_others(sentence.text, before.text if before and before.heading == sentence.heading else ""):
            counted = [count for count in counted if count.measure not in HAZARDS]
        last = next((count for count in reversed(counted) if count.measure == "hazards_found"), last)
        place = "" if OF_ALL.search(sentence.text) or len(places) < SEVERAL else _place(sentence.heading)
        corrects = CORRECTS.search(sentence.text) is not None
        yield from (replace(count, corrects=corrects, place=place) for count in counted)
        yield from _persons(told, counted, measures)
        yield from english_counts(told, measures)
        before = sentence


def labelled(told: Told, measures: Sequence[Countable]) -> list[Count]:
    """A line that is a label and its number, with or without counter, is read as the row of a table: 演练场次：2."""
    match = LABELLED.fullmatch(told.text)
    done = all(clause.is_done for clause in told.clauses)
    return list(labelled_counts(match["label"], match["value"], measures, told.where)) if match and done else []


def _told(sentence: Sentence, campaign: Campaign, where: str) -> Told:
    right = replace(sentence, text=_without_asides(corrected(sentence.text), campaign.period))
    clauses = clauses_within(clauses_told(right, campaign), sentence.heading, campaign.period)
    return Told(sentence.text, clauses, sentence.heading, where, _all_units(_levels(campaign.issuer)))


def _without_asides(text: str, period: Period | None) -> str:
    """``text`` without the brackets that tell of other years, of plans, or of what others report."""
    years = {str(year) for year in range(period.from_.year, period.to.year + 1)} if period else set()
    foreign = (match[0] for match in BRACKET.finditer(text) if years and set(YEAR.findall(match[0])) - years)
    for bracket in foreign:
        text = text.replace(bracket, "")
    return COMPARED.sub("", ASIDE.sub("", text))


def _persons(told: Told, counted: Sequence[Count], measures: Sequence[Countable]) -> Iterator[Count]:
    """Totals of those who took part, save those that an own measure counts already."""
    own = {measure.name for measure in measures if measure.own}
    named = {count.value for count in counted if count.measure in own}
    yield from (count for count in participant_totals(told) if count.value not in named)


def _levels(issuer: str) -> str:
    """The levels at which 全… means all units of a campaign: those of its issuer and above; all where it names none."""
    bare = NO_LEVEL.sub("", issuer)
    named = [at for at, signs in enumerate(LEVELS) if any(sign in bare for sign in signs)]
    return "".join(LEVELS[: max(named, default=len(LEVELS) - 2) + 1])


@lru_cache(maxsize=8)
def _all_units(levels: str) -> re.Pattern[str]:
    return re.compile(str(word_list("figures")["scope"]["all_units"]).replace("{levels}", levels))


def _place(heading: str) -> str:
    """The village or department that a heading names: 1. 上坝村."""
    found = PLACE.search(heading)
    return found[1] if found else ""


def is_of_others(sentence: str, before: str = "") -> bool:
    """Whether the hazards of this sentence are those of units that the sender inspected, as one ``before`` may say."""
    words = word_list("figures")["others"]
    if re.search(words["elsewhere"], sentence):
        return True
    return re.search(words["inspected"], before + sentence) is not None and re.search(words["own"], sentence) is None
