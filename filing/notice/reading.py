"""The notice reader: a notice's text → the campaign that it starts, with the words that each value rests on.

Source: CONTRACT.md, campaign.toml; GB/T 9704—2012 for the layout. Pure: no clock, no files but the lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from filing.notice.activities import read_activities
from filing.notice.askers import Askers
from filing.notice.contacts import read_contacts, read_mailboxes
from filing.notice.dates import Almanac
from filing.notice.deadlines import Frame
from filing.notice.head import Head, read_head
from filing.notice.measures import read_measures
from filing.notice.outline import outline
from filing.notice.period import read_period
from filing.notice.requirements import Asked, read_requirements
from filing.notice.slug import campaign_id
from filing.notice.sources import body_sources, head_sources
from filing.notice.text import Line, lines_of, paragraphs
from filing.notice.texttables import parted, told_in, without_cells
from filing.notice.theme import as_printed, quotes_as_printed, read_theme
from records.campaigns import Campaign, Unsure
from records.errors import UsageError
from records.extracts import Table
from records.units import Roster
from records.words import Text

SHANGHAI = ZoneInfo("Asia/Shanghai")
_NO_NOTICE = Text(
    "这份文件不像通知：开头没有找到“关于……的通知”一类标题。请核对文件，或按 campaign.toml 的格式手写报送任务。",
    "This is no notice: no title such as 关于…的通知 stands at its beginning. "
    "Check the file, or write campaign.toml by hand.",
)
_EMPTY = Text(
    "通知文件里没有文字。请换一份能读出文字的文件。", "The notice holds no text. Give a file whose text can be read."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A campaign, and for its fields (``period``, ``requirements.r1.due`` …) the notice's words that they rest on."""

    campaign: Campaign
    notes: Mapping[str, str]


def read_notice(
    text: str, *, tables: Sequence[Table] = (), roster: Roster | None = None, zone: ZoneInfo = SHANGHAI
) -> Campaign:
    """The campaign that a notice's text (and its annexed tables) implies; what is doubtful stands in ``unsure``.

    ``roster`` tells which categories and units a sentence can mean. Deadlines are in ``zone``.
    Raises UsageError where the text is empty or no notice at all.
    """
    return read_with_notes(text, tables=tables, roster=roster, zone=zone).campaign


def read_with_notes(
    text: str, *, tables: Sequence[Table] = (), roster: Roster | None = None, zone: ZoneInfo = SHANGHAI
) -> Reading:
    """Like read_notice, with the notice's own words for the fields."""
    plain, text_tables = parted(without_cells(text, tables))
    lines = lines_of(plain)
    if not lines:
        raise UsageError(_EMPTY)
    head = read_head(lines)
    if head is None:
        raise UsageError(_NO_NOTICE)
    reading = _Reader(lines, head, [*tables, *text_tables], roster, zone).reading()
    if not head.title_is_formal and not _asks_somebody(reading.campaign, named=head.title_names_kind):
        raise UsageError(_NO_NOTICE)
    return reading


def _asks_somebody(campaign: Campaign, *, named: bool) -> bool:
    """Whether a text under a bare title (通知), or ``named`` nothing at all, does what notices do."""
    if not named:
        return bool(campaign.mailboxes) and any(item.due for item in campaign.requirements)
    return bool(campaign.requirements or (campaign.addressees and campaign.issuer and campaign.issued_on))


class _Reader:
    """One notice on its way to a campaign: the parts that several fields are read from."""

    def __init__(
        self, lines: Sequence[Line], head: Head, tables: Sequence[Table], roster: Roster | None, zone: ZoneInfo
    ) -> None:
        self.lines = lines
        self.head = head
        self.tables = tables
        self.body = paragraphs(head.body)
        self.annexes = paragraphs(head.annexes)
        self.roots = tuple(outline(texts) for texts in (self.body, self.annexes) if texts)
        self.almanac = Almanac(head.issued_on, _year(head))
        self.period = read_period(self.roots, head.title_words, self.almanac, tables)
        self.activities = read_activities(self.roots, tables, self.almanac, self.period.period)
        self.frame = Frame(self.almanac, self.period.period, zone)
        self.askers = Askers(head.addressees, roster)

    def reading(self) -> Reading:
        voluntary = [activity.text for activity in self.activities.items if not activity.required]
        texts = (*self.body, *self.annexes, *told_in(self.tables))
        asked, doubts = read_requirements(
            texts,
            self.frame,
            self.askers,
            voluntary_texts=voluntary,
            tables=self.tables,
            activity_texts=[activity.text for activity in self.activities.items],
        )
        issuer, issuer_doubt = _issuer(self.head)
        theme = as_printed(read_theme(self.roots), [*self.head.body, *self.head.annexes])
        year = self.period.period.from_.year if self.period.period else self.almanac.base_year
        mailboxes = read_mailboxes(texts)
        campaign = Campaign(
            id=campaign_id(self.head.title_words, theme, self.almanac.year or year),
            title=quotes_as_printed(self.head.title, self.lines),
            issuer=issuer,
            period=self.period.period,
            document_number=self.head.document_number,
            issued_on=self.head.issued_on,
            theme=theme,
            addressees=self.head.addressees,
            requirements=tuple(item.requirement for item in asked),
            mailboxes=mailboxes,
            contacts=read_contacts(texts),
            activities=self.activities.items,
            measures=read_measures(texts, self.tables),
            unsure=tuple(self._unsure(issuer_doubt, mailboxes, asked, doubts)),
        )
        return Reading(campaign, dict(self._notes(campaign, asked)))

    def _notes(self, campaign: Campaign, asked: Sequence[Asked]) -> Iterator[tuple[str, str]]:
        yield from head_sources(campaign, self.head, self.lines)
        if self.period.words:
            yield "period", self.period.words
        for item in asked:
            yield f"requirements.{item.requirement.id}", item.sentence
        yield from body_sources(campaign, (*self.body, *self.annexes, *told_in(self.tables)), self.tables)
        yield from self.activities.notes

    def _unsure(
        self, issuer_doubt: str, mailboxes: Sequence[str], asked: Sequence[Asked], doubts: Sequence[Unsure]
    ) -> Iterator[Unsure]:
        if issuer_doubt:
            yield Unsure("issuer", issuer_doubt)
        if self.head.issued_on is None:
            yield Unsure("issued_on", "没有找到落款日期")
        elif self.head.issued_by_footer:
            yield Unsure("issued_on", f"没有落款日期，取自“{self.head.issued_words}”")
        if self.period.why:
            yield Unsure("period", self.period.why)
        if not asked:
            yield Unsure("requirements", "通知中没有找到报送要求")
        elif not any(item.requirement.required and item.requirement.due for item in asked):
            yield Unsure("requirements", "通知中没有找到报送期限")
        if not mailboxes:
            yield Unsure("mailboxes", "通知中没有找到报送邮箱")
        yield from doubts
        yield from self.activities.unsure


def _year(head: Head) -> int | None:
    """The year in the title, else in the document number."""
    for text in (head.title, head.document_number or ""):
        found = re.search(r"20\d\d", text)
        if found:
            return int(found.group())
    return head.issued_on.year if head.issued_on else None


def _issuer(head: Head) -> tuple[str, str]:
    """The office that issued the notice, and what is doubtful about it."""
    signed = "、".join(head.signatures)
    names = [name for name in (signed, head.letterhead, head.title_issuer) if name]
    if not names:
        return "", "没有找到发文机关"
    longest = max(names, key=len)
    if signed and all(_same_office(signed, other) for other in names):
        return longest if len(head.signatures) == 1 and signed in longest else signed, ""
    if len(names) == 1:
        return names[0], ""
    return names[0], f"落款、文头和标题中的发文机关不一致：{'；'.join(dict.fromkeys(names))}"


def _same_office(one: str, other: str) -> bool:
    """Whether two names are one office's: equal, or one a shorter form of the other."""
    return one in other or other in one or _is_subsequence(one, other) or _is_subsequence(other, one)


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)
