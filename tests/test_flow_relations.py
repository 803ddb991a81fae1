"""Corrections end to end: what counts, what waits for a person, what a decision and a rebuild make of it."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from demo.servers import EmbeddedImap
from tests.mail_servers import pymap
from tests.small_office import UNITS, SmallOffice, at, letter

__all__ = ["pymap"]
NAME = UNITS["A1"]


def report(sender: str, drills: int, opening: str = "", subject: str = "") -> bytes:
    """A1's closing report in the body, with letterhead and signature, from any address."""
    title = f"{NAME}2025年冬春火灾防控活动总结"
    body = (
        f"{opening}{title}\n\n我院按照通知要求，认真开展火灾防控活动。6月12日组织消防疏散演练{drills}场，"
        f"开展火灾隐患排查，发现隐患5处，均已整改。\n\n{NAME}\n2025年6月20日\n"
    )
    return letter(sender, subject or title, body)


def rows(office: SmallOffice) -> list[dict[str, Any]]:
    """What was received, by time."""
    return office.export()


@pytest.fixture
def office(tmp_path: Path, pymap: EmbeddedImap) -> SmallOffice:
    """An office whose mailbox is empty."""
    return SmallOffice(tmp_path).furnish(pymap)


def test_a_strangers_correction_waits_until_a_person_confirms_it(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """The registered address's report stays in force; once confirmed, the address is known and the latest counts."""
    pymap.deliver(report("a1@example.com", 1), at(20, 8))
    office.run("poll")
    pymap.deliver(report("new@163.com", 9, subject=f"更正：{NAME}总结"), at(21, 8))
    office.run("poll")
    first, second = rows(office)
    assert (first["status"], second["status"], second["reason"]) == ("filed", "review", "replaces_known")
    assert second["submissions"][0]["supersedes"] == first["id"]
    assert first["submissions"][0]["superseded_by"] is None
    assert "new@163.com" in second["explanation"]
    before = rows(office)
    for path in office.root.glob("baosong.db*"):
        path.unlink()
    office.run("rebuild")
    assert rows(office) == before
    decision = office.run("review", "assign", second["id"][:12], "--unit", "A1", "--by", "李四").out
    first, second = rows(office)
    assert (second["status"], first["submissions"][0]["superseded_by"]) == ("filed", second["id"])
    pymap.deliver(report("new@163.com", 3, subject=f"更正：{NAME}总结（二）"), at(22, 8))
    office.run("poll")
    assert [row["status"] for row in rows(office)] == ["filed"] * 3
    assert rows(office)[2]["submissions"][0]["supersedes"] == second["id"]
    office.run("undo", decision[decision.index("d-") :].split()[0].strip("：:，。"))
    assert [row["status"] for row in rows(office)] == ["filed", "review", "review"]


def test_the_order_of_polls_changes_nothing(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """The stranger's may be processed before the report that it would replace: filed at first, held back then."""
    mails = {
        "known": (report("a1@example.com", 1), at(20, 8)),
        "stranger": (report("new@163.com", 9), at(21, 8)),
        "again": (report("a1@example.com", 2, opening="以此为准。\n"), at(22, 8)),
    }
    answers = []
    for number, order in enumerate(permutations(mails)):
        folder = tmp_path / str(number)
        folder.mkdir()
        office = SmallOffice(folder).furnish(pymap)
        office.config.write_text(office.config.read_text("utf-8").replace('"INBOX"', f'"order{number}"'), "utf-8")
        with pymap.client() as client:
            client.create_folder(f"order{number}")
        for name in order:
            pymap.deliver(*mails[name], f"order{number}")
            office.run("poll")
        answers.append([{**row, "deliveries": 1} for row in rows(office)])
    assert all(answer == answers[0] for answer in answers)
    assert [row["status"] for row in answers[0]] == ["filed", "review", "filed"]


def test_a_second_clerks_copy_of_the_same_report_needs_nobody(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """The same words and numbers from a private mailbox repeat the first, and file alone."""
    pymap.deliver(report("a1@example.com", 1), at(20, 8))
    pymap.deliver(report("clerk2@163.com", 1, subject=f"{NAME}总结"), at(21, 8))
    office.run("poll")
    first, second = rows(office)
    assert [row["status"] for row in (first, second)] == ["filed", "filed"]
    assert second["submissions"][0]["supersedes"] == first["id"]
    evidence = [item for item in second["submissions"][0]["evidence"] if item["for"] == "supersedes"]
    assert evidence and evidence[0]["where"] == "body"


def test_a_late_correction_keeps_the_first_on_time_mark(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """Also by way of one that was sent back, and of one that waits for a person (R22)."""
    pymap.deliver(report("a1@example.com", 1), at(30, 8))
    pymap.deliver(report("a1@example.com", 2, subject=f"更正：{NAME}总结"), at(1, 8, month=7))
    pymap.deliver(report("a1@example.com", 3, subject=f"再次更正：{NAME}总结"), at(2, 8, month=7))
    office.run("poll")
    first, second, third = rows(office)
    office.run("review", "return", second["id"][:12], "--by", "李四", "--note", "请核实")
    assert [row["submissions"][0]["on_time"] for row in rows(office)] == [True, True, True]
    assert rows(office)[0]["submissions"][0]["superseded_by"] == third["id"]
    office.run("review", "withdraw", third["id"][:12], "--by", "李四", "--note", "单位撤回")
    assert rows(office)[0]["submissions"][0]["superseded_by"] is None
    assert "A1" not in {item["unit"] for item in office.missing("2025-07-05")["missing"]}
    assert office.missing("2025-07-05")["late"] == []
    assert first["id"] == rows(office)[0]["id"]


def test_trusted_results_take_a_forged_address_its_weight(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """trusted_authserv reaches filing: what the address alone would have replaced waits, after a rebuild as well."""
    config = office.config.read_text("utf-8")
    office.config.write_text(config.replace('folder = "INBOX"', 'folder = "INBOX"\ntrusted_authserv = ["mx.test"]'))
    forged = b"Authentication-Results: mx.test; dmarc=fail header.from=example.com\r\n"
    pymap.deliver(report("a1@example.com", 1), at(20, 8))
    pymap.deliver(forged + report("a1@example.com", 9, subject=f"更正：{NAME}总结"), at(21, 8))
    office.run("poll")
    before = rows(office)
    assert [(row["status"], row["reason"]) for row in before] == [("filed", None), ("review", "replaces_known")]
    assert any(item["text"] == "dmarc=fail" for item in before[1]["submissions"][0]["evidence"])
    for path in office.root.glob("baosong.db*"):
        path.unlink()
    office.run("rebuild")
    assert rows(office) == before
