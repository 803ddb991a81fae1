"""A notice file (txt, docx, doc, pdf, scan) becomes a campaign."""

from __future__ import annotations

from pathlib import Path

from filing.campaign_file import keep_corrections
from filing.notice import Reading, read_with_notes
from filing.roster import read_roster
from flow.campaigns import read_file
from flow.process import Reader
from records.campaigns import Campaign
from records.errors import UsageError
from records.mail import Part
from records.units import Roster
from records.words import Text

UNREADABLE = Text(
    "读不出通知 {path}：{why}。请换成 txt、docx 或带文字的 pdf 再试",
    "The notice {path} cannot be read: {why}. Try it as txt, docx or a pdf with text",
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


def with_corrections(reading: Reading, out: Path) -> Campaign:
    """The campaign, with what a person corrected in the file that is there already."""
    if not out.exists():
        return reading.campaign
    return keep_corrections(reading.campaign, out.read_text("utf-8-sig"), str(out))
