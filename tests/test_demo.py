"""The demonstration, run as people run it; what it calls a failure; and the manuals, whose commands must exist."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from config import ScheduleSettings, read_settings
from demo.corpus import SampleMessage, sample_messages
from demo.days import BEGIN, DAYS, ZONE, events
from demo.mails import OwnMail
from demo.outcome import Outcome
from flow.commands.line import build_parser
from records.boards import MessageView
from records.journals import Sent

ROOT = Path(__file__).resolve().parent.parent
MANUALS = (ROOT / "README.md", ROOT / "README.zh-CN.md")
NOW = datetime(2025, 7, 1, 9, 40, tzinfo=UTC)
STATUSES = ["filed", "review", "not_a_report", "unreadable", "too_large"]


@dataclass(frozen=True)
class Run:
    """One run of the demonstration with ``--once``."""

    done: subprocess.CompletedProcess[str]
    folder: Path  # its working folder

    @property
    def lines(self) -> list[str]:
        return self.done.stdout.splitlines()

    def service(self, *arguments: str) -> str:
        """What a command of the service says about the demonstration's archive."""
        return python("service.py", "--config", str(self.folder / "config.toml"), *arguments).stdout


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=False, capture_output=True, text=True, timeout=580
    )


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`python service.py demo --once`, its working folder below the tests' own."""
    place = tmp_path_factory.mktemp("demo")
    done = python("service.py", "demo", "--once", TMPDIR=str(place))
    (folder,) = place.iterdir()
    return Run(done, folder)


def test_the_demonstration_succeeds_and_says_nothing_odd(once: Run) -> None:
    """Exit status 0, no word on stderr."""
    assert (once.done.returncode, once.done.stderr) == (0, "")


def test_the_story_accounts_for_every_message(once: Run) -> None:
    """received = filed + review + no report + unreadable + too large, and all that was delivered was received."""
    (line,) = [line for line in once.lines if line.startswith("一、")]
    received, *parts = map(int, re.findall(r"\d+", line))
    rows = [json.loads(row) for row in once.service("submissions", "--format", "jsonl").splitlines()]
    found = Counter(row["status"] for row in rows)
    assert received == sum(parts) == len(sample_messages()) == len(rows)
    assert parts == [found[status] for status in STATUSES]
    assert {row["raw_sha256"] for row in rows} == {message.sha256 for message in sample_messages()}


def test_the_story_tells_what_waits_and_who_is_missing(once: Run) -> None:
    """Each message that waits is named with its reason, and the missing are as many as `missing` says."""
    rows = [json.loads(row) for row in once.service("submissions", "--format", "jsonl").splitlines()]
    waiting = [row for row in rows if row["status"] in ("review", "unreadable")]
    board = json.loads(once.service("missing", "--as-of", "2025-07-01T17:40:00+08:00", "--format", "json"))
    for row in waiting:
        place = next(number for number, line in enumerate(once.lines) if row["id"][:12] in line)
        assert row["explanation"] in once.lines[place + 1]
    (line,) = [line for line in once.lines if line.startswith("三、")]
    assert f"应报 {board['expected']} 家" in line
    assert f"未报 {len(board['missing'])}" in line


def test_each_mail_left_once_and_can_be_read(once: Run) -> None:
    """The journal's mails, two digests and two reminder lists, are the files that the story names."""
    journal = (once.folder / "var" / "journal" / "sent.jsonl").read_text("utf-8").splitlines()
    sent = [json.loads(line)["entry"] for line in journal]
    pages = [Path(line.split()[-1]) for line in once.lines if line.endswith(".html")]
    assert len({entry["key"] for entry in sent}) == len(sent) == len(pages)
    assert Counter(entry["kind"] for entry in sent) == {"digest": 2, "reminder": 2}
    assert all("</html>" in page.read_text("utf-8") for page in pages)


def test_what_the_story_calls_filed_lies_there(once: Run) -> None:
    """Each folder that the story shows is in the filed tree and holds the mail as it came."""
    shown = [line.partition("→ ")[2] for line in once.lines if "→ " in line]
    tree = once.folder / "var" / "filed"
    assert shown
    assert all(any(path.name.endswith("原邮件.eml") for path in (tree / name).iterdir()) for name in shown)


def test_the_three_searches_find_something(once: Run) -> None:
    """Two words of two and four characters, and words that stand in a photo's pixels alone."""
    start = next(number for number, line in enumerate(once.lines) if line.startswith("六、"))
    hits = dict(re.findall(r"^  (\S+)：(\d+) 处$", "\n".join(once.lines[start:]), re.MULTILINE))
    assert list(hits)[:2] == ["演练", "隐患排查"]
    assert all(int(count) > 0 for count in hits.values())
    assert any("picture: " in line for line in once.lines[start:])


def test_the_clock_passes_both_days_hours_in_order() -> None:
    """Reminder hour and digest hour of both days are stepped on, and each message comes at its own time."""
    planned = events(sample_messages(), ScheduleSettings())
    times = [event.at for event in planned]
    hours = {datetime.combine(day, hour, ZONE) for day in DAYS for hour in (time(9, 0), time(17, 30))}
    assert times == sorted(times)
    assert times[0] == BEGIN
    assert hours <= set(times)
    assert max(times) > max(hours)
    for event in planned[1:]:
        assert all(message.received_at == event.at for message in event.messages)


def test_a_good_outcome_has_no_problem() -> None:
    """All delivered messages filed, each mail received once: nothing to complain of."""
    assert list(_outcome().problems()) == []


def test_a_lost_message_fails_the_demonstration() -> None:
    """A message that was delivered and never archived is told."""
    good = _outcome()
    bad = replace(good, delivered=(*good.delivered, SampleMessage(b"lost", NOW)))
    assert [text.en for text in bad.problems()] == ["delivered messages that are unaccounted for: 1"]


def test_an_unfinished_message_fails_the_demonstration() -> None:
    """A message that was archived and never filed is told."""
    good = _outcome()
    bad = replace(good, views=(replace(good.views[0], status="archived"),))
    assert [text.en for text in bad.problems()] == ["messages that were not processed: 1"]


@pytest.mark.parametrize("kind", ["digest", "reminder"])
def test_a_missing_mail_fails_the_demonstration(kind: str) -> None:
    """Without a digest, or without a reminder list, the demonstration has failed."""
    good = _outcome()
    mails = tuple(mail for mail in good.mails if mail.kind != kind)
    bad = replace(good, mails=mails, sent=tuple(entry for entry in good.sent if entry.kind != kind))
    called = {"digest": "digest", "reminder": "reminder list"}[kind]
    assert [text.en for text in bad.problems()] == [f"the SMTP server received no {called}"]


def test_a_mail_received_twice_fails_the_demonstration() -> None:
    """The same mail twice is what users must never see."""
    good = _outcome()
    bad = replace(good, mails=(*good.mails, good.mails[0]))
    assert [text.en for text in bad.problems()] == ["mails sent that were not received exactly once: 1"]


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: path.name)
def test_each_command_of_a_manual_can_be_typed(manual: Path) -> None:
    """Commands and options in the manual's shell blocks are those of the service."""
    commands = list(service_commands(manual))
    assert len(commands) > 10
    for command in commands:
        build_parser().parse_args(command)


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: path.name)
def test_a_manual_names_every_command(manual: Path) -> None:
    """No command of the service is left out."""
    text = manual.read_text("utf-8")
    listed = re.findall(r"^    ([a-z]+) ", build_parser().format_help(), re.MULTILINE)
    assert "demo" in listed
    assert [name for name in listed if not re.search(rf"(?:service\.py |`){name}\b", text)] == []


def test_both_manuals_say_the_same_commands() -> None:
    """English and Chinese readers type the same."""
    english, chinese = (list(service_commands(manual)) for manual in MANUALS)
    assert english == chinese


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: path.name)
def test_the_manuals_configuration_is_valid(manual: Path, tmp_path: Path) -> None:
    """The example config.toml can be copied as it stands."""
    (example,) = re.findall(r"```toml\n(.*?)```", manual.read_text("utf-8"), re.DOTALL)
    path = tmp_path / "config.toml"
    path.write_text(example, "utf-8")
    settings = read_settings(path)
    assert (len(settings.mailbox), len(settings.campaign)) == (1, 1)
    assert settings.outgoing is not None


def service_commands(manual: Path) -> Iterator[list[str]]:
    """The arguments of each `python service.py …` line in a manual's shell blocks."""
    for block in re.findall(r"```sh\n(.*?)```", manual.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            if "service.py " in line:
                yield shlex.split(line.partition("service.py ")[2].partition(" > ")[0], comments=True)


def _outcome() -> Outcome:
    """One message delivered and filed, one digest and one reminder list sent and received."""
    message = SampleMessage(b"report", NOW - timedelta(days=1))
    kinds = ("digest", "reminder")
    return Outcome(
        delivered=(message,),
        views=(_view(message),),
        folders={message.sha256: ("folder",)},
        boards=(),
        mails=tuple(OwnMail(f"<{kind}@example.com>", kind, "c@example.com", kind, "2025-07-01", b"") for kind in kinds),
        sent=tuple(Sent(kind, kind, "c@example.com", f"<{kind}@example.com>", NOW, "0" * 64) for kind in kinds),
        searches=(),
        ended_at=NOW,
    )


def _view(message: SampleMessage) -> MessageView:
    return MessageView(
        id=message.sha256,
        raw_sha256=message.sha256,
        source="message",
        message_id=None,
        received_at=message.received_at,
        deliveries=1,
        sender="a@example.com",
        sender_name="",
        subject="",
        status="filed",
        reason=None,
        explanation=None,
        body_text="",
        attachments=(),
        cloud_links=(),
        submissions=(),
    )
