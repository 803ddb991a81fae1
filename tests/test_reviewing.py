"""review list and show, through the eyes of the clerk who decides."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.small_office import UNITS, SmallOffice, at, letter
from tests.taken_in import take_in
from tests.test_learning import FORMER, OTHER, PRIVATE, event, report, weak

PROGRAM = ["python", "service.py"]


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    """An office in which four messages wait: two with material, then two closing reports."""
    office = SmallOffice(tmp_path).furnish()
    mails = [
        weak(OTHER, "A1"),
        letter("c1@example.com", "图片", "见附件"),
        report("a1@example.com", UNITS["A2"], UNITS["A1"]),
        report(PRIVATE, FORMER, FORMER),
    ]
    take_in(office, [(raw, at(20, 8, minute).isoformat()) for minute, raw in enumerate(mails)])
    return office


def blocks(text: str) -> list[list[str]]:
    """The list's paragraphs: what it holds, one a message, what to do."""
    return [paragraph.splitlines() for paragraph in text.split("\n\n")]


def to_copy(lines: list[str]) -> list[list[str]]:
    """The commands behind arrows and colons, as a shell takes them, without the program's name."""
    found = [re.search(r"python service\.py .*", line) for line in lines]
    commands = [shlex.split(one[0]) for one in found if one is not None]
    assert all(command[:2] == PROGRAM for command in commands)
    return [command[4:] for command in commands]  # behind --config FILE, as it was asked with


def test_closing_reports_come_first_and_each_says_why(office: SmallOffice) -> None:
    """A line of numbers; then a message a paragraph: who, what, why, suggestions with their words, what to type."""
    head, *messages, foot = blocks(office.run("review").out)
    assert head == ["等人处理 4 封：总结 2，资料 2，其他 0（总结在前，各按收到的先后）"]
    ids = [row["id"][:12] for row in office.export()]
    assert [lines[0].split()[0] for lines in messages] == [ids[2], ids[3], ids[0], ids[1]]
    assert all(any(line.startswith("  为何要看：") for line in lines) for lines in messages)
    assert messages[0][3:] == [
        "  建议 1：A1 青山区人民医院，总结，活动 1 2",
        "      单位（正文）：青山区人民医院",
        "      类型（主题）：2025年冬春火灾防控活动总结",
        f"      → python service.py --config {office.config} review assign {ids[2]}/1",
        "  或者 2：A2 青山区中医院，总结，活动 1 2",
        "      单位（正文）：青山区中医院2025年冬春火灾防控活动总结",
        f"      → python service.py --config {office.config} review assign {ids[2]}/2",
    ]
    assert f"      单位（正文）：{FORMER}" in messages[1]
    assert len(foot) == 3 and "review reject" in foot[1] and "review show" in foot[2]


def test_the_command_of_a_suggestion_files_it(office: SmallOffice) -> None:
    """Copied as it stands; where only a person knows the unit, its place is a word to be replaced."""
    _, first, second, *_ = blocks(office.run("review", "list").out)
    office.run(*to_copy(first)[1])
    assert office.export()[2]["submissions"][0]["unit"] == "A2"
    (command,) = to_copy(second)
    assert command[-2:] == ["--unit", "单位"]
    office.run(*command[:-1], "A1")
    assert office.export()[3]["status"] == "filed"
    assert "等人处理 2 封" in office.run("review").out


def test_english_for_who_reads_english(office: SmallOffice) -> None:
    """The same in English; only the mails' own words stay."""
    head, first, *_, foot = blocks(office.run("--lang", "en", "review").out)
    assert head[0].startswith("4 wait for a person: 2 summaries, 2 with material, 0 others")
    assert any(line.startswith("  why: the signature says 青山区人民医院") for line in first)
    assert any(line.startswith("  suggestion 1: A1 青山区人民医院, summary, activities 1 2") for line in first)
    assert foot[1].startswith("No report: python service.py")


def test_show_ends_with_what_can_be_done(office: SmallOffice) -> None:
    """All evidence, each sentence once, the words, then the commands; each of them works."""
    row = office.export()[2]
    lines = office.run("review", "show", row["id"][:9]).out.splitlines()
    assert sum("组织消防疏散演练1场" in line and line.startswith("      数据 演练") for line in lines) == 1
    place = lines.index("可以这样处理：")
    assert lines.index("  正文：") < place
    confirm_first, confirm_second, correct, reject, send_back = to_copy(lines[place:])
    assert confirm_first[-1] == f"{row['id'][:12]}/1" and confirm_second[-1] == f"{row['id'][:12]}/2"
    ends = []
    for command in (confirm_first, send_back, [*correct[:-1], "B1"], reject):
        office.run(*command)
        row = office.export()[2]
        ends.append((row["status"], [(one["unit"], one["status"]) for one in row["submissions"]]))
    assert ends == [
        ("filed", [("A1", "filed")]),
        ("filed", [("A1", "returned")]),
        ("filed", [("B1", "filed")]),
        ("not_a_report", []),
    ]


def test_what_is_filed_can_be_shown_too(office: SmallOffice) -> None:
    """With who decided, and what was learnt before."""
    office.run("review", "assign", office.export()[3]["id"][:12], "--unit", "A1", "--by", "李四")
    take_in(office, [(event(OTHER, FORMER), at(21).isoformat())])
    rows = office.export()
    assert "由 李四 决定" in office.run("review", "show", rows[3]["id"][:12]).out
    shown = office.run("review", "show", rows[4]["id"][:12]).out
    assert "已归档 1：A1 青山区人民医院" in shown and f"单位（以前的决定和来件）：{FORMER} (d-" in shown


def test_nothing_waits(tmp_path: Path) -> None:
    """One calm line."""
    assert SmallOffice(tmp_path).furnish().run("review").out == "没有等人处理的邮件\n"
