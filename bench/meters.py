"""CPU seconds, wall seconds and memory: of this process, of its workers, of a client program. Linux only (proc(5))."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLE_S = 0.005  # between two looks at a client's memory


@dataclass(slots=True)
class Cost:
    """What a stretch of work took."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """The cost, filled in at the end, of what runs inside; the CPU time of worker processes counts."""
    cost = Cost()
    wall, cpu = time.perf_counter(), _cpu_of_tree()
    yield cost
    cost.wall_s, cost.cpu_s = time.perf_counter() - wall, _cpu_of_tree() - cpu


def run_client(command: Sequence[str], cwd: Path | None = None) -> tuple[str, Cost]:
    """Run a program to its end: what it printed and what it cost. Raises CalledProcessError."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = 0.0
    while True:
        peak = max(peak, _peak_mb(process.pid))  # ru_maxrss would count what was this process before exec
        try:
            process.wait(_SAMPLE_S)
            break
        except subprocess.TimeoutExpired:
            continue
    wall = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    printed, complaints = process.communicate()  # both are short
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, printed, complaints)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return printed, Cost(wall, cpu, peak)


def _cpu_of_tree() -> float:
    """CPU seconds so far of this process and everything below it.

    Workers are children of multiprocessing's fork server, so RUSAGE_CHILDREN knows nothing of them while they live.
    """
    parents = {pid: int(stat[1]) for pid in _pids() if (stat := _stat(pid))}
    return sum(map(_cpu_of, _below(os.getpid(), parents)))


def _below(top: int, parents: Mapping[int, int]) -> Iterator[int]:
    yield top
    for pid, parent in parents.items():
        if parent == top:
            yield from _below(pid, parents)


def _cpu_of(pid: int) -> float:
    """Its own time to the nanosecond (the clock of clock_getcpuclockid(3)), and that of children that have ended."""
    stat = _stat(pid)
    if not stat:
        return 0.0
    ended = (int(stat[13]) + int(stat[14])) / _TICKS
    try:
        return time.clock_gettime((~pid << 3) | 2) + ended
    except OSError:
        return 0.0


def _pids() -> list[int]:
    return [int(path.name) for path in _PROC.iterdir() if path.name.isdigit()]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third (state) on; nothing where the process has ended."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _peak_mb(pid: int) -> float:
    try:
        status = (_PROC / str(pid) / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines.get("VmHWM", "0 kB").split()[0]) / 1024
