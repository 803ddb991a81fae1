"""A mailbox on a session kept open: what is new, whatever the server does with UIDs, folders, log-ins."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlmodel import select

from demo.days import StepClock
from flow.bell import Bell
from flow.logins import LoginRules
from flow.poll import MailboxPoll
from flow.pulse import Pulse
from flow.taking import Polled
from flow.watch import RELIST, Watch
from intake.session import MailboxSession
from records.mail import MailboxAccount
from storage.archive import Archive, open_archive
from storage.tables import DeliveryRow, MessageRow
from tests.mail_servers import Dovecot, account, dovecot, dovecot_server
from tests.quirky_server import EXMAIL, NETEASE, QQ, Quirks, QuirkyImap
from tests.small_office import at, material, summary

__all__ = ["dovecot", "dovecot_server"]
DATE = "20-Jun-2025 10:00:00 +0800"
MINUTE = timedelta(minutes=1)
PROVIDERS = [
    pytest.param(Quirks(NETEASE, wants_id=True, uidvalidity=1, tells_uidnext=False), 2, id="163"),
    pytest.param(Quirks(QQ), 1, id="qq"),
    pytest.param(Quirks(EXMAIL, uidvalidity=None, tells_uidnext=False), 5, id="exmail"),
    pytest.param(Quirks(uidvalidity=0), 3, id="UIDVALIDITY 0"),
]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive."""
    opened = open_archive(tmp_path / "var")
    yield opened
    opened.close()


@dataclass(slots=True)
class Watching:
    """A watch on a clock of its own."""

    archive: Archive
    account: MailboxAccount
    clock: StepClock
    watch: Watch

    def after(self, pause: timedelta, *, thorough: bool = False) -> Polled:
        """The next look, so much later."""
        self.clock.now += pause
        return self.watch.poll(thorough=thorough)


def watching(archive: Archive, mailbox: MailboxAccount, rules: LoginRules | None = None) -> Watching:
    clock = StepClock(at(20, 8))
    found = Watching(archive, mailbox, clock, Watch(lambda: mailbox, archive, clock, rules))
    found.watch = Watch(lambda: found.account, archive, clock, rules)
    return found


def mail(number: int, size: int = 10) -> tuple[bytes, str]:
    return b"From: a@example.com\r\nSubject: %d\r\n\r\n" % number + b"line\r\n" * size, DATE


def archived(archive: Archive) -> dict[str, int]:
    """Message id: deliveries."""
    with archive.database.session() as session:
        return {row.id: row.deliveries for row in session.exec(select(MessageRow))}


def asked(server: QuirkyImap) -> list[str]:
    """What was asked since the last time."""
    commands = list(server.commands)
    server.commands.clear()
    return commands


# -- what is new -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("quirks", "most"), PROVIDERS)
def test_a_look_at_nothing_new_costs_next_to_nothing(archive: Archive, quirks: Quirks, most: int) -> None:
    """One command where the server tells UIDNEXT and UIDVALIDITY; a few, of one line each, where it does not (R1)."""
    with QuirkyImap({uid: mail(uid) for uid in range(1, 301)}, quirks) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        assert found.watch.poll().archived == 300
        asked(server)
        for _ in range(3):
            assert found.after(MINUTE) == Polled()
            commands = asked(server)
            assert len(commands) <= most and not any("BODY" in command or "1:" in command for command in commands)
        server.mails[301] = mail(301)
        assert found.after(MINUTE).archived == 1
        assert sum("BODY.PEEK[]" in command for command in asked(server)) == 1
        found.watch.close()


@pytest.mark.parametrize(("quirks", "most"), PROVIDERS)
def test_messages_older_than_since_are_not_listed_at_each_look(archive: Archive, quirks: Quirks, most: int) -> None:
    """A mailbox full of the past is listed once, not each minute, also where no UIDNEXT tells its end."""
    with QuirkyImap({uid: mail(uid) for uid in range(1, 301)}, quirks) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",), since=date(2025, 6, 25)))
        assert found.watch.poll() == Polled()
        asked(server)
        assert found.after(MINUTE) == Polled()
        assert len(asked(server)) <= most
        found.watch.close()


def test_all_is_listed_again_once_a_day_and_after_each_reconnect(archive: Archive) -> None:
    """UID, size and INTERNALDATE: what slipped past the UIDs is found then, and not taken twice (R3)."""
    with QuirkyImap({uid: mail(uid) for uid in range(11, 21)}) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        assert found.watch.poll().archived == 10
        server.mails[5] = mail(5)  # below what is known: no server may do that, some do
        assert found.after(MINUTE) == Polled()
        assert found.after(RELIST).archived == 1
        server.mails[6] = mail(6)
        found.watch.close()
        assert found.after(MINUTE).archived == 1
        found.watch.close()
    assert set(archived(archive).values()) == {1} and len(archived(archive)) == 12


def test_same_uid_with_other_content_is_a_new_message(archive: Archive) -> None:
    """Size or INTERNALDATE gives it away at the next listing (R3)."""
    with QuirkyImap({1: mail(1), 2: mail(2)}) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        found.watch.poll()
        server.mails[2] = mail(3, size=11)
        assert found.after(RELIST).archived == 1
        found.watch.close()
    assert len(archived(archive)) == 3


def test_uids_dealt_out_anew_lose_nothing_and_file_nothing_twice(archive: Archive) -> None:
    """UIDVALIDITY changes on an open session, the old messages come under new UIDs and a new one among them (R3)."""
    with QuirkyImap({uid: mail(uid) for uid in (3, 7, 9)}) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        found.watch.poll()
        server.quirks.uidvalidity = 2
        server.mails.clear()
        server.mails.update({1: mail(9), 2: mail(100), 3: mail(3), 4: mail(7)})
        found.after(MINUTE)
        found.watch.close()
    assert len(archived(archive)) == 4 and set(archived(archive).values()) == {1}


@pytest.mark.parametrize("uidvalidity", [0, None, 1], ids=["zero", "missing", "always 1"])
def test_uids_dealt_out_anew_in_silence(archive: Archive, uidvalidity: int | None) -> None:
    """UIDVALIDITY says nothing of it: lower UIDs, or another newest message under the same one, are enough (R3)."""
    with QuirkyImap({uid: mail(uid, size=uid) for uid in (3, 7, 9)}, Quirks(uidvalidity=uidvalidity)) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        found.watch.poll()
        server.mails.clear()
        server.mails.update({1: mail(9, size=9), 2: mail(3, size=3), 3: mail(100, size=100)})
        found.after(MINUTE)
        server.mails.clear()
        server.mails.update({1: mail(9, size=9), 2: mail(100, size=100), 3: mail(200, size=200)})
        found.after(MINUTE if not uidvalidity else RELIST)  # the same highest UID under a UIDVALIDITY is to be trusted
        found.watch.close()
    assert len(archived(archive)) == 5


def test_two_overlapping_polls_make_one_record(archive: Archive) -> None:
    """Both list, claim and fetch the same messages at the same time; each is one message, delivered once (R2)."""
    with QuirkyImap({uid: mail(uid) for uid in range(1, 121)}) as server:
        mailbox = replace(server.account, folders=("INBOX",))
        at_once = threading.Barrier(2)

        def poll() -> Polled:
            with MailboxSession(mailbox) as session:
                at_once.wait(20)
                return MailboxPoll(session, mailbox, archive, lambda: at(20, 8)).everything()

        with ThreadPoolExecutor(2) as threads:
            polls = [threads.submit(poll) for _ in range(2)]
            assert sum((each.result(60) for each in polls), Polled()).archived >= 120
    assert list(archived(archive).values()) == [1] * 120
    with archive.database.session() as session:
        assert [row.state for row in session.exec(select(DeliveryRow))] == ["archived"] * 120


# -- folders -----------------------------------------------------------------------------------------------------------


def folder_lines(*names: str) -> list[str]:
    return [f'(\\HasNoChildren) "/" "{name}"' for name in names]


def test_folder_that_cannot_be_opened_ends_nothing(archive: Archive) -> None:
    """The others are read; it stands in the pulse in one clear line, and is gone from there once it opens."""
    with QuirkyImap(
        {1: mail(1)}, Quirks(refuses='EXAMINE "Broken"'), folders=folder_lines("Broken", "INBOX")
    ) as server:
        found = watching(archive, server.account)
        assert found.watch.poll().archived == 1
        (line,) = found.watch.pulse.unread
        assert "Broken" in line.zh and "\n" not in line.zh
        assert found.watch.pulse.failing_since is None and found.watch.pulse.good_at == at(20, 8)
        server.quirks.refuses = ""
        found.after(MINUTE)
        assert found.watch.pulse.unread == ()
        assert sum(command.startswith("LOGIN") for command in server.commands) == 1
        found.watch.close()


def test_all_folders_refused_is_a_failed_pass(archive: Archive) -> None:
    """Then nothing is read, and the pulse says since when."""
    with QuirkyImap({1: mail(1)}, Quirks(refuses="EXAMINE")) as server:
        found = watching(archive, server.account)
        assert found.watch.poll() == Polled()
        assert found.watch.pulse.failing_since == at(20, 8)


def test_folder_that_a_clerk_makes_is_found(archive: Archive) -> None:
    """Within ten minutes, or at once before a digest or a reminder list; not at each look."""
    with QuirkyImap({1: mail(1)}, folders=folder_lines("INBOX")) as server:
        found = watching(archive, server.account)
        found.watch.poll()
        server.folders += folder_lines("已办")
        found.after(MINUTE)
        assert "已办" not in (found.watch._open[1].folders or ()) if found.watch._open else False
        found.after(MINUTE, thorough=True)
        server.folders += folder_lines("Later")
        asked(server)
        found.after(10 * MINUTE)
        assert any("Later" in command for command in asked(server))
        found.watch.close()


@pytest.mark.dovecot
def test_message_that_a_clerk_has_read_and_moved_is_taken_with_its_first_time(
    archive: Archive, dovecot: Dovecot
) -> None:
    """Read before the first look: still taken. Moved afterwards: one message, its first time of receipt (R7)."""
    dovecot.deliver(summary("A1"), at(20, 9))
    with dovecot.client() as client:
        client.select_folder("INBOX")
        client.add_flags([1], [b"\\Seen"])
        found = watching(archive, account(dovecot))
        assert found.watch.poll().archived == 1
        client.create_folder("已办")
        client.move([1], "已办")
        assert found.after(MINUTE, thorough=True).archived == 1
        dovecot.deliver(material("A2"), at(20, 10))
        client.select_folder("INBOX")
        client.move([2], "已办")  # before the service ever saw it in the inbox
        assert found.after(MINUTE).archived == 1
    found.watch.close()
    with archive.database.session() as session:
        rows = list(session.exec(select(MessageRow).order_by(MessageRow.received_at)))  # type: ignore[arg-type]
    assert [(row.deliveries, row.received_at) for row in rows] == [(1, at(20, 9)), (1, at(20, 10))]


# -- IDLE --------------------------------------------------------------------------------------------------------------


def attending(found: Watching, seconds: float) -> tuple[threading.Thread, Bell]:
    bell = Bell()
    thread = threading.Thread(target=found.watch.attend, args=(bell, seconds), daemon=True)
    thread.start()
    return thread, bell


def wait_until(condition: object, seconds: float = 10.0) -> None:
    """Wait for a callable to come true."""
    assert callable(condition)
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it never came"
        threading.Event().wait(0.01)


def test_message_told_of_during_another_command_does_not_wait(archive: Archive) -> None:
    """Its EXISTS came with a body that was being fetched; IDLE will not repeat it: the folder is opened anew."""
    server = QuirkyImap({1: mail(1)}, Quirks("IMAP4rev1 IDLE"), arriving=[(2, mail(2)), (3, mail(3))])
    with server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        found.watch.poll()
        thread, bell = attending(found, 60)
        wait_until(lambda: len(archived(archive)) == 3)
        wait_until(lambda: "IDLE" in server.commands)
        assert server.commands[server.commands.index("IDLE") - 1].startswith("EXAMINE")
        bell.ring()
        thread.join(10)
        found.watch.close()


def test_message_told_of_before_the_server_agrees_to_idle(archive: Archive) -> None:
    """EXISTS before the continuation is heard, not taken for a refusal."""
    with QuirkyImap({1: mail(1)}, Quirks("IMAP4rev1 IDLE", early_idle=True)) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        found.watch.poll()
        server.mails[2] = mail(2)
        thread, bell = attending(found, 60)
        wait_until(lambda: len(archived(archive)) == 2)
        bell.ring()
        thread.join(10)
        assert sum(command.startswith("LOGIN") for command in server.commands) == 1
        found.watch.close()


def test_server_that_offers_idle_and_refuses_it_is_polled(archive: Archive) -> None:
    """No new log-in, no busy loop: it waits for the next look."""
    with QuirkyImap({1: mail(1)}, Quirks("IMAP4rev1 IDLE", refuses="IDLE")) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        for _ in range(3):
            found.after(MINUTE)
            found.watch.attend(Bell(), 0.05)
        assert server.commands.count("IDLE") == 1
        assert sum(command.startswith("LOGIN") for command in server.commands) == 1
        found.watch.close()


# -- failures and log-ins ----------------------------------------------------------------------------------------------


def test_mute_server_is_dropped_and_the_next_pass_runs(archive: Archive) -> None:
    """A second without an answer in the middle of a message ends the pass; never two connections at once (R11)."""
    with QuirkyImap({1: mail(1)}, Quirks(in_body="mute")) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        began = monotonic()
        assert found.watch.poll() == Polled()
        assert monotonic() - began < 5
        assert found.watch.pulse.failing_since == at(20, 8)
        assert found.after(timedelta(seconds=1)) == Polled()  # it waits
        server.quirks.in_body = ""
        assert found.after(timedelta(seconds=10)).archived == 1
        assert found.watch.pulse == Pulse(good_at=found.clock.now)
        wait_until(lambda: server.connections == 1)
        assert server.most_connections <= 2  # the server hears of the one that was dropped a moment later
        found.watch.close()


def logins(server: QuirkyImap) -> int:
    return sum(command.startswith("LOGIN") for command in server.commands)


def test_three_refusals_stop_the_logins_until_the_password_changes(archive: Archive) -> None:
    """In a day of looks every minute the server hears a dead password three times, not 1,440 (R12)."""
    refused = Quirks(login="NO [AUTHENTICATIONFAILED] Authentication failed.")
    with QuirkyImap({1: mail(1)}, refused) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        for _ in range(24 * 60):
            found.after(MINUTE)
        assert logins(server) == 3
        assert found.watch.pulse.is_stopped
        assert found.watch.pulse.why is not None and "密码文件" in found.watch.pulse.why.zh
        server.quirks.login = "OK welcome"
        assert found.after(MINUTE) == Polled()
        found.account = replace(found.account, password="new")
        assert found.after(MINUTE).archived == 1
        assert found.watch.pulse == Pulse(good_at=found.clock.now)
        found.watch.close()


def test_restart_tries_a_refused_password_again(archive: Archive) -> None:
    """Perhaps the account was unlocked: a person has restarted the service (R12)."""
    with QuirkyImap({1: mail(1)}, Quirks(login="NO [AUTHENTICATIONFAILED] no")) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        for _ in range(60):
            found.after(MINUTE)
        server.quirks.login = "OK welcome"
        again = watching(archive, found.account)
        assert again.after(2 * RELIST).archived == 1
        again.watch.close()


def test_busy_server_is_left_alone_and_never_taken_for_a_wrong_password(archive: Archive) -> None:
    """QQ's "login frequency limited, or system is busy": at most six attempts an hour, and it goes on (R12)."""
    said = "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited"
    with QuirkyImap({1: mail(1)}, Quirks(login=said)) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)))
        for _ in range(5 * 60):
            found.after(MINUTE)
        assert 5 <= logins(server) <= 10
        assert not found.watch.pulse.is_stopped
        server.quirks.login = "OK welcome"
        assert sum((found.after(MINUTE) for _ in range(70)), Polled()).archived == 1
        found.watch.close()


def test_server_that_hangs_up_again_and_again_sees_six_logins_an_hour(archive: Archive) -> None:
    """Each log-in succeeds and each connection breaks: the bound holds (R12)."""
    with QuirkyImap({1: mail(1)}, Quirks(in_body="bye")) as server:
        found = watching(archive, replace(server.account, folders=("INBOX",)), LoginRules(per_hour=6))
        for second in range(0, 3 * 3600, 10):
            before = logins(server)
            found.after(timedelta(seconds=10))
            assert logins(server) - before <= 1, second
        assert 15 <= logins(server) <= 18
        found.watch.close()
