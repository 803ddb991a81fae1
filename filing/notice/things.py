"""The things that a notice asks for, cut out of its sentences: 活动总结, 视频、图片、文字等资料."""

from __future__ import annotations

import re

from filing.notice.marks import mark_of
from filing.notice.words import pattern

_MARKED = re.compile(r"(?:将|把)(?!于|在|对|会|不|要|按|持续|继续|认真|严格)")
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_MANNER = re.compile(
    r"(?:于|在|请|并|分别|统一|一并|及时|随时|按时|同步|适时|第一时间|务必|须|需|应|可|要|通过.{1,12}|以.{1,8}形式|，|,|、|：|:|的|电子版?和?纸质版?)+$"
)
_JOINED = re.compile(r"[，,]?(?:请)?(?:连同|随同|会同|同|与|和|随)(?P<what>[^，。；]{2,24}?)(?:一并|一起|一同|一道)")
_DETAIL = re.compile(r"(?:并|需|须|应|另|同时)?(?:附|含|其中|篇幅|字数|包括)")
_AMOUNT = re.compile(
    r"(?:不少于|不超过|不低于|控制在)\s?\d+[字件篇份个张幅]?(?:以内|左右|以上)?$|一式[^，。；]{1,3}份|[一两二三\d]{1,2}[份篇套]$|打包|截止(?:时间|日期)为?$"
)
_DOUBLE_SET = re.compile(r"^.*等(?=[^等]{2,}等)")
_SENDERS = re.compile(
    r"^(?:请)?(?:各|全体|所有|有关|相关|全区|全市|全县|辖区)[^，。；：]{0,24}?(?:单位|学校|医院|机构|部门|幼儿园|中心|社区|街道|乡镇|镇街|企业|园|校|科室|区县|处室|所|村|镇|院|办)(?:请|要|须|应|需|务必)?(?=.)"
)


def has_thing(text: str) -> bool:
    """Whether ``text`` names something that can be sent in."""
    return bool(pattern("submission", "things").search(text))


def is_summary(what: str) -> bool:
    """Whether ``what`` is the closing report (总结), not one in the middle (中期总结, 阶段性小结)."""
    for part in re.split(r"[、，和及与]", what):
        if pattern("submission", "summary").search(part) and not pattern("submission", "summary_not").search(part):
            return True
    return False


def thing_in(before: str, between: str, after: str) -> str:
    """What is sent, out of the words before the deadline, between it and the verb, and after the verb; "" if unnamed.

    于6月30日前*将活动总结*报送 · 6月30日前报送*活动总结* · *活动总结*请于6月30日前报送 · *视频等资料*及时报送
    """
    main, details = _clauses(before)
    if joined := _JOINED.match(between):
        named = next((what for text in main if has_thing(what := things_asked(text))), "")
        return "、".join(part for part in (named, things_asked(joined["what"])) if part)
    for text in (_after_mark(between), _after_verb(after), between, _after_mark(before), *main, *details):
        what = things_asked(text)
        if what and has_thing(what):
            return what
    return ""


def _after_mark(text: str) -> str:
    found = _MARKED.search(text)
    return text[found.end() :] if found else ""


def _after_verb(text: str) -> str:
    """The object that follows the verb; not the office to which it goes."""
    bare = _BRACKETS.sub("", text)
    bare = re.split(r"[，,。；;！\n]", bare, maxsplit=1)[0]
    if re.match(r"(?:至|到|给|往|我|本)", bare):
        return ""
    return re.split(r"(?<!附)(?:至|到|发送|报送|报至|并通过|通过)", bare, maxsplit=1)[0]


def _clauses(text: str) -> tuple[list[str], list[str]]:
    """The clauses of ``text``, last first, and apart from them those that only tell details (附照片5张以上)."""
    clauses = [clause for clause in reversed(re.split(r"[，,。；;！？\n]|(?<!\d)[：:]|[：:](?!\d)", text)) if clause]
    clauses = [clause for clause in clauses if not clause.endswith(("制度", "机制"))]  # 实行日报告制度
    details = [clause for clause in clauses if _DETAIL.match(clause)]
    return [clause for clause in clauses if clause not in details], details


def things_asked(text: str) -> str:
    """The bare name of what is asked for: without senders, brackets, manner, and what it is an example of."""
    bare = _BRACKETS.sub("", text).strip("。；;，,：: ")
    mark = mark_of(bare)
    bare = _SENDERS.sub("", bare[mark.end :] if mark and mark.style != "bullet" else bare)
    bare = pattern("submission", "lead").sub("", bare)
    bare = _DOUBLE_SET.sub("", bare)
    bare = _MANNER.sub("", _AMOUNT.sub("", bare))
    return _unquoted(bare.strip("。；;，,、：: "))[:80]


def _unquoted(text: str) -> str:
    return text if text.count("《") == text.count("》") else text.strip("《》")
