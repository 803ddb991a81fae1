"""The figures that a report states for its own unit and the campaign's period (CONTRACT.md, Figures)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from filing.documents import Document, Role
from filing.text.vocabulary import word_list
from filing.what.countable import Countable
from filing.what.counts import HAZARDS, TOTAL, Count
from filing.what.heads import counts_helpers, one_event_heads
from filing.what.measures import measures_for
from filing.what.prose import is_of_others, prose_counts
from filing.what.references import without_references
from filing.what.statements import reporting
from filing.what.tallies import tabular_counts
from records.campaigns import Campaign, Kind
from records.filings import Evidence, Figure

TIERS: tuple[tuple[Role, ...], ...] = (
    ("document", "sheet", "slides"),
    ("body",),
    ("quoted",),
    ("picture",),
    ("subject",),
)
CORRECTED = -1  # 更正为58批次，以此为准: above every document
ORDER = (
    "participants",
    "trainings",
    "drills",
    *HAZARDS,
    "leaflets",
    "banners",
    "consultations",
    "quiz_participants",
    "notes_posted",
)
LONGEST_EVIDENCE = 200
EVENTS = ("trainings", "drills")


def find_figures(
    documents: Sequence[Document], campaign: Campaign, kind: Kind, names: Sequence[str] = ()
) -> tuple[Figure, ...]:
    """Every measure that ``documents``, one unit's report, state a value for, in the order of CONTRACT.md.

    Totals go before parts; parts are not added up. Attachments go before the body. ``kind`` decides whether a head
    count can be the whole message's (``material`` about one event); ``names`` are what the unit is called, to find its
    row in a table of several. ``doubtful``: statements contradict each other.
    """
    measures = measures_for(campaign)
    read = without_references(reporting(documents, campaign))
    counts: dict[str, list[tuple[int, Count]]] = defaultdict(list)
    for document in read:
        for count in _counts(document, measures, campaign, names):
            counts[count.measure].append((CORRECTED if count.corrects else _tier(document), count))
    of_several = "banners" in counts and any(event in counts for event in EVENTS)  # no banner hangs for a drill
    if "participants" not in counts and kind == "material" and not of_several:
        helping = [measure.name for measure in measures if counts_helpers(measure.words)]
        helpers = {count.value for name in helping for _, count in counts[name]}
        heads = [count for count in one_event_heads(read, campaign) if count.value not in helpers]
        counts["participants"] += [(0, count) for count in heads]
    names = [*ORDER, *(measure.name for measure in measures if measure.own)]
    chosen = (_choose(counts[name]) for name in names if name in counts)
    return _weighed(tuple(figure for figure in chosen if figure is not None))


def _weighed(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """``figures``, doubtful where no office can have done so much, or more was put right than found."""
    most = word_list("figures")["plausible"]
    values = {figure.measure: figure.value for figure in figures}
    upside_down = values.get("hazards_fixed", 0.0) > values.get("hazards_found", float("inf"))
    return tuple(
        replace(figure, doubtful=True)
        if figure.value > most.get(figure.measure, float("inf"))
        or (figure.measure in most and not figure.value.is_integer())
        or (upside_down and figure.measure in HAZARDS)
        else figure
        for figure in figures
    )


def _tier(document: Document) -> int:
    return next((at for at, roles in enumerate(TIERS) if document.role in roles), len(TIERS))


def _counts(document: Document, measures: Sequence[Countable], campaign: Campaign, names: Sequence[str]) -> list[Count]:
    found = [
        count
        for count in tabular_counts(document, measures, campaign.period, names)
        if count.measure not in HAZARDS or count.tabular or not is_of_others(count.text)
    ]
    return found if document.role == "sheet" else [*found, *prose_counts(document, measures, campaign)]


def _choose(counts: Sequence[tuple[int, Count]]) -> Figure | None:
    """The count that stands for the whole: of the best documents, of the farthest reach; None for mere parts."""
    counts = _without_places(counts)
    if not counts:
        return None
    best_tier = min(tier for tier, _ in counts)
    own = [count for tier, count in counts if tier == best_tier]
    chosen, sure = _whole(own)
    if chosen is None:
        return None
    evidence = Evidence(f"figure:{chosen.measure}", chosen.where, chosen.text[:LONGEST_EVIDENCE])
    return Figure(chosen.measure, chosen.value, evidence, doubtful=not sure)


def _without_places(counts: Sequence[tuple[int, Count]]) -> Sequence[tuple[int, Count]]:
    """``counts`` without those that stand under the names of several villages or departments: they are parts."""
    return [(tier, count) for tier, count in counts if not count.place]


def _whole(counts: Sequence[Count]) -> tuple[Count | None, bool]:
    summed = _sum_of_the_others(counts)
    if summed is not None:
        return summed, True
    reach = max(count.reach for count in counts)
    widest = _firm([count for count in counts if count.reach == reach])
    values = {count.value for count in widest}
    if len(values) == 1:
        return (None, True) if _are_parts(widest) else (widest[0], True)
    if all(count.derived for count in widest):
        return None, True
    tables = [count for count in widest if count.tabular]
    if tables and len({count.value for count in tables}) == 1:
        return tables[0], False
    if tables and len(tables) == len(widest):
        return None, True  # rows of several kinds
    return (max(widest, key=lambda count: count.value), False) if reach >= 3 else (None, True)


def _firm(counts: Sequence[Count]) -> Sequence[Count]:
    """Those of ``counts`` in words of the measure's label, where there are any: 宣讲76场 before 班会1240节."""
    return [count for count in counts if not count.loose] or counts


def _sum_of_the_others(counts: Sequence[Count]) -> Count | None:
    """The one count that the others add up to: a total that is not called so."""
    values = [count.value for count in counts]
    for count in counts:
        if len(values) > 2 and count.value * 2 == sum(values) and values.count(count.value) == 1:
            return count
    return None


def _are_parts(counts: Sequence[Count]) -> bool:
    """One drill here and another one there: events told one by one, no total."""
    plain = [count for count in counts if count.reach < TOTAL and not count.tabular]
    if len(plain) < len(counts) or len({count.about for count in plain}) < 2:
        return False
    return counts[0].measure in EVENTS and counts[0].value == 1
