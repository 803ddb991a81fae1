"""What every command works with: the archive, the campaigns, the decisions in force."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from config import Settings
from digest.compose import mail_address
from flow.campaigns import load_contexts
from flow.standing import Standing, standing_of
from flow.views import Judge, judge
from records.campaigns import Campaign, CampaignContext
from records.decisions import Decision
from storage import messages
from storage.archive import Archive, journals


@dataclass(frozen=True, slots=True)
class Office:
    """The archive, the campaigns and the decisions as they stand when a command begins."""

    archive: Archive
    contexts: tuple[CampaignContext, ...]
    decisions: tuple[Decision, ...]
    standing: Standing
    own_addresses: frozenset[str] = frozenset()  # from which our mails come
    trusted_authserv: frozenset[str] = frozenset()  # servers whose Authentication-Results are believed

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """The campaigns alone."""
        return tuple(context.campaign for context in self.contexts)

    def judge(self, session: Session) -> Judge:
        """Who fills in on-time marks and corrections."""
        return judge(self.contexts, self.standing, messages.filed_submissions(session))


def read_office(settings: Settings, archive: Archive) -> Office:
    """The office as a reader sees it: nothing is written. Raises UsageError, ArchiveError."""
    decisions = tuple(archive.decisions.read())
    contexts = load_contexts(settings, decisions)
    own = own_addresses(settings) | {sent.sender for sent in archive.sent.read() if sent.sender}
    trusted = frozenset(name for table in settings.mailbox for name in table.trusted_authserv)
    return Office(archive, contexts, decisions, standing_of(decisions), own, trusted)


def own_addresses(settings: Settings) -> frozenset[str]:
    """The addresses from which our mails come: the configured sender's, and the account's, which some servers write."""
    accounts = [table for table in (settings.outgoing, settings.alarm_outgoing) if table is not None]
    senders = {mail_address(table.sender).addr_spec.lower() for table in accounts}
    return frozenset(senders | {(table.username or "").lower() for table in accounts} - {""})


def readable(settings: Settings) -> None:
    """Read all journals, campaign files and rosters, without the database. Raises UsageError, ArchiveError."""
    arrivals, decisions, sent = journals(settings.root)
    for journal in (arrivals, sent):
        for _ in journal.read():
            pass
    load_contexts(settings, tuple(decisions.read()))
