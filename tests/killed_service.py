"""Runs the service's commands, each list of them in a process of its own, and kills it at a durable step.

    python -m tests.killed_service    (one JSON request a line in, one JSON answer a line out)

A request is ``{"commands": [[…], …], "kill": "before keep raw / sync file" | null, "out": FILE}``: the commands run one
after another in a new process until one fails or the process kills itself (SIGKILL) at the first step of that name. The
answer is ``{"status": exit status, or minus the signal, "steps": what was passed, each once, in order}``.

The processes are forked from one that has the program loaded already, and read parts in themselves instead of in
workers, so that a hundred runs cost seconds. All else is the service itself; tests/test_chaos.py kills it whole.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from config import read_settings
from flow.commands import line
from flow.commands.desk import Desk
from intake.message import read_message
from parsers.reader import PartReader
from records.errors import BaosongError
from records.extracts import Extract, Page, ReadLimits
from records.mail import Message, Part
from storage import faults
from storage.archive import Archive

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Killed:
    """How a process ended, and the steps that it passed."""

    status: int
    steps: tuple[str, ...]
    printed: str


@dataclass(slots=True)
class KilledService:
    """Starts processes that run commands; a context manager, safe for several threads one after another."""

    _process: subprocess.Popen[str] | None = None
    _one: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.killed_service"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.communicate("")

    def run(self, folder: Path, commands: Sequence[Sequence[str]], kill: str | None = None) -> Killed:
        """Run commands on the configuration in ``folder``, killing the process at that step."""
        out = folder / "printed"
        with self._one:
            answer = self._ask(
                {"config": str(folder / "config.toml"), "commands": commands, "kill": kill, "out": str(out)}
            )
        return Killed(answer["status"], tuple(answer["steps"]), out.read_text("utf-8", "replace"))

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        answer: dict[str, Any] = json.loads(process.stdout.readline())
        return answer


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answer requests until there are no more."""
    for text in requests:
        request = json.loads(text)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _run(request, writing)
        os.close(writing)
        with os.fdopen(reading) as told:
            steps = told.read().splitlines()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"status": status, "steps": list(dict.fromkeys(steps))}), file=answers, flush=True)


def _run(request: dict[str, Any], told: int) -> None:
    """In the new process: never comes back."""
    os.set_inheritable(told, False)
    out = os.open(request["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for handle in (1, 2):
        os.dup2(out, handle)

    def observe(step: str) -> None:
        os.write(told, f"{step}\n".encode())
        if step == request["kill"]:
            os.kill(os.getpid(), signal.SIGKILL)

    faults.observe(observe)
    status = 0
    for command in request["commands"]:
        status = status or _command(Path(request["config"]), command)
    sys.stdout.flush()
    os._exit(status)


def _command(config: Path, arguments: Sequence[str]) -> int:
    args = line.build_parser().parse_args(arguments)
    try:
        status: int = args.run(PlainDesk(read_settings(config), lambda: datetime.now(UTC), "zh"), args)
    except BaosongError as error:
        print(error.say())
        return 1
    return status


class PlainReader(PartReader):
    """Reads in this process, and text alone."""

    def message(self, raw: bytes) -> Message:
        """A raw message taken apart."""
        return read_message(raw)

    def read(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
        """An extract a part."""
        return tuple(
            Extract(part, "text/plain", "ok", pages=(Page(1, part.content.decode("utf-8", "replace")),))
            for part in parts
        )


class PlainDesk(Desk):
    """A desk whose reader needs no workers."""

    @staticmethod
    def reader(archive: Archive | None) -> PartReader:
        """Nothing is remembered."""
        return PlainReader(ReadLimits(), read_message)


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
