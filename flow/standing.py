"""People's decisions as they stand: what was undone is out, the rest is looked up by whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from records.decisions import (
    Assign,
    Close,
    Decision,
    Exempt,
    Extend,
    Promise,
    Record,
    Reject,
    Return,
    SaveLink,
    Undo,
    Withdraw,
)

Share = tuple[str, str, str | None]  # campaign, unit, requirement (None: all)


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions in force."""

    by_message: dict[str, tuple[Decision, ...]] = field(default_factory=dict)
    records: tuple[Decision, ...] = ()
    exemptions: frozenset[Share] = frozenset()
    extensions: dict[Share, datetime] = field(default_factory=dict)
    promises: dict[Share, date] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    links: dict[str, dict[str, SaveLink]] = field(default_factory=dict)  # by message, then by link

    def is_exempt(self, campaign: str, unit: str, requirement: str) -> bool:
        """Whether a person freed the unit from this requirement or from the whole campaign."""
        return not self.exemptions.isdisjoint({(campaign, unit, requirement), (campaign, unit, None)})

    def extended_until(self, campaign: str, unit: str, requirement: str) -> datetime | None:
        """Until when the unit may report, if a person extended its deadline."""
        shares = ((campaign, unit, requirement), (campaign, unit, None))
        return max((self.extensions[share] for share in shares if share in self.extensions), default=None)

    def promised(self, campaign: str, unit: str, requirement: str) -> date | None:
        """The day for which the unit last promised its report."""
        own = self.promises.get((campaign, unit, requirement))
        return own if own is not None else self.promises.get((campaign, unit, None))


def in_force(decisions: Iterable[Decision]) -> list[Decision]:
    """Decisions that no later one took back, oldest first; taking back an undo restores what it had undone."""
    listed = list(decisions)
    undone: set[str] = set()
    for decision in reversed(listed):
        if isinstance(decision.action, Undo) and decision.id not in undone:
            undone.add(decision.action.decision)
    return [decision for decision in listed if decision.id not in undone]


def standing_of(decisions: Iterable[Decision]) -> Standing:
    """The decisions in force, sorted by what they are about."""
    by_message: dict[str, list[Decision]] = {}
    records: list[Decision] = []
    exemptions: set[Share] = set()
    extensions: dict[Share, datetime] = {}
    promises: dict[Share, date] = {}
    closed: set[str] = set()
    links: dict[str, dict[str, SaveLink]] = {}
    for decision in in_force(decisions):
        match decision.action:
            case Assign(submission=id_) | Return(submission=id_) | Withdraw(submission=id_):
                by_message.setdefault(id_.rpartition("/")[0], []).append(decision)
            case Reject(message=id_):
                by_message.setdefault(id_, []).append(decision)
            case Record():
                records.append(decision)
            case Exempt(campaign=campaign, unit=unit, requirement=requirement):
                exemptions.add((campaign, unit, requirement))
            case Extend(campaign=campaign, unit=unit, until=until, requirement=requirement):
                extensions[campaign, unit, requirement] = until
            case Promise(campaign=campaign, unit=unit, day=day, requirement=requirement):
                promises[campaign, unit, requirement] = day
            case Close(campaign=campaign):
                closed.add(campaign)
            case SaveLink(message=id_, link=link):
                links.setdefault(id_, {})[link] = decision.action
            case _:  # an undo has done its work above; versions are history
                continue
    return Standing(
        by_message={message: tuple(listed) for message, listed in by_message.items()},
        records=tuple(records),
        exemptions=frozenset(exemptions),
        extensions=extensions,
        promises=promises,
        closed=frozenset(closed),
        links=links,
    )
