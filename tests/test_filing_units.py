"""Which unit reports: names told apart, evidence weighed, conflicts left to a person."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from filing.text.squeeze import squeezed
from filing.who.names import NameIndex
from records.campaigns import CampaignContext
from records.learnt import LearntAddress
from records.units import Roster, Unit
from tests.filing_values import COORDINATOR, context, extract, file, filed_units, message, summary


def found(text: str, blurred: bool = False) -> list[tuple[str, str]]:
    """Units named in the text, and whether their names stand by themselves."""
    index = NameIndex(context().roster)
    return [(hit.units[0], hit.standing) for hit in index.find(squeezed(tuple(text.splitlines())), blurred)]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("东湖区康宁老年公寓", "S09"),
        ("康宁康复老年公寓敬老月总结", "S10"),
        ("滨海市东湖区第二社会福利院", "S08"),
        ("区福利院", "S07"),
        ("儿童福利院", "S07"),
        ("文昌街道东门社区", "S03"),
        ("大桥街道东门社区居委会", "S04"),
        ("康 宁 老 年 公 寓", "S09"),
        ("夕阳红养老院（城南分院）", "S12"),
        ("第2社会福利院", "S08"),
        ("东湖区康宁康复\n老年公寓", "S10"),
    ],
)
def test_a_name_is_found_in_the_forms_that_people_use(text: str, unit: str) -> None:
    """Full, short, former and spaced names, the longest first, over a line's end too."""
    assert found(text) == [(unit, "clear")]


@pytest.mark.parametrize(
    "text",
    [
        "西湖区康宁老年公寓",  # another district's
        "新康宁老年公寓",  # a longer name
        "夕阳红养老院城北分院",  # a branch that the roster lacks
        "夕阳红养老院医务室",
        "桂花镇中心卫生院",
        "沙湾街道东门社区",
        "滨海市社会福利院",  # the city's, not the district's
    ],
)
def test_a_part_of_another_name_is_no_name(text: str) -> None:
    """What stands before and behind a name can make it another organisation's."""
    assert [unit for unit, standing in found(text) if standing == "clear"] == []


def test_one_character_read_wrongly_is_borne_only_in_text_from_pixels() -> None:
    """OCR mistakes one character; a typed name with another character is another name."""
    assert found("东湖区静安养老浣", blurred=True) == [("S13", "clear")]
    assert found("东湖区静安养老浣") == []
    assert found("东湖区静远养老院", blurred=True) == []  # as near to 静安 as to 静和


def test_five_thousand_units_are_looked_up_in_milliseconds() -> None:
    """A page of text against a large roster takes well under 20 ms once the index stands."""
    signs = "安康宁和博爱同德仁济华阳光明星月春晖育才红旗东风胜利新城南山北湖西河龙凤翔云天海江"
    names = [a + b + c for a in signs for b in signs for c in ("镇敬老院", "社区", "养老院")][:5000]
    roster = Roster(tuple(Unit(f"U{at}", f"滨海市东湖区{name}") for at, name in enumerate(names)))
    index = NameIndex(roster)
    row = squeezed(tuple((summary(names[77]) * 5).splitlines()))
    started = time.process_time()
    hits = index.find(row)
    assert time.process_time() - started < 0.1  # generous: the machine may be busy
    assert {hit.units for hit in hits if hit.standing == "clear"} == {("U77",)}


def test_signature_and_title_file_alone_from_an_unknown_address() -> None:
    """CONTRACT.md, not_a_report …: letterhead and signature that agree; the address is listed as new."""
    filing = file(message(), extract("总结.docx", summary("东湖区康宁康复老年公寓")))
    assert (filing.status, filed_units(filing)) == ("filed", ["S10"])
    assert filing.new_addresses == (("someone@qq.com", "S10"),)


def test_a_registered_address_files_a_report_that_names_nobody() -> None:
    """The address alone is enough where nothing points elsewhere."""
    filing = file(message(sender="kn@qq.com"), extract("总结.docx", summary("", "")))
    assert filed_units(filing) == ["S09"]


def test_an_address_of_two_units_decides_nothing() -> None:
    """A shared address leaves the unit open, but its content still decides."""
    open_ = file(message(sender="shared@qq.com"), extract("总结.docx", summary("", "")))
    assert (open_.status, {one.unit for one in open_.submissions}) == ("review", {"S13", "S14"})
    told = file(message(sender="shared@qq.com"), extract("总结.docx", summary("静和养老院")))
    assert filed_units(told) == ["S14"]


def test_a_branch_reports_from_its_parents_address() -> None:
    """Signature and title win against the address of another unit."""
    filing = file(message(sender="xyh@qq.com"), extract("分院总结.docx", summary("东湖区夕阳红养老院城南分院")))
    assert filed_units(filing) == ["S12"]


def test_a_branch_without_a_name_goes_to_a_person_with_the_branch_suggested() -> None:
    """Own words that speak of a branch keep the parent's address from deciding."""
    filing = file(message("分院总结", "这是分院的", "xyh@qq.com"), extract("总结.docx", summary("", "")))
    assert (filing.status, filing.submissions[0].unit) == ("review", "S12")


@pytest.mark.parametrize(
    "signature",
    ["夕阳红养老院城北分院", "西湖区康宁老年公寓", "东湖区金康宁老年公寓", "桂花镇中心卫生院", "东湖区第三社会福利院"],
)
def test_a_report_of_a_unit_that_is_on_no_roster_is_never_filed(signature: str) -> None:
    """Near-identical names, branches and other districts' units wait for a person with unit null."""
    for sender in ("someone@qq.com", "xyh@qq.com"):
        filing = file(message(f"{signature}总结", sender=sender), extract(f"{signature}总结.docx", summary(signature)))
        assert filing.status == "review"
        assert filing.submissions[0].unit is None
        assert filing.submissions[0].unit_text


@pytest.mark.parametrize(
    "title",
    [
        "桂花敬老院志愿者来我院慰问",
        "区福利院专家走进我院开展义诊",
        "我院赴区福利院参观学习",
        "我院与夕阳红养老院联合开展文艺演出",
    ],
)
def test_guests_and_hosts_never_win(title: str) -> None:
    """Units merely named in the title do not take the report from the one that signs it."""
    text = f"{title}\n10月9日，{title}，举办重阳节文艺演出，慰问老人60人。\n康宁老年公寓\n2025年10月10日"
    assert filed_units(file(message(title), extract("信息.docx", text))) == ["S09"]


def test_a_guest_alone_is_no_sender() -> None:
    """Where only a guest is named, nothing is filed."""
    text = "区福利院专家走进我院\n10月9日，区福利院专家走进我院，开展义诊，服务老人60人。"
    filing = file(message("区福利院专家走进我院"), extract("信息.docx", text))
    assert filed_units(filing) == []


def test_title_and_signature_of_different_units_go_to_a_person() -> None:
    """Two units with equally strong evidence: the explanation names both."""
    filing = file(message(), extract("总结.docx", summary("静安养老院", "静和养老院")))
    assert filing.status == "review"
    assert {one.unit for one in filing.submissions} == {"S13", "S14"}
    assert [one.alternative for one in filing.submissions] == [False, True]
    assert filing.explanation is not None
    assert "静安养老院" in filing.explanation.zh


def test_address_against_file_name_goes_to_a_person() -> None:
    """A file name alone does not win against a registered address."""
    filing = file(message(sender="kn@qq.com"), extract("夕阳红养老院总结.docx", summary("", "")))
    assert (filing.status, filing.reason) == ("review", "unit_against_address")


def test_a_text_that_calls_itself_a_school_is_no_hospitals() -> None:
    """我校 in the text does not go with the name of a home for the aged."""
    filing = file(message("夕阳红养老院活动"), extract("夕阳红养老院活动.docx", summary("", "", self_name="我校")))
    assert filed_units(filing) == []


def test_a_display_name_alone_is_not_enough() -> None:
    """Anybody can call a free mailbox as he likes."""
    filing = file(message("照片", "活动照片", name="康宁公寓"), extract("1.jpg", "重阳节文艺演出"))
    assert (filing.status, filing.submissions[0].unit) == ("review", "S09")


def test_two_banners_are_enough_and_one_is_not() -> None:
    """Photos speak by their banners where several agree and nothing else is said."""
    one = extract("1.jpg", "夕阳红养老院重阳节文艺演出")
    two = extract("2.jpg", "夕阳红养老院志愿服务")
    three = extract("3.jpg", "东湖区夕阳红养老院敬老月走访慰问")
    assert filed_units(file(message("照片", ""), one)) == []
    assert filed_units(file(message("照片", ""), one, two)) == []  # 志愿服务: its volunteers may be anywhere
    assert filed_units(file(message("照片", ""), one, three)) == ["S11"]


def test_a_coordinators_forward_is_filed_by_its_content() -> None:
    """A coordinator's address stands for no unit, and is not learnt as one's."""
    filing = file(
        message("转发：总结", "转一下", COORDINATOR, "养老科"), extract("总结.docx", summary("东湖区静安养老院"))
    )
    assert (filed_units(filing), filing.new_addresses) == (["S13"], ())


def test_a_trusted_forwarders_quotation_tells_the_first_sender() -> None:
    """The address in the quoted header counts only where a coordinator forwards."""
    quoted = "\n-----原始邮件-----\n发件人: 园办<kn@qq.com>\n发送时间: 2025-11-02\n主题: 总结\n\n总结见附件。"
    paper = extract("总结.docx", summary("", ""))
    assert filed_units(file(message("转发：总结", "转" + quoted, COORDINATOR), paper)) == ["S09"]
    assert filed_units(file(message("转发：总结", "转" + quoted, "stranger@qq.com"), paper)) == []


def test_a_unit_that_forwards_does_not_lend_its_address() -> None:
    """A forward without names in its content is nobody's."""
    quoted = "\n-----原始邮件-----\n发件人: 某人<x@qq.com>\n主题: 总结\n\n总结见附件。"
    filing = file(message("转发：总结", quoted, "kn@qq.com"), extract("总结.docx", summary("", "")))
    assert filed_units(filing) == []


def test_reports_of_several_units_become_submissions_with_their_own_parts() -> None:
    """A parent sends its own and its branch's."""
    own = extract("总院总结.docx", summary("夕阳红养老院"))
    branch = extract("分院总结.docx", summary("夕阳红养老院城南分院"))
    filing = file(message("总结", "总院和分院的总结", "xyh@qq.com"), own, branch)
    assert {(one.unit, one.parts) for one in filing.submissions} == {
        ("S11", (own.part.sha256,)),
        ("S12", (branch.part.sha256,)),
    }
    assert filing.status == "filed"


def test_an_archive_with_several_units_is_parted_by_its_folders() -> None:
    """Pictures go with the report that lies in the same folder."""
    members = tuple(
        extract(name, text)
        for name, text in (
            ("静安/总结.docx", summary("静安养老院")),
            ("静安/1.jpg", "重阳节"),
            ("静和/总结.docx", summary("静和养老院")),
            ("静和/2.jpg", "义诊"),
        )
    )
    filing = file(message("汇总", "汇总转来", COORDINATOR), extract("总结.zip", members=members))
    parts = {one.unit: one.parts for one in filing.submissions}
    assert parts == {
        "S13": (members[0].part.sha256, members[1].part.sha256),
        "S14": (members[2].part.sha256, members[3].part.sha256),
    }


def learnt_from(*decisions: str) -> CampaignContext:
    """The campaign, where people said so of new@qq.com and S06."""
    unit = context().roster.unit("S06")
    assert unit is not None
    return replace(context(), learnt=(LearntAddress("new@qq.com", "S06", unit.name, decisions),))


def test_an_address_confirmed_for_several_messages_counts_like_a_registered_one() -> None:
    """Confirmed once it is evidence beside the content, never enough alone; it is never enough against the content."""
    silent = message(sender="new@qq.com"), extract("总结.docx", summary("", ""))
    assert filed_units(file(*silent, contexts=(learnt_from("d-0001"),))) == []
    assert filed_units(file(*silent, contexts=(learnt_from("d-0001", "d-0002"),))) == ["S06"]
    other = message(sender="new@qq.com"), extract("静安总结.docx", summary("静安养老院", ""))
    for known in (learnt_from("d-0001"), learnt_from("d-0001", "d-0002")):
        assert filed_units(file(*other, contexts=(known,))) == []


def test_no_report_is_filed_under_another_unit_when_its_own_leaves_the_roster() -> None:
    """Each unit in turn is taken off the roster; its report must then wait for a person."""
    whole = context()
    for unit in whole.roster.units:
        others = tuple(one for one in whole.roster.units if one.code != unit.code)
        smaller = replace(whole, roster=replace(whole.roster, units=others))
        paper = extract(f"{unit.name}总结.docx", summary(unit.name))
        assert filed_units(file(message(f"{unit.name}总结"), paper, contexts=(smaller,))) == [], unit.name
