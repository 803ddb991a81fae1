"""A campaign as campaign.toml.

Source of the form: CONTRACT.md, “campaign.toml, and notice --format json”. The file is for people: each value stands
with the notice's words that it rests on and with a mark where the reader was unsure; whoever corrects it needs no more.
``[as_read]`` at its end tells what the reader wrote, so that further readings keep a person's corrections.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from filing.files.campaign_corrections import AsRead, same_item
from filing.files.campaign_parse import parsed_campaign
from records.campaigns import ActivityType, Campaign, Period, Requirement

_HEADER = (
    "# 报送任务，由通知读出。“依据”是通知原文；“请核对”表示程序拿不准。",
    "# 可直接修改；再次读取同一份通知时，人工改动会保留（自己加的注释除外）。核对无误的，删去文末对应的 [[unsure]]。",
    "# A campaign as read from a notice. 依据: the notice's words; 请核对: please check. Your corrections are kept.",
)


def campaign_to_toml(campaign: Campaign, notes: Mapping[str, str] | None = None, as_read: AsRead | None = None) -> str:
    """The campaign as a file for people.

    ``notes`` maps fields (``period``, ``requirements.r1`` …) to the notice's words that they rest on; ``as_read`` is
    what the reader had where a person corrected it since.
    """
    read = as_read or AsRead(campaign)
    told = {path: words for path, words in (notes or {}).items() if same_item(path, read.campaign, campaign)}
    return "\n".join([*_HEADER, "", *_Writer(campaign, told).lines(), "", *read.lines()]) + "\n"


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
            yield from self._field(f"{path}.what", _text(item.what))
            yield from self._field(f"{path}.kind", _text(item.kind))
            yield from self._field(
                f"{path}.due", item.due.isoformat() if item.due else None, "2025-06-30T23:59:59+08:00"
            )
            yield f"rule = {_text(item.rule)}"
            yield f"required = {_boolean(item.required)}"
            yield from self._remarks(f"{path}.categories")
            yield from (f"{key} = {_texts(value)}" for key, value in _only(item))

    def _tables(self) -> Iterator[str]:
        for place, contact in enumerate(self.campaign.contacts, 1):
            yield from ("", "[[contacts]]", *self._remarks(f"contacts.{place}"))
            yield from (f"name = {_text(contact.name)}", f"phone = {_text(contact.phone)}")
        yield from ("", "# 活动类型：通知活动内容的各条；required = false 表示自愿")
        yield from self._remarks("activities")
        for activity in self.campaign.activities:
            yield from self._activity(activity)
        for measure in self.campaign.measures:
            yield from ("", "[[measures]]", *self._remarks(f"measures.{measure.name}"))
            yield from (f"name = {_text(measure.name)}", f"label = {_text(measure.label)}")
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


def campaign_from_toml(text: str, source: str) -> Campaign:
    """The campaign that a campaign.toml holds: one that campaign_to_toml wrote, corrected or not, or one by hand.

    ``source`` names the file in errors. Raises UsageError that names file, key, what is wrong and what to do.
    """
    return parsed_campaign(text, source)
