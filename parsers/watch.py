"""Watches over the tasks of one pool of processes: notices when nothing moves any more, and lets nobody wait for it."""

from __future__ import annotations

import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from threading import Lock
from typing import Any, TypeVar

from pebble import ProcessExpired

CHANNEL_LOST = 1
"""Exit status of a pebble worker that waited in vain for a lock of the pipes."""

_Result = TypeVar("_Result")


class PoolLost(Exception):
    """The pool was thrown away while the task was in it, be it waiting or under way."""


class Watch:
    """Follows the tasks of one pool; any thread may call it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: set[Future[Any]] = set()
        self._moved_at = time.monotonic()  # when a task last ended, or came to an idle pool
        self.lost_its_channel = False  # a worker said so

    def follow(self, inner: Future[_Result]) -> Future[_Result]:
        """The pool's future as callers are to wait for it: it ends with the pool's, or by :meth:`give_up`."""
        outer: Future[_Result] = Future()
        with self._lock:
            if not self._waiting:
                self._moved_at = time.monotonic()
            self._waiting.add(outer)

        def hand_over(ended: Future[_Result]) -> None:
            with self._lock:
                self._waiting.discard(outer)
                self._moved_at = time.monotonic()
                error = ended.exception()
                self.lost_its_channel |= isinstance(error, ProcessExpired) and error.exitcode == CHANNEL_LOST
            with suppress(InvalidStateError):  # it was given up in this very moment
                _copy(ended, outer)

        inner.add_done_callback(hand_over)
        return outer

    def still_for(self) -> float:
        """Seconds since a task last ended while others wait; 0 where none waits."""
        with self._lock:
            return time.monotonic() - self._moved_at if self._waiting else 0.0

    def give_up(self) -> None:
        """All tasks that have not ended fail with :class:`PoolLost`."""
        with self._lock:
            lost, self._waiting = self._waiting, set()
        for future in lost:
            with suppress(InvalidStateError):  # it ended in this very moment
                future.set_exception(PoolLost())


def _copy(ended: Future[_Result], outer: Future[_Result]) -> None:
    error = ended.exception()
    if error is not None:
        outer.set_exception(error)
    else:
        outer.set_result(ended.result())
