"""When the service logs in again: all of R12, on a clock that is passed in."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from demo.servers import EmbeddedImap
from flow.logins import LoginRules, Logins, remember_login, remembered_logins, rules_for
from records.errors import MailboxErrorKind
from storage.database import Database
from tests.mail_servers import pymap
from tests.quirky_server import Quirks, QuirkyImap
from tests.small_office import SmallOffice, at, summary

__all__ = ["pymap"]

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NOW = at(20, 8)


def exact(rules: LoginRules | None = None, times: tuple[datetime, ...] = ()) -> Logins:
    """Without jitter."""
    return Logins(rules or LoginRules(), times, jitter=lambda: 1.0)


def pauses(logins: Logins, kind: MailboxErrorKind, count: int) -> list[float]:
    """How long it waits after each of so many failures, one after the other."""
    now, found = NOW, []
    for _ in range(count):
        logins.failed(now, kind)
        found.append(logins.wait(now).total_seconds())
        now += logins.wait(now)
    return found


def test_pauses_grow_from_five_seconds_to_ten_minutes() -> None:
    """Exponential, with jitter, never outside 5 s and 10 min (R12)."""
    assert pauses(exact(), "network", 9) == [5, 10, 20, 40, 80, 160, 320, 500, 500]
    for found in (pauses(Logins(LoginRules()), "network", 12) for _ in range(50)):
        assert min(found) >= 5 and max(found) <= 600
    assert len({tuple(pauses(Logins(LoginRules()), "network", 3)) for _ in range(20)}) > 1


def test_only_a_completed_pass_ends_the_pauses() -> None:
    """A log-in that is admitted proves nothing yet (R12)."""
    logins = exact()
    pauses(logins, "network", 5)
    logins.succeeded()
    logins.failed(NOW + HOUR, "network")
    assert logins.wait(NOW + HOUR).total_seconds() == 160
    logins.completed()
    assert not logins.wait(NOW + HOUR)
    assert pauses(logins, "network", 1) == [5]


def test_no_more_than_six_logins_in_any_hour() -> None:
    """A sliding hour: whatever happens between, the seventh waits for the first to be an hour old (R12)."""
    logins = exact()
    made: list[datetime] = []
    now = NOW
    while now < NOW + 5 * HOUR:
        if not logins.wait(now):
            logins.tried(now)
            logins.completed()  # the worst case: all goes well, then the server hangs up
            made.append(now)
        now += 10 * SECOND
    assert len(made) == 30
    for moment in made:
        assert sum(moment - HOUR < other <= moment for other in made) <= 6


def test_servers_on_this_machine_have_no_bound() -> None:
    """The bound is the providers'; whoever tunnels to one over loopback sets it."""
    assert rules_for("imap.example.com", None).per_hour == 6
    assert rules_for("imap.example.com", 12).per_hour == 12
    assert rules_for("127.0.0.1", None).per_hour is None
    assert rules_for("127.0.0.1", 6).per_hour == 6


def test_three_clear_refusals_stop_it_until_there_is_a_new_password() -> None:
    """Neither a busy server nor a broken line in between makes them fewer; a log-in that succeeds does (R12)."""
    logins = exact()
    kinds: tuple[MailboxErrorKind, ...] = (
        "refused_login",
        "busy",
        "network",
        "closed",
        "refused_login",
        "refused_login",
    )
    stopped = []
    for kind in kinds:
        logins.failed(NOW, kind)
        stopped.append(logins.is_stopped)
    assert stopped == [False] * 5 + [True]
    logins.forgive()
    assert (logins.is_stopped, logins.wait(NOW)) == (False, timedelta())
    logins.failed(NOW, "refused_login")
    logins.succeeded()
    logins.failed(NOW, "refused_login")
    assert logins.refusals == 1


def test_busy_is_no_wrong_password_and_waits_long() -> None:
    """Ten minutes at least, up to an hour; never stopped (R12)."""
    logins = exact()
    assert pauses(logins, "busy", 5) == [600, 1200, 2400, 3600, 3600]
    assert not logins.is_stopped


def test_a_clock_that_is_set_back_holds_up_nothing() -> None:
    """Neither a pause nor log-ins that lie in the future then."""
    logins = exact(times=tuple(NOW + MINUTE * n for n in range(6)))
    logins.failed(NOW, "busy")
    assert not logins.wait(NOW - HOUR)


def test_logins_are_remembered_over_restarts(tmp_path: Path) -> None:
    """A service that dies and is started again and again does not knock the more often (R12)."""
    database = Database(tmp_path / "a.db")
    for number in range(6):
        logins = exact(times=tuple(remembered_logins(database, "a@host")))
        now = NOW + MINUTE * number
        assert not logins.wait(now)
        remember_login(database, "a@host", logins, now)
    again = exact(times=tuple(remembered_logins(database, "a@host")))
    assert again.wait(NOW + 6 * MINUTE) == 54 * MINUTE
    assert remembered_logins(database, "b@host") == []
    database.close()


@pytest.mark.parametrize("kind", ["network", "tls", "closed", "protocol"])
def test_other_failures_never_stop_it(kind: MailboxErrorKind) -> None:
    """The network comes back, a certificate is renewed, IMAP is switched on: it tries on."""
    logins = exact()
    pauses(logins, kind, 20)
    assert not logins.is_stopped


def test_poll_from_cron_keeps_within_the_bound_too(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """The seventh within an hour says when to come again and leaves the server alone; what was taken is there (R12)."""
    office = SmallOffice(tmp_path).furnish(pymap, mailbox="logins_per_hour = 6")
    pymap.deliver(summary("A1"), at(20, 9))
    for _ in range(6):
        office.run("poll")
    done = office.attempt("poll")
    assert done.status == 1 and "logins_per_hour" in done.err and len(done.err.strip().splitlines()) == 1
    assert len(office.export()) == 1


def test_poll_and_check_name_the_folder_that_cannot_be_read(tmp_path: Path) -> None:
    """All others are taken and filed; exit status 1, one line with the folder."""
    folders = [f'(\\HasNoChildren) "/" "{name}"' for name in ("Shut", "INBOX")]
    with QuirkyImap({1: (summary("A1"), "20-Jun-2025 10:00:00 +0800")}, Quirks(refuses='EXAMINE "Shut"')) as server:
        server.folders[:] = folders
        office = SmallOffice(tmp_path).furnish()
        text = office.config.read_text("utf-8").replace("port = 9\n", f"port = {server.account.port}\n", 1)
        office.config.write_text(text.replace('folder = "INBOX"\n', ""), "utf-8")
        done = office.attempt("poll")
        assert done.status == 1 and "Shut" in done.err and len(done.err.strip().splitlines()) == 1
        assert [row["status"] for row in office.export()] == ["filed"]
        lines = [line for line in office.attempt("check").out.splitlines() if "Shut" in line or "INBOX" in line]
        assert [line[0] for line in lines] == ["✓", "✗"]
