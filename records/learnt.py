"""What people's decisions and earlier reports teach: evidence for who writes, beside what a message says itself."""

from __future__ import annotations

from dataclasses import dataclass

SEVERAL = 2  # messages that must agree where a single one proves too little


@dataclass(frozen=True, slots=True)
class LearntAddress:
    """That an address wrote for a unit. Weaker than one that the roster has."""

    address: str  # lower case
    unit: str  # code
    unit_name: str  # one code may mean another unit on another roster
    decisions: tuple[str, ...] = ()  # by which people confirmed it, one a message
    reports: tuple[str, ...] = ()  # messages whose content alone told the unit, and which nobody decided about

    @property
    def is_evidence(self) -> bool:
        """Whether a person confirmed it, or several reports agree."""
        return bool(self.decisions) or len(self.reports) >= SEVERAL

    @property
    def is_sure(self) -> bool:
        """Whether people confirmed it for several messages: then it counts like a registered one."""
        return len(self.decisions) >= SEVERAL


@dataclass(frozen=True, slots=True)
class LearntName:
    """That a person said whose name this is, which no roster has."""

    name: str  # as the report writes it
    unit: str
    unit_name: str
    address: str  # the report came from it
    decision: str
    everywhere: bool = False  # the unit's own, whoever writes it; else many units may be called so


@dataclass(frozen=True, slots=True)
class LearntRefusal:
    """That a person said of mail with this subject from this sender that it is no report."""

    address: str
    wording: str  # the subject without marks, digits and blanks
    decision: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """All that is known beyond campaign files and rosters, or what of it concerns one message."""

    addresses: tuple[LearntAddress, ...] = ()
    names: tuple[LearntName, ...] = ()
    refusals: tuple[LearntRefusal, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.addresses or self.names or self.refusals)
