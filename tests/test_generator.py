"""The generator of labelled mail: the same numbers give the same messages, and its truth is what the papers say."""

from __future__ import annotations

import pytest

from bench.bounds import lower_bound, upper_bound
from bench.calibrate import Seen, fitted
from bench.generator.cases import make_case
from bench.generator.offices import WORDINGS, Office, offices
from bench.generator.trial import as_the_service, run
from intake.message import read_message


@pytest.fixture(params=offices(), ids=lambda office: str(office.id))
def office(request: pytest.FixtureRequest) -> Office:
    """Each invented office."""
    found: Office = request.param
    return found


def test_same_number_is_same_message(office: Office) -> None:
    """A case can be made again by its name; another number or part is another case."""
    first, again = make_case(office, "seen", 7), make_case(office, "seen", 7)
    assert (first.raw, first.told, first.received_at) == (again.raw, again.told, again.received_at)
    assert len({make_case(office, part, number).raw for part in WORDINGS for number in range(20)}) == 60


def test_notices_of_invented_offices_are_read(office: Office) -> None:
    """Each activity that the sentences tell of stands in the campaign that the notice reader made."""
    assert [deed.id for deed in office.deeds] == [one.id for one in office.context.campaign.activities]
    assert all(deed.title for deed in office.deeds)
    assert [one.kind for one in office.context.campaign.requirements] == ["summary", "material"]


def test_parts_of_the_wording_share_no_sentence(office: Office) -> None:
    """What is worked on tells nothing about what is kept unseen."""
    for deed in office.deeds:
        sentences = [sentence for part in WORDINGS for sentence in deed.done[part]]
        assert len(sentences) == len(set(sentences)) >= 6


def test_no_name_on_the_roster_is_a_stranger(office: Office) -> None:
    """Strangers' names look like the roster's, and none is on it."""
    names = {name for unit in office.units for name in unit.names}
    assert office.strangers and names.isdisjoint(office.strangers)


def test_messages_are_read_as_they_were_written(office: Office) -> None:
    """Subject and sender survive each mail program's encoding."""
    for number in range(30):
        case = make_case(office, "unseen", number)
        message = read_message(case.raw)
        assert message.sender.address and "�" not in message.subject + message.body_text
        assert not message.defects


def test_generated_mail_is_filed_under_no_wrong_unit() -> None:
    """A small run of all wording: no report under a unit that is not its own, none taken for no report."""
    outcomes = [one for part in WORDINGS for one in run(part, 7, {"": as_the_service})[""]]
    assert len(outcomes) == 84
    assert [one.case for one in outcomes if one.wrong] == []
    assert [one.case for one in outcomes if one.is_report and one.status == "not_a_report"] == []
    reports = [one for one in outcomes if one.may_be_filed and one.knowable]
    assert sum(one.alone for one in reports) / len(reports) > 0.75


@pytest.mark.parametrize(
    ("hits", "asked", "expected"), [(0, 3000, 0.000998), (0, 10, 0.2589), (1, 10, 0.3942), (10, 10, 1.0), (0, 0, 1.0)]
)
def test_upper_bounds_are_those_of_the_tables(hits: int, asked: int, expected: float) -> None:
    """Clopper and Pearson's one-sided 95 % bounds; without hits about three in the number asked."""
    assert upper_bound(hits, asked) == pytest.approx(expected, abs=1e-4)
    assert lower_bound(asked - hits, asked) == pytest.approx(1 - expected, abs=1e-4)


def test_more_places_are_never_rated_below_fewer() -> None:
    """Where three places happened to be wrong more often than two, the two counts are pooled."""
    told = [("filed.own.1", True)] * 60 + [("filed.own.2", True)] * 100
    told += [("filed.own.3", True)] * 30 + [("filed.own.3", False)] * 3 + [("filed.own.4", True)] * 200
    table = fitted(Seen("office", key, right) for key, right in told)
    values = [table[f"filed.own.{number}"] for number in range(5)]
    assert values == sorted(values) and values[4] > values[3] == values[2]
    assert values[3] < 190 / 193


def test_reasons_seen_seldom_are_rated_together() -> None:
    """One report cannot say how often such reports are right."""
    table = fitted([Seen("office", "asked.unit_tied", True), *[Seen("office", "asked.unread_part", False)] * 30])
    assert "asked.unit_tied" not in table
    assert table["asked.other"] == 0.5 and table["asked.unread_part"] == 0.0
