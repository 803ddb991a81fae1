"""What a sender's address says about the unit: registered, confirmed, shared, or of an organisation's domain."""

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
    is_sure: bool = True  # registered or confirmed; else it only reported from there before

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
    confirmed = [code for known, code in context.known_addresses if known == address]
    sure = [*registered, *(code for code in confirmed if context.roster.unit(code))]
    seen = [code for known, code in context.seen_addresses if known == address and context.roster.unit(code)]
    codes = tuple(dict.fromkeys([*sure, *seen]))  # seen with two units, it is shared
    return Known(codes, False, None if codes else _domain_unit(address, context), bool(sure) or not seen)


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
    codes |= {code for email, code in context.known_addresses if email.endswith(suffix)}
    return next(iter(codes)) if len(codes) == 1 else None
