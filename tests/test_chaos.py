"""Kills, bad lines, a server that restarts and a full disk, at random; ``python -m bench.chaos`` does it at length."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from bench.bad_line import FATES, BadLine, Fate
from bench.chaos import MAILBOX, Storm, private_dovecot, run
from demo.servers import EmbeddedSmtp
from tests.mail_servers import Dovecot, dovecot, dovecot_server
from tests.small_office import SmallOffice

__all__ = ["dovecot", "dovecot_server"]
pytestmark = pytest.mark.dovecot
SEED = 20250630
WAIT_S = 120.0


@pytest.fixture
def smtp() -> Iterator[EmbeddedSmtp]:
    """A server that takes our mails."""
    with EmbeddedSmtp() as server:
        yield server


@pytest.fixture
def storm(tmp_path: Path, dovecot: Dovecot, smtp: EmbeddedSmtp) -> Storm:
    """An office on a mailbox that nobody used before."""
    return storm_at(tmp_path, dovecot, smtp, dovecot.port)


def storm_at(folder: Path, server: Dovecot, smtp: EmbeddedSmtp, port: int) -> Storm:
    """An office whose mailbox is reached by that port; looked at from outside it is reached as ever."""
    office = SmallOffice(folder).furnish(server, smtp_port=smtp.port, mailbox=MAILBOX)
    text = office.config.read_text("utf-8")
    office.config.write_text(text.replace(f"port = {server.port}", f"port = {port}"), "utf-8")
    return Storm(office, server, smtp, Random(SEED))


def wait_until(process: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    """Until it holds while the daemon runs, at most WAIT_S."""
    end = time.monotonic() + WAIT_S
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end, "it did not come in"
        time.sleep(0.1)


def ended(process: subprocess.Popen[str]) -> None:
    """The daemon ends well when it is asked to."""
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err


def test_killed_at_random(storm: Storm) -> None:
    """Eight kills of daemon, poll and digest while 60 messages come: each filed once, no mail twice (R4, R24)."""
    run(storm, messages=60, kills=8)
    assert len(list(storm.proofs())) == 5


@pytest.mark.parametrize("fate", FATES)
def test_poll_on_a_bad_line(tmp_path: Path, dovecot: Dovecot, smtp: EmbeddedSmtp, fate: Fate) -> None:
    """Cut, stalled or slowed, a poll ends in time with one line at most, and the next goes on (R4, R5, R11)."""
    chance = Random(f"{SEED} {fate}")
    with BadLine(dovecot.port, chance, bad=3, within=9000, fates=[fate]) as bad:
        storm = storm_at(tmp_path, dovecot, smtp, bad.port)
        storm.deliver(12)
        storm.settle()
        assert bad.met
        assert len(list(storm.proofs())) == 5


def test_daemon_on_a_bad_line(tmp_path: Path, dovecot: Dovecot, smtp: EmbeddedSmtp) -> None:
    """It logs in again after each break, later and later, and loses nothing (R4, R5, R11, R12)."""
    with BadLine(dovecot.port, Random(SEED), bad=2, within=6000, fates=["cut", "stall"]) as bad:
        storm = storm_at(tmp_path, dovecot, smtp, bad.port)
        storm.deliver(12)
        process = storm.start("run")
        try:
            wait_until(process, lambda: storm.moved() == 12)
            ended(process)
        finally:
            process.kill()
        assert bad.met
        storm.settle()
        assert len(list(storm.proofs())) == 5


def test_server_that_restarts(tmp_path: Path, smtp: EmbeddedSmtp) -> None:
    """Dovecot goes down under the daemon and comes back; a poll meanwhile ends with one line (R4, R11)."""
    with private_dovecot() as server:
        storm = storm_at(tmp_path, server, smtp, server.port)
        storm.deliver(6)
        process = storm.start("run")
        again: subprocess.Popen[bytes] | None = None
        try:
            wait_until(process, lambda: storm.moved() == 6)
            stop(server)
            (tmp_path / "other").mkdir()
            other = storm_at(tmp_path / "other", server, smtp, server.port)
            assert other.end("poll").status == 1
            again = start_again(server)
            wait_up(server)
            storm.deliver(6)
            wait_until(process, lambda: storm.moved() == 12)
            ended(process)
            storm.settle()
            assert len(list(storm.proofs())) == 5
        finally:
            process.kill()
            if again is not None:
                again.terminate()
                again.wait(20)


def stop(server: Dovecot) -> None:
    """End the server and wait until nobody answers."""
    os.kill(int((server.root / "run" / "master.pid").read_text()), signal.SIGTERM)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection((server.host, server.port)).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    pytest.fail("Dovecot did not stop")


def start_again(server: Dovecot) -> subprocess.Popen[bytes]:
    """The same server, a new process."""
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert program is not None
    return subprocess.Popen([program, "-F", "-c", str(server.root / "dovecot.conf")], stderr=subprocess.DEVNULL)


def wait_up(server: Dovecot) -> None:
    """Until somebody answers again."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            with server.client():
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("Dovecot did not come back")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB at the archive's root."""
    root = tmp_path / "var"
    root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(root)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield root
    subprocess.run(["umount", "-l", str(root)], check=True)


def test_disk_that_fills_up_under_the_daemon(storm: Storm, small_disk: Path) -> None:
    """Full, it tells the mailbox nothing; with room again it goes on, nothing lost or twice; poll says it (R4, R9)."""
    storm.deliver(3)
    process = storm.start("run")
    filler = small_disk / "filler"
    try:
        wait_until(process, lambda: storm.moved() == 3)
        fill(filler)
        storm.deliver(6)
        assert process.stderr is not None
        while "磁盘已满" not in (line := process.stderr.readline()) and "disk is full" not in line:
            assert line, "the daemon ended"
        assert storm.moved() == 3
        filler.unlink()
        process = still_running(storm, process)
        wait_until(process, lambda: storm.moved() == 9)
        ended(process)
    finally:
        process.kill()
    fill(filler)
    storm.deliver(3)
    assert storm.end("poll").status == 1
    filler.unlink()
    storm.settle()
    assert len(list(storm.proofs())) == 5


def still_running(storm: Storm, process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """The daemon; where the disk was full before it was up, it has ended with its one line, and is started again."""
    try:
        assert process.wait(3) == 1
    except subprocess.TimeoutExpired:
        return process
    return storm.start("run")


def fill(path: Path) -> None:
    """Take all the room there is."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
