"""One bundle of a message as submission: campaign, unit, kind, requirement, activities, figures, each with evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from filing.addressees import addressed_elsewhere
from filing.bearing import bears, is_formal, is_of_other_work, is_table, other_topic
from filing.campaigns import CampaignChoice, CampaignScore, is_on_the_whole
from filing.corrections import sign_in
from filing.documents import Document
from filing.kinds import KindFinding, Stage, Title, is_plan, kind_of, titles_of
from filing.papers import names_summary, paper_of
from filing.requirements import requirement_for, words_asked_for
from filing.text.lexica import contains_any, words
from filing.text.squeeze import squeeze
from filing.themes import QUOTED, says_theme, themes_of, topics_of
from filing.what.activities import ActivityFindings, find_activities
from filing.what.figures import find_figures
from filing.who.bundles import Bundle
from filing.who.clues import Clue, Source
from filing.who.names import index_of
from filing.who.units import UnitVerdict
from filing.years import earlier_year, is_of_its_time
from records.campaigns import Campaign
from records.filings import Evidence, Submission, Trace
from records.words import Text

_CLUES_SHOWN = 4
_GAP = re.compile(r"[（(]\s{2,}[)）]|_{2,}|[（(][\s_]*[)）]")  # where a template wants a number
_GAPS = 3
_OPENING = 200  # characters in which a report says what it is on
_SEVERAL = 2  # activities of a campaign that a report on other work hardly tells of


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a person must look."""

    reason: str
    explanation: Text


@dataclass(frozen=True, slots=True)
class Reported:
    """The suggestions for one report, the best first, and the doubt that keeps it from being filed alone."""

    submissions: tuple[Submission, ...]
    doubt: Doubt | None


def report_of(
    bundle: Bundle,
    choice: CampaignChoice,
    verdict: UnitVerdict,
    trace: Trace,
    *,
    received_at: datetime,
    doubt: Doubt | None,
    unauthenticated: str = "",
) -> Reported:
    """What the bundle reports. ``doubt``: what stands against filing it whatever unit and campaign are;
    ``unauthenticated``: the results by which the sender's address is not the writer's.
    """
    best = choice.best
    assert best is not None
    base, own_doubt = _submission(bundle, choice, verdict, trace, received_at)
    base = _disbelieved(base, unauthenticated) if unauthenticated else base
    found = doubt or _doubt(choice, verdict, base) or own_doubt
    if found is None:
        return Reported((replace(base, status="filed"),), None)
    rivals = zip(verdict.units[1:3], verdict.rivals[:2], strict=True)
    others = [_other(base, unit, clues) for unit, clues in rivals]
    elsewhere = [_elsewhere(base, scored) for scored in choice.ranked[1:3] if not choice.sure and scored.score > 0]
    return Reported((base, *others, *elsewhere), found)


def _submission(
    bundle: Bundle, choice: CampaignChoice, verdict: UnitVerdict, trace: Trace, received_at: datetime
) -> tuple[Submission, Doubt | None]:
    scored = choice.ranked[0]
    campaign = scored.context.campaign
    code = verdict.units[0] if verdict.units else None
    unit = scored.context.roster.unit(code) if code else None
    said_all = [document for document in bundle.documents if document.role != "quoted"]
    own = [document for document in bundle.own if document.role != "quoted"]
    titles = titles_of(said_all, [file.path for file in bundle.files])
    planned, names = _is_asked_plan(campaign, titles), unit.names if unit else ()
    done = ActivityFindings((), (), doubtful=False) if planned else find_activities(own, campaign, names)
    stage = _stage(campaign, received_at.astimezone(ZoneInfo(scored.context.timezone)).date())
    kind = kind_of(said_all, titles, themes_of(campaign), len(done.ids), stage=stage)
    said = squeeze("\n".join(title.text for title in titles))
    answer = requirement_for(
        campaign,
        unit,
        kind.kind,
        roster=scored.context.roster,
        doubtful=kind.doubtful,
        titles=said,
        received=received_at,
    )
    figures = () if planned else find_figures(own, campaign, answer.kind, names)
    saying = sign_in(titles, said_all)
    doubtful = [
        *([] if verdict.sure else ["unit"]),
        *(["kind"] if answer.doubtful else []),
        *(["activities"] if done.doubtful else []),
        *(["figures"] if any(figure.doubtful for figure in figures) else []),
    ]
    submission = Submission(
        status="review",
        campaign=campaign.id,
        unit=code,
        kind=answer.kind,
        requirement=answer.requirement.id if answer.requirement else None,
        confidence=0.0,  # filing/confidence.py rates what stands here
        activities=done.ids,
        figures=figures,
        parts=bundle.parts,
        doubtful=tuple(doubtful),
        evidence=(
            *_evidence(verdict, kind, done),
            *_campaign_evidence(said_all, bundle, scored),
            *([saying.evidence] if saying.evidence else []),
        ),
        unit_text=verdict.unit_text,
        sign=saying.sign,
        partial=saying.partial,
        trace=trace,
    )
    return submission, _content_doubt(bundle, choice, submission, titles, received_at)


def _is_asked_plan(campaign: Campaign, titles: Sequence[Title]) -> bool:
    """What the unit will do, and a requirement asks for it: nothing in it was done."""
    return is_plan(titles) and any(paper_of(word) == "plan" for word in words_asked_for(campaign))


def _stage(campaign: Campaign, day: date) -> Stage:
    period = campaign.period
    if period is None or period.from_ > period.to:
        return "middle"
    return "over" if day > period.to else "early" if day - period.from_ < period.to - day else "middle"


def _disbelieved(base: Submission, results: str) -> Submission:
    """The address was left out of account, and everybody can see why."""
    return replace(base, unauthenticated=True, evidence=(*base.evidence, Evidence("sender", "header", results)))


def _doubt(choice: CampaignChoice, verdict: UnitVerdict, base: Submission) -> Doubt | None:
    if not choice.sure:
        return Doubt("campaign_unknown", _CAMPAIGN_UNKNOWN if len(choice.ranked) == 1 else _CAMPAIGN_TIED)
    if not verdict.sure:
        return Doubt(verdict.reason, verdict.explanation or _CAMPAIGN_UNKNOWN)
    return None


def _content_doubt(
    bundle: Bundle, choice: CampaignChoice, base: Submission, titles: Sequence[Title], received_at: datetime
) -> Doubt | None:
    scored = choice.ranked[0]
    local = received_at.astimezone(ZoneInfo(scored.context.timezone))
    papers = [
        d for d in bundle.documents if d.role in ("document", "slides") or (d.role == "body" and len(d.text) > 200)
    ]
    year = earlier_year(papers, titles, scored.context.campaign, local.year)
    if year is not None:
        return Doubt("earlier_year", _EARLIER.fill(year=year))
    if addressed := addressed_elsewhere(papers, scored.context.campaign):
        return Doubt("addressed_elsewhere", _ELSEWHERE.fill(name=addressed))
    if base.kind == "summary" and _is_blank(base, papers):
        return Doubt("nothing_told", _BLANK)
    if other := _other_work(choice, base, titles, papers):
        return Doubt("campaign_unknown", _OTHER_WORK.fill(words=other))
    if _corrects_figures(choice, base, bundle):
        return None
    if base.kind == "summary" and not is_on_the_whole(scored) and not _belongs_by_deeds(choice, base, titles, papers):
        return Doubt("campaign_unknown", _NOT_NAMED)
    return None


def _other_work(choice: CampaignChoice, base: Submission, titles: Sequence[Title], papers: Sequence[Document]) -> str:
    """What the titles say that a written report is on, if that is not this campaign."""
    context = choice.ranked[0].context
    themes, index = themes_of(context.campaign), index_of(context.roster)
    told = [(one, other_topic(one.text, context.campaign, index, base.unit)) for one in titles if one.role != "body"]
    if any(says_theme(squeeze(title.text), themes) for title in titles):
        silent = {paper.where for paper in papers if not says_theme(squeeze(paper.text), themes)}
        return next((other.words for one, other in told if other and other.plain and one.where in silent), "")
    if base.kind == "summary":
        ours = len(base.activities) > _SEVERAL and any(_opens_with(paper.text, themes) for paper in papers)
        others = [other for _, other in told if other]
        sure = (one for one in others if one.plain or _is_repeated(one.words, papers) or (one.work and not ours))
        return next((one.words for one in sure), "")
    if not papers:
        return next((other.words for one, other in told if other and other.plain and is_table(one.text)), "")
    if contains_any(squeeze("\n".join(title.text for title in titles)), words_asked_for(context.campaign)):
        return ""
    tells = any(contains_any(squeeze(title.text), words("nonreports", "deeds")) for title in titles)
    headlined = tells or not any(is_formal(title.text) for title in titles if title.role != "body")
    return "" if headlined and base.activities else is_of_other_work(titles, context.campaign, index, base.unit)


def _opens_with(text: str, themes: Sequence[str]) -> bool:
    return says_theme(squeeze(text[:_OPENING]), themes)


def _is_repeated(words_: str, papers: Sequence[Document]) -> bool:
    """Whether papers begin with the words more often than in a title: they are on it."""
    return any(squeeze(paper.text[:_OPENING]).count(words_) > 1 for paper in papers)


def _is_blank(base: Submission, papers: Sequence[Document]) -> bool:
    """A closing report that tells of nothing done: a template, or papers that could hardly be read."""
    zero = any(contains_any(squeeze(d.text), words("nonreports", "zero")) for d in papers)
    written = any(d.role == "document" for d in papers)
    if any(len(_GAP.findall(d.text)) >= _GAPS for d in papers) and not base.figures:
        return True
    return written and not (base.activities or base.figures or zero)


def _belongs_by_deeds(
    choice: CampaignChoice, base: Submission, titles: Sequence[Title], papers: Sequence[Document]
) -> bool:
    """A closing report that never names the only open campaign, but tells of several of its activities, in its time.

    Where a title says what the campaign is about (垃圾分类总结), one is enough, or several of whatever words.
    """
    campaign = choice.ranked[0].context.campaign
    said, several = squeeze("\n".join(title.text for title in titles)), len(base.activities) >= _SEVERAL
    titled = any(topic in said for topic in topics_of(campaign))
    only = sum(scored.context.is_open for scored in choice.ranked) == 1
    if not only or not (several or (titled and base.activities)):
        return False
    borne = (titled and several) or all(bears(paper.text, campaign) for paper in papers)
    return borne and all(is_of_its_time(paper.text, campaign) for paper in papers)


def _corrects_figures(choice: CampaignChoice, base: Submission, bundle: Bundle) -> bool:
    """A few words that put a number of an earlier report right: 所报总结有笔误，“横幅90条”应为9条."""
    context = choice.ranked[0].context
    said = "\n".join(document.text for document in bundle.documents if document.role == "body")
    if base.sign != "correction" or not base.partial or not base.figures or not names_summary(squeeze(said)):
        return False
    only = sum(scored.context.is_open for scored in choice.ranked) == 1
    other = other_topic(QUOTED.sub(" ", said), context.campaign, index_of(context.roster), base.unit)
    return only and not (other and (other.plain or other.work))


def _other(base: Submission, unit: str | None, clues: Sequence[Clue]) -> Submission:
    """The same report under the next unit that may be meant."""
    return replace(base, unit=unit, alternative=True, evidence=_unit_evidence(clues))


def _elsewhere(base: Submission, scored: CampaignScore) -> Submission:
    """The same report under the next campaign that may be meant."""
    campaign = scored.context.campaign
    unit = base.unit if base.unit and scored.context.roster.unit(base.unit) else None
    return replace(base, campaign=campaign.id, unit=unit, requirement=None, alternative=True, evidence=())


def _campaign_evidence(documents: Sequence[Document], bundle: Bundle, scored: CampaignScore) -> tuple[Evidence, ...]:
    """The weightiest words of the campaign, and the first place that says them."""
    if not scored.words:
        return ()
    texts = [*((d.where, d.text) for d in documents), *((file.path, file.path) for file in bundle.files)]
    where = next((where for where, text in texts if scored.words[0] in squeeze(text)), "body")
    return (Evidence("campaign", where, "、".join(scored.words)),)


def _evidence(verdict: UnitVerdict, kind: KindFinding, done: ActivityFindings) -> tuple[Evidence, ...]:
    return (*_unit_evidence(verdict.clues), *([kind.evidence] if kind.evidence else []), *done.evidence)


def _unit_evidence(clues: Sequence[Clue]) -> tuple[Evidence, ...]:
    """The weightiest words of each source."""
    shown: dict[Source, Clue] = {}
    for clue in clues:
        shown.setdefault(clue.source, clue)
    return tuple(Evidence("unit", clue.where, clue.text) for clue in list(shown.values())[:_CLUES_SHOWN])


_CAMPAIGN_UNKNOWN = Text(
    "内容与报送任务的关系看不出来，请核对。", "What it says shows no relation to the campaign; please check."
)
_CAMPAIGN_TIED = Text("看不出属于哪项报送任务，请核对。", "It is not clear which campaign it belongs to; please check.")
_NOT_NAMED = Text(
    "像是一份总结，但没有提到本次报送任务的主题，请核对。",
    "It looks like a summary, but never names this campaign's theme; please check.",
)
_ELSEWHERE = Text(
    "材料是写给“{name}”的，请核对是否属于本次报送。", "It is addressed to {name}; please check whether it belongs here."
)
_BLANK = Text(
    "材料里没有写已开展的活动，可能是空白模板，请核对。",
    "It tells of nothing that was done; is it a blank template? Please check.",
)
_OTHER_WORK = Text(
    "标题写的是“{words}”，看不出与本次报送任务的关系，请核对。",
    "Its title says {words}, which shows no relation to the campaign; please check.",
)
_EARLIER = Text(
    "材料标注的是{year}年，请核对是否误发往年材料。",
    "The report bears the year {year}; was an old one sent by mistake?",
)
