"""Evidence left out to measure it: what is named is gone, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

from filing.decide import file_message
from records.filings import Filing
from tests.filing_values import RECEIVED, context, extract, file, message, summary

REPORT = extract("总结.docx", summary("静安养老院"))


def without(*kinds: str) -> Filing:
    """The decision on one plain report with kinds of evidence left out."""
    sent = replace(message(), parts=(REPORT.part,))
    return file_message(sent, (REPORT,), (context(),), RECEIVED, without=frozenset(kinds))


def test_report_goes_to_a_person_when_all_that_names_its_unit_is_left_out() -> None:
    """Signature and title carry a report from an unknown address; without both there is no unit."""
    assert without().status == "filed"
    assert without("signature", "letterhead", "head").status == "review"


def test_leaving_out_what_is_not_there_changes_nothing() -> None:
    """No photograph, no branch, no stranger: the filing stays as it is."""
    assert without("photo", "branches", "strangers") == without() == file(message(), REPORT)


def test_guards_are_left_out_by_name() -> None:
    """A hospital's paper that says 我校 is asked about, unless that guard is left out."""
    odd = extract("总结.docx", summary("静安养老院", self_name="我校"))
    sent = replace(message(), parts=(odd.part,))
    decided = [
        file_message(sent, (odd,), (context(),), RECEIVED, without=kinds).status
        for kinds in (frozenset[str](), frozenset({"selves"}))
    ]
    assert decided == ["review", "filed"]
