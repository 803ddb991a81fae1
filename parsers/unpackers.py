"""Programs that can unpack RAR archives: which are on this machine, and how each is called."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from parsers.programs import piped

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
        command = [self.program, *self.arguments, str(archive)]
        return piped(command, archive.parent, size_bytes, seconds)


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
