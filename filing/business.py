"""Business of another kind that looks like a report: what its own title says it is, whatever words its text shares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from filing.carried import Carried, CarriedPaper
from filing.papers import names_summary, paper_of
from filing.text.lexica import contains_any, words
from filing.text.squeeze import squeeze
from filing.themes import says_theme
from filing.who.zones import layout_of

_TITLE_LINES = 4
_LOOKED_AT = 6000
_TRAILING = re.compile(r"(?:[\d\W]|年|月|日|份|[第初终]?[一二三]?[版稿]|最终|定稿|盖章|扫描件)*$")
_REPORTS = ("summary", "report")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the campaigns are called and say, squeezed, and the tables, lists and plans for which they ask."""

    themes: tuple[str, ...]
    notices: str = ""
    papers: tuple[str, ...] = ()

    @property
    def plan(self) -> bool:
        """Whether a plan is asked for."""
        return any(paper_of(word) == "plan" for word in self.papers)


@dataclass(frozen=True, slots=True)
class Business:
    """``plain``: such a paper reports to no campaign; else it may go with a report, so that a person must look."""

    word: str
    where: str
    plain: bool


def business_in(carried: Carried, subject: str, filenames: Sequence[str], wanted: Wanted) -> Business | None:
    """What makes the message another business; None where a paper or pictures in it may report.

    ``subject`` is without marks of replies; ``wanted`` is what is no other business.
    """
    themes = wanted.themes
    by_subject = business_of(subject, "subject", wanted)
    papers = [(_of_paper(one, wanted), one) for one in carried.papers]
    found = [business for business, _ in papers if business]
    if papers and len(found) == len(papers):
        named = found[0]
        told = carried.body_reports and not any(one.plain for one in found)  # the list goes with a report in the body
        beside = carried.pictures or carried.recordings or told
        if beside and not by_subject:
            return None
        reports = paper_of(subject) in _REPORTS and by_subject is None
        return Business(named.word, named.where, not (beside or reports) and all(one.plain for one in found))
    if papers:
        titled = any(says_theme(_titles(paper), themes) for business, paper in papers if not business)
        return Business(by_subject.word, "subject", False) if by_subject and not titled else None
    if by_subject is None and paper_of(subject) == "plan" and not carried.pictures and not wanted.plan:
        return Business(subject, "subject", False)
    if by_subject is None:
        by_names = (business_of(_stem(name), name, wanted) for name in filenames)
        unread = next(filter(None, by_names), None)
        beside = carried.pictures or (carried.body_reports and not (unread and unread.plain))
        return unread if unread and not beside else None
    shown = bool(carried.pictures or carried.recordings) and by_subject.word not in words("nonreports", "applications")
    return Business(by_subject.word, "subject", by_subject.plain and not shown)


def business_of(title: str, where: str, wanted: Wanted) -> Business | None:
    """What one title says: a kind of paper at its end (…的请示), or a topic anywhere (职称)."""
    themes, notices = wanted.themes, wanted.notices
    text = _TRAILING.sub("", squeeze(title))
    if kind := next((word for word in words("nonreports", "other_kinds") if text.endswith(word)), ""):
        return Business(kind, where, True)
    if names_summary(text) and says_theme(text, themes):
        return None
    if told := contains_any(text, words("nonreports", "petitions")):
        return Business(told, where, True)
    if not says_theme(text, themes) and (topic := contains_any(text, words("nonreports", "other_topics"))):
        return Business(topic, where, not names_summary(text.replace(topic, ""))) if topic not in notices else None
    body = contains_any(text, words("nonreports", "bodies"))
    if body and body not in notices and not says_theme(text, themes):
        return Business(body, where, False)
    kind = next((word for word in words("nonreports", "lists") if text.endswith(word)), "")
    return Business(kind, where, False) if kind and not contains_any(text, wanted.papers) else None


def _of_paper(paper: CarriedPaper, wanted: Wanted) -> Business | None:
    """By its file name or its first lines; none where one of them names a closing report on the campaign."""
    document = paper.document
    titles = [squeeze(title) for title in _title_lines(paper)]
    if any(names_summary(title) and says_theme(title, wanted.themes) for title in titles):
        return None
    found = (business_of(title, document.where, wanted) for title in _title_lines(paper))
    told = contains_any(squeeze(document.text[:_LOOKED_AT]), words("nonreports", "personal"))
    return next((one for one in found if one), Business(told, document.where, False) if told else None)


def _title_lines(paper: CarriedPaper) -> list[str]:
    document = paper.document
    layout = layout_of(document)
    head = [line for line, zone in zip(layout.row.lines, layout.zones, strict=True) if zone == "head"][:_TITLE_LINES]
    return [_stem(document.filename or document.where), *head, "".join(head)]


def _titles(paper: CarriedPaper) -> str:
    return squeeze("\n".join(_title_lines(paper)))


def _stem(path: str) -> str:
    name = path.replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[0] or name
