"""A unit's and a campaign's figures, and how many units stated them (DESIGN: What is owed)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.board import receipts, replaced
from flow.office import Office
from flow.standing import Standing
from records.boards import CampaignFigures, FigureTotal, UnitFigure
from records.campaigns import CampaignContext, Measure
from records.filings import FiledSubmission
from storage import messages


def figures_of(
    office: Office, context: CampaignContext, as_of: datetime, shares: frozenset[tuple[str, str]] | None = None
) -> CampaignFigures:
    """The figures of a campaign; with ``shares``, (campaign, unit), unit by unit only those of such units."""
    campaign = context.campaign.id
    with office.archive.database.session() as session:
        filed = messages.filed_submissions(session, campaign)
    units = unit_figures(context, filed, as_of)
    wanted = tuple(one for one in units if shares is None or (campaign, one.unit) in shares)
    return CampaignFigures(context, as_of, figure_totals(context, filed, as_of, office.standing), wanted)


def unit_figures(
    context: CampaignContext, submissions: Iterable[FiledSubmission], as_of: datetime
) -> tuple[UnitFigure, ...]:
    """Each unit's value of each measure that it stated by ``as_of``, by the roster's order, then the measures'.

    They are those of its latest accepted summary. Material counts, provisionally and added up, only where no summary
    of the unit states the measure; never both.
    """
    known = receipts(context, submissions, as_of)
    order = {unit.code: place for place, unit in enumerate(context.roster.units)}
    units = sorted((unit for unit in known.by_unit if unit), key=lambda unit: (order.get(unit, len(order)), unit))
    measures = [measure.name for measure in context.campaign.measures]
    return tuple(
        figure
        for unit in units
        for figure in sorted(_of_unit(unit, known.of(unit)), key=lambda one: _place(one.measure, measures))
    )


def figure_totals(
    context: CampaignContext,
    submissions: Iterable[FiledSubmission],
    as_of: datetime,
    standing: Standing | None = None,
) -> tuple[FigureTotal, ...]:
    """Each measure over all units, with how many stated it out of how many that take part (exempt ones do not)."""
    values: defaultdict[str, list[UnitFigure]] = defaultdict(list)
    for figure in unit_figures(context, submissions, as_of):
        values[figure.measure].append(figure)
    measures = {measure.name: measure for measure in context.campaign.measures}
    named = [name for name in measures if name in values] + sorted(values.keys() - measures.keys())
    asked = len(_taking_part(context, standing or Standing(), as_of))
    return tuple(_total(measures.get(name) or Measure(name, name), values[name], asked) for name in named)


def _taking_part(context: CampaignContext, standing: Standing, as_of: datetime) -> frozenset[str]:
    """The units that belong to the campaign on that day and are not exempt from all of it."""
    day = as_of.astimezone(ZoneInfo(context.timezone)).date()
    campaign = context.campaign.id
    return frozenset(
        member.unit
        for member in context.roster.memberships
        if member.covers(day) and not member.exempt and not standing.is_exempt(campaign, member.unit, "")
    )


def _of_unit(unit: str, items: Sequence[FiledSubmission]) -> Iterator[UnitFigure]:
    corrected = {message for message, _ in replaced(items)}
    accepted = [item for item in items if item.submission.status == "filed" and item.message not in corrected]
    stated = {figure.measure: figure for figure in _of_summaries(unit, accepted, items)}
    material: dict[str, UnitFigure] = {}
    for figure in _of_material(unit, accepted):
        if figure.measure not in stated:
            before = material.get(figure.measure)
            material[figure.measure] = _added(before, figure) if before else figure
    yield from (*stated.values(), *material.values())


def _of_material(unit: str, accepted: Sequence[FiledSubmission]) -> Iterator[UnitFigure]:
    for item in accepted:
        if item.submission.kind == "material":
            yield from _figures(unit, item, provisional=True)


def _added(before: UnitFigure, figure: UnitFigure) -> UnitFigure:
    return UnitFigure(
        unit=figure.unit,
        measure=figure.measure,
        value=before.value + figure.value,
        submission=figure.submission,
        provisional=True,
        doubtful=before.doubtful or figure.doubtful,
    )


def _of_summaries(
    unit: str, accepted: Sequence[FiledSubmission], items: Sequence[FiledSubmission]
) -> Iterator[UnitFigure]:
    """What the latest accepted summary states. A supplement only adds what it lacks; what a correction of some figures
    does not state stands as in the report that it corrects.
    """
    summaries = [item for item in accepted if item.submission.kind == "summary"]
    whole = [item for item in summaries if item.submission.sign != "supplement"]
    known = {item.message: item for item in items if item.submission.kind == "summary"}
    found: dict[str, UnitFigure] = {}
    item = whole[-1] if whole else None
    while item is not None:
        for figure in _figures(unit, item, provisional=False):
            found.setdefault(figure.measure, figure)
        item = known.get(item.supersedes or "") if item.submission.partial else None
    for supplement in reversed([one for one in summaries if one.submission.sign == "supplement"]):
        for figure in _figures(unit, supplement, provisional=False):
            found.setdefault(figure.measure, figure)
    yield from found.values()


def _figures(unit: str, item: FiledSubmission, *, provisional: bool) -> Iterator[UnitFigure]:
    for figure in item.submission.figures:
        yield UnitFigure(unit, figure.measure, figure.value, item.id, provisional, figure.doubtful)


def _total(measure: Measure, figures: Sequence[UnitFigure], asked: int) -> FigureTotal:
    return FigureTotal(
        measure=measure.name,
        label=measure.label,
        unit=measure.unit,
        total=round(sum(figure.value for figure in figures), 6),
        stated_by=len(figures),
        provisional=any(figure.provisional for figure in figures),
        asked=asked,
        doubtful=sum(figure.doubtful for figure in figures),
    )


def _place(measure: str, measures: Sequence[str]) -> tuple[int, str]:
    return (measures.index(measure) if measure in measures else len(measures), measure)
