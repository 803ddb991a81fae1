"""Bounces: what they say in every form, and what becomes of the addresses to which our own mails cannot go (R25)."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from demo.days import StepClock
from demo.servers import EmbeddedImap, EmbeddedSmtp
from flow.bounces import bad_addresses
from flow.daemon import Daemon
from intake.delivery_status import read_delivery_report
from intake.message import read_message
from records.bounces import FailedRecipient, ReturnedMail
from storage.archive import open_archive
from tests.mail_servers import pymap
from tests.small_office import SmallOffice, at, letter, summary
from tests.test_daemon import begin, listed, step_to, text_of

__all__ = ["pymap"]
COORDINATOR = "coordinator@example.com"


@pytest.fixture
def smtp() -> Iterator[EmbeddedSmtp]:
    """A real SMTP receiver."""
    with EmbeddedSmtp() as server:
        yield server


def dsn(action: str, status: str, returned: bytes, returned_type: str = "text/rfc822-headers") -> bytes:
    """A delivery status notification as Postfix writes it."""
    head = (
        "From: MAILER-DAEMON@mx.example.com (Mail Delivery System)\r\nTo: report@example.com\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; Coordinator@example.com\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such\r\n user here\r\n\r\n"
        f"--b\r\nContent-Type: {returned_type}\r\n\r\n"
    )
    return head.encode() + returned + b"\r\n--b--\r\n"


HEADER = b"From: report@example.com\r\nMessage-ID: <abc@example.com>\r\nX-Baosong-Mail: 0123456789abcdef\r\n"


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_delivery_status_notification_is_read(kind: str) -> None:
    """RFC 3464: the failed recipient with status and diagnostic; the returned mail's identifier and our own mark."""
    report = read_delivery_report(read_message(dsn("failed", "5.1.1", HEADER + b"\r\nx", kind)))
    assert report.recipients == (FailedRecipient(COORDINATOR, "5.1.1 550 5.1.1 no such user here"),)
    assert report.message_ids == ("<abc@example.com>",)
    assert report.marks == ("0123456789abcdef",)


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_did_not_fail_for_good_fails_nobody(action: str) -> None:
    """RFC 3464 §2.3.3: a server that still tries has not given up."""
    assert read_delivery_report(read_message(dsn(action, "4.4.1", HEADER))).recipients == ()


@pytest.mark.parametrize(
    ("body", "more", "address", "why"),
    [
        (
            "Hi. This is the qmail-send program at mx.example.net.\n\n<coordinator@example.com>:\n"
            "550 no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
            "Message-ID: <abc@example.com>\nTo: other@example.com\n",
            {},
            COORDINATOR,
            "550 no mailbox here by that name. (#5.1.1)",
        ),
        (
            "很抱歉，您的邮件被退回。\n收件人：Coordinator@example.com\n退信原因：收件人地址不存在\n",
            {},
            COORDINATOR,
            "收件人地址不存在",
        ),
        (
            "This message was created automatically.",
            {"X-Failed-Recipients": "coordinator@example.com"},
            COORDINATOR,
            "",
        ),
        ("您的邮件被退回。", {}, "", ""),
    ],
)
def test_bounces_in_plain_words_are_read(body: str, more: dict[str, str], address: str, why: str) -> None:
    """qmail, Exim and Chinese providers name the address above the returned mail, or nobody at all."""
    report = read_delivery_report(read_message(letter("postmaster@qq.com", "系统退信", body, more=more)))
    assert report.recipients == (FailedRecipient(address, why),)


def test_octets_that_are_no_notification_at_all_raise_nothing() -> None:
    """Whatever stands in the parts."""
    for octets in (b"", b"\x00\xff" * 50, b"Action: failed", b"\r\n\r\n\r\n"):
        raw = dsn("failed", "5.0.0", octets).replace(b"Reporting-MTA: dns; mx.example.com", octets)
        assert read_delivery_report(read_message(raw)).recipients


# -- our own mails -----------------------------------------------------------------------------------------------------


def digest_bounced(bounce: bytes, office: SmallOffice, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> list[str]:
    """The digests' texts: one that came back by ``bounce`` (MID, MARK filled in), the one of the next day."""
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        sent = read_message(smtp.received[0].octets)
        assert sent.message_id is not None
        mark = sent.header("x-baosong-mail") or ""
        raw = bounce.replace(b"MID", sent.message_id.encode()).replace(b"MARK", mark.encode())
        pymap.deliver(raw, at(20, 18))
        step_to(daemon, clock, at(20, 18, 1), at(21, 17, 30))
    return [text_of(mail) for mail in smtp.received]


BOUNCES = {
    "by Message-ID": dsn("failed", "5.1.1", b"Message-ID: MID\r\n"),
    "by our mark, where a server changed the Message-ID": dsn(
        "failed", "5.1.1", b"Message-ID: <other@x>\r\nX-Baosong-Mail: MARK\r\n"
    ),
    "in plain words": letter(
        "postmaster@qq.com", "系统退信", "您的邮件被退回。\n收件人：coordinator@example.com\n退信原因：收件人地址不存在"
    ),
    "with all of the digest below": letter(
        "mailer-daemon@mx.example.net",
        "failure notice",
        "Hi. This is the qmail-send program.\n\n<coordinator@example.com>:\nno mailbox\n\n"
        "--- Below this line is a copy of the message.\n\nMessage-ID: MID\n\n"
        "青山区人民医院 总结 演练1\n本邮件由报送系统自动发出，请不要回复。",
    ),
}


@pytest.mark.parametrize("form", BOUNCES)
def test_a_bounce_of_ours_marks_the_address_as_bad(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, form: str
) -> None:
    """R25: the next digest tells the others, and a rebuild finds the same again."""
    office = SmallOffice(tmp_path, (COORDINATOR, "second@example.com")).furnish(pymap, smtp.port)
    texts = digest_bounced(BOUNCES[form], office, pymap, smtp)
    assert len(texts) == 4
    assert not any("被退回" in text for text in texts[:2])
    assert all("发给 coordinator@example.com 的收报日报被退回" in text for text in texts[2:])
    (row,) = office.export()
    assert (row["status"], row["reason"]) == ("not_a_report", "bounce")
    before = bad(office)
    assert [(item.recipient, item.kind) for item in before] == [(COORDINATOR, "digest")]
    for path in office.root.glob("baosong.db*"):
        path.unlink()
    office.run("rebuild")
    assert bad(office) == before


def bad(office: SmallOffice) -> tuple[ReturnedMail, ...]:
    """The bad addresses an hour after the second digest."""
    archive = open_archive(office.root)
    try:
        with archive.database.session() as session:
            return bad_addresses(session, at(21, 18))
    finally:
        archive.close()


@pytest.mark.parametrize(
    "bounce",
    [
        dsn("delayed", "4.4.1", b"Message-ID: MID\r\n"),
        dsn("failed", "5.1.1", b"Message-ID: <not-ours@example.org>\r\n").replace(b"Coordinator@", b"friend@"),
    ],
)
def test_a_delay_or_somebody_elses_bounce_marks_nobody(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, bounce: bytes
) -> None:
    """It is a bounce all the same, and reports nothing."""
    office = SmallOffice(tmp_path).furnish(pymap, smtp.port)
    texts = digest_bounced(bounce, office, pymap, smtp)
    assert [row["reason"] for row in office.export()] == ["bounce"]
    assert not any("被退回" in text for text in texts)


def test_an_address_is_good_again_when_a_later_mail_stayed(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp
) -> None:
    """Nothing came back of the digest of the 21st for two days: the warning ends."""
    office = SmallOffice(tmp_path).furnish(pymap, smtp.port)
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        message_id = read_message(smtp.received[0].octets).message_id or ""
        pymap.deliver(dsn("failed", "5.2.2", f"Message-ID: {message_id}\r\n".encode()), at(20, 18))
        step_to(daemon, clock, *(at(day, 17, 30) for day in (21, 22, 23, 24)))
    told = ["被退回" in text_of(mail) for mail in smtp.received if "【收报日报】" in text_of(mail)]
    assert told == [False, True, True, False, False]


# -- robots ------------------------------------------------------------------------------------------------------------


def answer(octets: bytes, number: int, marked: bool) -> bytes:
    """What a robot answers to a mail, quoting it; an ill-mannered one says nothing of being a robot."""
    heard = read_message(octets)
    mail = EmailMessage()
    mail["From"] = COORDINATOR
    mail["To"] = "report@example.com"
    mail["Subject"] = f"自动回复：{heard.subject}" if marked else f"回复：{heard.subject}"
    mail["In-Reply-To"] = heard.message_id
    mail["Message-ID"] = f"<robot-{number}@example.com>"
    if marked:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(f"您的邮件已收到，我会尽快回复。\n\n-----原始邮件-----\n发件人: x\n主题: x\n\n{heard.body_text}")
    return mail.as_bytes(policy=SMTP)


@pytest.mark.parametrize("marked", [True, False])
def test_two_robots_end_after_two_mails(tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, marked: bool) -> None:
    """R25: a robot that answers every mail of ours at once gets no answer: one digest, one answer, the end."""
    office = SmallOffice(tmp_path).furnish(pymap, smtp.port)
    clock = begin(office)
    exchanged = 0
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        for minute in range(31, 51):
            for mail in smtp.received[exchanged:]:
                exchanged += 1
                assert read_message(mail.octets).header("auto-submitted") == "auto-generated"
                pymap.deliver(answer(mail.octets, exchanged, marked), at(20, 17, minute))
            step_to(daemon, clock, at(20, 17, minute, 30))
    assert exchanged == 1
    assert [(row["status"], row["reason"]) for row in office.export()] == [("not_a_report", "auto_reply")]


# -- mailbox, sender and coordinator as one account --------------------------------------------------------------------


def run_day(daemon: Daemon, clock: StepClock) -> None:
    """From the digest of the 20th to that of the 21st."""
    step_to(daemon, clock, at(20, 18, 1), at(21, 17, 30))


@pytest.mark.parametrize("coordinator", ["report@example.com", COORDINATOR])
@pytest.mark.parametrize("sender", ["report@example.com", "out@example.com", COORDINATOR])
def test_own_mail_and_forwarded_reports_are_told_apart_whoever_is_who(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp, coordinator: str, sender: str
) -> None:
    """Our digest is ours, by its mark too; the digest passed on is nothing new; a report forwarded from the very same
    account is a report.
    """
    office = SmallOffice(tmp_path, (coordinator,)).furnish(pymap, smtp.port, sender=sender)
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        octets = smtp.received[0].octets
        ours = read_message(octets)
        pymap.deliver(octets, at(20, 17, 40))
        pymap.deliver(octets.replace((ours.message_id or "").encode(), b"<changed@mx>"), at(20, 17, 41))
        quoted = f"\n-----原始邮件-----\n发件人: <{sender}>\n主题: {ours.subject}\n\n{ours.body_text}"
        pymap.deliver(letter(coordinator, f"转发：{ours.subject}", "请关注" + quoted), at(20, 17, 42))
        report = read_message(summary("A1"))
        passed_on = f"转\n-----原始邮件-----\n发件人: <a1@example.com>\n主题: {report.subject}\n\n{report.body_text}"
        pymap.deliver(letter(coordinator, f"转发：{report.subject}", passed_on), at(20, 17, 43))
        run_day(daemon, clock)
    rows = office.export()
    assert [row["reason"] for row in rows[:3]] == ["own_mail"] * 3
    assert [(row["status"], [item["unit"] for item in row["submissions"]]) for row in rows[3:]] == [("filed", ["A1"])]
    assert listed(office)[1] == [f"转发：{report.subject}"]


def test_a_copied_message_id_makes_nobodys_mail_ours(tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> None:
    """Message-ID and mark of ours on a unit's mail: it is judged like any other."""
    office = SmallOffice(tmp_path).furnish(pymap, smtp.port)
    clock = begin(office)
    with office.daemon(clock) as daemon:
        daemon.start()
        step_to(daemon, clock, at(20, 17, 30))
        ours = read_message(smtp.received[0].octets)
        stolen = f"Message-ID: {ours.message_id}\r\nX-Baosong-Mail: {ours.header('x-baosong-mail')}\r\n".encode()
        kept = b"\r\n".join(
            line for line in summary("A1").split(b"\r\n") if not line.lower().startswith(b"message-id:")
        )
        pymap.deliver(stolen + kept, at(20, 18))
        run_day(daemon, clock)
    assert [(row["status"], row["reason"]) for row in office.export()] == [("filed", None)]
