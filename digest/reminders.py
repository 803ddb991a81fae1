"""The reminder list (催报清单): a mail for coordinators, a paragraph for the work group chat, a table for calling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from digest.directory import campaign_name, short_names
from digest.pages import Block, Item, Items, Page, Paragraph, Section, page_html, page_text
from digest.progress import progress_line
from digest.sheets import XLSX
from digest.speech import aligned, clean, day_text, moment_text, names_text, say, sentence_text
from digest.standing import by_category, due_text, excuses, missing_units, pressing_boards, remaining, requirement_name
from digest.workbook import reminder_workbook
from records.boards import Board, Obligation
from records.mails import Attachment, Letter
from records.words import Language

MOST_NAMES = 100  # in a chat message


def reminder_letter(boards: Sequence[Board], now: datetime, language: Language = "zh") -> Letter:
    """Who is missing from each requirement that presses, by category, with what is known; times in ``now``'s zone.

    What waits for review is not reminded, what is voluntary or without a deadline never.
    """
    pressing = pressing_boards(boards, now)
    page = Page(
        _subject(pressing, now, language),
        tuple(Paragraph(progress_line(board, now, language)) for board in pressing) or (_nothing_due(language),),
        tuple(section for board in pressing for section in _sections(board, now, language)),
        _foot(language),
    )
    name = say(language, "未报名单{day}.xlsx", "missing-{day}.xlsx", day=now.date().isoformat())
    workbook = Attachment(name, XLSX, reminder_workbook(boards, now, language))
    return Letter(page.title, page_text(page, language), page_html(page, language), (workbook,))


def reminder_text(boards: Sequence[Board], now: datetime, language: Language = "zh") -> str:
    """One paragraph that a clerk pastes into the work group chat; thanks where nobody is missing."""
    pressing = pressing_boards(boards, now)
    if not pressing:
        return _nothing_due(language).text
    owing = [board for board in pressing if board.in_state("missing")]
    if not owing:
        what = names_text(dict.fromkeys(requirement_name(board) for board in pressing), language)
        return say(
            language,
            "各单位好！截至{now}，各单位的{what}均已收到，感谢大家的支持与配合！",
            "Dear all, as of {now} we have received the {what} of every unit. Thank you!",
            now=moment_text(now, language),
            what=what,
        )
    asked = "".join(_asked(board, now, language) for board in owing)
    return say(
        language,
        "各单位好！{asked}{mailbox}已报送的单位请忽略本消息，感谢支持！{contact}",
        "Dear all, {asked}{mailbox}If you have just sent it, please ignore this. Thank you! {contact}",
        asked=asked,
        mailbox=_mailbox(owing[0], language),
        contact=_contact(owing[0], language),
    ).strip()


def reminder_calls(boards: Sequence[Board], language: Language = "zh") -> str:
    """A table in text for calling: unit, persons, telephone, last promise. Boards are judged at their own ``as_of``."""
    zh = ("单位", "联系人", "电话", "第二联系人", "备注")
    en = ("unit", "contact", "telephone", "second contact", "note")
    lines = []
    for board in boards:
        missing = board.in_state("missing") if board in pressing_boards(boards, board.as_of) else ()
        if missing:
            rows = [_call_row(item, board.as_of, language) for item in missing]
            lines += [
                progress_line(board, board.as_of, language),
                *aligned([zh if language == "zh" else en, *rows]),
                "",
            ]
    return "\n".join(lines).strip() or say(language, "目前没有需要打电话的单位。", "There is nobody to call.")


def _subject(pressing: Sequence[Board], now: datetime, language: Language) -> str:
    owing = [board for board in pressing if board.in_state("missing")]
    said = say(language, "未报{n}家", "{n} missing", n=missing_units(pressing))
    if owing and owing[-1].requirement.due is not None:
        said = sentence_text((said, remaining(owing[-1].requirement.due, now, language)), language)
    if not owing:
        said = say(language, "均已报送", "all received") if pressing else say(language, "无需催报", "nothing due")
    campaigns = names_text(dict.fromkeys(campaign_name(board.campaign) for board in pressing), language)
    form = ("【催报清单】{day}：{said}{campaigns}", "[Reminder list] {day}: {said}{campaigns}")
    ending = f" — {campaigns}" if campaigns else ""
    return say(language, *form, day=day_text(now.date(), language), said=said, campaigns=ending)


def _sections(board: Board, now: datetime, language: Language) -> list[Section]:
    missing = board.in_state("missing")
    if not missing:
        return []
    form = ("{what}：未报 {count} 家", "{what}: {count} missing")
    blocks: list[Block] = []
    for name, group in by_category(missing, language).items():
        heading = say(language, "{name}（{count}家）", "{name} ({count})", name=name, count=len(group))
        items = tuple(_item(board, obligation, now, language) for obligation in group)
        blocks += [Paragraph(heading), Items(items)]
    waiting = board.in_state("waiting")
    if waiting:
        names = names_text((clean(item.unit.name, 30) for item in waiting), language)
        note = ("已来件、待复核，暂不催：{names}", "received and under review, not reminded: {names}")
        blocks.append(Paragraph(say(language, *note, names=names)))
    return [Section(say(language, *form, what=requirement_name(board), count=len(missing)), tuple(blocks))]


def _item(board: Board, obligation: Obligation, now: datetime, language: Language) -> Item:
    unit, due = obligation.unit, obligation.due or board.requirement.due
    person = " ".join(part for part in (clean(unit.contact, 20), clean(unit.phone, 30)) if part)
    heard = obligation.last_heard
    lines = (
        person and say(language, "联系人：{person}", "contact: {person}", person=person),
        heard
        and say(language, "最近来信：{at}", "last heard: {at}", at=moment_text(heard.astimezone(now.tzinfo), language)),
    )
    return Item(
        title=clean(unit.name, 40),
        tags=(*((remaining(due, now, language),) if due else ()), *excuses(obligation, now, language)),
        lines=tuple(line for line in lines if line),
    )


def _asked(board: Board, now: datetime, language: Language) -> str:
    """What a board asks for: 活动总结请于6月30日 23:59前报送，目前还有以下3家单位未收到：甲、乙、丙。"""
    due = board.requirement.due
    assert due is not None, "only boards with a deadline press"
    missing = board.in_state("missing")
    forms = (
        "{campaign}的{what}请于{due}前报送（{left}），以下{count}家单位的我们还没有收到：{names}。",
        "please send the {what} ({campaign}) by {due} ({left}); still to come are those of {count} units: {names}. ",
    )
    if due < now:
        forms = (
            "{campaign}的{what}已于{due}截止，以下{count}家单位的我们还没有收到，请尽快报送：{names}。",
            "the {what} ({campaign}) was due on {due}; still to come are those of {count} units, please send them "
            "soon: {names}. ",
        )
    return say(
        language,
        *forms,
        campaign=campaign_name(board.campaign),
        what=requirement_name(board),
        due=due_text(board, now, language),
        left=remaining(due, now, language),
        count=len(missing),
        names=_chat_names(board, missing, now, language),
    )


def _chat_names(board: Board, missing: Sequence[Obligation], now: datetime, language: Language) -> str:
    short = short_names([item.unit for item in board.obligations])
    names = [short[item.unit.code] + _extension(item, now, language) for item in missing[:MOST_NAMES]]
    more = say(language, "等", " …") if len(missing) > MOST_NAMES else ""
    return names_text(names, language) + more


def _extension(item: Obligation, now: datetime, language: Language) -> str:
    """An extension that still runs is said beside the name, so that nobody feels wrongly reminded."""
    if item.extended_until is None or item.extended_until < now:
        return ""
    until = day_text(item.extended_until.astimezone(now.tzinfo).date(), language)
    return say(language, "（已延至{until}）", " (extended to {until})", until=until)


def _mailbox(board: Board, language: Language) -> str:
    mailboxes = names_text((clean(mailbox, 60) for mailbox in board.campaign.mailboxes[:2]), language)
    return say(language, "报送邮箱：{m}。", "Mailbox: {m}. ", m=mailboxes) if mailboxes else ""


def _contact(board: Board, language: Language) -> str:
    people = [
        " ".join(part for part in (clean(person.name, 20), clean(person.phone, 30)) if part)
        for person in board.campaign.contacts[:2]
    ]
    said = names_text(filter(None, people), language)
    return say(language, "联系人：{said}。", "Contact: {said}.", said=said) if said else ""


def _call_row(item: Obligation, now: datetime, language: Language) -> tuple[str, ...]:
    unit = item.unit
    note = sentence_text(excuses(item, now, language), language)
    texts = (unit.name, unit.contact, unit.phone, unit.second_contact, note)
    return tuple(clean(text, 40) or "—" for text in texts)


def _nothing_due(language: Language) -> Paragraph:
    return Paragraph(say(language, "目前没有需要催报的事项。", "There is nothing to remind anybody of."))


def _foot(language: Language) -> str:
    return say(
        language,
        "本邮件由报送系统自动发出，请不要回复。生成清单之后收到的报送不在其内；自愿参加的活动不列入。",
        "Sent automatically by the report intake; please do not reply. What came in later is not considered; voluntary "
        "activities are never listed.",
    )
