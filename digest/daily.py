"""The daily digest (收报日报): what came in, what wants a person, how the campaign stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from digest.arrivals import TO_ANSWER, UNREADABLE, Arrivals, Entry, is_urgent
from digest.directory import KINDS, Directory, campaign_name, figure_text
from digest.pages import Block, Item, Items, Page, Paragraph, Section, Table, page_html, page_text
from digest.progress import late_blocks, missing_blocks, progress_blocks, progress_line
from digest.sheets import XLSX
from digest.speech import clean, day_text, moment_text, names_text, plural, quoted, say, sentence_text
from digest.standing import missing_units, owed_boards, pressing_boards
from digest.workbook import status_workbook
from records.boards import DigestData, FigureTotal, MessageView, Reconciliation
from records.bounces import ReturnedMail
from records.mail import CloudLink
from records.mails import Attachment, Letter
from records.words import Language, Text

MOST_ITEMS = 80  # of one list; a mail stays readable, the workbook holds all
MOST_NAMES = 12
MAIL_KINDS = {
    "digest": Text("收报日报", "digest"),
    "reminder": Text("催报清单", "reminder list"),
    "alarm": Text("告警邮件", "alarm"),
}
T = TypeVar("T")


def digest_letter(data: DigestData, language: Language = "zh") -> Letter:
    """The digest of one campaign and day as text, HTML and status workbook; times as in ``data.period_to``'s zone.

    Only what there is something to say about has a section; a day without news gives a short letter that says so.
    """
    page = _Digest(data, language).page()
    name = say(language, "报送情况{day}.xlsx", "status-{day}.xlsx", day=data.day.isoformat())
    workbook = Attachment(name, XLSX, status_workbook(data, language))
    return Letter(page.title, page_text(page, language), page_html(page, language), (workbook,))


class _Digest:
    """One digest being written."""

    def __init__(self, data: DigestData, language: Language) -> None:
        self._data = data
        self._language = language
        self._directory = Directory(data.campaign, data.units, language)
        self._arrivals = Arrivals(data, self._directory, language)
        self._new = (*data.messages, *data.belated)
        self._fresh = self._arrivals.entries(data.messages)
        self._belated = self._arrivals.entries(data.belated)
        waiting = _by_id((*self._new, *data.waiting))
        self._undecided = [message for message in waiting if message.status == "review"]
        self._unopened = [message for message in waiting if message.status in UNREADABLE]
        self._unfinished = [message for message in waiting if message.status == "archived"]
        others = [message for message in self._new if message.status == "not_a_report"]
        self._to_answer = [message for message in others if message.reason in TO_ANSWER]
        self._no_reports = [message for message in others if message.reason not in TO_ANSWER]
        self._pressing = pressing_boards(data.boards, data.period_to)

    def page(self) -> Page:
        """The whole letter."""
        return Page(self._subject(), tuple(self._lead()), tuple(self._sections()), self._foot())

    def _subject(self) -> str:
        counts = {
            "came": _reports(self._data.messages),
            "belated": _reports(self._data.belated),
            "waiting": len(self._undecided),
            "missing": missing_units(self._pressing),
        }
        parts = [Text("新收{came}件", "{came} new") if counts["came"] else Text("无新收", "nothing new")]
        if counts["belated"]:
            parts.append(Text("补收{belated}件", "{belated} belated"))
        parts += [Text("待复核{waiting}件", "{waiting} to review"), Text("未报{missing}家", "{missing} missing")]
        said = sentence_text((part.fill(**counts).say(self._language) for part in parts), self._language)
        return say(
            self._language,
            "【收报日报】{day}：{said} — {campaign}",
            "[Digest] {day}: {said} - {campaign}",
            day=day_text(self._data.day, self._language),
            said=said,
            campaign=campaign_name(self._data.campaign),
        )

    def _lead(self) -> Iterable[Paragraph]:
        yield Paragraph(self._came_in())
        todo = self._todo()
        if todo:
            yield Paragraph(todo, alert=True)
        for board in self._pressing:
            yield Paragraph(progress_line(board, self._data.period_to, self._language))
        if self._data.unsent:
            yield Paragraph(self._unsent(), alert=True)
        for returned in self._data.returned:
            yield Paragraph(self._returned(returned), alert=True)
        balances = self._data.reconciliation.balances
        yield Paragraph(reconciliation_line(self._data.reconciliation, self._language), alert=not balances)

    def _came_in(self) -> str:
        begin, end = self._data.period_from, self._data.period_to
        span = {
            "begin": moment_text(begin.astimezone(end.tzinfo), self._language),
            "end": moment_text(end, self._language),
        }
        if not self._new:
            return say(
                self._language, "{begin} 至 {end} 没有新来件。", "Nothing came in from {begin} to {end}.", **span
            )
        kinds = Counter(entry.submission.kind for entry in (*self._fresh, *self._belated))
        said = [f"{KINDS[kind].say(self._language)} {count}" for kind, count in sorted(kinds.items(), reverse=True)]
        late = sum(entry.submission.on_time is False for entry in (*self._fresh, *self._belated))
        if late:
            said.append(say(self._language, "其中迟报 {late}", "{late} of them late", late=late))
        return say(
            self._language,
            "{begin} 至 {end}：新收报送 {came} 件{belated}{detail}。",
            "{begin} to {end}: {came} new{belated}{detail}.",
            came=_reports(self._data.messages),
            belated=self._belated_count(),
            detail=say(
                self._language, "（已归类：{said}）", " (filed: {said})", said=sentence_text(said, self._language)
            )
            if said
            else "",
            **span,
        )

    def _belated_count(self) -> str:
        count = _reports(self._data.belated)
        return say(self._language, "，补收 {count} 件", ", {count} belated", count=count) if count else ""

    def _todo(self) -> str:
        zh = ("待复核 {} 件", "待答复 {} 件", "打不开 {} 件", "超大附件三天内到期 {} 个")
        en = ("{} to review", "{} to answer", "{} unreadable", "{} linked files that end within 3 days")
        now = self._data.period_to
        urgent = sum(is_urgent(item.link, now) and not _is_gone(item.link, now) for item in self._data.links)
        counts = (len(self._undecided), len(self._to_answer), len(self._unopened), urgent)
        forms = zh if self._language == "zh" else en
        said = sentence_text((form.format(n) for form, n in zip(forms, counts, strict=True) if n), self._language)
        return say(self._language, "请处理：{said}。", "For you: {said}.", said=said) if said else ""

    def _unsent(self) -> str:
        count = self._data.unsent
        return say(
            self._language,
            "另有 {count} 封本系统的邮件尚未发出，将继续尝试。",
            "{mails} of ours could not be sent yet and will be tried again.",
            count=count,
            mails=plural(count, "mail"),
        )

    def _returned(self, mail: ReturnedMail) -> str:
        """That a recipient's address is bad, so that the others see to it."""
        return say(
            self._language,
            "发给 {address} 的{what}被退回（{when}{why}），请核对 config.toml 里的收件地址。",
            "The {what} to {address} came back ({when}{why}): check the recipients in config.toml.",
            address=clean(mail.recipient, 60),
            what=MAIL_KINDS[mail.kind].say(self._language) if mail.kind in MAIL_KINDS else mail.kind,
            when=moment_text(mail.returned_at.astimezone(self._data.period_to.tzinfo), self._language),
            why=f"，{quoted(mail.why, 80)}" if mail.why else "",
        )

    def _sections(self) -> Iterable[Section]:
        sections = [*self._arrived(), *self._wanting(), *self._standing()]
        if self._new:
            sections += self._background()
        return (section for section in sections if section.blocks)

    def _arrived(self) -> Iterable[Section]:
        yield self._section("新收", "Came in", self._items(self._fresh, self._arrivals.report))
        belated = self._items(self._belated, self._arrivals.report)
        yield self._section("补收（以前收到、未列入日报）", "Belated (received earlier, in no digest yet)", belated)

    def _wanting(self) -> Iterable[Section]:
        arrivals = self._arrivals
        yield self._section("待复核", "To review", self._review())
        answer = self._items(self._to_answer, arrivals.letter)
        yield self._section("待答复（询问、其他工作）", "To answer (questions, other business)", answer)
        unopened = self._items(self._unopened, arrivals.unopened)
        yield self._section("打不开的文件（请联系单位重报）", "Unreadable (ask the unit to send it again)", unopened)
        yield self._section("超大附件（请在到期前下载）", "Linked files (fetch before they expire)", self._links())
        unfinished = self._items(self._unfinished, arrivals.letter)
        yield self._section("仍在处理", "Still being read", unfinished)

    def _standing(self) -> Iterable[Section]:
        now = self._data.period_to
        if self._new:  # on a quiet day the lead says it all
            progress = progress_blocks(owed_boards(self._data.boards), now, self._language)
            yield self._section("进度", "Progress", progress)
        yield self._section("未报单位", "Missing", missing_blocks(self._pressing, now, self._directory, self._language))

    def _background(self) -> Iterable[Section]:
        late = late_blocks(self._pressing, self._data.period_to, self._directory, self._language)
        yield self._section("迟报单位", "Late", late)
        yield self._section("活动开展情况", "Activities", self._activities())
        yield self._section("数据合计", "Figures", self._totals())
        others = self._items(self._no_reports, self._arrivals.letter)
        yield self._section("非报送邮件（供核对）", "No reports (for checking)", others)

    def _section(self, zh: str, en: str, blocks: tuple[Block, ...]) -> Section:
        return Section(say(self._language, zh, en), blocks)

    def _items(self, values: Sequence[T], told: Callable[[T], Item]) -> tuple[Block, ...]:
        return _cut([told(value) for value in values], self._language)

    def _review(self) -> tuple[Block, ...]:
        blocks = self._items(self._undecided, self._arrivals.undecided)
        if not blocks:
            return ()
        hint = say(
            self._language,
            "查看：review show 编号；不是报送材料：review reject 编号；单位不对时改 --unit 后的代码。",
            "Look: review show ID; no report: review reject ID; another unit: change the code after --unit.",
        )
        return (*blocks, Paragraph(hint))

    def _links(self) -> tuple[Block, ...]:
        links = self._data.links
        items = tuple(self._arrivals.link(waiting, self._data.period_to) for waiting in links[:MOST_ITEMS])
        if not items:
            return ()
        hint = say(
            self._language,
            "下载后用 review link 登记，文件即归入该单位；不必下载的，不写 --file 即可。处理后不再列出。",
            "When you have fetched one, review link files it under its unit; without --file it only leaves this list.",
        )
        if len(links) > len(items):
            hint += say(self._language, "另有 {n} 个稍后列出。", " {n} more follow.", n=len(links) - len(items))
        return (Items(items), Paragraph(hint))

    def _activities(self) -> tuple[Block, ...]:
        counts = dict(self._data.activity_counts)
        reported = _units_by_activity((*self._fresh, *self._belated))
        items = [
            Item(
                title=self._directory.activity(activity.id),
                tags=(say(self._language, "累计{n}家", "{n} so far", n=counts.get(activity.id, 0)),),
                lines=self._reported_now(reported.get(activity.id, [])),
            )
            for activity in self._data.campaign.activities
            if activity.id in reported or counts.get(activity.id, 0) or (activity.required and counts)
        ]
        return (Items(tuple(items)),) if items else ()

    def _reported_now(self, codes: Sequence[str]) -> tuple[str, ...]:
        if not codes:
            return ()
        names = names_text([self._directory.short(code) for code in codes[:MOST_NAMES]], self._language)
        more = say(self._language, "等{n}家", " … {n} in all", n=len(codes)) if len(codes) > MOST_NAMES else ""
        return (say(self._language, "本期：{names}{more}", "now: {names}{more}", names=names, more=more),)

    def _totals(self) -> tuple[Block, ...]:
        zh, en = ("指标", "合计", "填报单位"), ("figure", "total", "units that state it")
        rows = tuple(self._total_row(total) for total in self._data.totals)
        return (Table(zh if self._language == "zh" else en, rows),) if rows else ()

    def _total_row(self, total: FigureTotal) -> tuple[str, str, str]:
        value = figure_text(total.unit, total.total)
        note = say(self._language, "（暂计）", " (provisional)") if total.provisional else ""
        of = say(self._language, "{n}/{all}家", "{n} of {all}", n=total.stated_by, all=total.asked)
        stated = of if total.asked else say(self._language, "{n}家", "{n}", n=total.stated_by)
        return clean(total.label, 20), value + note, stated

    def _foot(self) -> str:
        return say(
            self._language,
            "本邮件由报送系统自动发出，请不要回复。逐家情况、收件清单和未报名单见所附工作簿；“暂计”指总结未报该数据，"
            "暂按活动资料计。",
            "Sent automatically by the report intake; please do not reply. The workbook attached lists every unit, "
            "every mail and who is missing. Provisional: taken from material where no summary states the figure.",
        )


def reconciliation_line(sums: Reconciliation, language: Language) -> str:
    """收到 = 归档 + 待复核 + 非报送 + 无法读取 + 过大 (DESIGN.md, principle 6), and whether it balances."""
    parts = [
        (say(language, "归档", "filed"), sums.filed),
        (say(language, "待复核", "review"), sums.review),
        (say(language, "非报送", "no report"), sums.not_a_report),
        (say(language, "无法读取", "unreadable"), sums.unreadable),
        (say(language, "过大", "too large"), sums.too_large),
    ]
    if sums.archived:
        parts.append((say(language, "处理中", "being read"), sums.archived))
    terms = " + ".join(f"{name} {count}" for name, count in parts)
    form = ("核对：收到 {n} = {terms}{end}", "Check: received {n} = {terms}{end}")
    return say(language, *form, n=sums.received, terms=terms, end=_verdict(sums, language))


def _verdict(sums: Reconciliation, language: Language) -> str:
    if not sums.balances:
        return say(language, "，两边不等，请通知管理员", "; the two sides differ: tell the administrator")
    if sums.own_mail:
        return say(language, "（另有本系统邮件 {n} 封，不计）", " (and {n} of our own, not counted)", n=sums.own_mail)
    return ""


def _reports(messages: Iterable[MessageView]) -> int:
    return sum(message.status != "not_a_report" for message in messages)


def _by_id(messages: Iterable[MessageView]) -> list[MessageView]:
    found = {message.id: message for message in messages}
    return sorted(found.values(), key=lambda message: message.received_at)


def _units_by_activity(entries: Iterable[Entry]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in entries:
        for activity in entry.submission.activities if entry.submission.status == "filed" else ():
            codes = found.setdefault(activity, [])
            if entry.submission.unit and entry.submission.unit not in codes:
                codes.append(entry.submission.unit)
    return found


def _is_gone(link: CloudLink, now: datetime) -> bool:
    return link.expires_at is not None and link.expires_at <= now


def _cut(items: Sequence[Item], language: Language) -> tuple[Block, ...]:
    if not items:
        return ()
    shown: tuple[Block, ...] = (Items(tuple(items[:MOST_ITEMS])),)
    if len(items) <= MOST_ITEMS:
        return shown
    more = say(language, "另有 {n} 件，见附件。", "{n} more are in the workbook.", n=len(items) - MOST_ITEMS)
    return (*shown, Paragraph(more))
