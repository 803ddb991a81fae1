"""A notice file (txt, docx, doc, pdf, scan) becomes a campaign."""

from __future__ import annotations

from pathlib import Path

from filing.files.campaign_corrections import is_of, keep_corrections
from filing.files.campaign_file import campaign_from_toml, campaign_to_toml
from filing.files.roster import read_roster
from filing.notice.reading import Reading, read_with_notes
from flow.campaigns import NOT_UTF8, read_file
from flow.process import Reader
from records.campaigns import Campaign
from records.errors import UsageError
from records.mail import Part
from records.units import Roster
from records.words import Text

UNREADABLE = Text(
    "读不出通知 {path}，请换成 txt、docx 或带文字的 pdf 再试（{why}）",
    "The notice {path} cannot be read, try it as txt, docx or a pdf with text ({why})",
)
OTHER_CAMPAIGN = Text(
    "{path} 里已有另一个报送任务（{title}）：请用 --out 换一个文件名",
    "{path} holds another campaign already ({title}): name another file with --out",
)
NO_TEXT = Text("里面没有文字", "there is no text in it")


def read_notice_file(path: Path, roster_path: Path | None, reader: Reader) -> Reading:
    """The campaign that a notice implies, with the notice's words for each field. Raises UsageError."""
    (extract,) = reader.read([Part("1", path.name, "", read_file(path))])
    if not extract.text.strip():
        raise UsageError(UNREADABLE.fill(path=path, why=extract.explanation or NO_TEXT))
    roster: Roster | None = None
    if roster_path is not None:
        roster = read_roster(read_file(roster_path), str(roster_path), "")
    return read_with_notes(extract.text, tables=extract.tables, roster=roster)


def with_corrections(reading: Reading, out: Path | None) -> tuple[Campaign, str]:
    """The campaign, with what a person corrected in the file that is there already, and as the file's new text.

    Raises UsageError where the file holds another campaign: it would be lost, or its reports mixed with these.
    """
    if out is None or not out.exists():
        return reading.campaign, campaign_to_toml(reading.campaign, reading.notes)
    try:
        text = read_file(out).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(NOT_UTF8.fill(path=out)) from error
    there, fresh = campaign_from_toml(text, str(out)), reading.campaign
    if there.id != fresh.id and there.title != fresh.title and not is_of(fresh, text):
        raise UsageError(OTHER_CAMPAIGN.fill(path=out, title=there.title))
    campaign, as_read = keep_corrections(fresh, text, str(out))
    return campaign, campaign_to_toml(campaign, reading.notes, as_read)
