"""The status workbook: how every unit stands (报送情况), every mail (收件清单), who is missing (未报名单)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from digest.arrivals import reason_name
from digest.directory import KINDS, Directory, category_name, short_ids
from digest.sheets import CellValue, Sheet, workbook_octets
from digest.speech import clean, names_text, quoted, say
from digest.standing import by_category, owed_boards, pressing_boards, remaining, requirement_name
from records.boards import Board, DigestData, MessageView, Obligation, SubmissionView
from records.words import Language, Text

STATES: Mapping[str, Text] = {
    "received": Text("已报", "received"),
    "waiting": Text("待复核", "to review"),
    "missing": Text("未报", "missing"),
    "exempt": Text("免报", "exempt"),
    "filed": Text("已归档", "filed"),
    "review": Text("待复核", "to review"),
    "returned": Text("退回补正", "returned"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "not_a_report": Text("非报送", "no report"),
    "unreadable": Text("无法读取", "unreadable"),
    "too_large": Text("过大", "too large"),
    "archived": Text("处理中", "being read"),
}
DONE = "✓"


def status_workbook(data: DigestData, language: Language = "zh") -> bytes:
    """status.xlsx of a digest; the same data give the same octets. Times are shown in ``data.period_to``'s zone."""
    now = data.period_to
    sheets = (_standing_sheet(data, language), _mail_sheet(data, language), _missing_sheet(data.boards, now, language))
    return workbook_octets(sheets, now)


def reminder_workbook(boards: Sequence[Board], now: datetime, language: Language = "zh") -> bytes:
    """The list of missing units alone, as it goes with a reminder."""
    return workbook_octets((_missing_sheet(boards, now, language),), now)


def _standing_sheet(data: DigestData, language: Language) -> Sheet:
    activities, measures = data.campaign.activities, data.campaign.measures
    zh = ("代码", "单位", "类别", "报送要求", "状态", "收到时间", "迟报")
    en = ("code", "unit", "category", "requirement", "state", "received at", "late")
    headings = (
        *(zh if language == "zh" else en),
        *(f"{activity.printed}{activity.title}"[:24] for activity in activities),
        *(measure.label for measure in measures),
        *(("暂计数据", "承诺日期", "延期至") if language == "zh" else ("provisional", "promised", "extended to")),
    )
    reports = _reports_by_unit(data)
    rows = tuple(
        _standing_row(board, obligation, reports.get(obligation.unit.code, []), data, language)
        for board in owed_boards(data.boards)
        for obligation in board.obligations
    )
    return Sheet(say(language, "报送情况", "Status"), headings, rows)


def _standing_row(
    board: Board, obligation: Obligation, reports: Sequence[SubmissionView], data: DigestData, language: Language
) -> tuple[CellValue, ...]:
    unit, zone = obligation.unit, data.period_to.tzinfo
    done = {activity for report in reports for activity in report.activities}
    figures = {figure.measure: figure for figure in data.unit_figures if figure.unit == unit.code}
    provisional = {figure.measure for figure in figures.values() if figure.provisional}
    labels = (measure.label for measure in data.campaign.measures if measure.name in provisional)
    return (
        unit.code,
        unit.name,
        category_name(unit, language),
        requirement_name(board),
        STATES[obligation.state].say(language),
        _local(obligation.received_at, zone),
        say(language, "迟报", "late") if obligation.late else "",
        *(DONE if activity.id in done else "" for activity in data.campaign.activities),
        *(_number(figures[one.name].value if one.name in figures else None) for one in data.campaign.measures),
        names_text(labels, language),
        obligation.promised.isoformat() if obligation.promised else "",
        _local(obligation.extended_until, zone),
    )


def _reports_by_unit(data: DigestData) -> dict[str, list[SubmissionView]]:
    """The accepted reports to this campaign by unit, by time of receipt, corrected ones left out."""
    found: dict[str, list[SubmissionView]] = {}
    for message in _messages(data):
        for item in message.submissions if message.status != "unreadable" else ():
            accepted = item.status == "filed" and item.superseded_by is None and item.campaign == data.campaign.id
            if accepted and item.unit is not None:
                found.setdefault(item.unit, []).append(item)
    return found


def _messages(data: DigestData) -> list[MessageView]:
    known = {message.id: message for message in (*data.everything, *data.belated, *data.messages, *data.waiting)}
    return sorted(known.values(), key=lambda message: (message.received_at, message.id))


def _mail_sheet(data: DigestData, language: Language) -> Sheet:
    zh = (
        "收到时间",
        "编号",
        "状态",
        "说明",
        "单位",
        "类型",
        "活动",
        "数据",
        "迟报",
        "发件人",
        "主题",
        "附件数",
        "归类人",
        "补收",
    )
    en = ("received at", "id", "state", "note", "unit", "kind", "activities", "figures", "late", "sender", "subject",
          "files", "decided by", "belated")  # fmt: skip
    messages = _messages(data)
    mails = _Mails(data, messages, language)
    rows = tuple(row for message in messages for row in mails.rows(message))
    return Sheet(say(language, "收件清单", "Mails"), zh if language == "zh" else en, rows)


class _Mails:
    """Rows of the list of mails."""

    def __init__(self, data: DigestData, messages: Sequence[MessageView], language: Language) -> None:
        self._campaign = data.campaign.id
        self._directory = Directory(data.campaign, data.units, language)
        self._ids = short_ids(message.id for message in messages)
        self._belated = {message.id for message in data.belated}
        self._zone = data.period_to.tzinfo
        self._language = language

    def rows(self, message: MessageView) -> list[tuple[CellValue, ...]]:
        """A row for each submission of the message to this campaign, suggestions after the first left out; else one."""
        shown = [
            item
            for item in message.submissions
            if item.campaign in {None, self._campaign} and not (item.status == "review" and item.alternative)
        ]
        return [self._row(message, item) for item in shown] or [self._row(message, None)]

    def _row(self, message: MessageView, item: SubmissionView | None) -> tuple[CellValue, ...]:
        return (
            _local(message.received_at, self._zone),
            self._ids[message.id],
            self._state(message, item),
            self._note(message, item),
            *(self._report(item) if item else ("", "", "", "", "")),
            message.sender,
            "" if message.classified else quoted(message.subject, 100),
            len(message.attachments),
            (item.decided_by or "") if item else "",
            DONE if message.id in self._belated else "",
        )

    def _state(self, message: MessageView, item: SubmissionView | None) -> str:
        decided = item is not None and message.status in {"filed", "review"}
        return STATES[item.status if decided and item else message.status].say(self._language)

    def _note(self, message: MessageView, item: SubmissionView | None) -> str:
        if message.status == "not_a_report":
            return reason_name(message.reason, self._language)
        explained = message.explanation.say(self._language) if message.explanation else message.reason or ""
        remarks = [one.text.say(self._language) for one in message.remarks if item and one.submission == item.id]
        notes = [quoted(explained, 120), *(clean(remark, 200) for remark in remarks)]
        return say(self._language, "；", "; ").join(note for note in notes if note)

    def _report(self, item: SubmissionView) -> tuple[str, str, str, str, str]:
        language = self._language
        return (
            self._directory.unit(item.unit, item.unit_name),
            KINDS[item.kind].say(language),
            self._directory.activities(item.activities),
            names_text((self._directory.figure(*figure) for figure in item.figures), language),
            say(language, "迟报", "late") if item.on_time is False else "",
        )


def _missing_sheet(boards: Sequence[Board], now: datetime, language: Language) -> Sheet:
    zh = ("类别", "代码", "单位", "报送要求", "截止时间", "剩余", "承诺日期", "延期至", "最近来信", "尚无材料的活动",
          "联系人", "电话", "第二联系人")  # fmt: skip
    en = ("category", "code", "unit", "requirement", "due", "left", "promised", "extended to", "last heard",
          "activities without evidence", "contact", "telephone", "second contact")  # fmt: skip
    rows = tuple(
        _missing_row(board, item, now, language)
        for board in pressing_boards(boards, now)
        for group in by_category(board.in_state("missing"), language).values()
        for item in group
    )
    return Sheet(say(language, "未报名单", "Missing"), zh if language == "zh" else en, rows)


def _missing_row(board: Board, item: Obligation, now: datetime, language: Language) -> tuple[CellValue, ...]:
    unit = item.unit
    due = item.due or board.requirement.due
    directory = Directory(board.campaign, (), language)
    return (
        category_name(unit, language),
        unit.code,
        unit.name,
        requirement_name(board),
        _local(due, now.tzinfo),
        remaining(due, now, language) if due else "",
        item.promised.isoformat() if item.promised else "",
        _local(item.extended_until, now.tzinfo),
        _local(item.last_heard, now.tzinfo),
        directory.activities(item.activities_without_evidence),
        unit.contact,
        unit.phone,
        unit.second_contact,
    )


def _local(moment: datetime | None, zone: tzinfo | None) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value
