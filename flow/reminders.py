"""The reminder list: who is missing, to coordinators, before and after each deadline; once by its key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.compose import compose, mail_key
from digest.periods import due_reminders
from digest.reminders import reminder_letter
from flow.board import board, boards
from flow.campaigns import NONE_OPEN
from flow.mailing import Mailing
from flow.office import Office
from records.boards import Board
from records.campaigns import CampaignContext, Requirement
from records.errors import UsageError
from records.words import Text
from storage import messages, outbox
from storage.faults import step

STALE = timedelta(days=3)  # a reminder that a standstill held up longer says nothing useful any more
NO_DEADLINE = Text(
    "报送任务 {campaign} 没有带截止时间的必报要求：请在任务文件中补上 due",
    "The campaign {campaign} has no required requirement with a deadline: write its due into the campaign file",
)


def boards_of(
    office: Office, context: CampaignContext, as_of: datetime, requirement: str | None = None
) -> tuple[Board, ...]:
    """The boards of a campaign: of all required requirements with a deadline, or of the one that is named."""
    with office.archive.database.session() as session:
        filed = messages.filed_submissions(session, context.campaign.id)
    if requirement is None:
        found = boards(context, filed, office.standing, as_of)
        if not found:
            raise UsageError(NO_DEADLINE.fill(campaign=context.campaign.id))
        return found
    asked = context.campaign.requirement(requirement)
    assert asked is not None, "checked by the caller"
    return (board(context, asked, filed, office.standing, as_of),)


def reminded(contexts: Sequence[CampaignContext]) -> Sequence[CampaignContext]:
    """The campaigns of which somebody can be missing; where none has a deadline all, so that :func:`boards_of` says so.

    Raises UsageError where there are no campaigns at all.
    """
    if not contexts:
        raise UsageError(NONE_OPEN)
    asked = [any(item.required and item.due for item in context.campaign.requirements) for context in contexts]
    return [context for context, is_dated in zip(contexts, asked, strict=True) if is_dated or not any(asked)]


def queue_reminder(office: Office, context: CampaignContext, found: Sequence[Board], period: str, how: Mailing) -> int:
    """Put a reminder list into the outbox, a mail a coordinator; nobody missing: nothing. Returns how many are new."""
    if not any(item.in_state("missing") for item in found):
        return 0
    letter = reminder_letter(found, how.now, how.language)
    queued = 0
    with step("queue reminder"), office.archive.database.session() as session:
        for address in context.coordinators:
            mail = compose(
                letter,
                key=mail_key("reminder", context.campaign.id, period, address),
                kind="reminder",
                campaign=context.campaign.id,
                period=period,
                sender=how.sender,
                recipient=address,
                created_at=how.now,
            )
            queued += outbox.queue(session, mail)
    return queued


def queue_due_reminders(office: Office, how: Mailing) -> int:
    """Queue the reminder lists whose hour has come; of several that were missed, the latest alone."""
    queued = 0
    for context in office.contexts:
        if context.is_open and context.coordinators:
            for requirement in context.campaign.requirements:
                period = _due_period(context, requirement, how)
                if period is not None:
                    found = boards_of(office, context, how.now, requirement.id)
                    queued += queue_reminder(office, context, found, period, how)
    return queued


def _due_period(context: CampaignContext, requirement: Requirement, how: Mailing) -> str | None:
    """The newest reminder of a deadline whose hour has come since the service began; its key is sent once."""
    if not requirement.required or requirement.due is None:
        return None
    due = requirement.due.astimezone(ZoneInfo(context.timezone))
    since = max(how.started_at, how.now - STALE)
    found = due_reminders(due, how.offsets, how.reminder_hour, how.now, since)
    return f"{requirement.id} {found[-1].offset.text} {found[-1].at:%Y-%m-%d}" if found else None
