"""A person's corrections in a campaign.toml outlive every further reading of the notice."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from filing.files.campaign_corrections import keep_corrections
from filing.files.campaign_file import campaign_from_toml, campaign_to_toml
from filing.notice.reading import Reading, read_with_notes
from flow.notices import with_corrections
from records.campaigns import Campaign, Contact, Measure, Period, Requirement, Unsure
from records.errors import UsageError
from tests.notice_cases import CASES
from tests.notice_cases_further import FURTHER
from tests.notice_cases_more import MORE

CHINA = timezone(timedelta(hours=8))
SAMPLE = read_with_notes(CASES[0].text)
FESTIVAL = read_with_notes(next(case for case in MORE if case.file == "waste-sorting-labels").text)
BARE = 'id = "c"\ntitle = "某某活动"\n'


def _again(tmp_path: Path, text: str, *readings: Reading) -> tuple[Campaign, str]:
    """The campaign and its file after a person left ``text`` there and the notice was read again and again."""
    out = tmp_path / "campaign.toml"
    campaign = campaign_from_toml(text, "campaign.toml")
    for reading in readings:
        out.write_text(text, "utf-8")
        campaign, text = with_corrections(reading, out)
    return campaign, text


def _written(reading: Reading) -> str:
    return campaign_to_toml(reading.campaign, reading.notes)


def _with(reading: Reading, **fields: object) -> Reading:
    """The same notice as a newer reader would read it."""
    return Reading(replace(reading.campaign, **fields), reading.notes)  # type: ignore[arg-type]


def _bare(text: str) -> str:
    """What is left of a text when blanks, page numbers and the width of letters do not count."""
    plain = re.sub(r"(?m)^[\s—-]*\d{1,3}[\s—-]*$", "", text)
    plain = plain.translate(
        {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict(zip(map(ord, "[]【】"), "()()", strict=True))
    )
    return re.sub(r"[\s|；…]", "", plain)


def _without_block(text: str, head: str, holds: str) -> str:
    """The file without the table ``head`` that holds a line."""
    blocks = re.split(r"(?m)^(?=\[)", text)
    return "".join(block for block in blocks if not (block.startswith(head) and holds in block))


def test_reading_the_same_notice_again_changes_nothing(tmp_path: Path) -> None:
    """A file that nobody touched stays as it is, byte for byte."""
    for reading in (SAMPLE, FESTIVAL):
        assert _again(tmp_path, _written(reading), reading, reading) == (reading.campaign, _written(reading))


@pytest.mark.parametrize(
    ("before", "after", "field", "value"),
    [
        ('issuer = "丰泽街道办事处"', 'issuer = "丰泽街道"', "issuer", "丰泽街道"),
        ('theme = "绿色家园 分类有我"', 'theme = ""', "theme", ""),
        (
            "to = 2026-06-20",
            "to = 2026-06-30",
            "period",
            Period(date(2026, 4, 10), date(2026, 6, 30)),
        ),
        (
            'mailboxes = ["fzjd_cgb@example.com"]',
            'mailboxes = ["fzjd_cgb@example.com", "b@example.org"]',
            "mailboxes",
            ("fzjd_cgb@example.com", "b@example.org"),
        ),
        ('title = "关于开展2026年', 'title = "关于2026年', "title", FESTIVAL.campaign.title.replace("开展", "", 1)),
    ],
)
def test_changed_field_stays_through_two_more_readings(
    tmp_path: Path, before: str, after: str, field: str, value: object
) -> None:
    """The second reading must not take its own copy of the correction for something that it had read itself."""
    assert before in _written(FESTIVAL)

    campaign, text = _again(tmp_path, _written(FESTIVAL).replace(before, after), FESTIVAL, FESTIVAL, FESTIVAL)

    assert getattr(campaign, field) == value
    assert campaign == replace(FESTIVAL.campaign, **{field: value})  # type: ignore[arg-type]
    assert campaign_from_toml(text, "campaign.toml") == campaign


def test_what_nobody_changed_follows_the_reader(tmp_path: Path) -> None:
    """A better reader's new values come in beside the corrections that stay."""
    corrected = _written(FESTIVAL).replace('issuer = "丰泽街道办事处"', 'issuer = "丰泽街道"')

    campaign, _ = _again(tmp_path, corrected, FESTIVAL, _with(FESTIVAL, issuer="别的", theme="新的主题"))

    assert (campaign.issuer, campaign.theme) == ("丰泽街道", "新的主题")


def test_changed_deadline_stays_and_its_mark_of_doubt_goes(tmp_path: Path) -> None:
    """Who writes the hour has answered the question about it; other doubts stay."""
    corrected = _written(FESTIVAL).replace("due = 2026-05-15T17:30:00+08:00", "due = 2026-05-15T18:00:00+08:00")

    campaign, text = _again(tmp_path, corrected, FESTIVAL, FESTIVAL)

    assert campaign.requirements[0].due == datetime(2026, 5, 15, 18, tzinfo=CHINA)
    assert [unsure.field for unsure in FESTIVAL.campaign.unsure] == ["requirements.r1.due", "activities.4.required"]
    assert [unsure.field for unsure in campaign.unsure] == ["activities.4.required"]
    assert "“下班前”" not in text


def test_deleted_activity_stays_away_and_the_others_keep_their_words(tmp_path: Path) -> None:
    """The other items keep id, mark of doubt and the notice's words."""
    corrected = _without_block(_written(FESTIVAL), "[[activities]]", 'id = "2"')

    campaign, text = _again(tmp_path, corrected, FESTIVAL, FESTIVAL)

    assert [activity.id for activity in campaign.activities] == ["1", "3", "4"]
    assert "# 依据：鼓励有条件的社区举办旧物交换活动" in text
    assert ("activities.4.required" in text) and ("activities.2" not in text)


def test_added_activity_and_measure_stay(tmp_path: Path) -> None:
    """What the notice does not say, but the office wants, is part of the campaign from then on."""
    added = (
        '[[activities]]\nid = "5"\ntitle = "积分兑换"\ncues = ["积分"]\n\n'
        '[[measures]]\nname = "points"\nlabel = "积分兑换人次"\nunit = "人次"\n\n'
    )
    corrected = _written(FESTIVAL).replace("[[measures]]", added + "[[measures]]", 1)

    campaign, _ = _again(tmp_path, corrected, FESTIVAL, FESTIVAL)

    assert [activity.title for activity in campaign.activities][-1] == "积分兑换"
    assert campaign.measures[0] == Measure("points", "积分兑换人次", "人次")
    assert len(campaign.measures) == len(FESTIVAL.campaign.measures) + 1


def test_renumbered_activities_do_not_take_each_others_words(tmp_path: Path) -> None:
    """Item 3 that became 2 has no doubt or note of the old 2, nor of its own old number."""
    corrected = _without_block(_written(FESTIVAL), "[[activities]]", 'id = "3"').replace('id = "4"', 'id = "3"')

    campaign, text = _again(tmp_path, corrected, FESTIVAL)

    assert [(activity.id, activity.title) for activity in campaign.activities][-1] == ("3", "跳蚤市场")
    assert [unsure.field for unsure in campaign.unsure] == ["requirements.r1.due"]
    assert "# 依据：鼓励有条件的社区" not in text


def test_struck_out_doubt_does_not_come_back_and_an_own_one_stays(tmp_path: Path) -> None:
    """Whoever deletes an [[unsure]] has checked it, for good; who adds one is reminded of it."""
    own = '[[unsure]]\nfield = "mailboxes"\nwhy = "待与街道确认"\n\n'
    struck = _without_block(_written(FESTIVAL), "[[unsure]]", "activities.4.required")
    corrected = struck.replace("\n[[unsure]]", "\n" + own + "[[unsure]]", 1)

    campaign, text = _again(tmp_path, corrected, FESTIVAL, FESTIVAL, FESTIVAL)

    assert [unsure.field for unsure in campaign.unsure] == ["requirements.r1.due", "mailboxes"]
    assert "# 请核对：待与街道确认" in text
    assert "措辞被理解为自愿" not in text


def test_new_doubt_of_a_newer_reader_is_shown(tmp_path: Path) -> None:
    """Only the doubts that a person saw are settled."""
    struck = _without_block(_written(FESTIVAL), "[[unsure]]", "activities.4.required")
    newer = _with(FESTIVAL, unsure=(*FESTIVAL.campaign.unsure, Unsure("period", "两处日期不一致")))

    campaign, _ = _again(tmp_path, struck, FESTIVAL, newer)

    assert [unsure.field for unsure in campaign.unsure] == ["requirements.r1.due", "period"]


def test_corrected_item_keeps_the_doubts_of_the_others() -> None:
    """A changed requirement settles its own doubt alone."""
    text = campaign_to_toml(SAMPLE.campaign, SAMPLE.notes)
    corrected = text.replace("due = 2025-06-30T23:59:59+08:00", "due = 2025-07-02T12:00:00+08:00", 1)
    fresh = replace(SAMPLE.campaign, unsure=(Unsure("requirements.r1.due", "?"), Unsure("period", "?")))

    kept, _ = keep_corrections(fresh, corrected, "campaign.toml")

    assert kept.requirements[0].due == datetime(2025, 7, 2, 12, tzinfo=CHINA)
    assert kept.unsure == (Unsure("period", "?"),)


def test_renamed_campaign_is_known_again_and_another_is_refused(tmp_path: Path) -> None:
    """A person may change id and title both; another notice's file is never written over."""
    text = _written(FESTIVAL).replace(f'title = "{FESTIVAL.campaign.title}"', 'title = "垃圾分类宣传季"')
    text = text.replace(f'id = "{FESTIVAL.campaign.id}"', 'id = "fenlei"')

    campaign, _ = _again(tmp_path, text, FESTIVAL, FESTIVAL)
    assert (campaign.id, campaign.title) == ("fenlei", "垃圾分类宣传季")

    with pytest.raises(UsageError):
        _again(tmp_path, text, SAMPLE)


def test_file_written_by_hand_is_never_overwritten_by_a_reading() -> None:
    """Without the reader's marks every value is a person's."""
    assert keep_corrections(SAMPLE.campaign, BARE, "c.toml")[0] == campaign_from_toml(BARE, "c.toml")


@pytest.mark.parametrize("case", (*CASES, *MORE, *FURTHER), ids=lambda case: case.file)
def test_every_value_stands_with_the_words_that_it_rests_on(case: object) -> None:
    """Each field that the notice fills has its words above it, and they stand in the notice."""
    assert isinstance(case, type(CASES[0]))
    reading = read_with_notes(case.text)
    campaign = reading.campaign
    fields = ("title", "issuer", "document_number", "issued_on", "addressees", "theme", "period", "mailboxes")

    lacking = {name for name in fields if getattr(campaign, name) and name not in reading.notes}
    lacking |= {f"requirements.{item.id}" for item in campaign.requirements} - set(reading.notes)
    lacking |= {f"contacts.{at}" for at, _ in enumerate(campaign.contacts, 1)} - set(reading.notes)
    lacking |= {f"measures.{item.name}" for item in campaign.measures} - set(reading.notes)

    assert not lacking
    plain = _bare(case.text)
    assert all(_bare(piece) in plain for words in reading.notes.values() for piece in re.split(r"[|；…]| ", words))


def test_contacts_and_requirements_that_a_person_added_are_read_again(tmp_path: Path) -> None:
    """Tables added by hand need only what they cannot do without."""
    added = '[[contacts]]\nname = "值班室"\n\n[[requirements]]\nid = "r9"\nkind = "material"\n\n'
    corrected = _written(FESTIVAL).replace("[[contacts]]", added + "[[contacts]]", 1)

    campaign, _ = _again(tmp_path, corrected, FESTIVAL, FESTIVAL)

    assert campaign.contacts[0] == Contact("值班室")
    assert campaign.requirements[-1] == Requirement("r9", "", "material", None, "")
