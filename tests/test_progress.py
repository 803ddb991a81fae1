"""The line that tells how far long work is."""

from __future__ import annotations

import io
import os
import pty
import select
from collections.abc import Iterator
from typing import TextIO

import pytest

from flow.commands.progress import progress_on


@pytest.fixture
def terminal() -> Iterator[tuple[TextIO, int]]:
    """A real terminal's near side, and the descriptor of its far side."""
    far, near = pty.openpty()
    with open(near, "w", encoding="utf-8") as stream:  # noqa: PTH123 -- a descriptor, no path
        yield stream, far
    os.close(far)


def until_quiet(far: int) -> str:
    """What a terminal shows, read to its end: a terminal gives what it has in pieces."""
    shown = b""
    while select.select([far], [], [], 1.0)[0]:
        shown += os.read(far, 65536)
    return shown.decode()


def test_terminal_shows_messages_pages_and_the_time_left(terminal: tuple[TextIO, int]) -> None:
    """First what is taken, of which nobody knows how much there is; then what is filed, of so many."""
    stream, far = terminal
    progress = progress_on(stream, "zh")

    progress("archived", 3)
    progress("waiting", 2)
    for _ in range(2):
        progress("filed", 1)
        progress("pages", 4)
    stream.flush()
    shown = until_quiet(far)

    first, second = shown.split("\r\n")[:2]
    assert first.strip() == "已收 3 封"
    assert "已处理 2 封  8 页，共 2 封" in second
    assert "剩余 00:00" in second
    assert shown.endswith("\n")


def test_pipe_shows_nothing() -> None:
    """Logs of a nightly run hold no bars."""
    stream = io.StringIO()
    progress = progress_on(stream, "en")

    progress("waiting", 1)
    progress("filed", 1)

    assert stream.getvalue() == ""
