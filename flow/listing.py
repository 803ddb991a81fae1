"""Tables for people in a terminal, CSV and xlsx for their spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from digest.sheets import FORMULA_START, Sheet, workbook_octets
from digest.speech import clean, text_width
from flow.export import Form, plain_number
from records.boards import Board, CampaignFigures, FigureTotal, MessageView, UnitFigure
from records.learnt import Learnt, LearntAddress
from records.measures import STANDARD_MEASURES
from records.words import Language, Text

Row = Sequence[str]
STATUS = {
    "archived": Text("待处理", "archived"),
    "filed": Text("已归档", "filed"),
    "review": Text("待复核", "review"),
    "not_a_report": Text("非报送", "not a report"),
    "unreadable": Text("无法读取", "unreadable"),
    "too_large": Text("过大", "too large"),
    "returned": Text("已退回", "returned"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
KIND = {"summary": Text("总结", "summary"), "material": Text("资料", "material")}
SUBMISSION_HEAD = (
    Text("编号", "id"),
    Text("收到", "received"),
    Text("状态", "status"),
    Text("单位", "unit"),
    Text("类型", "kind"),
    Text("活动", "activities"),
    Text("按时", "on time"),
    Text("数据", "figures"),
    Text("发件人", "sender"),
    Text("主题", "subject"),
)
MISSING_HEAD = (
    Text("编码", "code"),
    Text("单位", "unit"),
    Text("类别", "category"),
    Text("状态", "state"),
    Text("最近来件", "last heard"),
    Text("承诺日期", "promised"),
)
BOARD_HEAD = (Text("任务", "campaign"), Text("要求", "requirement"))
STATE = {
    "missing": Text("未报", "missing"),
    "waiting": Text("待复核", "waiting"),
    "received": Text("已报", "received"),
    "exempt": Text("免报", "exempt"),
}
ADDRESS, NAME, REFUSAL = Text("邮箱", "address"), Text("名称", "name"), Text("非报送", "no report")
SHARED = Text("多个单位共用，不作依据", "shared by several units, counts for none")
LIKE_REGISTERED = Text("多次确认，等同登记", "confirmed several times, like a registered one")
BESIDE = Text("与内容互相印证，单凭它不归类", "counts beside the content, never alone")
TOO_LITTLE = Text("只见过一次，暂不作依据", "seen once, does not count yet")
EVERYWHERE = Text("谁发来都认得", "known whoever writes it")
SENDER = Text("只在这个邮箱的来件里认得", "known in mail from that address alone")
REFUSED = Text("同类来件没有单位线索时不再询问", "such mail is no longer asked about, unless it names a unit")
REPORTS = Text("来件{count}封", "{count} messages")
YES, NO = Text("是", "yes"), Text("否", "no")
LABELS = {measure.name: measure.label for measure in STANDARD_MEASURES}
WHERE = {
    "body": Text("正文", "body"),
    "subject": Text("主题", "subject"),
    "sender": Text("发件人", "sender"),
    "header": Text("邮件头", "header"),
    "picture": Text("图片", "picture"),
    "decision": Text("人工决定", "decision"),
    "learnt": Text("以前的决定和来件", "learnt before"),
}
PAGE = re.compile(r", page (\d+)$")
CELL_LIMIT = 32_000


PROVISIONAL, DOUBTFUL = Text("暂计", "provisional"), Text("待核", "doubtful")
TOTAL_HEAD = (
    Text("指标", "figure"),
    Text("名称", "name"),
    Text("合计", "total"),
    Text("填报单位", "stated by"),
    Text("说明", "note"),
)
UNIT_FIGURE_HEAD = (
    Text("代码", "code"),
    Text("单位", "unit"),
    Text("指标", "figure"),
    Text("名称", "name"),
    Text("数值", "value"),
    Text("计量单位", "counted in"),
    Text("说明", "note"),
    Text("依据", "stated in"),
    Text("报送任务", "campaign"),
)


def submission_rows(views: Iterable[MessageView], form: Form) -> list[Row]:
    """One row a submission; a message without one has a row all the same. The first row is the heading."""
    rows: list[Row] = [[head.say(form.language) for head in SUBMISSION_HEAD]]
    for view in views:
        received = view.received_at.astimezone(form.zone).strftime("%Y-%m-%d %H:%M")
        for item in view.submissions or (None,):
            status = item.status if item else view.status
            rows.append(
                [
                    view.id[:12],
                    received,
                    STATUS[view.status if status == "filed" else status].say(form.language),
                    (item.unit_name or item.unit or "") if item else "",
                    KIND[item.kind].say(form.language) if item else "",
                    " ".join(item.activities) if item else "",
                    "" if item is None or item.on_time is None else (YES if item.on_time else NO).say(form.language),
                    " ".join(_figure(*figure, form.language) for figure in item.figures) if item else "",
                    view.sender_name or view.sender,
                    view.subject,
                ]
            )
    return rows


def missing_rows(boards: Iterable[Board], form: Form, with_board: bool = False) -> list[Row]:
    """One row a missing or waiting unit, by the roster's order; ``with_board`` says of which campaign's requirement."""
    heads = (*MISSING_HEAD, *(BOARD_HEAD if with_board else ()))
    rows: list[Row] = [[head.say(form.language) for head in heads]]
    for board in boards:
        for item in board.obligations:
            if item.state in ("missing", "waiting"):
                heard = item.last_heard.astimezone(form.zone).strftime("%m-%d %H:%M") if item.last_heard else ""
                promised = item.promised.isoformat() if item.promised else ""
                state = STATE[item.state].say(form.language)
                of = [board.campaign.id, board.requirement.id] if with_board else []
                rows.append([item.unit.code, item.unit.name, item.unit.category, state, heard, promised, *of])
    return rows


def learnt_rows(learnt: Learnt, form: Form) -> list[Row]:
    """One row a thing learnt: what it is, of which unit, on which decisions or reports it rests, how it counts."""
    told: dict[str, list[LearntAddress]] = {}
    for one in learnt.addresses:
        told.setdefault(one.address, []).append(one)
    rows: list[tuple[Text, str, str, Sequence[str], int, Text]] = []
    for one in learnt.addresses:
        how = _counts(one, told[one.address])
        rows.append((ADDRESS, f"{one.unit} {one.unit_name}", one.address, one.decisions, len(one.reports), how))
    for name in learnt.names:
        how = EVERYWHERE if name.everywhere else SENDER
        rows.append((NAME, f"{name.unit} {name.unit_name}", name.name, (name.decision,), 0, how))
    rows += [(REFUSAL, "", f"{one.address} {one.wording}", (one.decision,), 0, REFUSED) for one in learnt.refusals]
    return [
        [kind.say(form.language), unit, what, _grounds(decisions, reports, form.language), how.say(form.language)]
        for kind, unit, what, decisions, reports, how in rows
    ]


def _counts(one: LearntAddress, told: Sequence[LearntAddress]) -> Text:
    """As filing takes it (filing.who.senders); ``told`` is all that was learnt about the address."""
    known = [other for other in told if other.is_evidence or not any(item.decisions for item in told)]
    if one in known and len(known) > 1:
        return SHARED
    return LIKE_REGISTERED if one.is_sure else BESIDE if one.is_evidence else TOO_LITTLE


def _grounds(decisions: Sequence[str], reports: int, language: Language) -> str:
    told = [REPORTS.fill(count=reports).say(language)] if reports else []
    return "、".join([*decisions, *told]) if language == "zh" else ", ".join([*decisions, *told])


def total_rows(found: CampaignFigures, form: Form) -> list[Row]:
    """One row a measure: its total, how many units stated it, what of it is provisional or to be looked at."""
    rows: list[Row] = [[head.say(form.language) for head in TOTAL_HEAD]]
    for total in found.totals:
        value, stated = f"{plain_number(total.total)}{total.unit}", f"{total.stated_by}/{total.asked}"
        rows.append([total.label, total.measure, value, stated, _marks(total, form.language)])
    return rows


def unit_figure_rows(found: Iterable[CampaignFigures], form: Form) -> list[Row]:
    """One row a unit's figure, with the submission that states it."""
    rows: list[Row] = [[head.say(form.language) for head in UNIT_FIGURE_HEAD]]
    for one in found:
        labels = {measure.name: measure for measure in one.context.campaign.measures}
        for figure in one.units:
            unit, measure = one.context.roster.unit(figure.unit), labels.get(figure.measure)
            message, _, place = figure.submission.rpartition("/")
            rows.append(
                [
                    figure.unit,
                    unit.name if unit else "",
                    measure.label if measure else figure.measure,
                    figure.measure,
                    str(plain_number(figure.value)),
                    measure.unit if measure else "",
                    _marks(figure, form.language),
                    f"{message[:12]}/{place}",
                    one.context.campaign.id,
                ]
            )
    return rows


def _marks(of: FigureTotal | UnitFigure, language: Language) -> str:
    marks = [mark for mark, stands in ((PROVISIONAL, of.provisional), (DOUBTFUL, of.doubtful)) if stands]
    return " ".join(mark.say(language) for mark in marks)


def place_text(where: str, language: Language) -> str:
    """ "body" as people say it; a file's name stays, and its page."""
    known = WHERE.get(where)
    if known is not None or language == "en":
        return known.say(language) if known else where
    return PAGE.sub(r"，第 \1 页", where)


def table(rows: Sequence[Row], widest: int = 40) -> str:
    """Columns in a terminal, where a Han character takes two places."""
    shown = [[_cut(cell, widest) for cell in row] for row in rows]
    widths = [max(text_width(row[place]) for row in shown) for place in range(len(shown[0]))]
    lines = [
        "  ".join(cell + " " * (width - text_width(cell)) for cell, width in zip(row, widths, strict=True))
        for row in shown
    ]
    return "\n".join(line.rstrip() for line in lines)


def as_csv(rows: Iterable[Row]) -> str:
    """CSV that a spreadsheet opens without running anything that a sender wrote."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def as_xlsx(title: str, rows: Sequence[Row], created_at: datetime) -> bytes:
    """A workbook whose cells are all text."""
    return workbook_octets([Sheet(title, tuple(rows[0]), tuple(tuple(row) for row in rows[1:]))], created_at)


def _figure(name: str, value: float, language: Language) -> str:
    """演练2 in Chinese; drills=2, as review assign takes it, in English."""
    known = LABELS.get(name)
    return f"{known}{plain_number(value)}" if known and language == "zh" else f"{name}={plain_number(value)}"


def _harmless(content: str) -> str:
    content = clean(content, CELL_LIMIT)
    return f"'{content}" if content.startswith(FORMULA_START) else content


def _cut(content: str, widest: int) -> str:
    content = clean(content, widest * 4)
    if text_width(content) <= widest:
        return content
    while text_width(content) > widest - 1:
        content = content[:-1]
    return content + "…"
