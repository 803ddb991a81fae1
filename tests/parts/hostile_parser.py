"""A parser that does what a hostile file would do to a library: its content says what."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from pebble.pool.channel import WorkerChannel

from parsers.parsed import Member, Parsed, one_page
from records.extracts import Page, ReadLimits
from records.mail import Part

PROGRAM_S = "3601.25"  # by which the program that is left behind is known
MARK = 0o401  # a mode that nothing else sets


def mark(file: Path) -> None:
    """Leaves word outside: a worker may write nothing there, but a file's mode is no content."""
    file.chmod(MARK)


def is_marked(file: Path) -> bool:
    """Whether a worker has left word."""
    return stat.S_IMODE(file.stat().st_mode) == MARK


class HostileParser:
    """Obeys the first word of the content (:data:`ORDERS`); anything else is just text.

    What is given a FILE, which must be there, dies only once.
    """

    name = "hostile"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Does what the content says."""
        order, _, argument = part.content.decode().partition(" ")
        if order == "nest":
            again = Part(f"{part.position}/1", "again.txt", "text/plain", b"nest")
            return Parsed("text/plain", members=(Member(again),))
        if order == "swell":
            return Parsed("text/plain", pages=tuple(Page(number, "字" * 1_000_000) for number in range(1, 101)))
        answer = ORDERS[order](argument) if order in ORDERS else None
        return Parsed("text/plain", pages=one_page(answer or f"read {part.content.decode()}"))


def _hang(file: str) -> None:
    if file:
        mark(Path(file))  # tells that the worker has begun
    while True:
        pass


def _die_once(file: str) -> None:
    """As the machine's out-of-memory killer would have it; the second time all is well."""
    if not is_marked(Path(file)):
        mark(Path(file))
        os.kill(os.getpid(), signal.SIGKILL)


def _die_with_the_lock(file: str) -> None:
    if file and is_marked(Path(file)):
        return
    _take_the_lock()
    if file:
        mark(Path(file))
    os.kill(os.getpid(), signal.SIGKILL)


def _take_the_lock() -> None:
    """What a worker holds for a moment, whenever it takes a task or hands back an answer."""
    (channel,) = [found for found in gc.get_objects() if isinstance(found, WorkerChannel)]
    channel.mutex.acquire()


def _raise(_: str) -> None:
    raise RuntimeError("nobody foresaw this")


def _hang_in_c(_: str) -> None:
    """Deaf to signals that Python handles, as a native library in a loop is."""
    ctypes.PyDLL(None).sleep(3600)


def _connect(port: str) -> str:
    return _tried(lambda: socket.create_connection(("127.0.0.1", int(port)), timeout=5).close())


def _send(port: str) -> str:
    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(b"x", ("127.0.0.1", int(port)))

    return _tried(send)


def _fetch(port: str) -> str:
    """By a program, which is no Python."""
    command = ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}"]
    return f"ended with {subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode}"


def _write(file: str) -> str:
    return _tried(lambda: Path(file).write_text("x", "utf-8") and None)


def _delete(file: str) -> str:
    return _tried(Path(file).unlink)


def _scribble(file: str) -> str:
    """Into its own folder, which nobody grudges, until the disk would be full."""
    folder = Path(os.environ["TMPDIR"])

    def fill() -> None:
        with (folder / "large").open("wb") as out:
            for _ in range(1024):
                out.write(bytes(1024**2))

    return _tried(fill)


def _leave_a_program(file: str) -> None:
    """Starts a program in a session of its own, and hangs."""
    subprocess.Popen(["sleep", PROGRAM_S], start_new_session=True)
    _hang(file)


def _tried(act: Callable[[], object]) -> str:
    try:
        act()
    except OSError as error:
        return f"refused: {error.strerror}"
    return "done"


def _opened(_: str) -> str:
    """What this process has open, a line each."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the folder's own
            found.append(str(entry.readlink()))
    return "\n".join(sorted(found))


ORDERS: Mapping[str, Callable[[str], str | None]] = {
    "hang": _hang,
    "deaf": _hang_in_c,
    "sleep": lambda _: time.sleep(3600),
    "slow": lambda _: time.sleep(0.05),
    "segfault": lambda _: ctypes.string_at(0).decode(),
    "eat": lambda _: str(len(bytearray(1024**4))),
    "raise": _raise,
    "killed": _die_once,
    "locked": _die_with_the_lock,
    "connect": _connect,
    "send": _send,
    "fetch": _fetch,
    "write": _write,
    "delete": _delete,
    "scribble": _scribble,
    "leave": _leave_a_program,
    "opened": _opened,
}
"""Orders that are simply carried out; what they answer is the text."""

PARSER = HostileParser()
