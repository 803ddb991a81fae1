"""A small office for tests: four units, one campaign, plain mails by hand; its commands run in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path
from typing import Any

from config import Settings, read_settings
from demo.days import StepClock
from flow.commands import line
from flow.daemon import Daemon
from flow.process import Reader
from intake.message import read_message
from parsers.reader import PartReader
from records.extracts import ReadLimits
from records.mail import Message
from records.mails import OutgoingAccount
from storage.archive import open_archive
from storage.lock import writing
from tests.campaign_data import at
from tests.mail_servers import ImapServer

__all__ = ["UNITS", "Ran", "SmallOffice", "at", "file_named", "letter", "material", "summary"]

CAMPAIGN = """
id = "2025-fanghuo"
title = "关于开展2025年冬春火灾防控活动的通知"
issuer = "青山区卫生健康局"
issued_on = 2025-05-26
theme = "火灾防控"
period = { from = 2025-06-01, to = 2025-06-30 }
mailboxes = ["report@example.com"]

[[requirements]]
id = "r1"
what = "火灾防控活动总结"
kind = "summary"
due = 2025-06-30T23:59:59+08:00
rule = "6月30日前"
required = true

[[requirements]]
id = "r2"
what = "图片、文字等资料"
kind = "material"
rule = "及时报送"
required = false

[[contacts]]
name = "值班室"
phone = "00000000"

[[activities]]
id = "1"
printed = "（一）"
title = "组织消防疏散演练"
text = "各单位组织消防疏散演练。"
cues = ["消防疏散演练"]

[[activities]]
id = "2"
printed = "（二）"
title = "开展火灾隐患排查"
text = "各单位开展火灾隐患排查整改。"
cues = ["火灾隐患排查"]

[[activities]]
id = "3"
printed = "（三）"
title = "参加网上答题"
text = "鼓励职工自愿参加消防知识网上答题。"
required = false
cues = ["网上答题"]
"""
ROSTER = """\
code,name,category,aliases,emails,contact,phone
A1,青山区人民医院,医院,区人民医院,a1@example.com,办公室,11111111
A2,青山区中医院,医院,区中医院,a2@example.com,保卫科,22222222
B1,绿水镇卫生院,卫生院,,b1@example.com,院办,33333333
C1,向阳托育园,托育,,c1@example.com,园办,44444444
"""
UNITS = {"A1": "青山区人民医院", "A2": "青山区中医院", "B1": "绿水镇卫生院", "C1": "向阳托育园"}
CONFIG = """
{more}
[[mailbox]]
host = "{host}"
port = {port}
tls = "none"
username = "{user}"
password_file = "secret"
folder = "INBOX"
{mailbox}

[outgoing]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
sender = "安稳办 <{sender}>"
{outgoing}

[archive]
root = "var"
"""
TABLE = """
[[campaign]]
file = "{file}"
roster = "{roster}"
coordinators = [{coordinators}]
"""
SCHEDULE = """
[schedule]
digest = "17:30"
reminders = ["7d", "3d", "1d", "0d", "+1d"]
reminder_hour = "09:00"
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    status: int
    octets: bytes
    err: str

    @property
    def out(self) -> str:
        """Standard output as text."""
        return self.octets.decode()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class SmallOffice:
    """A folder with config.toml, campaign file and roster."""

    folder: Path
    coordinators: Sequence[str] = ("coordinator@example.com",)
    campaigns: dict[str, tuple[str, str]] = field(default_factory=lambda: {"campaign": (CAMPAIGN, ROSTER)})

    def furnish(self, server: ImapServer | None = None, smtp_port: int = 9, **more: str) -> SmallOffice:
        """Write the files. ``more``: further lines of config.toml's ``mailbox`` and ``outgoing``; ``sender``."""
        host, port, user, password = "127.0.0.1", 9, "report@example.com", "unused"
        if server is not None:
            host, port, user, password = server.host, server.port, server.user, server.password
        (self.folder / "secret").write_text(password, "utf-8")
        given = {"more": "", "mailbox": "", "outgoing": "", "sender": "report@example.com", **more}
        text = CONFIG.format(host=host, port=port, user=user, smtp_port=smtp_port, **given)
        people = ", ".join(f'"{address}"' for address in self.coordinators)
        for name, (campaign, roster) in self.campaigns.items():
            (self.folder / f"{name}.toml").write_text(campaign, "utf-8")
            (self.folder / f"{name}.csv").write_text(roster, "utf-8")
            text += TABLE.format(file=f"{name}.toml", roster=f"{name}.csv", coordinators=people)
        self.config.write_text(text + SCHEDULE, "utf-8")
        return self

    @property
    def config(self) -> Path:
        """config.toml."""
        return self.folder / "config.toml"

    @property
    def root(self) -> Path:
        """The archive."""
        return self.folder / "var"

    def settings(self) -> Settings:
        """The configuration as read."""
        return read_settings(self.config)

    def outgoing(self) -> OutgoingAccount:
        """The outgoing account."""
        account = self.settings().outgoing_account()
        assert account is not None
        return account

    def attempt(self, *arguments: str) -> Ran:
        """Run a command, as ``python service.py`` does, to its end."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = line.main(["--config", str(self.config), *arguments])
        buffer = out.buffer
        assert isinstance(buffer, io.BytesIO)
        return Ran(status, buffer.getvalue(), err.getvalue())

    def run(self, *arguments: str) -> Ran:
        """Run a command that must succeed."""
        done = self.attempt(*arguments)
        assert done.status == 0, f"{arguments}: exit {done.status}: {done.err}"
        return done

    def export(self) -> list[dict[str, Any]]:
        """submissions --format jsonl."""
        return self.run("submissions", "--format", "jsonl").rows

    def missing(self, as_of: str, *more: str) -> Any:
        """missing --format json."""
        return json.loads(self.run("missing", "--as-of", as_of, "--format", "json", *more).out)

    @contextmanager
    def daemon(self, clock: StepClock, reader: Reader | None = None) -> Iterator[Daemon]:
        """The daemon on this archive, holding its lock; not started."""
        with writing(self.root):
            archive = open_archive(self.root)
            try:
                with PartReader(ReadLimits(), read_message, archive.cache) as parts:
                    daemon = Daemon(self.settings(), archive, reader or parts, clock)
                    try:
                        yield daemon
                    finally:
                        daemon.close()
            finally:
                archive.close()


def letter(sender: str, subject: str, body: str, *, name: str = "", more: dict[str, str] | None = None) -> bytes:
    """A plain mail; another subject or body, other octets and another Message-ID."""
    mail = EmailMessage()
    mail["From"] = f"{name} <{sender}>" if name else sender
    mail["To"] = "report@example.com"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{sha256((sender + subject + body).encode()).hexdigest()[:20]}@mail.example.com>"
    for header, value in (more or {}).items():
        mail[header] = value
    mail.set_content(body)
    return mail.as_bytes(policy=SMTP)


def summary(unit: str, words: str = "") -> bytes:
    """A unit's closing report in the body, from its own address, with letterhead and signature."""
    name = UNITS[unit]
    return letter(
        f"{unit.lower()}@example.com",
        f"{name}2025年冬春火灾防控活动总结",
        f"{name}2025年冬春火灾防控活动总结\n\n我院按照通知要求，认真开展火灾防控活动。6月12日组织消防疏散演练1场，"
        f"开展火灾隐患排查，发现隐患5处，均已整改。{words}\n\n{name}\n2025年6月20日\n",
        name=name,
    )


def material(unit: str, words: str = "") -> bytes:
    """A unit's report of one event, in the body."""
    name = UNITS[unit]
    return letter(
        f"{unit.lower()}@example.com",
        f"{name}开展消防疏散演练",
        f"{name}开展消防疏散演练\n\n6月12日，{name}组织开展消防疏散演练，共有45人参加。{words}\n\n{name}\n2025年6月12日\n",
        name=name,
    )


def file_named(raw: bytes, filename: str, content: bytes, media_type: str = "application/octet-stream") -> bytes:
    """The same mail with an attached file."""
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    main, _, sub = media_type.partition("/")
    mail.add_attachment(content, maintype=main, subtype=sub, filename=filename)
    mail.replace_header("Message-ID", f"<{sha256(raw + content).hexdigest()[:20]}@mail.example.com>")
    return mail.as_bytes(policy=SMTP)


class PlainReading:
    """A reader's other half for doubles: messages are taken apart here, nothing needs to rest."""

    def message(self, raw: bytes) -> Message:
        """As the worker would."""
        return read_message(raw)

    def rest(self) -> None:
        """Nothing is held."""
