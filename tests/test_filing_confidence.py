"""Confidence: looked up by the evidence, in a table that was measured."""

from __future__ import annotations

import pytest

from filing.confidence import MOST, OTHER, measured, places, relation
from filing.text.vocabulary import word_list
from filing.who.senders import Known
from records.filings import Evidence, Submission
from tests.filing_values import extract, file, message, summary

RELATIONS = ("own", "shared", "domain", "anothers", "forwarder", "unknown")


def submission(*evidence: str) -> Submission:
    """A suggestion for unit A1 with evidence for these."""
    said = tuple(Evidence(for_, "body", "…") for for_ in evidence)
    return Submission("review", "c", "A1", "summary", "r1", 0.0, evidence=said)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        (Known(("A1",)), "own"),
        (Known(("A2", "A1")), "shared"),
        (Known(("A2",)), "anothers"),
        (Known((), domain_of="A1"), "domain"),
        (Known((), domain_of="A2"), "unknown"),
        (Known(("A1",), trusted=True), "forwarder"),
        (Known(), "unknown"),
    ],
)
def test_address_is_told_by_what_it_is_to_the_unit(sender: Known, expected: str) -> None:
    """A forwarder's address speaks for nobody, whatever first sender stands behind it."""
    assert relation(sender, "A1") == expected


def test_only_places_that_name_the_unit_count() -> None:
    """Evidence for kind and activities says nothing about the unit; more than MOST places count as MOST."""
    assert places(submission("unit", "kind", "activity:1", "unit")) == 2
    assert places(submission(*["unit"] * (MOST + 3))) == MOST


def test_table_is_whole_and_never_falls_with_more_places() -> None:
    """Every address and every count of places has its number; none is certain."""
    table = word_list("confidence")
    assert set(table["filed"]) == set(RELATIONS)
    for values in table["filed"].values():
        assert len(values) == MOST + 1 and values == sorted(values)
        assert all(0 < value < 1 for value in values)
    assert all(0 <= value < 1 for value in table["asked"].values()) and OTHER in table["asked"]


def test_reason_that_no_mail_had_is_rated_with_the_rare_ones() -> None:
    """A new reason to ask a person needs no line of its own."""
    rare = word_list("confidence")["asked"][OTHER]
    assert measured(submission("unit"), "something_new", Known(("A1",))) == rare
    assert measured(submission("unit"), "", Known(("A1",))) == word_list("confidence")["filed"]["own"][1]


def test_filing_and_suggestions_bear_measured_confidences() -> None:
    """Filed alone: by address and places. Where title and signature differ: by the reason; the second has the rest."""
    table = word_list("confidence")
    filed = file(message(), extract("总结.docx", summary("静安养老院")))
    (alone,) = filed.submissions
    assert alone.confidence == table["filed"]["unknown"][places(alone)] and alone.doubtful == ()
    asked = file(message(), extract("总结.docx", summary("静安养老院", "康宁公寓")))
    first, second = asked.submissions
    assert first.confidence == table["asked"].get(asked.reason, table["asked"][OTHER])
    assert second.confidence == pytest.approx((1 - first.confidence) / 2, abs=0.01)
    assert first.doubtful == ("unit",)
