"""Random kills: the real service, as processes, on a real Dovecot, killed again and again while mail comes in.

    python -m bench.chaos [--messages 500] [--kills 60] [--seed N]

Prints the seed, and what must hold with how it was found; ends with 1 where something does not hold.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

from bench.lines import heading, line
from demo.servers import EmbeddedSmtp
from storage.archive import journals
from tests.mail_servers import Dovecot, dovecot_server
from tests.small_office import UNITS, SmallOffice, at, material

_ROOT = Path(__file__).resolve().parent.parent
MOVED = "已收"
MAILBOX = f'after = "move:{MOVED}"\npoll_seconds = 1\nlogins_per_hour = 1000'  # each start is a log-in
LIMIT_S = 180.0  # within which every command ends by itself
DAYS = tuple(f"2025-06-{day:02d}" for day in range(1, 29))


@dataclass(slots=True)
class Ended:
    """A command that came to its end by itself."""

    status: int
    err: str
    seconds: float


@dataclass(slots=True)
class Storm:
    """An office, its mailbox and its mail server, in which commands are run and killed; raises AssertionError."""

    office: SmallOffice
    mailbox: Dovecot
    smtp: EmbeddedSmtp
    chance: random.Random
    delivered: dict[str, bytes] = field(default_factory=dict)  # by sha256

    def deliver(self, count: int) -> None:
        """Bring so many mails, no two alike."""
        first = len(self.delivered)
        raws = [material(list(UNITS)[n % len(UNITS)], f"第{n}场。") for n in range(first, first + count)]
        self.delivered |= {hashlib.sha256(raw).hexdigest(): raw for raw in raws}
        self.mailbox.deliver_all([(raw, at(1 + n % 27, 9)) for n, raw in enumerate(raws, first)])

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command; its standard error may be read."""
        program = [sys.executable, str(_ROOT / "service.py"), "--config", str(self.office.config), *command]
        return subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8")

    def end(self, *command: str) -> Ended:
        """Run a command to its end: 0, or 1 with one line; in time."""
        started = time.monotonic()
        process = self.start(*command)
        try:
            _, err = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError(f"{command} did not end in {LIMIT_S:.0f} s") from None
        assert process.returncode in (0, 1), f"{command}: {process.returncode}: {err}"
        assert len(err.splitlines()) == process.returncode, f"{command}: {err}"
        return Ended(process.returncode, err, time.monotonic() - started)

    def kill_one(self) -> bool:
        """Start a command, daemon or other, and kill it at a random moment; False where it ended before."""
        commands: Sequence[Sequence[str]] = (("run",), ("run",), ("poll",), self._digest())
        process = self.start(*self.chance.choice(commands))
        try:
            process.wait(self.chance.uniform(0.3, 5.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        assert self.moved() <= sum(1 for _ in journals(self.office.root)[0].read()), "told before it was safe"
        return process.returncode == -signal.SIGKILL

    def _digest(self) -> Sequence[str]:
        return ("digest", "--send", "--date", self.chance.choice(DAYS))

    def moved(self) -> int:
        """How many messages the mailbox shows as taken."""
        with self.mailbox.client() as client:
            return int(client.folder_status(MOVED, ["MESSAGES"])[b"MESSAGES"]) if client.folder_exists(MOVED) else 0

    def settle(self) -> None:
        """Let the service finish: everything comes in, and every digest leaves that anybody asked for."""
        for _ in range(20):
            if self.end("poll").status == 0:
                break
        for day in DAYS[:3]:
            assert self.end("digest", "--send", "--date", day).status == 0

    def proofs(self) -> Iterator[str]:
        """What holds, a line each; raises AssertionError where it does not."""
        rows = [json.loads(text) for text in self.office.run("submissions", "--format", "jsonl").out.splitlines()]
        assert sorted(row["id"] for row in rows) == sorted(self.delivered)
        assert {(row["status"], row["deliveries"]) for row in rows} == {("filed", 1)}
        yield f"{len(rows)} of {len(self.delivered)} filed once"
        raw = {path.stem: path.read_bytes() for path in self.office.root.glob("raw/*/*/*.eml")}
        assert raw == self.delivered
        yield "raw octets as they were delivered"
        assert self.office.run("verify").err == ""
        assert list(self.office.root.rglob(".tmp-*")) == []
        yield "no half-written file, all hashes and chains right"
        assert self.moved() == len(self.delivered)
        yield "each told to the mailbox, no copies there"
        yield self._mails()

    def _mails(self) -> str:
        _, _, journal = journals(self.office.root)
        sent = {item.key: item.message_id for item in journal.read()}
        assert len(sent) == sum(1 for _ in journal.read()), "a key was sent twice"
        mails = [message_from_bytes(item.octets)["Message-ID"] for item in list(self.smtp.received)]
        assert set(mails) == set(sent.values())
        return f"{len(sent)} mails, each once but for {len(mails) - len(sent)} retries with their own Message-ID"


def run(storm: Storm, messages: int, kills: int, tick: Callable[[int], None] = lambda done: None) -> int:
    """``kills`` kills while ``messages`` come; returns how many commands ended before they could be killed."""
    done = early = 0
    while done < kills:
        storm.deliver((messages - len(storm.delivered)) // (kills - done))
        if storm.kill_one():
            done += 1
            tick(done)
        else:
            early += 1
    storm.deliver(messages - len(storm.delivered))
    storm.settle()
    return early


@contextmanager
def private_dovecot() -> Iterator[Dovecot]:
    """A Dovecot of our own."""
    with contextmanager(inspect.unwrap(dovecot_server))() as server:
        yield server


def main() -> int:
    """Run it and say what held."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description="Kill the service at random.")
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    args = parser.parse_args()
    heading(f"{args.kills} kills during {args.messages} messages, --seed {args.seed}")
    started = time.monotonic()
    with private_dovecot() as server, EmbeddedSmtp() as smtp, tempfile.TemporaryDirectory() as name:
        office = SmallOffice(Path(name)).furnish(server, smtp_port=smtp.port, mailbox=MAILBOX)
        storm = Storm(office, server, smtp, random.Random(args.seed))
        early = run(storm, args.messages, args.kills, lambda done: print(f"\r  {done}", end="", file=sys.stderr))
        print(file=sys.stderr)
        for proof in storm.proofs():
            print(f"  {proof}")
    line("commands that ended before their kill", early, "commands")
    line("in all", time.monotonic() - started, "s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
