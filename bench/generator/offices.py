"""Invented offices with their notices and rosters, from ``offices/*.toml``."""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from filing.files.roster import read_roster
from filing.notice.reading import read_notice
from records.campaigns import CampaignContext
from records.units import Unit

_FOLDER = Path(__file__).parent / "offices"
_HEADER = ("code", "name", "category", "aliases", "emails", "contact", "parent")
_LEFT_OUT = 9  # one name in so many is on no roster: a stranger whose name looks like all others
_KNOWN_ADDRESS = 0.55  # share of units whose address the roster holds
WORDINGS = ("seen", "unseen", "last")
"""Parts of the wording: to work on, to measure on, and for a last look; no sentence stands in two."""
_WORDINGS = tuple(f"{language}{part}" for language in ("", "english_") for part in WORDINGS)
COORDINATOR = "lianluo@example.com"


@dataclass(frozen=True, slots=True)
class Deeds:
    """What units can have done of one activity, by part of the wording, and what they may plan."""

    id: str
    title: str
    done: dict[str, tuple[str, ...]]
    plan: str


@dataclass(frozen=True, slots=True)
class Office:
    """One office: what it asks for, who must report, how its units' sentences go."""

    id: str
    data: dict[str, Any]
    context: CampaignContext
    deeds: tuple[Deeds, ...]
    strangers: tuple[str, ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        """Who must report."""
        return self.context.roster.units

    def day(self, key: str) -> date:
        """A day of the office's data: ``begins`` or ``due``."""
        found: date = self.data[key]
        return found


@cache
def offices() -> tuple[Office, ...]:
    """All, in the order of their ids."""
    return tuple(_office(path) for path in sorted(_FOLDER.glob("*.toml")))


def _office(path: Path) -> Office:
    data = tomllib.loads(path.read_text("utf-8"))
    names = _names(data)
    strangers = tuple(name for number, (name, _, _) in enumerate(names) if number % _LEFT_OUT == 4)
    members = [one for one in names if one[0] not in strangers]
    roster = read_roster(_table(data, members), "units.csv", "generated")
    campaign = read_notice(data["notice"], roster=roster)
    titles = {activity.id: activity.title for activity in campaign.activities}
    deeds = tuple(
        Deeds(
            one["id"],
            titles.get(one["id"], ""),
            {key: tuple(one.get(key, ())) for key in _WORDINGS},
            one["plan"][0],
        )
        for one in data["activity"]
    )
    own = tuple(replace(one, campaign=campaign.id) for one in roster.memberships)
    context = CampaignContext(campaign, replace(roster, memberships=own), coordinators=(COORDINATOR,))
    return Office(data["id"], data, context, deeds, strangers)


def _names(data: dict[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    """(name, category, aliases) of every unit that could be there."""
    found = []
    for town in data["towns"]:
        short = town.rstrip("镇乡").removesuffix("街道")
        for family in data["families"]:
            if town[-1] in family.get("only", town):
                own = {"town": town, "short": short}
                aliases = tuple(alias.format(**own) for alias in family["aliases"])
                found.append((family["name"].format(**own), family["category"], aliases))
    return found


def _table(data: dict[str, Any], members: list[tuple[str, str, tuple[str, ...]]]) -> bytes:
    """The roster as the office would hand it in."""
    random = Random(data["id"])
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(_HEADER)
    prefix = data["city"] + data["place"]
    for number, (name, category, aliases) in enumerate(members, 1):
        known = random.random() < _KNOWN_ADDRESS
        email = f"{data['id']}{number:03d}@{random.choice(('163.com', 'qq.com', '126.com'))}" if known else ""
        whole = next((other for other, _, _ in members if name != other and name.startswith(other)), "")
        parent = f"{prefix}{whole}" if whole else ""
        writer.writerow(
            [f"U{number:03d}", prefix + name, category, ";".join((name, *aliases)), email, "办公室", parent]
        )
    return table.getvalue().encode()
