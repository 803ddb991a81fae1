"""The alarm mail: one when polling or sending has failed for long, one when that is over; never twice (issue: 10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlmodel import Session

from demo.days import StepClock
from demo.servers import EmbeddedImap, EmbeddedSmtp, ReceivedMail
from digest.alarms import Failure, alarm_letter, all_clear_letter
from records.words import Text
from storage import outbox
from storage.archive import open_archive
from tests.mail_servers import pymap
from tests.quirky_server import Quirks, QuirkyImap
from tests.small_office import SmallOffice, at
from tests.wire import Wire

__all__ = ["pymap"]
MINUTE = timedelta(minutes=1)
PEOPLE = ("one@example.com", "two@example.com")
SECOND_ACCOUNT = """
[alarm_outgoing]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "报送告警 <alarm@example.org>"
"""


@pytest.fixture
def smtp() -> Iterator[EmbeddedSmtp]:
    """The outgoing server."""
    with EmbeddedSmtp() as server:
        yield server


@pytest.fixture
def second() -> Iterator[EmbeddedSmtp]:
    """The server of the account for alarms."""
    with EmbeddedSmtp() as server:
        yield server


@pytest.fixture
def wire(pymap: EmbeddedImap) -> Iterator[Wire]:
    """What can be cut between us and the mailbox."""
    with Wire(pymap) as found:
        yield found


def furnished(folder: Path, pymap: EmbeddedImap, smtp_port: int, imap_port: int, more: str = "") -> SmallOffice:
    """The digest's hour is far away."""
    office = SmallOffice(folder, PEOPLE).furnish(pymap, smtp_port, more=more)
    text = office.config.read_text("utf-8").replace(f"port = {pymap.port}", f"port = {imap_port}")
    office.config.write_text(text.replace('"17:30"', '"23:59"').replace("r = 09:00", "r = 23:58"), "utf-8")
    return office


def live(office: SmallOffice, clock: StepClock, until: datetime, step: timedelta = MINUTE) -> None:
    """A run of the service from one restart to the next, looking about each minute."""
    with office.daemon(clock) as daemon:
        daemon.start()
        while clock.now < until:
            clock.now += step
            daemon.step()


def subjects(mails: list[ReceivedMail]) -> list[str]:
    return [str(message_from_bytes(mail.octets, policy=default)["Subject"]) for mail in mails]


def kinds(mails: list[ReceivedMail]) -> list[str]:
    return [subject.split("】")[0] for subject in subjects(mails)]


@pytest.mark.parametrize("loses_database", [False, True], ids=["restarts", "database lost too"])
def test_one_alarm_and_one_all_clear(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, wire: Wire, loses_database: bool
) -> None:
    """Two hours without the mailbox: an alarm to each coordinator, once over four restarts; then it is over, once."""
    office = furnished(tmp_path, pymap, smtp.port, wire.port)
    clock = StepClock(at(20, 8))
    live(office, clock, at(20, 8, 5))
    wire.is_cut = True
    live(office, clock, at(20, 10, 4))
    assert smtp.received == []
    for hour in (11, 12, 13):
        if loses_database and hour > 11:
            for path in office.root.glob("baosong.db*"):
                path.unlink()
        live(office, clock, at(20, hour))
    assert kinds(smtp.received) == ["【报送告警"] * 2
    assert [mail.recipients for mail in smtp.received] == [("one@example.com",), ("two@example.com",)]
    wire.is_cut = False
    live(office, clock, at(20, 13, 15))
    live(office, clock, at(20, 16))
    assert kinds(smtp.received) == ["【报送告警"] * 2 + ["【报送恢复"] * 2


def test_each_failure_has_an_alarm_of_its_own(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, wire: Wire
) -> None:
    """What fails again days later is told again."""
    office = furnished(tmp_path, pymap, smtp.port, wire.port)
    clock = StepClock(at(20, 8))
    for day in (20, 22):
        clock.now = at(day, 8)
        live(office, clock, at(day, 8, 5))
        wire.is_cut = True
        live(office, clock, at(day, 11))
        wire.is_cut = False
        live(office, clock, at(day, 11, 30))
    told = [kind for kind in kinds(smtp.received) if kind != "【收报日报"]
    assert told == (["【报送告警"] * 2 + ["【报送恢复"] * 2) * 2


def test_short_interruption_tells_nobody(tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, wire: Wire) -> None:
    """Neither an alarm nor an all-clear."""
    office = furnished(tmp_path, pymap, smtp.port, wire.port)
    clock = StepClock(at(20, 8))
    live(office, clock, at(20, 8, 5))
    wire.is_cut = True
    live(office, clock, at(20, 9, 30))
    wire.is_cut = False
    live(office, clock, at(20, 12))
    assert smtp.received == []


def test_how_long_is_configured(tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, wire: Wire) -> None:
    """[alarm] after."""
    office = furnished(tmp_path, pymap, smtp.port, wire.port, '[alarm]\nafter = "20m"\n')
    clock = StepClock(at(20, 8))
    live(office, clock, at(20, 8, 5))
    wire.is_cut = True
    live(office, clock, at(20, 8, 24))
    assert smtp.received == []
    live(office, clock, at(20, 8, 27))
    assert len(smtp.received) == 2


def test_refused_password_is_told_at_once(tmp_path: Path, smtp: EmbeddedSmtp, pymap: EmbeddedImap) -> None:
    """Three clear refusals: stop and alarm (R12)."""
    with QuirkyImap({}, Quirks(login="NO [AUTHENTICATIONFAILED] no")) as server:
        office = furnished(tmp_path, pymap, smtp.port, server.account.port)
        live(office, StepClock(at(20, 8)), at(20, 8, 10))
    assert kinds(smtp.received) == ["【报送告警"] * 2
    assert "密码文件" in text_of(smtp.received[0])


def test_alarm_of_unknown_fate_keeps_its_message_id(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, wire: Wire
) -> None:
    """The connection breaks after the mail was taken, and the service is started anew: no second Message-ID (R24)."""
    office = furnished(tmp_path, pymap, smtp.port, wire.port)
    clock = StepClock(at(20, 8))
    wire.is_cut = True
    smtp.break_off_next()
    live(office, clock, at(20, 10, 1))
    live(office, clock, at(20, 12))
    ids = [str(message_from_bytes(mail.octets)["Message-ID"]) for mail in smtp.received]
    assert len(ids) == 3 and len(set(ids)) == 2


def test_alarm_leaves_by_the_second_account_when_sending_is_what_fails(
    tmp_path: Path, pymap: EmbeddedImap, second: EmbeddedSmtp
) -> None:
    """From its own address, once; the digest follows by the first when that is back, then the all-clear."""
    with EmbeddedSmtp() as first:
        office = furnished(tmp_path, pymap, 9, pymap.port, SECOND_ACCOUNT.format(port=second.port))
        text = office.config.read_text("utf-8").replace('digest = "23:59"', 'digest = "17:30"')
        office.config.write_text(text, "utf-8")
        clock = StepClock(at(20, 17))
        live(office, clock, at(20, 19, 29))
        assert second.received == []
        live(office, clock, at(20, 22))
        assert kinds(second.received) == ["【报送告警"] * 2
        assert {mail.sender for mail in second.received} == {"alarm@example.org"}
        office.config.write_text(text.replace("port = 9\n", f"port = {first.port}\n"), "utf-8")
        live(office, clock, at(20, 23, 40))
        assert kinds(first.received) == ["【收报日报"] * 2
        assert kinds(second.received) == ["【报送告警"] * 2 + ["【报送恢复"] * 2


def test_failing_mailbox_is_told_by_the_second_account_too(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, second: EmbeddedSmtp, wire: Wire
) -> None:
    """Mailbox and sender are often one account: what bars the one bars the other."""
    office = furnished(tmp_path, pymap, smtp.port, wire.port, SECOND_ACCOUNT.format(port=second.port))
    wire.is_cut = True
    live(office, StepClock(at(20, 8)), at(20, 10, 5))
    assert (len(smtp.received), len(second.received)) == (0, 2)


def test_alarm_that_never_came_to_leave_is_taken_back(tmp_path: Path, pymap: EmbeddedImap, wire: Wire) -> None:
    """All is well again before anybody could be told: neither alarm nor all-clear stays behind."""
    office = furnished(tmp_path, pymap, 9, wire.port)
    text = office.config.read_text("utf-8")
    office.config.write_text(text.replace("[archive]", "daily_limit = 1\n\n[archive]"), "utf-8")
    wire.is_cut = True
    clock = StepClock(at(20, 8))
    with office.daemon(clock) as daemon:
        daemon.server = None  # nothing is tried
        while clock.now < at(20, 10, 5):
            clock.now += MINUTE
            daemon.step()
        with daemon.archive.database.session() as session:
            assert len(outbox_kinds(session)) == 2
        wire.is_cut = False
        while clock.now < at(20, 10, 30):
            clock.now += MINUTE
            daemon.step()
        with daemon.archive.database.session() as session:
            assert outbox_kinds(session) == []


def test_alarm_is_own_mail_and_says_so_to_robots(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, wire: Wire
) -> None:
    """Auto-Submitted (R25); coming back into the mailbox it is known as ours."""
    office = furnished(tmp_path, pymap, smtp.port, wire.port)
    clock = StepClock(at(20, 8))
    wire.is_cut = True
    live(office, clock, at(20, 10, 5))
    head = message_from_bytes(smtp.received[0].octets)
    assert (head["Auto-Submitted"], head["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    pymap.deliver(smtp.received[0].octets, at(20, 10, 5))
    wire.is_cut = False
    live(office, clock, at(20, 10, 30))
    assert [row["reason"] for row in office.export()] == ["own_mail"]
    archive = open_archive(office.root)
    assert {entry.kind for entry in archive.sent.read()} == {"alarm"}
    archive.close()


def test_letters_say_what_fails_what_it_means_and_what_to_do() -> None:
    """In the office's words, with times as its clocks show them; the all-clear too."""
    failure = Failure("mailbox", "report@example.com (imap.example.com)", at(20, 8, 30), Text("连不上\x1b[31m", "away"))
    letter = alarm_letter(failure, at(20, 11))
    assert letter.subject == "【报送告警】收不到报送邮箱 report@example.com (imap.example.com) 的信（6月20日 08:30起）"
    for words in ("2 小时", "不会丢", "连不上", "service.py health", "催报前"):
        assert words in letter.text
    assert "\x1b" not in letter.text
    clear = all_clear_letter(failure, at(20, 11))
    assert "6月20日 11:00恢复正常" in clear.text and "【报送恢复】" in clear.subject
    english = alarm_letter(Failure("outgoing", "", at(20, 8, 30)), at(23, 11), "en")
    assert "3 days" in english.text and "digests" in english.subject


def outbox_kinds(session: Session) -> list[str]:
    return [mail.kind for mail in outbox.waiting(session)]


def text_of(mail: ReceivedMail) -> str:
    body = message_from_bytes(mail.octets, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())
