"""Generated messages through intake, readers and filing, without OCR: how each was filed beside its truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from bench.generator.cases import Case, Told, make_case
from bench.generator.offices import Office, offices
from filing.confidence import places, relation
from filing.decide import file_message
from filing.who.senders import known_sender
from intake.message import read_message
from parsers.reader import PartReader
from records.campaigns import CampaignContext
from records.extracts import Extract, ReadLimits
from records.filings import Filing, Submission
from records.mail import Message

_CHUNK = 100
_T = TypeVar("_T")

Filed = Callable[[Message, tuple[Extract, ...], CampaignContext, Case], Filing]
"""How a case is filed: as the service does, or with one kind of evidence left out."""


@dataclass(frozen=True, slots=True)
class Count:
    """Right, too many, too few of what a report says."""

    right: int = 0
    extra: int = 0
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    case: str  # office, part and number, by which it is made again
    trick: str
    layout: str
    is_report: bool
    may_be_filed: bool  # it is the report of a unit on the roster
    knowable: bool
    status: str
    reason: str
    wrong: tuple[str, ...]  # units under which it was filed and must not be
    alone: bool  # filed under all its units
    suggested: bool  # filed so, or its unit stands first among the suggestions; a stranger's: no unit stands first
    kind: bool | None = None
    activities: Count = Count()
    exact: bool | None = None
    figures: Count = Count()
    told: str = ""  # activities and figures, said and true, where they differ
    evidence: str = ""  # what the first suggestion rests on, as filing/confidence.py tells evidence apart


def as_the_service(message: Message, extracts: tuple[Extract, ...], context: CampaignContext, case: Case) -> Filing:
    """With all evidence."""
    return file_message(message, extracts, (context,), case.received_at)


def run(part: str, count: int, ways: Mapping[str, Filed], workers: int = 2, first: int = 0) -> dict[str, list[Outcome]]:
    """``count`` cases of each office, filed in every way. The order of outcomes hangs on nothing but the numbers."""
    jobs = [
        (office.id, start, min(start + _CHUNK, first + count))
        for office in offices()
        for start in range(first, first + count, _CHUNK)
    ]
    found: dict[str, list[Outcome]] = {name: [] for name in ways}
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:  # readers' fork server is not inherited
        for outcomes in pool.map(partial(_chunk, part, ways), jobs):
            for name, some in outcomes.items():
                found[name] += some
    return found


def _chunk(part: str, ways: Mapping[str, Filed], job: tuple[str, int, int]) -> dict[str, list[Outcome]]:
    name, start, end = job
    office = next(one for one in offices() if one.id == name)
    found: dict[str, list[Outcome]] = {way: [] for way in ways}
    with PartReader(ReadLimits(max_ocr_pages=0, workers=1), read_message) as reader:
        for number in range(start, end):
            for way, outcome in _outcomes(office, part, number, ways, reader):
                found[way].append(outcome)
    return found


def _outcomes(
    office: Office, part: str, number: int, ways: Mapping[str, Filed], reader: PartReader
) -> Iterator[tuple[str, Outcome]]:
    case = make_case(office, part, number)
    message = read_message(case.raw)
    extracts = reader.read(message.parts)
    for way, filed in ways.items():
        filing = filed(message, extracts, office.context, case)
        outcome = judged(case, filing, f"{office.id} {part} {number}")
        yield way, replace(outcome, evidence=evidence_key(filing, message, office.context))


def evidence_key(filing: Filing, message: Message, context: CampaignContext) -> str:
    """``filed.own.3`` or ``asked.unit_tied``: where in the table of confidences the first suggestion stands."""
    if not filing.submissions:
        return ""
    first = filing.submissions[0]
    if first.status != "filed":
        return f"asked.{filing.reason}"
    return f"filed.{relation(known_sender(message.sender.address, context), first.unit)}.{places(first)}"


def judged(case: Case, filing: Filing, name: str = "") -> Outcome:
    """The filing beside the truth. What a message's reports say is judged by the submissions of their own units."""
    filed = [one for one in filing.submissions if one.status == "filed"]
    units = {one.unit for one in filed}
    first = filing.submissions[0].unit if filing.submissions else None
    own = [(told, said) for unit, told in case.told.items() for said in [_of(filing.submissions, unit, case)] if said]
    return Outcome(
        case=name,
        trick=case.trick,
        layout=case.layout,
        is_report=case.is_report,
        may_be_filed=bool(case.told),
        knowable=case.knowable,
        status=filing.status,
        reason=filing.reason or "",
        wrong=tuple(sorted(str(unit) for unit in units if unit not in case.told)),
        alone=bool(case.told) and set(case.told) <= units,
        suggested=first in case.told or set(case.told) <= units if case.told else case.is_report and first is None,
        kind=all(said.kind == told.kind for told, said in own) if own else None,
        activities=_summed([_count(set(said.activities), set(told.activities)) for told, said in own]),
        exact=all(set(said.activities) == told.activities for told, said in own) if own else None,
        figures=_summed([_count(_figures(said), set(told.figures.items())) for told, said in own]),
        told="; ".join(_difference(told, said) for told, said in own if _difference(told, said)),
    )


def _of(submissions: Sequence[Submission], unit: str, case: Case) -> Submission | None:
    """The unit's own, else where there is one report the first."""
    mine = next((one for one in submissions if one.unit == unit), None)
    return mine or (submissions[0] if submissions and len(case.told) == 1 else None)


def _figures(said: Submission) -> set[tuple[str, float]]:
    return {(figure.measure, figure.value) for figure in said.figures}


def _difference(told: Told, said: Submission) -> str:
    activities = (
        f"activities {sorted(said.activities)}, true {sorted(told.activities)}"
        if set(said.activities) != told.activities
        else ""
    )
    extra, lacking = _figures(said) - set(told.figures.items()), set(told.figures.items()) - _figures(said)
    figures = f"figures too many {sorted(extra)}, too few {sorted(lacking)}" if extra or lacking else ""
    return ", ".join(filter(None, (activities, figures)))


def _count(said: Set[_T], true: Set[_T]) -> Count:
    return Count(len(said & true), len(said - true), len(true - said))


def _summed(counts: Sequence[Count]) -> Count:
    return Count(sum(c.right for c in counts), sum(c.extra for c in counts), sum(c.lacking for c in counts))
