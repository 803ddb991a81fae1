"""The whole service as a process on a second campaign: another field, another office, a mid-term and a final report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.second_campaign import build
from tests.service_runs import Workplace, score

AFTER_MID_TERM = "2026-05-13T00:00:00+08:00"
AFTER_FINAL = "2026-06-21T00:00:00+08:00"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """36 messages of a reading season with their truth."""
    return build(tmp_path_factory.mktemp("second") / "corpus")


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Workplace:
    """The service after the campaign's mail was imported."""
    place = Workplace(tmp_path_factory.mktemp("service"))
    place.configure("127.0.0.1", 9, "nobody", [(corpus / "notice.txt", corpus / "units.csv")])
    place.run("import", str(corpus / "messages"))
    return place


@pytest.fixture(scope="module")
def export(taken_in: Workplace) -> list[dict[str, Any]]:
    """What ``submissions --format jsonl`` says then."""
    return taken_in.export()


def test_second_campaign_is_filed_as_its_truth_says(
    taken_in: Workplace, export: list[dict[str, Any]], corpus: Path, tmp_path: Path
) -> None:
    """Nothing lost, nothing under a wrong unit; what goes to a person has the right unit first."""
    result = score(corpus, export, taken_in.missing(AFTER_FINAL, "--requirement", "r2"), tmp_path)
    assert (result["messages"], result["lost"], result["exported_twice"], result["filed_wrong"]) == (36, 0, 0, 0)
    assert result["unit_right_when_filed"] == 1.0
    assert result["unit_right_at_all"] >= 0.96
    assert result["status_right"] >= 0.97
    assert result["filed_without_a_person"] >= 0.9
    assert result["kind_right"] >= 0.96
    assert result["activities"]["f1"] >= 0.92 and result["activities_exact"] >= 0.7
    assert result["figures"]["f1"] >= 0.93
    assert (result["supersedes_right"], result["supersedes_false"]) == (1.0, 0)
    assert (result["attachment_names"], result["attachment_bytes"], result["member_names"]) == (1.0, 1.0, 1.0)
    assert result["missing_list"]["f1"] >= 0.93


def test_mid_term_report_answers_the_mid_term_requirement_alone(taken_in: Workplace) -> None:
    """Who sent a mid-term report in time is not missing there, and still owes the summary."""
    mid_term = {item["unit"] for item in taken_in.missing(AFTER_MID_TERM, "--requirement", "r1")["missing"]}
    assert mid_term.isdisjoint({"T01", "T02", "S06"})
    assert {"S03", "D02"} <= mid_term  # S03 reported a day late
    final = {item["unit"] for item in taken_in.missing(AFTER_MID_TERM, "--requirement", "r2")["missing"]}
    assert {"T01", "T02", "S06"} <= final


def test_branch_and_parent_are_told_apart(export: list[dict[str, Any]]) -> None:
    """Both reports came from the parent's mailbox; each is under its own unit."""
    sent = [row for row in export if row["sender"] == "qmyey@163.com" and row["status"] == "filed"]
    assert [item["unit"] for row in sent for item in row["submissions"]] == ["K01", "K02"]


def test_archive_of_two_units_is_two_submissions(export: list[dict[str, Any]]) -> None:
    """A coordinator's zip is split; each part belongs to its unit."""
    row = next(row for row in export if any(item["filename"] == "乡镇总结.zip" for item in row["attachments"]))
    assert [(item["unit"], len(item["parts"])) for item in row["submissions"]] == [("T03", 1), ("T04", 1)]
