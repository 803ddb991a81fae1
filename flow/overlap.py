"""Two steps at a time: while one thing is worked on, the next is being made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def work_behind(items: Iterable[Item], work: Callable[[Item], None], is_large: Callable[[Item], bool]) -> None:
    """``work`` on every item, in order and one at a time, by a thread of its own; all of it is done on return.

    Meanwhile the next item is made by the caller's thread, never the one after it, and after a large item none: at
    most two small ones, or a small and a large one, are there at once. Raises what making or ``work`` raises; what
    failed is not worked around: no later item is begun. What was begun is ended, whatever happens.
    """
    with ThreadPoolExecutor(1) as worker:
        begun: Future[None] | None = None
        try:
            for item in items:
                _end(begun)
                begun = worker.submit(work, item)
                if is_large(item):
                    _end(begun)
                del item  # else it would still be held while the next one is made
        finally:
            _end(begun)


def _end(begun: Future[None] | None) -> None:
    if begun is not None:
        begun.result()
