"""People's decisions laid over what the service found (CONTRACT: review, record, exempt, extend, promise, undo)."""

from __future__ import annotations

from datetime import date

from flow.apply import apply_decisions
from flow.standing import in_force, standing_of
from records.decisions import Action, Assign, Close, Decision, Exempt, Extend, Promise, Reject, Return, Undo, Withdraw
from records.filings import Filing, Submission
from tests.campaign_data import at, context

CAMPAIGNS = (context().campaign,)
TIED = Filing(
    "review",
    "unit_tied",
    submissions=(
        Submission("review", "c1", "A1", "summary", "r1", 0.5, activities=("1",), doubtful=("kind",)),
        Submission("review", "c1", "A2", "summary", "r1", 0.5, alternative=True),
    ),
)


def decisions(*actions: Action) -> list[Decision]:
    return [Decision(f"d-{place:04d}", at(20), "张三", "command", action) for place, action in enumerate(actions, 1)]


def after(found: Filing, *actions: Action) -> Filing:
    return apply_decisions(found, decisions(*actions), CAMPAIGNS)


def test_assigning_the_second_suggestion_drops_its_rival() -> None:
    """Two suggestions for one report become one submission, filed under the unit that a person named."""
    filing = after(TIED, Assign("x/2"))
    assert filing.status == "filed"
    assert [(item.unit, item.status, item.decided_by) for item in filing.submissions] == [("A2", "filed", "张三")]


def test_assigning_keeps_what_was_found_and_clears_the_doubt_that_is_settled() -> None:
    """A decision about unit and kind leaves the activities as found."""
    (decided,) = after(TIED, Assign("x/1", kind="material")).submissions
    assert (decided.kind, decided.requirement, decided.activities, decided.doubtful) == ("material", "r2", ("1",), ())


def test_assigning_a_message_that_was_no_report_makes_a_submission() -> None:
    """What the service took for no report can be filed by a person."""
    (made,) = after(Filing("not_a_report", "advertisement"), Assign("x/1", unit="B1", kind="summary")).submissions
    assert (made.campaign, made.unit, made.requirement, made.status) == ("c1", "B1", "r1", "filed")


def test_a_persons_figure_overrides_and_takes_away() -> None:
    """A figure by hand replaces the found one; an empty one removes it."""
    first = after(TIED, Assign("x/1", figures=(("drills", 3.0), ("leaflets", 10.0))))
    (decided,) = apply_decisions(first, decisions(Assign("x/1", figures=(("drills", None),))), CAMPAIGNS).submissions
    assert {figure.measure: figure.value for figure in decided.figures} == {"leaflets": 10.0}


def test_rejected_message_is_no_report() -> None:
    """review reject: status not_a_report, reason rejected, no submissions."""
    filing = after(TIED, Reject("x"))
    assert (filing.status, filing.reason, filing.submissions) == ("not_a_report", "rejected", ())


def test_returned_and_withdrawn_submissions_count_as_filed_messages() -> None:
    """A message whose submissions were returned or withdrawn counts as filed (DESIGN, principle 6)."""
    assigned = after(TIED, Assign("x/1"), Return("x/1"))
    assert (assigned.status, assigned.submissions[0].status) == ("filed", "returned")
    assert after(TIED, Assign("x/1"), Withdraw("x/1")).submissions[0].status == "withdrawn"


def test_undone_decision_has_no_effect_and_an_undone_undo_restores_it() -> None:
    """undo takes a decision back; undoing the undo brings it again."""
    once = decisions(Exempt("c1", "A1"), Undo("d-0001"))
    twice = decisions(Exempt("c1", "A1"), Undo("d-0001"), Undo("d-0002"))
    assert not standing_of(once).is_exempt("c1", "A1", "r1")
    assert standing_of(twice).is_exempt("c1", "A1", "r1")
    assert [item.id for item in in_force(twice)] == ["d-0001", "d-0003"]


def test_exemption_extension_and_promise_are_by_requirement_or_for_all() -> None:
    """Without a requirement a decision is about the whole campaign; the later promise counts."""
    standing = standing_of(
        decisions(
            Exempt("c1", "A1", "r2"),
            Extend("c1", "A2", at(5, month=7)),
            Extend("c1", "A2", at(3, month=7), "r1"),
            Promise("c1", "B1", date(2025, 7, 1)),
            Promise("c1", "B1", date(2025, 7, 2)),
            Close("c2"),
        )
    )
    assert standing.is_exempt("c1", "A1", "r2") and not standing.is_exempt("c1", "A1", "r1")
    assert standing.extended_until("c1", "A2", "r1") == at(5, month=7)
    assert standing.promised("c1", "B1", "r1") == date(2025, 7, 2)
    assert standing.closed == {"c2"}
