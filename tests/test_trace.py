"""The order of the system calls of a real poll, as the kernel saw them: nothing is told before it is durable (R4)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mail_servers import Dovecot, dovecot, dovecot_server
from tests.service_runs import ROOT
from tests.small_office import SmallOffice, at, material, summary

__all__ = ["dovecot", "dovecot_server"]
pytestmark = pytest.mark.dovecot
CALLS = "fsync,fdatasync,rename,renameat,renameat2,sendto,sendmsg,write,pwrite64"
# 1234  fsync(7</a/b>) = 0;   1234  rename("/a/.tmp-x", "/a/b") = 0;   1234  sendto(9<TCP:[…]>, "…", …) = 30
# Where another thread's call comes between, the line ends early:   1234  fsync(7</a/b> <unfinished ...>
LINE = re.compile(r"^(?:\d+ +)?(?:<\.\.\. )?(\w+)(?:\((?:(\d+)<(.*?)>(?=[,)]| <unfinished))?(.*))?")
RENAMED = re.compile(r'^"([^"]+)", "([^"]+)"|^AT_FDCWD(?:<[^>]*>)?, "([^"]+)", AT_FDCWD(?:<[^>]*>)?, "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Call:
    """One system call: what it was about, as ``what``."""

    name: str
    path: str  # of the file that was synced or written
    rest: str  # the other arguments


@pytest.fixture(scope="module")
def strace() -> str:
    """The program, where this machine lets it look at another process."""
    program = shutil.which("strace")
    if program is None:
        pytest.skip("strace is not installed: apt-get install strace")
    tried = subprocess.run([program, "-e", "trace=fsync", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"this machine does not let strace look at a process: {tried.stderr.strip()[-200:]}")
    return program


def calls(trace: Path) -> Iterator[Call]:
    """The calls of a trace in their order; one that was interrupted counts from when it began."""
    for line in trace.read_text("utf-8", "replace").splitlines():
        match = LINE.match(line)
        if match and "resumed>" not in line:
            yield Call(match[1], match[3] or "", match[4] or "")


def first(found: list[Call], after: int, wanted: str, path: str) -> int:
    """The place of the first such call after a place."""
    for place in range(after + 1, len(found)):
        call = found[place]
        if call.name in wanted.split() and re.search(path, call.path or call.rest):
            return place
    raise AssertionError(f"no {wanted} of {path} after call {after}")


@pytest.mark.parametrize("end", [") = 0", " <unfinished ...>"])
def test_a_call_is_read_whether_or_not_another_came_between(tmp_path: Path, end: str) -> None:
    """Threads sync side by side: a call's path counts also where its line was broken off."""
    trace = tmp_path / "trace"
    trace.write_text(f"17    fsync(7</var/raw/2025/06>{end}\n18    <... fsync resumed>) = 0\n", "utf-8")
    assert [(call.name, call.path) for call in calls(trace)] == [("fsync", "/var/raw/2025/06")]


@pytest.mark.parametrize(("after", "told"), [("move:已收", r"UID MOVE"), ("seen", r"UID STORE")])
def test_order_of_system_calls(dovecot: Dovecot, tmp_path: Path, strace: str, after: str, told: str) -> None:
    """Of each message: file fsync < rename < directory fsync < journal fsync < database fsync < STORE or MOVE (R4)."""
    dovecot.deliver_all([(summary("A1"), at(20, 9)), (material("B1"), at(20, 10)), (summary("C1"), at(20, 11))])
    office = SmallOffice(tmp_path).furnish(dovecot, mailbox=f'after = "{after}"')
    trace = tmp_path / "trace"
    command = [
        strace,
        "-f",
        "--seccomp-bpf",
        "-y",
        "-s",
        "400",
        "-e",
        f"trace={CALLS}",
        "-e",
        "signal=none",
        "-o",
        str(trace),
    ]
    service = [sys.executable, str(ROOT / "service.py"), "--config", str(office.config), "poll"]
    done = subprocess.run(
        [*command, "-o", str(trace), *service], capture_output=True, text=True, timeout=250, check=False
    )
    assert done.returncode == 0, done.stderr
    found = list(calls(trace))
    renamed = {path.name: place for path in office.root.glob("raw/*/*/*.eml") for place in [_rename(found, path)]}
    assert len(renamed) == 3
    telling = [place for place, call in enumerate(found) if call.name == "sendto" and re.search(told, call.rest)]
    assert len(telling) >= 1
    for name, rename in renamed.items():
        temporary = _names(found[rename])[0]
        file_sync = first(found, -1, "fsync fdatasync", re.escape(temporary))
        assert file_sync < rename, name
        assert not any(call.path == temporary for call in found[file_sync + 1 :]), "written after it was synced"
        folder_sync = first(found, rename, "fsync", re.escape(str(Path(temporary).parent)) + "$")
        journal_sync = first(found, folder_sync, "fsync fdatasync", r"/arrivals\.jsonl$")
        commit = first(found, journal_sync, "fsync fdatasync", r"/baosong\.db(-wal)?$")
        assert commit < telling[0], name


def _names(call: Call) -> tuple[str, str]:
    match = RENAMED.match(call.rest)
    assert match, call
    return (match[1] or match[3], match[2] or match[4])


def _rename(found: list[Call], path: Path) -> int:
    """Where a message got its name."""
    places = [
        place for place, call in enumerate(found) if call.name.startswith("rename") and _names(call)[1] == str(path)
    ]
    assert len(places) == 1, path
    return places[0]
