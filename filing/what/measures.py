"""What figures count: the measures of every campaign and those that one adds, as patterns over prose and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from filing.text.vocabulary import alternatives, word_list
from filing.what.cues import quoted_names
from records.campaigns import ActivityType, Campaign, Measure

LONGEST_HALVED = 6
SHORTEST_PIECE = 2
NEVER = re.compile(r"(?!)")
NOT_MEASURES = ("scope", "own", "others", "participants", "spans", "plausible")
ANY_COUNTER = (
    r"人次|余人次|封|场次|班次|家次|户次|批次|轮次|车次|件次|课时|学时|平方米|平方公里|公里|公斤|千克|吨|万元|元|小时|天|人|名|位|户|家|场|次|期|份|条|处|个|项|件|篇|册|本|张|"
    r"幅|块|面|公顷|头|枚|顶|尾|羽|幢|架|座|口|艘|间|栋|根|扇|轮|盏|具|套|台|辆|车|桶|袋|箱|株|棵|米|亩|节|堂|支|队|批|起|例|瓶|盒|双|包|只|粒|部|期"
)
COUNTED = re.compile(
    r"(?:总|累计|合计)?(?:数量|人次数|人次|人数|场次数|场次|次数|份数|条数|户数|处数|家数|篇数|个数|件数|总数|数|量|面积|时长)$"
)
LABEL_UNIT = re.compile(r"[（(]\s*(?:单位[:：]\s*)?([^（）()]{1,6})[）)]")
VERB_LEAD = re.compile(
    r"^(?:累计|共|总|已|新增)?(?:开展|组织|举办|发放|悬挂|张贴|参加|参与|接受|完成|清理|发布|制作|设置|投入|出动|签订|签署|安装|新增|建设|召开|收集)"
)
ALIKE = {
    "场": "场次|场|次|期",
    "场次": "场次|场|次|期",
    "次": "次|场次|场|轮",
    "人": "人次|人|名|位",
    "人次": "人次|人|名",
    "份": "份|本|册|张|套",
    "家": "家|家次",
    "户": "户|户次",
    "株": "株|棵",
    "棵": "棵|株",
    "起": "起|例|次",
}
CHOSEN = re.compile(r"评[出选]|[选推][出送取]|优秀|获奖|择优")
NO_PIECE = frozenset({"数量", "人数", "次数", "户数", "总数", "情况", "累计", "开展", "组织", "完成", "各类"})
TELLING_UNITS = frozenset(
    [
        "批次",
        "课时",
        "公顷",
        "头",
        "座",
        "户",
        "家",
        "亩",
        "株",
        "棵",
        "公里",
        "平方米",
        "吨",
        "辆",
        "盏",
        "台",
        "套",
        "米",
        "支",
        "桶",
        "所",
    ]
)


@dataclass(frozen=True, slots=True)
class Countable:
    """One measure as it is looked for; all patterns but the counters are over the text around a number."""

    name: str
    counters: re.Pattern[str]
    before: re.Pattern[str]
    bare: re.Pattern[str]  # words that count only where the words around say what (隐患排查：发现22处)
    after: re.Pattern[str]
    never: re.Pattern[str]
    label: re.Pattern[str]
    not_label: re.Pattern[str]
    context: re.Pattern[str] = NEVER  # words of a sentence in which a bare word counts too
    own: bool = False  # added by the campaign
    halves: tuple[tuple[str, str], ...] = ()  # two words of its label that may stand on both sides of a number
    scale: float = 1.0  # 万元 of a measure that counts in 万元: 86万元 is 86
    pieces: re.Pattern[str] = NEVER  # one word of its label is enough where its unit says the rest: 检查旅馆19家

    def is_around(self, left: str, right: str) -> bool:
        """Whether both halves of the label stand around a number: 职工320人参赛 for 参赛职工."""
        return any(
            (first in left and second in right) or (second in left and first in right) for first, second in self.halves
        )

    def fits_label(self, label: str, unit: str) -> bool:
        """Whether a table that calls a row or column so counts this; a stated unit must be one of its counters."""
        stated = unit or next(iter(LABEL_UNIT.findall(label)), "")
        bare = LABEL_UNIT.sub("", label)
        if not self.label.search(bare) or self.not_label.search(bare):
            return False
        return not stated or self.counters.fullmatch(stated.removeprefix("万")) is not None


def measures_for(campaign: Campaign) -> tuple[Countable, ...]:
    """All measures but ``participants``, which has rules of its own; the campaign's own last."""
    return _measures(campaign.measures, campaign.activities)


def any_counter() -> re.Pattern[str]:
    """A counter directly after a number."""
    return _any_counter()


@lru_cache(maxsize=1)
def _any_counter() -> re.Pattern[str]:
    return re.compile(rf"\s?(?P<counter>{ANY_COUNTER})")


@lru_cache(maxsize=32)
def _measures(added: tuple[Measure, ...], activities: tuple[ActivityType, ...]) -> tuple[Countable, ...]:
    entries = {name: entry for name, entry in word_list("figures").items() if name not in NOT_MEASURES}
    cues = {measure.name: measure.cues for measure in added}
    standard = [
        _standard(name, entry, _more_words(name, cues.get(name, ()), activities)) for name, entry in entries.items()
    ]
    own = [_own(measure) for measure in added if measure.name not in entries and measure.name != "participants"]
    return (*standard, *own)


def _standard(name: str, entry: dict[str, str], more: tuple[str, ...]) -> Countable:
    words = alternatives([entry["before"], *map(re.escape, more)])
    return Countable(
        name=name,
        counters=re.compile(entry["counters"]),
        before=words,
        bare=re.compile(entry["bare"]) if "bare" in entry else NEVER,
        context=re.compile(entry["context"]) if "context" in entry else NEVER,
        after=re.compile(entry["after"]),
        never=re.compile(entry["never"]) if "never" in entry else NEVER,
        label=re.compile(entry["label"]),
        not_label=re.compile(entry["not_label"]),
    )


def _more_words(name: str, cues: Iterable[str], activities: Iterable[ActivityType]) -> tuple[str, ...]:
    """A campaign's cues for a standard measure; for a quiz and for notes also the names of the activity itself."""
    head = {"quiz_participants": re.compile("答题|竞赛|竞答")}.get(name)
    quizzes = [activity for activity in activities if head and head.search(activity.title)]
    named = [name for quiz in quizzes for name in quoted_names(f"{quiz.title}{quiz.text}")]
    others = "".join(f"{activity.title}{activity.text}" for activity in activities if activity not in quizzes)
    short = [word for word in ("竞赛", "参赛") if quizzes and word not in others]
    return tuple(dict.fromkeys([*(cue for cue in cues if len(cue) >= 2), *named, *short]))


def _own(measure: Measure) -> Countable:
    """A campaign's own measure, by its cues, its label without 数 and 人次, and its unit."""
    label_words = _label_words(measure.label.removesuffix("数").removesuffix(measure.unit or " "))
    called = tuple(dict.fromkeys((*_label_words(measure.label), *label_words, *measure.cues)))
    words = [re.escape(word) for word in called if len(word) >= 2]
    halves = tuple(dict.fromkeys(pair for word in called for pair in _halves(word)))
    apart = [rf"{_like(a)}[^,，。；、\d]{{0,8}}{_like(b)}" for one, two in halves for a, b in ((one, two), (two, one))]
    named = alternatives([*sorted(words, key=len, reverse=True), *apart])
    scale = 10_000.0 if measure.unit.startswith("万") else 1.0
    unit = measure.unit.removeprefix("万")
    counters = ALIKE.get(unit, re.escape(unit)) if unit else ANY_COUNTER
    return Countable(
        name=measure.name,
        counters=re.compile(counters),
        before=named,
        bare=NEVER,
        scale=scale,
        after=re.compile(rf"[^,，。；、\d]{{0,8}}?(?:{named.pattern})"),
        never=re.compile("未|剩余|其余" + ("" if CHOSEN.search(measure.label) else f"|{CHOSEN.pattern}")),
        label=named,
        not_label=re.compile("率|计划|目标"),
        own=True,
        halves=halves,
        pieces=_small_words(measure.unit, called, halves),
    )


def _like(word: str) -> str:
    """A word of a label as a pattern, with the verbs that say the same: 新建 and 建成."""
    return next((group for group in _verb_groups() if re.fullmatch(group, word)), re.escape(word))


def _small_words(unit: str, called: Iterable[str], halves: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """The word of a label that is enough beside its unit; of persons only a verb with an object."""
    if unit in TELLING_UNITS:
        return _pieces(called, halves)
    return _verbs(halves) if unit in ALIKE["人"].split("|") else NEVER


def _verbs(halves: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """The verbs of a label, each with an object of its own behind it: 慰问困难教师 of 慰问职工数."""
    found = {group for pair in halves for word in pair for group in _verb_groups() if re.fullmatch(group, word)}
    return alternatives(rf"{group}(?=[^,，。；、\d]{{1,8}}$)" for group in sorted(found))


@lru_cache(maxsize=1)
def _verb_groups() -> tuple[str, ...]:
    return tuple(f"(?:{group})" for group in word_list("figures")["own"]["verbs"])


def _pieces(called: Iterable[str], halves: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    words = dict.fromkeys(word for word in (*called, *sum(halves, ())) if len(word) == SHORTEST_PIECE)
    return alternatives(_like(word) for word in words if word not in NO_PIECE)


def _halves(word: str) -> Iterator[tuple[str, str]]:
    """All ways to cut a short label into two words."""
    for at in range(2, len(word) - 1) if len(word) <= LONGEST_HALVED else ():
        yield word[:at], word[at:]


def _label_words(label: str) -> tuple[str, ...]:
    """清理卫生死角数量 → 清理卫生死角数量, 清理卫生死角, 卫生死角."""
    whole = LABEL_UNIT.sub("", label).strip()
    thing = COUNTED.sub("", whole)
    return tuple(dict.fromkeys(word for word in (whole, thing, VERB_LEAD.sub("", thing)) if len(word) >= 2))
