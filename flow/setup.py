"""A first configuration: log-ins tried for real, then secret, campaign and config.toml written, in that order.

Nothing is written before everything is known to work, and each file is there complete or not at all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from config import Tls, parse_settings
from digest.outgoing import OutgoingServer
from flow.providers import Server
from intake.session import check_login
from records.mail import MailboxAccount
from records.mails import OutgoingAccount
from records.words import Language, Text
from storage.durable import disk_errors, make_folder, write_durably

SECRET = "secrets/mailbox"  # noqa: S105 - a file's name
CAMPAIGN_FILE = "campaign.toml"
_HEAD = Text(
    "# 由 setup 写成（{day}）。各项含义见 README；改后运行 check。相对路径从本文件所在的文件夹算起。",
    "# Written by setup ({day}). README explains each item; run check after changes. Paths start from this folder.",
)
_MAILBOX_HINTS = Text(
    "# since = 2025-05-26    # 更早的邮件一律不收；默认为最早一项进行中任务的通知日期\n"
    '# folders = ["INBOX"]   # 默认：收件箱、垃圾箱和自建的文件夹\n'
    'after = "keep"          # "keep"：绝不改动邮箱；"seen"：标为已读；"move:文件夹"：移走',
    "# since = 2025-05-26    # nothing older is taken; default: the date of the oldest open campaign's notice\n"
    '# folders = ["INBOX"]   # default: inbox, junk and your own folders\n'
    'after = "keep"          # "keep": the mailbox is never changed; "seen"; "move:FOLDER"',
)
_NO_CAMPAIGN = Text(
    "# 还没有报送任务：先运行 notice 通知文件 --roster 名册 --out campaign.toml，再去掉下面各行开头的 #",
    "# No campaign yet: run notice NOTICE --roster FILE --out campaign.toml, then take away the # below",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a configuration is written from."""

    account: str
    imap: Server
    smtp: Server | None  # None: no mails leave
    password: str = field(repr=False)
    sender: str = ""
    daily_limit: int = 200
    coordinators: tuple[str, ...] = ()
    roster: Path | None = None
    campaign: str = ""  # the campaign file's text; "" where there is none yet
    language: Language = "zh"


def try_mailbox(plan: Plan) -> str:
    """Log in to the mailbox and open its inbox; returns what it said. Raises MailboxError, UsageError."""
    server = plan.imap
    tls = cast("Tls", server.tls)
    return check_login(MailboxAccount(server.host, server.port, tls, plan.account, plan.password))


def try_outgoing(plan: Plan) -> str:
    """Log in to the outgoing server; returns what to tell. Raises OutgoingMailError, UsageError."""
    assert plan.smtp is not None
    account = OutgoingAccount(
        host=plan.smtp.host,
        port=plan.smtp.port,
        tls=cast("Tls", plan.smtp.tls),
        sender=plan.sender,
        username=plan.account,
        password=plan.password,
    )
    return OutgoingServer(account).check(plan.language)


def is_set_up(config: Path) -> bool:
    """Whether there is a configuration, or a secret, that must not be lost."""
    return config.exists() or (config.parent / SECRET).exists()


def write_configuration(plan: Plan, config: Path, now: datetime) -> list[Path]:
    """Write the secret (0600), the campaign and config.toml; what stood there is kept beside it under its date.

    Returns the files written. Raises UsageError where the configuration would not be valid, ArchiveError by disk.
    """
    folder = config.parent
    text = config_text(plan, folder, now)
    parse_settings(text, config)
    files = {folder / SECRET: (plan.password + "\n", 0o600)}
    if plan.campaign:
        files[folder / CAMPAIGN_FILE] = (plan.campaign, 0o644)
    files[config] = (text, 0o644)
    with disk_errors(folder):
        secrets = make_folder((folder / SECRET).parent)
        secrets.chmod(0o700)
        _set_aside(files, now)
    for path, (content, mode) in files.items():
        write_durably(path, content.encode(), mode)
    return list(files)


def config_text(plan: Plan, folder: Path, now: datetime) -> str:
    """config.toml as ``setup`` writes it."""
    language = plan.language
    lines = [_HEAD.fill(day=f"{now:%Y-%m-%d}").say(language), f"language = {_quoted(language)}", "", "[[mailbox]]"]
    lines += [*_server(plan.imap), f"username = {_quoted(plan.account)}", f"password_file = {_quoted(SECRET)}"]
    lines += [_MAILBOX_HINTS.say(language), "max_message_mb = 100"]
    if plan.smtp is not None:
        lines += ["", "[outgoing]", *_server(plan.smtp), f"username = {_quoted(plan.account)}"]
        lines += [f"password_file = {_quoted(SECRET)}", f"sender = {_quoted(plan.sender)}"]
        lines += [f"daily_limit = {plan.daily_limit}"]
    lines += ["", "[archive]", 'root = "var"', "", *_campaign(plan, folder), "", "[schedule]", 'digest = "17:30"']
    lines += ['reminders = ["7d", "3d", "1d", "0d", "+1d"]', 'reminder_hour = "09:00"', ""]
    return "\n".join(lines)


def _server(server: Server) -> list[str]:
    return [f"host = {_quoted(server.host)}", f"port = {server.port}", f"tls = {_quoted(server.tls)}"]


def _campaign(plan: Plan, folder: Path) -> list[str]:
    """The table of the campaign; without one, as a comment to fill in."""
    is_whole = bool(plan.campaign) and plan.roster is not None
    roster = _from(folder, plan.roster) if plan.roster is not None else "units.csv"
    people = ", ".join(_quoted(address) for address in plan.coordinators)
    table = ["[[campaign]]", f"file = {_quoted(CAMPAIGN_FILE)}", f"roster = {_quoted(roster)}"]
    table += [f"coordinators = [{people}]", 'timezone = "Asia/Shanghai"']
    return table if is_whole else [_NO_CAMPAIGN.say(plan.language), *(f"# {line}" for line in table)]


def _from(folder: Path, path: Path) -> str:
    """A path as the configuration writes it: relative where it lies beside."""
    absolute = path.absolute()
    own = folder.absolute()
    return str(absolute.relative_to(own)) if absolute.is_relative_to(own) else str(absolute)


def _set_aside(files: Mapping[Path, object], now: datetime) -> None:
    """What people may have written by hand stays, under its name with the time added."""
    for path in files:
        if path.exists():
            shutil.copy2(path, path.with_name(f"{path.name}.{now:%Y%m%d-%H%M%S}"))


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)
