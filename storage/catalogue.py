"""Campaigns, units, memberships and decisions as rows, in step with campaign files, rosters and the journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from records.campaigns import Campaign, CampaignContext
from records.decisions import Action, Assign, Decision, Record, Reject, Return, SaveLink, Undo, Withdraw
from records.units import Membership, Roster, Unit
from storage.state import CAMPAIGN, recall, remember
from storage.tables import CampaignRow, DecisionRow, MembershipRow, UnitRow, checked
from storage.values import from_json, to_json


def store_campaign(session: Session, context: CampaignContext) -> None:
    """Write a campaign with its units and memberships, in place of what stood there; an unchanged one costs nothing."""
    campaign = context.campaign
    state = _state_of(context)
    if recall(session, CAMPAIGN + campaign.id) == state:
        return
    remember(session, CAMPAIGN + campaign.id, state)
    row = checked(
        CampaignRow,
        id=campaign.id,
        title=campaign.title,
        timezone=context.timezone,
        is_open=context.is_open,
        value=to_json(Campaign, campaign),
    )
    session.merge(row)
    session.execute(delete(MembershipRow).where(col(MembershipRow.campaign) == campaign.id))
    units = {unit.code: _unit_id(session, unit) for unit in context.roster.units}
    for ordinal, membership in enumerate(context.roster.memberships):
        value = to_json(Membership, membership)
        unit_id = units[membership.unit]
        session.add(checked(MembershipRow, campaign=campaign.id, unit_id=unit_id, ordinal=ordinal, value=value))
    session.flush()


def stored_campaigns(session: Session) -> list[tuple[Campaign, Roster]]:
    """Every campaign that was ever stored, with its roster."""
    rows = session.exec(select(CampaignRow).order_by(col(CampaignRow.id)))
    return [(from_json(Campaign, row.value), _roster(session, row.id)) for row in rows]


def store_decisions(session: Session, decisions: Iterable[Decision]) -> None:
    """Write decisions of the journal as rows; an undone one keeps its row, marked."""
    for decision in decisions:
        action = decision.action
        session.merge(
            checked(
                DecisionRow,
                id=decision.id,
                at=decision.at,
                by=decision.by,
                type=action.type,
                campaign=getattr(action, "campaign", None),
                unit=getattr(action, "unit", None),
                target=target_of(action),
                value=to_json(Decision, decision),
            )
        )
        if isinstance(action, Undo):
            undone = session.get(DecisionRow, action.decision)
            if undone is not None:
                undone.undone_by = decision.id
                session.add(undone)
    session.flush()


def stored_decisions(session: Session) -> list[Decision]:
    """All decisions, oldest first."""
    by_place = (func.length(DecisionRow.id), col(DecisionRow.id))  # d-10000 comes after d-9999
    rows = session.exec(select(DecisionRow).order_by(*by_place))
    return [from_json(Decision, row.value) for row in rows]


def target_of(action: Action) -> str | None:
    """The message or manual entry that a decision is about, if any."""
    match action:
        case Assign() | Return() | Withdraw():
            return action.submission.rpartition("/")[0]
        case Reject() | SaveLink():
            return action.message
        case Record():
            return action.id
        case _:
            return None


def _state_of(context: CampaignContext) -> str:
    value = to_json(CampaignContext, replace(context, learnt=()))
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _unit_id(session: Session, unit: Unit) -> int:
    query = select(UnitRow).where(UnitRow.code == unit.code, UnitRow.name == unit.name)
    row = session.exec(query).first() or checked(UnitRow, code=unit.code, name=unit.name, value={})
    row.value = to_json(Unit, unit)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def _roster(session: Session, campaign: str) -> Roster:
    query = select(MembershipRow, UnitRow).where(MembershipRow.unit_id == UnitRow.id)
    query = query.where(MembershipRow.campaign == campaign).order_by(col(MembershipRow.ordinal))
    rows: Sequence[tuple[MembershipRow, UnitRow]] = session.exec(query).all()
    units = {unit.id: from_json(Unit, unit.value) for _, unit in rows}
    return Roster(tuple(units.values()), tuple(from_json(Membership, member.value) for member, _ in rows))
