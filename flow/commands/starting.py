"""Commands of the first day: import."""

from __future__ import annotations

import sys
from pathlib import Path

from flow.commands.desk import Arguments, Desk
from flow.importing import Imported, Importing
from flow.process import process_pending
from records.errors import UsageError
from records.words import Text

NO_CAMPAIGN = Text(
    "config.toml 中没有 [[campaign]]：没有名册认不出单位，请先加上报送任务再导入",
    "config.toml has no [[campaign]]: without a roster no unit is recognised; add a campaign first, then import",
)
NO_PATH = Text("没有 {path} 这个文件或文件夹：请检查路径", "there is no file or folder {path}: check the path")
IMPORTED = Text(
    "导入 {archived} 封，已有 {known} 封，过大 {too_large} 封；归类完成 {filed} 封",
    "{archived} imported, {known} known already, {too_large} too large; {filed} filed",
)
REFUSED = Text("有 {count} 处没有导入，见上", "{count} things were not imported, as told above")


def run_import(desk: Desk, args: Arguments) -> int:
    """Mail from files, the same way as mail from a mailbox; sends nothing. Exit status 1 where something is no mail."""
    paths = [Path(path) for path in args.paths]
    for path in paths:
        if not path.exists():
            raise UsageError(NO_PATH.fill(path=path))
    if not desk.settings.campaign:
        raise UsageError(NO_CAMPAIGN)
    with desk.writing() as office:
        progress = desk.progress()
        imported = Importing(office.archive, desk.clock, _limit_bytes(desk), progress).take(paths)
        with desk.reader(office.archive) as reader:
            filed = process_pending(office, reader, progress)
    return _tell(desk, imported, filed)


def _limit_bytes(desk: Desk) -> int:
    """max_message_mb of the mailbox; of several the largest, by default as for a mailbox."""
    limits = [table.max_message_mb for table in desk.settings.mailbox]
    return max(limits, default=100) * 1024 * 1024


def _tell(desk: Desk, imported: Imported, filed: int) -> int:
    for text in imported.refused:
        print(text.say(desk.language), file=sys.stderr)
    counts = {"archived": imported.archived, "known": imported.known, "too_large": imported.too_large, "filed": filed}
    desk.say(IMPORTED.fill(**counts))
    if imported.refused:
        desk.say(REFUSED.fill(count=len(imported.refused)))
    return 1 if imported.refused else 0
