"""Mail that reports nothing to any campaign, and why: a rule each; none drops a message that carries a report."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from filing.business import Business
from filing.carried import Carried, CarriedPaper, asks
from filing.papers import paper_of
from filing.text.lexica import contains_any, words
from filing.text.quoting import split_body
from filing.text.squeeze import squeeze
from filing.text.vocabulary import marker
from records.filings import Evidence, NotReportReason
from records.mail import Message

_QUESTION_MARK = re.compile(r"[？?]")
_THANKS_LENGTH = 120
_BEGINNING = 8
_CLAUSE = re.compile(r"[,，。.;；!！?？:：、~～\n]+")
_CLAUSE_OF_THANKS = 12
_COUNTED = re.compile(r"已|[^为]了|\d余?(?:人|次|场|份|条|处|期|户|个|名)")
_MANY_ADS = 4  # words of advertisements in a stranger's mail that also names units: 已服务宁钢等320家单位


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at."""

    message: Message
    carried: Carried
    subject: str  # without marks of replies
    filenames: tuple[str, ...]
    quoted: str
    relevant: bool  # says words of an open campaign
    sender_known: bool
    unit_named: bool  # a unit of the roster signs, heads or names it
    plan_wanted: bool  # a requirement asks for a plan
    own_message_ids: Collection[str] = frozenset()
    quotes_us: bool = False  # a mail of ours stands in it
    business: Business | None = None  # what its titles say that it is, if not a report
    tells: bool = True  # of activities of the likeliest campaign that were done, in its own words

    @property
    def words(self) -> str:
        """Subject and own words, squeezed."""
        return squeeze(self.subject) + "\n" + squeeze(self.carried.own_words)

    @property
    def written(self) -> str:
        """What the sender wrote, squeezed, without what is quoted below it."""
        return squeeze(split_body(self.message.body_text).own)

    @property
    def reports(self) -> bool:
        """Whether anything in it reports."""
        carried = self.carried
        return bool(carried.reports or carried.pictures or carried.recordings or carried.body_reports)

    @property
    def has_files(self) -> bool:
        """Whether there is any attachment or link that counts."""
        carried = self.carried
        return bool(
            carried.papers
            or carried.pictures
            or carried.recordings
            or carried.unread
            or carried.broken
            or carried.links
        )


Rule = Callable[[Situation], Evidence | None]


def non_report(situation: Situation) -> tuple[NotReportReason, Evidence] | None:
    """The first reason that holds, with the words that say so; None where it may be a report."""
    for reason, rule in _RULES:
        if (evidence := rule(situation)) is not None:
            return reason, evidence
    return None


def is_own_mail(s: Situation) -> Evidence | None:
    """Our own mail, by its Message-ID."""
    found = s.message.message_id in s.own_message_ids if s.message.message_id else False
    return Evidence("not_a_report", "header", s.message.message_id or "") if found else None


def is_bounce(s: Situation) -> Evidence | None:
    """A delivery status notification (RFC 3464), also in the forms of Chinese providers.

    One that returns a unit's report is no bounce to us but the report's only copy; one that returns our own mail,
    which names units as well, is.
    """
    sender = s.message.sender.address.partition("@")[0]
    status = has_delivery_status(s.message)
    machine = sender in words("nonreports", "bounce_senders") or status
    told = contains_any(s.message.subject.lower(), words("nonreports", "bounce_subjects"))
    returned = bool(s.message.header("x-failed-recipients")) or _from_nobody(s.message)
    if not (machine and (told or status)) and not (told and (returned or not sender)):
        return None
    if s.unit_named and (s.carried.reports or s.carried.body_reports) and not s.quotes_us:
        return None
    return Evidence("not_a_report", "subject", s.message.subject[:80])


def has_delivery_status(message: Message) -> bool:
    """Whether it says for machines what became of a mail (RFC 3464 §2)."""
    declared = (message.header("content-type") or "").lower()
    return "delivery-status" in declared or any("delivery-status" in part.media_type for part in message.parts)


def _from_nobody(message: Message) -> bool:
    """The empty envelope sender of what must not be answered (RFC 5321 §4.5.5)."""
    return (message.header("return-path") or "").strip() == "<>"


def is_auto_reply(s: Situation) -> Evidence | None:
    """An answer that a machine wrote (RFC 3834), or a receipt (RFC 8098). Its headers alone never drop what reports."""
    if "disposition-notification" in (s.message.header("content-type") or "").lower() and not s.reports:
        return Evidence("not_a_report", "header", "disposition-notification")
    if s.has_files or (s.reports and not _is_away(s)):
        return None
    if told := contains_any(s.message.subject.lower(), words("nonreports", "auto_subjects")):
        return Evidence("not_a_report", "subject", told)
    if (told := contains_any(s.written, words("nonreports", "auto_bodies"))) and not _announces_a_report(s):
        return Evidence("not_a_report", "body", told)
    if marked := _answered_by_machine(s.message):
        return Evidence("not_a_report", "header", marked)
    return Evidence("not_a_report", "body", s.written[:80]) if _is_away(s) else None


def _announces_a_report(s: Situation) -> bool:
    """Another system says that a unit's report waits there: a person must fetch it."""
    return s.unit_named and paper_of(s.subject) in ("summary", "report")


def _is_away(s: Situation) -> bool:
    """A machine's subject or header, and words of somebody who is away: what else it says is no report."""
    by_subject = contains_any(s.message.subject.lower(), words("nonreports", "auto_subjects"))
    submitted = (s.message.header("auto-submitted") or "no").lower()
    by_header = submitted.startswith("auto-") or _answered_by_machine(s.message) or _from_nobody(s.message)
    return bool((by_subject or by_header) and contains_any(s.written, words("nonreports", "away")))


def _answered_by_machine(message: Message) -> str:
    """The header by which a machine says that it answers, "" where none does."""
    submitted = (message.header("auto-submitted") or "").lower()
    if submitted.startswith("auto-replied"):
        return submitted
    if (message.header("precedence") or "").lower() in ("auto_reply", "auto-reply"):
        return "precedence"
    return next((name for name in _AUTO_HEADERS if message.header(name)), "")


_AUTO_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoresponse",
    "x-mail-autoreply",
    "x-qq-autoreply",
    "x-autogenerated",
)


def is_newsletter(s: Situation) -> Evidence | None:
    """A periodical that people subscribe to."""
    if s.sender_known or s.unit_named:
        return None
    body = squeeze(f"{s.message.body_text}\n{s.subject}\n{s.message.sender.name}")
    told = [word for word in words("nonreports", "newsletter_bodies") if word in body]
    listed = s.message.header("list-unsubscribe") or s.message.header("list-id")
    bulk = (s.message.header("precedence") or "").lower() in ("bulk", "list")
    if len(told) + 2 * bool(listed) + bulk < 2:
        return None
    return (
        Evidence("not_a_report", "body", "、".join(told))
        if told
        else Evidence("not_a_report", "header", "List-Unsubscribe")
    )


def is_advertisement(s: Situation) -> Evidence | None:
    """Somebody sells something."""
    if s.sender_known or any(not paper.is_advert for paper in s.carried.papers):
        return None
    text = s.words + squeeze("\n".join(s.filenames)) + squeeze(s.message.body_text)
    told = [word for word in words("nonreports", "ads") if word in text]
    enough = len(told) >= (_MANY_ADS if s.unit_named else 2) or (told and s.carried.papers and not s.unit_named)
    return Evidence("not_a_report", "body", "、".join(told[:4])) if enough else None


def is_notice(s: Situation) -> Evidence | None:
    """The notice itself, or a reminder of it, with no report beside it."""
    papers = s.carried.papers
    if s.carried.pictures or s.carried.unread or s.carried.broken or (s.carried.body_reports and not _passes_on(s)):
        return None
    if papers and all(one.paper == "notice" and asks(one.document.text) >= 2 for one in papers):
        return Evidence("not_a_report", papers[0].document.where, _first_line(papers[0])[:80])
    if papers or s.has_files:
        return None
    named = paper_of(s.subject) == "notice" or "提醒" in s.subject
    if (
        named
        and asks(s.message.body_text + s.quoted) >= 2
        and not contains_any(s.words, words("nonreports", "questions"))
    ):
        return Evidence("not_a_report", "subject", s.subject[:80])
    return None


def _passes_on(s: Situation) -> bool:
    """请各科室遵照执行: words that hand a notice down, and nothing done or counted beside them."""
    told = contains_any(s.words, (*words("nonreports", "orders"), *words("nonreports", "hands_down")))
    return bool(told) and not _COUNTED.search(squeeze(s.carried.own_words))


def is_plan(s: Situation) -> Evidence | None:
    """A 方案 or an internal notice of the unit's own: what it will do, not what it did."""
    papers = s.carried.papers
    if s.plan_wanted or s.business or not papers or s.carried.body_reports or s.carried.unread or s.carried.broken:
        return None
    if s.carried.pictures or s.carried.recordings:
        return None
    if all(one.paper in ("plan", "notice") for one in papers):
        return Evidence("not_a_report", papers[0].document.where, _first_line(papers[0])[:80])
    return None


def is_application(s: Situation) -> Evidence | None:
    """Somebody applies for money or leave, or lays something before the office: thanks at its end are no answer."""
    if s.has_files or s.tells or s.carried.body_reports:
        return None
    told = marker("nonreports", "applies").search(s.words)
    return Evidence("not_a_report", "body", told[0]) if told else None


def is_question(s: Situation) -> Evidence | None:
    """Somebody asks something and reports nothing. A screenshot may go with it."""
    carried = s.carried
    if (
        carried.reports
        or carried.body_reports
        or carried.unread
        or carried.broken
        or carried.recordings
        or carried.links
    ):
        return None
    screenshot = len(carried.pictures) <= 2 and contains_any(s.words, words("nonreports", "about_a_screenshot"))
    if carried.pictures and (s.unit_named or not screenshot):
        return None
    text = s.words
    if told := contains_any(text, words("nonreports", "asks_delay")):
        return Evidence("not_a_report", "body", told)
    asks = contains_any(text, words("nonreports", "questions")) or ("?" if _QUESTION_MARK.search(text) else "")
    if not asks or (
        not _QUESTION_MARK.search(text) and asks not in ("请问", "咨询", "请教", "想问", "问一下", "question")
    ):
        return None
    return Evidence("not_a_report", "body", (carried.own_words or s.subject)[:80])


def is_thanks(s: Situation) -> Evidence | None:
    """A few words of thanks or receipt."""
    if s.has_files or len(squeeze(s.carried.own_words)) > _THANKS_LENGTH or (s.reports and not _only_promises(s)):
        return None
    if contains_any(s.words, words("nonreports", "promises_attachment")) or _tells_with_numbers(s):
        return None
    return Evidence("not_a_report", "body", s.carried.own_words[:80]) if _thanks(s.carried.own_words) else None


def _thanks(text: str) -> bool:
    """Whether a short clause is nothing but thanks or receipt: in 收到群众捐书共计140余册 the word is a deed's."""
    clauses = (clause for clause in _CLAUSE.split(squeeze(text)) if clause)
    told = ((clause, contains_any(clause, words("nonreports", "thanks"))) for clause in clauses)
    return any(word and (word.isascii() or len(clause) <= _CLAUSE_OF_THANKS) for clause, word in told)


def _tells_with_numbers(s: Situation) -> bool:
    """Whether activities of the campaign are told as done, and counted."""
    return s.tells and bool(re.search(r"\d", squeeze(s.carried.own_words)))


def _only_promises(s: Situation) -> bool:
    """收到，谢谢！演练都在做，总结会按时报: an answer without number or day, the report to come."""
    own = squeeze(s.carried.own_words)
    begins = contains_any(own[:_BEGINNING], words("nonreports", "thanks"))
    return bool(begins and not re.search(r"\d", own) and contains_any(own, words("nonreports", "to_come")))


def is_own_mail_passed_on(s: Situation) -> Evidence | None:
    """Our digest or reminder list, forwarded or answered with nothing of the sender's own that would report."""
    if not s.quotes_us or s.has_files or s.reports:
        return None
    return Evidence("not_a_report", "subject", s.message.subject[:80])


def is_other_business(s: Situation) -> Evidence | None:
    """Something else that the office must deal with: lists, invoices, applications, changes of contact."""
    if s.carried.unread or s.carried.broken or s.carried.links:
        return None
    reports = s.tells and s.carried.body_reports and not (s.business and _applies(s, s.business))
    if s.business and s.business.plain and not reports:
        return Evidence("not_a_report", s.business.where, s.business.word)
    if s.carried.body_reports:
        return None
    names = squeeze(
        s.subject + "\n" + "\n".join(s.filenames) + "\n" + "\n".join(_first_line(one) for one in s.carried.papers)
    )
    told = contains_any(names, words("nonreports", "business"))
    if told and not s.relevant and paper_of(s.subject) not in ("summary", "report"):
        return Evidence("not_a_report", "subject", told)
    if s.has_files or s.relevant:
        return None
    told = contains_any(s.words, words("nonreports", "business"))
    return Evidence("not_a_report", "body", told) if told else None


def _applies(s: Situation, business: Business) -> bool:
    """Subject and body are one application: what it tells of is why."""
    applies = marker("nonreports", "applies").search(s.words)
    return business.word in words("nonreports", "applications") and bool(applies)


def _first_line(paper: CarriedPaper) -> str:
    return paper.document.lines[0] if paper.document.lines else ""


_RULES: tuple[tuple[NotReportReason, Rule], ...] = (
    ("own_mail", is_own_mail),
    ("bounce", is_bounce),
    ("auto_reply", is_auto_reply),
    ("newsletter", is_newsletter),
    ("advertisement", is_advertisement),
    ("notice", is_notice),
    ("plan", is_plan),
    ("question", is_question),
    ("other_business", is_application),
    ("thanks", is_thanks),
    ("own_mail", is_own_mail_passed_on),
    ("other_business", is_other_business),
)
