"""What waits for a person, as the clerk at the office needs it: what, from whom, why in doubt, what to type.

Commands: review list, review show.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from digest.speech import clean, sentence_text, size_text
from flow.campaigns import campaigns_asked
from flow.commands.desk import Arguments, Desk
from flow.decide import find_submission
from flow.listing import KIND, STATUS, place_text
from flow.office import Office
from flow.views import Wanted, all_views
from records.boards import AttachmentView, MessageView, SubmissionView
from records.filings import Evidence
from records.measures import STANDARD_MEASURES
from records.words import Language, Text
from storage import messages

REVIEW_STATUSES = ("review", "unreadable", "too_large")
NOTHING_WAITS = Text("没有等人处理的邮件", "nothing waits for a person")
COUNT = Text(
    "等人处理 {count} 封：总结 {summaries}，资料 {materials}，其他 {others}（总结在前，各按收到的先后）",
    "{count} wait for a person: {summaries} summaries, {materials} with material, {others} others "
    "(summaries first, then by time of receipt)",
)
HEAD = Text("{id}  {received}  {sender}", "{id}  {received}  {sender}")
SUBJECT = Text("  主题：{subject}{files}", "  subject: {subject}{files}")
FILES = Text("（附件 {count} 个）", " ({count} attachments)")
NO_SUBJECT = Text("（无主题）", "(none)")
WHY = Text("  为何要看：{text}", "  why: {text}")
SUGGESTION = Text("  {state} {place}：{said}", "  {state} {place}: {said}")
SUGGESTED, OR = Text("建议", "suggestion"), Text("或者", "or")
SURE = Text("把握 {confidence:.0%}", "confidence {confidence:.0%}")
BY = Text("由 {name} 决定", "decided by {name}")
ACTIVITIES = Text("活动 {ids}", "activities {ids}")
UNKNOWN_UNIT = Text("单位不明", "unit unknown")
UNLISTED = Text("名册上没有的“{name}”", "“{name}”, on no roster")
LATE = Text("迟报", "late")
NO_SUGGESTION = Text("  没有建议", "  no suggestion")
EVIDENCE = Text("      {for_}（{where}）：{text}", "      {for_} ({where}): {text}")
COMMAND = Text("      → {command}", "      → {command}")
UNIT_HERE, CAMPAIGN_HERE, WHY_HERE = Text("单位", "UNIT"), Text("任务", "CAMPAIGN"), Text("原因", "REASON")
FOOT = (
    Text(
        "把 → 后面的命令复制下来运行即可；是别的单位，加 --unit 和名册里的编码或名称。",
        "Copy the command behind an arrow; for another unit add --unit and its code or name on the roster.",
    ),
    Text("不是报送材料：{program} review reject 编号", "No report: {program} review reject ID"),
    Text("看全文和全部依据：{program} review show 编号", "Words and evidence in full: {program} review show ID"),
)
CHOICES = Text("可以这样处理：", "What can be done:")
ACCEPT = Text("  确认建议 {place}：{command}", "  confirm {place}: {command}")
CORRECT = Text("  改成别的单位：{command}", "  another unit: {command}")
REJECT = Text("  不是报送材料：{command}", "  no report: {command}")
SEND_BACK = Text("  退回补正：{command}", "  send back for correction: {command}")
ATTACHMENT = Text("  附件 {name}（{size}，{status}{more}）", "  attachment {name} ({size}, {status}{more})")
BECAUSE = Text("：{why}", ": {why}")
LINK = Text(
    "  超大附件 {place}：{name}（{size}，到期 {end}，{state}）",
    "  linked file {place}: {name} ({size}, ends {end}, {state})",
)
LINK_DONE, LINK_OPEN = Text("已处理", "done"), Text("未下载", "not fetched")
REMARK = Text("  提示：{text}", "  remark: {text}")
BODY = Text("  正文：", "  body:")
READ = {
    "ok": Text("已读取", "read"),
    "partial": Text("部分读取", "partly read"),
    "unreadable": Text("无法读取", "unreadable"),
    "skipped": Text("未读取", "not read"),
}
FOR = {
    "unit": Text("单位", "unit"),
    "campaign": Text("报送任务", "campaign"),
    "kind": Text("类型", "kind"),
    "requirement": Text("报送要求", "requirement"),
    "activity": Text("活动", "activity"),
    "figure": Text("数据", "figure"),
    "supersedes": Text("更正", "supersedes"),
    "sender": Text("发件人", "sender"),
}
LABELS = {measure.name: measure.label for measure in STANDARD_MEASURES}
SHOWN = 2  # sentences below a suggestion in the list


def run_review_list(desk: Desk, args: Arguments) -> int:
    """What waits for a person, what stops reminders first."""
    with desk.reading() as office, office.archive.database.session() as session:
        wanted = Wanted(campaigns=campaigns_asked(office.contexts, args.campaign))
        views = all_views(session, office.judge(session), wanted, with_content=False)
    waiting = sorted((view for view in views if view.status in REVIEW_STATUSES), key=_urgency)
    if not waiting:
        desk.say(NOTHING_WAITS)
        return 0
    ranks = [_urgency(view)[0] for view in waiting]
    numbers = {"summaries": ranks.count(0), "materials": ranks.count(1), "others": ranks.count(2)}
    desk.say(COUNT.fill(count=len(waiting), **numbers))
    page = _Page(desk, office, _program(args))
    for view in waiting:
        print()
        for line in [*page.head(view), *page.suggestions(view, SHOWN)]:
            print(line)
    print()
    for text in FOOT:
        desk.say(text.fill(program=page.program))
    return 0


def run_review_show(desk: Desk, args: Arguments) -> int:
    """One message with all that is known of it, and what can be done."""
    with desk.reading() as office:
        message, _ = find_submission(office, args.id)
        with office.archive.database.session() as session:
            view = office.judge(session).seen(messages.views(session, [message])[0])
    page = _Page(desk, office, _program(args))
    for line in [*page.head(view), *page.suggestions(view, None), *page.content(view), *page.choices(view)]:
        print(line)
    return 0


def _program(args: Arguments) -> str:
    """How the commands to copy begin: as this one did."""
    return f"python service.py --config {shlex.quote(args.config)}" if args.config else "python service.py"


def _urgency(view: MessageView) -> tuple[int, object, str]:
    """A closing report keeps its unit from being reminded, and waits longest for nobody."""
    kinds = {item.kind for item in view.submissions if item.status == "review"}
    rank = 2 if view.status != "review" or not kinds else 0 if "summary" in kinds else 1
    return rank, view.received_at, view.id


class _Page:
    """Says what is known of messages, in one language; lines without harm, whatever senders wrote."""

    def __init__(self, desk: Desk, office: Office, program: str) -> None:
        self._desk = desk
        self._contexts = office.contexts
        self.program = program

    @property
    def _language(self) -> Language:
        return self._desk.language

    def _say(self, text: Text) -> str:
        return text.say(self._language)

    def head(self, view: MessageView) -> Iterator[str]:
        """Who, when, what, and why a person must look."""
        received = view.received_at.astimezone(self._desk.zone).strftime("%Y-%m-%d %H:%M")
        sender = clean(f"{view.sender_name} <{view.sender}>" if view.sender_name else view.sender, 100)
        head = self._say(HEAD.fill(id=view.id[:12], received=received, sender=sender))
        yield head if view.status == "review" else f"{head}  {self._say(STATUS[view.status])}"
        files = FILES.fill(count=len(view.attachments)) if view.attachments else Text("", "")
        yield self._say(SUBJECT.fill(subject=clean(view.subject, 120) or NO_SUBJECT, files=files))
        if view.explanation is not None:
            yield self._say(WHY.fill(text=clean(self._say(view.explanation), 1000)))

    def suggestions(self, view: MessageView, sentences: int | None) -> Iterator[str]:
        """What it may be, the best first, with sentences that say so, and in a list the command that confirms it."""
        told: set[Evidence] = set()  # what is said of one suggestion need not be said of the next
        for item in view.submissions:
            place = int(item.id.rpartition("/")[2])
            state = (OR if item.alternative else SUGGESTED) if item.status == "review" else STATUS[item.status]
            yield self._say(SUGGESTION.fill(state=state, place=place, said=self._said(item, sentences is None)))
            new = [one for one in item.evidence if one not in told]
            told.update(new)
            yield from (self._evidence(one) for one in (new if sentences is None else _best(new)[:sentences]))
            if sentences is not None and item.status == "review":
                yield self._say(COMMAND.fill(command=self._assign(view, place, item)))
        if not view.submissions and view.status in REVIEW_STATUSES:
            yield self._say(NO_SUGGESTION)
            if sentences is not None:
                yield self._say(COMMAND.fill(command=self._assign(view, 1, None)))

    def content(self, view: MessageView) -> Iterator[str]:
        """Remarks, attachments, links, the words."""
        for remark in view.remarks:
            yield self._say(REMARK.fill(text=clean(self._say(remark.text), 1000)))
        yield from (self._attachment(item) for item in view.attachments)
        for place, link in enumerate(view.cloud_links, 1):
            state = LINK_DONE if link.is_done else LINK_OPEN
            size = size_text(link.size_bytes) if link.size_bytes else "?"
            end = self._desk.form.time(link.expires_at) or "-"
            name = clean(link.name, 200) or "-"
            yield self._say(LINK.fill(place=place, name=name, size=size, end=end, state=state))
            yield "    " + clean(link.url, len(link.url) + 1)
        if view.body_text.strip():
            yield self._say(BODY)
        for line in view.body_text.splitlines():
            yield "    " + clean(line, len(line) + 1)

    def choices(self, view: MessageView) -> Iterator[str]:
        """The commands that decide, to be copied."""
        id_ = view.id[:12]
        waits = [item for item in view.submissions if item.status == "review"]
        yield self._say(CHOICES)
        for item in waits:
            place = int(item.id.rpartition("/")[2])
            if item.unit:
                yield self._say(ACCEPT.fill(place=place, command=self._assign(view, place, item)))
        yield self._say(CORRECT.fill(command=self._assign(view, 1, None)))
        yield self._say(REJECT.fill(command=f"{self.program} review reject {id_}"))
        if view.submissions:
            reason = self._say(WHY_HERE)
            yield self._say(SEND_BACK.fill(command=f"{self.program} review return {id_} --note {reason}"))

    def _said(self, item: SubmissionView, in_full: bool) -> str:
        unit = f"{item.unit} {item.unit_name}" if item.unit else ""
        unknown = UNLISTED.fill(name=item.unit_name) if item.unit_name else UNKNOWN_UNIT
        found = [
            clean(unit or self._say(unknown), 200),
            self._say(KIND[item.kind]),
            self._say(ACTIVITIES.fill(ids=" ".join(item.activities))) if item.activities else "",
            self._say(LATE) if item.on_time is False else "",
            self._say(BY.fill(name=clean(item.decided_by, 60))) if item.decided_by else "",
            self._say(SURE.fill(confidence=item.confidence)) if item.status == "review" and in_full else "",
        ]
        return sentence_text(found, self._language)

    def _evidence(self, one: Evidence) -> str:
        name, _, value = one.for_.partition(":")
        for_ = f"{self._say(FOR[name]) if name in FOR else name} {LABELS.get(value, value)}".strip()
        where = clean(place_text(one.where, self._language), 200)
        return self._say(EVIDENCE.fill(for_=for_, where=where, text=clean(one.text, 200)))

    def _assign(self, view: MessageView, place: int, item: SubmissionView | None) -> str:
        """The command that files it so; what only a person can say stands as a word in its place."""
        command = f"{self.program} review assign {view.id[:12]}/{place}"
        if item is None or not item.unit:
            command += f" --unit {self._say(UNIT_HERE)}"
        known = item.campaign if item is not None else None
        if known is None and len([context for context in self._contexts if context.is_open]) != 1:
            command += f" --campaign {self._say(CAMPAIGN_HERE)}"
        return command

    def _attachment(self, item: AttachmentView) -> str:
        """With the members of an archive, and why it could not be read."""
        name = clean(item.filename or "-", 200)
        why = BECAUSE.fill(why=clean(self._say(item.explanation), 300)) if item.explanation else Text("", "")
        status = READ[item.status]
        return self._say(ATTACHMENT.fill(name=name, size=size_text(item.size_bytes), status=status, more=why))


def _best(evidence: Sequence[Evidence]) -> list[Evidence]:
    """What speaks for the unit first, then for the campaign and the kind: in a list that is enough."""
    order = {"unit": 0, "sender": 1, "kind": 2, "campaign": 3}
    listed = [one for one in evidence if one.for_ in order]
    return sorted(listed, key=lambda one: order[one.for_])
