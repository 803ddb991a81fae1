"""Letters made by the hundred: nothing is filed under a unit or campaign that is not its own, clear ones alone.

Offices, rosters and layouts stand in ``unit_offices`` and ``unit_letters``. BAOSONG_LETTERS=4000 makes more of them.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace

import pytest

from filing.decide import file_message
from records.campaigns import CampaignContext
from records.filings import Filing, Submission
from tests.filing_values import RECEIVED
from tests.unit_letters import Letter, Told, letters
from tests.unit_offices import SEEN, UNSEEN, offices

COUNT = int(os.environ.get("BAOSONG_LETTERS", "240"))
SEEDS = (11, 12)
ALONE = 0.95  # of the clear ones
NOBODYS = ("address_alone", "banners_of_partners")  # an address that two units shared is then the other's


def _contexts(letter: Letter, gone: frozenset[str] = frozenset()) -> tuple[CampaignContext, ...]:
    contexts = offices()[letter.office].contexts
    roster = contexts[0].roster
    if not gone:
        return contexts
    smaller = replace(roster, units=tuple(unit for unit in roster.units if unit.code not in gone))
    return tuple(replace(context, roster=smaller) for context in contexts)


def _decided(letter: Letter, gone: frozenset[str] = frozenset()) -> tuple[Filing, list[Submission]]:
    filing = file_message(letter.message, letter.extracts, _contexts(letter, gone), RECEIVED)
    return filing, [one for one in filing.submissions if one.status == "filed"]


def _key(letter: Letter, told: Told) -> tuple[str | None, str | None]:
    return offices()[letter.office].contexts[told.campaign].campaign.id, told.unit


def _wrong(letter: Letter, filing: Filing, filed: list[Submission]) -> str:
    """What is wrong with the decision, "" where nothing is."""
    truth = {_key(letter, told): told for told in letter.told}
    for one in filed:
        told = truth.get((one.campaign, one.unit))
        if told is None:
            return f"filed under {one.unit} of {one.campaign}"
        if told.parts is not None and set(one.parts) != set(told.parts):
            return f"parts of {one.unit}"
    return "filed, though a person must look" if letter.must_ask and filing.status == "filed" else ""


def _told(letter: Letter) -> str:
    papers = [f"{one.part.filename}: {one.text[:200]}" for extract in letter.extracts for one in extract.walk()]
    return "\n".join((letter.template, letter.office, letter.message.subject, letter.message.body_text, *papers))


@pytest.mark.parametrize(
    ("keys", "seen", "seed"), [(SEEN, True, SEEDS[0]), (UNSEEN, True, SEEDS[1]), (UNSEEN, False, SEEDS[0])]
)
def test_nothing_is_filed_wrongly_and_clear_letters_need_nobody(keys: tuple[str, ...], seen: bool, seed: int) -> None:
    """Unit, campaign and parts of each submission are its own; few clear ones wait; the right unit stands first."""
    counts: Counter[str] = Counter()
    for letter in letters([offices()[key] for key in keys], COUNT, seed, seen):
        filing, filed = _decided(letter)
        assert not (why := _wrong(letter, filing, filed)), f"{why}\n{_told(letter)}"
        whole = {(one.campaign, one.unit) for one in filed} == {_key(letter, told) for told in letter.told}
        counts["clear"] += letter.clear
        counts["alone"] += letter.clear and whole and filing.status == "filed"
        single = len(letter.told) == 1 and filing.status == "review"
        counts["asked"] += single
        counts["first"] += single and filing.submissions[0].unit == letter.told[0].unit
    assert counts["alone"] >= ALONE * counts["clear"], counts
    assert counts["first"] >= 0.8 * counts["asked"], counts


@pytest.mark.parametrize("keys", [SEEN, UNSEEN])
def test_without_its_unit_on_the_roster_no_letter_is_filed_under_another(keys: tuple[str, ...]) -> None:
    """The first unit of each letter is taken off the roster: names that look like its own must not win."""
    for letter in letters([offices()[key] for key in keys], COUNT // 2, SEEDS[0]):
        if not letter.told or letter.template in NOBODYS:
            continue
        gone = frozenset({letter.told[0].unit})
        if _is_inherited(letter, gone):
            continue
        _, filed = _decided(letter, gone)
        others = {told.unit for told in letter.told} - gone
        assert {one.unit for one in filed} <= others, f"without {gone}: {filed[0].unit}\n{_told(letter)}"


def _is_inherited(letter: Letter, gone: frozenset[str]) -> bool:
    """Whether what the unit is called is another's once it is gone: its campus, a short name that both had."""
    office = offices()[letter.office]
    unit = office.unit(next(iter(gone)))
    return unit.name.endswith(("校区", "院区")) or any(name in unit.name for name in office.ambiguous)


def test_the_same_letters_are_made_each_time() -> None:
    """A failure can be made again: the seed decides everything."""
    first, second = (
        [letter.message.raw_sha256 for letter in letters([offices()[key] for key in SEEN], 60, 7)] for _ in range(2)
    )
    assert first == second
    assert len(set(first)) > 50
