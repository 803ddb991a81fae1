"""What a digest says of messages: what came in, what waits for a person, what wants an answer, what is unreadable."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.directory import KINDS, NO_UNIT, SHORT_ID, Directory, short_ids
from digest.pages import Item
from digest.speech import clean, moment_text, names_text, quoted, say, sentence_text, size_text
from records.boards import AttachmentView, DigestData, MessageView, SubmissionView, WaitingLink
from records.mail import CloudLink
from records.words import Language, Text

MOST_REMARKS = 3
UNREADABLE = frozenset({"unreadable", "too_large"})
TO_ANSWER = frozenset({"question", "other_business"})
PLACES = {"body": Text("正文", "body"), "subject": Text("主题", "subject"), "sender": Text("发件人", "sender")}
REASONS = {
    "advertisement": Text("广告", "advertisement"),
    "bounce": Text("退信", "bounce"),
    "auto_reply": Text("自动回复", "automatic reply"),
    "newsletter": Text("订阅资讯", "newsletter"),
    "thanks": Text("致谢", "thanks"),
    "question": Text("询问", "question"),
    "plan": Text("活动方案", "plan"),
    "notice": Text("通知", "notice"),
    "other_business": Text("其他工作", "other business"),
    "own_mail": Text("本系统邮件", "our own mail"),
    "history": Text("往年邮件", "mail of earlier years"),
    "rejected": Text("人工判定非报送", "rejected by a person"),
}
DOUBTS = {
    "unit": Text("单位待核", "unit doubtful"),
    "kind": Text("类型待核", "kind doubtful"),
    "activities": Text("活动待核", "activities doubtful"),
    "figures": Text("数据待核", "figures doubtful"),
}
STATES = {"returned": Text("已退回补正", "returned"), "withdrawn": Text("已撤回", "withdrawn")}
LATE = Text("迟报", "late")
REPEATED = Text("更正/重发", "corrects an earlier one")
REPLACED = Text("已被后来的更正", "corrected since")
MANUAL = Text("人工登记", "recorded by hand")
BY_PERSON = Text("人工归类", "filed by a person")


LONGEST_URL = 1200  # those of QQ have 700 characters
URGENT = timedelta(days=3)


def is_urgent(link: CloudLink, now: datetime) -> bool:
    """Whether a linked file is gone in three days or less, or gone already."""
    return link.expires_at is not None and link.expires_at - now <= URGENT


@dataclass(frozen=True, slots=True)
class Entry:
    """One report that counts as arrived: a submission that is not under review, with its message."""

    message: MessageView
    submission: SubmissionView


class Arrivals:
    """Says single messages of one digest as list items."""

    def __init__(self, data: DigestData, directory: Directory, language: Language) -> None:
        self._campaign = data.campaign.id
        self._directory = directory
        self._language = language
        self._zone = data.period_to.tzinfo
        linked = (waiting.message for waiting in data.links)
        self._known = {
            message.id: message for message in (*data.everything, *data.messages, *data.belated, *data.waiting, *linked)
        }
        self._short_ids = short_ids(self._known)
        self._by_sha256 = {message.raw_sha256: message for message in self._known.values()}

    def entries(self, messages: Iterable[MessageView]) -> list[Entry]:
        """The reports to this campaign among ``messages``, in the roster's order, then by time of receipt."""
        found = [
            Entry(message, submission)
            for message in messages
            for submission in message.submissions
            if submission.campaign == self._campaign
            and submission.status != "review"
            and message.status not in UNREADABLE
        ]
        return sorted(
            found, key=lambda entry: (self._directory.place(entry.submission.unit), entry.message.received_at)
        )

    def report(self, entry: Entry) -> Item:
        """One report as it came in."""
        submission = entry.submission
        return Item(
            title=self._directory.unit(submission.unit, submission.unit_name),
            when=self._when(entry.message),
            tags=(KINDS[submission.kind].say(self._language), *self._said(_plain_marks(entry))),
            alerts=self._said(_alert_marks(submission)),
            lines=tuple(
                line
                for line in (
                    self._content_line(submission),
                    self._repeated_line(submission),
                    *self._unread_lines(entry.message),
                    *self._address_lines(entry.message),
                    *self._remark_lines(entry.message, submission),
                )
                if line
            ),
        )

    def undecided(self, message: MessageView) -> Item:
        """A message that waits for a person: suggestions, reason, evidence, and how to decide."""
        suggestions = [item for item in message.submissions if item.status == "review" and self._is_ours(item)]
        return Item(
            title=self._suggested(suggestions),
            when=self._when(message),
            tags=tuple(KINDS[item.kind].say(self._language) for item in suggestions[:1]),
            lines=(
                self._explanation(message),
                self._origin(message),
                *self._evidence_lines(suggestions),
                *self._unread_lines(message),
                *(line for item in suggestions for line in self._remark_lines(message, item)),
            ),
            commands=self._commands(message, suggestions),
        )

    def unopened(self, message: MessageView) -> Item:
        """A message that nobody could open, or that is too large to be fetched."""
        units = [self._directory.unit(item.unit, item.unit_name) for item in message.submissions if item.unit]
        return Item(
            title=names_text(units[:3], self._language) or NO_UNIT.say(self._language),
            when=self._when(message),
            lines=(self._explanation(message), self._origin(message), *self._unread_lines(message)),
            commands=(f"python service.py review show {shlex.quote(self._short_ids[message.id])}",),
        )

    def letter(self, message: MessageView) -> Item:
        """A message that is no report, by its subject and sender."""
        return Item(
            title=self._subject(message) or say(self._language, "（无主题）", "(no subject)"),
            when=self._when(message),
            tags=(reason_name(message.reason, self._language),),
            lines=(self._sender(message) + self._id_mark(message),),
        )

    def link(self, waiting: WaitingLink, now: datetime) -> Item:
        """A file that a message only links to: until when it can be fetched, where, and how to say that it was."""
        message, link = waiting.message, waiting.link
        senders = [self._directory.unit(item.unit, item.unit_name) for item in message.submissions if item.unit]
        origin = names_text(senders[:2], self._language) or self._sender(message)
        size = () if link.size_bytes is None else (size_text(link.size_bytes),)
        told = (self._time_left(link, now),)
        id_ = f"{self._short_ids[message.id]}/{waiting.place}"
        return Item(
            title=quoted(link.name, 50) or say(self._language, "（未命名文件）", "(unnamed file)"),
            when=self._when(message),
            tags=size if is_urgent(link, now) else (*size, *told),
            alerts=told if is_urgent(link, now) else (),
            lines=tuple(filter(None, (self._fetch_by(link, now), origin, *self._hints(waiting)))),
            commands=(f"python service.py review link {id_} --file {say(self._language, '文件', 'FILE')}",),
        )

    def _time_left(self, link: CloudLink, now: datetime) -> str:
        if link.never_expires:
            return say(self._language, "长期有效", "does not expire")
        if link.expires_at is None:
            return say(self._language, "有效期未注明", "expiry unknown")
        if link.expires_at <= now:
            return say(self._language, "已过期", "expired")
        days = (link.expires_at.astimezone(self._zone).date() - now.date()).days
        if not days:
            return say(self._language, "今天到期", "ends today")
        return say(self._language, "还剩{days}天", "{days} d left", days=days)

    def _fetch_by(self, link: CloudLink, now: datetime) -> str:
        if link.expires_at is None:
            return "" if link.never_expires else say(self._language, "请尽快下载", "fetch it soon")
        if link.expires_at <= now:
            return say(self._language, "已不能下载：请联系单位重发", "it is gone: ask the unit to send it again")
        moment = moment_text(link.expires_at.astimezone(self._zone), self._language)
        return say(self._language, "请在{moment}前下载", "fetch it before {moment}", moment=moment)

    def _hints(self, waiting: WaitingLink) -> Iterable[str]:
        if len(waiting.link.url) <= LONGEST_URL:
            yield clean(waiting.link.url, LONGEST_URL)
        else:  # cut it would open nothing
            form = ("地址很长，用 review show {id} 查看", "its address is long: see review show {id}")
            yield say(self._language, *form, id=self._short_ids[waiting.message.id])
        if waiting.link.code:
            yield say(self._language, "提取码：{code}", "code: {code}", code=clean(waiting.link.code, 20))
        if waiting.failure is not None:
            why = clean(waiting.failure.say(self._language), 120)
            yield say(self._language, "自动下载未成：{why}", "could not be fetched automatically: {why}", why=why)

    def _is_ours(self, submission: SubmissionView) -> bool:
        return submission.campaign in {None, self._campaign}

    def _when(self, message: MessageView) -> str:
        return moment_text(message.received_at.astimezone(self._zone), self._language)

    def _said(self, texts: Iterable[Text]) -> tuple[str, ...]:
        return tuple(text.say(self._language) for text in texts)

    def _sender(self, message: MessageView) -> str:
        name, address = quoted(message.sender_name, 30), clean(message.sender, 60)
        return f"{name} <{address}>" if name and name != address else address

    def _id_mark(self, message: MessageView) -> str:
        return say(self._language, "　编号 {id}", "  id {id}", id=self._short_ids[message.id])

    def _origin(self, message: MessageView) -> str:
        subject = self._subject(message)
        form = (
            ("来件：{subject}（{sender}）", "mail: {subject} ({sender})")
            if subject
            else ("来件：{sender}", "mail: {sender}")
        )
        return say(self._language, *form, subject=subject, sender=self._sender(message)) + self._id_mark(message)

    def _subject(self, message: MessageView) -> str:
        """Its subject, none where a mark of secrecy forbids to pass it on."""
        return "" if message.classified else quoted(message.subject, 60)

    def _explanation(self, message: MessageView) -> str:
        text = message.explanation.say(self._language) if message.explanation else message.reason or ""
        longest = 300 if message.classified else 120  # what the law expects is said in full
        return say(self._language, "原因：{text}", "reason: {text}", text=quoted(text, longest) or "—")

    def _content_line(self, submission: SubmissionView) -> str:
        language = self._language
        activities = self._directory.activities(submission.activities)
        figures = names_text((self._directory.figure(*figure) for figure in submission.figures), language)
        return sentence_text(
            (
                activities and say(language, "活动{activities}", "activities {activities}", activities=activities),
                figures,
            ),
            language,
        )

    def _repeated_line(self, submission: SubmissionView) -> str:
        if submission.supersedes is None:
            return ""
        earlier = self._by_sha256.get(submission.supersedes)
        if earlier is None:
            return say(self._language, "替代先前来件 {id}", "replaces {id}", id=submission.supersedes[:SHORT_ID])
        return say(self._language, "替代{when}来件", "replaces the one of {when}", when=self._when(earlier))

    def _unread_lines(self, message: MessageView) -> tuple[str, ...]:
        if message.classified:
            return ()  # a file's name may tell what it holds
        unread = [item for item in message.attachments if item.status != "ok"]
        lines = [
            say(
                self._language,
                "附件未能全部读取：{name}{why}",
                "not fully read: {name}{why}",
                name=quoted(item.filename or item.media_type, 50),
                why=self._why_unread(item),
            )
            for item in unread[:3]
        ]
        if len(unread) > len(lines):
            lines.append(
                say(self._language, "另有{count}个附件未能读取", "{count} more", count=len(unread) - len(lines))
            )
        return tuple(lines)

    def _remark_lines(self, message: MessageView, submission: SubmissionView) -> tuple[str, ...]:
        """What is to be known beside the filing: the same photos or words elsewhere (records.remarks)."""
        remarks = [item for item in message.remarks if item.submission == submission.id]
        lines = [
            say(self._language, "提示：{text}", "remark: {text}", text=clean(item.text.say(self._language), 200))
            for item in remarks[:MOST_REMARKS]
        ]
        if len(remarks) > len(lines):
            more = len(remarks) - len(lines)
            lines.append(say(self._language, "另有{count}条提示（review show）", "{count} more remarks", count=more))
        return tuple(lines)

    def _why_unread(self, item: AttachmentView) -> str:
        why = quoted(item.explanation.say(self._language) if item.explanation else item.reason or "", 80)
        return say(self._language, "（{why}）", " ({why})", why=why) if why else ""

    def _address_lines(self, message: MessageView) -> tuple[str, ...]:
        return tuple(
            say(
                self._language,
                "新邮箱：{address}（已按内容归到{unit}）",
                "new address: {address} (filed under {unit})",
                address=clean(address, 60),
                unit=self._directory.short(unit),
            )
            for address, unit in message.new_addresses[:3]
        )

    def _suggested(self, suggestions: Sequence[SubmissionView]) -> str:
        names = list(dict.fromkeys(self._directory.unit(item.unit, item.unit_name) for item in suggestions))[:3]
        if not names or not any(item.unit for item in suggestions):
            return names[0] if names else NO_UNIT.say(self._language)
        between = say(self._language, " 或 ", " or ") if any(item.alternative for item in suggestions) else "、"
        return say(self._language, "疑似：{names}", "perhaps: {names}", names=between.join(names))

    def _evidence_lines(self, suggestions: Sequence[SubmissionView]) -> tuple[str, ...]:
        found = (item for suggestion in suggestions[:1] for item in suggestion.evidence if item.for_ == "unit")
        evidence = next(found, None)
        if evidence is None:
            return ()
        place = PLACES.get(evidence.where)
        where = place.say(self._language) if place else quoted(evidence.where, 30)
        text = quoted(evidence.text, 40)
        return (
            say(self._language, "依据：“{text}”（{where}）", 'evidence: "{text}" ({where})', text=text, where=where),
        )

    def _commands(self, message: MessageView, suggestions: Sequence[SubmissionView]) -> tuple[str, ...]:
        id_ = self._short_ids[message.id]
        best = [item for item in suggestions if item.unit is not None and not item.alternative][:3]
        commands = [
            f"python service.py review assign {shlex.quote(_numbered(id_, item))} {self._target(item)}" for item in best
        ]
        return tuple(commands) or (f"python service.py review show {shlex.quote(id_)}",)

    def _target(self, submission: SubmissionView) -> str:
        return f"--campaign {shlex.quote(self._campaign)} --unit {shlex.quote(clean(submission.unit or '', 40))}"


def reason_name(reason: str | None, language: Language) -> str:
    """Why a message is no report, for people."""
    known = REASONS.get(reason or "")
    return known.say(language) if known else clean(reason or "", 30)


def _numbered(short_id: str, submission: SubmissionView) -> str:
    number = submission.id.rpartition("/")[2]
    return short_id if number in {"", "1"} or not number.isdigit() else f"{short_id}/{number}"


def _plain_marks(entry: Entry) -> Iterable[Text]:
    if entry.message.source == "manual":
        yield MANUAL
    elif entry.submission.decided_by is not None:
        yield BY_PERSON
    if entry.submission.supersedes is not None:
        yield REPEATED
    if entry.submission.superseded_by is not None:
        yield REPLACED


def _alert_marks(submission: SubmissionView) -> Iterable[Text]:
    if submission.status in STATES:
        yield STATES[submission.status]
    if submission.on_time is False:
        yield LATE
    for doubt in submission.doubtful:
        if doubt in DOUBTS:
            yield DOUBTS[doubt]
