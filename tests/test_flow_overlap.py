"""One thing is worked on while the next is made: in order, never far ahead, and nothing that fails is passed over."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from threading import Event, get_ident

import pytest

from flow.overlap import work_behind

DEADLINE_S = 30.0


class Thing:
    """Something whose end can be seen."""

    def __init__(self, number: int) -> None:
        self.number = number


def is_small(_: object) -> bool:
    return False


def test_everything_is_worked_on_in_order_by_another_thread() -> None:
    """All is done on return."""
    done: list[int] = []
    threads: set[int] = set()

    def work(number: int) -> None:
        threads.add(get_ident())
        done.append(number)

    work_behind(range(50), work, is_small)
    assert done == list(range(50))
    assert len(threads) == 1
    assert get_ident() not in threads


def test_the_next_is_made_while_one_is_worked_on() -> None:
    """Work on the first ends only when the second has been made, which would never be if they took turns."""
    second_made = Event()
    met: list[bool] = []

    def items() -> Iterator[int]:
        yield 1
        second_made.set()
        yield 2

    work_behind(items(), lambda _: met.append(second_made.wait(DEADLINE_S)), is_small)
    assert met == [True, True]


def test_never_more_than_two_are_there() -> None:
    """When one is about to be made, at most the one before it is left: what was worked on is let go."""
    made: list[weakref.ref[Thing]] = []
    alive: list[int] = []

    def items() -> Iterator[Thing]:
        for number in range(20):
            alive.append(sum(ref() is not None for ref in made))
            thing = Thing(number)
            made.append(weakref.ref(thing))
            yield thing
            del thing

    work_behind(items(), lambda thing: None, is_small)
    assert max(alive) <= 2  # the worker may be about to let go of the one before
    assert len(made) == 20


def test_after_a_large_one_nothing_is_made_until_it_is_done() -> None:
    """A message of 100 MB is in memory alone."""
    done: list[int] = []
    done_before: list[int] = []

    def items() -> Iterator[int]:
        for number in range(5):
            done_before.append(len(done))
            yield number

    work_behind(items(), done.append, lambda _: True)
    assert done_before == [0, 1, 2, 3, 4]


def test_work_that_fails_is_raised_and_nothing_later_is_begun() -> None:
    """What comes behind a full disk is not acknowledged."""
    done: list[int] = []

    def work(number: int) -> None:
        if number == 2:
            raise OSError("full")
        done.append(number)

    with pytest.raises(OSError, match="full"):
        work_behind(range(10), work, is_small)
    assert done == [0, 1]


def test_when_making_fails_what_was_begun_is_ended_first() -> None:
    """A connection that breaks off costs nothing that was fetched before."""
    begun, go_on = Event(), Event()
    done: list[int] = []

    def items() -> Iterator[int]:
        yield 1
        assert begun.wait(DEADLINE_S)
        go_on.set()
        raise ConnectionError("gone")

    def work(number: int) -> None:
        begun.set()
        assert go_on.wait(DEADLINE_S)
        done.append(number)

    with pytest.raises(ConnectionError, match="gone"):
        work_behind(items(), work, is_small)
    assert done == [1]


def test_both_failures_are_told() -> None:
    """The disk's is raised, since it stays when the connection is back; the other stands behind it."""

    def items() -> Iterator[int]:
        yield 1
        raise ConnectionError("gone")

    def work(_: int) -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full") as caught:
        work_behind(items(), work, is_small)
    assert isinstance(caught.value.__context__, ConnectionError)
