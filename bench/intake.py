"""From mailbox to archive: our poll beside mbsync, both durable, on the same mailbox of a private Dovecot."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench.lines import beside, heading, line
from bench.meters import Cost, run_client
from bench.relay import Relay
from flow.poll import MailboxPoll
from intake.session import MailboxSession
from records.mail import MailboxAccount
from storage.archive import open_archive
from tests.mail_servers import Dovecot, dovecot_server

_ROOT = Path(__file__).resolve().parent.parent
_FIRST = datetime(2025, 6, 1, tzinfo=UTC)
_TOGETHER_BYTES = 20 * 1024**2
_KEPT_BYTES = 200 * 1024**2
_MEASURES = (("wall_s", "messages/s"), ("cpu_s", "messages/CPU-s"))
_MBSYNC = """
FSync yes

IMAPAccount bench
Host {host}
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account bench

MaildirStore near
Path {target}/
Inbox {target}/INBOX

Channel bench
Far :far:
Near :near:
Patterns INBOX
Sync Pull New
Create Near
SyncState *
"""


@dataclass(frozen=True, slots=True)
class Load:
    """A mailbox to take in."""

    messages: int
    size_bytes: int
    rounds: int


def run(loads: tuple[Load, ...]) -> None:
    """Print messages a second, CPU seconds and memory of both clients; then what a look with nothing new costs."""
    heading("intake: mailbox to archive (peer: mbsync into a Maildir with fsync; same server, alternating)")
    if shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") is None:
        print("  Dovecot is not installed (Debian package dovecot-imapd): nothing measured")
        return
    if shutil.which("mbsync") is None:
        print("  mbsync is not installed (Debian package isync): figures without ratios")
    with _server() as server:
        for number, load in enumerate(loads, 1):
            account = replace(server, user=f"bench-{number}")
            _deliver(account, load)
            _compare(account, load)
            if number == 1:
                _nothing_new(account, load)


@contextmanager
def _server() -> Iterator[Dovecot]:
    """The tests' Dovecot, outside a test run."""
    with contextmanager(inspect.unwrap(dovecot_server))() as server:
        yield server


def _deliver(server: Dovecot, load: Load) -> None:
    """Fill the inbox, several messages a command (RFC 3502)."""
    together = max(min(20, _TOGETHER_BYTES // load.size_bytes), 1)
    with server.client() as client:
        for start in range(0, load.messages, together):
            numbers = range(start, min(start + together, load.messages))
            client.multiappend("INBOX", [{"msg": _message(at, load.size_bytes), "date": _at(at)} for at in numbers])


def _compare(server: Dovecot, load: Load) -> None:
    """Both clients in turn, the first of a round being the second of the next; ratios are medians over rounds."""
    has_peer = shutil.which("mbsync") is not None
    ours: list[Cost] = []
    theirs: list[Cost] = []
    with tempfile.TemporaryDirectory(prefix="baosong-bench-") as name:
        clients = [(_poll, ours), (_mbsync, theirs)] if has_peer else [(_poll, ours)]
        for number in range(load.rounds):
            for client, costs in clients:
                costs.append(_alone(client, server, load, Path(name, f"{number}-{client.__name__}")))
            clients.reverse()
    what = f"{load.messages} of {load.size_bytes / 1000:,.0f} KB"
    for measure, unit in _MEASURES:
        rates = [[load.messages / getattr(cost, measure) for cost in costs] for costs in (ours, theirs)]
        line(what, median(rates[0]), unit, _beside_each(rates[0], rates[1]))
    peaks = [[cost.peak_mb for cost in costs] for costs in (ours, theirs)]
    line(f"{what}, peak memory", max(peaks[0]), "MB", _beside_each(peaks[0], peaks[1]))


def _beside_each(ours: list[float], theirs: list[float]) -> str:
    """Both were measured round by round: what a busy machine did in one round it did to both."""
    if not theirs:
        return ""
    ratio = median(own / other for own, other in zip(ours, theirs, strict=True))
    return beside(ratio * median(theirs), median(theirs), "mbsync")


def _alone(client: Callable[[Dovecot, int, Path], Cost], server: Dovecot, load: Load, folder: Path) -> Cost:
    """One client's run in a folder of its own, nothing else of ours waiting for the disk.

    Folders stay until all rounds are over: for minutes ext4 looks past the inodes of deleted files whenever a file is
    made, which costs more than anything measured here. Only large ones go at once.
    """
    folder.mkdir()
    os.sync()
    cost = client(server, load.messages, folder)
    if load.messages * load.size_bytes > _KEPT_BYTES:
        shutil.rmtree(folder)
    return cost


def _poll(server: Dovecot, expected: int, root: Path) -> Cost:
    login = [server.host, str(server.port), server.user, server.password]
    printed, cost = run_client([sys.executable, "-m", "bench.poll_once", *login, str(root)], cwd=_ROOT)
    took = json.loads(printed)
    if took["messages"] != expected:
        raise RuntimeError(f"{took['messages']} of {expected} messages archived")
    return Cost(took["wall_s"], took["cpu_s"], cost.peak_mb)


def _mbsync(server: Dovecot, expected: int, target: Path) -> Cost:
    cost = _sync(server, target)
    found = sum(1 for path in target.glob("INBOX/*/*") if path.is_file())
    if found != expected:
        raise RuntimeError(f"mbsync took {found} of {expected} messages")
    return cost


def _sync(server: Dovecot, target: Path, port: int | None = None) -> Cost:
    config = target / "mbsyncrc"
    text = _MBSYNC.format(
        host=server.host, port=port or server.port, user=server.user, password=server.password, target=target
    )
    config.write_text(text, "utf-8")
    return run_client(["mbsync", "--quiet", "--config", str(config), "bench"])[1]


def _nothing_new(server: Dovecot, load: Load) -> None:
    """A pass over a mailbox that was taken in before: on a new connection, and on the one that is open."""
    with Relay(server.port) as relay, tempfile.TemporaryDirectory(prefix="baosong-bench-") as root:
        account = MailboxAccount(server.host, relay.port, "none", server.user, server.password, folders=("INBOX",))
        archive = open_archive(Path(root))
        with MailboxSession(account) as session:
            poll = MailboxPoll(session, account, archive, lambda: datetime.now(UTC))
            poll.everything()
            relay.reset()
            poll.news()
            _say_traffic(f"nothing new among {load.messages}, same connection", relay)
        relay.reset()
        with MailboxSession(account) as session:
            MailboxPoll(session, account, archive, lambda: datetime.now(UTC)).everything()
        archive.close()
        peer = _idle_mbsync(server)
        _say_traffic(f"nothing new among {load.messages}, new connection", relay, peer)


def _idle_mbsync(server: Dovecot) -> int:
    """Octets that a second run of mbsync receives; 0 without mbsync."""
    if shutil.which("mbsync") is None:
        return 0
    with Relay(server.port) as relay, tempfile.TemporaryDirectory(prefix="baosong-bench-") as name:
        _sync(server, Path(name), relay.port)
        relay.reset()
        _sync(server, Path(name), relay.port)
        return relay.received


def _say_traffic(what: str, relay: Relay, peer: int = 0) -> None:
    line(what, relay.received, "octets received", beside(relay.received, peer, "mbsync") if peer else "")
    line(what, relay.commands, "commands")


def _at(number: int) -> datetime:
    return _FIRST + timedelta(minutes=number)


def _message(number: int, size_bytes: int) -> bytes:
    """A mail of that size whose octets are like no other's."""
    header = (
        f"From: unit{number} <unit{number}@example.com>\r\nTo: report@example.com\r\nSubject: report {number}\r\n"
        f"Message-ID: <{number}.{size_bytes}@example.com>\r\nDate: Sun, 01 Jun 2025 08:00:00 +0800\r\n"
        "MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    row = (f"{number:08d}" * 10)[:76].encode() + b"\r\n"
    return header + row * max((size_bytes - len(header)) // len(row), 1)
