"""The daily digest: what it holds, when it is due, into the outbox once by its key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from digest.compose import compose, mail_key
from digest.daily import digest_letter
from digest.periods import digest_period, due_digest_days
from flow.board import activity_counts, boards
from flow.bounces import bad_addresses
from flow.figures import figure_totals, unit_figures
from flow.linked import waiting_links
from flow.mailing import Mailing
from flow.office import Office
from flow.views import Wanted, all_views
from records.boards import DigestData, MessageView, Reconciliation
from records.campaigns import CampaignContext
from records.mails import Letter
from storage import messages, outbox
from storage.deliveries import imported_alone
from storage.faults import step
from storage.links import attempts

WAITING = frozenset({"review", "unreadable", "too_large"})


def digest_data(
    office: Office, context: CampaignContext, day: date, period: tuple[datetime, datetime], as_sent: bool
) -> DigestData:
    """All that a digest says. One that is really sent also lists, as 补收, what stands in no digest yet."""
    since, until = period
    with office.archive.database.session() as session:
        old_mail = imported_alone(session)
        views = [
            view
            for view in all_views(session, office.judge(session), Wanted(until=until), with_content=False)
            if _belongs(office, context, view) and not (view.id in old_mail and _is_history(office, view))
        ]
        listed = outbox.listed(session, context.campaign.id) if as_sent else frozenset()
        filed = messages.filed_submissions(session, context.campaign.id)
        unsent = len(outbox.unsent(session))
        tried = attempts(session)
        returned = [item for item in bad_addresses(session, until) if item.campaign == context.campaign.id]
    own = [view for view in views if view.reason == "own_mail"]
    # What is not filed yet stands in a later digest, when it can be said what it is.
    counted = [view for view in views if view.reason != "own_mail" and view.status != "archived"]
    new = [view for view in counted if view.received_at > since and view.id not in listed]
    belated = [view for view in counted if view.received_at <= since and view.id not in listed] if as_sent else []
    return DigestData(
        campaign=context.campaign,
        units=context.roster.units,
        day=day,
        period_from=since,
        period_to=until,
        messages=tuple(new),
        belated=tuple(belated),
        waiting=tuple(view for view in counted if view.status in WAITING and not _is_replaced(view)),
        boards=boards(context, filed, office.standing, until),
        reconciliation=reconcile([*new, *belated], len([view for view in own if view.received_at > since])),
        totals=figure_totals(context, filed, until, office.standing),
        unit_figures=unit_figures(context, filed, until),
        activity_counts=activity_counts(context, filed, until),
        unsent=unsent,
        links=waiting_links([view for view in views if view.status != "archived"], period, tried),
        returned=tuple(returned),
        everything=tuple(view for view in views if view.status == "filed"),
    )


def reconcile(views: Sequence[MessageView], own_mail: int = 0) -> Reconciliation:
    """Every received message under exactly one status; what people recorded by hand was not received by mail."""
    mails = [view for view in views if view.source == "message"]
    count = {status: sum(view.status == status for view in mails) for status in _STATUSES}
    return Reconciliation(received=len(mails), own_mail=own_mail, **count)


def letter_for(office: Office, context: CampaignContext, day: date, how: Mailing) -> Letter:
    """The digest of one day, as ``digest --date`` shows it."""
    period = digest_period(day, how.cutoff, context.timezone)
    return digest_letter(digest_data(office, context, day, period, as_sent=False), how.language)


def queue_digest(office: Office, context: CampaignContext, days: Sequence[date], how: Mailing) -> int:
    """Put one digest that covers ``days`` into the outbox, a mail a coordinator; returns how many are new."""
    since, _ = digest_period(days[0], how.cutoff, context.timezone)
    _, until = digest_period(days[-1], how.cutoff, context.timezone)
    campaign, period = context.campaign.id, days[-1].isoformat()
    keys = {address: mail_key("digest", campaign, period, address) for address in context.coordinators}
    with office.archive.database.session() as session:
        new = {address: key for address, key in keys.items() if not outbox.has_key(session, key)}
    if not new:
        return 0
    data = digest_data(office, context, days[-1], (since, until), as_sent=True)
    letter = digest_letter(data, how.language)
    lists = tuple(view.id for view in (*data.messages, *data.belated))
    with step("queue digest"), office.archive.database.session() as session:
        for address, key in new.items():
            mail = compose(
                letter,
                key=key,
                kind="digest",
                campaign=campaign,
                period=period,
                sender=how.sender,
                recipient=address,
                created_at=how.now,
                lists=lists,
            )
            outbox.queue(session, mail)
    return len(new)


def queue_due_digests(office: Office, how: Mailing) -> int:
    """Queue what is due of all open campaigns: after a standstill one digest covers all that was missed."""
    queued = 0
    for context in office.contexts:
        if not context.is_open or not context.coordinators:
            continue
        with office.archive.database.session() as session:
            last = outbox.last_period(session, context.campaign.id, "digest")
        last_day = date.fromisoformat(last) if last else None
        days = due_digest_days(last_day, how.now, how.started_at, how.cutoff, context.timezone)
        if days:
            queued += queue_digest(office, context, days, how)
    return queued


def _is_replaced(view: MessageView) -> bool:
    """Whether the unit has sent all of it again: nobody needs to look, or ask, any more."""
    return bool(view.submissions) and all(item.superseded_by is not None for item in view.submissions)


def _belongs(office: Office, context: CampaignContext, view: MessageView) -> bool:
    """A message belongs to its submissions' campaigns; without any, to the first open one, so that none goes unseen."""
    campaigns = {item.campaign for item in view.submissions if item.campaign is not None}
    if campaigns:
        return context.campaign.id in campaigns
    first = next((item for item in office.contexts if item.is_open), None)
    return first is context


def _is_history(office: Office, view: MessageView) -> bool:
    """Of an imported message: whether it is of no campaign and older than all open ones, so that no digest lists it."""
    if any(item.campaign is not None for item in view.submissions):
        return False
    return not any(item.is_open and item.has_begun(view.received_at) for item in office.contexts)


_STATUSES = ("filed", "review", "not_a_report", "unreadable", "too_large", "archived")
