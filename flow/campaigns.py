"""Campaign files and rosters as the configuration names them, each version kept the first time it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from config import CampaignSettings, Settings
from filing.files.campaign_file import campaign_from_toml
from filing.files.roster import read_roster
from flow.standing import standing_of
from records.campaigns import CampaignContext
from records.decisions import Action, Decision, Version
from records.errors import UsageError
from records.measures import with_standard
from records.words import Text
from storage.archive import Archive
from storage.faults import step

CANNOT_READ = Text(
    "{path} 读不出来（{why}）：请检查 config.toml 里的路径和文件权限",
    "{path} cannot be read ({why}): check its path in config.toml and the file's permissions",
)
NOT_UTF8 = Text("{path} 不是 UTF-8 编码：请另存为 UTF-8 后重试", "{path} is not UTF-8: save it as UTF-8 and try again")
TWICE = Text(
    "两个报送任务都叫 {id}：请修改其中一个任务文件的 id",
    "Two campaigns are called {id}: change the id in one of the files",
)
NO_CAMPAIGN = Text("没有 id 为 {id} 的报送任务；现有：{known}", "There is no campaign {id}; there are: {known}")
SEVERAL = Text(
    "有多个报送任务（{known}），请用 --campaign 指明是哪一个",
    "There are several campaigns ({known}): name one with --campaign",
)
NONE_OPEN = Text(
    "没有进行中的报送任务：请先用 notice 命令生成任务文件，并写进 config.toml",
    "No campaign is open: make a campaign file with the notice command and name it in config.toml",
)
SERVICE = "baosong"


def load_contexts(settings: Settings, decisions: Sequence[Decision]) -> tuple[CampaignContext, ...]:
    """All configured campaigns with their rosters, codes made earlier kept. Raises UsageError."""
    closed = standing_of(decisions).closed
    codes = _made_codes(decisions)
    contexts = []
    for table in settings.campaign:
        contexts.append(_context(settings, table, codes))
        codes |= dict(contexts[-1].roster.made_codes)  # units belong to the office: one code in all its rosters
    ids = [context.campaign.id for context in contexts]
    for id_ in ids:
        if ids.count(id_) > 1:
            raise UsageError(TWICE.fill(id=id_))
    return tuple(replace(context, is_open=context.campaign.id not in closed) for context in contexts)


def keep_versions(
    settings: Settings,
    archive: Archive,
    contexts: Iterable[CampaignContext],
    decisions: Sequence[Decision],
    now: datetime,
) -> list[Decision]:
    """Keep campaign files and rosters that were not seen in this state before; returns the journal's new lines."""
    known = {
        (action.campaign, action.what, action.sha256)
        for decision in decisions
        if isinstance(action := decision.action, Version)
    }
    new = []
    for context, table in zip(contexts, settings.campaign, strict=True):
        for version, octets in _versions(settings, context, table, archive):
            if (version.campaign, version.what, version.sha256) not in known:
                with step("keep version"):
                    archive.kept.keep(octets)
                new.append(version)
    return append_decisions(archive, new, Writer(SERVICE, "service", now)) if new else []


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes into the decisions journal, through which channel, when, with what remark."""

    by: str
    channel: Literal["command", "web", "service"]
    at: datetime
    note: str = ""


def append_decisions(
    archive: Archive, actions: Sequence[Action], writer: Writer, *, before: str = "", after: str = ""
) -> list[Decision]:
    """Write decisions into the journal, numbered by their place in it; durable when this returns."""

    def make(count: int) -> list[Decision]:
        return [
            Decision(f"d-{count + place:04d}", writer.at, writer.by, writer.channel, action, writer.note, before, after)
            for place, action in enumerate(actions, 1)
        ]

    with step("journal decisions"):
        return list(archive.decisions.extend(make))


def choose(contexts: Sequence[CampaignContext], id_: str | None) -> CampaignContext:
    """The campaign of that id, or the only open one. Raises UsageError."""
    known = "、".join(context.campaign.id for context in contexts)
    if id_ is not None:
        found = next((context for context in contexts if context.campaign.id == id_), None)
        if found is None:
            raise UsageError(NO_CAMPAIGN.fill(id=id_, known=known or "—"))
        return found
    open_ones = [context for context in contexts if context.is_open]
    if len(open_ones) != 1:
        raise UsageError(SEVERAL.fill(known=known) if open_ones else NONE_OPEN)
    return open_ones[0]


def listed(contexts: Sequence[CampaignContext], id_: str | None) -> tuple[CampaignContext, ...]:
    """The campaign of that id, or all open ones. Raises UsageError."""
    if id_ is not None:
        return (choose(contexts, id_),)
    return tuple(context for context in contexts if context.is_open)


def campaigns_asked(contexts: Sequence[CampaignContext], id_: str | None) -> frozenset[str] | None:
    """Ids of the campaign asked for, else of all open ones; None, for any, where none is open. Raises UsageError."""
    return frozenset(context.campaign.id for context in listed(contexts, id_)) or None


def oldest_notice(contexts: Iterable[CampaignContext]) -> date | None:
    """The date of the oldest open campaign's notice: nothing older is taken from a mailbox by default.

    With all campaigns closed, that of the oldest: closing one opens no older mail.
    """
    everything = list(contexts)
    dates = [context.campaign.begins for context in [item for item in everything if item.is_open] or everything]
    known = [day for day in dates if day is not None]
    return min(known) if known and len(known) == len(dates) else None


def read_file(path: Path) -> bytes:
    """A file that the configuration names. Raises UsageError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(CANNOT_READ.fill(path=path, why=error.strerror or error)) from error


def _context(settings: Settings, table: CampaignSettings, codes: Mapping[str, str]) -> CampaignContext:
    path = settings.path(table.file)
    try:
        text = read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(NOT_UTF8.fill(path=path)) from error
    campaign = campaign_from_toml(text, str(path))
    roster_path = settings.path(table.roster)
    roster = read_roster(read_file(roster_path), str(roster_path), campaign.id, codes)
    campaign = replace(campaign, measures=with_standard(campaign.measures))
    return CampaignContext(campaign, roster, tuple(table.coordinators), table.timezone)


def _made_codes(decisions: Iterable[Decision]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for decision in decisions:
        action = decision.action
        if isinstance(action, Version):
            codes |= dict(action.made_codes)
    return codes


def _versions(
    settings: Settings, context: CampaignContext, table: CampaignSettings, archive: Archive
) -> Iterable[tuple[Version, bytes]]:
    id_ = context.campaign.id
    campaign, roster = read_file(settings.path(table.file)), read_file(settings.path(table.roster))
    yield Version(id_, "campaign", archive.kept.hash(campaign)), campaign
    yield Version(id_, "roster", archive.kept.hash(roster), context.roster.made_codes), roster
