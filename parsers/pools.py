"""A pool of worker processes that starts when first needed, and starts anew when it breaks or when nothing moves in it.

The workers of a pebble pool share two pipes and their locks. A worker that the machine kills while it holds a lock, or
has written half an answer, takes the others along: they wait, and no time limit of pebble's own ends that. So somebody
who waits for a task looks at the pool now and then (:meth:`Pool.look`).
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import forkserver
from threading import Lock, Thread
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from parsers.parsed import Problem
from parsers.problems import crashed, memory, timeout
from parsers.registry import PRELOADED
from parsers.scratch import Scratch
from parsers.watch import CHANNEL_LOST, PoolLost, Watch
from parsers.worker import OUT_OF_MEMORY

_LOG = logging.getLogger(__name__)
_TASKS_A_WORKER = 200  # then a fresh process takes over: libraries leak
_END_S = 15.0  # for workers to end; what has not by then ends with the service
_Result = TypeVar("_Result")


class Pool:
    """Worker processes with a time limit a task; thread-safe.

    ``start`` and its arguments run in each new process (a module's top-level function, values that pickle), the last
    argument the folder in which workers may write.
    """

    def __init__(self, workers: int, slack_s: float, start: Callable[..., None], *start_args: object) -> None:
        """``slack_s``: beyond its time limit, how long no task may end before the pool is thrown away."""
        self._workers = workers
        self._slack_s = slack_s
        self._start = start
        self._start_args = start_args
        self._lock = Lock()
        self._pool: ProcessPool | None = None
        self._scratch: Scratch | None = None
        self._watch = Watch()
        self.closed = False

    def submit(self, function: Callable[..., _Result], *args: object, timeout_s: float) -> Future[_Result]:
        """Runs ``function`` in a worker. The future fails as :func:`problem_of` explains."""
        with self._lock:
            if self.closed:
                raise RuntimeError("the reader is closed")
            if self._pool is not None and self._pool.active:
                with suppress(RuntimeError):  # it broke in this very moment
                    return self._watch.follow(self._pool.schedule(function, args=args, timeout=timeout_s))
            self._stop(_END_S)
            self._pool = self._new_pool()
            return self._watch.follow(self._pool.schedule(function, args=args, timeout=timeout_s))

    def look(self, timeout_s: float) -> None:
        """Throws the pool away if it broke or no task ended for longer than one may last: ``PoolLost`` for all."""
        with self._lock:
            if self._pool is None or self._scratch is None:
                return
            self._scratch.sweep()
            still_s = self._watch.still_for()
            if still_s > timeout_s + self._slack_s or self._watch.lost_its_channel or not self._pool.active:
                _LOG.error("workers thrown away, no task ended for %.0f s", still_s)
                self._stop(0)

    def rest(self) -> None:
        """Ends the workers until they are needed again; only while nobody waits for them."""
        with self._lock:
            self._stop(_END_S)

    def close(self) -> None:
        """Ends the workers, whatever they are doing."""
        with self._lock:
            self.closed = True
            self._stop(_END_S)

    def _stop(self, wait_s: float) -> None:
        """Nobody waits for its tasks any longer; its threads and workers end by themselves, seen to for ``wait_s``."""
        if self._pool is None:
            return
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates all but this one
        ending = Thread(target=self._pool.join, daemon=True)  # a thread of pebble's may hang in a lost pipe
        ending.start()
        ending.join(wait_s)
        self._watch.give_up()
        if self._scratch is not None:
            self._scratch.remove()
        self._pool, self._scratch, self._watch = None, None, Watch()

    def _new_pool(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(PRELOADED))
        _start_forkserver()
        self._scratch = Scratch()
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=_TASKS_A_WORKER,
            initializer=self._start,
            initargs=(*self._start_args, str(self._scratch.path)),
            context=context,
        )


def _start_forkserver() -> None:
    """Start the process from which workers are forked, its standard error closed to people.

    Workers speak by their results alone; what native libraries, and an interpreter that is ended while it starts,
    print there would only alarm whoever looks at the terminal.
    """
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        forkserver.ensure_running()
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def is_machine_fault(error: BaseException) -> bool:
    """Whether the task may fare better a second time: the machine's out-of-memory killer, or a pool that broke."""
    if isinstance(error, ProcessExpired):
        return error.exitcode in (-signal.SIGKILL, CHANNEL_LOST)
    return isinstance(error, (BrokenProcessPool, PoolLost))


def problem_of(error: BaseException, timeout_s: float) -> Problem:
    """How a task ended that gave no result: out of time, out of memory, or crashed."""
    exit_status = error.exitcode if isinstance(error, ProcessExpired) else None
    if isinstance(error, TimeoutError) or exit_status == -signal.SIGXCPU:
        return timeout(timeout_s)
    if exit_status in (OUT_OF_MEMORY, -signal.SIGKILL, -signal.SIGABRT):  # libraries without exceptions abort
        return memory()
    return crashed()
