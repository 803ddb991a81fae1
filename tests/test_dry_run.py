"""rebuild --dry-run: what a changed roster or campaign file would change, before it changes anything."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from demo.servers import EmbeddedImap
from storage.lock import writing
from tests.mail_servers import pymap
from tests.small_office import CAMPAIGN, ROSTER, SmallOffice, at, letter, material, summary

__all__ = ["pymap"]
UNREGISTERED = "红旗矿山医院"


@pytest.fixture
def office(tmp_path: Path, pymap: EmbeddedImap) -> SmallOffice:
    """An office with a summary, a report of one event, and a report under a name that is on no roster."""
    office = SmallOffice(tmp_path).furnish(pymap)
    former = letter(
        "wang@qq.com",
        "消防疏散演练",
        f"{UNREGISTERED}开展消防疏散演练\n\n6月12日，我院组织开展消防疏散演练，共有45人参加。\n\n{UNREGISTERED}\n2025年6月12日\n",
    )
    for minute, raw in enumerate((summary("A1"), material("B1"), former)):
        pymap.deliver(raw, at(20, 8, minute))
    office.run("poll")
    return office


def contents(office: SmallOffice) -> dict[str, str]:
    """All files of the archive, but for SQLite's log and index of it, which readers make."""
    files = (path for path in sorted(office.root.rglob("*")) if path.is_file())
    names = {str(path.relative_to(office.root)): path for path in files}
    return {
        name: sha256(path.read_bytes()).hexdigest()
        for name, path in names.items()
        if not name.endswith(("-wal", "-shm"))
    }


def rewrite(office: SmallOffice, name: str, old: str, new: str) -> None:
    """Change one of the office's files."""
    path = office.folder / name
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def agrees_with_rebuild(office: SmallOffice, changed: set[str]) -> None:
    """A rebuild changes the messages that the dry run named, and no others; then there is nothing more to change."""
    before = {row["id"]: row for row in office.export()}
    office.run("rebuild")
    after = {row["id"]: row for row in office.export()}
    assert {id_[:12] for id_, row in after.items() if row != before[id_]} == changed
    assert "完全一致" in office.run("rebuild", "--dry-run").out


def test_nothing_changed_says_so_and_nothing_is_written(office: SmallOffice) -> None:
    """One line; the archive stays as it is to the octet, also while another process holds it."""
    before = contents(office)
    with writing(office.root):
        done = office.run("rebuild", "--dry-run")
    assert done.out == "重新判断了 3 封邮件，归类与现在完全一致：rebuild 不会改变什么\n"
    assert contents(office) == before
    assert office.run("--lang", "en", "rebuild", "--dry-run").out.endswith("a rebuild would change nothing\n")


def test_an_alias_added_to_the_roster(office: SmallOffice) -> None:
    """The report that waits would be filed; the others stay."""
    rewrite(office, "campaign.csv", "区人民医院,a1@", f"区人民医院;{UNREGISTERED},a1@")
    before = contents(office)
    waiting = next(row["id"][:12] for row in office.export() if row["status"] == "review")
    lines = office.run("rebuild", "--dry-run").out.splitlines()
    assert contents(office) == before
    assert lines[0].startswith(waiting)
    assert "    状态: 待复核 → 已归档" in lines
    assert f"    单位: {UNREGISTERED} → A1 青山区人民医院" in lines
    assert any(line.startswith("重新判断了 3 封邮件：1 封会改变") for line in lines)
    agrees_with_rebuild(office, {waiting})


def test_an_activity_removed_and_a_deadline_moved(office: SmallOffice) -> None:
    """Activities, on-time marks and the board's numbers are told before they change."""
    drill = CAMPAIGN[CAMPAIGN.index('[[activities]]\nid = "1"') : CAMPAIGN.index('[[activities]]\nid = "2"')]
    rewrite(office, "campaign.toml", drill, "")
    rewrite(office, "campaign.toml", "due = 2025-06-30T23:59:59+08:00", "due = 2025-06-15T23:59:59+08:00")
    filed = {row["id"][:12] for row in office.export() if row["submissions"][0]["activities"]}
    lines = office.run("rebuild", "--dry-run").out.splitlines()
    assert "    活动: 1 2 → 2" in lines
    assert "    按时: 是 → 否" in lines
    (numbers,) = [line for line in lines if line.startswith("2025-fanghuo 火灾防控活动总结")]
    assert "截止 06-30 23:59 → 06-15 23:59" in numbers and "迟报 0 → 1" in numbers
    agrees_with_rebuild(office, filed)


def test_a_unit_added_to_the_roster(office: SmallOffice) -> None:
    """No message changes; the number of those who must report does."""
    rewrite(office, "campaign.csv", "C1,", "C2,朝阳托育园,托育,,,,\nC1,")
    out = office.run("rebuild", "--dry-run").out
    assert "应报 4 → 5" in out and "归类不变" in out
    assert len(ROSTER.splitlines()) == 5


def test_dry_run_and_into_exclude_each_other(office: SmallOffice, tmp_path: Path) -> None:
    """Wrong usage, in one line."""
    done = office.attempt("rebuild", "--dry-run", "--into", str(tmp_path / "other"))
    assert done.status == 2 and len(done.err.splitlines()) == 1
