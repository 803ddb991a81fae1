"""English reports: names in lines with commas, other wordings, addresses and domains, and others' names like them."""

from __future__ import annotations

import pytest

from filing.text.squeeze import squeezed
from filing.who.names import NameIndex
from records.campaigns import CampaignContext
from records.filings import Filing
from tests.filing_values import context, extract, file, filed_units, message

ROSTER = """code,name,category,aliases,emails,contact,former_names,parent
A1,江浦博朗汽车零部件有限公司,企业,博朗公司;Borlang Automotive Components (Jiangpu),,,,
A2,海润液压机械（江浦）有限公司,企业,海润液压;Hairun Hydraulics,hr@hairun.example,,,
A3,海润传动机械（江浦）有限公司,企业,海润传动,,,,
A4,凯思轴承（江浦）有限公司,企业,凯思轴承;Kaithen Bearings,,,,
A5,奥林食品（江浦）有限公司,企业,奥林食品,office@aulin.example,,,
A6,江浦第一机床厂,企业,第一机床厂,,,,
"""


def office() -> CampaignContext:
    """The campaign of the tests, its roster that of companies."""
    return context(roster=ROSTER)


def told(head: str, sign: str, title: str = "Report on the 2025 “敬老月” Campaign") -> str:
    """A report in English."""
    return (
        f"{title}\n{head}\nFrom 9 to 31 October 2025 we carried out the “敬老月” campaign.\n"
        "走访慰问老人126人，举办义诊2场。"
        f"Our staff will go on with it.\n{sign}\n"
    )


def english(head: str, sign: str, sender: str = "ehs@mail.example", title: str = "") -> Filing:
    """What is decided about such a report, attached to a mail that says nothing."""
    text = told(head, sign, title) if title else told(head, sign)
    sent = message("Final report", "Please see the attachment.", sender)
    return file(sent, extract("Report.docx", text), contexts=(office(),))


@pytest.mark.parametrize(
    "sign",
    [
        "Borlang Automotive Components (Jiangpu) Co., Ltd.",
        "Borlang Automotive Components Co Ltd",
        "EHS & Works Union Office, Borlang Automotive Components",
        "Borlang Automotive Components, 31 October 2025",
        "On behalf of Borlang Automotive Components (Jiangpu)",
    ],
)
def test_a_signature_in_english_is_one(sign: str) -> None:
    """Co., Ltd., a department, a date or the place in brackets may stand beside the name; the comma is no sentence."""
    assert filed_units(english("Mid-term bulletin", sign)) == ["A1"]


@pytest.mark.parametrize(
    "name",
    [
        "Wuhan Kaithen Bearings",
        "Kaithen Bearings Services Co., Ltd.",
        "Kaithen Bearings, Wuhan Plant",
        "Kaithen Bearings Co., Ltd., Wuhan Branch",
        "New Kaithen Bearings Ltd",
    ],
)
def test_a_longer_english_name_is_anothers(name: str) -> None:
    """Words before or behind make it another company's or a branch's."""
    assert filed_units(english(name, name)) == []


@pytest.mark.parametrize(
    "title", ["Joint Drill with Kaithen Bearings", "Visit to Kaithen Bearings", "Thanks to Kaithen Bearings"]
)
def test_partners_in_english_titles_do_not_report(title: str) -> None:
    """Another company signs, and one that nobody knows."""
    assert filed_units(english("Stone Bridge Ltd.", "Stone Bridge Ltd.", title=title)) == []


def test_wrapped_prose_names_no_sender() -> None:
    """Lines of an English mail end anywhere; a name among their words is told of."""
    text = (
        "we went with our colleagues to the hall that belongs to\nKaithen Bearings and came back in the evening\n"
        "走访慰问老人126人。"
    )
    assert filed_units(file(message("Photos", text, "x@mail.example"), contexts=(office(),))) == []


def test_a_domain_with_the_units_own_word_agrees_with_a_title() -> None:
    """A title alone says at whose place; the domain kaithen.example says whose mailbox it is."""
    title = "Summer Work at Kaithen Bearings: Status"
    assert filed_units(english("Status on 31 October", "EHS Office", title=title)) == []
    assert filed_units(english("Status on 31 October", "EHS Office", "d@kaithen.example", title)) == ["A4"]
    assert filed_units(english("Status on 31 October", "EHS Office", "d@bearings.example", title)) == []


def test_a_registered_address_vouches_for_its_own_english_name_alone() -> None:
    """The roster has none of A5's; of A2, whose mailbox others use too, it has another."""
    head = "Aulin Foods (Jiangpu) Co., Ltd."
    assert filed_units(english(head, "Works Union", "office@aulin.example")) == ["A5"]
    assert filed_units(english("Stone Bridge Foods Co., Ltd.", "Works Union", "office@aulin.example")) == []
    assert filed_units(english("Hairun Drive Machinery Co., Ltd.", "HR", "hr@hairun.example")) == []
    assert filed_units(english("Hairun Light Hydraulics Co., Ltd.", "HR", "hr@hairun.example")) == ["A2"]


def test_the_english_name_below_the_chinese_one_is_nobody_elses() -> None:
    """Letterheads have both; the roster has the Chinese one."""
    head = "凯思轴承（江浦）有限公司\nKaithen Precision Bearings (Jiangpu) Co., Ltd."
    assert filed_units(english(head, "凯思轴承（江浦）有限公司\n2025年11月2日")) == ["A4"]


def test_ltd_alone_is_no_name() -> None:
    """It comes of Co., Ltd. in a list of names that is parted by commas."""
    index = NameIndex(context(roster=ROSTER.replace("Kaithen Bearings", "Kaithen Bearings Co., Ltd.")).roster)
    assert [hit.units for hit in index.find(squeezed(("Stone Bridge Co., Ltd.",)))] == []
