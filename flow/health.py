"""Whether the daemon polls and sends as it should: a line each for what is wrong. Works beside the running daemon."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from config import MailboxSettings, Settings
from flow.pulse import Pulse, read_beat, read_pulse
from records.errors import BaosongError
from records.words import Text
from storage import outbox
from storage.archive import open_archive
from storage.database import Database
from storage.lock import holder

FREE_BYTES_NEEDED = 1024**3
INTERVALS = 3  # looks that may fail to come before it is said
PATIENCE = timedelta(minutes=3)  # and never less than this: a slow look is none that failed
STILL = timedelta(minutes=45)  # one message with many scans may take the daemon so long
WAITED = timedelta(hours=1)
RECENT = timedelta(days=1)
NOT_RUNNING = Text(
    "服务没有运行：请启动 run（systemd、容器等应让它自动重启）",
    "the service is not running: start run (systemd, a container or the like should keep it up)",
)
OTHER_COMMAND = Text(
    "服务没有运行，另一个命令（进程 {pid}）正在写入资料库：等它结束后请启动 run",
    "the service is not running, another command (process {pid}) writes to the archive: start run when it has ended",
)
STANDS_STILL = Text(
    "服务从 {at} 起没有动静：请看运行日志，必要时重启",
    "nothing has moved in the service since {at}: look at its log, restart it if need be",
)
NEVER_READ = Text("邮箱 {name} 还没有收成过：{why}", "the mailbox {name} was never read: {why}")
NOT_READ = Text("邮箱 {name} 从 {at} 起没有收成：{why}", "the mailbox {name} was last read at {at}: {why}")
UNKNOWN = Text("原因不明，请看运行日志", "see the log for the reason")
UNREAD = Text("邮箱 {name} 有文件夹读不了：{why}", "a folder of the mailbox {name} cannot be read: {why}")
WAITING = Text(
    "有 {count} 封邮件一个多小时没能发出，最早的等到现在已从 {at} 起：{why}",
    "{count} mails have waited for more than an hour, the oldest since {at}: {why}",
)
REFUSED = Text("有 {count} 封邮件被发件服务器退回：{why}", "{count} mails were refused by the outgoing server: {why}")
LITTLE_SPACE = Text(
    "资料库所在磁盘只剩 {free_gb:.1f} GB：请清理", "only {free_gb:.1f} GB free for the archive: make room"
)
DAILY_LIMIT = Text("可能已到 daily_limit", "perhaps daily_limit is reached")


def health(settings: Settings, now: datetime, zone: tzinfo) -> Iterator[Text]:
    """What is wrong; nothing where all is well. Never raises for what a person can mend: that is said too."""
    try:
        yield from _wrong(settings, now, zone)
    except BaosongError as error:
        yield error.text


def _wrong(settings: Settings, now: datetime, zone: tzinfo) -> Iterator[Text]:
    pid = holder(settings.root)
    if pid is None:
        yield NOT_RUNNING
    if not (settings.root / "baosong.db").exists():
        return
    archive = open_archive(settings.root)
    try:
        yield from _daemon(archive.database, pid, now, zone)
        for table in settings.mailbox:
            pulse = read_pulse(archive.database, f"{table.username}@{table.host}")
            yield from mailbox_lines(table, pulse, now, zone)
        with archive.database.session() as session:
            waiting = outbox.waiting(session)
    finally:
        archive.close()
    yield from outbox_lines(waiting, now, zone)
    free = shutil.disk_usage(settings.root).free
    if free < FREE_BYTES_NEEDED:
        yield LITTLE_SPACE.fill(free_gb=free / 1024**3)


def _daemon(database: Database, pid: int | None, now: datetime, zone: tzinfo) -> Iterator[Text]:
    beat = read_beat(database)
    if pid is not None and (beat is None or beat.pid != pid):
        yield OTHER_COMMAND.fill(pid=pid)
    elif pid is not None and beat is not None and now - beat.at > STILL:
        yield STANDS_STILL.fill(at=_at(beat.at, zone))


def mailbox_lines(table: MailboxSettings, pulse: Pulse, now: datetime, zone: tzinfo) -> Iterator[Text]:
    """What is wrong with one mailbox: not read for three intervals, no more log-ins, folders that cannot be read."""
    longest = max(INTERVALS * timedelta(seconds=table.poll_seconds), PATIENCE)
    why = pulse.why or UNKNOWN
    if pulse.good_at is None:
        yield NEVER_READ.fill(name=table.username, why=why)
    elif pulse.is_stopped or now - pulse.good_at > longest:
        yield NOT_READ.fill(name=table.username, at=_at(pulse.good_at, zone), why=why)
    for folder in pulse.unread:
        yield UNREAD.fill(name=table.username, why=folder)


def outbox_lines(waiting: list[outbox.Waiting], now: datetime, zone: tzinfo) -> Iterator[Text]:
    """What is wrong with our own mails: queued for more than an hour, or refused within the last day."""
    late = [mail for mail in waiting if mail.state == "queued" and now - mail.created_at > WAITED]
    if late:
        why = next((mail.why for mail in late if mail.why is not None), DAILY_LIMIT)
        yield WAITING.fill(count=len(late), at=_at(late[0].created_at, zone), why=why)
    refused = [mail for mail in waiting if mail.state == "refused" and now - mail.created_at <= RECENT]
    if refused:
        yield REFUSED.fill(count=len(refused), why=refused[-1].why or UNKNOWN)


def _at(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%m-%d %H:%M}"
