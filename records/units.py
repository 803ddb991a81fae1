"""Who must report: units, and their membership in a campaign."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit (报送单位) as the office knows it. It belongs to the office, not to a campaign."""

    code: str
    name: str
    category: str = ""
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()  # lower case
    contact: str = ""
    phone: str = ""
    second_contact: str = ""
    parent: str = ""  # code or name of the unit it belongs to
    learnt_names: tuple[str, ...] = ()  # that people's decisions told; no roster has them

    @property
    def names(self) -> tuple[str, ...]:
        """All names it goes by: the full one, aliases, former names."""
        return (self.name, *self.aliases, *self.former_names)


@dataclass(frozen=True, slots=True)
class Membership:
    """That a unit must report to a campaign, from a day to a day (both included; None: open)."""

    campaign: str
    unit: str  # code
    valid_from: date | None = None
    valid_to: date | None = None
    exempt: bool = False  # 免报 for the whole campaign, by the roster

    def covers(self, day: date) -> bool:
        """Whether the unit is a member on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Roster:
    """The list of a campaign's units (名册) with their memberships, in the order of the file."""

    units: tuple[Unit, ...]
    memberships: tuple[Membership, ...] = ()
    made_codes: tuple[tuple[str, str], ...] = ()  # (name, code) of units whose code the roster lacked and we made
    categories: frozenset[str] = field(init=False, repr=False, compare=False)
    _by_code: dict[str, Unit] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """What is looked up for each of thousands of units is made once."""
        object.__setattr__(self, "categories", frozenset(unit.category for unit in self.units))
        first = {unit.code: unit for unit in reversed(self.units)}  # of a code that stands twice, the first
        object.__setattr__(self, "_by_code", first)

    def unit(self, code: str) -> Unit | None:
        """The unit of that code, or None."""
        return self._by_code.get(code)
