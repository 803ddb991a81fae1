"""campaign.toml and its JSON: what is written is read again, corrections are kept, mistakes are named."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone

import pytest

from filing.files.campaign_file import campaign_from_toml, campaign_to_toml
from filing.files.campaign_json import campaign_to_json
from filing.notice.reading import read_with_notes
from records.campaigns import Campaign, Contact, Measure, Period, Requirement, Unsure
from records.errors import UsageError
from tests.notice_cases import CASES

CHINA = timezone(timedelta(hours=8))
SAMPLE = read_with_notes(CASES[0].text)
BARE = 'id = "c"\ntitle = "某某活动"\n'


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_what_is_written_is_read_again(case: object) -> None:
    """Every campaign that the reader makes comes back from its file unchanged."""
    assert isinstance(case, type(CASES[0]))
    reading = read_with_notes(case.text)

    text = campaign_to_toml(reading.campaign, reading.notes)

    assert campaign_from_toml(text, "campaign.toml") == reading.campaign


def test_every_character_survives_the_file() -> None:
    """Quotes, backslashes, line ends and control characters in a value do no harm."""
    odd = 'a"b\\c\nd\te\x7f\x00\u2028“”\U0001f600'
    campaign = Campaign(odd, odd, odd, None, theme=odd, unsure=(Unsure("period", odd), Unsure("requirements", odd)))

    assert campaign_from_toml(campaign_to_toml(campaign, {"title": odd, "period": odd}), "campaign.toml") == campaign


def test_file_shows_the_words_of_the_notice_and_marks_what_is_unsure() -> None:
    """A person sees what each value rests on, and where to look twice."""
    lines = campaign_to_toml(SAMPLE.campaign, SAMPLE.notes).splitlines()

    at = lines.index("period = { from = 2025-05-30, to = 2025-06-30 }")
    assert lines[at - 1] == "# 依据：5月30日—6月30日"
    assert any(line.startswith("# 请核对：") for line in lines)


def test_json_has_the_form_of_the_contract() -> None:
    """Keys, nulls, dates and offsets are those that CONTRACT.md shows."""
    shown = json.loads(json.dumps(campaign_to_json(SAMPLE.campaign)))

    assert list(shown) == [
        *("id", "title", "issuer", "document_number", "issued_on", "addressees", "theme", "period", "requirements"),
        *("mailboxes", "contacts", "activities", "measures", "unsure"),
    ]
    assert (shown["document_number"], shown["issued_on"]) == (None, "2025-05-26")
    assert shown["period"] == {"from": "2025-05-30", "to": "2025-06-30"}
    assert shown["requirements"] == [
        {
            "id": "r1",
            "what": "活动总结",
            "kind": "summary",
            "due": "2025-06-30T23:59:59+08:00",
            "rule": "6月30日前",
            "required": True,
        },
        {
            "id": "r2",
            "what": "视频、图片、文字等资料",
            "kind": "material",
            "due": None,
            "rule": "及时报送",
            "required": False,
        },
    ]
    assert shown["contacts"] == [{"name": "安稳办值班室", "phone": "00000000"}]
    assert list(shown["activities"][0]) == ["id", "printed", "title", "text", "required", "period", "cues"]
    assert shown["activities"][4]["period"] == {"from": "2025-06-01", "to": "2025-12-31"}


def test_file_written_by_hand_is_read() -> None:
    """The form of CONTRACT.md is enough; dates may be TOML's own or text, a day alone lasts to its end."""
    campaign = campaign_from_toml(
        BARE
        + 'issued_on = "2025-05-26"\nperiod = { from = 2025-05-30, to = "2025-06-30" }\nmailboxes = ["A@Example.com"]\n'
        + '[[requirements]]\nid = "r1"\nkind = "summary"\ndue = 2025-06-30\n'
        + '[[requirements]]\nid = "r2"\ndue = 2025-06-30T17:00:00\n[[contacts]]\nname = "值班室"\n'
        + '[[activities]]\ntitle = "演练"\n[[measures]]\nname = "visits"\nlabel = "走访户数"\nunit = "户"\n',
        "campaign.toml",
    )

    assert campaign.period == Period(date(2025, 5, 30), date(2025, 6, 30))
    assert campaign.requirements == (
        Requirement("r1", "", "summary", datetime(2025, 6, 30, 23, 59, 59, tzinfo=CHINA), ""),
        Requirement("r2", "", "material", datetime(2025, 6, 30, 17, tzinfo=CHINA), ""),
    )
    assert (campaign.mailboxes, campaign.contacts) == (("a@example.com",), (Contact("值班室"),))
    assert [(activity.id, activity.required) for activity in campaign.activities] == [("1", True)]
    assert campaign.measures == (Measure("visits", "走访户数", "户"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 'x'", ("id", "缺少")),
        ("id = ''\ntitle = 'x'", ("id", "不能为空")),
        (BARE + "peroid = 1", ("peroid", "period")),
        (BARE + "addressees = '各单位'", ("addressees", "列表")),
        (BARE + "issued_on = '昨天'", ("issued_on", "日期")),
        (BARE + "period = 3", ("period", "表")),
        (BARE + "period = { from = 2025-06-30 }", ("period.to", "缺少")),
        (BARE + "period = { from = 2025-06-30, to = 2025-06-01 }", ("period", "早于")),
        (BARE + "[[requirements]]\nid = 'r1'\nkind = '总结'", ("requirements[1].kind", "summary")),
        (BARE + "[[requirements]]\nid = 'r1'\nrequired = '是'", ("requirements[1].required", "true")),
        (BARE + "[[requirements]]\nid = 'r1'\ndue = 'soon'", ("requirements[1].due", "时刻")),
        (BARE + "[[requirements]]\nid = 'r1'\n[[requirements]]\nid = 'r1'", ("requirements[2]", "重复")),
        (BARE + "[requirements]\nid = 'r1'", ("requirements", "[[requirements]]")),
        (BARE + "[[activities]]\nid = '1'", ("activities[1].title", "缺少")),
        ("id = ", ("TOML",)),
        ("id = 'c'\nid = 'd'", ("TOML",)),
    ],
)
def test_mistake_is_told_with_file_key_and_remedy(text: str, said: tuple[str, ...]) -> None:
    """One line names the file, the key, what is wrong and what to do."""
    with pytest.raises(UsageError) as refused:
        campaign_from_toml(text, "conf/campaign.toml")

    line = refused.value.say("zh")
    assert all(words in line for words in ("conf/campaign.toml", *said))
    assert "\n" not in line
