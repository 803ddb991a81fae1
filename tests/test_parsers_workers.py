"""Workers that the machine stops or kills at any moment: nobody waits for ever, and what can be read is read."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from intake.message import read_message
from parsers import media_types as mt
from parsers.reader import PartReader
from parsers.registry import PARSERS
from records.extracts import Extract, ReadLimits
from records.mail import Part
from tests.parts.hostile_parser import is_marked

SLACK_S = 2.0
LIMITS = ReadLimits(timeout_s=2.0, ocr_timeout_s=2.0, workers=2)


def ordered(order: str, position: str = "1") -> Part:
    """A part that the hostile parser obeys."""
    return Part(position, f"{position}.txt", "text/plain", order.encode())


@pytest.fixture
def reader() -> Iterator[PartReader]:
    """A reader that loses patience soon, its plain-text parser hostile."""
    parsers = {**PARSERS, mt.PLAIN: "tests.parts.hostile_parser"}
    with PartReader(LIMITS, read_message, parsers=parsers, slack_s=SLACK_S) as reader:
        yield reader


def test_worker_killed_while_it_holds_the_lock_costs_nobody_anything(reader: PartReader, tmp_path: Path) -> None:
    """The others wait for a lock that nobody will give back: they are thrown away, their parts read once more."""
    died = tmp_path / "died"
    died.touch()
    parts = [ordered(f"locked {died}", "1"), *(ordered(f"slow {n}", str(n)) for n in range(2, 8))]
    started = time.monotonic()

    extracts = reader.read(parts)

    assert is_marked(died)
    assert [extract.status for extract in extracts] == ["ok"] * 7
    assert time.monotonic() - started < 4 * (LIMITS.timeout_s + SLACK_S)


def test_part_that_takes_the_lock_along_each_time_is_given_up(reader: PartReader) -> None:
    """Once more, not for ever; the next part finds fresh workers."""
    (extract,) = reader.read([ordered("locked")])

    assert (extract.status, extract.explanation is not None) == ("skipped", True)
    assert reader.read([ordered("next")])[0].text == "read next"


def test_workers_stopped_and_killed_at_random_moments(reader: PartReader) -> None:
    """Each reading ends in bounded time with one extract a part; afterwards all is read as if nothing had happened."""
    chance = random.Random(7)
    for number in range(4):
        signals = (signal.SIGKILL, signal.SIGSTOP) if number % 2 else (signal.SIGKILL,)
        extracts = _read_while_workers_die(reader, chance, signals)
        assert [extract.part.position for extract in extracts] == [str(n) for n in range(12)]
        assert {extract.status for extract in extracts} <= {"ok", "skipped"}
        assert sum(extract.status == "ok" for extract in extracts) >= 4

    calm = reader.read([ordered(f"slow {n}", str(n)) for n in range(12)])
    assert [extract.text for extract in calm] == [f"read slow {n}" for n in range(12)]


def _read_while_workers_die(
    reader: PartReader, chance: random.Random, signals: tuple[signal.Signals, ...]
) -> tuple[Extract, ...]:
    """What was read while three of this process's own workers were signalled."""
    found: list[tuple[Extract, ...]] = []
    thread = threading.Thread(
        target=lambda: found.append(reader.read([ordered(f"slow {n}", str(n)) for n in range(12)]))
    )
    thread.start()
    for _ in range(3):
        thread.join(chance.uniform(0.0, 0.15))
        workers = multiprocessing.active_children()
        if workers:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.kill(chance.choice(workers).pid or 0, chance.choice(signals))
    thread.join(timeout=60)
    assert not thread.is_alive()
    return found[0]


def test_resting_never_harms_who_reads(reader: PartReader) -> None:
    """One thread reads, another lets the reader rest all the time: workers end between readings alone."""
    ended = threading.Event()

    def rest() -> None:
        while not ended.wait(0.01):
            reader.rest()

    thread = threading.Thread(target=rest)
    thread.start()
    try:
        for number in range(5):
            (extract, *_) = reader.read([ordered(f"slow {number}", str(n)) for n in range(3)])
            assert extract.text == f"read slow {number}"
    finally:
        ended.set()
        thread.join()
