"""Finding units' names in text: longest match, own places before it, nothing that belongs to a longer name."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from filing.notice.slug import pinyin_name
from filing.text.lexica import words
from filing.text.squeeze import Squeezed, is_han, squeeze
from filing.text.vocabulary import word_list
from filing.who import latin
from filing.who.nameforms import ORDINAL, PLACELIKE, Form, Quality, forms_of, lengths_by_head, units_that_begin_others
from filing.who.shortforms import (
    common_places,
    is_own,
    own_pieces,
    short_forms,
    shorter_endings,
    take_apart,
    village_alone,
)
from records.units import Roster, Unit

Standing = Literal["clear", "campus", "part", "branch"]
"""clear: the name stands by itself; part: inside what may be a longer name; campus: of a 校区 or
院区; branch: of a part that stands by itself and that the roster lacks."""

_PLACES = ("省", "市", "区", "县", "旗", "镇", "乡", "街道", "路", "村", "社区")
_TOWNS = ("镇", "乡", "街道")
_MAX_NAME = 40
_FUZZY_LENGTH = 6
_MAX_INDEXES = 8
_MAX_VIEWS = 16  # each has all names of the roster
_HOME_NAME = 4  # characters of 第二分公司 at least, without its parent's name


@dataclass(frozen=True, slots=True)
class Hit:
    """One name found. ``units`` has several codes where units share the name."""

    units: tuple[str, ...]
    start: int  # in the squeezed text
    end: int
    name: str
    quality: Quality
    standing: Standing
    reach: int = 0  # where the longer name ends of which this one is a part


_Span = tuple[int, int, Form]


class NameIndex:
    """All names of a roster, ready to be found in text. Building takes about 0.1 ms a unit, a page of text 1 ms."""

    def __init__(self, roster: Roster) -> None:
        self._units = {unit.code: unit for unit in roster.units}
        self.places = common_places(squeeze(unit.name) for unit in roster.units)
        self._forms = forms_of(roster.units, self.places)
        self._lengths = lengths_by_head(self._forms)
        self._halves: dict[str, list[tuple[str, int]]] | None = None
        self._own_names: dict[str, tuple[str, ...]] = {}
        self._pieces: dict[str, frozenset[str]] | None = None
        self._parts: dict[str, tuple[str, ...]] = {}
        self._views: dict[frozenset[str], NameIndex] = {}
        self._parents = units_that_begin_others(self._forms)
        english = [name for unit in roster.units for name in unit.names if latin.is_latin(name)]
        spelt = (
            {pinyin_name(place.rstrip("市区县旗省")).replace("_", "") for place in self.places} if english else set()
        )
        self._latin_places = latin.bracketed(english) | spelt  # Tuodong Riverside School, of 沱东区

    def unit(self, code: str) -> Unit:
        """The unit of that code; raises ``KeyError``."""
        return self._units[code]

    def names_of(self, code: str) -> tuple[str, ...]:
        """Registered and learnt names of a unit, squeezed."""
        if code not in self._own_names:
            names = (*self._units[code].names, *self._units[code].learnt_names)
            self._own_names[code] = tuple(squeeze(name) for name in names if name.strip())
        return self._own_names[code]

    def core_of(self, code: str) -> str:
        """What is the unit's own in its name (小脚印 of 东湖区小脚印托育园); "" where that is a place or too little."""
        stem = take_apart(squeeze(self._units[code].name), self.places).stem
        return stem if is_own(stem) and not stem.endswith(PLACELIKE) else ""

    def fitting(self, text: str) -> frozenset[str]:
        """Units whose own part of the name (大石坝, 河滨路) a display name or subject holds; the longest counts."""
        if self._pieces is None:
            self._pieces = {code: self._pieces_of(code) for code in self._units}
        said = squeeze(text)
        held = {code: max((len(one) for one in own if one in said), default=0) for code, own in self._pieces.items()}
        longest = max(held.values(), default=0)
        return frozenset(code for code, length in held.items() if length and length == longest)

    def _pieces_of(self, code: str) -> frozenset[str]:
        return frozenset(piece for name in self.names_of(code) for piece in own_pieces(name, self.places))

    def among(self, wholes: Iterable[str], named: Iterable[str]) -> NameIndex:
        """The same names, and those that are clear among the parts of ``wholes`` and the units ``named``.

        In a mail of 石桥乡, 红星村 is that town's; in one of the company, 第二分公司 is its own; where 朝阳街道竹园社区
        stands, 竹园社区 is that one.
        """
        likely = frozenset(code for whole in wholes for code in self.parts_of(whole)) | frozenset(named)
        if likely not in self._views:
            if len(self._views) >= _MAX_VIEWS:
                self._views.pop(next(iter(self._views)))
            self._views[likely] = self._with_forms(self._bare_forms(likely))
        return self._views[likely]

    def _bare_forms(self, likely: frozenset[str]) -> dict[str, Form]:
        owners: dict[str, set[str]] = {}
        for code in likely:
            for form in self._names_at_home(code):
                owners.setdefault(form, set()).add(code)
        alone = {form: next(iter(codes)) for form, codes in owners.items() if len(codes) == 1}
        return {form: Form((code,), "short") for form, code in alone.items() if form not in self._forms}

    def _names_at_home(self, code: str) -> Iterator[str]:
        """How the unit is called where nobody else can be meant."""
        for name in self.names_of(code):
            if not latin.is_latin(name):
                yield from (*short_forms(name, self.places), *village_alone(name, self.places))
        own = self.names_of(code)[0]
        for whole in (one for other in self._units if self.is_part_of(code, other) for one in self.names_of(other)):
            rest = own.removeprefix(whole)
            if rest != own and len(rest) >= _HOME_NAME:
                yield from (rest, rest.removeprefix("第"))

    def _with_forms(self, more: dict[str, Form]) -> NameIndex:
        if not more:
            return self
        view = copy(self)
        view._forms = {**self._forms, **more}
        view._lengths = lengths_by_head(view._forms)
        view._halves, view._views = None, {}
        return view

    def may_mean(self, texts: Iterable[str], code: str, other: str) -> bool:
        """Whether texts that name ``code`` could mean ``other``: an alias 石桥卫生院 is short for 石桥乡卫生院."""
        rest = take_apart(squeeze(self._units[code].name), self.places).rest
        said = [squeeze(text) for text in texts]
        if any(rest in text for text in said):
            return False
        both = self._all_forms(code) & self._all_forms(other)
        return any(form in text for form in both for text in said)

    def is_elsewheres(self, texts: Iterable[str], code: str, whole: str) -> bool:
        """Whether a mail of ``whole``, that has parts, names another's part by its own name alone: 新民村."""
        apart = bool(self.parts_of(whole)) and not self.is_part_of(code, whole)
        if not apart or not any(self.is_part_of(code, other) for other in self._units):
            return False
        said = [squeeze(text) for text in texts]
        names = [take_apart(name, self.places) for name in self.names_of(code)]
        own = [one.rest for one in names if any(word in one.stem[2:-1] for word in words("names", "middles"))]
        return bool(own) and not any(_town_of(rest) in text for rest in own for text in said)

    def _all_forms(self, code: str) -> set[str]:
        names = self.names_of(code)
        return {*names, *(form for name in names for form in short_forms(name, self.places))}

    def is_wording_of(self, name: str, code: str) -> bool:
        """Whether a squeezed name may be another wording of the unit's: its own part, an ending that stands for its."""
        own, other = take_apart(squeeze(self._units[code].name), self.places), take_apart(name, self.places)
        core = self.core_of(code)
        if not core or core not in other.stem or other.ending not in (own.ending, *shorter_endings(own.ending)):
            return False
        before, behind = other.stem.split(core, 1)  # 东关第二小学 is not 东关小学
        return not behind and (not before or before.endswith(_PLACES))

    def is_english_of(self, name: str, code: str) -> bool | None:
        """Whether an English name is the unit's in other words; None where the roster has no English name of it."""
        known = [one for one in self._units[code].names if latin.is_latin(one)]
        return any(latin.is_wording_of(name, one) for one in known) if known else None

    def has_namesake(self, code: str) -> bool:
        """Whether another unit's own name begins like this one's: 海沃液压机械, 海沃传动机械."""
        own = take_apart(squeeze(self._units[code].name), self.places).stem[:2]
        return any(other != code and own in name for other in self._units for name in self.names_of(other))

    def unit_of_domain(self, domain: str) -> str | None:
        """The unit whose English name begins with a word that is its own and that the mail domain holds."""
        told = re.findall(r"[a-z]+", domain.lower().rpartition(".")[0])
        found = set().union(*(self._latin_words.get(word, ()) for word in told))
        return next(iter(found)) if len(found) == 1 else None

    @cached_property
    def _latin_words(self) -> dict[str, set[str]]:
        """The words that English names begin with, each with the units that are called so."""
        firsts: dict[str, set[str]] = {}
        for unit in self._units.values():
            for word in (latin.distinct_word(name) for name in unit.names if latin.is_latin(name)):
                if word and word not in self._latin_places:
                    firsts.setdefault(word, set()).add(unit.code)
        return firsts

    def is_misread(self, name: str, code: str) -> bool:
        """Whether a squeezed name is one of the unit's with a character or, if it is long, two read wrongly."""
        forms = (form for form in self._all_forms(code) if len(form) == len(name))
        wrong = (sum(a != b for a, b in zip(name, form, strict=True)) for form in forms)
        return any(count <= max(1, len(name) // 8) for count in wrong)

    def is_distinctive(self, name: str, code: str) -> bool:
        """Whether a name that no roster has is the unit's own wherever it stands.

        中心卫生院 would be many units'; of a hospital, neither 海沃集团 nor 工会委员会 is another name.
        """
        own, unit = (take_apart(squeeze(one), self.places) for one in (name, self._units[code].name))
        if not (_alike(own.ending, unit.ending) and is_own(own.stem)) or own.stem.endswith(PLACELIKE):
            return False
        return not any(own.stem in known for other in self._units if other != code for known in self.names_of(other))

    def parts_of(self, code: str) -> tuple[str, ...]:
        """Units that belong to this one: by the roster, or because their names begin with its name."""
        if code not in self._parts:
            self._parts[code] = tuple(other for other in self._units if self.is_part_of(other, code))
        return self._parts[code]

    def is_part_of(self, code: str, whole: str) -> bool:
        """Whether the unit belongs to ``whole``: by the roster, or because its name begins with that one's."""
        if code == whole:
            return False
        own = (whole, *self._units[whole].names)
        return self._units[code].parent in own or self.names_of(code)[0].startswith(self.names_of(whole)[0])

    def is_branch(self, code: str) -> bool:
        """Whether one of its own names says that it is a 分园, 分院, 附属学校 …."""
        return any(word in name for name in self.names_of(code) for word in words("names", "branches"))

    def find(self, text: Squeezed, blurred: bool = False) -> list[Hit]:
        """Names in the text from left to right, none overlapping; with ``blurred``, one wrong character is borne."""
        spans = [(start, end, self._forms[text.text[start:end]]) for start, end in self._matches(text.text)]
        if blurred:
            near = self._near_spans(text.text, [span for span in spans if span[2].quality != "core"])
            spans = [span for span in spans if not _overlaps(span, near)]
            spans = sorted([*spans, *near], key=lambda span: span[0])
        hits: list[Hit] = []
        for span in spans:
            beside = bool(hits) and not hits[-1].name.endswith(PLACELIKE)  # 甲学校 乙学校; but 甲街道乙社区 is one name
            hits.append(self._judged(text, span, blurred, hits[-1].end if beside else -1))
        return hits

    def _matches(self, text: str) -> Iterator[tuple[int, int]]:
        at = 0
        while at < len(text) - 1:
            end = self._longest(text, at)
            if end:
                at, end = self._longer_later(text, at, end)
                yield at, end
            at = end or at + 1

    def _longer_later(self, text: str, at: int, end: int) -> tuple[int, int]:
        """区实验小学 and 实验小学滨江校区 overlap in 江南区实验小学滨江校区: the longer of the two is meant."""
        for start in range(at + 1, end):
            later = self._longest(text, start)
            if later > end and later - start > end - at:
                return start, later
        return at, end

    def _longest(self, text: str, at: int) -> int:
        for length in self._lengths.get(text[at : at + 2], ()):
            end = at + length
            cut = text.startswith("公室", end) and text[end - 1 : end] == "办"  # 大桥街道办|公室
            if end <= len(text) and text[at:end] in self._forms and not cut and _whole_words(text, at, end):
                return end
        return 0

    def _judged(self, text: Squeezed, span: _Span, blurred: bool, previous: int) -> Hit:
        start, end, form = span
        name = text.text[start:end]
        if latin.is_latin(name):
            return self._latin_hit(text, span)
        begin = self._with_places(text, start, blurred)
        own_ends = self.names_of(form.units[0])
        behind = text.text[end : min(text.line_end(text.line_of(end - 1)), end + 16)]
        stop = end + _own_ending(name, behind, own_ends)
        standing, reach = self._right(name + text.text[end:stop], form, behind[stop - end :])
        if standing in ("clear", "campus") and begin != previous and not self._left_is_free(text, begin, start, form):
            standing = "part"
        return Hit(form.units, begin, stop, name, form.quality, standing, stop + reach)

    def _latin_hit(self, text: Squeezed, span: _Span) -> Hit:
        """An English name; no words of a longer one may stand beside it."""
        start, end, form = span
        line = text.line_of(start)
        own = latin.behind_name(text.text[end : text.line_end(text.line_of(end - 1))], self._latin_places)
        begins = latin.is_before_name(text.text[text.line_start(line) : start], self._latin_places)
        standing: Standing = "branch" if own is None else "clear" if begins else "part"
        stop = end + (own or 0)
        return Hit(form.units, start, stop, text.text[start:end], form.quality, standing, stop)

    def _with_places(self, text: Squeezed, start: int, blurred: bool) -> int:
        """Where the name begins when the places common in the roster are counted in."""
        line_start = text.line_start(text.line_of(start))
        line_start = max(line_start, start - _MAX_NAME)
        while place := next((p for p in self.places if _ends_with(text.text[line_start:start], p, blurred)), ""):
            start -= len(place)
        rest = text.text[line_start:start]
        for place in self.places:
            rest = rest.removeprefix(place)
        garbled = blurred and 0 < len(rest) <= 2 and rest[-1] in "市区县"  # of 东湖区 only 区 could be read
        return line_start if garbled else start

    def _left_is_free(self, text: Squeezed, begin: int, start: int, form: Form) -> bool:
        """Whether the name begins where it seems to: nothing before it makes it a longer or another place's name."""
        name = text.text[start : start + _MAX_NAME]
        place = next((p for p in self.places if text.text.endswith(p, begin, start)), "")
        own = self._own_places(form.units)
        if place and own and place not in own and not self._distinctive(form.units):
            return False  # 滨海市人民医院 is not 滨海市东湖区人民医院
        before = text.text[max(text.line_start(text.line_of(begin)), begin - 6) : begin]
        if not before or not is_han(before[-1]) or begin < start or name.startswith(self.places):
            return True
        if before[-1] in "市区县" and before[-1] in {one[-1] for one in own}:
            before = before[:-1]
            return not before or not is_han(before[-1]) or before.endswith(words("names", "boundaries"))
        return before.endswith(words("names", "boundaries"))

    def _own_places(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The lowest place of the units' names (东湖区), with and without its ending."""
        found = []
        for code in codes:
            taken = take_apart(squeeze(self._units[code].name), self.places).places
            found += [taken[-1], taken[-1][:-1]] if taken else []
        return tuple(found)

    def _distinctive(self, codes: tuple[str, ...]) -> bool:
        return all(self.core_of(code) and not ORDINAL.search(self.core_of(code)) for code in codes)

    def _right(self, name: str, form: Form, behind: str) -> tuple[Standing, int]:
        """What the characters behind the name make of it, and how far the longer name reaches."""
        if name.endswith(PLACELIKE) and (longer := _LONGER_PLACE.match(behind)):
            return "part", longer.end()
        if name.endswith(_TOWNS) and (smaller := _IN_A_TOWN.match(behind)):
            return "part", smaller.end()
        longer_name = next((word for word in words("names", "longer") if behind.startswith(word)), "")
        if longer_name and not behind.startswith(words("names", "no_longer")):
            return "part", len(longer_name)
        if branch := _BRANCH.match(behind) or _CALLED_BRANCH.match(behind):
            return "branch", branch.end()
        if campus := _CAMPUS.match(behind) or _CALLED_CAMPUS.match(behind):
            return ("branch" if set(form.units) & self._parents else "campus"), campus.end()
        if longer := _INSTITUTION.match(behind) or _LONGER_NAME.match(behind):
            return "branch", longer.end()
        return "clear", 0

    def _near_spans(self, text: str, taken: Sequence[_Span]) -> list[_Span]:
        """Where a name stands with one wrong character; the longest first, only where one unit can be meant."""
        found: dict[tuple[int, int], set[str]] = {}
        for start, name in self._near(text):
            found.setdefault((start, start + len(name)), set()).add(name)
        spans: list[_Span] = []
        for (start, end), names in sorted(found.items(), key=lambda item: (item[0][0] - item[0][1], item[0])):
            codes = {code for name in names for code in self._units_called(name)}
            form = Form(tuple(codes), self._blur(min(names), text[start:end]))
            if len(codes) == 1 and not _overlaps((start, end, form), [*taken, *spans]):
                spans.append((start, end, form))
        return spans

    def _units_called(self, name: str) -> tuple[str, ...]:
        form = self._forms.get(name) or self._forms.get(take_apart(name, self.places).rest)
        return form.units if form else ()

    def _blur(self, name: str, read: str) -> Quality:
        """A wrong character in the ending leaves the name sure; one in what is its own does not."""
        own = take_apart(name, self.places)
        wrong = next(i for i, (a, b) in enumerate(zip(name, read, strict=True)) if a != b)
        begin = sum(map(len, own.places))
        return "blurred" if begin <= wrong < begin + len(own.stem) else "short"

    def _near(self, text: str) -> Iterator[tuple[int, str]]:
        """(start, name) wherever all but one character agree, the halves of names being looked up."""
        halves = self._half_index()
        lengths = sorted({len(half) for half in halves})
        for at in range(len(text)):
            for length in lengths:
                for name, offset in halves.get(text[at : at + length], ()):
                    start = at - offset
                    if start >= 0 and _one_differs(name, text[start : start + len(name)]):
                        yield start, name

    def _half_index(self) -> dict[str, list[tuple[str, int]]]:
        if self._halves is None:
            self._halves = {}
            for name in self._long_names():
                middle = len(name) // 2
                self._halves.setdefault(name[:middle], []).append((name, 0))
                self._halves.setdefault(name[middle:], []).append((name, middle))
        return self._halves

    def _long_names(self) -> Iterator[str]:
        """Names long enough that one wrong character can be borne; short ones count with their place before them."""
        for name, form in self._forms.items():
            if len(name) >= _FUZZY_LENGTH and form.quality in ("name", "short") and len(form.units) == 1:
                yield name
        for unit in self._units.values():
            own = take_apart(squeeze(unit.name), self.places)
            name = "".join(own.places[-1:]) + own.rest
            if len(name) >= _FUZZY_LENGTH and name not in self._forms:
                yield name


def _town_of(rest: str) -> str:
    """石桥 of 石桥乡红星村村民委员会."""
    ends = [at for word in words("names", "middles") if (at := rest.find(word)) >= 2]
    return rest[: min(ends, default=len(rest))]


def _overlaps(span: _Span, others: Sequence[_Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end, _ in others)


def _whole_words(text: str, start: int, end: int) -> bool:
    """Latin names begin and end at word borders."""
    opens = start == 0 or not (_latin(text[start]) and _latin(text[start - 1]))
    return opens and (end >= len(text) or not (_latin(text[end - 1]) and _latin(text[end])))


def _ends_with(text: str, place: str, blurred: bool) -> bool:
    return text.endswith(place) or (blurred and len(place) >= 3 and _one_differs(place, text[-len(place) :]))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _own_ending(name: str, behind: str, own_names: tuple[str, ...]) -> int:
    """How many characters behind an alias (东湖疾控) finish the unit's own name (中心)."""
    for own in own_names:
        at = own.find(name)
        tail = own[at + len(name) :] if at >= 0 else ""
        if tail and behind.startswith(tail):
            return len(tail)
    return next((len(tail) for tail in ("服务中心", "中心", "园") if _fits(name, tail, behind, own_names)), 0)


def _fits(name: str, tail: str, behind: str, own_names: tuple[str, ...]) -> bool:
    return behind.startswith(tail) and not name.endswith(tail) and any(own.endswith(tail) for own in own_names)


def _alike(ending: str, other: str) -> bool:
    """Whether two endings are of one kind of organisation: 医院 and 人民医院, 妇幼 and 妇幼保健院."""
    mine, others = ((one, *shorter_endings(one)) if one else () for one in (ending, other))
    return any(one.endswith(two) or two.endswith(one) for one in mine for two in others)


def _one_differs(name: str, read: str) -> bool:
    if len(read) != len(name):
        return False
    wrong = 0
    for a, b in zip(name, read, strict=True):
        if a != b:
            wrong += 1
            if wrong > 1 or not (is_han(a) and is_han(b)) or a in _TELLING or b in _TELLING:
                return False
    return wrong == 1


_SHOP = r"(?<=[\u4e00-\u9fff]{2})(?<![酒饭书商药网门开])店"  # 机场店
_TELLING = frozenset("一二三四五六七八九十东西南北中上下前后新老大小甲乙丙丁")


_STOP = re.escape(word_list("names")["no_branch"])
_CALLED = rf"[{word_list('names')['begin_names']}][^{_STOP}{word_list('names')['no_second']}\W]{{1,2}}?"  # 和平, 向阳


def _pattern(marks: tuple[str, ...], between: int, *more: str) -> re.Pattern[str]:
    ordinal = r"(?:第[一二三四五六七八九十百\d]{1,3})?"  # 第一分公司
    return re.compile(rf"{ordinal}[^{_STOP}\W]{{0,{between}}}?(?:{'|'.join([*map(re.escape, marks), *more])})")


def _called(marks: tuple[str, ...]) -> str:
    """A part whose own name begins with a word that otherwise ends a name: 和平分院."""
    return rf"{_CALLED}(?:{'|'.join(word for word in marks if word.startswith('分') or len(word) == 2)})"


_BRANCH = _pattern(words("names", "branches"), 6, _SHOP)
_CAMPUS = _pattern(words("names", "campuses"), 6)
_CALLED_BRANCH = re.compile(_called(tuple(word for word in words("names", "branches") if word.startswith("分"))))
_CALLED_CAMPUS = re.compile(_called(words("names", "campuses")))
_VILLAGE = rf"(?:村(?![{word_list('names')['no_village']}])|村(?=民?委)|社区|居委|屯)"
_INSTITUTION = re.compile(
    rf"[^{_STOP}{word_list('names')['no_institution']}\W\d]{{0,4}}?(?:{'|'.join(words('names', 'institutions'))})"
)
_LONGER_NAME = re.compile(
    rf"[^{_STOP}\W\d]{{1,6}}?(?:{'|'.join(words('names', 'longer_ends'))})"
    rf"{''.join(f'(?<!{word})' for word in words('names', 'no_longer_ends'))}"
    r"(?=20\d\d|二[〇○零]|关于|总结|小结|工作|活动|情况|材料|报送|文件|扎实|认真|积极|围绕|深入|全面|编|供稿|召开|\W|$)"
)
_IN_A_TOWN = re.compile(rf"[^{_STOP}\W]{{1,4}}?(?:村|社区|居委|屯|小区|学校|公司)|{_CALLED}{_VILLAGE}")
_LONGER_PLACE = _pattern(tuple(word for word in words("names", "organisations") if len(word) >= 2), 6)


_indexes: OrderedDict[int, tuple[Roster, NameIndex]] = OrderedDict()


def index_of(roster: Roster) -> NameIndex:
    """The index of a roster, made once as long as the same value is asked for."""
    known = _indexes.get(id(roster))
    if known is None or known[0] is not roster:
        known = (roster, NameIndex(roster))
        _indexes[id(roster)] = known
        while len(_indexes) > _MAX_INDEXES:
            _indexes.popitem(last=False)
    return known[1]
