"""What people decide teaches (docs/decisions/learning.md): by decisions and mail alone, whatever came first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from demo.servers import EmbeddedImap
from tests.mail_servers import pymap
from tests.small_office import SmallOffice, at, letter

__all__ = ["pymap"]
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


@pytest.fixture
def office(tmp_path: Path, pymap: EmbeddedImap) -> SmallOffice:
    """An office whose mailbox is pymap."""
    return SmallOffice(tmp_path).furnish(pymap)


def came(office: SmallOffice, server: EmbeddedImap, *mails: bytes, day: int = 20) -> list[dict[str, Any]]:
    """Deliver mails, poll, and give the rows of these, in their order."""
    before = {row["id"] for row in office.export()} if office.root.exists() else set()
    for minute, raw in enumerate(mails):
        server.deliver(raw, at(day, 8, minute))
    office.run("poll")
    return [row for row in office.export() if row["id"] not in before]


def state(row: dict[str, Any]) -> tuple[str, list[str | None]]:
    """Status, and the units of what is filed."""
    return row["status"], [one["unit"] for one in row["submissions"] if one["status"] == "filed"]


def states(office: SmallOffice) -> list[tuple[str, list[str | None]]]:
    """Those of all rows, by time of receipt."""
    return [state(row) for row in office.export()]


def test_a_name_confirmed_once_is_known_afterwards(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """The next message of that sender and letterhead is filed alone; a contradicting one is not; so after rebuild."""
    (first,) = came(office, pymap, report(PRIVATE, FORMER, FORMER))
    assert state(first) == ("review", []) and first["submissions"][0]["unit"] is None
    office.run("review", "assign", first["id"][:12], "--unit", "A1")
    second, contradicting, other_sender = came(
        office,
        pymap,
        report(PRIVATE, FORMER, FORMER, "第二次报送。"),
        report(PRIVATE, FORMER, "青山区中医院"),
        event(OTHER, FORMER),
        day=21,
    )
    assert (state(second), state(other_sender)) == (("filed", ["A1"]), ("filed", ["A1"]))
    assert state(contradicting) == ("review", [])
    learnt = [one for one in second["submissions"][0]["evidence"] if one["where"] == "learnt"]
    assert [(one["for"], one["text"]) for one in learnt] == [
        ("unit", f"{PRIVATE} (d-0003)"),
        ("unit", f"{FORMER} (d-0003)"),
    ]
    before = office.export()
    office.run("rebuild")
    assert office.export() == before


def test_undo_takes_the_knowledge_back(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """What was filed by it waits again; the undo undone, it is filed again; and so after a rebuild."""
    (first,) = came(office, pymap, report(PRIVATE, FORMER, FORMER))
    office.run("review", "assign", first["id"][:12], "--unit", "A1")
    came(office, pymap, report(PRIVATE, FORMER, FORMER, "第二次报送。"), day=21)
    assert states(office) == [("filed", ["A1"]), ("filed", ["A1"])]
    office.run("undo", "d-0003")
    assert states(office) == [("review", []), ("review", [])]
    office.run("rebuild")
    assert states(office) == [("review", []), ("review", [])]
    office.run("undo", "d-0004")
    assert states(office) == [("filed", ["A1"]), ("filed", ["A1"])]
