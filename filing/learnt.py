"""A message in the light of what was learnt: only where it would wait, or where its sender was known for another unit.

Pure. Learnt knowledge never takes part where a message speaks for itself (docs/decisions/learning.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from filing.text.quoting import subject_marks
from filing.text.squeeze import squeeze
from filing.who.names import index_of
from records.campaigns import CampaignContext
from records.filings import Evidence, Filing, Submission
from records.learnt import Learnt, LearntAddress, LearntName
from records.mail import Message
from records.secrecy import CLASSIFIED
from records.units import Roster, Unit
from records.words import Text

LEARNT = "learnt"  # where such evidence stands
_MIN_WORDING = 4  # characters of a subject that tell one kind of mail from others


def concerning(learnt: Learnt, message: str, sender: str, contexts: Sequence[CampaignContext]) -> Learnt:
    """What of it can help with one message: all addresses for a trusted forwarder, whose first sender counts.

    What the message itself told proves nothing about it. A name that any unit may have is known from its sender alone,
    as long as that writes for no other unit.
    """
    forwards = any(sender in context.coordinators for context in contexts)
    addresses = (_without(one, message) for one in learnt.addresses if forwards or one.address == sender)
    known = tuple(one for one in addresses if one.decisions or one.reports)
    evidence = {one.unit for one in known if one.address == sender and one.is_evidence}
    writes_for = evidence | _registered(sender, contexts)
    names = [one for one in learnt.names if one.everywhere or (one.address == sender and writes_for <= {one.unit})]
    return Learnt(
        known,
        tuple(one for one in names if not any(_disagree(one, other) for other in names)),
        tuple(one for one in learnt.refusals if one.address == sender),
    )


def _registered(address: str, contexts: Iterable[CampaignContext]) -> set[str]:
    return {unit.code for context in contexts for unit in context.roster.units if address in unit.emails}


def placed(names: Sequence[LearntName], contexts: Iterable[CampaignContext]) -> tuple[LearntName, ...]:
    """The names, marked where they are the unit's own on every roster that has it, and nobody said otherwise."""
    rosters = [item.roster for item in contexts]
    return tuple(
        replace(one, everywhere=_is_own(one, rosters) and not any(_disagree(one, other) for other in names))
        for one in names
    )


def _is_own(name: LearntName, rosters: Sequence[Roster]) -> bool:
    known = [roster for roster in rosters if _unit(roster, name) is not None]
    return bool(known) and all(index_of(roster).is_distinctive(name.name, name.unit) for roster in known)


def _disagree(one: LearntName, other: LearntName) -> bool:
    return squeeze(one.name) == squeeze(other.name) and (one.unit, one.unit_name) != (other.unit, other.unit_name)


def needs_learnt(found: Filing, learnt: Learnt, contexts: Sequence[CampaignContext], sender: str) -> bool:
    """Whether what a message says by itself is not the last word: it waits, or conflicts with who is known to write."""
    if found.status == "review":
        return found.reason != CLASSIFIED and bool(found.submissions)
    if found.status != "filed":
        return False
    filed = {one.unit for one in found.submissions}
    registered = bool(_registered(sender, contexts))
    others = [one for one in learnt.addresses if one.address == sender and one.unit not in filed]
    return any(one.decisions or (registered and one.is_evidence) for one in others)


def with_names(context: CampaignContext, names: Iterable[LearntName]) -> CampaignContext:
    """The campaign, its units called by the names that were learnt, too."""
    by_unit: dict[str, list[str]] = {}
    for one in names:
        if _unit(context.roster, one) is not None:
            by_unit.setdefault(one.unit, []).append(one.name)
    if not by_unit:
        return context
    units = tuple(replace(unit, learnt_names=tuple(by_unit.get(unit.code, ()))) for unit in context.roster.units)
    return replace(context, roster=replace(context.roster, units=units))


def with_addresses(context: CampaignContext, addresses: Iterable[LearntAddress]) -> CampaignContext:
    """The campaign with those addresses whose units stand on its roster."""
    return replace(context, learnt=tuple(one for one in addresses if _unit(context.roster, one) is not None))


def as_learnt(message: Message, found: Filing, learnt: Learnt) -> Filing:
    """What was found with the help of ``learnt``, told as evidence; or no report, where a person said so before."""
    refusal = next((one for one in learnt.refusals if one.wording == wording(message.subject)), None)
    if refusal is not None and found.status == "review" and not any(one.unit for one in found.submissions):
        evidence = Evidence("kind", LEARNT, f"{message.subject} ({refusal.decision})")
        return Filing("not_a_report", "rejected", _REFUSED.fill(id=refusal.decision), evidence=(evidence,))
    told = tuple(replace(one, evidence=(*one.evidence, *_evidence(one, learnt))) for one in found.submissions)
    return replace(found, submissions=told)


def wording(subject: str) -> str:
    """A subject by which the next mail of its kind is known: digits, dates and marks left out; "" where too short."""
    bare = re.sub(r"[\d\W_]+|[第期号年月日]", "", squeeze(subject_marks(subject)[1]))
    return bare if len(bare) >= _MIN_WORDING else ""


def _evidence(submission: Submission, learnt: Learnt) -> Iterable[Evidence]:
    said = squeeze("\n".join(one.text for one in submission.evidence if one.for_ == "unit"))
    for address in learnt.addresses:
        if address.unit == submission.unit and address.is_evidence:
            by = "、".join(address.decisions) or f"×{len(address.reports)}"
            yield Evidence("unit", LEARNT, f"{address.address} ({by})")
    for name in learnt.names:
        if name.unit == submission.unit and squeeze(name.name) in said:
            yield Evidence("unit", LEARNT, f"{name.name} ({name.decision})")


def _without(known: LearntAddress, message: str) -> LearntAddress:
    return replace(known, reports=tuple(one for one in known.reports if one != message))


def _unit(roster: Roster, known: LearntAddress | LearntName) -> Unit | None:
    """The unit that is meant, if it stands on this roster under the same code and one of its names."""
    unit = roster.unit(known.unit)
    return unit if unit is not None and known.unit_name in unit.names else None


_REFUSED = Text(
    "同一发件人的同类邮件已由人认定不是报送材料（{id}）。",
    "A person said of such mail from this sender that it is no report ({id}).",
)
