"""The service is killed (SIGKILL) before and after every durable step, runs again, and everything is there, once.

What the steps are comes from the code (``storage.faults.step``): first a run that nobody kills tells which it passes,
then each is killed at. A step that no run here reaches makes :func:`test_no_step_is_forgotten` fail.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from email import message_from_bytes
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from imapclient import IMAPClient

from demo.servers import EmbeddedSmtp
from storage.archive import journals
from storage.tree import tree_digest
from tests.killed_service import Killed, KilledService
from tests.mail_servers import Dovecot, dovecot_server
from tests.small_office import SmallOffice, at, file_named, summary
from tests.test_project import modules

__all__ = ["dovecot_server"]
pytestmark = pytest.mark.dovecot
AT_ONCE = 2
MOVED = "已收"
MAILS = (
    (file_named(summary("A1"), "总结.txt", "区人民医院总结".encode(), "text/plain"), at(20, 10)),
    (summary("B1"), at(20, 11)),
)
HASHES = {hashlib.sha256(raw).hexdigest(): raw for raw, _ in MAILS}
RECORD = ("record", "--unit", "A2", "--at", "2025-06-20", "--channel", "paper", "--file", "paper.txt")
DIGEST = ("digest", "--date", "2025-06-20", "--send")
REMIND = ("remind", "--send")
PROMISE = ("promise", "--unit", "C1", "--date", "2025-06-28")  # opens the archive to write, and sends nothing
ASSIGN = ("review", "assign", min(HASHES)[:12], "--activity", "2")
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run needs: somebody who starts and kills, a mail server on either side."""

    service: KilledService
    smtp: EmbeddedSmtp
    dovecot: Dovecot

    def furnish(self, office: SmallOffice, after: str) -> Dovecot:
        """Point an office at a mailbox that nobody used before, two mails in it, and at the SMTP server."""
        mailbox = replace(self.dovecot, user=f"killed-{next(_numbers)}")
        mailbox.deliver_all(list(MAILS))
        office.furnish(mailbox, smtp_port=self.smtp.port, mailbox=f'after = "{after}"')
        return mailbox


@pytest.fixture(scope="module")
def benches(dovecot_server: Dovecot) -> Iterator[Sequence[Bench]]:
    """As many as run at once."""
    with ExitStack() as stack:
        yield [
            Bench(stack.enter_context(KilledService()), stack.enter_context(EmbeddedSmtp()), dovecot_server)
            for _ in range(AT_ONCE)
        ]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Offices as they stand before a command that is killed, and the steps that each command passes unkilled."""

    opened: Path  # campaign file and roster are kept, nothing has come
    polled: Path
    steps: dict[str, tuple[str, ...]]
    tree: str
    rows: list[dict[str, Any]]


@pytest.fixture(scope="module")
def prepared(benches: Sequence[Bench], tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """One run without a kill, step by step."""
    bench, steps = benches[0], {}

    def run(folder: Path, *command: str) -> None:
        done = bench.service.run(folder, [command])
        assert done.status == 0, done.printed
        steps[command[0]] = done.steps

    opened = tmp_path_factory.mktemp("opened") / "office"
    opened.mkdir()
    office = SmallOffice(opened).furnish(smtp_port=bench.smtp.port)
    (opened / "paper.txt").write_text("材料", "utf-8")
    run(opened, "remind", "--send")
    steps["open"] = steps.pop("remind")
    shutil.rmtree(office.root)
    office.furnish(smtp_port=9)
    bench.service.run(opened, [PROMISE])
    polled = copy_of(opened, tmp_path_factory.mktemp("polled") / "office")
    bench.furnish(polled, f"move:{MOVED}")
    run(polled.folder, "poll")
    last = copy_of(polled.folder, tmp_path_factory.mktemp("last") / "office")
    for command in (DIGEST, REMIND, paper_in(last), ASSIGN):
        run(last.folder, *command)
    run(last.folder, "backup", str(last.folder.parent / "backup"))  # killed in tests/test_backup.py
    rows = export(bench, polled)
    assert [row["status"] for row in rows] == ["filed", "filed"]
    return Prepared(opened, polled.folder, steps, tree_digest(polled.root / "filed"), rows)


def export(bench: Bench, office: SmallOffice) -> list[dict[str, Any]]:
    """submissions --format jsonl."""
    done = bench.service.run(office.folder, [("submissions", "--format", "jsonl")])
    assert done.status == 0, done.printed
    return [json.loads(line) for line in done.printed.splitlines()]


def copy_of(office: Path, folder: Path) -> SmallOffice:
    shutil.copytree(office, folder)
    return SmallOffice(folder)


def paper_in(office: SmallOffice) -> tuple[str, ...]:
    """The command that records a report on paper, its file named in full."""
    return tuple(str(office.folder / word) if word == "paper.txt" else word for word in RECORD)


def at_each(
    benches: Sequence[Bench], folder: Path, steps: Sequence[str], prove: Callable[[Bench, Path, str], None]
) -> None:
    """``prove`` for each step, several at once; all failures are told together, each with its step."""
    free: SimpleQueue[Bench] = SimpleQueue()
    for bench in benches:
        free.put(bench)

    def one(place: int, step: str) -> str:
        bench = free.get()
        try:
            prove(bench, folder / str(place), step)
        except AssertionError as error:
            return f"{step}: {error}"
        finally:
            free.put(bench)
        return ""

    with ThreadPoolExecutor(len(benches)) as threads:
        failures = list(filter(None, threads.map(one, range(len(steps)), steps)))
    assert failures == []


def killed(done: Killed, step: str) -> None:
    """That the process died there, and of nothing else."""
    assert done.status == -signal.SIGKILL, f"status {done.status}: {done.printed}"
    assert done.steps[-1] == step


def told(mailbox: Dovecot, after: str) -> set[str]:
    """Hashes of the messages that the mailbox shows as taken."""
    with mailbox.client() as client:
        if after == "seen":
            return shown(client, "INBOX", "SEEN")
        return shown(client, MOVED, "ALL") if client.folder_exists(MOVED) else set()


def shown(client: IMAPClient, folder: str, criterion: str) -> set[str]:
    """Hashes of the messages in a folder."""
    client.select_folder(folder, readonly=True)
    found = client.fetch(client.search(criterion), ["BODY.PEEK[]"])
    hashes = [hashlib.sha256(item[b"BODY[]"]).hexdigest() for item in found.values()]
    assert len(hashes) == len(set(hashes)), "a copy in the mailbox"
    return set(hashes)


def safe(root: Path) -> set[str]:
    """Hashes of the messages that lie in the archive and stand in its journal."""
    arrivals, _, _ = journals(root)
    return {item.sha256 for item in arrivals.read()} & {path.stem for path in whole_files(root / "raw")}


def whole_files(folder: Path) -> list[Path]:
    """All files below, each of which must hold what its name says; what a write left behind has another name."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".tmp-")]
    wrong = [path for path in files if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem]
    assert wrong == [], "half-written"
    return files


@pytest.mark.parametrize("after", [f"move:{MOVED}", "seen"])
def test_poll_killed_at_each_step(benches: Sequence[Bench], prepared: Prepared, tmp_path: Path, after: str) -> None:
    """No mail is lost, none is archived or filed twice, and none is told to the mailbox before it is safe (R4)."""
    steps = prepared.steps["poll"]
    if after == "seen":  # until then the mailbox plays no part
        steps = steps[steps.index("after journal arrivals") : steps.index("after note told") + 1]

    def prove(bench: Bench, folder: Path, step: str) -> None:
        office = copy_of(prepared.opened, folder)
        mailbox = bench.furnish(office, after)
        killed(bench.service.run(folder, [["poll"]], step), step)
        assert told(mailbox, after) <= safe(office.root), "told before it was safe"
        again = bench.service.run(folder, [["poll"]])
        assert again.status == 0, again.printed
        assert told(mailbox, after) == set(HASHES)
        assert [path.read_bytes() for path in sorted(whole_files(office.root / "raw"))] == [
            HASHES[sha256] for sha256 in sorted(HASHES)
        ]
        assert list(office.root.rglob(".tmp-*")) == []
        assert export(bench, office) == prepared.rows
        assert tree_digest(office.root / "filed") == prepared.tree

    at_each(benches, tmp_path, steps, prove)


def test_start_killed_at_each_step(benches: Sequence[Bench], prepared: Prepared, tmp_path: Path) -> None:
    """Versions of campaign file and roster are kept before the journal names them, and named once (R4)."""
    first = prepared.steps["open"]
    steps = first[: first.index("after lay over decisions") + 1]

    def prove(bench: Bench, folder: Path, step: str) -> None:
        folder.mkdir()
        office = SmallOffice(folder).furnish(smtp_port=bench.smtp.port)
        killed(bench.service.run(folder, [REMIND], step), step)
        whole_files(office.root / "kept")
        office.furnish(smtp_port=9)
        assert bench.service.run(folder, [PROMISE]).status == 0
        _, decisions, _ = journals(office.root)
        actions = [item.action for item in decisions.read()]
        kept = {path.name for path in whole_files(office.root / "kept")}
        assert {getattr(item, "sha256", "") for item in actions if item.type == "version"} == kept
        assert sorted(item.type for item in actions) == ["promise", "version", "version"]
        for path in office.root.rglob(".tmp-*"):
            os.utime(path, (0, 0))  # one that is an hour old is nobody's: commands without the lock write there too
        assert bench.service.run(folder, [PROMISE]).status == 0
        assert list(office.root.rglob(".tmp-*")) == []

    at_each(benches, tmp_path, steps, prove)


def test_decision_killed_at_each_step(benches: Sequence[Bench], prepared: Prepared, tmp_path: Path) -> None:
    """A decision is there whole, with its file, or not at all; what is in the journal takes effect (R4)."""
    steps = prepared.steps["record"]
    written = steps.index("after journal decisions / write lines")

    def prove(bench: Bench, folder: Path, step: str) -> None:
        office = copy_of(prepared.polled, folder)
        killed(bench.service.run(folder, [paper_in(office)], step), step)
        assert bench.service.run(folder, [PROMISE]).status == 0
        manual = [row for row in export(bench, office) if row["source"] == "manual"]
        assert len(manual) == (steps.index(step) >= written)
        assert all((office.root / "kept" / part[:2] / part).is_file() for row in manual for part in parts(row))
        whole_files(office.root / "kept")

    at_each(benches, tmp_path, steps, prove)


def parts(row: dict[str, Any]) -> list[str]:
    """Hashes of the files that belong to a manual entry."""
    return [part for item in row["submissions"] for part in item["parts"]]


def test_other_folder_killed_at_each_step(benches: Sequence[Bench], prepared: Prepared, tmp_path: Path) -> None:
    """A decision that moves a report in the filed tree: the tree is as the journal has it, without leftovers (R4)."""
    steps = prepared.steps["review"]
    written = steps.index("after journal decisions / write lines")

    def prove(bench: Bench, folder: Path, step: str) -> None:
        office = copy_of(prepared.polled, folder)
        killed(bench.service.run(folder, [ASSIGN], step), step)
        assert bench.service.run(folder, [PROMISE]).status == 0
        (row,) = [row for row in export(bench, office) if row["id"].startswith(ASSIGN[2])]
        is_decided = steps.index(step) >= written
        assert row["submissions"][0]["activities"] == (["2"] if is_decided else ["1", "2"])
        tree = tree_digest(office.root / "filed")
        assert bench.service.run(folder, [("rebuild",)]).status == 0
        assert tree_digest(office.root / "filed") == tree

    at_each(benches, tmp_path, steps, prove)


@pytest.mark.parametrize("command", [DIGEST, REMIND], ids=["digest", "remind"])
def test_sending_killed_at_each_step(
    benches: Sequence[Bench], prepared: Prepared, tmp_path: Path, command: Sequence[str]
) -> None:
    """A mail leaves once; only if it was taken and not yet in the journal, again, with its own Message-ID (R4, R24)."""
    steps = prepared.steps[command[0]]
    taken, noted = steps.index("after hand over mail"), steps.index("after journal sent / write lines")

    def prove(bench: Bench, folder: Path, step: str) -> None:
        office = copy_of(prepared.polled, folder)
        office.furnish(smtp_port=bench.smtp.port)
        before = len(bench.smtp.received)
        killed(bench.service.run(folder, [command], step), step)
        for _ in range(2):
            again = bench.service.run(folder, [command])
            assert again.status == 0, again.printed
        mails = [message_from_bytes(mail.octets) for mail in bench.smtp.received[before:]]
        assert len({mail["Message-ID"] for mail in mails}) == 1
        assert len(mails) == (2 if taken <= steps.index(step) < noted else 1)

    at_each(benches, tmp_path, steps, prove)


def test_no_step_is_forgotten(prepared: Prepared) -> None:
    """Each step that the code names was passed by a command that is killed above."""
    passed = {
        name for steps in prepared.steps.values() for step in steps for name in step.partition(" ")[2].split(" / ")
    }
    assert named_steps() - passed == set()


def named_steps() -> set[str]:
    """The names in all calls of ``step`` outside tests; each is written out, in one place."""
    calls = [
        (path, node)
        for path, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "step"
    ]
    names = [ast.literal_eval(node.args[0]) for _, node in calls]
    assert len(names) == len(set(names)) > 20
    return set(names)
