"""The office opened to write: tables brought into step with files and journals, new decisions laid over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from config import Settings
from flow.campaigns import keep_versions, load_contexts
from flow.learning import apply_learnt, learn_if_due
from flow.office import Office, read_office
from flow.remarks import remark
from flow.settle import relate, settle, settle_records
from flow.standing import standing_of
from records.decisions import Decision, SaveLink, Undo
from storage.archive import Archive
from storage.catalogue import store_campaign, store_decisions, stored_decisions, target_of
from storage.faults import step
from storage.links import read_again
from storage.messages import pending
from storage.outbox import mark_sent


def open_office(settings: Settings, archive: Archive, now: datetime) -> Office:
    """The office for a command that writes. New versions of campaign files and rosters are kept, and whatever stands in
    the journals but not in the tables is laid over: a decision that a crash held up takes effect now.
    """
    office = read_office(settings, archive)
    versions = tuple(keep_versions(settings, archive, office.contexts, office.decisions, now))
    decisions = office.decisions + versions
    contexts = load_contexts(settings, decisions)  # codes that were made just now are kept ones from here on
    with step("store campaigns"), archive.database.session() as session:
        for context in contexts:
            store_campaign(session, context)
        mark_sent(session, archive.sent.read())
        known = {decision.id for decision in stored_decisions(session)}
        office = replace(office, contexts=contexts, decisions=decisions, standing=standing_of(decisions))
    learn_if_due(office)
    return lay_over(office, [decision for decision in decisions if decision.id not in known])


def lay_over(office: Office, new: Iterable[Decision]) -> Office:
    """Bring the archive into step with new decisions, in one transaction; returns the office as it stands then."""
    known = {decision.id for decision in office.decisions}
    listed = list(new)
    decisions = office.decisions + tuple(decision for decision in listed if decision.id not in known)
    standing = standing_of(decisions)
    contexts = tuple(replace(item, is_open=item.campaign.id not in standing.closed) for item in office.contexts)
    updated = replace(office, contexts=contexts, decisions=decisions, standing=standing)
    if listed:
        with step("lay over decisions"), office.archive.database.session() as session:
            store_decisions(session, listed)
            unread = {row.id for row in pending(session) if row.found is not None}  # a settled one would seem read
            for id_ in _touched(listed, decisions):
                settle(session, updated, id_)
            for id_ in unread.union(_touched(listed, decisions, of_links=True)):
                read_again(session, id_)
            settle_records(session, updated)
            apply_learnt(session, updated)
            relate(session, updated)
            remark(session, updated.contexts)
    return updated


def with_new_decisions(office: Office) -> Office:
    """Bring the archive into step with what was written into the journal since the office was opened."""
    return lay_over(office, tuple(office.archive.decisions.read())[len(office.decisions) :])


def _touched(new: Iterable[Decision], everything: Iterable[Decision], of_links: bool = False) -> list[str]:
    """The messages whose filing may look different after ``new``; only those whose linked files changed if asked."""
    by_id = {decision.id: decision for decision in everything}
    touched: dict[str, None] = {}
    for decision in new:
        action = decision.action
        while isinstance(action, Undo) and action.decision in by_id:
            action = by_id[action.decision].action
        target = target_of(action)
        if target is not None and (isinstance(action, SaveLink) or not of_links):
            touched[target] = None
    return list(touched)
