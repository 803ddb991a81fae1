"""Durable steps by name, so that a test can stop the process before and after each one.

Nothing here kills, and no setting, variable or mail reaches it: a test that starts the service passes in what is to
happen at a step (tests/killed_service.py). In production a step costs a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Observer = Callable[[str], None]
_observers: list[Observer] = []
_around: ContextVar[tuple[str, ...]] = ContextVar("around", default=())


def observe(observer: Observer) -> None:
    """Call ``observer`` with "before NAME" and "after NAME" of each step from now on, in this process.

    NAME is that of the step behind those that it is part of: "keep raw / rename file".
    """
    _observers.append(observer)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Something is made durable, or somebody else is told, inside; names are written out, each in one place."""
    if not _observers:
        yield
        return
    path = (*_around.get(), name)
    token = _around.set(path)
    try:
        _tell("before", path)
        yield
        _tell("after", path)
    finally:
        _around.reset(token)


def _tell(when: str, path: tuple[str, ...]) -> None:
    for observer in _observers:
        observer(f"{when} {' / '.join(path)}")
