"""One poll brings a hostile file of every class, honest reports among them: each costs no more than itself."""

from __future__ import annotations

import resource
from hashlib import sha256
from typing import Any

import pytest

from records.extracts import ReadLimits
from tests import hostile_mails as hostile
from tests.hostile_files import HOSTILE_FILES
from tests.small_office import SmallOffice, file_named, letter
from tests.test_hostile import END_STATES, take_in

LIMITS = ReadLimits(
    timeout_s=6,
    ocr_timeout_s=6,
    total_timeout_s=15,
    memory_bytes=1024**3,
    max_unpacked_bytes=64 * hostile.MEGABYTE,
    max_members=200,
    max_ocr_pages=2,
    max_text_chars=2_000_000,
)
SERVICE_BYTES = 512 * hostile.MEGABYTE  # by which the service itself may grow while it files all of it
HARMLESS = {"timeout", "memory", "too_large", "damaged", "too_many_members", "too_many_pages", "too_many_ocr_pages",
            "too_much_text", "too_many_cells", "too_deep", "no_parser", "no_text", "empty", None}  # fmt: skip


@pytest.fixture(scope="module")
def mails() -> dict[str, bytes]:
    """A mail a file, honest reports at the beginning, in the middle and at the end."""
    first, middle, last = hostile.reports().items()
    evil = [
        (name, file_named(letter("c1@example.com", "材料", "请查收"), name, make()))
        for name, make in HOSTILE_FILES.items()
    ]
    half = len(evil) // 2
    return dict([first, *evil[:half], middle, *evil[half:], last])


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory, mails: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """What became of them, by the names of the mails; the service itself stayed small meanwhile."""
    office = SmallOffice(tmp_path_factory.mktemp("attacked")).furnish()
    before = _most_bytes()
    take_in(office, list(mails.values()), LIMITS)
    assert _most_bytes() - before < SERVICE_BYTES
    names = {sha256(raw).hexdigest(): name for name, raw in mails.items()}
    return {names[row["id"]]: row for row in office.export()}


def _most_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_there_are_files_of_many_classes() -> None:
    """A list that shrank would prove less."""
    assert len(HOSTILE_FILES) >= 60
    assert len({name.rpartition(".")[2] for name in HOSTILE_FILES}) >= 20


def test_honest_reports_of_the_same_poll_are_filed(rows: dict[str, dict[str, Any]]) -> None:
    """Whatever else came, they stand under their units."""
    filed = {name: rows[name]["submissions"][0]["unit"] for name in hostile.reports()}
    assert filed == {f"report of {unit}": unit for unit in ("A1", "A2", "B1")}
    assert {rows[name]["status"] for name in hostile.reports()} == {"filed"}


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_hostile_file_is_accounted_for(rows: dict[str, dict[str, Any]], name: str) -> None:
    """The message has an end, its file a status, and where it was not all read a reason that people are told."""
    row = rows[name]
    assert row["status"] in END_STATES
    assert row["reason"] not in ("service_error", "crashed")
    (attachment,) = row["attachments"]
    assert attachment["reason"] in HARMLESS
    assert attachment["status"] == "ok" or attachment["explanation"]
