"""How often a filing with such evidence was right: measured on labelled mail, never guessed (docs/confidence.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from filing.submitting import Reported
from filing.text.vocabulary import word_list
from filing.who.senders import Known
from records.filings import Submission

MOST = 4  # places that speak for the unit; more are not told apart
OTHER = "other"  # the key of reasons for which no mail was at hand


def rated(reported: Reported, sender: Known) -> Reported:
    """The same report, each suggestion with its measured confidence; further suggestions share what is left."""
    first, *others = reported.submissions
    confidence = measured(first, reported.doubt.reason if reported.doubt else "", sender)
    left = round((1 - confidence) / (len(others) + 1), 2)
    return replace(
        reported,
        submissions=(replace(first, confidence=confidence), *(replace(one, confidence=left) for one in others)),
    )


def measured(submission: Submission, reason: str, sender: Known) -> float:
    """The share of labelled reports with this evidence whose unit was right, its lower bound (95 %).

    ``reason``: why a person must look, "" where it is filed alone. The table is written by ``bench calibrate``.
    """
    table = word_list("confidence")
    if reason:
        asked: dict[str, float] = table["asked"]
        return asked.get(reason, asked[OTHER])
    by_places: Sequence[float] = table["filed"][relation(sender, submission.unit)]
    return by_places[places(submission)]


def relation(sender: Known, unit: str | None) -> str:
    """What the sender's address is to the unit: its own, shared with others, of its domain, another's, unknown …."""
    if sender.trusted:
        return "forwarder"
    if sender.codes:
        own = "own" if len(sender.codes) == 1 else "shared"
        return own if unit in sender.codes else "anothers"
    return "domain" if sender.domain_of is not None and sender.domain_of == unit else "unknown"


def places(submission: Submission) -> int:
    """In how many places of different kind the unit is named, up to MOST."""
    return min(MOST, sum(one.for_ == "unit" for one in submission.evidence))
