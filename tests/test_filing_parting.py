"""One message, several reports: whose each is, what belongs to it, and to which of two campaigns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from filing.themes import themes_of
from filing.who.assigning import assignments_in
from filing.who.names import NameIndex
from tests.filing_values import COORDINATOR, OTHER_NOTICE, context, extract, file, filed_units, message, summary

FIRE = (
    "夕阳红养老院2025年“养老机构消防安全月”活动总结\n我院组织火灾疏散演练1次，30人参加。\n夕阳红养老院\n2025年11月2日\n"
)


def test_a_paper_with_two_reports_becomes_two_submissions() -> None:
    """Each has its own activities and figures, and the one file as its part."""
    first = "静安养老院2025年“敬老月”活动总结\n我院走访慰问高龄老年人40人。\n静安养老院\n2025年11月1日\n"
    second = "静和养老院2025年“敬老月”活动总结\n我院重阳节举办文艺演出1场。\n静和养老院\n2025年11月2日\n"
    paper = extract("汇总.docx", first + second)
    filing = file(message("汇总", "两家的总结", COORDINATOR), paper)
    found = {one.unit: (one.activities, one.parts) for one in filing.submissions}
    assert filing.status == "filed"
    assert found == {"S13": (("1",), (paper.part.sha256,)), "S14": (("3",), (paper.part.sha256,))}


def test_a_paper_with_a_piece_that_nobody_signs_is_not_parted() -> None:
    """The middle report would otherwise be the next one's: a person decides."""
    pieces = (summary("", "静安养老院"), summary("", "", date=""), summary("", "静和养老院"))
    assert filed_units(file(message("汇总", "", COORDINATOR), extract("汇总.docx", "\n".join(pieces)))) == []


def test_headings_by_unit_are_the_own_report_of_the_one_that_signs() -> None:
    """A street that goes through its communities tells what they did for it."""
    told = "一、文昌社区\n走访慰问高龄老年人20人。\n二、东门社区\n举办文艺演出1场。"
    text = f"文昌街道2025年“敬老月”活动总结\n{told}\n文昌街道办事处\n2025年11月1日\n"
    assert filed_units(file(message("总结", "", COORDINATOR), extract("总结.docx", text))) == ["S01"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("附件1是静安养老院的，附件2是静和养老院的。", {"1.docx": "S13", "2.docx": "S14"}),
        ("附件一、附件二分别为静安养老院、静和养老院总结", {"1.docx": "S13", "2.docx": "S14"}),
        ("2.docx：静和养老院", {"2.docx": "S14"}),
        ("附件1不是静安养老院的", {}),
        ("附件1是静安养老院的\n附件1是静和养老院的", {}),
        ("静安养老院、静和养老院的总结见附件1", {}),
        ("附件3是静安养老院的", {}),
    ],
)
def test_own_words_say_which_attachment_is_whose(said: str, found: dict[str, str]) -> None:
    """Only where each file is plainly given to one unit."""
    given = assignments_in(said, ("1.docx", "2.docx"), NameIndex(context().roster))
    assert {path: one.unit for path, one in given.items()} == found


def test_what_the_words_say_counts_from_a_coordinator_only() -> None:
    """An unknown sender's word alone is not enough."""
    papers = (extract("1.docx", summary("", "")), extract("2.docx", summary("", "") + " "))
    said = "附件1是静安养老院的，附件2是静和养老院的。"
    assert set(filed_units(file(message("两家总结", said, COORDINATOR), *papers))) == {"S13", "S14"}
    assert filed_units(file(message("两家总结", said, "someone@qq.com"), *papers)) == []


def test_a_paper_that_is_nobodys_keeps_the_message_for_a_person() -> None:
    """Nothing is lost: it stands as a submission of its own, no unit given."""
    papers = [extract(f"{at}.docx", summary("", sign)) for at, sign in enumerate(("静安养老院", "静和养老院", ""))]
    filing = file(message("汇总", "", COORDINATOR), *papers)
    left = [one for one in filing.submissions if one.status == "review"]
    assert filing.status == "review"
    assert filed_units(filing) == ["S13", "S14"]
    assert [one.parts for one in left] == [(papers[2].part.sha256,)]


def test_the_bodys_words_are_no_ones_activities_where_it_speaks_of_several() -> None:
    """A covering note that tells what all did adds nothing to either."""
    one = extract(
        "1.docx", "静安养老院2025年“敬老月”活动总结\n我院走访慰问高龄老年人40人。\n静安养老院\n2025年11月1日\n"
    )
    two = extract(
        "2.docx", "静和养老院2025年“敬老月”活动总结\n我院走访慰问高龄老年人30人。\n静和养老院\n2025年11月1日\n"
    )
    filing = file(message("汇总", "两家走访慰问了老年人，重阳节举办了文艺演出。", COORDINATOR), one, two)
    assert {one.activities for one in filing.submissions} == {("1",)}


def test_a_report_that_mentions_the_other_campaign_stays_in_its_own() -> None:
    """Its title says which it is."""
    contexts = (context(), context(OTHER_NOTICE))
    text = summary("静安养老院").replace("10月以来", "10月以来，结合“养老机构消防安全月”活动开展火灾隐患排查")
    filing = file(message("总结"), extract("总结.docx", text), contexts=contexts)
    assert [(one.campaign, one.unit) for one in filing.submissions] == [("2025-jinglao-yue", "S13")]


def test_subject_and_paper_of_two_campaigns_go_to_a_person() -> None:
    """The wrong paper may have been attached."""
    filing = file(message("敬老月活动总结"), extract("总结.docx", FIRE), contexts=(context(), context(OTHER_NOTICE)))
    assert (filing.status, filing.reason) == ("review", "campaign_unknown")


def test_last_years_text_goes_to_a_person_whichever_campaign_it_names() -> None:
    """The year that it bears is the reason shown."""
    contexts = (context(), context(OTHER_NOTICE))
    for text in (FIRE, summary("夕阳红养老院")):
        filing = file(message("总结"), extract("总结.docx", text.replace("2025", "2024")), contexts=contexts)
        assert (filing.status, filing.reason) == ("review", "earlier_year")
        assert filing.submissions[0].unit == "S11"


def test_theme_in_quotes_inside_a_title_in_quotes_is_the_theme() -> None:
    """《2024年“安全生产月”活动方案》 is on 安全生产月."""
    campaign = replace(context().campaign, title="某局关于印发《全区2024年“安全生产月”活动方案》的通知")
    assert "安全生产月" in themes_of(campaign)


@pytest.mark.parametrize(
    "signature", ["东湖区桂花镇和平村村民委员会", "夕阳红养老院第一分院", "桂花镇司法所", "夕阳红养老院和平分院"]
)
def test_a_longer_name_is_no_name_of_the_shorter(signature: str) -> None:
    """和平, 第一, 司法所 behind a name make it another's."""
    paper = extract("总结.docx", summary("", signature, self_name="我单位"))
    filing = file(message("总结", sender="town@example.cn"), paper)
    assert filed_units(filing) == []


def test_two_that_sign_together_wait_though_only_one_is_on_the_roster() -> None:
    """The other may be the one that reports."""
    paper = extract("总结.docx", summary("", "东湖区晚霞养老院\n静安养老院"))
    assert filed_units(file(message("总结"), paper)) == []
