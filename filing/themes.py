"""What a campaign is called, and whether a title or text calls it so, or calls another campaign."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from filing.text.lexica import contains_any, words
from filing.text.squeeze import squeeze
from records.campaigns import Campaign

QUOTED = re.compile(r"[“\"‘「『《]([^“”\"‘’「」『』《》]{3,30})[”\"’」』》]")  # of names one within the other the inner
_YEARS = re.compile(r"(?:20\d\d|二[〇○零]..)年?度?")
_FORMAL = re.compile(
    r"关于|开展|组织|做好|印发|举办|报送|进一步|加强|深入|认真|切实|扎实|推进|实施|的通知$|通知$|方案|的函$|全[国省市区县镇校院系统]{1,2}"
)
_IS_PAPER = re.compile(r"(?:通知|方案|意见|计划|要点|函)$")  # 《…实施方案》 is no name of a campaign
_ENDINGS = re.compile(r"(?:活动|工作|总结|小结|情况|报告|材料|的)+$")
_SEASON = re.compile(r"^(?:[春夏秋冬]{1,4}季?|季|第.{1,3}[届次个]|今[冬春明]{1,3})(?=.{4,})")
_FIELD = re.compile(r"^.{0,12}(?:系统|行业|领域|战线)(?=.{4,})")  # 教育系统防灾减灾宣传月
_HAN_END = re.compile(r"[\u4e00-\u9fff]$")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+$")
_JOINED = re.compile(r"[和与及暨]")
_STOPS = re.compile(r"[、,，·!！\s]")
_RUNNING = re.compile(r"第.{1,5}[届次个期]")
_EVERYBODY = re.compile(r"^全(?:民|国|省|市|区|县|镇|系统)(?=.{3,})")
_SEASONS = ("月", "周", "季")  # “书香栖山”全民阅读季 is also the 阅读季
_MARK = "月周日节年"
_BETWEEN = 4  # characters that may stand between a campaign's topic and 月 or 周
_LEAST = 4
_LONG = 6  # signs from which on a topic's last ones tell it
_OCCASION = re.compile(
    r"[\u4e00-\u9fff]{2,}?(?:宣传|活动|教育|服务|主题|安全|生产|质量|普法|读书|文化|卫生|创建|防控|免疫|健康|敬老|志愿|消防|攻坚)[月周日节]"
    r"|[\u4e00-\u9fff]{2,}?(?<![一二三四五六七八九十本每当上])[月周日节季]"
    r"(?=(?:主题|系列|宣传|活动|工作|开展|情况|的)*(?:总结|小结|报告|汇报|简报))"
    r"|[\u4e00-\u9fff]{2,}?(?:专项行动|专项整治|整治行动|集中行动|专项检查|百日行动|攻坚行动|大排查|大检查|竞赛|评选|创建)"
)


@dataclass(frozen=True, slots=True)
class _Core:
    """A theme taken apart: 防灾减灾, 宣传, 月."""

    topic: str
    kind: str
    mark: str


@lru_cache(maxsize=64)
def themes_of(campaign: Campaign) -> tuple[str, ...]:
    """What the whole campaign is called: quoted words of its title, else the title without its formal words.

    What kind of campaign stands behind them is short for it (“防大汛、保安全”百日行动, “安康杯”竞赛): :func:`is_kind`.
    """
    hits = (hit for hit in QUOTED.findall(campaign.title) if re.search(r"[\u4e00-\u9fff]{3}", hit))
    quoted = [squeeze(hit) for hit in hits if not _IS_PAPER.search(hit)]
    core = _YEARS.sub("", squeeze(campaign.title).removeprefix(squeeze(campaign.issuer)))
    bare = core
    for name in quoted:
        bare = bare.replace(name, "")
    pieces = _pieces(bare)
    if quoted:
        pieces = [piece for piece in pieces if piece.endswith(_SEASONS) or _has_action(piece)]
    pieces += [_FIELD.sub("", piece) for piece in pieces]
    found = [_SEASON.sub("", _ENDINGS.sub("", one)) for one in (*quoted, *_with_surroundings(core, quoted), *pieces)]
    found += [_EVERYBODY.sub("", one) for one in found]
    found += [kind for one in found if (kind := _action_of(one)) not in ("", *words("kinds", "weak_actions"))]
    return tuple(dict.fromkeys(one for one in found if _is_a_name(one)))


def _with_surroundings(title: str, quoted: Sequence[str]) -> Iterator[str]:
    """A quoted name with the kind behind it, a quoted kind with the topic before it: 燃气安全“敲门行动”."""
    for name in quoted:
        before, _, behind = title.partition(name)
        kinds = (*words("kinds", "campaign_actions"), *_weeks())
        if kind := next((kind for kind in kinds if behind.startswith(kind)), ""):
            yield name + kind
        if is_kind(name):
            yield _JOINED.split(_FORMAL.split(before)[-1])[-1] + name


@lru_cache(maxsize=1)
def _weeks() -> tuple[str, ...]:
    return tuple(kind + mark for kind in words("kinds", "campaign_kinds") for mark in _SEASONS)


def _has_action(piece: str) -> bool:
    """Whether it is what such campaigns are called, with a topic if the word alone says little."""
    action = _action_of(piece)
    return bool(action) and (action not in words("kinds", "weak_actions") or len(piece) - len(action) >= _LEAST)


def own_names(campaign: Campaign) -> tuple[str, ...]:
    """Its names without those that hundreds of campaigns share (专项行动)."""
    return tuple(theme for theme in themes_of(campaign) if not is_kind(theme))


def _pieces(title: str) -> list[str]:
    halves = (half for piece in _FORMAL.split(title) for half in piece.split("暨"))
    return [piece for half in halves if len(piece := _ENDINGS.sub("", half)) > 1]


def _is_a_name(text: str) -> bool:
    return (len(text) > 2 and not _RUNNING.fullmatch(text)) or is_kind(text)


def is_kind(name: str) -> bool:
    """百日行动, 宣传周: what kind of campaign, and none by name."""
    return name in words("kinds", "campaign_actions") or name[:-1] in words("kinds", "campaign_kinds")


def _action_of(name: str) -> str:
    return next((word for word in words("kinds", "campaign_actions") if name.endswith(word)), "")


def says_theme(text: str, themes: Sequence[str]) -> bool:
    """Whether squeezed text names the campaign: by its whole name, or by its topic and what kind of campaign it is.

    An abbreviation names it where nothing or a unit's name stands before: 特教学校安全月, but not 消防安全月.
    """
    return any(_says_kind(text, theme) if is_kind(theme) else _says_name(text, theme) for theme in themes)


def _says_name(text: str, theme: str) -> bool:
    if theme in text or _says_core(text, theme) or _says_short(text, theme):
        return True
    plain = _STOPS.sub("", theme)  # 防大汛保安全
    return plain != theme and plain in _STOPS.sub("", text)


def _says_kind(text: str, kind: str) -> bool:
    """百日行动 behind nothing or a unit's name, but not 消防百日行动."""
    befores = (_HAN_RUN.search(text[: hit.start()]) for hit in re.finditer(re.escape(kind), text))
    return any(before is None or before[0].endswith(_before_actions()) for before in befores)


def _says_short(text: str, theme: str) -> bool:
    """安全月 for 安全生产月, 防汛百日行动: first sign and mark or kind, and between them no sign that it lacks."""
    end = _core(theme).mark or _action_of(theme)
    if not end or len(theme) <= _LEAST:
        return False
    for hit in re.finditer(rf"(?=({re.escape(theme[0])}[\u4e00-\u9fff]{{1,{_BETWEEN}}}?{end}))", text):
        before = text[: hit.start()]
        if is_abbreviation(hit[1], theme) and (not _HAN_END.search(before) or before.endswith(_before_names())):
            return True
    return False


def is_abbreviation(text: str, whole: str) -> bool:
    """Whether its signs stand in ``whole``, in that order."""
    rest = iter(whole)
    return all(sign in rest for sign in text)


@lru_cache(maxsize=1)
def _before_names() -> tuple[str, ...]:
    """What a unit's name ends with, and the year."""
    return (*words("names", "organisations"), *words("names", "title_organisations"), *words("kinds", "general_title"))


@lru_cache(maxsize=1)
def _before_actions() -> tuple[str, ...]:
    lexica = (("kinds", "before_actions"), ("names", "organisations"), ("names", "title_organisations"))
    return tuple(word for lexicon, key in lexica for word in words(lexicon, key))


def _says_core(text: str, theme: str) -> bool:
    """Its topic, or as much of one end of it as tells it, with the kind behind it or the mark (月) soon behind it."""
    core = _core(theme)
    return any(topic in text and _is_told(text, topic, core) for topic in _ends(core.topic))


def _is_told(text: str, topic: str, core: _Core) -> bool:
    if core.kind and topic + core.kind in text:
        return True
    near = rf"{re.escape(topic)}[\u4e00-\u9fff]{{0,{_BETWEEN}}}?{core.mark}"
    return bool(core.mark and re.search(near, text))


def _ends(topic: str) -> tuple[str, ...]:
    """秋冬季森林防火: 冬季森林防火 … 森林防火; 职业病防治法: 职业病防治."""
    least = max(_LEAST, len(topic) // 2)
    shorter = [topic[at:] for at in range(1, len(topic) - least + 1)]
    return (topic, topic[:-1], *shorter) if len(topic) > _LEAST else (topic,) * (len(topic) == _LEAST)


def topics_of(campaign: Campaign) -> tuple[str, ...]:
    """What the campaign is about, without what kind it is: 防灾减灾 of 防灾减灾宣传月."""
    found = [_core(theme).topic for theme in own_names(campaign)]
    found += [topic[-_LEAST:] for topic in found if len(topic) >= _LONG]  # 垃圾分类 of 生活垃圾分类
    return tuple(dict.fromkeys(topic for topic in found if len(topic) >= _LEAST))


@lru_cache(maxsize=64)
def _core(theme: str) -> _Core:
    mark = theme[-1] if theme[-1] in _MARK else ""
    rest = theme.removesuffix(mark)
    kinds = (*words("kinds", "campaign_actions"), *words("kinds", "campaign_kinds"))
    kind = next((word for word in kinds if rest.endswith(word) and rest != word), "")
    return _Core(rest.removesuffix(kind), kind, mark)


def names_another(title: str, themes: Sequence[str]) -> str:
    """What else a title says that a report is on: another campaign, another period's work; "" where nothing."""
    text = squeeze(title)
    if says_theme(text, themes):
        return ""
    if told := contains_any(text, words("kinds", "other_periods")):
        return told
    occasion = _OCCASION.search(text)
    if occasion and _is_alike(occasion[0], themes):
        return ""
    quoted = QUOTED.search(title)
    return occasion[0] if occasion else quoted[1] if quoted else ""


def _is_alike(text: str, themes: Sequence[str]) -> bool:
    """Whether it shares four characters with a theme's topic: 职业病防治宣传周 with 职业病防治法."""
    topics = [_core(theme).topic for theme in themes if not is_kind(theme)]
    return any(topic[at : at + _LEAST] in text for topic in topics for at in range(len(topic) - _LEAST + 1))
