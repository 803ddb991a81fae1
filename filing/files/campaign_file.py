"""A campaign as campaign.toml and as JSON.

Source of both forms: CONTRACT.md, “campaign.toml, and notice --format json”. The file is for people: each value stands
with the notice's words that it rests on and with a mark where the reader was unsure; whoever corrects it needs no more.
``[as_read]`` at its end tells what the reader wrote, so that a second reading keeps a person's corrections.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from filing.files.campaign_parse import parsed_campaign, parsed_marks
from records.campaigns import ActivityType, Campaign, Measure, Period, Requirement

_FIELDS = (
    "title", "issuer", "document_number", "issued_on", "theme", "addressees", "period", "requirements", "mailboxes",
    "contacts", "activities", "measures",
)  # fmt: skip
_HEADER = (
    "# 报送任务，由通知读出。“依据”是通知原文；“请核对”表示程序拿不准。",
    "# 可直接修改，再次读取同一份通知时，人工改动会保留。",
    "# A campaign as read from a notice. 依据: the notice's words; 请核对: please check. Your corrections are kept.",
)


# -- JSON -------------------------------------------------------------------------------------------------------------


def campaign_to_json(campaign: Campaign) -> dict[str, object]:
    """The campaign as ``notice --format json`` prints it: dates and times in ISO 8601, what is unknown as null."""
    return {
        "id": campaign.id,
        "title": campaign.title,
        "issuer": campaign.issuer,
        "document_number": campaign.document_number,
        "issued_on": campaign.issued_on.isoformat() if campaign.issued_on else None,
        "addressees": list(campaign.addressees),
        "theme": campaign.theme,
        "period": _period_json(campaign.period),
        "requirements": [_requirement_json(item) for item in campaign.requirements],
        "mailboxes": list(campaign.mailboxes),
        "contacts": [{"name": contact.name, "phone": contact.phone} for contact in campaign.contacts],
        "activities": [_activity_json(activity) for activity in campaign.activities],
        "measures": [_measure_json(measure) for measure in campaign.measures],
        "unsure": [{"field": unsure.field, "why": unsure.why} for unsure in campaign.unsure],
    }


def _period_json(period: Period | None) -> dict[str, str] | None:
    return {"from": period.from_.isoformat(), "to": period.to.isoformat()} if period else None


def _requirement_json(item: Requirement) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": item.id,
        "what": item.what,
        "kind": item.kind,
        "due": item.due.isoformat() if item.due else None,
        "rule": item.rule,
        "required": item.required,
    }
    if item.categories:
        fields["categories"] = list(item.categories)
    if item.units:
        fields["units"] = list(item.units)
    return fields


def _activity_json(activity: ActivityType) -> dict[str, object]:
    return {
        "id": activity.id,
        "printed": activity.printed,
        "title": activity.title,
        "text": activity.text,
        "required": activity.required,
        "period": _period_json(activity.period),
        "cues": list(activity.cues),
    }


def _measure_json(measure: Measure) -> dict[str, object]:
    return {"name": measure.name, "label": measure.label, "unit": measure.unit, "cues": list(measure.cues)}


# -- TOML -------------------------------------------------------------------------------------------------------------


def campaign_to_toml(campaign: Campaign, notes: Mapping[str, str] | None = None) -> str:
    """The campaign as a file for people.

    ``notes`` maps fields (``period``, ``requirements.r1`` …) to the notice's words that they rest on.
    """
    writer = _Writer(campaign, notes or {})
    return "\n".join([*_HEADER, "", *writer.lines(), "", *_marks(campaign)]) + "\n"


class _Writer:
    """Lines of campaign.toml, each value below what is to be said of it."""

    def __init__(self, campaign: Campaign, notes: Mapping[str, str]) -> None:
        self.campaign = campaign
        self.notes = notes

    def lines(self) -> Iterator[str]:
        campaign = self.campaign
        yield f"id = {_text(campaign.id)}"
        yield from self._field("title", _text(campaign.title))
        yield from self._field("issuer", _text(campaign.issuer))
        yield from self._field("document_number", _optional(campaign.document_number), example='"某办〔2025〕1号"')
        yield from self._field("issued_on", _day(campaign.issued_on), example="2025-05-26")
        yield from self._field("addressees", _texts(campaign.addressees))
        yield from self._field("theme", _text(campaign.theme))
        yield from self._field("period", _period(campaign.period), example="{ from = 2025-05-30, to = 2025-06-30 }")
        yield from self._field("mailboxes", _texts(campaign.mailboxes))
        yield from self._requirements()
        yield from self._tables()

    def _field(self, name: str, value: str | None, example: str = "") -> Iterator[str]:
        yield from self._remarks(name)
        key = name.rpartition(".")[2]
        yield f"{key} = {value}" if value is not None else f"# {key} = {example}"

    def _remarks(self, field: str) -> Iterator[str]:
        if field in self.notes:
            yield _comment("依据", self.notes[field])
        yield from (_comment("请核对", unsure.why) for unsure in self.campaign.unsure if unsure.field == field)

    def _requirements(self) -> Iterator[str]:
        yield from ("", "# 报送要求：kind 为 summary（总结）或 material（活动资料）；没有 due 表示没有确定的日期")
        yield from self._remarks("requirements")
        for item in self.campaign.requirements:
            path = f"requirements.{item.id}"
            yield from ("", "[[requirements]]", *self._remarks(path), f"id = {_text(item.id)}")
            yield f"what = {_text(item.what)}"
            yield from self._field(f"{path}.kind", _text(item.kind))
            yield from self._field(
                f"{path}.due", item.due.isoformat() if item.due else None, "2025-06-30T23:59:59+08:00"
            )
            yield f"rule = {_text(item.rule)}"
            yield f"required = {_boolean(item.required)}"
            yield from (f"{key} = {_texts(value)}" for key, value in _only(item))

    def _tables(self) -> Iterator[str]:
        for contact in self.campaign.contacts:
            yield from ("", "[[contacts]]", f"name = {_text(contact.name)}", f"phone = {_text(contact.phone)}")
        yield from ("", "# 活动类型：通知活动内容的各条；required = false 表示自愿")
        yield from self._remarks("activities")
        for activity in self.campaign.activities:
            yield from self._activity(activity)
        for measure in self.campaign.measures:
            yield from ("", "[[measures]]", f"name = {_text(measure.name)}", f"label = {_text(measure.label)}")
            yield from (f"unit = {_text(measure.unit)}", f"cues = {_texts(measure.cues)}")
        for unsure in self.campaign.unsure:
            yield from ("", "[[unsure]]", f"field = {_text(unsure.field)}", f"why = {_text(unsure.why)}")

    def _activity(self, activity: ActivityType) -> Iterator[str]:
        path = f"activities.{activity.id}"
        yield from ("", "[[activities]]", f"id = {_text(activity.id)}", f"printed = {_text(activity.printed)}")
        yield f"title = {_text(activity.title)}"
        yield f"text = {_text(activity.text)}"
        yield from self._field(f"{path}.required", _boolean(activity.required))
        if activity.period:
            yield from self._field(f"{path}.period", _period(activity.period))
        yield f"cues = {_texts(activity.cues)}"


def _only(item: Requirement) -> Iterator[tuple[str, Sequence[str]]]:
    yield from ((key, value) for key, value in (("categories", item.categories), ("units", item.units)) if value)


def _comment(label: str, words: str) -> str:
    """One comment line; control characters, which TOML forbids, become spaces."""
    return f"# {label}：" + " ".join("".join(c if c.isprintable() else " " for c in words).split())


def _text(value: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for DEL and lone surrogates."""
    clean = value.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007F")


def _optional(value: str | None) -> str | None:
    return None if value is None else _text(value)


def _texts(values: Sequence[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _period(period: Period | None) -> str | None:
    return f"{{ from = {period.from_.isoformat()}, to = {period.to.isoformat()} }}" if period else None


# -- reading, and a person's corrections ------------------------------------------------------------------------------


def campaign_from_toml(text: str, source: str) -> Campaign:
    """The campaign that a campaign.toml holds: one that campaign_to_toml wrote, corrected or not, or one by hand.

    ``source`` names the file in errors. Raises UsageError that names file, key, what is wrong and what to do.
    """
    return parsed_campaign(text, source)


def keep_corrections(fresh: Campaign, old_text: str, source: str) -> Campaign:
    """``fresh``, read anew from the notice, with the fields that a person changed in the file ``old_text``.

    A field counts as changed where it differs from what the reader once wrote (``[as_read]``). A file without such
    marks was written by hand: all its fields stay.
    """
    old, marks = parsed_campaign(old_text, source), parsed_marks(old_text)
    if not marks:
        return old
    kept = {name: getattr(old, name) for name in _FIELDS if marks.get(name) != _mark(old, name)}
    unsure = tuple(item for item in fresh.unsure if item.field.split(".")[0] not in kept)
    return replace(fresh, id=old.id, unsure=unsure, **kept)


def _marks(campaign: Campaign) -> Iterator[str]:
    yield "# 程序据此认出人工改动，请勿修改。"
    yield "[as_read]"
    yield from (f'{name} = "{_mark(campaign, name)}"' for name in _FIELDS)


def _mark(campaign: Campaign, name: str) -> str:
    """A short hash of one field as the file shows it."""
    shown = json.dumps(campaign_to_json(campaign)[name], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()[:12]
