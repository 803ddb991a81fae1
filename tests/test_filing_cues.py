"""An activity's own words out of a notice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filing.what.cues import cues_of, is_generic, quoted_names

QUIZ = (
    "组织参加“身边隐患我来找”网络知识答题活动",
    "各单位要广泛发动干部职工参与。活动通过登录“应急小课堂”微信公众号进行，设有企业、学校、家庭三个场景，不强制参加。",
)
STUDY = ("深入学习贯彻重要论述", "各单位要组织开展安全微讲堂、主题辩论赛、主题读书等活动，观看警示教育片。")
DRILL = ("开展应急演练", "开展以逃生避险为重点的数字推演、实战模拟，邀请专家讲解。发动干部职工参与。")


def _cues(own: tuple[str, str], *others: tuple[str, str]) -> tuple[str, ...]:
    return cues_of(*own, ["\n".join(other) for other in others])


def test_quoted_names_come_first() -> None:
    """What the notice itself puts in quotation marks is the surest cue."""
    assert _cues(QUIZ, STUDY, DRILL)[:2] == ("身边隐患我来找", "应急小课堂")


@pytest.mark.parametrize("noun", ["微讲堂", "辩论赛", "读书"])
def test_distinctive_nouns_are_cues(noun: str) -> None:
    """Common verbs and particles fall away, the nouns between them remain."""
    assert any(noun in cue for cue in _cues(STUDY, QUIZ, DRILL))


def test_what_other_activities_say_too_comes_last_or_not_at_all() -> None:
    """A phrase that stands in two activities comes last, and only where there are fewer than five others."""
    other = ("演练", "组织数字推演、实战模拟。")
    assert _cues(DRILL, STUDY)[-1] != "数字推演"
    assert _cues(DRILL, other)[-2:] == ("数字推演", "实战模拟")
    assert "微讲堂" not in "".join(
        cues_of("读书", "开展安全微讲堂、甲课堂、乙课堂、丙课堂、丁课堂、戊课堂、己课堂。", [STUDY[1]])
    )


def test_people_and_common_words_are_no_cues() -> None:
    """干部职工, 积极参与 and the like point to no activity."""
    cues = _cues(DRILL, STUDY, QUIZ)
    assert not {"干部职工", "开展", "参与", "邀请", "重点"} & set(cues)


def test_a_name_over_a_line_end_is_found() -> None:
    """Notices break their lines anywhere, inside names too."""
    assert "查找隐患训练营" in cues_of("参加活动", "输入“查找隐患训\n\n练营”话题，分享笔记。")


def test_there_are_never_more_than_25_and_few_only_where_there_is_little_text() -> None:
    """Between 5 and 25 cues for an activity with a text of its own."""
    long_text = "、".join(f"第{a}{b}课堂" for a in "甲乙丙丁戊己" for b in "子丑寅卯辰巳午")
    assert len(cues_of("活动", long_text)) == 25
    assert 5 <= len(_cues(STUDY, DRILL)) <= 25


def test_words_that_contain_a_particle_stay_whole() -> None:
    """应急 and 技能 do not fall apart at 应 and 能."""
    cues = cues_of("培训", "开展公众急救技能培训，推进人工智能研发。")
    assert any("急救技能" in cue for cue in cues)
    assert any("人工智能" in cue for cue in cues)


def test_parts_of_a_quoted_name_count_too() -> None:
    """A name of two halves is recognised by either."""
    assert quoted_names("“查找身边风险，分享平安故事”活动") == (
        "查找身边风险，分享平安故事",
        "查找身边风险",
        "分享平安故事",
    )


@pytest.mark.parametrize(
    ("text", "generic"), [("安全宣传", True), ("积极开展", True), ("微讲堂", False), ("LED", False)]
)
def test_generic_words_are_known(text: str, generic: bool) -> None:
    """A text of common words alone names nothing."""
    assert is_generic(text) is generic


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_notice_is_read_without_a_fault(title: str, text: str) -> None:
    """Hostile text raises nothing, and each cue is told once."""
    cues = cues_of(title, text, [title])
    assert len(cues) == len(set(cues)) <= 25
