"""Remarks for the coordinator: the same photos or words from two units, from earlier work, from before the campaign.

Computed over all messages at once, like corrections, and written in the same transaction (docs/decisions/remarks.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from filing.alike import Alike, alike_pictures, alike_texts, in_order, taken_before, text_runs
from records.campaigns import Campaign, CampaignContext
from records.filings import FiledSubmission
from records.remarks import Prints, Remark, SeenPicture, Sent
from records.words import Text
from storage.likeness import seen_pictures, seen_prints, set_remarks
from storage.messages import filed_submissions
from storage.tables import MessageRow

DEFAULT_ZONE = "Asia/Shanghai"
NAMED = 3  # pictures of one remark
SAME, NEARLY = Text("相同", "the same as"), Text("几乎相同", "nearly the same as")
OTHER_UNIT = Text(
    "{photos}与{unit}{day}报送的照片{there}{how}",
    "{photos}: {how} what {unit} sent on {day}{there}",
)
AGAIN = Text(
    "{photos}与本单位{day}报送另一项活动（活动{activities}）的照片{how}",
    "{photos}: {how} photos that the unit sent on {day} for another activity ({activities})",
)
EARLIER = Text(
    "{photos}与本单位{day}报送往期任务的照片{how}",
    "{photos}: {how} photos that the unit sent on {day} for an earlier campaign",
)
OLD_MAIL = Text(
    "{photos}与{day}收到的往年邮件中的照片{how}",
    "{photos}: {how} photos in mail of earlier years, received on {day}",
)
BEFORE = Text(
    "{photos}的拍摄时间是{day}（相机记录，仅供参考），早于本次活动开始的{first}",
    "{photos}: taken on {day} by the camera's clock, before this campaign begins on {first}",
)
TEXT_OTHER_UNIT = Text(
    "文字约{share}与{unit}{day}报送的材料相同（通知原文和多家共用的文字不计）",
    "about {share} of its words are those that {unit} sent on {day} (the notice and what many share left out)",
)
TEXT_EARLIER = Text(
    "文字约{share}与本单位{day}报送的往期材料相同（通知原文和多家共用的文字不计）",
    "about {share} of its words are those that the unit sent on {day} for earlier work (the notice left out)",
)
PHOTOS = Text("照片{names}", "{names}")
MORE_PHOTOS = Text("照片{names}等{count}张", "{names} and others, {count} in all")


def remark(session: Session, contexts: Sequence[CampaignContext]) -> None:
    """Find all remarks anew and write them in place of the old ones."""
    pictures, prints = seen_pictures(session), seen_prints(session)
    reports = (_report(item, pictures, prints, contexts) for item in filed_submissions(session) if _is_head(item))
    sent = in_order(chain(reports, _history(session, pictures, prints, contexts)))
    begins = {item.campaign.id: day for item in contexts if (day := item.campaign.begins) is not None}
    periods = {item.campaign.id: first for item in contexts if (first := _first_day(item.campaign)) is not None}
    notices = text_runs(text for item in contexts for text in _notice(item.campaign))
    found = [
        *alike_pictures(sent, begins),
        *taken_before(sent, periods),
        *alike_texts(sent, begins, notices),
    ]
    wording = _Wording({item.campaign.id: item.timezone for item in contexts}, periods)
    by_message: defaultdict[str, list[Remark]] = defaultdict(list)
    for alike in found:
        by_message[alike.sent.message].append(wording.remark(alike))
    set_remarks(session, by_message)


def _is_head(item: FiledSubmission) -> bool:
    """What stands, and of what waits for a person the likeliest suggestion."""
    waits = item.submission.status == "review" and not item.submission.alternative
    return item.submission.unit is not None and (item.submission.status == "filed" or waits)


def _report(
    item: FiledSubmission,
    pictures: Mapping[str, Sequence[SeenPicture]],
    prints: Mapping[str, Sequence[Prints]],
    contexts: Sequence[CampaignContext],
) -> Sent:
    submission, parts = item.submission, item.submission.parts
    return Sent(
        id=item.id,
        message=item.message,
        received_at=item.received_at,
        campaign=submission.campaign,
        unit=_unit_name(submission.unit or "", submission.campaign, contexts),
        activities=frozenset(submission.activities),
        compared=True,
        counts=submission.status == "filed",
        pictures=tuple(one for one in pictures.get(item.message, ()) if not parts or one.part in parts),
        prints=tuple(one for one in prints.get(item.message, ()) if not parts or one.part in (*parts, "")),
        kind=submission.kind,
        supersedes=item.supersedes,
    )


def _history(
    session: Session,
    pictures: Mapping[str, Sequence[SeenPicture]],
    prints: Mapping[str, Sequence[Prints]],
    contexts: Sequence[CampaignContext],
) -> Iterator[Sent]:
    """Mail of earlier years that no campaign took: others are compared with it."""
    query = select(MessageRow.id, MessageRow.received_at, MessageRow.new_addresses)
    for id_, received_at, addresses in session.exec(query.where(col(MessageRow.reason) == "history")):
        units = {_unit_name(code, None, contexts) for _, code in addresses}
        yield Sent(
            id=id_,
            message=id_,
            received_at=received_at,
            campaign=None,
            unit=next(iter(units)) if len(units) == 1 else None,
            activities=frozenset(),
            compared=False,
            counts=True,
            pictures=tuple(pictures.get(id_, ())),
            prints=tuple(prints.get(id_, ())),
        )


def _unit_name(code: str, campaign: str | None, contexts: Sequence[CampaignContext]) -> str:
    """A unit's name: one code may mean different units in the rosters of two years."""
    rosters = (item.roster for item in contexts if campaign in (None, item.campaign.id))
    return next((unit.name for roster in rosters if (unit := roster.unit(code)) is not None), code)


def _first_day(campaign: Campaign) -> date | None:
    """The first day of the campaign's period, or of an activity's that begins earlier."""
    periods = [campaign.period, *(activity.period for activity in campaign.activities)]
    return min((period.from_ for period in periods if period is not None), default=campaign.begins)


def _notice(campaign: Campaign) -> Iterator[str]:
    """The notice's words, as far as the campaign's file holds them."""
    yield from (campaign.title, campaign.theme)
    for activity in campaign.activities:
        yield f"{activity.printed}{activity.title}{activity.text}"
        yield activity.text
    yield from (f"{item.what}{item.rule}" for item in campaign.requirements)


@dataclass(frozen=True, slots=True)
class _Wording:
    """Says what was found: calmly, with dates and names, and without a judgement."""

    zones: Mapping[str, str]
    periods: Mapping[str, date]

    def remark(self, alike: Alike) -> Remark:
        names = tuple(picture.name for picture in alike.pictures)
        return Remark(alike.kind, alike.sent.id, self._text(alike), names, alike.other.message if alike.other else None)

    def _text(self, alike: Alike) -> Text:
        sent, other = alike.sent, alike.other
        photos = _photos([picture.name for picture in alike.pictures])
        if other is None:
            taken, first = _taken(alike.pictures[0]), self.periods[sent.campaign or ""]
            return BEFORE.fill(photos=photos, day=_day(taken), first=_day(first))
        day = _day(self._day_of(other), None if sent.received_at.year != other.received_at.year else other.received_at)
        given = {"photos": photos, "unit": other.unit or "", "day": day, "share": f"{alike.share:.0%}"}
        given |= {"how": SAME if alike.exact else NEARLY}
        match alike.kind:
            case "photo_of_another_unit":
                there = Text(f"“{alike.there}”", f" as “{alike.there}”") if len(alike.pictures) == 1 else ""
                return OTHER_UNIT.fill(**given, there=there)
            case "photo_again":
                return AGAIN.fill(**given, activities="、".join(sorted(other.activities)))
            case "text_of_another_unit":
                return TEXT_OTHER_UNIT.fill(**given)
            case "text_of_earlier_campaign":
                return TEXT_EARLIER.fill(**given)
            case _:
                return (EARLIER if other.campaign is not None else OLD_MAIL).fill(**given)

    def _day_of(self, sent: Sent) -> date:
        zone = ZoneInfo(self.zones.get(sent.campaign or "", DEFAULT_ZONE))
        return sent.received_at.astimezone(zone).date()


def _photos(names: Iterable[str]) -> Text:
    listed = list(names)
    shown = "、".join(f"“{name}”" for name in listed[:NAMED])
    english = ", ".join(f"“{name}”" for name in listed[:NAMED])
    form = PHOTOS if len(listed) <= NAMED else MORE_PHOTOS
    return Text(form.zh.format(names=shown, count=len(listed)), form.en.format(names=english, count=len(listed)))


def _taken(picture: SeenPicture) -> date:
    return date.fromisoformat((picture.taken_at or "")[:10])


def _day(day: date, same_year: datetime | None = None) -> Text:
    if same_year is None:
        return Text(f"{day.year}年{day.month}月{day.day}日", day.isoformat())
    return Text(f"{day.month}月{day.day}日", day.isoformat())
