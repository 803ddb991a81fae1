"""Programs that can unpack RAR archives: which are on this machine, and one run of one, its output piped."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Timer

_CHUNK = 1024**2  # octets read at a time
_ASK_S = 10.0  # for a program to tell what it knows
_RAR_CODEC = re.compile(rb"^[^\n]*\b4030[1-5]\b", re.M)  # 7-Zip's numbers of RAR's methods; Debian builds it without


@dataclass(frozen=True, slots=True)
class Unpacker:
    """A program and the arguments that make it write all members of an archive, one after the other, to its output."""

    program: str
    arguments: tuple[str, ...]

    def output(self, archive: Path, size_bytes: int, seconds: float) -> bytes:
        """The first ``size_bytes`` of what the program writes, or fewer; it is ended then, or after ``seconds``.

        No member's name reaches the program, and nothing that it makes reaches the disk: names can do no harm.
        """
        folder = str(archive.parent)
        surroundings = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": folder}
        process = subprocess.Popen(
            [self.program, *self.arguments, str(archive)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**surroundings, "TMPDIR": folder},
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


UNPACKERS = (
    Unpacker("unrar", ("p", "-inul", "-p-", "--")),
    Unpacker("unar", ("-quiet", "-password", "", "-output-directory", "-")),
    Unpacker("7zz", ("e", "-so", "-bd", "-p", "--")),
    Unpacker("7z", ("e", "-so", "-bd", "-p", "--")),
    Unpacker("bsdtar", ("-x", "-O", "-f")),  # of libarchive; knows no solid archives of RAR 4
)
"""The best first."""


@lru_cache(maxsize=1)
def installed() -> tuple[Unpacker, ...]:
    """Those on this machine, as it was when first asked; ``service.py check`` may ask too."""
    return tuple(unpacker for unpacker in UNPACKERS if shutil.which(unpacker.program) and _knows_rar(unpacker.program))


def _knows_rar(program: str) -> bool:
    if not program.startswith("7z"):
        return True
    try:
        told = subprocess.run([program, "i"], capture_output=True, timeout=_ASK_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return _RAR_CODEC.search(told.stdout) is not None


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
