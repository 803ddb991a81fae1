"""Which message corrects or repeats which."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from filing.relations import supersedes
from records.filings import ReportFacts

FIRST = ReportFacts(
    submission_id="a/1",
    raw_sha256="a",
    received_at="2025-06-23T08:00:00+00:00",
    campaign="c",
    unit="U1",
    status="filed",
    kind="summary",
    correction=False,
    message_status="filed",
    part_hashes=("p1",),
    subject="总结",
    sender="a@qq.com",
)
LATER = replace(
    FIRST, submission_id="b/1", raw_sha256="b", received_at="2025-06-30T08:00:00+00:00", part_hashes=("p2",)
)


def test_a_correction_supersedes_the_earlier_report() -> None:
    """It says so itself."""
    assert supersedes([FIRST, replace(LATER, correction=True)]) == {"b/1": "a"}


def test_a_second_report_without_a_sign_supersedes_nothing() -> None:
    """A fuller report later is no correction."""
    assert supersedes([FIRST, LATER]) == {}


def test_the_same_files_again_are_a_repetition() -> None:
    """Other octets of the message, the same attachments."""
    assert supersedes([FIRST, replace(LATER, part_hashes=("p1",))]) == {"b/1": "a"}


def test_a_readable_one_replaces_the_one_that_nobody_could_open() -> None:
    """Sent again after an unreadable one, by the same sender."""
    broken = replace(FIRST, message_status="unreadable", status="review")
    assert supersedes([broken, LATER]) == {"b/1": "a"}


def test_a_summary_after_photos_is_no_correction_of_them() -> None:
    """补报 after material: another kind, even where it says 更正 of nothing like it."""
    photos = replace(FIRST, kind="material")
    assert supersedes([photos, LATER]) == {}
    assert supersedes([photos, replace(LATER, correction=True)]) == {}


def test_units_and_campaigns_do_not_mix() -> None:
    """A correction touches its own unit and campaign only."""
    correction = replace(LATER, correction=True)
    assert supersedes([FIRST, replace(correction, unit="U2")]) == {}
    assert supersedes([FIRST, replace(correction, campaign="d")]) == {}
    assert supersedes([replace(FIRST, unit=None), replace(correction, unit=None)]) == {}


def test_the_order_in_which_they_were_processed_is_nothing() -> None:
    """Only the time of receipt counts."""
    third = replace(
        LATER, submission_id="d/1", raw_sha256="d", received_at="2025-07-01T00:00:00+00:00", correction=True
    )
    facts = [FIRST, LATER, third, replace(FIRST, unit="U2", submission_id="e/1", raw_sha256="e")]
    answers = {tuple(sorted(supersedes(order).items())) for order in permutations(facts)}
    assert answers == {(("d/1", "b"),)}


def test_what_was_no_report_is_superseded_by_nothing() -> None:
    """A rejected message stays out."""
    assert supersedes([replace(FIRST, message_status="not_a_report"), replace(LATER, correction=True)]) == {}
