"""A pool of worker processes that starts when first needed and starts anew when it breaks."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from parsers.parsed import Problem
from parsers.problems import crashed, memory, timeout
from parsers.registry import PRELOADED
from parsers.worker import OUT_OF_MEMORY

_TASKS_A_WORKER = 200  # then a fresh process takes over: libraries leak
_Result = TypeVar("_Result")


class Pool:
    """Worker processes with a time limit a task; thread-safe.

    ``start`` and its arguments run in each new process (a module's top-level function, values that pickle).
    """

    def __init__(self, workers: int, start: Callable[..., None], *start_args: object) -> None:
        self._workers = workers
        self._start = start
        self._start_args = start_args
        self._lock = Lock()
        self._pool: ProcessPool | None = None
        self.closed = False

    def submit(self, function: Callable[..., _Result], *args: object, timeout_s: float) -> Future[_Result]:
        """Runs ``function`` in a worker. The future fails as :func:`problem_of` explains."""
        with self._lock:
            if self.closed:
                raise RuntimeError("the reader is closed")
            if self._pool is not None and self._pool.active:
                with suppress(RuntimeError):  # it broke in this very moment
                    return self._pool.schedule(function, args=args, timeout=timeout_s)
            self._stop()
            self._pool = self._new_pool()
            return self._pool.schedule(function, args=args, timeout=timeout_s)

    def rest(self) -> None:
        """Ends the workers until they are needed again; only while nobody waits for them."""
        with self._lock:
            self._stop()

    def close(self) -> None:
        """Ends the workers, whatever they are doing."""
        with self._lock:
            self.closed = True
            self._stop()

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates all but this one
            self._pool.join()
            self._pool = None

    def _new_pool(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(PRELOADED))
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=_TASKS_A_WORKER,
            initializer=self._start,
            initargs=self._start_args,
            context=context,
        )


def is_machine_fault(error: BaseException) -> bool:
    """Whether the task may fare better a second time: the machine's out-of-memory killer, or a pool that broke."""
    if isinstance(error, ProcessExpired):
        return bool(error.exitcode == -signal.SIGKILL)
    return isinstance(error, BrokenProcessPool)


def problem_of(error: BaseException, timeout_s: float) -> Problem:
    """How a task ended that gave no result: out of time, out of memory, or crashed."""
    exit_status = error.exitcode if isinstance(error, ProcessExpired) else None
    if isinstance(error, TimeoutError) or exit_status == -signal.SIGXCPU:
        return timeout(timeout_s)
    if exit_status in (OUT_OF_MEMORY, -signal.SIGKILL):
        return memory()
    return crashed()
