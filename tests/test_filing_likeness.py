"""How words of a report are weighed against a notice's activities, and how well that does in many fields."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.activities import Report, read_field, score, told, weights_now
from filing.documents import Document
from filing.what.activities import find_activities
from filing.what.likeness import decided, likelihoods, read
from filing.what.profiles import profiles_of
from filing.what.terms import Term, terms_of
from records.campaigns import ActivityType, Campaign

FIELDS = Path(__file__).resolve().parent.parent / "bench" / "fields"
ACTIVITIES = (
    ActivityType("1", "1.", "公交体验日", "邀请市民代表乘坐公交线路，走进调度中心。"),
    ActivityType("2", "2.", "车辆场站整治", "对车辆、站台清洁消毒，维修候车亭。"),
    ActivityType("3", "3.", "安全驾驶", "组织驾驶员培训、技能比武，检查车辆。", cues=("方向盘课堂",)),
)
CAMPAIGN = Campaign("c", "关于开展“绿色出行周”活动的通知", "市交通运输局", None, activities=ACTIVITIES)
PROFILES = profiles_of(CAMPAIGN)


def _likely(clause: str, sentence: str = "", heading: str = "") -> list[float]:
    return likelihoods(read(clause, sentence or clause, heading, PROFILES))


def _ids(text: str) -> str:
    return " ".join(find_activities([Document("总结.docx", "document", text)], CAMPAIGN).ids)


def test_a_text_is_taken_apart_into_deeds_matters_and_signs() -> None:
    """培训 is a deed, 司机 a matter, 夜班 a pair of signs."""
    terms = terms_of("夜班司机培训")
    assert {Term("concept", "training"), Term("topic", "vehicles"), Term("pair", "夜班"), Term("sign", "夜")} <= terms


def test_a_word_that_several_activities_have_counts_for_its_share() -> None:
    """车辆 stands in two activities, 候车 in one; what an activity's title says weighs more than its text."""
    shared = {claim.at: claim.share for claim in PROFILES.claims[Term("pair", "车辆")]}
    (own,) = PROFILES.claims[Term("pair", "候车")]
    assert own.at == 1
    assert own.share == 1.0
    assert shared[2] < shared[1] < 1.0


def test_the_campaigns_own_name_tells_nothing() -> None:
    """What stands in the campaign's title, also in part, is no word of any activity."""
    assert Term("pair", "出行") not in PROFILES.claims
    assert "绿色出行周" not in PROFILES.blanked("绿色出行周里修了候车亭")


def test_likelihoods_leave_room_for_no_activity() -> None:
    """Together they are at most one; a clause about nothing asked for is hardly likely to tell of any."""
    assert sum(_likely("天气晴好")) < 0.2
    assert _likely("维修候车亭46座")[1] > 0.5
    assert sum(_likely("维修候车亭46座")) <= 1.0


def test_a_number_makes_a_deed_likelier() -> None:
    """维修候车亭46座 tells more than 候车亭."""
    assert _likely("维修候车亭46座")[1] > _likely("维修候车亭")[1]


def test_a_heading_carries_what_stands_below_it() -> None:
    """Words that no activity has belong to the heading's activity rather than to none."""
    assert _likely("扶手擦了3遍", heading="车辆场站整治")[1] > _likely("扶手擦了3遍")[1]


def test_a_detail_belongs_to_the_deed_that_it_is_told_with() -> None:
    """Drivers who come along on the day of the public are no training."""
    assert _ids("邀请30名市民代表体验3路公交线路，老司机全程陪同讲解。") == "1"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("方向盘课堂开讲3期。", "3"),
        ("公交体验日、技能比武均已开展。", "1 3"),
        ("驾驶员培训2期、维修候车亭12座。", "2 3"),
        ("修候车亭的事排在10月上旬。", ""),
        ("驾驶员培训由交警大队负责。", ""),
        ("站台维修还在筹备。", ""),
        ("局长要求抓好驾驶员培训。", ""),
        ("按照体验日、场站整治、安全驾驶三项任务，我站成立了专班。", ""),
        ("驾驶员培训人次为0。", ""),
        ("我站不承担车辆维修任务。", ""),
        ("地点：市公交调度中心", ""),
        ("未开展：公交体验日、驾驶员培训2期", ""),
        ("六、未开展的工作\n驾驶员培训、候车亭维修。", ""),
    ],
)
def test_names_lists_plans_and_what_others_are_in_charge_of(text: str, ids: str) -> None:
    """A cue that a person added is a name; each of a list counts; what is to come or left to others does not."""
    assert _ids(text) == ids


def test_the_clause_that_most_tells_of_an_activity_is_its_evidence() -> None:
    """Of two clauses the likelier one; none that is not likely."""
    assert decided([[0.5, 0.1], [0.9, 0.0]]) == {0: 1}


def test_a_report_that_hints_at_one_activity_alone_tells_of_it() -> None:
    """Reports report something: the likeliest counts where nothing is plain, unless another is as likely."""
    assert decided([[0.3, 0.1]]) == {0: 0}
    assert decided([[0.3, 0.28]]) == {}
    assert decided([[0.05, 0.0]]) == {}
    assert decided([]) == {}


@settings(max_examples=50)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=30))
def test_any_words_are_weighed_without_a_fault(clause: str, sentence: str, heading: str) -> None:
    """Hostile text raises nothing and gives likelihoods."""
    assert all(0.0 <= value <= 1.0 for value in _likely(clause, sentence, heading))


def test_reports_of_many_fields_are_read_as_well_as_they_were() -> None:
    """The labelled reports on which the weights were fitted: a change that loses more than a little fails."""
    reports: list[Report] = [report for path in sorted(FIELDS.glob("*.json")) for report in read_field(path)]
    found = score((report, told(report, weights_now())) for report in reports)
    assert found.reports > 250
    assert found.f1 >= 0.88
