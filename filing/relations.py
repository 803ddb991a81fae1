"""Which message corrects or repeats which: computed from all submissions at once, whatever the order of work was."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from records.filings import ReportFacts


def supersedes(facts: Sequence[ReportFacts]) -> dict[str, str]:
    """Submission id → raw_sha256 of the earlier message that it corrects or sends again.

    A later one supersedes only with a sign: it says so, it follows one that nobody could open, or it brings the same
    files or text. A second report without a sign, 补报 after photos, and a summary after material supersede nothing.
    """
    found: dict[str, str] = {}
    for _, group in groupby(sorted(facts, key=_place), key=lambda fact: (fact.campaign or "", fact.unit or "")):
        row = [fact for fact in group if fact.campaign and fact.unit and fact.message_status != "not_a_report"]
        for at, later in enumerate(row):
            if earlier := _target(later, row[:at]):
                found[later.submission_id] = earlier.raw_sha256
    return found


def _place(fact: ReportFacts) -> tuple[str, str, str, str, str]:
    return (fact.campaign or "", fact.unit or "", fact.received_at, fact.raw_sha256, fact.submission_id)


def _target(later: ReportFacts, earlier: Sequence[ReportFacts]) -> ReportFacts | None:
    """The latest earlier one that it replaces."""
    others = [fact for fact in earlier if fact.raw_sha256 != later.raw_sha256]
    for fact in reversed(others):
        if _same_content(later, fact):
            return fact
    if later.correction:
        alike = [fact for fact in others if fact.kind == later.kind or fact.message_status == "unreadable"]
        if alike:
            return _likest(later, alike)
    broken = [fact for fact in others if fact.message_status == "unreadable"]
    answered = later.message_status == "filed" or (later.message_status == "review" and later.correction)
    if broken and others[-1] is broken[-1] and answered and later.sender == broken[-1].sender:
        return broken[-1]
    return None


def _likest(later: ReportFacts, alike: Sequence[ReportFacts]) -> ReportFacts:
    """Of several, the last one under the same subject or from the same sender, else the last."""
    named = [fact for fact in alike if fact.subject and fact.subject == later.subject]
    known = [fact for fact in alike if fact.sender and fact.sender == later.sender and fact.kind == later.kind]
    return (named or known or alike)[-1]


def _same_content(later: ReportFacts, earlier: ReportFacts) -> bool:
    if later.part_hashes or earlier.part_hashes:
        return bool(later.part_hashes) and set(later.part_hashes) == set(earlier.part_hashes)
    return bool(later.text_fingerprint) and later.text_fingerprint == earlier.text_fingerprint
