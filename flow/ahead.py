"""Several messages are read at once; each is given back as soon as it is ready, the slow ones hold nobody up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Generic, TypeVar

SUSPICIOUS = 3  # attempts after which a message is read alone
IN_FLIGHT = 4  # messages read at once: the pools' workers stay busy, memory stays bounded
SLOW_S = 2.0  # what takes longer waits for OCR or a converter, and makes room for another
MOST, MOST_BYTES = 32, 256 * 1024**2  # slow ones included: threads, and raw octets in memory
LOOK_S = 0.5  # how often it is looked whether one has become slow, or more has come

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is to be read."""

    id: str
    received_at: datetime
    size_bytes: int
    attempts: int = 0  # by services that died meanwhile


@dataclass(slots=True)
class Ahead(Generic[_Result]):
    """Reads messages in threads. Used once, by one thread; ``read`` and ``begins`` are called with each message.

    ``more`` is asked for messages that have come meanwhile, while slow ones are waited for; ``look`` is called then.
    """

    read: Callable[[str], _Result]
    begins: Callable[[str], None]
    more: Callable[[], Sequence[Waiting]]
    look: Callable[[], None]
    _queue: deque[Waiting] = field(default_factory=deque)
    _running: dict[Future[_Result], tuple[Waiting, float]] = field(default_factory=dict)

    def run(self, waiting: Sequence[Waiting]) -> Iterator[_Result]:
        """What came of each, in the order in which they are ready.

        Those that were in hand when the service died before come last, each alone: so only the guilty one is counted.
        """
        self._queue.extend(sorted(waiting, key=lambda item: item.attempts))
        with ThreadPoolExecutor(MOST, thread_name_prefix="read") as threads:
            while self._queue or self._running:
                while self._queue and self._has_room(self._queue[0]):
                    self._start(threads, self._queue.popleft())
                done, _ = wait(self._running, LOOK_S, FIRST_COMPLETED)
                ready = [(self._running.pop(future)[0], future) for future in done]
                yield from (future.result() for _, future in sorted(ready, key=lambda pair: pair[0].received_at))
                if not done:
                    self.look()
                    self._queue.extend([] if self._queue else self.more())

    def _start(self, threads: ThreadPoolExecutor, item: Waiting) -> None:
        self.begins(item.id)
        self._running[threads.submit(self.read, item.id)] = (item, monotonic())

    def _has_room(self, item: Waiting) -> bool:
        if not self._running:
            return True
        running = [found for found, _ in self._running.values()]
        if item.attempts >= SUSPICIOUS or running[0].attempts >= SUSPICIOUS or len(running) >= MOST:
            return False
        quick = sum(monotonic() - begun < SLOW_S for _, begun in self._running.values())
        return quick < IN_FLIGHT and sum(found.size_bytes for found in running) + item.size_bytes <= MOST_BYTES
