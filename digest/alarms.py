"""The alarm: what the service cannot do any more, since when, what that means for the reports, what to do; its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digest.pages import Item as Line
from digest.pages import Items, Page, Paragraph, Section, page_html, page_text
from digest.speech import clean, moment_text, say
from records.mails import Letter
from records.words import Language, Text

Part = Literal["mailbox", "outgoing"]
MAILBOX = Text("收不到报送邮箱 {name} 的信", "mail cannot be taken from {name}")
OUTGOING = Text("日报和催报清单发不出去", "digests and reminder lists do not leave")
LEAD = Text(
    "从{since}起，报送服务{what}，到现在已有{lasted}。",
    "Since {since}, for {lasted}, this has failed: {what}.",
)
MEANS = {
    "mailbox": (
        Text(
            "各单位照常发信就行：邮件都在邮箱里，恢复后自动补收，不会丢，也不会重复。",
            "Units go on mailing as they do: their mails lie in the mailbox and are taken once this is mended.",
        ),
        Text(
            "是否按时，仍看邮箱收到的时间，不会因为这次中断算迟报。",
            "On time or late still goes by when the mailbox received them; this interruption makes nobody late.",
        ),
        Text(
            "恢复以前，日报可能不全，催报清单上的单位可能已经报了：催报前请先登录邮箱看一眼。",
            "Until then digests may be incomplete and reminder lists may name units that have reported: look into the "
            "mailbox before you remind anybody.",
        ),
    ),
    "outgoing": (
        Text("收件和归档照常进行，材料不会丢。", "Mail is taken in and filed as ever; no report is lost."),
        Text(
            "没发出的日报和催报清单留在发件箱，恢复后自动发出。",
            "Digests and reminder lists wait in the outbox and leave when this is mended.",
        ),
        Text(
            "这期间要名单，可以请管理员运行下面的命令。",
            "For lists in the meantime ask the administrator to run the command below.",
        ),
    ),
}
TO_DO = {
    "mailbox": ("python service.py health", "python service.py check"),
    "outgoing": ("python service.py health", "python service.py check", "python service.py remind --format text"),
}
OVER = {
    "mailbox": Text(
        "期间到达邮箱的来信正在补收，随后会列进收报日报；迟报与否看邮箱收到的时间。",
        "What reached the mailbox meanwhile is being taken and will stand in the digest; on time or late goes by when "
        "the mailbox received it.",
    ),
    "outgoing": Text("没发出的日报和催报清单正在补发。", "Digests and reminder lists that waited are leaving now."),
}
FOOT = Text(
    "本邮件由报送系统自动发出，请不要回复。同一次故障只发一封告警，恢复后再发一封通知。",
    "Sent automatically by the report intake; please do not reply. One alarm a failure, and one mail when it is over.",
)


def subject_of(what: Part, name: str = "") -> str:
    """Under which the outbox knows what may fail."""
    return f"{what} {name}".strip()


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that has failed for long."""

    what: Part
    name: str  # of the mailbox
    since: datetime
    why: Text | None = None  # as the failing part says it: what is wrong, what to do

    @property
    def subject(self) -> str:
        """Under which the outbox knows it."""
        return subject_of(self.what, self.name)

    def said(self) -> Text:
        """What cannot be done any more."""
        return (MAILBOX if self.what == "mailbox" else OUTGOING).fill(name=clean(self.name, 80))


def alarm_letter(failure: Failure, now: datetime, language: Language = "zh") -> Letter:
    """What fails; times as clocks in ``now``'s zone show them."""
    since = moment_text(failure.since.astimezone(now.tzinfo), language)
    what = failure.said().say(language)
    lead = LEAD.fill(since=since, what=what, lasted=_lasted(failure.since, now)).say(language)
    sections = [
        _section(
            ("对报送有什么影响", "What this means"), [text.say(language) for text in MEANS[failure.what]], language
        ),
        Section(say(language, "怎么办", "What to do"), (Items((_to_do(failure, language),)),)),
    ]
    if failure.why is not None:
        why = clean(failure.why.say(language), 500)
        sections.insert(0, _section(("服务报告的原因", "What the service says"), [why], language))
    title = say(language, "【报送告警】{what}（{since}起）", "[Alarm] {what} (since {since})", what=what, since=since)
    return _letter(title, Paragraph(lead, alert=True), sections, language)


def all_clear_letter(failure: Failure, now: datetime, language: Language = "zh") -> Letter:
    """That it is over."""
    since = moment_text(failure.since.astimezone(now.tzinfo), language)
    what = failure.said().say(language)
    lead = say(
        language,
        "从{since}起的故障（{what}）已经排除，{now}恢复正常。",
        "What had failed since {since} ({what}) works again as of {now}.",
        since=since,
        what=what,
        now=moment_text(now, language),
    )
    title = say(language, "【报送恢复】已恢复正常：{what}", "[All clear] works again: {what}", what=what)
    return _letter(
        title, Paragraph(f"{lead}{'' if language == 'zh' else ' '}{OVER[failure.what].say(language)}"), [], language
    )


def _letter(title: str, lead: Paragraph, sections: Sequence[Section], language: Language) -> Letter:
    page = Page(title, (lead,), tuple(sections), FOOT.say(language))
    return Letter(page.title, page_text(page, language), page_html(page, language))


def _section(title: tuple[str, str], lines: Sequence[str], language: Language) -> Section:
    return Section(say(language, *title), (Items(tuple(Line(line) for line in lines)),))


def _to_do(failure: Failure, language: Language) -> Line:
    asked = say(
        language,
        "请管理员在服务器上运行下面的命令，按提示处理；改了密码文件会自动重试，改了 config.toml 要重启服务",
        "The administrator runs these commands on the server and does what they say; a changed password file is tried "
        "by itself, a changed config.toml wants a restart",
    )
    return Line(asked, commands=TO_DO[failure.what])


def _lasted(since: datetime, now: datetime) -> Text:
    minutes = max(int((now - since).total_seconds() // 60), 1)
    if minutes < 120:
        return Text(f"{minutes} 分钟", f"{minutes} min")
    hours = minutes // 60
    return Text(f"{hours} 小时", f"{hours} h") if hours < 48 else Text(f"{hours // 24} 天", f"{hours // 24} days")
