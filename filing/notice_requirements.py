"""What a notice asks its units to send in: what, until when, from whom, required or voluntary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from filing.deadlines import END_OF_DAY, Frame, Rule, find_rules
from filing.notice_askers import Askers
from filing.notice_things import has_thing, is_summary, thing_in, things_asked
from filing.notice_words import pattern
from records.campaigns import Kind, Requirement, Unsure

_SENTENCE_END = re.compile(r"(?<=[。！？；;\n])")
_QUOTED = re.compile(r"《[^》]{0,200}》|[“\"][^”\"]{0,60}[”\"]")
_CLAUSE_END = re.compile(r"[，,。！？；;\n]|$")
_ONLY_JOINS = re.compile(r"[、，,和及与或并\s]*(?:分别)?(?:于|在)?")
_TIME_LABEL = re.compile(
    r"(?P<what>[^，。；：]{0,16}?)(?:报送|上报|提交|反馈|截止|截稿|交稿|征稿|征集)(?:的)?(?:截止|截至)?(?:时间|日期|期限|时限)(?:及[^：:]{1,6})?(?:为|是|[：:])"
)
_WHAT_LABEL = re.compile(
    r"(?:报送|上报|提交)(?:的)?(?:内容|材料|资料|清单)(?:及[^：:]{1,6})?(?:为|包括|[：:])(?P<what>[^。；]{2,80})"
)
_ALARM = re.compile(r"突发|事故|险情|疫情|舆情|异常|案件|紧急情况|重大(?:情况|问题|隐患|事项)|发现")
_COPY = re.compile(r"电子[版档]|纸质|扫描件|盖章|原件|复印件|一式|同时")
_OBJECT = re.compile(r"(?:将|把)[^，。；]+$|(?:报送|上报|提交|反馈)[^，。；]*(?:至|到|给)")
_MAX_SENTENCE = 2_000  # longer ones are tables or lists that lost their line ends
_UNNAMED = "材料"


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement with the sentence that it rests on."""

    requirement: Requirement
    sentence: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """One request before it is numbered; several moments for a recurring one."""

    what: str
    rule: Rule
    sentence: str
    required: bool
    subject: str = ""
    why: str = ""

    @property
    def is_dated(self) -> bool:
        return bool(self.rule.due)


def read_requirements(
    texts: Sequence[str], frame: Frame, askers: Askers, voluntary_texts: Sequence[str] = ()
) -> tuple[tuple[Asked, ...], tuple[Unsure, ...]]:
    """All requirements in ``texts`` (paragraphs), in order, and what is doubtful about them.

    ``voluntary_texts`` are those of voluntary activities: what they ask for is voluntary too.
    """
    found = [item for text in texts for item in _in_paragraph(text, frame)]
    found += _labelled(texts, frame, found)
    found = [_as_voluntary(item, voluntary_texts) for item in found]
    kept = _merged(_without_vague(found))
    asked = tuple(_numbered(kept, frame, askers))
    return asked, tuple(_doubts(asked))


def _as_voluntary(item: _Found, voluntary_texts: Iterable[str]) -> _Found:
    inside = any(item.sentence.strip() in text for text in voluntary_texts)
    return replace(item, required=False) if inside else item


# -- sentences --------------------------------------------------------------------------------------------------------


def _in_paragraph(text: str, frame: Frame) -> Iterator[_Found]:
    before = ""
    for sentence in _SENTENCE_END.split(text):
        if len(sentence) > _MAX_SENTENCE:
            continue
        yield from _in_sentence(sentence, before, frame)
        before = sentence


def _in_sentence(sentence: str, before: str, frame: Frame) -> Iterator[_Found]:
    masked = _QUOTED.sub(lambda match: "＿" * len(match.group()), sentence)
    verbs = list(pattern("submission", "verb").finditer(masked))
    if not verbs or pattern("submission", "not_units").search(masked):
        return
    rules = find_rules(masked, frame)
    last: _Found | None = None
    for start, end, verb in _segments(masked, verbs):
        segment = _Segment(sentence, masked, start, end, verb, before)
        inside = [rule for rule in rules if start <= rule.start < end]
        found = tuple(_in_segment(segment, _binding(inside)))
        if not found and last and not inside:
            found = tuple(_inherited(segment, last))
        for item in found:
            last = item if last is None or _says(item.subject) else replace(item, subject=last.subject)
            yield last


def _segments(masked: str, verbs: Sequence[re.Match[str]]) -> Iterator[tuple[int, int, re.Match[str]]]:
    """The sentence cut at the ends of the clauses that hold a verb of sending; the rest belongs to the last."""
    start = 0
    for index, verb in enumerate(verbs):
        clause_end = _CLAUSE_END.search(masked, verb.end())
        end = clause_end.end() if clause_end else len(masked)
        following = verbs[index + 1].start() if index + 1 < len(verbs) else None
        if following is not None and following < end:
            continue
        yield start, (end if following is not None else len(masked)), verb
        start = end


@dataclass(frozen=True, slots=True)
class _Segment:
    """Part of a sentence with one verb of sending."""

    sentence: str
    masked: str
    start: int
    end: int
    verb: re.Match[str]
    before: str

    def text(self, start: int, end: int) -> str:
        return self.sentence[max(start, self.start) : min(end, self.end)]


def _binding(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Dates count before 及时 and 活动结束后 in the same clause."""
    dated = [rule for rule in rules if rule.due]
    written = dated or [rule for rule in rules if rule.is_date]
    return tuple(written or rules[-1:])


def _in_segment(segment: _Segment, rules: Sequence[Rule]) -> Iterator[_Found]:
    if not rules:
        yield from _undated(segment)
        return
    listed = len(rules) > 1 and all(
        _ONLY_JOINS.fullmatch(segment.masked, left.end, right.start) for left, right in pairwise(rules)
    )
    whole: list[_Found] = []
    rules = _same_hour(rules) if listed else rules
    for index, rule in enumerate(rules):
        left = segment.start if index == 0 or listed else rules[index - 1].end
        right = segment.end if index + 1 == len(rules) or listed else rules[index + 1].start
        found = _found(segment, rule, rules[0].start if listed else rule.start, left, right)
        if found:
            whole.append(replace(found, what=_paired(found.what, index, len(rules))) if listed else found)
    yield from _completed(whole)


def _same_hour(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """9月16日、9月18日、9月20日18:00前: the hour holds for all."""
    hours = [moment.timetz() for moment in rules[-1].due[:1]]
    if not hours or any(len(rule.due) != 1 or rule.due[0].time() != END_OF_DAY for rule in rules[:-1]):
        return tuple(rules)
    moved = (replace(rule, due=(datetime.combine(rule.due[0].date(), hours[0]),)) for rule in rules[:-1])
    return (*moved, rules[-1])


def _completed(found: Sequence[_Found]) -> Iterator[_Found]:
    """甲类请于5日前、乙类请于8日前将总结报送: what one part of a sentence leaves out, another says."""
    subject = next((item.subject for item in found if _says(item.subject)), "")
    what = next((item.what for item in reversed(found) if item.what != _UNNAMED), _UNNAMED)
    for item in found:
        filled = replace(item, subject=item.subject if _says(item.subject) else subject)
        yield (
            filled
            if item.what != _UNNAMED
            else replace(filled, what=what, why=item.rule.why if what != _UNNAMED else item.why)
        )


def _says(subject: str) -> bool:
    return not re.search(r"[将把]", subject) and len(re.sub(r"[、，,于在请并分别和及与\s]", "", subject)) >= 2


def _paired(what: str, index: int, count: int) -> str:
    """分别于…和…前报送半年总结和全年总结: one thing for each date."""
    parts = re.split(r"[、和及与]", what)
    return parts[index] if len(parts) == count else what


def _found(segment: _Segment, rule: Rule, rule_start: int, left: int, right: int) -> _Found | None:
    verb = segment.verb
    before = segment.text(left, rule_start)
    between = segment.text(rule.end, min(verb.start(), right)) if verb.start() >= rule.end else ""
    after = segment.text(max(verb.end(), rule.end), right)
    what = thing_in(before, between, after) or _earlier_thing(segment, left, rule)
    if rule.prompt and (not has_thing(what) or _ALARM.search(segment.text(left, right))):
        return None
    whole = segment.text(left, right)
    late_but_due = rule.prompt or not rule.due
    return _Found(
        what=what or _UNNAMED,
        rule=_with_verb(segment, rule),
        sentence=segment.sentence,
        required=not pattern("submission", "voluntary").search(whole) and not (rule.prompt and not is_summary(what)),
        subject=_subject(before),
        why=rule.why
        or ("" if what else "没有认出要报送什么")
        or ("没有写明日期" if late_but_due and is_summary(what) else ""),
    )


def _with_verb(segment: _Segment, rule: Rule) -> Rule:
    """及时 says little alone: the rule is 及时报送."""
    if rule.prompt and rule.end <= segment.verb.start() <= rule.end + 2:
        return replace(rule, words=segment.text(rule.start, segment.verb.end()))
    return rule


def _earlier_thing(segment: _Segment, left: int, rule: Rule) -> str:
    """What the clauses before name: 确定一名联络员，并于6月5日前报送; else the sentence before."""
    earlier = segment.sentence[:left] if left else segment.before
    if rule.prompt:
        return ""
    return thing_in(earlier, "", "") if earlier else ""


def _subject(before: str) -> str:
    return re.split(r"[，,；;。：:]", before)[-1]


def _undated(segment: _Segment) -> Iterator[_Found]:
    """A request without any deadline: only where the words clearly tell units to send a thing."""
    text = segment.text(segment.start, segment.end)
    before, after = segment.text(segment.start, segment.verb.start()), segment.text(segment.verb.end(), segment.end)
    what = thing_in("", before, after)
    if (
        not what
        or _ALARM.search(text)
        or not (_OBJECT.search(before) or _OBJECT.search(text) or re.match(r"请", after))
    ):
        return
    required = not pattern("submission", "voluntary").search(text)
    rule = Rule("", 0, 0)
    yield _Found(what, rule, segment.sentence, required, _subject(before), "通知没有写明期限")


def _inherited(segment: _Segment, last: _Found) -> Iterator[_Found]:
    """…将总结报送安稳办，将照片发至邮箱: the deadline before holds for this too; copies of the same are nothing new."""
    before, after = segment.text(segment.start, segment.verb.start()), segment.text(segment.verb.end(), segment.end)
    what = thing_in("", before, after)
    if what and not _COPY.search(before) and what not in last.what:
        yield replace(last, what=what)


# -- labels -----------------------------------------------------------------------------------------------------------


def _labelled(texts: Sequence[str], frame: Frame, found: Sequence[_Found]) -> Iterator[_Found]:
    """报送时间：6月30日前, with 报送内容：… near it."""
    for index, text in enumerate(texts):
        for label in _TIME_LABEL.finditer(text):
            words = re.split(r"[。；;\n]", text[label.end() :], maxsplit=1)[0]
            rules = [rule for rule in find_rules(words, frame) if rule.is_date]
            if rules and not any(item.rule.words == rules[0].words for item in found):
                what = thing_in(label.group("what"), "", words[rules[0].end :]) or _labelled_what(texts, index)
                why = rules[0].why or ("" if what else "没有认出要报送什么")
                yield _Found(what or _UNNAMED, rules[0], text, required=True, why=why)


def _labelled_what(texts: Sequence[str], index: int) -> str:
    near = [*texts[max(0, index - 4) : index + 1][::-1], *texts[index + 1 : index + 5]]
    found = next((match for text in near if (match := _WHAT_LABEL.search(text))), None)
    return things_asked(found.group("what")) if found else ""


# -- all of them ------------------------------------------------------------------------------------------------------


def _without_vague(found: Sequence[_Found]) -> list[_Found]:
    """Requests without any deadline drop out where the same thing, or the summary, stands with one."""
    clear = [item for item in found if item.rule.words]
    kept: list[_Found] = []
    for item in found:
        if item.rule.words or not any(_same_thing(item, other) for other in [*clear, *kept]):
            kept.append(item)
    return kept


def _same_thing(item: _Found, other: _Found) -> bool:
    if is_summary(item.what) and is_summary(other.what):
        return True
    return item.what in other.what or other.what in item.what


def _merged(found: Sequence[_Found]) -> list[_Found]:
    """A submission answers one requirement: what is due at one moment, asked for in one place, is one requirement."""
    kept: list[_Found] = []
    for item in found:
        index = next((at for at, other in enumerate(kept) if _belongs_to(item, other)), None)
        if index is None:
            kept.append(item)
        else:
            kept[index] = _joined(kept[index], item)
    return kept


def _belongs_to(item: _Found, other: _Found) -> bool:
    if item.rule.due != other.rule.due or item.required != other.required or item.subject != other.subject:
        return item.rule.due == other.rule.due != () and item.required == other.required and _same_thing(item, other)
    if item.sentence == other.sentence:
        return item.is_dated or item.rule.words == other.rule.words
    return _same_thing(item, other)


def _joined(first: _Found, second: _Found) -> _Found:
    if second.what in first.what:
        return first
    what = second.what if first.what in second.what or first.what == _UNNAMED else f"{first.what}、{second.what}"
    return replace(first, what=what)


def _numbered(found: Sequence[_Found], frame: Frame, askers: Askers) -> Iterator[Asked]:
    number = 0
    closing = _closing(found)
    for item in found:
        who, who_why = askers.named_in(item.subject)
        for index, due in enumerate(item.rule.due or (None,)):
            number += 1
            last = index == len(item.rule.due or (None,)) - 1
            requirement = Requirement(
                id=f"r{number}",
                what=item.what,
                kind=_kind(item, closing, last=last),
                due=due,
                rule=item.rule.words,
                required=item.required,
                categories=who.categories,
                units=who.units,
            )
            why = "；".join(
                part for part in (item.why, who_why, "总结以“情况”“报告”相称" if item is closing else "") if part
            )
            yield Asked(requirement, item.sentence.strip(), why)


def _kind(item: _Found, closing: _Found | None, *, last: bool) -> Kind:
    if item is closing:
        return "summary"
    recurring = len(item.rule.due) > 1
    return (
        "summary" if is_summary(item.what) and not (recurring and (not last or "每" in item.rule.words)) else "material"
    )


def _closing(found: Sequence[_Found]) -> _Found | None:
    """Where no 总结 is asked for by name: the last report (情况, 报告) that all must send."""
    if any(is_summary(item.what) for item in found):
        return None
    reports = [
        item
        for item in found
        if item.required and "每" not in item.rule.words and pattern("submission", "closing").search(item.what)
    ]
    return max(reports, key=_moment, default=None)


def _moment(item: _Found) -> float:
    last: datetime | None = item.rule.due[-1] if item.rule.due else None
    return last.timestamp() if last else 0.0


def _doubts(asked: Sequence[Asked]) -> Iterator[Unsure]:
    for item in asked:
        if item.why:
            name = "kind" if item.why.startswith("总结以") else "due"
            yield Unsure(f"requirements.{item.requirement.id}.{name}", item.why)
