"""What each kind of evidence is good for: the same mail filed with one kind left out at a time.

python -m bench ablate [--generated N] [--corpus DIR …]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import get_args

from bench.generator.cases import Case
from bench.generator.offices import WORDINGS
from bench.generator.report import f1
from bench.generator.trial import Count, Filed, run
from bench.labelled import Mail, mailboxes, own_mailboxes
from filing.decide import file_message
from filing.who.clues import Source
from filing.who.leaving import GUARDS
from records.campaigns import ActivityType, CampaignContext
from records.extracts import Extract
from records.filings import Filing
from records.mail import Message

_NOT_CLUES = ("mention", "guest")


@dataclass(frozen=True, slots=True)
class Way:
    """One way of filing: what is left out, and the campaign and roster as they then are."""

    name: str
    without: frozenset[str] = frozenset()
    context: Callable[[CampaignContext], CampaignContext] | None = None

    def __call__(self, message: Message, extracts: tuple[Extract, ...], context: CampaignContext, case: Case) -> Filing:
        """As ``Filed`` wants it."""
        return file_message(message, extracts, (self.seen_by(context),), case.received_at, without=self.without)

    def seen_by(self, context: CampaignContext) -> CampaignContext:
        """The context without what is left out."""
        return self.context(context) if self.context else context


def ways() -> tuple[Way, ...]:
    """All, and all without one."""
    sources = [source for source in get_args(Source) if source not in _NOT_CLUES]
    return (
        Way("everything"),
        *(Way(f"without {source}", frozenset({source})) for source in (*sources, *GUARDS)),
        Way("without letterhead and head", frozenset({"letterhead", "head"})),
        Way("without the address", context=_without_addresses),
        Way("without cues", context=partial(_with_activities, change=_without_cues)),
        Way("without activities' texts", context=partial(_with_activities, change=_without_text)),
    )


def _without_addresses(context: CampaignContext) -> CampaignContext:
    units = tuple(replace(unit, emails=()) for unit in context.roster.units)
    return replace(context, roster=replace(context.roster, units=units))


def _with_activities(context: CampaignContext, change: Callable[[ActivityType], ActivityType]) -> CampaignContext:
    campaign = context.campaign
    return replace(context, campaign=replace(campaign, activities=tuple(map(change, campaign.activities))))


def _without_cues(activity: ActivityType) -> ActivityType:
    return replace(activity, cues=())


def _without_text(activity: ActivityType) -> ActivityType:
    return replace(activity, text="")


@dataclass(frozen=True, slots=True)
class Sum:
    """What became of the reports, filed in one way."""

    wrong: int
    alone: float
    suggested: float
    activities: str


def ablate(generated: int, folders: Sequence[Path]) -> None:
    """Print a table for generated mail, and one for labelled mailboxes together."""
    all_ = ways()
    filed: Mapping[str, Filed] = {way.name: way for way in all_}
    outcomes = {part: run(part, generated, filed) for part in WORDINGS}
    sums = {}
    for way in all_:
        mine = [one for part in WORDINGS for one in outcomes[part][way.name]]
        reports, messages = [one for one in mine if one.may_be_filed], len(mine)
        sums[way.name] = Sum(
            sum(bool(one.wrong) for one in mine),
            sum(one.alone for one in reports) / len(reports),
            sum(one.suggested for one in reports) / len(reports),
            f1(one.activities for one in reports),
        )
    _show(f"{messages} generated messages", sums)
    with own_mailboxes() as own:
        read = [(mailbox.context, mail) for mailbox in mailboxes([*own, *folders]) for mail in mailbox.mails]
    _show(f"{len(read)} messages of labelled mailboxes", {way.name: _summed(way, read) for way in all_})


def _summed(way: Way, mails: Sequence[tuple[CampaignContext, Mail]]) -> Sum:
    found = [(mail, mail.filed(way.seen_by(context), way.without)) for context, mail in mails]
    reports = [(mail, filing) for mail, filing in found if mail.units - {None}]
    wrong = sum(any(unit not in mail.units for unit in _filed(filing)) for mail, filing in found)
    alone = sum(mail.units <= _filed(filing) for mail, filing in reports)
    suggested = sum(mail.units <= _filed(filing) or _first(filing) in mail.units for mail, filing in reports)
    activities = [_activities(mail, filing) for mail, filing in reports if "by_unit" not in mail.truth]
    return Sum(wrong, alone / len(reports), suggested / len(reports), f1(activities))


def _filed(filing: Filing) -> set[str | None]:
    return {one.unit for one in filing.submissions if one.status == "filed"}


def _first(filing: Filing) -> str | None:
    return filing.submissions[0].unit if filing.submissions else ""


def _activities(mail: Mail, filing: Filing) -> Count:
    said = set(filing.submissions[0].activities) if filing.submissions else set()
    true = set(mail.truth["activities"])
    return Count(len(said & true), len(said - true), len(true - said))


def _show(title: str, sums: Mapping[str, Sum]) -> None:
    print(f"\n{title}\n")
    print("| evidence | filed wrong | filed alone | unit right at all | activities |\n| --- | --- | --- | --- | --- |")
    for name, one in sums.items():
        print(f"| {name} | {one.wrong} | {one.alone:.3f} | {one.suggested:.3f} | {one.activities} |")
