"""Messages are read ahead: those that are ready are given back, the slow ones hold nobody up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from threading import Event, Lock

import pytest

from flow.ahead import IN_FLIGHT, SUSPICIOUS, Ahead, Waiting
from tests.campaign_data import at

PATIENCE_S = 30.0


def waiting(name: str, minute: int = 0, attempts: int = 0) -> Waiting:
    """A message that came at that minute."""
    return Waiting(name, at(20, 10) + timedelta(minutes=minute), 1000, attempts)


class Gate:
    """Reads everything at once, but for names that begin with "slow": these wait until the gate is opened."""

    def __init__(self) -> None:
        self.opened = Event()
        self._lock = Lock()
        self.reading: set[str] = set()
        self.together: list[set[str]] = []

    def read(self, name: str) -> str:
        """The name, sooner or later."""
        with self._lock:
            self.reading.add(name)
            self.together.append(set(self.reading))
        if name.startswith("slow"):
            assert self.opened.wait(PATIENCE_S)
        with self._lock:
            self.reading.remove(name)
        return name


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate that is open in the end, whatever fails."""
    gate = Gate()
    yield gate
    gate.opened.set()


def ahead(gate: Gate, more: Callable[[], Sequence[Waiting]] = lambda: ()) -> Ahead[str]:
    """What reads through the gate."""
    return Ahead(gate.read, lambda _: None, more, lambda: None)


def test_quick_messages_do_not_wait_for_a_slow_one(gate: Gate) -> None:
    """Ten that came after it are given back while it is still being read."""
    found = ahead(gate).run([waiting("slow"), *(waiting(f"quick {n}", n) for n in range(1, 11))])

    first = [next(found) for _ in range(10)]
    assert sorted(first) == sorted(f"quick {n}" for n in range(1, 11))
    gate.opened.set()
    assert list(found) == ["slow"]


def test_many_slow_messages_leave_room_for_a_quick_one(gate: Gate) -> None:
    """More slow ones than are read at once: when they have shown to be slow, others are begun."""
    slow = [waiting(f"slow {n}", n) for n in range(2 * IN_FLIGHT)]
    found = ahead(gate).run([*slow, waiting("quick", 60)])

    assert next(found) == "quick"
    gate.opened.set()
    assert len(list(found)) == 2 * IN_FLIGHT


def test_what_comes_meanwhile_is_read_too(gate: Gate) -> None:
    """A mail that arrives during a long scan is given back before the scan."""
    coming = iter([[waiting("just arrived", 5)]])
    found = ahead(gate, lambda: next(coming, [])).run([waiting("slow")])

    assert next(found) == "just arrived"
    gate.opened.set()
    assert list(found) == ["slow"]


def test_suspicious_messages_are_read_alone(gate: Gate) -> None:
    """Those at which the service died come last, one at a time, and nothing is begun beside them."""
    items = [waiting(f"bad {n}", n, SUSPICIOUS) for n in range(3)] + [waiting(f"good {n}", n) for n in range(6)]

    found = list(ahead(gate).run(items))

    assert [name for name in found if name.startswith("bad")] == ["bad 0", "bad 1", "bad 2"]
    beside = [names for names in gate.together if any(name.startswith("bad") for name in names)]
    assert beside == [{"bad 0"}, {"bad 1"}, {"bad 2"}]
