"""``health``: exit 0 while the daemon polls and sends as it should, else a line for each thing that is wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from config import MailboxSettings
from demo.servers import EmbeddedImap
from flow.health import mailbox_lines, outbox_lines
from flow.pulse import Pulse
from records.words import Text
from storage.lock import holder, writing
from storage.outbox import Waiting
from tests.mail_servers import pymap
from tests.quirky_server import Quirks, QuirkyImap
from tests.service_runs import ROOT
from tests.small_office import SmallOffice, at, summary

__all__ = ["pymap"]
NOW = at(20, 16)
ZONE = NOW.tzinfo
MINUTE = timedelta(minutes=1)
WHY = Text("连不上", "away")


def mailbox(poll_seconds: int = 60) -> MailboxSettings:
    return MailboxSettings(host="imap.example.com", username="report@example.com", poll_seconds=poll_seconds)


@pytest.mark.parametrize(
    ("pulse", "poll_seconds", "words"),
    [
        (Pulse(), 60, ["还没有收成过"]),
        (Pulse(good_at=NOW - 3 * MINUTE), 60, None),
        (Pulse(good_at=NOW - 4 * MINUTE, failing_since=NOW - 3 * MINUTE, why=WHY), 60, ["06-20 15:56", "连不上"]),
        (Pulse(good_at=NOW - 25 * MINUTE), 600, None),
        (Pulse(good_at=NOW - 31 * MINUTE), 600, ["06-20 15:29"]),
        (Pulse(good_at=NOW - MINUTE, failing_since=NOW, why=WHY, is_stopped=True), 60, ["连不上"]),
        (Pulse(good_at=NOW, unread=(Text("打不开", "cannot"),)), 60, ["文件夹", "打不开"]),
    ],
    ids=["never", "just in time", "too old", "slow on purpose", "slow and too old", "stopped", "a folder"],
)
def test_mailbox(pulse: Pulse, poll_seconds: int, words: list[str] | None) -> None:
    """Three intervals without a good look; log-ins stopped; a folder that cannot be read."""
    assert ZONE is not None
    lines = [line.zh for line in mailbox_lines(mailbox(poll_seconds), pulse, NOW, ZONE)]
    assert len(lines) == (0 if words is None else 1)
    assert all(word in lines[0] for word in words or [])


def test_outbox() -> None:
    """Mails older than an hour, and those refused within a day; an old refusal is the past."""
    assert ZONE is not None

    def said(state: str, age: timedelta, why: Text | None = None) -> list[str]:
        waiting = [Waiting("digest", NOW - age, state, 1 if why else 0, why)]
        return [line.zh for line in outbox_lines(waiting, NOW, ZONE)]

    assert said("queued", 59 * MINUTE) == [] == said("refused", timedelta(days=2), WHY)
    assert "连不上" in said("queued", 61 * MINUTE, WHY)[0]
    assert "daily_limit" in said("queued", 61 * MINUTE)[0]
    assert "退回" in said("refused", MINUTE, WHY)[0]


@contextmanager
def service(office: SmallOffice) -> Iterator[subprocess.Popen[str]]:
    """``run`` as a process."""
    command = [sys.executable, str(ROOT / "service.py"), "--config", str(office.config), "run"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and "Ctrl-C" in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it never came"
        Event().wait(0.2)


def test_health_of_a_service_from_its_start_to_its_death(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """Not running: 1. At work, the archive locked: 0. SIGTERM ends it; then 1 again."""
    office = SmallOffice(tmp_path).furnish(pymap)
    pymap.deliver(summary("A1"), at(20, 9))
    assert office.attempt("health").status == 1
    with service(office) as process:
        until(lambda: office.attempt("health").status == 0)
        assert "✓" in office.run("health").out
        until(lambda: len(office.export()) == 1 and office.export()[0]["status"] == "filed")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr is not None and "Traceback" not in process.stderr.read()
    done = office.attempt("health")
    assert done.status == 1 and len(done.out.splitlines()) == 1 and "run" in done.out


def test_health_tells_a_killed_service_and_a_refused_password(tmp_path: Path) -> None:
    """Each in one line, in the language asked for."""
    with QuirkyImap({}, Quirks(login="NO [AUTHENTICATIONFAILED] no")) as server:
        office = SmallOffice(tmp_path).furnish()
        text = office.config.read_text("utf-8").replace("port = 9\n", f"port = {server.account.port}\n", 1)
        office.config.write_text(text, "utf-8")
        with service(office) as process:
            until(lambda: "authorization code" in office.attempt("--lang", "en", "health").out)
            process.kill()
            process.wait(20)
            lines = office.attempt("--lang", "en", "health").out.splitlines()
    assert ["not running" in line for line in lines] == [True, False]
    assert "authorization code" in lines[1]


def test_another_command_that_holds_the_lock_is_not_the_service(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """A long poll or rebuild: nobody watches the mailbox meanwhile."""
    office = SmallOffice(tmp_path).furnish(pymap)
    office.run("poll")
    with writing(office.root):
        done = office.attempt("health")
        assert done.status == 1 and str(os.getpid()) in done.out


def test_who_holds_the_lock(tmp_path: Path) -> None:
    """The process that does; nobody where the lock is free, whatever the file still says."""
    assert holder(tmp_path) is None
    with writing(tmp_path):
        assert holder(tmp_path) == os.getpid()
    (tmp_path / "lock").write_text(str(os.getpid()), "ascii")
    assert holder(tmp_path) is None


def test_times_are_told_in_the_office_zone(tmp_path: Path) -> None:
    """A moment of UTC stands there as the office's clocks show it."""
    assert ZONE is not None
    good_at = datetime.fromisoformat("2025-06-20T00:00:00+00:00")
    (line,) = mailbox_lines(mailbox(), Pulse(good_at=good_at), NOW, ZONE)
    assert "06-20 08:00" in line.zh
