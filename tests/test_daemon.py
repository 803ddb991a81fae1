"""The daemon on real servers, its clock stepped by hand: each mail once, whatever happens (R12, R22–R24)."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from demo.days import StepClock
from demo.servers import EmbeddedImap, EmbeddedSmtp, ReceivedMail
from flow.daemon import Daemon
from records.extracts import Extract
from records.journals import Sent
from records.mail import Part
from storage.archive import open_archive
from tests.mail_servers import pymap
from tests.small_office import UNITS, PlainReading, SmallOffice, at, file_named, letter, material, summary
from tests.wire import Wire

__all__ = ["pymap"]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def smtp() -> Iterator[EmbeddedSmtp]:
    """A real SMTP receiver."""
    with EmbeddedSmtp() as server:
        yield server


@pytest.fixture
def office(tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> SmallOffice:
    """An office whose service begins on 20 June at 8:30."""
    return SmallOffice(tmp_path).furnish(pymap, smtp.port)


def begin(office: SmallOffice, moment: datetime | None = None) -> StepClock:
    """The service was started once, at that moment."""
    clock = StepClock(moment or at(20, 8, 30))
    with office.daemon(clock) as daemon:
        daemon.start()
    return clock


def step_to(daemon: Daemon, clock: StepClock, *moments: datetime) -> None:
    """The clock shows each moment in turn, and the service looks about."""
    for moment in moments:
        clock.now = moment
        daemon.step()


def journal(office: SmallOffice) -> list[Sent]:
    """What the journal says has left."""
    archive = open_archive(office.root)
    try:
        return list(archive.sent.read())
    finally:
        archive.close()


def periods(office: SmallOffice, kind: str = "digest") -> list[str]:
    """The days or offsets of the mails of that kind that left."""
    return [entry.period for entry in journal(office) if entry.kind == kind]


def listed(office: SmallOffice) -> list[list[str]]:
    """For each digest that left, the subjects of the messages that it lists."""
    subjects = {row["id"]: row["subject"] for row in office.export()}
    return [sorted(subjects[id_] for id_ in entry.lists) for entry in journal(office) if entry.kind == "digest"]


def text_of(mail: ReceivedMail) -> str:
    """A received mail's plain text, unwrapped."""
    parsed = message_from_bytes(mail.octets, policy=default)
    assert isinstance(parsed, EmailMessage)
    body = parsed.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def message_ids(mails: Sequence[ReceivedMail]) -> list[str]:
    return [str(message_from_bytes(mail.octets, policy=default)["Message-ID"]) for mail in mails]


# -- what is sent, and when --------------------------------------------------------------------------------------------


def test_first_run_sends_nothing_about_the_past(office: SmallOffice, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> None:
    """Neither digests of days before nor reminders whose hour has passed: the first mail is that evening's digest."""
    pymap.deliver(summary("A1"), at(2))
    clock = StepClock(at(24, 8, 30))
    with office.daemon(clock) as daemon:
        daemon.start()
        assert smtp.received == []
        step_to(daemon, clock, at(24, 17, 29), at(24, 17, 30), at(24, 17, 31))
    assert (periods(office), periods(office, "reminder")) == (["2025-06-24"], [])
    assert listed(office) == [["青山区人民医院2025年冬春火灾防控活动总结"]]


def test_one_digest_a_day_to_each_coordinator(tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> None:
    """Each coordinator gets one mail a day, however often the service looks about, and none gets another's copy."""
    office = SmallOffice(tmp_path, ("one@example.com", "two@example.com")).furnish(pymap, smtp.port)
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        for day in (20, 21):
            step_to(daemon, clock, at(day, 17, 30), at(day, 17, 30, 30), at(day, 18), at(day, 23))
    assert [mail.recipients for mail in smtp.received] == [("one@example.com",), ("two@example.com",)] * 2
    assert len(set(message_ids(smtp.received))) == 4
    assert periods(office) == ["2025-06-20", "2025-06-20", "2025-06-21", "2025-06-21"]


@pytest.mark.parametrize("forget", [False, True], ids=["restart", "database lost"])
def test_digest_is_not_sent_again_after_a_restart(office: SmallOffice, smtp: EmbeddedSmtp, forget: bool) -> None:
    """The journal decides, not the database: both restarts within the same day send nothing."""
    clock = begin(office)
    for moment in (at(20, 17, 30), at(20, 17, 31), at(21, 8)):
        if forget:
            for path in office.root.glob("baosong.db*"):
                path.unlink()
        clock.now = moment
        with office.daemon(clock) as daemon:
            daemon.start()
            daemon.step()
    assert periods(office) == ["2025-06-20"]
    assert len(smtp.received) == 1


@pytest.mark.parametrize(
    ("day", "second", "days"), [(20, 0, [1, 0]), (20, 1, [0, 1])], ids=["at the cut-off", "a second later"]
)
def test_cutoff_second_belongs_to_the_digest_of_its_day(
    office: SmallOffice, pymap: EmbeddedImap, day: int, second: int, days: list[int]
) -> None:
    """A message received at 17:30:00 stands in that day's digest, one of 17:30:01 in the next."""
    clock = begin(office)
    pymap.deliver(summary("A1"), at(day, 17, 30, second))
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30, 20), at(21, 17, 30))
    assert [len(subjects) for subjects in listed(office)] == days


def test_message_that_shows_up_after_its_digest_is_listed_as_belated(
    office: SmallOffice, pymap: EmbeddedImap, smtp: EmbeddedSmtp
) -> None:
    """Received before the cut-off, seen after the digest had left: the next digest has it, as 补收."""
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        pymap.deliver(summary("A1"), at(20, 17, 29))
        step_to(daemon, clock, at(20, 17, 32), at(21, 17, 30), at(22, 17, 30))
    assert [len(subjects) for subjects in listed(office)] == [0, 1, 0]
    assert "补收" in text_of(smtp.received[1])


def test_after_a_standstill_one_digest_covers_all(office: SmallOffice, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> None:
    """Four days without the service: one digest, and every message stands in exactly one."""
    clock = begin(office)
    pymap.deliver(material("A1"), at(20, 11))
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
    for day, unit in ((20, "A2"), (22, "B1"), (24, "C1")):
        pymap.deliver(material(unit), at(day, 19))
    clock.now = at(24, 20)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(24, 20, 5), at(25, 17, 30), at(26, 17, 30))
    assert periods(office) == ["2025-06-20", "2025-06-24", "2025-06-25", "2025-06-26"]
    assert [len(subjects) for subjects in listed(office)] == [1, 2, 1, 0]
    assert "绿水镇卫生院" in text_of(smtp.received[1])


def test_standstill_of_a_running_service_is_caught_up_too(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """A machine that slept for three days sends one digest when it wakes."""
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        pymap.deliver(material("A1"), at(21, 11))
        step_to(daemon, clock, at(23, 18), at(23, 18, 1))
    assert periods(office) == ["2025-06-20", "2025-06-23"]
    assert [len(subjects) for subjects in listed(office)] == [0, 1]


# -- what the outgoing server does -------------------------------------------------------------------------------------


def test_digest_that_the_server_refused_for_now_leaves_later(office: SmallOffice, smtp: EmbeddedSmtp) -> None:
    """4xx: tried again with growing pauses; once in the journal, once at the recipient."""
    clock = begin(office)
    smtp.refuse_next("451 4.3.0 try again later", "451 4.3.0 try again later")
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        assert smtp.received == []
        for minutes in range(1, 12):
            step_to(daemon, clock, at(20, 17, 30) + MINUTE * minutes)
    assert len(smtp.received) == 1
    assert periods(office) == ["2025-06-20"]


def test_mail_of_unknown_fate_is_sent_again_under_its_own_message_id(office: SmallOffice, smtp: EmbeddedSmtp) -> None:
    """The connection broke after the mail was taken: a second copy bears the same Message-ID, also after a restart."""
    clock = begin(office)
    smtp.break_off_next()
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
    assert periods(office) == []
    clock.now = at(20, 17, 40)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 41), at(20, 17, 59))
    first, second = message_ids(smtp.received)
    assert first == second
    assert periods(office) == ["2025-06-20"]


def test_refused_digest_loses_no_message(office: SmallOffice, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> None:
    """5xx for good: the mail is not tried again, and the next digest lists what it had listed and says so."""
    clock = begin(office)
    pymap.deliver(summary("A1"), at(20, 12))
    smtp.refuse_next("550 5.1.1 no such user")
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30), at(20, 19), at(21, 17, 30))
    assert periods(office) == ["2025-06-21"]
    assert [len(subjects) for subjects in listed(office)] == [1]
    assert "补收" in text_of(smtp.received[0])


def test_daily_limit_spreads_mails_over_days(tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> None:
    """No more than daily_limit mails leave within 24 hours; the rest follow, none is lost."""
    people = ("one@example.com", "two@example.com", "three@example.com")
    office = SmallOffice(tmp_path, people).furnish(pymap, smtp.port, outgoing="daily_limit = 2")
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30), at(20, 17, 31), at(21, 17, 29))
        assert [entry.period for entry in journal(office)] == ["2025-06-20"] * 2
        step_to(daemon, clock, at(21, 17, 31), at(22, 17, 32))
    sent = journal(office)
    assert sorted(entry.recipient for entry in sent if entry.period == "2025-06-20") == sorted(people)
    for entry in sent:
        assert sum(entry.at - timedelta(days=1) < other.at <= entry.at for other in sent) <= 2


# -- reminders ---------------------------------------------------------------------------------------------------------


def test_reminders_leave_at_their_hours(office: SmallOffice) -> None:
    """7, 3, 1 and 0 days before and one day after the deadline, at 9:00, once each."""
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        for day in [*range(21, 31), 31, 32, 33]:
            morning = at(1) + timedelta(days=day - 1)
            for moment in (
                morning.replace(hour=8, minute=59),
                morning.replace(hour=9),
                morning.replace(hour=9, minute=5),
            ):
                step_to(daemon, clock, moment)
    assert periods(office, "reminder") == [
        "r1 7d 2025-06-23", "r1 3d 2025-06-27", "r1 1d 2025-06-29", "r1 0d 2025-06-30", "r1 +1d 2025-07-01",
    ]  # fmt: skip
    assert {f"{entry.at:%H:%M}" for entry in journal(office) if entry.kind == "reminder"} == {"09:00"}


def test_report_of_a_minute_ago_is_not_reminded(office: SmallOffice, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> None:
    """The mailbox is asked right before the list is made (R23)."""
    clock = begin(office, at(22, 8))
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(23, 8, 59, 30))
        smtp.received.clear()
        pymap.deliver(summary("A1"), at(23, 8, 59, 50))
        step_to(daemon, clock, at(23, 9))
    (mail,) = smtp.received
    assert "青山区中医院" in text_of(mail)
    assert "青山区人民医院" not in text_of(mail)


def test_nobody_missing_means_no_reminder(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """A list of nobody is not sent."""
    clock = begin(office, at(22, 8))
    for unit in ("A1", "A2", "B1", "C1"):
        pymap.deliver(summary(unit), at(22, 12))
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(22, 17, 30), at(23, 9), at(23, 9, 1), at(27, 9))
    assert periods(office, "reminder") == []


def test_waiting_and_exempt_units_are_not_reminded_and_extended_ones_are_marked(
    office: SmallOffice, pymap: EmbeddedImap, smtp: EmbeddedSmtp
) -> None:
    """A report under review is not reminded; an exempt unit never; an extension stands beside the name."""
    clock = begin(office, at(22, 8))
    pymap.deliver(letter("c1@example.com", "冬春火灾防控活动总结", "见附件"), at(22, 12))
    office.run("exempt", "--unit", "B1")
    office.run("extend", "--unit", "A2", "--until", "2025-07-05")
    with office.daemon(clock) as daemon:
        daemon.start()
        smtp.received.clear()
        step_to(daemon, clock, at(23, 9))
    text = text_of(next(mail for mail in smtp.received if "催报" in text_of(mail).split("\n")[0]))
    lines = [line.strip() for line in text.splitlines()]
    asked = [line for line in lines if line.startswith("- ")]
    assert [unit for unit in UNITS.values() if any(unit in line for line in asked)] == [
        "青山区人民医院",
        "青山区中医院",
    ]
    assert any("青山区中医院" in line and "7月5日" in line for line in asked)
    assert "已来件、待复核，暂不催：向阳托育园" in lines
    assert "绿水镇卫生院" not in text


# -- the mailbox, and other commands -----------------------------------------------------------------------------------


def test_own_mail_in_the_polled_mailbox_is_outside_all_counts(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp
) -> None:
    """Mailbox, sender and coordinator are one address: our digest comes back, is known and is not listed."""
    office = SmallOffice(tmp_path, ("report@example.com",)).furnish(pymap, smtp.port)
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        pymap.deliver(smtp.received[0].octets, at(20, 17, 30, 5))
        pymap.deliver(summary("A1"), at(20, 18))
        step_to(daemon, clock, at(20, 18, 1), at(21, 17, 30))
    assert [(row["status"], row["reason"]) for row in office.export()] == [
        ("not_a_report", "own_mail"), ("filed", None),
    ]  # fmt: skip
    assert listed(office) == [[], ["青山区人民医院2025年冬春火灾防控活动总结"]]
    assert "收到 1 = 归档 1 + 待复核 0 + 非报送 0" in text_of(smtp.received[1])


def test_own_mail_is_known_even_when_its_sending_ended_unknown(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp
) -> None:
    """A mail that may have left is ours all the same, though the journal does not have it yet."""
    office = SmallOffice(tmp_path, ("report@example.com",)).furnish(pymap, smtp.port)
    clock = begin(office)
    smtp.break_off_next()
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        pymap.deliver(smtp.received[0].octets, at(20, 17, 30, 5))
        step_to(daemon, clock, at(20, 17, 31, 30))
    assert [row["reason"] for row in office.export()] == ["own_mail"]


def test_decision_of_another_command_is_carried_out_while_the_daemon_holds_the_archive(
    office: SmallOffice, pymap: EmbeddedImap
) -> None:
    """The command queues it and says so; the daemon lays it over at its next step."""
    pymap.deliver(letter("c1@example.com", "冬春火灾防控活动总结", "见附件"), at(20, 8))
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        (row,) = office.export()
        assert row["status"] == "review"
        said = office.run("review", "assign", row["id"][:10], "--by", "李四").out
        office.run("exempt", "--unit", "B1", "--by", "李四")
        assert "马上" in said or "即" in said
        assert office.export() == [row]
        step_to(daemon, clock, at(20, 8, 31))
        assert office.export()[0]["submissions"][0]["decided_by"] == "李四"
        assert [item["unit"] for item in office.missing("2025-06-20")["exempt"]] == ["B1"]


def test_closed_campaign_sends_nothing_more(office: SmallOffice, smtp: EmbeddedSmtp) -> None:
    """After close neither digest nor reminder leaves; after undo they do again."""
    clock = begin(office, at(22, 8))
    decision = re.search(r"d-\d+", office.run("close").out)
    assert decision is not None
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(22, 17, 30), at(23, 9), at(23, 17, 30))
        assert smtp.received == []
        office.run("undo", decision[0])
        step_to(daemon, clock, at(24, 17, 30))
    assert periods(office) == ["2025-06-24"]


def test_unreachable_mailbox_is_asked_less_and_less_often_and_the_digest_leaves(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp
) -> None:
    """Backoff from 5 s to 10 min (R12); the service goes on, and takes up again what came meanwhile."""
    with Wire(pymap) as wire:
        office = SmallOffice(tmp_path).furnish(pymap, smtp.port)
        office.config.write_text(office.config.read_text().replace(f"port = {pymap.port}", f"port = {wire.port}"))
        clock = begin(office)
        with office.daemon(clock) as daemon:
            daemon.start()
            wire.is_cut, wire.attempts = True, 0
            pymap.deliver(summary("A1"), at(20, 16, 30))
            for minute in range(120):
                step_to(daemon, clock, at(20, 16) + MINUTE * minute)
            assert 8 <= wire.attempts <= 30
            assert periods(office) == ["2025-06-20"]
            wire.is_cut = False
            for minute in range(15):
                step_to(daemon, clock, at(20, 18) + MINUTE * minute)
            assert len(office.export()) == 1
            step_to(daemon, clock, at(21, 17, 30))
    assert [len(subjects) for subjects in listed(office)] == [0, 1]


class FullDisk(PlainReading):
    """What reads parts while the disk has no room for it, until a moment."""

    def __init__(self, clock: StepClock, until: datetime) -> None:
        self.clock = clock
        self.until = until

    def read(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
        """Fails before the moment, reads afterwards."""
        if self.clock.now < self.until:
            raise OSError(errno.ENOSPC, "No space left on device")
        return tuple(Extract(part, "text/plain", "ok") for part in parts)


def test_digest_whose_hour_met_a_full_disk_leaves_the_same_evening(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """A passing fault at the digest hour delays the digest by minutes, not by a day, and costs no message (R9)."""
    clock = begin(office)
    with office.daemon(clock, FullDisk(clock, at(20, 18, 1))) as daemon:
        daemon.start()
        pymap.deliver(file_named(summary("A1"), "a.txt", b"x"), at(20, 17, 29, 50))
        for minute in range(36):
            step_to(daemon, clock, at(20, 17, 30) + MINUTE * minute)
    assert [(entry.period, entry.at) for entry in journal(office)] == [("2025-06-20", at(20, 18, 1))]
    assert [len(subjects) for subjects in listed(office)] == [1]
    assert [row["status"] for row in office.export()] == ["filed"]
