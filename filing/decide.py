"""Where a message belongs: the one door of filing's decisions. Pure: the same values always give the same answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from filing.business import Business, Wanted, business_in
from filing.campaigns import CampaignChoice, CampaignScore, backed_by_deeds, choose, named_by_titles, not_replaced
from filing.carried import Carried, carried_by, without_links
from filing.confidence import rated
from filing.documents import Document, documents_of
from filing.kinds import titles_of
from filing.nonreports import Situation, non_report
from filing.papers import paper_of
from filing.requirements import words_asked_for
from filing.submitting import Doubt, Reported, report_of
from filing.text.lexica import contains_any, words
from filing.text.quoting import is_forward, subject_marks
from filing.text.squeeze import squeeze
from filing.text.vocabulary import marker
from filing.themes import themes_of
from filing.traces import trace_of
from filing.what.activities import find_activities
from filing.who.bundles import Bundle, NamedFile, bundles_of, files_of, is_shared, split_by
from filing.who.forwards import first_sender, forwarded
from filing.who.leaving import left_out
from filing.who.names import NameIndex, index_of
from filing.who.senders import Known, known_sender
from filing.who.units import judge, standings
from filing.who.witnesses import Scene, scene_of, witnesses_of
from records.campaigns import Campaign, CampaignContext
from records.extracts import Extract
from records.filings import Filing, Submission
from records.mail import Message
from records.secrecy import CLASSIFIED, mark_in_name, mark_of, mark_of_extracts
from records.words import Text

_IDENTIFIER = re.compile(r"<[^<>\s]{3,200}>")
_A_REPORT = 24  # squeezed characters from which on own words can report
_A_PLAN = 60  # the same of a whole body that plans
_NAMES_IT = 3.0  # what must speak for a unit so that a machine's mail counts as its


@dataclass(frozen=True, slots=True)
class _Case:
    """A message made ready to be judged."""

    message: Message
    extracts: tuple[Extract, ...]
    documents: tuple[Document, ...]
    files: tuple[NamedFile, ...]
    carried: Carried
    passed_on: bool
    first_sender: str  # of what a trusted forwarder passes on
    quotes_us: bool = False  # a mail of ours stands in its body
    unauthenticated: str = ""  # results by which the From address is not the writer's
    without: frozenset[str] = frozenset()  # kinds of evidence left out


def file_message(
    message: Message,
    extracts: Sequence[Extract],
    campaigns: Sequence[CampaignContext],
    received_at: datetime,
    own_message_ids: Collection[str] = frozenset(),
    *,
    unauthenticated: str = "",
    without: frozenset[str] = frozenset(),
) -> Filing:
    """Files one message, or says what keeps it from being filed alone (DESIGN.md, principle 3).

    ``extracts`` has one extract for each of the message's parts; ``campaigns`` all that a report can belong to, closed
    ones included; ``received_at`` is aware; ``own_message_ids`` are those of mails that the service sent;
    ``unauthenticated`` is what a trusted server says ("dmarc=fail") of a From address that is not the writer's: the
    address then speaks for nobody, and what the message itself says must be enough. ``without`` leaves kinds of
    evidence out, to measure them (``left_out``).
    """
    case = replace(_case(message, extracts, own_message_ids), unauthenticated=unauthenticated, without=without)
    possible = not_replaced(campaigns, received_at)
    contexts = sorted(possible, key=lambda context: (not context.is_open, context.campaign.id))
    if not contexts:
        return _veiled(Filing("review", "no_campaign", _NO_CAMPAIGN), case)
    choice = _chosen(contexts, _texts(case), case.documents)
    scene, _ = _scene(case, choice)
    found = non_report(_situation(case, choice, scene, own_message_ids))
    if found is not None:
        return _veiled(Filing("not_a_report", found[0], _NOT_A_REPORT[found[0]], evidence=(found[1],)), case)
    whole = _bundles(scene)
    bundles = [part for bundle in whole for part in split_by(bundle, _campaign_keys(bundle, contexts))]
    reported = [_report(case, bundle, contexts, choice, received_at) for bundle in bundles]
    return _veiled(_summed(case, reported, scene), case)


def _case(message: Message, extracts: Sequence[Extract], own_message_ids: Collection[str]) -> _Case:
    quotes_us = _quotes_us(message, own_message_ids)
    others = (one for one in extracts if not (quotes_us and _is_own_file(one)))
    foreign = tuple(_without_own_mail(one, own_message_ids) for one in others)
    documents = documents_of(message, foreign)
    own = next((d.text for d in documents if d.role == "body" and d.where == "body"), "")
    passed_on = is_forward(message.subject, own[:200]) and not quotes_us
    quoted = [document for document in documents if document.role == "quoted"]
    sender = first_sender(message, foreign, quoted)
    if passed_on:
        documents = tuple(forwarded(d).body if d.role == "quoted" else d for d in documents)
    carried = carried_by(message, foreign, documents)
    return _Case(message, foreign, documents, files_of(foreign), carried, passed_on, sender, quotes_us=quotes_us)


def _quotes_us(message: Message, own_message_ids: Collection[str]) -> bool:
    """Whether a mail of ours stands quoted or returned in the body: it names units, and reports nothing."""
    if contains_any(squeeze(message.body_text), words("nonreports", "own_foot")):
        return True
    return any(id_ in own_message_ids for id_ in _IDENTIFIER.findall(message.body_text))


def _is_own_file(extract: Extract) -> bool:
    """The workbook that goes with our mails, passed on with one of them."""
    return bool(marker("nonreports", "own_files").fullmatch(extract.part.filename or ""))


def _without_own_mail(extract: Extract, own_message_ids: Collection[str]) -> Extract:
    """An attached message of our own (as bounces bring it) says nothing about its sender."""
    if dict(extract.metadata).get("message_id") in own_message_ids and extract.media_type == "message/rfc822":
        return replace(extract, pages=(), tables=(), members=())
    return replace(extract, members=tuple(_without_own_mail(member, own_message_ids) for member in extract.members))


def _texts(case: _Case) -> list[str]:
    said = [d.text for d in case.documents if d.role != "quoted"]
    cells = [cell for d in case.documents for table in d.tables for row in table.rows[:200] for cell in row]
    return [*said, *cells, *(file.path for file in case.files)]


def _scene(case: _Case, choice: CampaignChoice) -> tuple[Scene, NameIndex]:
    """The message as the roster of the likeliest campaign sees it."""
    assert choice.best is not None
    context = choice.best.context
    index = index_of(context.roster)
    sender = _sender(case, context)
    scene = scene_of(
        case.message,
        case.extracts,
        case.documents,
        case.files,
        index,
        sender=sender,
        passed_on=case.passed_on,
        inner_senders=_inner_senders(case, context) if sender.trusted else {},
    )
    return scene, scene.index


def _inner_senders(case: _Case, context: CampaignContext) -> dict[str, Known]:
    """What the addresses say from which the messages came that are attached, by path."""
    written = {one.part.sha256: dict(one.metadata).get("from", "") for each in case.extracts for one in each.walk()}
    shown = ((file.path, written.get(file.sha256, "").lower()) for file in case.files if file.is_container)
    return {path: replace(known_sender(address, context), trusted=True) for path, address in shown if address}


def _bundles(scene: Scene) -> tuple[Bundle, ...]:
    senders = {path: known.code for path, known in scene.inner_senders.items() if known.code and known.is_sure}
    home = scene.sender.code if scene.sender.is_sure and not scene.passed_on else None
    return bundles_of(scene.documents, scene.files, scene.clues, senders=senders, home=home)


def _sender(case: _Case, context: CampaignContext) -> Known:
    """What the sender's address says; of a trusted forwarder, what the first sender's says."""
    if case.unauthenticated:
        return Known()
    known = known_sender(case.message.sender.address, context)
    if known.trusted and case.first_sender:
        return replace(known_sender(case.first_sender, context), trusted=True)
    return known


def _situation(case: _Case, choice: CampaignChoice, scene: Scene, own_message_ids: Collection[str]) -> Situation:
    clues = [clue for found in scene.clues.values() for clue in found]
    best = choice.best
    assert best is not None
    business = _business(case, choice)
    return Situation(
        message=case.message,
        carried=case.carried,
        subject=subject_marks(case.message.subject)[1],
        filenames=tuple(file.path for file in case.files),
        quoted="\n".join(d.text for d in case.documents if d.role == "quoted"),
        relevant=any(scored.fits for scored in choice.ranked),
        sender_known=bool(scene.sender.codes),
        unit_named=any(one.sure and one.content >= _NAMES_IT for one in standings(clues)),
        plan_wanted=_wanted(choice).plan,
        own_message_ids=own_message_ids,
        quotes_us=case.quotes_us,
        business=business,
        tells=bool(_told(case, best)),
    )


def _business(case: _Case, choice: CampaignChoice) -> Business | None:
    names = tuple(file.path for file in case.files)
    return business_in(case.carried, subject_marks(case.message.subject)[1], names, _wanted(choice))


def _wanted(choice: CampaignChoice) -> Wanted:
    """What all campaigns that it may belong to are about and ask for."""
    campaigns = [scored.context.campaign for scored in choice.ranked]
    said = (text for one in campaigns for text in (one.title, one.issuer, *_words_of(one)))
    return Wanted(
        themes=tuple(theme for one in campaigns for theme in themes_of(one)),
        notices=squeeze("\n".join(said)),
        papers=tuple(word for one in campaigns for word in words_asked_for(one)),
    )


def _words_of(campaign: Campaign) -> Iterable[str]:
    yield from (text for activity in campaign.activities for text in (activity.title, activity.text))
    yield from (requirement.what for requirement in campaign.requirements)


def _told(case: _Case, scored: CampaignScore) -> tuple[str, ...]:
    """Activities of the campaign that the own words tell of as done; names of files behind links tell of none."""
    said = [without_links(d, case.message.cloud_links) for d in case.documents if d.role == "body"]
    return find_activities(said, scored.context.campaign).ids


def _report(
    case: _Case, bundle: Bundle, contexts: Sequence[CampaignContext], overall: CampaignChoice, received_at: datetime
) -> Reported:
    choice = _chosen(contexts, _bundle_texts(bundle), _speaking(bundle)) if bundle.is_split else overall
    choice = _by_membership(case, choice) if not choice.sure else choice
    assert choice.best is not None
    scene, index = _scene(case, choice)
    seen = witnesses_of(scene, bundle, index, choice.best.context.campaign)
    verdict = judge(left_out(seen, case.without), index)
    doubt = _unread_doubt(case.carried, tells=_says_deeds(case, choice)) or _business_doubt(case, choice)
    reported = report_of(
        bundle,
        choice,
        verdict,
        trace_of(bundle, case.message, case.extracts),
        received_at=received_at,
        doubt=doubt,
        unauthenticated=case.unauthenticated,
    )
    return rated(reported, scene.sender)


def _business_doubt(case: _Case, choice: CampaignChoice) -> Doubt | None:
    """By its own title it is something else: whatever it says of activities, a person must look."""
    business = _business(case, choice)
    return Doubt("other_business", _BUSINESS.fill(word=business.word)) if business else None


def _campaign_keys(bundle: Bundle, contexts: Sequence[CampaignContext]) -> dict[str, str]:
    """The campaign of each paper that plainly belongs to one, where several are open."""
    if len(contexts) < 2:
        return {}
    keys = {}
    for document in bundle.documents:
        choice = choose(contexts, (document.text, document.where))
        if document.role in ("document", "slides") and choice.sure and choice.best is not None:
            keys[document.where] = choice.best.context.campaign.id
    return keys


def _chosen(contexts: Sequence[CampaignContext], texts: Iterable[str], documents: Sequence[Document]) -> CampaignChoice:
    own = [document for document in documents if document.role != "quoted"]
    choice = choose(contexts, texts)
    if len(contexts) > 1:
        choice = named_by_titles(choice, titles_of(own, [d.where for d in own if d.filename]))
    if choice.sure:
        return choice
    counts = [len(find_activities(own, scored.context.campaign).ids) for scored in choice.ranked]
    return backed_by_deeds(choice, counts)


def _bundle_texts(bundle: Bundle) -> Iterable[str]:
    """Of a part of a message: subject and own words speak of all parts, so they count only where it has no paper."""
    yield from (document.text for document in _speaking(bundle))
    yield from (file.path for file in bundle.files)


def _speaking(bundle: Bundle) -> list[Document]:
    papers = any(document.role in ("document", "slides") for document in bundle.documents)
    return [d for d in bundle.documents if d.role != "quoted" and not (papers and is_shared(d))]


def _by_membership(case: _Case, choice: CampaignChoice) -> CampaignChoice:
    """Of campaigns whose words fit alike, the only one on whose roster the sender stands."""
    fitting = [scored for scored in choice.ranked if scored.fits]
    members = [scored for scored in fitting if _sender(case, scored.context).codes]
    if len(fitting) < 2 or len(members) != 1:
        return choice
    rest = tuple(scored for scored in choice.ranked if scored is not members[0])
    return CampaignChoice((members[0], *rest), True)


def _says_deeds(case: _Case, choice: CampaignChoice) -> bool:
    """Whether the own words tell of activities of the campaign as done, whatever verbs, or are the plan asked for."""
    if paper_of(case.message.subject) == "plan" and _wanted(choice).plan:
        return len(squeeze(case.message.body_text)) >= _A_PLAN
    long_enough = len(squeeze(case.carried.own_words)) >= _A_REPORT
    return long_enough and choice.best is not None and bool(_told(case, choice.best))


def _unread_doubt(carried: Carried, *, tells: bool) -> Doubt | None:
    """What could not be read may be the report itself, unless a closing report lies beside it."""
    papers = [one for one in carried.reports if one.paper in ("summary", "report")]
    if carried.unread and not papers and not (carried.body_reports and len(carried.own_words) > 200):
        return Doubt("unread_part", _UNREAD.fill(name=_name(carried.unread[0])))
    if carried.broken and not papers:
        return Doubt("unreadable_part", _BROKEN.fill(name=_name(carried.broken[0])))
    told = carried.papers or carried.pictures or carried.recordings or carried.body_reports or carried.unread or tells
    if carried.links and not told:
        return Doubt("cloud_link", _LINK)
    return None if told or carried.broken else Doubt("nothing_attached", _NOTHING)


def _name(extract: Extract) -> str:
    return extract.part.filename or "附件"


def _summed(case: _Case, reported: Sequence[Reported], scene: Scene) -> Filing:
    """The message's status sums up its reports'."""
    submissions = tuple(one for report in reported for one in report.submissions)
    doubt = next((report.doubt for report in reported if report.doubt), None)
    if doubt is None:
        return Filing("filed", submissions=submissions, new_addresses=_new_addresses(case, scene, submissions))
    if _is_unreadable(case.carried):
        explanation = _ASK_AGAIN.fill(name=_name(case.carried.broken[0]))
        return Filing("unreadable", case.carried.broken[0].reason or "damaged", explanation, submissions)
    known = _new_addresses(case, scene, [one for one in submissions if one.status == "filed"])
    explanation = _with_sender(doubt.explanation, case.unauthenticated)
    return Filing("review", doubt.reason, explanation, submissions, new_addresses=known)


def _with_sender(explanation: Text, unauthenticated: str) -> Text:
    """The explanation, and why the sender's address did not help."""
    return _NOT_PROVEN.fill(text=explanation, results=unauthenticated) if unauthenticated else explanation


def _is_unreadable(carried: Carried) -> bool:
    others = carried.reports or carried.pictures or carried.recordings or carried.body_reports or carried.unread
    return bool(carried.broken) and not others


def _new_addresses(case: _Case, scene: Scene, filed: Sequence[Submission]) -> tuple[tuple[str, str], ...]:
    """The sender's address with each unit of which it is not known, where the content told the unit."""
    address = case.message.sender.address
    if not address or scene.sender.trusted or case.passed_on or case.unauthenticated:  # it may be anybody's
        return ()
    units = dict.fromkeys(one.unit for one in filed if one.unit)
    return tuple((address, unit) for unit in units if unit not in scene.sender.codes)


def _veiled(filing: Filing, case: _Case) -> Filing:
    """A paper marked secret does not belong into this mailbox: a person decides, and none of its words is shown."""
    level = _level(case)
    if level is None:
        return filing
    bare = tuple(
        replace(one, status="review", evidence=(), activities=(), figures=(), unit_text="")
        for one in filing.submissions
    )
    return Filing("review", CLASSIFIED, _CLASSIFIED.fill(level=level), bare)


def _level(case: _Case) -> str | None:
    """The mark of secrecy that the mail, its subject or anything in it bears."""
    message = case.message
    return mark_in_name(message.subject) or mark_of(message.body_text) or mark_of_extracts(case.extracts)


_NO_CAMPAIGN = Text("没有正在进行的报送任务。", "There is no campaign.")
_UNREAD = Text(
    "附件“{name}”暂时不能自动读取，请打开核对。", "“{name}” cannot be read automatically yet; please open it."
)
_BROKEN = Text(
    "附件“{name}”打不开（加密或损坏），其余内容请核对。",
    "“{name}” cannot be opened (encrypted or damaged); please check the rest.",
)
_NOT_PROVEN = Text(
    "{text}（发件地址没有通过邮件服务器的验证：{results}，不作为依据。）",
    "{text} (The mail server could not confirm the sender's address: {results}; it was left out of account.)",
)
_ASK_AGAIN = Text(
    "附件“{name}”打不开（加密或损坏），请报送单位重新发送。",
    "“{name}” cannot be opened (encrypted or damaged); ask the unit to send it again.",
)
_BUSINESS = Text(
    "标题写的是“{word}”，可能是其他事项，请核对。", "Its title says {word}: it may be other business; please check."
)
_LINK = Text("材料在超大附件链接里，请下载核对。", "The report is behind a download link; please fetch it.")
_NOTHING = Text(
    "没有附件，正文也没有报送内容，可能漏发附件，请核对。", "No attachment and no report in the body; was it forgotten?"
)
_CLASSIFIED = Text(  # 保守国家秘密法: no secrets in mail over the internet
    "标有密级（{level}）。涉密文件不得通过互联网邮箱传输。请勿打开、转发、打印，立即报告保密工作机构，并请报送单位改用机要渠道。系统未保存其文字。",
    "Marked {level} (secret). Such papers must not travel by mail over the internet: do not open, forward or print it, "
    "tell the office for secrecy at once, and ask the unit to use the proper channel. None of its words is kept.",
)
_NOT_A_REPORT: dict[str, Text] = {
    "own_mail": Text("系统自己发出的邮件。", "Our own mail."),
    "bounce": Text("退信，没有报送内容。", "A bounce; it reports nothing."),
    "auto_reply": Text("自动回复，没有报送内容。", "An automatic reply; it reports nothing."),
    "newsletter": Text("订阅的资讯，不是报送材料。", "A newsletter, no report."),
    "advertisement": Text("广告推销，不是报送材料。", "An advertisement, no report."),
    "notice": Text("通知文件，不是报送材料。", "A notice, no report."),
    "plan": Text("只有方案或计划，没有报送要求需要它。", "A plan that no requirement asks for."),
    "question": Text("来信咨询，请答复。", "A question; please answer it."),
    "thanks": Text("致谢或确认收到，没有报送内容。", "Thanks or a receipt; it reports nothing."),
    "other_business": Text("其他事项，请转办或答复。", "Other business; please deal with it."),
}
