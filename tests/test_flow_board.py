"""Who has reported, who waits, who is missing (DESIGN: What is owed; CONTRACT: missing)."""

from __future__ import annotations

from datetime import date

import pytest

from flow.board import board
from flow.standing import Standing
from records.boards import Board, Obligation
from records.filings import FiledSubmission
from records.units import Membership
from tests.campaign_data import DUE, SUMMARY, at, context, filed

LATER = at(5, month=7)


def state_of(found: Board, unit: str) -> Obligation:
    return next(item for item in found.obligations if item.unit.code == unit)


def june(
    *submissions: FiledSubmission, standing: Standing | None = None, memberships: tuple[Membership, ...] = ()
) -> Board:
    return board(context(*memberships), SUMMARY, submissions, standing or Standing(), LATER)


def test_expected_is_received_and_waiting_and_missing() -> None:
    """On any day: expected = received + waiting for review + missing."""
    found = june(filed("A1", at(20)), filed("A2", at(21), status="review", message_status="review"))
    states = [item.state for item in found.obligations]
    assert states == ["received", "waiting", "missing"]
    assert found.expected == 3 == sum(len(found.in_state(state)) for state in ("received", "waiting", "missing"))


def test_last_second_of_the_deadline_is_on_time() -> None:
    """23:59:59 is on time, the next second is late (R22)."""
    found = june(filed("A1", DUE), filed("A2", at(1, 0, 0, 0, month=7)))
    assert not state_of(found, "A1").late
    assert [item.unit.code for item in found.late] == ["A2"]


@pytest.mark.parametrize(
    "submission",
    [
        filed("A1", at(20), kind="material"),
        filed("A1", at(20), status="returned"),
        filed("A1", at(20), status="withdrawn"),
        filed("A1", at(20), status="review", message_status="unreadable"),
    ],
    ids=["material", "returned", "withdrawn", "unreadable"],
)
def test_what_is_no_accepted_summary_leaves_the_unit_missing(submission: FiledSubmission) -> None:
    """Material, returned, withdrawn and unreadable mail does not count as reported (R23)."""
    assert state_of(june(submission), "A1").state == "missing"


def test_correction_keeps_the_on_time_mark_of_what_it_corrects() -> None:
    """A correction after the deadline of a report before it is on time; its first time of receipt stays (R22)."""
    found = june(filed("A1", at(20), message="first"), filed("A1", at(2, month=7), supersedes="first"))
    assert state_of(found, "A1").received_at == at(20)
    assert not found.late


def test_correction_of_a_returned_report_keeps_its_mark() -> None:
    """A unit whose on-time report was sent back is not late when the corrected one comes after the deadline."""
    found = june(
        filed("A1", at(20), message="first", status="returned"), filed("A1", at(2, month=7), supersedes="first")
    )
    assert state_of(found, "A1").state == "received"
    assert not found.late


def test_resend_of_an_unreadable_mail_stands_for_itself() -> None:
    """What nobody could open was no report: its re-send after the deadline is late."""
    broken = filed("A1", at(30, 17), message="broken", status="review", message_status="unreadable")
    found = june(broken, filed("A1", at(1, 9, month=7), supersedes="broken"))
    assert [item.unit.code for item in found.late] == ["A1"]


def test_messages_that_correct_each_other_in_a_circle_do_not_hang() -> None:
    """A circle of corrections, which only damage can make, ends."""
    found = june(
        filed("A1", at(20), message="one", supersedes="two"), filed("A1", at(21), message="two", supersedes="one")
    )
    assert state_of(found, "A1").state == "received"


def test_extended_unit_is_missing_until_it_reports_and_not_late_then() -> None:
    """Within its extension a unit is not late."""
    standing = Standing(extensions={("c1", "A1", "r1"): at(3, 23, 59, 59, month=7), ("c1", "A2", None): at(1, month=7)})
    assert state_of(june(standing=standing), "A1").state == "missing"
    found = june(filed("A1", at(3, month=7)), filed("A2", at(2, month=7)), standing=standing)
    assert not state_of(found, "A1").late
    assert state_of(found, "A2").late


def test_exempt_unit_is_outside() -> None:
    """Exempt by roster or by decision: neither expected nor missing."""
    standing = Standing(exemptions=frozenset({("c1", "A2", None)}))
    found = june(
        standing=standing,
        memberships=(Membership("c1", "A1", exempt=True), Membership("c1", "A2"), Membership("c1", "B1")),
    )
    assert [item.unit.code for item in found.in_state("exempt")] == ["A1", "A2"]
    assert found.expected == 1


def test_membership_is_judged_on_the_day_asked_about() -> None:
    """A unit that left is not missing after its last day, one that joined not before its first."""
    members = (
        Membership("c1", "A1", valid_to=date(2025, 6, 15)),
        Membership("c1", "A2", valid_from=date(2025, 7, 1)),
        Membership("c1", "B1"),
    )
    before = board(context(*members), SUMMARY, (), Standing(), at(15, 23))
    after = board(context(*members), SUMMARY, (), Standing(), at(1, 1, month=7))
    assert [item.unit.code for item in before.obligations] == ["A1", "B1"]
    assert [item.unit.code for item in after.obligations] == ["A2", "B1"]


def test_receipts_after_the_moment_asked_about_do_not_count() -> None:
    """On 20 June the report of 21 June had not come."""
    found = board(context(), SUMMARY, [filed("A1", at(21))], Standing(), at(20))
    assert state_of(found, "A1").state == "missing"


def test_voluntary_activities_are_never_listed_as_lacking() -> None:
    """Only required activities can lack evidence."""
    found = june(filed("A1", at(20), activities=("2",)))
    assert state_of(found, "A1").activities_without_evidence == ("1",)
    assert state_of(june(filed("A1", at(20), activities=("1",))), "A1").activities_without_evidence == ()
