"""All forms under which a roster's units can be named, made once for each roster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from filing.text.squeeze import squeeze
from filing.who.latin import forms_of_name, is_legal_form
from filing.who.shortforms import is_own, take_apart, unique_forms
from records.units import Unit

Quality = Literal["name", "short", "core", "blurred"]
"""name: as the roster has it (full, alias, former); short: a form we made, or that a person's decision told; core: only
what is its own in the name; blurred: one character of what is its own differs, in text from pixels."""

PLACELIKE = ("镇", "乡", "街道", "社区", "村", "小区")
ORDINAL = re.compile(r"第.{1,3}$")
_MIN_CORE, _MAX_CORE = 3, 8


@dataclass(frozen=True, slots=True)
class Form:
    """One form: whose it is (several codes where units share it), and how far it can be trusted."""

    units: tuple[str, ...]
    quality: Quality


def forms_of(units: tuple[Unit, ...], places: tuple[str, ...]) -> dict[str, Form]:
    """Every squeezed form with its units: registered names first, then forms that one unit alone can have.

    ``places`` are those with which many of the names begin (``shortforms.common_places``).
    """
    owners: dict[str, list[str]] = {}
    for unit in units:
        for name in dict.fromkeys(form for one in unit.names for form in forms_of_name(one) or (squeeze(one),)):
            if len(name) >= 2 and not is_legal_form(name):
                owners.setdefault(name, []).append(unit.code)
    forms = {name: Form(tuple(codes), "name") for name, codes in owners.items()}
    for unit in units:
        for name in map(squeeze, unit.learnt_names):
            forms.setdefault(name, Form((unit.code,), "short"))
    rests = {take_apart(squeeze(name), places).rest for unit in units for name in (unit.name, *unit.former_names)}
    for form, code in unique_forms(units, places).items():
        whole = form in rests and is_own(take_apart(form, places).stem)  # only places that all share are left out
        forms.setdefault(form, Form((code,), "name" if whole else "short"))
    for core, code in _cores(units, places, forms).items():
        forms.setdefault(core, Form((code,), "core"))
    return forms


def _cores(units: tuple[Unit, ...], places: tuple[str, ...], forms: dict[str, Form]) -> dict[str, str]:
    """Stems of three to eight characters that occur in one unit's names alone."""
    stems = {take_apart(squeeze(unit.name), places).stem: unit.code for unit in units}
    stems = {stem: code for stem, code in stems.items() if _can_be_core(stem)}
    owners: dict[str, set[str]] = {}
    for name, form in forms.items():
        for length in range(_MIN_CORE, _MAX_CORE + 1):
            for at in range(len(name) - length + 1):
                if (part := name[at : at + length]) in stems:
                    owners.setdefault(part, set()).update(form.units)
    return {stem: code for stem, code in stems.items() if owners.get(stem) == {code}}


def _can_be_core(stem: str) -> bool:
    return _MIN_CORE <= len(stem) <= _MAX_CORE and not stem.endswith(PLACELIKE) and not ORDINAL.search(stem)


def units_that_begin_others(forms: dict[str, Form]) -> frozenset[str]:
    """Codes of units whose parts (校区 …) stand on the roster by themselves."""
    ordered = sorted(forms)
    found: set[str] = set()
    for at, name in enumerate(ordered):
        for following in ordered[at + 1 : at + 50]:
            if not following.startswith(name):
                break
            if not set(forms[name].units) & set(forms[following].units):
                found.update(forms[name].units)
    return frozenset(found)


def lengths_by_head(forms: dict[str, Form]) -> dict[str, tuple[int, ...]]:
    """Lengths of the forms that begin with each two characters, longest first: what to look up in a text."""
    found: dict[str, set[int]] = {}
    for name in forms:
        found.setdefault(name[:2], set()).add(len(name))
    return {head: tuple(sorted(lengths, reverse=True)) for head, lengths in found.items()}
