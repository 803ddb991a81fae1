"""Two campaigns with overlapping units in one mailbox: each message under the right one, missing right for both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.days import StepClock
from demo.servers import EmbeddedImap, EmbeddedSmtp
from tests.small_office import SmallOffice, at, letter

FIRE = """\
青山区卫生健康局关于开展2025年消防安全活动的通知

各医疗机构：

为提高火灾防控能力，决定开展2025年消防安全活动，现将有关事项通知如下：

一、活动时间

2025年6月1日至6月30日。

二、活动内容

（一）组织消防疏散演练。各单位要组织一次灭火和应急疏散演练。

（二）开展火灾隐患排查。各单位要对电气线路、消防设施开展火灾隐患排查整治。

三、工作要求

请各单位于6月30日前将消防安全活动总结报送至report@example.com。

联系人：值班室，电话：00000000。

青山区卫生健康局
2025年5月26日
"""
CLINIC = """\
青山区卫生健康局关于开展2025年夏季义诊活动的通知

各有关单位：

为方便群众就医，决定开展2025年夏季义诊活动，现将有关事项通知如下：

一、活动时间

2025年6月10日至7月15日。

二、活动内容

（一）开展义诊服务。各单位组织专家到社区、乡村开展义诊，免费测量血压、血糖。

（二）开展健康讲座。各单位围绕慢性病防治开展健康讲座。

三、工作要求

请各单位于7月20日前将义诊活动总结报送至report@example.com。

联系人：医政科，电话：11111111。

青山区卫生健康局
2025年6月3日
"""
# A2 is 青山区中医院 here and 青山区口腔医院 there; 青山区人民医院 and 绿水镇卫生院 are on both.
FIRE_ROSTER = """\
code,name,category,aliases,emails,contact
A1,青山区人民医院,医院,区人民医院,a1@example.com,办公室
A2,青山区中医院,医院,区中医院,zyy@example.com,保卫科
B1,绿水镇卫生院,卫生院,,b1@example.com,院办
C1,向阳托育园,托育,,c1@example.com,园办
"""
CLINIC_ROSTER = """\
code,name,category,aliases,emails,contact
A1,青山区人民医院,医院,区人民医院,a1@example.com,医务科
A2,青山区口腔医院,医院,区口腔医院,kq@example.com,医务科
B1,绿水镇卫生院,卫生院,,b1@example.com,院办
"""


def fire(unit: str, address: str) -> bytes:
    return letter(
        address,
        f"{unit}消防安全活动总结",
        f"{unit}2025年消防安全活动总结\n\n按照通知要求，我院扎实开展消防安全活动。6月12日组织灭火和应急疏散演练1场，"
        f"对电气线路开展火灾隐患排查，发现隐患3处，均已整改。\n\n{unit}\n2025年6月25日\n",
    )


def clinic(unit: str, address: str) -> bytes:
    return letter(
        address,
        f"{unit}夏季义诊活动总结",
        f"{unit}2025年夏季义诊活动总结\n\n按照通知要求，我院组织专家到社区开展义诊服务，免费测量血压、血糖，接受群众咨询"
        f"200人次；开展慢性病防治健康讲座2场。\n\n{unit}\n2025年7月1日\n",
    )


VAGUE = letter("a1@example.com", "活动总结", "我院已按通知要求完成各项工作，现将总结报上，请查收。\n\n青山区人民医院")
LUNCH = letter("canteen@example.com", "本周食堂菜单", "周一：红烧肉。周二：清蒸鱼。欢迎大家用餐。")


@pytest.fixture(scope="module")
def smtp() -> Iterator[EmbeddedSmtp]:
    """A real SMTP receiver."""
    with EmbeddedSmtp() as server:
        yield server


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, smtp: EmbeddedSmtp) -> Iterator[SmallOffice]:
    """Both notices read, both rosters configured, the mailbox polled."""
    folder = tmp_path_factory.mktemp("two")
    with EmbeddedImap() as mailbox:
        office = SmallOffice(folder, campaigns={}).furnish(mailbox, smtp.port)
        text = office.config.read_text("utf-8")
        for name, notice, roster in (("fire", FIRE, FIRE_ROSTER), ("clinic", CLINIC, CLINIC_ROSTER)):
            (folder / f"{name}.txt").write_text(notice, "utf-8")
            (folder / f"{name}.csv").write_text(roster, "utf-8")
            office.run("notice", str(folder / f"{name}.txt"), "--out", str(folder / f"{name}.toml"))
            table = (
                f'[[campaign]]\nfile = "{name}.toml"\nroster = "{name}.csv"\ncoordinators = ["{name}@example.com"]\n'
            )
            text = text.replace("[schedule]", f"{table}\n[schedule]")
        office.config.write_text(text, "utf-8")
        for raw, moment in (
            (fire("青山区人民医院", "a1@example.com"), at(25, 9)),
            (clinic("青山区人民医院", "a1@example.com"), at(1, 9, month=7)),
            (fire("青山区中医院", "zyy@example.com"), at(26, 9)),
            (clinic("青山区口腔医院", "kq@example.com"), at(2, 9, month=7)),
            (fire("绿水镇卫生院", "b1@example.com"), at(1, 10, month=7)),
            (VAGUE, at(27, 9)),
            (LUNCH, at(27, 10)),
        ):
            mailbox.deliver(raw, moment)
        office.run("poll")
        yield office


def ids(office: SmallOffice) -> tuple[str, str]:
    """The campaigns' ids: of the fire month, of the free clinics."""
    found = [line.split('"')[1] for name in ("fire", "clinic") for line in lines(office.folder / f"{name}.toml")]
    return found[0], found[1]


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.startswith("id = ")][:1]


def row_of(office: SmallOffice, subject: str) -> dict[str, Any]:
    return next(row for row in office.export() if row["subject"] == subject)


def test_each_report_is_filed_under_its_own_campaign_and_unit(office: SmallOffice) -> None:
    """By what it is about, though one address and one code stand on both rosters."""
    of_fire, of_clinic = ids(office)
    found = {
        row["subject"]: [(item["campaign"], item["unit"], item["status"]) for item in row["submissions"]]
        for row in office.export()
        if row["status"] == "filed"
    }
    assert found == {
        "青山区人民医院消防安全活动总结": [(of_fire, "A1", "filed")],
        "青山区人民医院夏季义诊活动总结": [(of_clinic, "A1", "filed")],
        "青山区中医院消防安全活动总结": [(of_fire, "A2", "filed")],
        "青山区口腔医院夏季义诊活动总结": [(of_clinic, "A2", "filed")],
        "绿水镇卫生院消防安全活动总结": [(of_fire, "B1", "filed")],
    }


def test_report_that_could_belong_to_either_waits_for_a_person(office: SmallOffice) -> None:
    """The unit is plain, the campaign is not: it is not guessed."""
    row = row_of(office, "活动总结")
    assert row["status"] == "review"
    assert {item["unit"] for item in row["submissions"]} == {"A1"}


def test_mail_about_neither_is_filed_under_neither(office: SmallOffice) -> None:
    """The canteen's menu belongs to no campaign and no unit."""
    row = row_of(office, "本周食堂菜单")
    assert row["status"] in ("not_a_report", "review")
    assert {item["unit"] for item in row["submissions"]} <= {None}


def test_each_campaigns_own_deadline_counts(office: SmallOffice) -> None:
    """1 July is late for the one and early for the other."""
    assert row_of(office, "绿水镇卫生院消防安全活动总结")["submissions"][0]["on_time"] is False
    assert row_of(office, "青山区人民医院夏季义诊活动总结")["submissions"][0]["on_time"] is True


def test_missing_is_right_for_both(office: SmallOffice) -> None:
    """A list of two objects, each from its own roster; a code on both rosters means each one's own unit."""
    of_fire, of_clinic = ids(office)
    boards = {board["campaign"]: board for board in office.missing("2025-07-05")}
    assert set(boards) == {of_fire, of_clinic}
    fires, clinics = boards[of_fire], boards[of_clinic]
    assert (fires["expected"], fires["received"], [item["unit"] for item in fires["late"]]) == (4, 3, ["B1"])
    assert [item["name"] for item in fires["missing"]] == ["向阳托育园"]
    assert (clinics["expected"], clinics["received"], clinics["late"]) == (3, 2, [])
    assert [item["name"] for item in clinics["missing"]] == ["绿水镇卫生院"]
    assert office.missing("2025-07-05", "--campaign", of_fire) == fires


def test_commands_want_to_know_which_campaign(office: SmallOffice) -> None:
    """A decision for one of two open campaigns must name it; listings show both or one."""
    of_fire, of_clinic = ids(office)
    done = office.attempt("exempt", "--unit", "B1")
    assert done.status == 2 and of_fire in done.err and of_clinic in done.err
    rows = office.run("submissions", "--format", "jsonl", "--campaign", of_clinic, "--status", "filed").rows
    assert [row["subject"] for row in rows] == ["青山区人民医院夏季义诊活动总结", "青山区口腔医院夏季义诊活动总结"]


@pytest.mark.parametrize(
    ("unit", "count"), [("青山区口腔医院", 1), ("青山区中医院", 1), ("A2", 2), ("青山区人民医院", 3)]
)
def test_listings_by_unit_tell_units_of_one_code_apart(office: SmallOffice, unit: str, count: int) -> None:
    """A name means that unit alone; a code whatever unit has it in its campaign."""
    assert len(office.run("submissions", "--format", "jsonl", "--unit", unit).rows) == count


def test_each_coordinator_gets_the_digest_of_the_own_campaign(office: SmallOffice, smtp: EmbeddedSmtp) -> None:
    """Two digests, two recipients; the reports of one do not stand in the other's."""
    of_fire, of_clinic = ids(office)
    fires = office.run("digest", "--date", "2025-06-26", "--campaign", of_fire).out
    clinics = office.run("digest", "--date", "2025-07-02", "--campaign", of_clinic).out
    assert "青山区中医院" in fires and "义诊" not in fires
    assert "青山区口腔医院" in clinics and "消防" not in clinics
    office.run("digest", "--date", "2025-07-02", "--send")
    assert sorted(mail.recipients for mail in smtp.received) == [("clinic@example.com",), ("fire@example.com",)]
    office.run("digest", "--date", "2025-07-02", "--out", str(office.folder / "out"))
    assert {path.name for path in (office.folder / "out").iterdir()} == {of_fire, of_clinic}


def test_filed_tree_keeps_campaigns_apart(office: SmallOffice) -> None:
    """A folder a campaign, below it the units by their own names."""
    of_fire, of_clinic = ids(office)
    units = {
        (path.parts[-4], path.parts[-2]) if path.parts[-4] in (of_fire, of_clinic) else (path.parts[-5], path.parts[-3])
        for path in (office.root / "filed").rglob("*.eml")
    }
    assert (of_fire, "青山区中医院") in units and (of_clinic, "青山区口腔医院") in units
    assert (of_clinic, "青山区中医院") not in units and (of_fire, "青山区口腔医院") not in units


def test_closing_one_leaves_the_other(office: SmallOffice) -> None:
    """Closed, it leaves the listings; the other's decisions need no name any more."""
    of_fire, of_clinic = ids(office)
    decision = office.run("close", "--campaign", of_fire).out.split()[-1]
    assert office.missing("2025-07-05")["campaign"] == of_clinic
    clock = StepClock(at(25, 17, 30, month=7))
    with office.daemon(clock) as daemon:
        assert [context.campaign.id for context in daemon.office.contexts if context.is_open] == [of_clinic]
    office.run("undo", decision)
    assert len(office.missing("2025-07-05")) == 2


def test_person_moves_a_report_to_the_other_campaign(office: SmallOffice) -> None:
    """review assign --campaign: unit and requirement are those of the campaign named; undo brings it back."""
    _, of_clinic = ids(office)
    before = office.export()
    row = row_of(office, "活动总结")
    decision = office.run("review", "assign", row["id"][:8], "--campaign", of_clinic, "--kind", "summary").out.split()[
        -1
    ]
    (item,) = row_of(office, "活动总结")["submissions"]
    assert (item["campaign"], item["unit"], item["requirement"]) == (of_clinic, "A1", "r1")
    office.run("undo", decision)
    assert office.export() == before


def test_rebuild_gives_the_same(office: SmallOffice) -> None:
    """Both campaigns' filings come back as they were."""
    before = office.export(), office.missing("2025-07-05")
    office.run("rebuild")
    assert (office.export(), office.missing("2025-07-05")) == before
