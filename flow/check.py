"""Whether all that the service needs is there: a line each."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from config import Settings
from digest.outgoing import OutgoingServer
from flow.bounces import bad_addresses
from flow.campaigns import load_contexts
from flow.poll import OF_ONE_FOLDER
from intake.session import MailboxSession
from parsers import stills
from parsers.confinement import find_locks
from parsers.unpackers import installed
from records.campaigns import CampaignContext, Requirement
from records.errors import BaosongError, MailboxError
from records.mails import OutgoingAccount
from records.words import Language, Text
from storage.archive import open_archive
from storage.durable import make_folder, write_durably

FREE_BYTES_NEEDED = 1024**3
CONFIGURED = Text("配置：{path}", "configuration: {path}")
CAMPAIGN = Text(
    "报送任务：{id}，{units} 家单位，{requirements} 项报送要求，截止 {due}",
    "campaign: {id}, {units} units, {requirements} requirements, due {due}",
)
UNSURE = Text("  请核对：{field}（{why}）", "  please check: {field} ({why})")
NO_CAMPAIGN = Text(
    "没有报送任务：请在 config.toml 中加入 [[campaign]]", "no campaign: add a [[campaign]] to config.toml"
)
NOT_IN_ROSTER = Text(
    "  报送要求 {requirement} 面向“{names}”，名册里没有：请核对任务文件或名册的类别、名称",
    "  requirement {requirement} asks “{names}”, whom the roster lacks: check categories and names in both files",
)
NO_COORDINATOR = Text(
    "报送任务 {id} 没有 coordinators：日报和催报名单无人接收",
    "campaign {id} has no coordinators: nobody would get digests and reminder lists",
)
RETURNED = Text(
    "发给 {address} 的邮件被退回（{at}，{why}）：请核对 coordinators 里的地址",
    "mails to {address} come back ({at}, {why}): check the address among the coordinators",
)
NO_MAILBOX = Text("没有收件邮箱：请在 config.toml 中加入 [mailbox]", "no mailbox: add a [mailbox] to config.toml")
MAILBOX = Text("收件邮箱：{what}", "mailbox: {what}")
MAILBOX_FOLDERS = Text("收件邮箱：{what}；另有 {more} 个文件夹", "mailbox: {what}; {more} more folders")
ALARM_OUTGOING = Text("告警发件服务器：{what}", "outgoing server for alarms: {what}")
NO_OUTGOING = Text("没有发件设置：日报和催报不会发出", "no outgoing server: digests and reminders will not leave")
OUTGOING = Text("发件服务器：{what}", "outgoing server: {what}")
ARCHIVE = Text("资料库：{root}，可用空间 {free_gb:.1f} GB", "archive: {root}, {free_gb:.1f} GB free")
LITTLE_SPACE = Text(
    "资料库所在磁盘只剩 {free_gb:.1f} GB：请清理", "only {free_gb:.1f} GB free for the archive: make room"
)
OCR_ENGINES = ("openvino", "onnxruntime")  # either reads pictures; the first is faster
OCR = Text("图片文字识别：{name}", "text recognition: {name}")
NO_OCR = Text(
    "没有图片文字识别引擎：请安装 openvino 或 onnxruntime，否则扫描件和照片要人工查看",
    "no text recognition: install openvino or onnxruntime, or people must look at scans and photos themselves",
)

UNPACKERS = Text("RAR 解压工具：{names}", "RAR unpackers: {names}")
NO_UNPACKER = Text(
    "没有 RAR 解压工具（可不装）：装上 libarchive-tools 或 unar 后可读取 RAR 附件",
    "no RAR unpacker (optional): with libarchive-tools or unar installed, RAR attachments are read",
)
LOCKED = Text(
    "附件读取进程：无网络，不能在别处写文件", "processes that read attachments: no network, no writing elsewhere"
)
UNLOCKED = Text(
    "附件读取进程：本系统不能使其{lacking}；请用只做此事的用户运行本服务",
    "processes that read attachments: this system cannot take away {lacking}; run the service as a user of its own",
)
NO_NETWORK_LOCK, NO_WRITING_LOCK = Text("断网", "network"), Text("只写临时目录", "writing (Landlock)")
FFMPEG = Text("视频截图：ffmpeg", "stills of videos: ffmpeg")
NO_FFMPEG = Text(
    "没有 ffmpeg（可不装）：装上后可识别视频画面上的文字，否则只读出时长等信息",
    "no ffmpeg (optional): with it installed, text in videos is read; without, duration and the like alone",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One finding."""

    ok: bool
    text: Text


def check(settings: Settings, language: Language) -> Iterator[Line]:
    """Everything that is needed, as it is found; ``ok`` is False where something needed is missing."""
    yield Line(True, CONFIGURED.fill(path=settings.source))
    yield from _guarded(partial(_archive, settings))
    yield from _guarded(partial(_campaigns, settings))
    yield from _guarded(partial(_mailboxes, settings))
    yield from _guarded(partial(_outgoing, settings, language))
    engine = next((name for name in OCR_ENGINES if find_spec(name) is not None), None)
    yield Line(engine is not None, OCR.fill(name=engine) if engine else NO_OCR)
    found = "、".join(item.program for item in installed())
    yield Line(True, UNPACKERS.fill(names=found) if found else NO_UNPACKER)
    yield Line(True, FFMPEG if stills.program() else NO_FFMPEG)
    yield Line(True, _locks())


def _locks() -> Text:
    with tempfile.TemporaryDirectory() as folder:
        locks = find_locks(Path(folder))
    lacking = [lock for has, lock in ((locks.network, NO_NETWORK_LOCK), (locks.writing, NO_WRITING_LOCK)) if not has]
    if not lacking:
        return LOCKED
    joined = Text("、".join(lock.zh for lock in lacking), ", ".join(lock.en for lock in lacking))
    return UNLOCKED.fill(lacking=joined)


def _guarded(find: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    try:
        yield from find()
    except BaosongError as error:
        yield Line(False, error.text)


def _archive(settings: Settings) -> Iterator[Line]:
    make_folder(settings.root)
    probe = settings.root / ".probe"
    write_durably(probe, b"")
    probe.unlink()
    free = shutil.disk_usage(settings.root).free
    text = ARCHIVE if free >= FREE_BYTES_NEEDED else LITTLE_SPACE
    yield Line(free >= FREE_BYTES_NEEDED, text.fill(root=settings.root, free_gb=free / 1024**3))


def _campaigns(settings: Settings) -> Iterator[Line]:
    if not settings.campaign:
        yield Line(False, NO_CAMPAIGN)
        return
    archive = open_archive(settings.root)
    try:
        contexts = load_contexts(settings, tuple(archive.decisions.read()))
        with archive.database.session() as session:
            returned = bad_addresses(session, datetime.now(UTC))
    finally:
        archive.close()
    for context in contexts:
        yield from _campaign(context)
    for item in returned:
        yield Line(False, RETURNED.fill(address=item.recipient, at=item.returned_at.isoformat(), why=item.why or "—"))


def _campaign(context: CampaignContext) -> Iterator[Line]:
    campaign = context.campaign
    due = min((item.due for item in campaign.requirements if item.due and item.required), default=None)
    yield Line(
        due is not None,
        CAMPAIGN.fill(
            id=campaign.id,
            units=len(context.roster.units),
            requirements=len(campaign.requirements),
            due=due.isoformat()
            if due
            else Text("未定：请在任务文件中补上 due", "unknown: write it into the campaign file"),
        ),
    )
    for asked in campaign.requirements:
        if lacking := _lacking(context, asked):
            yield Line(False, NOT_IN_ROSTER.fill(requirement=asked.id, names="、".join(lacking)))
    for item in campaign.unsure:
        yield Line(True, UNSURE.fill(field=item.field, why=item.why))
    if not context.coordinators:
        yield Line(False, NO_COORDINATOR.fill(id=campaign.id))


def _lacking(context: CampaignContext, requirement: Requirement) -> list[str]:
    names = {name for unit in context.roster.units for name in unit.names}
    lacking = [name for name in requirement.categories if name not in context.roster.categories]
    return lacking + [name for name in requirement.units if name not in names]


def _mailboxes(settings: Settings) -> Iterator[Line]:
    if not settings.mailbox:
        yield Line(False, NO_MAILBOX)
    for place in range(len(settings.mailbox)):
        yield from _guarded(partial(_mailbox, settings, place))


def _mailbox(settings: Settings, place: int) -> Iterator[Line]:
    """One log-in; each folder that is watched is opened, as some may be shut."""
    account = settings.mailbox_account(place)
    with MailboxSession(account) as session:
        found: dict[str, int] = {}
        shut: list[Line] = []
        for name in session.folders():
            try:
                found[name] = session.open(name).exists
            except MailboxError as error:
                if error.kind not in OF_ONE_FOLDER:
                    raise
                shut.append(Line(False, error.text))
    if found:
        first, exists = next(iter(found.items()))
        what = f"{account.host}:{account.port}, {first}: {exists}"
        more = len(found) - 1
        yield Line(True, MAILBOX.fill(what=what) if not more else MAILBOX_FOLDERS.fill(what=what, more=more))
    yield from shut


def _outgoing(settings: Settings, language: Language) -> Iterator[Line]:
    yield from _guarded(partial(_sends, settings.outgoing_account, language, OUTGOING))
    if settings.alarm_outgoing is not None:
        yield from _guarded(partial(_sends, settings.alarm_account, language, ALARM_OUTGOING))


def _sends(load: Callable[[], OutgoingAccount | None], language: Language, found: Text) -> Iterator[Line]:
    account = load()
    if account is None:
        yield Line(True, NO_OUTGOING)
        return
    yield Line(True, found.fill(what=OutgoingServer(account).check(language)))
