"""The demonstration told in plain words: only what the archive and the servers say has happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from demo.days import ZONE, Event
from demo.mails import OwnMail
from demo.outcome import Outcome
from digest.speech import clean
from flow.listing import KIND, STATUS
from flow.search import Found
from records.boards import Board, MessageView, SubmissionView
from records.campaigns import Campaign
from records.words import Language, Text

WAITING = ("review", "unreadable")
SHOWN = 8

TITLE = Text(
    "报送演示：真实的服务，内置的收发件服务器，演示用的时钟（2025年6月30日至7月1日）",
    "Baosong demonstration: the real service, embedded mail servers, a clock of its own (30 June to 1 July 2025)",
)
FOLDER = Text(
    "工作目录（演示后保留，可随时删除）：{folder}", "working folder (kept; delete it whenever you like): {folder}"
)
NOTICE = Text(
    "读通知《{title}》：{activities} 类活动，{requirements} 项报送要求，截止 {due}；请人核对 {unsure} 处",
    "read the notice {title}: {activities} activity types, {requirements} requirements, due {due}; "
    "for a person to check: {unsure}",
)
UNSURE = Text("    {field}：{why}", "    {field}: {why}")
STARTED = Text(
    "{at}  服务启动，邮箱里已有 {count} 封邮件", "{at}  the service starts; messages in the mailbox: {count}"
)
CAME = Text("{at}  收到 {sender}：{subject}", "{at}  received from {sender}: {subject}")
LEFT = Text("{at}  发出 {subject}", "{at}  sent {subject}")
ACCOUNT = Text(
    "一、收到 {received} 封 = 已归档 {filed} + 待复核 {review} + 非报送 {not_a_report} + 无法读取 {unreadable} "
    "+ 过大 {too_large}",
    "1. {received} received = {filed} filed + {review} in review + {not_a_report} no reports + {unreadable} unreadable "
    "+ {too_large} too large",
)
NOT_BALANCED = Text("（还有 {count} 封没有处理）", "({count} not processed yet)")
CORRECTS = Text("，替代先前的一封", ", in place of an earlier one")
LATE = Text("，迟报", ", late")
ACTIVITIES = Text("活动 {ids}", "activities {ids}")
UNKNOWN = Text("单位不明", "unit unknown")
SENT_AGAIN = Text("（单位后来已重新报送）", " (the unit has sent it again since)")
WAIT = Text("二、等人处理 {count} 封", "2. waiting for a person: {count}")
NOBODY = Text("无", "none")
MISSING = Text(
    "三、{what}：应报 {expected} 家，已报 {received}（迟报 {late}），待复核 {waiting}，未报 {missing}",
    "3. {what}: {expected} units expected, {received} reported ({late} late), {waiting} waiting, {missing} missing",
)
MORE = Text(" …… 共 {count} 家", " … {count} in all")
MAILS = Text("四、发件服务器收到 {count} 封", "4. mails that the SMTP server received: {count}")
MAIL = Text("{subject}（收件人 {recipient}）", "{subject} (to {recipient})")
LOOK = Text("五、在哪里看", "5. where to look")
MAIL_PAGE = {
    "digest": Text("收报日报（网页）  {path}", "digest (HTML)         {path}"),
    "reminder": Text("催报清单（网页）  {path}", "reminder list (HTML)  {path}"),
}
BOOK = Text("报送情况表        {path}", "status workbook       {path}")
TREE = Text("归档目录          {path}", "filed tree            {path}")
SEARCH = Text("六、试试搜索（{command} search 词语）", "6. searches to try ({command} search WORDS)")
HITS = Text("{query}：{count} 处", "{query}: found {count} times")
STAY = Text(
    "邮件服务器还开着，可用邮件程序查看（按 Ctrl-C 结束）：\n"
    "  收件 IMAP  {imap.host}:{imap.port}，不加密，用户名 {imap.user}，密码 {imap.password}；\n"
    "             收件箱是各单位的来信，文件夹 {folder} 是联络员收到的日报和催报\n"
    "  发件 SMTP  {smtp.host}:{smtp.port}，不加密，不用登录",
    "the mail servers stay up for your mail program (Ctrl-C ends them):\n"
    "  IMAP  {imap.host}:{imap.port}, no encryption, user {imap.user}, password {imap.password};\n"
    "        the inbox holds what units sent, the folder {folder} the mails that the coordinator got\n"
    "  SMTP  {smtp.host}:{smtp.port}, no encryption, no log-in",
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie that a reader may want to see."""

    tree: Path
    pages: Sequence[tuple[str, Path]]  # kind of mail, its HTML
    workbook: Path | None  # of the last digest
    command: str  # the service, with this demonstration's configuration


def opening(campaign: Campaign, folder: Path, language: Language) -> Iterator[str]:
    """What is said before anything happens: the notice has been read."""
    due = min((item.due for item in campaign.requirements if item.due), default=None)
    yield TITLE.say(language)
    yield FOLDER.fill(folder=folder).say(language)
    yield NOTICE.fill(
        title=campaign.title,
        activities=len(campaign.activities),
        requirements=len(campaign.requirements),
        due=f"{due:%Y-%m-%d %H:%M}" if due else "—",
        unsure=len(campaign.unsure),
    ).say(language)
    for item in campaign.unsure:
        yield UNSURE.fill(field=item.field, why=item.why).say(language)


def happened(
    event: Event, came: Sequence[MessageView], left: Sequence[OwnMail], first: bool, language: Language
) -> Iterator[str]:
    """What one event brought: messages that the archive now holds, mails that the SMTP server now has."""
    at = f"{event.at.astimezone(ZONE):%m-%d %H:%M}"
    if first:
        yield STARTED.fill(at=at, count=len(event.messages)).say(language)
    else:
        for view in came:
            yield CAME.fill(at=at, sender=_sender(view), subject=clean(view.subject)).say(language)
    for mail in left:
        yield LEFT.fill(at=at, subject=mail.subject).say(language)


def story(outcome: Outcome, places: Places, language: Language) -> Iterator[str]:
    """All of it, line by line."""
    yield from _accounts(outcome, language)
    yield from _waiting(outcome, language)
    for board in outcome.boards:
        yield from _missing(board, language)
    yield from _mails(outcome, language)
    yield from _places(places, language)
    yield from _searches(outcome, places, language)


def _accounts(outcome: Outcome, language: Language) -> Iterator[str]:
    account = outcome.reconciliation
    yield ""
    line = ACCOUNT.fill(**asdict(account)).say(language)
    yield line + (NOT_BALANCED.fill(count=account.archived).say(language) if account.archived else "")
    for view in outcome.views:
        yield f"  {_time(view)}  {STATUS[view.status].say(language)}  {_what(view, language)}"
        for folder in outcome.folders[view.id]:
            yield f"      → {folder}"


def _what(view: MessageView, language: Language) -> str:
    """A report by its unit and contents; anything else by its subject and the reason."""
    filed = [item for item in view.submissions if item.status == "filed"]
    if filed:
        return "；".join(_report(item, language) for item in filed)
    why = view.explanation.say(language) if view.explanation else ""
    return f"{_sender(view)}：{clean(view.subject)}  {why}".rstrip()


def _report(item: SubmissionView, language: Language) -> str:
    words = [item.unit_name or UNKNOWN.say(language), KIND[item.kind].say(language)]
    words += [ACTIVITIES.fill(ids=" ".join(item.activities)).say(language)] if item.activities else []
    marks = [CORRECTS] if item.supersedes else []
    marks += [LATE] if item.on_time is False else []
    return " ".join(words) + "".join(mark.say(language) for mark in marks)


def _waiting(outcome: Outcome, language: Language) -> Iterator[str]:
    waiting = [view for view in outcome.views if view.status in WAITING]
    yield ""
    yield WAIT.fill(count=len(waiting)).say(language)
    for view in waiting:
        units = [item.unit_name for item in view.submissions if item.unit_name]
        unit = units[0] if units else UNKNOWN.say(language)
        yield f"  {view.id[:12]}  {unit}：{clean(view.subject)}"
        again = SENT_AGAIN.say(language) if any(item.superseded_by for item in view.submissions) else ""
        yield f"      {view.explanation.say(language) if view.explanation else view.reason or ''}{again}"


def _missing(board: Board, language: Language) -> Iterator[str]:
    missing = board.in_state("missing")
    numbers = {state: len(board.in_state(state)) for state in ("received", "waiting", "missing")}
    yield ""
    yield MISSING.fill(what=board.requirement.what, expected=board.expected, late=len(board.late), **numbers).say(
        language
    )
    names = [item.unit.name for item in missing[:SHOWN]]
    more = MORE.fill(count=len(missing)).say(language) if len(missing) > SHOWN else ""
    yield "  " + ("、".join(names) + more or NOBODY.say(language))


def _mails(outcome: Outcome, language: Language) -> Iterator[str]:
    yield ""
    yield MAILS.fill(count=len(outcome.mails)).say(language)
    for mail in outcome.mails:
        yield "  " + MAIL.fill(subject=mail.subject, recipient=mail.recipient).say(language)


def _places(places: Places, language: Language) -> Iterator[str]:
    yield ""
    yield LOOK.say(language)
    for kind, page in places.pages:
        yield "  " + MAIL_PAGE.get(kind, MAIL_PAGE["digest"]).fill(path=page).say(language)
    if places.workbook is not None:
        yield "  " + BOOK.fill(path=places.workbook).say(language)
    yield "  " + TREE.fill(path=places.tree).say(language)


def _searches(outcome: Outcome, places: Places, language: Language) -> Iterator[str]:
    yield ""
    yield SEARCH.fill(command=places.command).say(language)
    for query, found in outcome.searches:
        yield "  " + HITS.fill(query=query, count=len(found)).say(language)
        for hit in found[:2]:
            yield f"      {_place(hit)}  {clean(hit.snippet, 80)}"


def _place(hit: Found) -> str:
    where = f"{hit.where}: {hit.filename}" if hit.filename else hit.where
    return f"{hit.unit or '—'}  {clean(where, 40)}"


def _sender(view: MessageView) -> str:
    return clean(view.sender_name or view.sender, 30)


def _time(view: MessageView) -> str:
    return f"{view.received_at.astimezone(ZONE):%m-%d %H:%M}"
