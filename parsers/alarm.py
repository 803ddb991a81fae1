"""A time limit within a worker's task, for libraries in pure Python: what was read until then is not lost."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTime(BaseException):
    """The block did not end in time. No ``Exception``: libraries that catch all of those must not go on."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Ends the block by :class:`OutOfTime` when the time is over; in a process's main thread alone."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
