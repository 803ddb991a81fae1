"""What a sender's address says about the unit: registered, learnt, shared, or of an organisation's domain."""

from __future__ import annotations

from dataclasses import dataclass

from filing.text.lexica import words
from filing.who.names import index_of
from records.campaigns import CampaignContext


@dataclass(frozen=True, slots=True)
class Known:
    """Units that an address stands for. A coordinator's or trusted forwarder's address stands for none."""

    codes: tuple[str, ...] = ()
    trusted: bool = False
    domain_of: str | None = None  # the only unit that writes from this organisation's domain
    is_sure: bool = True  # registered, or confirmed several times; else it is never enough by itself
    owners: tuple[str, ...] = ()  # those that a roster or a person vouches for: content of another unit is in conflict
    backed: tuple[str, ...] = ()  # those that it speaks for: shared by what was learnt, for none that only that told

    @property
    def code(self) -> str | None:
        """The one unit, None where there is none or several share the address."""
        return self.codes[0] if len(self.codes) == 1 else None


def known_sender(address: str, context: CampaignContext) -> Known:
    """What the address says. ``address`` in lower case, "" where none could be read."""
    if not address:
        return Known()
    if address in context.coordinators:
        return Known(trusted=True)
    registered = [unit.code for unit in context.roster.units if address in unit.emails]
    learnt = [one for one in context.learnt if one.address == address]
    owners = tuple(dict.fromkeys([*registered, *(one.unit for one in learnt if one.decisions)]))
    if owners or len(learnt) < 2:  # one report outweighs nobody's word, and proves nothing alone
        learnt = [one for one in learnt if one.is_evidence]
    codes = tuple(dict.fromkeys([*registered, *(one.unit for one in learnt)]))  # of two units, it is shared
    is_sure = bool(registered) or not codes or any(one.is_sure for one in learnt)
    backed = codes if len(codes) == 1 else tuple(registered)
    return Known(codes, False, None if codes else _domain_unit(address, context), is_sure, owners, backed)


def writes_for(address: str, unit: str, context: CampaignContext) -> bool:
    """Whether the address is known to write for the unit: its own, its parent's, a coordinator's, or of its domain."""
    known = known_sender(address, context)
    if known.trusted or unit in known.codes or known.domain_of == unit:
        return True
    return any(index_of(context.roster).is_part_of(unit, code) for code in known.codes)


def _domain_unit(address: str, context: CampaignContext) -> str | None:
    domain = address.rpartition("@")[2]
    if not domain or domain in words("mail", "free_providers"):
        return None
    suffix = "@" + domain
    codes = {unit.code for unit in context.roster.units for email in unit.emails if email.endswith(suffix)}
    codes |= {one.unit for one in context.learnt if one.decisions and one.address.endswith(suffix)}
    return next(iter(codes)) if len(codes) == 1 else None
