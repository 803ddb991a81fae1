"""A message's place after a decision: people's decisions laid over what was found, index and filed tree in step."""

from __future__ import annotations

import html
import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from filing.relations import contested, relations
from filing.who.senders import writes_for
from flow.apply import apply_decisions, recorded
from flow.linked import link_note
from flow.office import Office
from records.boards import AttachmentView, MessageView
from records.campaigns import CampaignContext
from records.decisions import Record
from records.errors import MissingFile
from records.filings import FiledSubmission, Filing, ReportFacts, Submission
from records.secrecy import CLASSIFIED
from records.words import Text
from storage import messages
from storage.searching import forget_texts, index_texts
from storage.state import CONTESTED, UNRELATED, recall, remember
from storage.tables import FiledPathRow, MessageRow
from storage.tree import TreeFile

log = logging.getLogger(__name__)
SUMMARY, MATERIAL, NO_CATEGORY = "总结", "其他资料", "未分类"
BODY, MAIL, LINK = "正文.html", "原邮件.eml", "超大附件"
PAGE = (
    '<!doctype html><html lang="zh"><meta charset="utf-8"><title>{subject}</title>'
    "<h1>{subject}</h1><p>{sender} · {received}</p>"
    "<pre style='white-space:pre-wrap;font-family:inherit'>{body}</pre></html>"
)
PACKAGES = frozenset(
    {
        "application/zip",
        "application/vnd.rar",
        "application/x-7z-compressed",
        "application/x-tar",
        "application/gzip",
        "application/ms-tnef",
        "message/rfc822",
    }
)
CONTESTED_REASON = "replaces_known"
UNKNOWN_ADDRESS = Text(
    "从没有登记过的邮箱 {sender} 发来，而该单位已从登记的邮箱报过，这一份会取代它：请核对是否该单位所发",
    "it comes from {sender}, an address nobody knows, and would take the place of what the unit sent from its own: "
    "please check that the unit sent it",
)


def settle(session: Session, office: Office, id_: str) -> None:
    """Write a message's filing as it stands now, in the transaction of ``session``."""
    found = messages.found_filing(session, id_)
    if found is None:
        return
    filing = apply_decisions(found, office.standing.by_message.get(id_, ()), office.campaigns)
    doubted = _contested(session)
    if any(f"{id_}/{ordinal}" in doubted for ordinal in range(1, len(filing.submissions) + 1)):
        filing = _held_back(filing, id_, doubted, session.get_one(MessageRow, id_).sender)
    _settle_filing(session, office, id_, filing)


def settle_records(session: Session, office: Office) -> None:
    """Write the manual entries in force; those that were undone are gone."""
    in_force = {
        action.id: (action, item) for item in office.standing.records if isinstance(action := item.action, Record)
    }
    for id_ in session.exec(select(MessageRow.id).where(MessageRow.source == "manual")).all():
        if id_ not in in_force:
            _unplace(session, office, id_)
            messages.forget(session, id_)
    for action, item in in_force.values():
        subject = action.filename or item.note or action.channel
        messages.new_manual(session, action.id, action.received_at, subject, item.by)
        filing = recorded(action, item.by, office.campaigns)
        filing = apply_decisions(filing, office.standing.by_message.get(action.id, ()), office.campaigns)
        _settle_filing(session, office, action.id, filing)


def relate(session: Session, office: Office) -> None:
    """Find anew which submission corrects which message, over all messages: the order of processing plays no part.

    One that would take the place of a report from a known address, and comes from an unknown one, waits for a person.
    """
    facts = _all_facts(session, office)
    found = relations(facts)
    doubted, before = contested(facts, found).keys(), _contested(session)
    remember(session, CONTESTED, "\n".join(sorted(doubted)))
    for id_ in sorted({submission.rpartition("/")[0] for submission in doubted ^ before}):
        settle(session, office, id_)
    messages.set_supersedes(session, {id_: (item.supersedes, item.evidence) for id_, item in found.items()})
    remember(session, UNRELATED, "")


def _contested(session: Session) -> frozenset[str]:
    """The submissions that :func:`relate` held back last."""
    return frozenset(recall(session, CONTESTED).split())


def _held_back(filing: Filing, id_: str, doubted: Collection[str], sender: str) -> Filing:
    """The filing with what is contested under review; what a person decided stands."""
    submissions = tuple(
        replace(item, status="review", contested=True)
        if f"{id_}/{ordinal}" in doubted and item.status == "filed" and item.decided_by is None
        else item
        for ordinal, item in enumerate(filing.submissions, 1)
    )
    if submissions == filing.submissions:
        return filing
    explained = filing.explanation if filing.status == "review" else UNKNOWN_ADDRESS.fill(sender=sender)
    reason = filing.reason if filing.status == "review" else CONTESTED_REASON
    return replace(filing, status="review", reason=reason, explanation=explained, submissions=submissions)


def _settle_filing(session: Session, office: Office, id_: str, filing: Filing) -> None:
    messages.store_filing(session, id_, filing)
    remember(session, UNRELATED, "yes")
    found = messages.found_filing(session, id_) or filing  # a person's decision does not lift a mark of secrecy
    is_secret = found.reason == CLASSIFIED
    if filing.status == "not_a_report" or is_secret:
        forget_texts(session, id_)
    else:
        index_texts(session, id_, messages.texts(session, id_))
    _unplace(session, office, id_)
    if is_secret:
        return
    view = messages.views(session, [id_])[0]
    for ordinal, submission in enumerate(filing.submissions, 1):
        context = next((item for item in office.contexts if item.campaign.id == submission.campaign), None)
        if submission.status == "filed" and context is not None and submission.unit is not None:
            files = [file for file in _files(office, view, submission, context) if _is_there(file)]
            office.archive.tree.place(session, f"{id_}/{ordinal}", _folders(submission, context), files)


def _unplace(session: Session, office: Office, id_: str) -> None:
    query = select(FiledPathRow.submission).where(col(FiledPathRow.submission).startswith(f"{id_}/", autoescape=True))
    for submission in set(session.exec(query)):
        office.archive.tree.remove(session, submission)


def _folders(submission: Submission, context: CampaignContext) -> list[Sequence[str]]:
    """campaign/category/unit/总结, or one folder an activity; material of no known activity has one of its own."""
    assert submission.unit is not None
    unit = context.roster.unit(submission.unit)
    category = (unit.category if unit else "") or NO_CATEGORY
    above = (context.campaign.id, category, unit.name if unit else submission.unit)
    if submission.kind == "summary":
        return [(*above, SUMMARY)]
    titles = {item.id: f"{item.id}_{item.title}" for item in context.campaign.activities}
    return [(*above, titles.get(id_, id_)) for id_ in submission.activities] or [(*above, MATERIAL)]


def _files(office: Office, view: MessageView, submission: Submission, context: CampaignContext) -> Iterator[TreeFile]:
    """What belongs to a submission: its attachments under their own names, the body, the mail as it came."""
    day = f"{view.received_at.astimezone(ZoneInfo(context.timezone)):%m%d}"
    for part in _parts(view.attachments, submission.parts):
        name = (part.filename or "附件").replace("\\", "/").rpartition("/")[2]
        yield TreeFile(f"{day}_{name}", source=office.archive.files.path(part.sha256))
    for link in view.cloud_links:
        if link.file_sha256 is None:
            yield TreeFile(
                f"{day}_{LINK}_{link.name or '未命名'}.txt", octets=link_note(link, ZoneInfo(context.timezone))
            )
    if view.source == "manual":
        for sha256 in submission.parts:
            yield TreeFile(f"{day}_{view.subject}", source=office.archive.kept.path(sha256))
    if view.raw_sha256 is not None:
        yield TreeFile(f"{day}_{BODY}", octets=_body_page(view))
        if (raw := _raw(office, view.raw_sha256)) is not None:
            yield TreeFile(f"{day}_{MAIL}", source=raw)


def _raw(office: Office, sha256: str) -> Path | None:
    try:
        return office.archive.raw.find(sha256)
    except MissingFile:
        log.warning("raw message is gone sha256=%s", sha256)
        return None


def _is_there(file: TreeFile) -> bool:
    """A kept file that is gone leaves a gap in the tree; it must not keep a person's decision from taking effect."""
    if file.source is None or file.source.exists():
        return True
    log.warning("kept file is gone path=%s", file.source)
    return False


def _parts(attachments: Sequence[AttachmentView], hashes: Sequence[str]) -> Iterator[AttachmentView]:
    """The attachments that belong to a submission; all, where none is named. Of what packs files, its members too."""
    for attachment in attachments:
        if not hashes or attachment.sha256 in hashes:
            yield attachment
            if attachment.media_type in PACKAGES:
                # A member that was only listed, as those of an encrypted archive are, has no octets to show.
                yield from _parts([member for member in attachment.members if member.size_bytes], ())


def _body_page(view: MessageView) -> bytes:
    fields = {
        "subject": view.subject,
        "sender": view.sender,
        "received": view.received_at.isoformat(),
        "body": view.body_text,
    }
    return PAGE.format(**{name: html.escape(value) for name, value in fields.items()}).encode("utf-8", "replace")


def _all_facts(session: Session, office: Office) -> list[ReportFacts]:
    """Every submission as it would stand if nothing were contested, with whether its sender is known for its unit."""
    envelopes = messages.envelopes(session)
    facts = [_facts(item, envelopes[item.message]) for item in messages.filed_submissions(session)]
    confirmed = {
        (one.submission.campaign, one.submission.unit, one.sender)
        for one in facts
        if one.submission.status == "filed" and one.submission.decided_by is not None and one.sender
    }
    return [replace(one, sender_known=_is_known(one, office, confirmed)) for one in facts]


def _is_known(fact: ReportFacts, office: Office, confirmed: Collection[tuple[str | None, str | None, str]]) -> bool:
    """Registered for the unit, its parent's, of its own domain, a coordinator's, or once confirmed by a person."""
    submission = fact.submission
    if not fact.sender or submission.unit is None or submission.unauthenticated:
        return False
    if (submission.campaign, submission.unit, fact.sender) in confirmed:
        return True
    context = next((item for item in office.contexts if item.campaign.id == submission.campaign), None)
    return context is not None and writes_for(fact.sender, submission.unit, context)


def _facts(item: FiledSubmission, envelope: messages.Envelope) -> ReportFacts:
    held = item.submission.contested
    return ReportFacts(
        submission_id=item.id,
        raw_sha256=item.message,
        received_at=item.received_at,
        submission=replace(item.submission, status="filed", contested=False) if held else item.submission,
        message_status="filed" if held else item.message_status,
        reason=envelope.reason,
        message_id=envelope.message_id,
        subject=envelope.subject,
        sender=envelope.sender,
        text_fingerprint=envelope.fingerprint,
    )
