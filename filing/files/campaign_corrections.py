"""What a person corrected in a campaign.toml, and how it outlives every further reading of the notice.

``[as_read]`` at the file's end holds a short hash of each field as the *reader* had it. A field of the file that
differs from its hash is a person's; a mark of doubt that is gone was settled by a person. The hashes are always
the reader's, never the corrected values': otherwise the reading after the next would take a correction back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from filing.files.campaign_json import campaign_to_json
from filing.files.campaign_parse import parsed_campaign, parsed_marks
from records.campaigns import Campaign, Unsure

_FIELDS = (
    "title", "issuer", "document_number", "issued_on", "theme", "addressees", "period", "requirements", "mailboxes",
    "contacts", "activities", "measures",
)  # fmt: skip
_DOUBTS = "unsure"


@dataclass(frozen=True, slots=True)
class _File:
    """A campaign.toml that is there already."""

    campaign: Campaign
    marks: Mapping[str, str]

    def corrected(self) -> dict[str, Any]:
        """The fields that a person changed."""
        changed = (name for name in _FIELDS if self.marks.get(name) != _mark(self.campaign, name))
        return {name: getattr(self.campaign, name) for name in changed}

    def own_doubts(self) -> tuple[Unsure, ...]:
        """Marks of doubt that a person added."""
        if _DOUBTS not in self.marks:  # a file of before doubts were remembered
            return ()
        return tuple(item for item in self.campaign.unsure if _hash(item) not in self._doubts())

    def settled(self) -> frozenset[str]:
        """The hashes of doubts that the reader once had and a person struck out."""
        return self._doubts() - {_hash(item) for item in self.campaign.unsure}

    def _doubts(self) -> frozenset[str]:
        return frozenset(self.marks.get(_DOUBTS, "").split())


@dataclass(frozen=True, slots=True)
class AsRead:
    """What the reader had, before any correction; ``settled`` are the hashes of doubts that a person struck out."""

    campaign: Campaign
    settled: frozenset[str] = frozenset()

    def lines(self) -> Iterator[str]:
        """The file's ``[as_read]``; doubts that are settled stay remembered."""
        doubts = self.settled.union(map(_hash, self.campaign.unsure))
        yield "# 程序据此认出人工改动，请勿修改。"
        yield "[as_read]"
        yield from (f'{name} = "{_mark(self.campaign, name)}"' for name in _FIELDS)
        yield f'{_DOUBTS} = "{" ".join(sorted(doubts))}"'


def keep_corrections(fresh: Campaign, old_text: str, source: str) -> tuple[Campaign, AsRead]:
    """``fresh``, read anew from the notice, with what a person corrected in the file ``old_text``; what to remember.

    A list (requirements, activities …) in which anything was changed, added or left out stays as the person left it.
    A file without ``[as_read]`` was written by hand: all of it stays. Raises UsageError where it is no campaign.
    """
    file = _File(parsed_campaign(old_text, source), parsed_marks(old_text))
    if not file.marks:
        return file.campaign, AsRead(fresh)
    settled = file.settled()
    kept = replace(fresh, id=file.campaign.id, **file.corrected())
    open_ = (item for item in fresh.unsure if _hash(item) not in settled and not _is_answered(item, fresh, kept))
    unsure = tuple(dict.fromkeys((*open_, *file.own_doubts())))
    return replace(kept, unsure=unsure), AsRead(fresh, settled)


def is_of(campaign: Campaign, text: str) -> bool:
    """Whether the file ``text`` was written from the notice of ``campaign``, whatever a person renamed in it since."""
    return parsed_marks(text).get("title") == _mark(campaign, "title")


def same_item(path: str, one: Campaign, other: Campaign) -> bool:
    """Whether ``path`` (activities.3.required) means the same item in both; a whole field always does."""
    name, _, rest = path.partition(".")
    if not rest:
        return True
    here, there = _item(one, name, rest.split(".")[0]), _item(other, name, rest.split(".")[0])
    return here is not None and there is not None and _told(here) == _told(there)


def _is_answered(doubt: Unsure, fresh: Campaign, kept: Campaign) -> bool:
    """Whether a person gave the field another value, or took its item away."""
    if not same_item(doubt.field, fresh, kept):
        return True
    return _value(fresh, doubt.field) != _value(kept, doubt.field)


def _value(campaign: Campaign, path: str) -> object:
    name, *rest = path.split(".")
    if not rest:
        return getattr(campaign, name, None)
    item = _item(campaign, name, rest[0])
    return getattr(item, rest[1], None) if rest[1:] else item


def _item(campaign: Campaign, name: str, key: str) -> object:
    """The item of a list by its id or name; of contacts by its place, from 1."""
    items: Collection[object] = getattr(campaign, name, ())
    for place, item in enumerate(items, 1):
        if key == str(getattr(item, "id", None) or (place if name == "contacts" else getattr(item, "name", ""))):
            return item
    return None


def _told(item: object) -> object:
    """By what an item is known again when its id or place is another's now."""
    return next((getattr(item, key) for key in ("title", "rule", "label", "name") if hasattr(item, key)), None)


def _mark(campaign: Campaign, name: str) -> str:
    """A short hash of one field as the file shows it."""
    shown = json.dumps(campaign_to_json(campaign)[name], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()[:12]


def _hash(doubt: Unsure) -> str:
    said = f"{doubt.field}\n{doubt.why}"
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:8]
