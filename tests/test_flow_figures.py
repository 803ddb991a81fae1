"""A unit's and a campaign's figures, and how many units stated them (DESIGN: What is owed)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flow.figures import figure_totals, unit_figures
from flow.standing import Standing
from records.filings import FiledSubmission, Sign
from records.units import Membership
from tests.campaign_data import at, context, filed

LATER = at(5, month=7)


def values(*submissions: FiledSubmission) -> dict[str, float]:
    """What A1 stated."""
    return {figure.measure: figure.value for figure in unit_figures(context(), submissions, LATER)}


def signed(item: FiledSubmission, sign: Sign, *, partial: bool = False) -> FiledSubmission:
    return replace(item, submission=replace(item.submission, sign=sign, partial=partial))


def test_figures_are_those_of_the_latest_accepted_summary() -> None:
    """Of two summaries the later counts; a superseded one does not; material never adds to a summary."""
    found = figure_totals(
        context(),
        [
            filed("A1", at(10), kind="material", figures={"drills": 9}),
            filed("A1", at(20), figures={"drills": 2}),
            filed("A1", at(25), figures={"drills": 3}),
            filed("A2", at(11), kind="material", figures={"drills": 1}),
            filed("A2", at(12), kind="material", figures={"drills": 1}),
        ],
        LATER,
    )
    assert [(item.measure, item.total, item.stated_by, item.provisional) for item in found] == [("drills", 5, 2, True)]


def test_provisional_figures_are_added_up_and_give_way_to_a_summary() -> None:
    """Each measure for itself: what no summary states stays provisional."""
    early = filed("A1", at(10), kind="material", figures={"drills": 1, "leaflets": 100})
    again = filed("A1", at(11), kind="material", figures={"leaflets": 200})
    final = filed("A1", at(20), figures={"drills": 4})
    assert values(early, again) == {"drills": 1, "leaflets": 300}
    found = unit_figures(context(), [early, again, final], LATER)
    assert [(one.measure, one.value, one.provisional, one.submission) for one in found] == [
        ("drills", 4, False, final.id),
        ("leaflets", 300, True, again.id),
    ]


def test_what_is_under_review_returned_or_corrected_states_nothing() -> None:
    """Only accepted submissions count, each correction in place of what it corrects."""
    wrong = filed("A1", at(20), message="wrong", figures={"drills": 12})
    right = filed("A1", at(21), figures={"drills": 2}, supersedes="wrong")
    assert values(wrong, right) == {"drills": 2}
    assert values(filed("A1", at(20), status="review", message_status="review", figures={"drills": 1})) == {}
    assert values(filed("A1", at(20), status="returned", figures={"drills": 1})) == {}


def test_a_partial_correction_keeps_the_other_figures() -> None:
    """A mail that corrects one number leaves the rest of the report as it was; a supplement adds what was lacking."""
    first = filed("A1", at(20), message="first", figures={"drills": 2, "leaflets": 100})
    fix = signed(
        filed("A1", at(21), message="fix", figures={"drills": 3}, supersedes="first"), "correction", partial=True
    )
    more = signed(filed("A1", at(22), figures={"drills": 9, "banners": 5}), "supplement")
    assert values(first, fix) == {"drills": 3, "leaflets": 100}
    assert values(first, fix, more) == {"drills": 3, "leaflets": 100, "banners": 5}


def test_coverage_says_how_many_of_those_that_take_part_stated_a_figure() -> None:
    """Exempt units, by roster or decision, are outside; a unit that states 0 has stated it."""
    reports = [filed("A1", at(20), figures={"drills": 0}), filed("A2", at(20), figures={"drills": 2})]
    (whole,) = figure_totals(context(), reports, LATER)
    assert (whole.total, whole.stated_by, whole.asked) == (2, 2, 3)
    standing = Standing(exemptions=frozenset({("c1", "B1", None)}))
    (without,) = figure_totals(context(), reports, LATER, standing)
    assert without.asked == 2
    members = (Membership("c1", "A1"), Membership("c1", "A2", exempt=True))
    (by_roster,) = figure_totals(context(*members), reports, LATER)
    assert by_roster.asked == 1


def test_doubtful_values_are_counted_beside_the_total() -> None:
    """Whoever reads a total sees how many of its parts somebody should look at."""
    odd = filed("A1", at(20), figures={"drills": 700})
    figures = tuple(replace(figure, doubtful=True) for figure in odd.submission.figures)
    odd = replace(odd, submission=replace(odd.submission, figures=figures))
    (total,) = figure_totals(context(), [odd, filed("A2", at(20), figures={"drills": 2})], LATER)
    assert (total.total, total.doubtful) == (702, 1)


def test_values_stand_in_the_order_of_the_roster_and_up_to_the_moment() -> None:
    """What came later than the moment asked about is not there."""
    late: Sequence[FiledSubmission] = [
        filed("B1", at(20), figures={"drills": 1}),
        filed("A1", at(21), figures={"drills": 2}),
    ]
    assert [one.unit for one in unit_figures(context(), late, LATER)] == ["A1", "B1"]
    assert [one.unit for one in unit_figures(context(), late, at(20, 23))] == ["B1"]
