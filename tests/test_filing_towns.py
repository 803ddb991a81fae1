"""Short names that are clear from who sends, papers passed on, and what a sender shows of its unit's name in part."""

from __future__ import annotations

import pytest

from records.campaigns import CampaignContext
from tests.filing_values import context, extract, file, filed_units, message, summary

ROSTER = """code,name,category,aliases,emails,contact,former_names,parent
T1,白石镇人民政府,镇,白石镇;白石镇政府,bai@qq.com,,,
T2,青塘乡人民政府,乡,青塘乡,qing@qq.com,,,
T3,城东街道办事处,街道,城东街道,,,,
V1,白石镇红星村村民委员会,村,白石镇红星村,,,,T1
V2,青塘乡红星村村民委员会,村,青塘乡红星村,,,,T2
V3,青塘乡桃园村村民委员会,村,桃园村,,,,T2
V4,城东街道河滨社区居民委员会,社区,河滨社区,he@qq.com,,,T3
V5,城东街道河滨路社区居民委员会,社区,河滨路社区,,,,T3
G1,江浦公共交通集团有限公司,企业,公交集团,bus@qq.com,,,
G2,江浦公共交通集团有限公司第二分公司,企业,公交集团第二分公司,,,,G1
G3,江浦钢铁矿业有限公司,企业,江钢矿业,,,,
Z1,江浦开发区总工会,工会,开发区总工会,zone@qq.com,,,
"""


def office() -> CampaignContext:
    """The campaign of the tests, with towns, villages and companies."""
    return context(roster=ROSTER)


def filed(name: str, sender: str, subject: str = "总结", body: str = "见附件", shown: str = "") -> list[str | None]:
    """Units under which a paper is filed that calls its unit so."""
    paper = extract("总结.docx", summary(name, self_name="我单位"))
    return filed_units(file(message(subject, body, sender, shown), paper, contexts=(office(),)))


@pytest.mark.parametrize(
    ("name", "sender", "unit"),
    [
        ("红星村", "qing@qq.com", "V2"),
        ("红星村村委会", "bai@qq.com", "V1"),
        ("城东河滨社区", "x@qq.com", "V4"),
        ("青塘红星村", "x@qq.com", "V2"),
        ("城东河滨路社区居委会", "x@qq.com", "V5"),
    ],
)
def test_a_village_is_named_as_people_of_its_town_name_it(name: str, sender: str, unit: str) -> None:
    """The town stands in front without 街道 or 乡, or is the sender."""
    assert filed(name, sender) == [unit]


@pytest.mark.parametrize("sender", ["x@qq.com", "bus@qq.com", "he@qq.com"])
def test_a_name_of_two_towns_alone_is_nobodys(sender: str) -> None:
    """Neither an unknown address nor one of another town tells which 红星村 it is."""
    assert filed("红星村", sender) == []


def test_another_towns_village_is_not_this_towns() -> None:
    """白石镇 passes on what a 桃园村 signs: it is a village of its own that the roster lacks."""
    assert filed("桃园村", "bai@qq.com", "转：桃园村总结", "转报") == []
    assert filed("桃园村", "qing@qq.com", "转：桃园村总结", "转报") == ["V3"]


def test_a_display_name_with_the_town_tells_which_village() -> None:
    """Two villages have the name; the sender shows its town."""
    assert filed("红星村村委会", "x@qq.com", shown="青塘乡农服中心") == ["V2"]


def test_a_branch_signs_in_its_parents_mail_as_it_is_called_there() -> None:
    """第二分公司 of the company whose mailbox it is; from elsewhere it may be anybody's."""
    assert filed("第二分公司", "bus@qq.com", "转报：二分公司总结", "代二分公司报送") == ["G2"]
    assert filed("第二分公司", "x@qq.com") == []


@pytest.mark.parametrize("name", ["江钢矿业公司", "江钢矿业有限公司"])
def test_an_alias_without_its_ending_is_also_one_with_it(name: str) -> None:
    """The roster has 江钢矿业; 江钢矿业学校 would be another."""
    assert filed(name, "x@qq.com") == ["G3"]
    assert filed("江钢矿业学校", "x@qq.com") == []


def test_a_union_committee_signs_for_its_company() -> None:
    """工会委员会 is a department like 工会."""
    assert filed("江浦公共交通集团有限公司工会委员会", "bus@qq.com", body="二分公司的总结由他们自己报。") == ["G1"]


def test_a_union_passes_on_what_a_company_signs_and_says_of_itself() -> None:
    """Signature and text agree, and the sender says that it passes it on; else the mailbox counts against it."""
    text = summary("", "江浦钢铁矿业有限公司", self_name="10月9日，江浦钢铁矿业有限公司")
    paper = extract("简报.docx", text)
    passed = message("转发：简报", "企业报来的，转上。", "zone@qq.com")
    assert filed_units(file(passed, paper, contexts=(office(),))) == ["G3"]
    sent = message("简报", "简报见附件。", "zone@qq.com")
    assert filed_units(file(sent, paper, contexts=(office(),))) == []


@pytest.mark.parametrize(("shown", "units"), [("桃园后勤", ["V3"]), ("桃花源", []), ("河滨", [])])
def test_a_display_name_that_holds_a_part_agrees_with_a_title(shown: str, units: list[str]) -> None:
    """A ledger's title alone is not enough; with 桃园 in the display name it is."""
    text = "青塘乡桃园村敬老月走访台账\n序号\t姓名\t走访慰问\n1\t甲\t是\n走访慰问老人126人，举办义诊2场。"
    sent = message("台账", "", "x@qq.com", shown)
    assert filed_units(file(sent, extract("台账.docx", text), contexts=(office(),))) == units


@pytest.mark.parametrize("about", ["火灾事故警示教育", "参观学习", "典型案例", "经验交流"])
def test_who_learns_from_another_is_not_the_other(about: str) -> None:
    """The subject begins with a village's name and ends with 总结, the text says 我村: of which, nobody knows."""
    paper = extract("总结.docx", summary("", "", self_name="我村"))
    sent = message(f"青塘乡桃园村{about}总结", "见附件", "x@qq.com")
    assert filed_units(file(sent, paper, contexts=(office(),))) == []


def test_a_towns_table_of_its_villages_is_the_towns() -> None:
    """Names in the first cells of rows are told of."""
    rows = "青塘乡敬老月走访台账\n村\t走访\n红星村\t12\n桃园村\t8\n青塘乡红星村\t3\n走访慰问老人126人。"
    sent = message("青塘乡台账", "我乡台账", "qing@qq.com")
    assert filed_units(file(sent, extract("台账.docx", rows), contexts=(office(),))) == ["T2"]
