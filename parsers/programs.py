"""One run of a program of the system: its output is piped, its time and output are limited, nothing outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Timer

_CHUNK = 1024**2  # octets read at a time


def piped(command: Sequence[str], folder: Path, size_bytes: int, seconds: float) -> bytes:
    """The first ``size_bytes`` of what the program writes, or fewer; it is ended then, or after ``seconds``.

    It works in ``folder``, with no input, no variables of ours, and the limits of the process that calls.
    Raises OSError where it cannot be started.
    """
    surroundings = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={**surroundings, "HOME": str(folder), "TMPDIR": str(folder)},
        start_new_session=True,
    )
    alarm = Timer(seconds, _end, [process])
    alarm.start()
    try:
        return _read(process, size_bytes)
    finally:
        alarm.cancel()
        _end(process)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _read(process: subprocess.Popen[bytes], size_bytes: int) -> bytes:
    assert process.stdout is not None
    content = bytearray()
    while len(content) < size_bytes:
        chunk = process.stdout.read(min(_CHUNK, size_bytes - len(content)))
        if not chunk:
            break
        content += chunk
    return bytes(content)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(process.pid, signal.SIGKILL)
