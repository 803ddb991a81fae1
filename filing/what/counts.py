"""Numbers that a sentence states: what each counts, and how far it reaches (total, the day's, a part)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from filing.text.numerals import Number, numbers
from filing.text.tense import Clause
from filing.text.vocabulary import marker, word_list
from filing.what.countable import NEVER, Countable
from filing.what.measures import any_counter
from filing.what.own import core
from filing.what.spans import bracketed_share, longer_time, share_of_campaign

BRACKETS = re.compile(r"[（(][^（）()]{0,90}[）)]")
QUOTED_NAME = re.compile(r"“[^”]{1,40}”|《[^》]{1,40}》")
BRACKET_TOTAL = re.compile(r"^[（(](?:总计|合计|共计|累计|共)")
RANGE_BEFORE = re.compile(r"[\d一二三四五六七八九十]\s?[-—–~～至/]\s?$")
GROWS_TO = re.compile(
    r"(?:增加到|增至|增长到|提高到|上升到|扩大到|减少到|降到|降至|今年|本年|本次|变为|到|至)[^\d]{0,12}$"
)
TOTAL, PERIOD, PLAIN, OF_A_DAY = 3, 1, 2, 1
CALLED_TOTAL = re.compile(r"(?:累计|总计|合计|共计|一共|总共|共)[^,，。；]{0,4}$")
BARE_VERB = re.compile(
    r"\s*(?:\d{1,2}月份?|[^,，。；\d]{0,2}(?:行动|活动|会战|整治)期间|新(?:增|装|设|建|签|植|栽)?|又|再|应有?|本月|本次|实[^施验行地物体名战绩事力习效在质践]|已|共|我[院园校]|职工|组织|开展|举办|是|为|了|过|先后|前后|实际|目前|今年|本年|增[加长]?[到至]|提高到|的|参加|参与|完成|发放|发布|悬挂|接受|举行|约|近|达到?)*\s*"
)
FOUND_AND_FIXED = re.compile(r"查改|(?:发现|查出|排查)(?:并|和|及|及时|立即|、)*(?:整改|治理|整治|消除|化解)")
OF_ALL_KINDS = re.compile(r"等(?:各类|系列|多种|主题)?(?:活动|工作|形式|方式)")
CHAIN_END = re.compile(r"、[^、，,。]{1,16}等[^、]{0,8}$")
NO_AMOUNT = re.compile(
    r"一封[公家]?[信书]|一[^十百千万]一.|(?<=一[^十百千万])一."
)  # a letter by its name; 一封一封, 一车一档: each of them
OWN = re.compile(r"[我本][院园校站所局公镇村中街单乡区县市]|机关|我们")
HAZARDS = ("hazards_found", "hazards_fixed")
NEAR = 2
HALF = re.compile(r"半(?![年月天日数个价途截路])")
SHORT_HEADING = 12
OF_HAZARDS = re.compile(r"[处个项条件]")
LIST_MARK = re.compile(r"[、，,和及]")
CHAIN_OF_KINDS = re.compile(r"、(?!.*(?:整改|消除|治理|修复|处理|改正))[^,，。；、]{2,12}")
FOUND_ONE = re.compile(r"发现|查出|找出|存在")
SAME_THING = re.compile(r"[、]?(?:总|建筑|占地|长)?(?:面积|长度|重量|里程|共|计|约|近)*")
LONGEST_LISTED = 6  # signs: 漂流1,980册、故事会16场、作品152件 are names, 书屋添置书架8个、图书… are none
REACH = 10
ACTUALLY = re.compile(r"实际(?:完成|到位|达到|共|已)*$")
REPORTED_BEFORE = re.compile(r"(?:上次|前次|此前|之前|原)(?:报送|上报|填报|报)")
EXTENT = re.compile(r"(?:总|建筑|占地)?(?:面积|长度|里程|金额|重量|时长)")
FRESH = re.compile(r"(?:本[月次季]|期间)?新(?:增|装|签|发展|安装|签约)(?:了)?[^,，。；、\d]{0,12}$")
CALLED_ALL = re.compile(r"(?:共计|合计|总计|累计|共|约|近|达)*")
MERE_NAME = re.compile(
    r"(?:共计|合计|总计|累计|计|共|(?<!签)约|近|达|已|有|仍|为|是|[:：\s])*$|^[^\w（(]+|^(?:[一二三四五六七八九十]是|\d{1,2}[.、．])"
)
AROUND = 6  # signs before a word in which another can take the number away: 未整改2处


@dataclass(frozen=True, slots=True)
class Count:
    """A number that counts ``measure``; the higher ``reach``, the more of the campaign's time it covers.

    ``about`` is the words directly before: two counts of one about different things are parts of a whole.
    """

    measure: str
    value: float
    reach: int
    where: str
    text: str
    about: str = ""
    tabular: bool = False
    derived: bool = False  # told by 均已整改 alone
    bare: bool = False  # by a verb alone (查出65件), where the thing may stand beside it
    again: bool = False  # told after another of its kind: 又开展了1次
    fresh: bool = False  # said to be new: 新增, 新签
    corrects: bool = False  # said to replace what stands elsewhere
    loose: bool = False  # of an own measure, in words that its label has none of: 班会 for 宣讲
    place: str = ""  # the village or department under whose name it stands


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with its clauses and where it stands; ``heading`` tells what a bare 发现22处 is about."""

    text: str
    clauses: Sequence[Clause]
    heading: str
    where: str
    of_all: re.Pattern[str] = NEVER  # words by which a clause tells of all units, not of the writer's own


@dataclass(frozen=True, slots=True)
class Counted:
    """A number with its counter, and the words of its clause on both sides up to the neighbouring numbers."""

    number: Number
    counter: str
    left: str
    right: str
    lead: str  # everything before it in the clause
    words: str  # the same without the amounts in it
    followed: bool  # whether another counted number follows in the clause

    @property
    def link(self) -> str:
        """The last link of a chain of 、 left of it: of 隐患排查、应急演练四个工作组 the number counts neither.

        A chain that 等 closes is one link: 查出门锁损坏、灯不亮等问题9项.
        """
        return self.left if CHAIN_END.search(self.left) else self.left.rpartition("、")[2]


def scope(key: str) -> re.Pattern[str]:
    """A pattern of [scope] in lexicon/figures.toml."""
    return re.compile(word_list("figures")["scope"][key])


@lru_cache(maxsize=2048)
def counted_numbers(clause: str) -> tuple[Counted, ...]:
    """The numbers of a clause that carry a counter; ordinals, ranges and what stands in brackets are left out."""
    own_time = bracketed_share().sub(lambda match: " " * len(match["wide"]) + match["own"] + " ", clause)
    own_time = QUOTED_NAME.sub(lambda match: re.sub(r"\d", "＃", match[0]), own_time)
    plain = share_of_campaign().sub(_blank, BRACKETS.sub(_blank_bracket, own_time))
    names = [match.span() for match in QUOTED_NAME.finditer(plain)]  # “寻找第二个地球”: no numbers
    amounts = (
        number
        for number in numbers(plain)
        if not NO_AMOUNT.match(plain, number.start) and not any(low <= number.start < high for low, high in names)
    )
    carried = [
        (_and_a_half(number, plain[counter.end() :]), counter)
        for number in amounts
        if (counter := any_counter().match(plain, number.end))
    ]
    found: list[Counted] = []
    start, words = 0, ""
    for at, (number, counter) in enumerate(carried):
        end = carried[at + 1][0].start if at + 1 < len(carried) else len(plain)
        lead, words = plain[: number.start], words + plain[start : number.start]
        if not number.ordinal and not RANGE_BEFORE.search(lead):
            left, right = plain[start : number.start], plain[counter.end() : end]
            if found and SAME_THING.fullmatch(left) and found[-1].counter != counter["counter"]:
                left = found[-1].left  # 拆除违建11处1450平方米
            found.append(Counted(number, counter["counter"], left, right, lead, words, at + 1 < len(carried)))
        start = counter.end()
    return tuple(found)


def _and_a_half(number: Number, following: str) -> Number:
    """三十二吨半 is 32.5, 半 said after the counter."""
    return replace(number, value=number.value + 0.5) if HALF.match(following) else number


def counts_in(told: Told, measures: Sequence[Countable]) -> list[Count]:
    """What the done clauses of one sentence count; of 新增388人，累计5210人 the first."""
    counted = list(_counts_in(told, measures))
    fresh = {count.measure for count in counted if count.fresh}
    again = {count.measure for count in counted if count.again}
    counted = [count for count in counted if count.measure not in again or count.reach >= TOTAL]
    named = {count.measure for count in counted if not count.bare}
    kept = [count for count in counted if count.fresh or count.measure not in fresh]
    return [count for count in kept if not count.bare or count.measure not in named]


def _counts_in(told: Told, measures: Sequence[Countable]) -> Iterator[Count]:
    subject = _headed(told.heading, measures)
    said = ""
    of_all = False  # 全市共走访…人，发放…元: the numbers of all units
    reach_found = 0  # of the hazards found in this sentence: what was put right of them reaches as far
    parted: set[str] = set()  # of which measures an 其中 has named a part
    for clause in told.clauses:
        before, said = f"{told.heading} {said}", f"{said} {clause.text}"
        items = counted_numbers(clause.text) if clause.is_done else ()
        listed = _listed(items, measures, before) if len(items) > 1 else set()
        for at, item in enumerate(items):
            measure = _measure_of(item, measures, f"{before} {item.lead} {told.text}", subject)
            subject = measure or subject
            of_all = told.of_all.search(item.lead) is not None or (of_all and not OWN.search(clause.text))
            for one in _each(item, measures):
                yield Count(one.name, item.number.value, PLAIN, told.where, told.text, one.name)
            if measure is not None and _is_part(item, measure, f"{before} {item.lead}"):
                parted.add(measure.name)
            if measure is None or measure.name in parted or of_all or at in listed or not _is_amount(item):
                continue
            reach = _reach(item, said)
            reach_found = reach if measure.name == "hazards_found" else reach_found
            reach = max(reach, reach_found) if measure.name == "hazards_fixed" else reach
            value = measure.converted(item.number.value, item.counter)
            for name in (measure.name, *_also(item, measure)):
                yield Count(
                    name,
                    value,
                    reach,
                    told.where,
                    told.text,
                    _about(item),
                    bare=_is_bare(item, measure),
                    fresh=_is_fresh(item),
                    again=scope("again").search(item.left) is not None,
                    loose=_is_loose(item, measure),
                )
        subject = _last_named(clause.text, measures) or subject


def _each(item: Counted, measures: Sequence[Countable]) -> list[Countable]:
    """The measures that a number counts one by one: 演练、培训各开展1次. Of one measure such numbers are parts."""
    if not scope("each").search(item.left):
        return []
    fitting = [one for one in measures if one.counters.fullmatch(item.counter) and one.before.search(item.left)]
    return fitting if len(fitting) > 1 else []


def _listed(items: Sequence[Counted], measures: Sequence[Countable], before: str) -> set[int]:
    """The places of numbers that stand in a row of like things: 住院职工6人、困难职工11人; 320人、140人、55人."""
    called = [_measure_of(item, measures, f"{before} {item.lead}", None) for item in items]
    found: set[int] = set()
    for at, (item, following) in enumerate(pairwise(items)):
        like = re.fullmatch(r"[、和及]\s?", following.left) or (
            LIST_MARK.match(following.left) and len(item.left) > 1 and item.left[-2:] == following.left[-2:]
        )
        one, two = called[at], called[at + 1]
        alike = like and item.counter == following.counter and two in (None, one)
        if (alike or _are_kinds(item, following, one, two)) and not _names_one(item, following, one):
            found |= {at, at + 1}
    return found


def _names_one(item: Counted, following: Counted, measure: Countable | None) -> bool:
    """Whether only one of two numbers stands with the measure's whole name: 健康讲座7场、家庭教育讲座2场."""
    return measure is not None and _is_bare(item, measure) != _is_bare(following, measure)


def _are_kinds(item: Counted, following: Counted, one: Countable | None, two: Countable | None) -> bool:
    """Whether two numbers of one measure count its kinds: 手册300本、折页300张."""
    same = one is not None and one is two and one.name not in HAZARDS
    return same and following.left.startswith("、") and not scope("total").search(item.left)


def _is_part(item: Counted, measure: Countable, before: str) -> bool:
    """Whether 其中 makes the number a part of what its measure counts: not 开展活动30场，其中培训10场."""
    if "其中" not in item.left:
        return False
    said = before[: before.rindex("其中")]
    if longer_time().search(said):
        return False  # 上半年培训21场，其中6月份8场: the campaign's own
    return not said.strip() or measure.before.search(said) is not None or measure.pieces.search(said) is not None


def _also(item: Counted, measure: Countable) -> list[str]:
    """What the number counts besides: 排查整改 counts hazards twice."""
    if measure.name == "hazards_fixed" and FOUND_AND_FIXED.search(item.link):
        return ["hazards_found"]
    return []


def counts_with_fixed(told: Told, measures: Sequence[Countable], found: Count | None = None) -> list[Count]:
    """The same, and as many hazards put right as found where the sentence says 均已整改.

    ``found``: the hazards that an earlier sentence counted.
    """
    counted = counts_in(told, measures)
    stated = [item for clause in told.clauses for item in counted_numbers(clause.text)]
    if any(OF_HAZARDS.fullmatch(item.counter) and (not found or item.number.value != found.value) for item in stated):
        found = None  # 均已整改 is about the numbers of its own sentence
    found = next((count for count in reversed(counted) if count.measure == "hazards_found"), found)
    if found is not None and any(_all_put_right(clause) for clause in told.clauses):
        reach = max(found.reach, TOTAL)
        counted.append(Count("hazards_fixed", found.value, reach, told.where, told.text, "均已整改", derived=True))
    return counted


def _all_put_right(clause: Clause) -> bool:
    said = clause.is_done and scope("whole").search(clause.text)
    return bool(said) and not scope("not_whole").search(clause.text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _blank_bracket(match: re.Match[str]) -> str:
    """Brackets hold parts and remarks; only a total in them (共4场) counts."""
    return match[0] if BRACKET_TOTAL.match(match[0]) else " " * len(match[0])


def _measure_of(item: Counted, measures: Sequence[Countable], said: str, subject: Countable | None) -> Countable | None:
    """The measure whose word stands nearest to the number; right of it only where no word touches it on the left."""
    fitting = [measure for measure in measures if measure.counters.fullmatch(item.counter)]
    around = next(
        (measure for measure in fitting if measure.is_around(item.link, item.right[:REACH].partition("、")[0])), None
    )
    if around is not None:
        return around
    left = _nearest_left(item, fitting, said)
    right = _nearest_right(item, fitting, left is not None)
    if left is not None and OF_ALL_KINDS.search(item.link, left[0].end()):
        return None
    if left is not None and (right is None or len(item.link) - left[0].end() <= NEAR):
        return None if _takes_away(_around(item.link, left[0].start()), left[1]) else left[1]
    if right is not None:
        return None if _takes_away(item.link[-AROUND:], right) else right
    telling = _by_unit(item, fitting) or _by_own_words(item, fitting, said)
    if telling is not None:
        return telling
    return subject if subject in fitting and _adds_to(subject, item) else None


def _adds_to(subject: Countable, item: Counted) -> bool:
    """Whether a number without a thing of its own counts what was spoken of: 共20人, 实际筛查2150人."""
    left = subject.deed.sub("", item.left)
    bare = BARE_VERB.fullmatch(left) and BARE_VERB.fullmatch(item.right)
    return bool(bare or CALLED_TOTAL.search(item.left) or ACTUALLY.search(item.left))


def _by_unit(item: Counted, fitting: Sequence[Countable]) -> Countable | None:
    """A campaign's own measure whose counter says nearly all, one word of its label the rest: 检查旅馆19家."""
    return _only([measure for measure in fitting if measure.pieces.search(item.left)], item)


def _by_own_words(item: Counted, fitting: Sequence[Countable], said: str) -> Countable | None:
    """An own measure by a row of things (慰问教师、职工共198人), a deed done to what stands before, a mere name."""
    listed = all(len(piece) <= LONGEST_LISTED for piece in re.split("[、和及]", item.words))
    opens = item.lead == item.left or (listed and item.left[:1] in set("、和及"))
    stated = MERE_NAME.sub("", item.left.lstrip("、和及")).strip() if opens else ""
    name = core(stated)
    return (
        _only([one for one in fitting if one.row.search(item.left) or one.ends.search(item.left)], item)
        or _only([one for one in fitting if _is_done_to(one, item, said)], item)
        or _only([one for one in fitting if one.own and _ends(one, item.words)], item)
        or _only(
            [one for one in fitting if one.own and one.thing.search(said)] if EXTENT.fullmatch(stated) else [], item
        )
        or _only([measure for measure in fitting if measure.is_called(name) or _is_labelled(measure, name)], item)
    )


def _is_done_to(measure: Countable, item: Counted, said: str) -> bool:
    """Whether a measure's deed stands before the number, and its thing was named earlier: 摆上提示卡，送出3000份."""
    nothing_else = measure.own or not item.right.strip()  # 发放300份礼品
    return nothing_else and measure.deed.search(item.left) is not None and measure.thing.search(said) is not None


def _ends(measure: Countable, lead: str) -> bool:
    """Whether what stands before, amounts left out, names the measure at its end: 追发86名农民工工资合计."""
    found = _last(measure.before, lead)
    return found is not None and CALLED_ALL.fullmatch(lead, found.end()) is not None


def _is_labelled(measure: Countable, name: str) -> bool:
    return not measure.own and measure.label.fullmatch(name) is not None


def _only(found: Sequence[Countable], item: Counted) -> Countable | None:
    return found[0] if len(found) == 1 and not _takes_away(item.left[-AROUND:], found[0]) else None


def _nearest_left(item: Counted, fitting: Sequence[Countable], said: str) -> tuple[re.Match[str], Countable] | None:
    """The last word left of the number, in the last link of a chain of 、."""
    found = [(match, measure) for measure in fitting if (match := _last(measure.before, item.link))]
    found += [
        (match, measure)
        for measure in fitting
        if (match := _last(measure.bare, item.link)) and (measure.before.search(said) or measure.context.search(said))
    ]
    return max(found, key=lambda pair: (pair[0].end(), pair[1].own, -pair[0].start()), default=None)


def _nearest_right(item: Counted, fitting: Sequence[Countable], has_left: bool) -> Countable | None:
    """A word right of the number; before another number it belongs to that one where the left has a word too."""
    found = [(match, measure) for measure in fitting if (match := measure.after.match(item.right))]
    found = [(match, measure) for match, measure in found if not _takes_away(match[0], measure)]
    if item.followed:  # 8个投放点已改造6个
        found = [pair for pair in found if "已" not in pair[0][0]]
    if has_left and item.followed:
        found = [pair for pair in found if len(item.right) - pair[0].end() > NEAR]
    return min(found, key=lambda pair: (not pair[1].own, pair[0].end()), default=(None, None))[1]


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter(deque(pattern.finditer(text), maxlen=1)), None)


def _around(link: str, start: int) -> str:
    """The words at a measure's own; what a chain with 等 lists before it takes nothing away: 未打补丁等隐患58个."""
    near = link[max(0, start - AROUND) : start]
    return near.rpartition("等")[2] + link[start:]


def _takes_away(words: str, measure: Countable) -> bool:
    return measure.never.search(words) is not None


def _is_amount(item: Counted) -> bool:
    """Whether the number is an amount of the whole: not a part (其中), a rate (每月1次), a floor, a year gone by."""
    if (
        _is_one_of_a_chain(item)
        or scope("part").search(item.left)
        or scope("one_of_many").search(item.left)
        or scope("each").search(item.left)
        or item.right.startswith("性")
    ):
        return False
    if item.number.value == 0 or scope("guided").search(item.words) or REPORTED_BEFORE.search(item.lead):
        return False
    goal = scope("goal").search(item.lead)
    if goal and not scope("reached_goal").search(item.lead, goal.end()):
        return False  # 原定宣讲40场、志愿者100人
    earlier = marker("tense", "earlier").search(item.lead)
    return earlier is None or GROWS_TO.search(item.lead[earlier.end() :]) is not None


def _is_one_of_a_chain(item: Counted) -> bool:
    """发现串换药品1起、票据不全6起: the kinds of things found one by one are parts."""
    return (
        CHAIN_OF_KINDS.fullmatch(item.right) is not None
        and item.followed
        and FOUND_ONE.search(item.left) is not None
        and not re.search("隐患|问题", item.left)
    )


def _reach(item: Counted, said: str) -> int:
    period = PERIOD if scope("period").search(said) else 0
    if scope("total").search(item.left) or scope("actual").search(item.left):
        return TOTAL + period
    return OF_A_DAY if scope("day").search(item.left) else PLAIN + period


def _about(item: Counted) -> str:
    left, right = (re.sub(r"[^\u4e00-\u9fff]", "", side) for side in (item.left, item.right))
    return left[-8:] or right[:8]


def _is_bare(item: Counted, measure: Countable) -> bool:
    if measure.before.search(item.link):
        return False
    return measure.bare.search(item.link) is not None or measure.ends.search(item.left) is not None


def _is_loose(item: Counted, measure: Countable) -> bool:
    """Whether no word of its label stands around a number that an own measure counts."""
    return measure.own and not measure.kept.search(f"{item.left} {item.right[:REACH]}")


def _is_fresh(item: Counted) -> bool:
    return FRESH.search(item.left) is not None


def _headed(heading: str, measures: Sequence[Countable]) -> Countable | None:
    """What a short heading says the numbers below it count: 三、演练：…累计2次."""
    nearest = heading.rpartition(" / ")[2]
    return _last_named(nearest, measures) if len(nearest) <= SHORT_HEADING else None


def _last_named(clause: str, measures: Sequence[Countable]) -> Countable | None:
    name = core(MERE_NAME.sub("", clause)) if len(clause) <= SHORT_HEADING else ""
    called = [measure for measure in measures if name and measure.is_called(name)]
    if len(called) == 1:
        return called[0]
    bare = BRACKETS.sub("", clause)
    found = [((match.end(), one.own), one) for one in measures if (match := _last(one.before, bare))]
    return max(found, key=lambda pair: pair[0], default=((0, False), None))[1]
