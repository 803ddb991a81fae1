"""Commands that keep the archive safe: backup, restore, verify."""

from __future__ import annotations

from pathlib import Path

from flow.backup import NO_ARCHIVE, back_up, check_restorable, restore
from flow.commands.desk import Arguments, Desk
from flow.commands.working import REBUILT, rebuilt
from flow.verify import verify
from records.errors import ArchiveError, UsageError
from records.words import Text
from storage.lock import writing

BACKED_UP = Text(
    "已备份到 {path}：新增 {new} 个文件，共 {messages} 封邮件、{kept} 个登记和配置文件；授权码（secrets）没有备份",
    "backed up to {path}: {new} files new, {messages} messages and {kept} kept files in all; secrets are not copied",
)
RESTORED = Text(
    "已从 {path} 恢复 {messages} 封邮件和全部日志", "{messages} messages and all journals restored from {path}"
)
SECRETS = Text(
    "授权码不在备份里：请按 config.toml 放好后再运行 run",
    "secrets are in no backup: put them where config.toml says, then run",
)
WHOLE = Text(
    "完好：{messages} 封邮件、{kept} 个登记和配置文件、{files} 个附件文件、{lines} 行日志",
    "all whole: {messages} messages, {kept} kept files, {files} attachment files, {lines} lines of journals",
)
DAMAGED = Text("发现 {count} 处损坏，请按上面各行的说明处理", "{count} damages found: do what each line above says")


def run_backup(desk: Desk, args: Arguments) -> int:
    """Copy what cannot be had again; works beside a running service."""
    target = Path(args.folder)
    copied = back_up(desk.settings, target, desk.clock, desk.progress())
    desk.say(BACKED_UP.fill(path=target, new=copied.new, messages=copied.messages, kept=copied.kept))
    return 0


def run_restore(desk: Desk, args: Arguments) -> int:
    """Bring an archive back from a backup, derived data included; sends nothing."""
    source, root = Path(args.folder), desk.settings.root
    check_restorable(desk.settings, source)
    with writing(root, copying=True):
        copied = restore(root, source, desk.progress())
        desk.say(RESTORED.fill(path=source, messages=copied.messages))
        count = rebuilt(desk, root)
    desk.say(REBUILT.fill(count=count))
    desk.say(SECRETS)
    return 0


def run_verify(desk: Desk, args: Arguments) -> int:
    """A line for each thing that is not as it should be; exit status 1 where one is a damage."""
    root = Path(args.folder) if args.folder else desk.settings.root
    if not root.is_dir():
        raise UsageError(NO_ARCHIVE.fill(root=root))
    found = verify(root, desk.progress())
    for item in found.findings:
        print(("✗ " if item.is_damage else "· ") + item.text.say(desk.language), flush=True)
    if found.damages:
        raise ArchiveError(DAMAGED.fill(count=found.damages))
    desk.say(WHOLE.fill(messages=found.messages, kept=found.kept, files=found.files, lines=found.lines))
    return 0
