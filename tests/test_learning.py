"""What people decide teaches (docs/decisions/learning.md): by decisions and mail alone, whatever came first."""

from __future__ import annotations

import re
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from demo.days import StepClock
from tests.killed_service import KilledService
from tests.small_office import UNITS, SmallOffice, at, letter
from tests.taken_in import take_in

PROMISE = ("promise", "--unit", "C1", "--date", "2025-06-28")  # opens the archive to write
PRIVATE, OTHER = "wang@qq.com", "li@163.com"
FORMER = "红旗矿山医院"  # what people still call A1; no roster has it


def report(sender: str, head: str, sign: str, words: str = "") -> bytes:
    """A closing report in the body, with that letterhead and signature."""
    return letter(
        sender,
        "2025年冬春火灾防控活动总结",
        f"{head}2025年冬春火灾防控活动总结\n\n我院按照通知要求，认真开展火灾防控活动。6月12日组织消防疏散演练1场，"
        f"开展火灾隐患排查，发现隐患5处，均已整改。{words}\n\n{sign}\n2025年6月20日\n",
    )


def event(sender: str, unit: str) -> bytes:
    """A report of one event in the body, titled and signed with that name."""
    words = f"{unit}开展消防疏散演练\n\n6月12日，我院组织开展消防疏散演练，共有45人参加。\n\n{unit}\n2025年6月12日\n"
    return letter(sender, "消防疏散演练", words)


def weak(sender: str, unit: str, words: str = "") -> bytes:
    """A report of one event that names its unit in the subject alone."""
    body = f"消防疏散演练已开展，6月12日组织，共有45人参加，演练取得了良好的效果。{words}"
    return letter(sender, f"{UNITS[unit]}演练", body)


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    """An office whose mail is put into the archive by hand."""
    return SmallOffice(tmp_path).furnish()


def came(office: SmallOffice, *mails: bytes, day: int = 20) -> list[dict[str, Any]]:
    """Take mails in and file them; gives the rows of these, in their order."""
    before = {row["id"] for row in office.export()} if office.root.exists() else set()
    take_in(office, [(raw, at(day, 8, minute).isoformat()) for minute, raw in enumerate(mails)])
    return [row for row in office.export() if row["id"] not in before]


def decided(office: SmallOffice, *words: str) -> str:
    """The id of a decision made by a command."""
    found = re.search(r"d-\d+", office.run(*words).out)
    assert found is not None
    return found[0]


def assign(office: SmallOffice, row: dict[str, Any], unit: str) -> str:
    """A person says whose the report is."""
    return decided(office, "review", "assign", row["id"][:12], "--unit", unit)


def same_after_rebuild(office: SmallOffice) -> None:
    """A rebuild gives the same, and what is learnt is the same."""
    rows, learnt = office.export(), office.run("learnt").out
    office.run("rebuild")
    assert (office.export(), office.run("learnt").out) == (rows, learnt)


def state(row: dict[str, Any]) -> tuple[str, list[str | None]]:
    """Status, and the units of what is filed."""
    return row["status"], [one["unit"] for one in row["submissions"] if one["status"] == "filed"]


def states(office: SmallOffice) -> list[tuple[str, list[str | None]]]:
    """Those of all rows, by time of receipt."""
    return [state(row) for row in office.export()]


def test_a_name_confirmed_once_is_known_afterwards(office: SmallOffice) -> None:
    """The next message of that sender and letterhead is filed alone, a contradicting one is not; so after rebuild."""
    (first,) = came(office, report(PRIVATE, FORMER, FORMER))
    assert state(first) == ("review", []) and first["submissions"][0]["unit"] is None
    decision = assign(office, first, "A1")
    second, contradicting, other_sender = came(
        office,
        report(PRIVATE, FORMER, FORMER, "第二次报送。"),
        report(PRIVATE, FORMER, UNITS["A2"]),
        event(OTHER, FORMER),
        day=21,
    )
    assert (state(second), state(other_sender)) == (("filed", ["A1"]), ("filed", ["A1"]))
    assert state(contradicting) == ("review", [])
    learnt = [one for one in second["submissions"][0]["evidence"] if one["where"] == "learnt"]
    assert [(one["for"], one["text"]) for one in learnt] == [
        ("unit", f"{PRIVATE} ({decision})"),
        ("unit", f"{FORMER} ({decision})"),
    ]
    same_after_rebuild(office)


def test_undo_takes_the_knowledge_back(office: SmallOffice) -> None:
    """What was filed by it waits again; the undo undone, it is filed again; and so after a rebuild."""
    (first,) = came(office, report(PRIVATE, FORMER, FORMER))
    decision = assign(office, first, "A1")
    came(office, report(PRIVATE, FORMER, FORMER, "第二次报送。"), day=21)
    assert states(office) == [("filed", ["A1"]), ("filed", ["A1"])]
    undo = decided(office, "undo", decision)
    assert states(office) == [("review", []), ("review", [])]
    assert "没有" in office.run("learnt").out
    same_after_rebuild(office)
    office.run("undo", undo)
    assert states(office) == [("filed", ["A1"]), ("filed", ["A1"])]


def test_what_was_filed_by_it_keeps_its_unit_when_it_is_sent_back(office: SmallOffice) -> None:
    """To return or withdraw a report says nothing about whose it is."""
    first, second = came(office, report(PRIVATE, FORMER, FORMER), report(PRIVATE, FORMER, FORMER, "第二次报送。"))
    assign(office, first, "A1")
    office.run("review", "return", second["id"][:12], "--note", "缺数据")
    (submission,) = office.export()[1]["submissions"]
    assert (submission["unit"], submission["status"]) == ("A1", "returned")
    same_after_rebuild(office)


def test_a_decision_files_what_waits_and_says_so(office: SmallOffice) -> None:
    """What came before it is filed by it, too; the command names what was learnt and each message."""
    first, second = came(office, report(PRIVATE, FORMER, FORMER), report(PRIVATE, FORMER, FORMER, "第二次报送。"))
    lines = office.run("review", "assign", first["id"][:12], "--unit", "A1").out.splitlines()
    subject = "2025年冬春火灾防控活动总结"
    assert lines[1:] == [
        f"学到：青山区人民医院会从邮箱 {PRIVATE} 来件",
        f"学到：“{FORMER}”是青山区人民医院",
        "随之重新归类 1 封：",
        f"  {second['id'][:12]}  待复核 → 已归档（青山区人民医院）  {subject}",
    ]
    undone = office.run("--lang", "en", "undo", lines[0].split()[-1]).out.splitlines()
    assert undone[1:] == [
        "filed anew by this: 2",
        *(f"  {row['id'][:12]}  filed (青山区人民医院) → review  {subject}" for row in (first, second)),
    ]


def test_whatever_comes_first_the_end_is_the_same(tmp_path: Path) -> None:
    """The same mails and decisions, the decisions before, between or after the mails: one result."""
    mails = [report(PRIVATE, FORMER, FORMER, words) for words in ("", "第二次报送。", "第三次报送。")]
    ends = []
    for place in range(3):
        folder = tmp_path / str(place)
        folder.mkdir()
        office = SmallOffice(folder).furnish()
        (first,) = came(office, mails[0])
        for number, raw in enumerate(mails[1:]):
            if number == place:
                assign(office, first, "A1")
            came(office, raw, day=21 + number)
        if place == 2:
            assign(office, first, "A1")
        ends.append(office.export())
        same_after_rebuild(office)
    assert ends[0] == ends[1] == ends[2]


def test_an_address_is_evidence_once_a_person_confirmed_it(office: SmallOffice) -> None:
    """Beside a report that names its unit in passing it is enough; alone it is not; against the content never."""
    (first,) = came(office, weak(PRIVATE, "A1"))
    assert state(first) == ("review", [])
    assign(office, first, "A1")
    passing, silent, signed = came(
        office,
        weak(PRIVATE, "A1", "又一次。"),
        letter(PRIVATE, "图片", "消防疏散演练已开展，图片随后发来"),
        report(PRIVATE, "火灾防控", UNITS["A2"]),
        day=21,
    )
    assert state(passing) == ("filed", ["A1"])
    assert state(silent) == ("review", [])
    assert state(signed) == ("review", []) and [one["unit"] for one in signed["submissions"]] == ["A2", "A1"]
    same_after_rebuild(office)


def test_an_address_seen_with_two_units_is_shared(office: SmallOffice) -> None:
    """What it had filed waits again, and it counts for neither from then on."""
    first, _ = came(office, weak(PRIVATE, "A1"), weak(PRIVATE, "A1", "又一次。"))
    assign(office, first, "A1")
    assert states(office)[1] == ("filed", ["A1"])
    (third,) = came(office, weak(PRIVATE, "A2"), day=21)
    assert state(third) == ("review", [])
    assign(office, third, "A2")
    assert states(office) == [("filed", ["A1"]), ("review", []), ("filed", ["A2"])]
    assert office.run("learnt").out.count("多个单位共用") == 2
    same_after_rebuild(office)


def test_several_reports_that_agree_make_an_address_evidence(office: SmallOffice) -> None:
    """One proves too little, two are enough; what waited from before is filed with them."""
    passing = weak(PRIVATE, "A1")
    came(office, passing, event(PRIVATE, UNITS["A1"]))
    assert states(office) == [("review", []), ("filed", ["A1"])]
    came(office, report(PRIVATE, UNITS["A1"], UNITS["A1"]), day=21)
    assert states(office)[0] == ("filed", ["A1"])
    same_after_rebuild(office)


def test_a_name_that_many_units_may_have_is_known_from_its_sender_alone(office: SmallOffice) -> None:
    """中心卫生院 stands on many letterheads: another town's must not be filed under the unit of whom it was said."""
    (first,) = came(office, report(PRIVATE, "中心卫生院", "中心卫生院"))
    assert state(first) == ("review", [])
    assign(office, first, "B1")
    own, other = came(
        office,
        report(PRIVATE, "中心卫生院", "中心卫生院", "第二次报送。"),
        report(OTHER, "中心卫生院", "中心卫生院", "第三次报送。"),
        day=21,
    )
    assert (state(own), state(other)) == (("filed", ["B1"]), ("review", []))
    assert "只在这个邮箱的来件里认得" in office.run("learnt").out
    same_after_rebuild(office)


def test_a_groups_letterhead_is_no_name_of_one_of_its_units(office: SmallOffice) -> None:
    """What a person says of one mail of a group's office must not file the next for the same unit."""
    first, second = came(office, report(PRIVATE, "海沃集团", "海沃集团"), weak(PRIVATE, "A2"))
    assign(office, first, "A1")
    assign(office, second, "A2")
    own, other = came(
        office,
        report(PRIVATE, "海沃集团", "海沃集团", "第二次报送。"),
        report(OTHER, "海沃集团", "海沃集团", "第三次报送。"),
        day=21,
    )
    assert (state(own), state(other)) == (("review", []), ("review", []))


def test_a_name_of_which_people_say_different_things_is_known_no_more(office: SmallOffice) -> None:
    """Not even from its sender: a person looks each time."""
    first, second = came(office, report(PRIVATE, FORMER, FORMER), report(PRIVATE, FORMER, FORMER, "第二次报送。"))
    assign(office, first, "A1")
    assign(office, second, "A2")
    third, fourth = came(office, report(PRIVATE, FORMER, FORMER, "第三次报送。"), event(OTHER, FORMER), day=21)
    assert (state(third), state(fourth)) == (("review", []), ("review", []))
    same_after_rebuild(office)


def test_mail_that_a_person_rejected_is_not_asked_about_again(office: SmallOffice) -> None:
    """The same sender, the same subject but for numbers; where it names a unit, a person is asked all the same."""
    (first,) = came(office, letter(OTHER, "火灾防控工作信息第3期", "火灾防控知识，见附件"))
    assert state(first) == ("review", [])
    decision = decided(office, "review", "reject", first["id"][:12])
    again, elsewhere, named = came(
        office,
        letter(OTHER, "火灾防控工作信息第4期", "火灾防控知识，见附件"),
        letter(PRIVATE, "火灾防控工作信息第4期", "火灾防控知识，见附件"),
        letter(OTHER, "火灾防控工作信息第5期", "火灾防控知识，见附件\n\n向阳托育园"),
        day=21,
    )
    assert (again["status"], again["reason"]) == ("not_a_report", "rejected") and decision in again["explanation"]
    assert elsewhere["status"] == "review"
    assert named["status"] != "not_a_report"
    same_after_rebuild(office)
    office.run("undo", decision)
    assert [status for status, _ in states(office)][:2] == ["review", "review"]


def test_what_a_coordinator_passes_on_teaches_no_address(office: SmallOffice) -> None:
    """R21: the unit that a person names is the first sender's, whose address the forwarder's is not."""
    forwarded = letter("li@qq.com", "转发：活动总结", "请收\n\n消防疏散演练已开展，6月12日组织，共有45人参加。")
    first, second = came(office, forwarded, weak("coordinator@example.com", "A1"))
    for row in (first, second):
        assign(office, row, "A1")
    assert "没有" in office.run("learnt").out


def test_learning_survives_a_kill_at_each_step(office: SmallOffice, tmp_path: Path) -> None:
    """Once the decision is in the journal, what it teaches takes effect, whenever the process died (R4, R20)."""
    first, _ = came(office, report(PRIVATE, FORMER, FORMER), report(PRIVATE, FORMER, FORMER, "第二次报送。"))
    command = ("review", "assign", first["id"][:12], "--unit", "A1")
    last = shutil.copytree(office.folder, tmp_path.parent / f"{tmp_path.name}-last")
    with KilledService() as service:
        steps = service.run(last, [command]).steps
        written = steps.index("after journal decisions / write lines")
        for place, step in enumerate(steps):
            folder = shutil.copytree(office.folder, tmp_path.parent / f"{tmp_path.name}-{place}")
            assert service.run(folder, [command], step).status == -signal.SIGKILL, step
            assert service.run(folder, [PROMISE]).status == 0
            filed = ("filed", ["A1"]) if place >= written else ("review", [])
            assert states(SmallOffice(folder)) == [filed, filed], step


def test_a_running_service_learns_from_another_process(office: SmallOffice) -> None:
    """The command leaves the decision in the journal; the daemon carries it out, and files what waits by it."""
    first, _ = came(office, report(PRIVATE, FORMER, FORMER), report(PRIVATE, FORMER, FORMER, "第二次报送。"))
    with office.daemon(StepClock(at(20, 12))) as daemon:
        done = office.run("review", "assign", first["id"][:12], "--unit", "A1")
        assert "马上执行" in done.out and states(office)[1] == ("review", [])
        daemon.step()
        assert states(office) == [("filed", ["A1"]), ("filed", ["A1"])]
