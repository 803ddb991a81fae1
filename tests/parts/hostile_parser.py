"""A parser that does what a hostile file would do to a library: its content says what."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import stat
import time
from pathlib import Path

from pebble.pool.channel import WorkerChannel

from parsers.parsed import Member, Parsed, one_page
from records.extracts import ReadLimits
from records.mail import Part


_MARK = 0o401  # a mode that nothing else sets


class HostileParser:
    """``hang [FILE]``, ``sleep``, ``slow``, ``segfault``, ``eat``, ``raise``, ``nest``, ``killed FILE``, ``locked``.

    Anything else is just text. What is given a FILE, which must be there, dies only once.
    """

    name = "hostile"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Does what the content says."""
        order, _, argument = part.content.decode().partition(" ")
        if order == "hang":
            if argument:
                mark(Path(argument))  # tells that the worker has begun
            while True:
                pass
        if order == "sleep":
            time.sleep(3600)
        if order == "segfault":
            ctypes.string_at(0)
        if order == "eat":
            return Parsed("text/plain", pages=one_page(str(len(bytearray(1024**4)))))
        if order == "raise":
            raise RuntimeError("nobody foresaw this")
        if order == "nest":
            return Parsed(
                "text/plain", members=(Member(Part(f"{part.position}/1", "again.txt", "text/plain", b"nest")),)
            )
        if order == "killed":
            self._die_once(Path(argument))
        if order == "locked" and not (argument and is_marked(Path(argument))):
            _take_the_lock()
            if argument:
                mark(Path(argument))
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "slow":
            time.sleep(0.05)
        return Parsed("text/plain", pages=one_page(f"read {part.content.decode()}"))

    def _die_once(self, file: Path) -> None:
        """As the machine's out-of-memory killer would have it; the second time all is well."""
        if not is_marked(file):
            mark(file)
            os.kill(os.getpid(), signal.SIGKILL)


def mark(file: Path) -> None:
    """Leaves word outside: a worker may write nothing there, but a file's mode is no content."""
    file.chmod(_MARK)


def is_marked(file: Path) -> bool:
    """Whether a worker has left word."""
    return stat.S_IMODE(file.stat().st_mode) == _MARK


def _take_the_lock() -> None:
    """What a worker holds for a moment, whenever it takes a task or hands back an answer."""
    (channel,) = [found for found in gc.get_objects() if isinstance(found, WorkerChannel)]
    channel.mutex.acquire()


PARSER = HostileParser()
