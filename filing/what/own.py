"""The measures that a campaign adds, by what it calls them, and by their units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from filing.text.vocabulary import alternatives, word_list
from filing.what.countable import LABEL_UNIT, NEVER, Countable
from filing.what.scales import same_kind
from records.campaigns import Measure

QUOTES = re.compile("[“”《》]")
LONGEST_HALVED = 6
SHORTEST_PIECE = 2
EVERY = re.compile("")
CLOSE = r"[^,，。；、\d]{0,10}(?:$|\d)"
GAP = r"[^,，。；、\d]{0,8}"
ROW = r"[^,，。；\d]{0,20}"
CALLED_ALL = r"(?:等|共|共计|合计|总计|累计|总|约|近|逾|达|超)*"
COUNTED = re.compile(
    r"(?:总|累计|合计)?(?:数量|人次数|人次|人数|场次数|场次|次数|份数|条数|户数|处数|家数|篇数|个数|件数|盏数|台套数|套数|台数|株数|吨数|宗数|例数|总数|总量|数|量|里程|面积|长度|金额|总额|重量|时长)$"
)
MONEY = re.compile(r"(?:金额|总额|资金|经费|款项|金|款)$")
ACTUAL = re.compile(r"实[际筛查到参检训有]{1,2}数?$|(?:已)?完成(?:数|情况)?$")
UNDER = re.compile(r"^.*(?:情况|工作|方面|其中[:：]?)(?=.{2})")
DONE = "(?:成功|完成|办结|了|到位|好|人次|人数|总数|数|合计|总计|累计|共计|共|约|近|达)*"
CHOSEN = re.compile(r"评[出选]|[选推][出送取]|优秀|获奖|择优")


@dataclass(frozen=True, slots=True)
class _Wording:
    """What a measure is called, cut up: ``halves`` at every place, ``deeds`` into a verb's pattern and its thing."""

    called: tuple[str, ...]
    halves: tuple[tuple[str, str], ...]
    deeds: tuple[tuple[str, str], ...]


def own_measure(measure: Measure) -> Countable:
    """A campaign's own measure, by its cues, its label without 数 and 人次, and its unit."""
    wording = _wording(measure)
    named = _named(measure, wording)
    ways = _ways(measure)
    said = (rf"(?:{way['said']})(?={CLOSE})" for way in ways)
    after = (way["after"] for way in ways if "after" in way)
    return Countable(
        name=measure.name,
        counters=_counters(measure.unit, ways),
        before=alternatives([named.pattern, *said]),
        bare=NEVER,
        after=alternatives([rf"[^,，。；、\d]{{0,8}}?(?:{named.pattern})", *after]),
        never=_never(measure, ways),
        label=named,
        not_label=re.compile("率|计划|目标"),
        unit=measure.unit,
        units=_counters(measure.unit, ()),
        own=True,
        words=wording.called,
        halves=wording.halves,
        pieces=NEVER if ways else _small_words(measure.unit, wording),
        row=_row(wording),
        ends=_ends(measure, wording.called),
        deed=alternatives(_all_of(ways, "deed") or [rf"{verb}{DONE}$" for verb, _ in wording.deeds]),
        thing=alternatives(_all_of(ways, "thing") or [like(thing[-2:]) for _, thing in wording.deeds]),
        kept=alternatives(map(re.escape, _parts(wording))) if len(ways) == 1 else EVERY,
    )


def _parts(wording: _Wording) -> list[str]:
    """The words of a label, whole and halved."""
    parts = [
        *wording.called,
        *(half for pair in wording.halves for half in pair),
        *(thing for _, thing in wording.deeds),
    ]
    return [part for part in dict.fromkeys(parts) if part not in _own("says_nothing")]


def _ways(measure: Measure) -> list[dict[str, str]]:
    """What else offices say for what a measure counts: 值守 and 守桶 for 桶边督导, 废纸 and 旧衣 for 可回收物."""
    ways: list[dict[str, str]] = list(_own("ways").values())
    fitting = [way for way in ways if re.fullmatch(way["units"], measure.unit)]
    return [way for way in fitting if re.search(way["label"], measure.label)]


def _all_of(ways: Sequence[dict[str, str]], key: str) -> list[str]:
    return [way[key] for way in ways if key in way]


def _never(measure: Measure, ways: Sequence[dict[str, str]]) -> re.Pattern[str]:
    chosen = [] if CHOSEN.search(measure.label) else [CHOSEN.pattern]
    return alternatives(["未|剩余|其余", *chosen, *_all_of(ways, "never")])


def _wording(measure: Measure) -> _Wording:
    called = _called(measure)
    plain = [word for word in called if COUNTED.sub("", word) not in called or not COUNTED.search(word)]
    halves = dict.fromkeys(pair for word in plain for pair in _halves(word))
    deeds = dict.fromkeys(pair for word in called for pair in _deeds(word))
    return _Wording(called, tuple(halves), tuple(deeds))


def _named(measure: Measure, wording: _Wording) -> re.Pattern[str]:
    """All that names it: its words, its halves in either order, its verb before the end or the head of its thing."""
    in_money = measure.unit.endswith("元")  # 慰问金额: money given, not any money of a 慰问
    names = [word for word in wording.called if word in measure.cues or not (in_money and _is_verb(word))]
    apart = [rf"{like(a)}{GAP}{like(b)}" for one, two in wording.halves for a, b in ((one, two), (two, one))]
    short = [rf"{verb}{GAP}{thing[-2:]}" for verb, thing in wording.deeds]
    short += [rf"{verb}{thing[:2]}" for verb, thing in wording.deeds if len(thing) > SHORTEST_PIECE + 1]
    clipped = [
        one[0] + two[0] for one, two in wording.halves if len(one) == len(two) == SHORTEST_PIECE
    ]  # 夜间巡查: 夜巡
    return alternatives([*map(re.escape, names), *apart, *short, *map(re.escape, clipped)])


def _row(wording: _Wording) -> re.Pattern[str]:
    """A verb over a row of things: 慰问教师、职工共198人."""
    pairs = [(verb, thing[-2:]) for verb, thing in wording.deeds]
    pairs += [(like(one), like(two)) for one, two in wording.halves]
    return alternatives(rf"{one}{ROW}{two}{CALLED_ALL}$" for one, two in pairs)


def _ends(measure: Measure, called: Sequence[str]) -> re.Pattern[str]:
    """The end of an event's name (讲座20场), where it says more."""
    long = (word for word in called if len(word) > 3 and not COUNTED.search(word))
    return alternatives(f"{word[-2:]}$" for word in long) if measure.unit in _own("events") else NEVER


def core(label: str) -> str:
    """What a label says beside how it is counted, and beside the group it stands in: 违建 of 清理情况违建数."""
    return COUNTED.sub("", ACTUAL.sub("", UNDER.sub("", label))).strip()


def like(word: str) -> str:
    """A word of a label as a pattern, with those that say the same: 新建 and 建成, 老人 and 老年人."""
    groups = (*_groups("verbs"), *_groups("nouns"))
    return next((group for group in groups if re.fullmatch(group, word)), re.escape(word))


def _called(measure: Measure) -> tuple[str, ...]:
    """All that it may be called, two signs or more, the longest first: 清理卫生死角数量, 清理卫生死角, 卫生死角."""
    words = [word for text in (measure.label, *measure.cues) for word in _label_words(text, measure.unit)]
    words += [QUOTES.sub("", word) for word in words if QUOTES.search(word)]
    kept = dict.fromkeys(word for word in words if len(word) > 1 and word not in _own("says_nothing"))
    return tuple(sorted(kept, key=len, reverse=True))


def _label_words(label: str, unit: str) -> Iterator[str]:
    whole = LABEL_UNIT.sub("", label).strip()
    things = dict.fromkeys((whole, COUNTED.sub("", whole), whole.removesuffix("数").removesuffix(unit or " ")))
    lead = re.compile(rf"^(?:累计|共|总|已|新增)?(?:{_own('leads')})")
    for word in things:
        yield from (word, lead.sub("", word))
        if MONEY.search(word) and len(MONEY.sub("", word)) > 1:
            yield from (f"{MONEY.sub('', stem)}{end}" for stem in (word, lead.sub("", word)) for end in ("金", "款"))


def _counters(unit: str, ways: Sequence[dict[str, str]]) -> re.Pattern[str]:
    if named := _all_of(ways, "counters"):
        return alternatives(named)
    alike = _own("alike").get(unit)
    if alike:
        return re.compile(alike)
    return alternatives(map(re.escape, same_kind(unit))) if unit else re.compile(".{1,4}")


def _deeds(word: str) -> Iterator[tuple[str, str]]:
    """The verb with which a label begins or ends, and its thing: (调解, 劳动争议), (筛查, 视力)."""
    for group in _groups("verbs"):
        found = re.match(group, word) or re.search(f"{group}$", word)
        thing = word.replace(found[0], "", 1) if found else ""
        if len(thing) > 1:
            yield group, thing
            yield from _deeds(thing)


def _small_words(unit: str, wording: _Wording) -> re.Pattern[str]:
    """The word of a label that is enough beside its unit; of persons only a verb with an object."""
    if unit in _own("telling_units"):
        return _pieces(wording)
    return _verbs(wording.called) if unit in _own("alike")["人"].split("|") else NEVER


def _verbs(called: Iterable[str]) -> re.Pattern[str]:
    """The verbs of a label, each with an object of its own behind it: 慰问困难教师 of 慰问职工数."""
    found = {group for word in called for group, _ in _deeds(word) if not _says_nothing(group)}
    return alternatives(rf"{group}(?=[^,，。；\d]{{1,20}}$)" for group in sorted(found))


def _pieces(wording: _Wording) -> re.Pattern[str]:
    """Words of two signs that are its name or half of it, and its verbs; 油站 of 加油站 is none."""
    halves = (half for pair in wording.halves if len(pair[0]) == len(pair[1]) == SHORTEST_PIECE for half in pair)
    short = (word for word in wording.called if len(word) == SHORTEST_PIECE)
    words = (word for word in dict.fromkeys((*short, *halves)) if word not in _own("says_nothing"))
    return alternatives([*map(like, words), *(verb for verb, _ in wording.deeds if not _says_nothing(verb))])


def _halves(word: str) -> Iterator[tuple[str, str]]:
    """All ways to cut a short label into two words."""
    for at in range(2, len(word) - 1) if len(word) <= LONGEST_HALVED else ():
        yield word[:at], word[at:]
    one, linked, two = word.partition("涉及")
    if linked and min(len(one), len(two)) > 1:
        yield one, two


def _is_verb(word: str) -> bool:
    return any(re.fullmatch(group, word) for group in _groups("verbs"))


def _says_nothing(group: str) -> bool:
    return any(re.fullmatch(group, word) for word in _own("says_nothing"))


@lru_cache(maxsize=2)
def _groups(key: str) -> tuple[str, ...]:
    return tuple(f"(?:{group})" for group in _own(key))


def _own(key: str) -> Any:
    """An entry of [own] in lexicon/figures.toml."""
    return word_list("figures")["own"][key]
