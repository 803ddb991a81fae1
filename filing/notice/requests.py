"""Requests to send something in, sentence by sentence: 请于6月30日前将活动总结报送至…, 报送时间：6月30日前."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from filing.notice.deadlines import END_OF_DAY, Frame, Rule, find_rules
from filing.notice.marks import mark_of
from filing.notice.things import has_thing, is_summary, thing_in, things_asked
from filing.notice.words import pattern, section_role

_MAX_HEADING = 24
UNNAMED = "材料"
_SENTENCE_END = re.compile(r"(?<=[。！？；;\n])")
_QUOTED = re.compile(r"《[^》]{0,200}》|[“\"][^”\"]{0,60}[”\"]")
_CLAUSE_END = re.compile(r"[，,。！？；;\n]|$")
_ONLY_JOINS = re.compile(r"[、，,和及与或并\s]*(?:分别)?(?:于|在)?")
_ALARM = re.compile(r"突发|事故|险情|疫情|舆情|异常|案件|紧急情况|重大(?:情况|问题|隐患|事项)|发现")
_COPY = re.compile(r"电子[版档]|纸质|扫描件|盖章|原件|复印件|一式|同时")
_OBJECT = re.compile(r"(?:将|把)[^，。；]+$|(?:报送|上报|提交|反馈)[^，。；]*(?:至|到|给)")
_TOLD = re.compile(
    r"(?:^|[，,；;。：:])(?:请|要求)?(?P<who>(?:各|全体|所有)[^，,。；;：:]{1,24}?)"
    r"(?:要|须|应|需|务必|应当|必须|(?=对|组织|开展|汇总|梳理|审核|收集|择优))(?=[^，,。；;：:])"
)
_MAX_SENTENCE = 2_000  # longer ones are tables or lists that lost their line ends
_TIME_LABEL = re.compile(
    r"(?P<what>[^，。；：]{0,16}?)(?:报送|上报|提交|反馈|截止|截稿|交稿|征稿|征集)(?:的)?(?:截止|截至)?(?:时间|日期|期限|时限)(?:及[^：:]{1,6})?(?:为|是|[：:])"
)
_WHAT_LABEL = re.compile(
    r"(?:报送|上报|提交)(?:的)?(?:内容|材料|资料|清单)(?:及[^：:]{1,6})?(?:为|包括|[：:])(?P<what>[^。；]{2,80})"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request before it is numbered; several moments for a recurring one."""

    what: str
    rule: Rule
    sentence: str
    required: bool
    subject: str = ""
    why: str = ""

    @property
    def is_dated(self) -> bool:
        """Whether its deadline could be computed."""
        return bool(self.rule.due)


def find_requests(texts: Sequence[str], frame: Frame) -> list[Request]:
    """All requests in ``texts`` (paragraphs): those in sentences, then those under labels alone."""
    found = [item for text in texts for item in _in_paragraph(text, frame)]
    return [*found, *_labelled(texts, frame, found), *_listed(texts, frame)]


def _in_paragraph(text: str, frame: Frame) -> Iterator[Request]:
    before = subject = ""
    for sentence in _SENTENCE_END.split(text):
        if len(sentence) > _MAX_SENTENCE or (not before and _is_heading(sentence, text)):
            continue
        for item in _in_sentence(sentence, before, frame):
            last = item if _says(item.subject) or not subject else replace(item, subject=subject)
            yield last
            subject = last.subject
        before, subject = sentence, subject if sentence.endswith(("；", ";")) else ""


def _is_heading(sentence: str, paragraph: str) -> bool:
    """六、按时报送行动进展。 only announces what follows: more sentences, or paragraphs where it has no full stop."""
    mark = mark_of(sentence)
    alone = sentence == paragraph and sentence.endswith(("。", "；", ";"))
    is_short = mark is not None and len(sentence) - mark.end <= 14 and not re.search(r"\d", sentence[mark.end :])
    return is_short and not alone


def _in_sentence(sentence: str, before: str, frame: Frame) -> Iterator[Request]:
    masked = _QUOTED.sub(lambda match: "＿" * len(match.group()), sentence)
    verbs = list(pattern("submission", "verb").finditer(masked))
    if not verbs or pattern("submission", "not_units").search(masked):
        return
    rules = find_rules(masked, frame)
    last: Request | None = None
    for start, end, verb in _segments(masked, verbs):
        segment = _Segment(sentence, masked, start, end, verb, before)
        inside = [rule for rule in rules if start <= rule.start < end]
        told = max((rule.start for rule in inside if rule.start < verb.start()), default=start)
        if pattern("submission", "elsewhere").search(masked, told, end):
            continue
        found = tuple(_inherited(segment, last)) if last and not inside else ()
        for item in found or _in_segment(segment, _binding(inside)):
            subject = item.subject if last is None or _says(item.subject) else last.subject
            if last is not None and (last.what != UNNAMED or item.rule is not last.rule):
                yield last
            last = replace(item, subject=subject)
    if last is not None:
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


def _in_segment(segment: _Segment, rules: Sequence[Rule]) -> Iterator[Request]:
    if not rules:
        yield from _undated(segment)
        return
    listed = len(rules) > 1 and all(
        _ONLY_JOINS.fullmatch(segment.masked, left.end, right.start) for left, right in pairwise(rules)
    )
    whole: list[Request] = []
    rules = _same_hour(rules) if listed else rules
    leading = not listed and len(rules) > 1 and _is_leading(segment, rules[-1])
    for index, rule in enumerate(rules):
        left = segment.start if index == 0 or listed else rules[index - 1].end
        right = segment.end if index + 1 == len(rules) or listed else rules[index + 1].start
        if not listed and index + 1 < len(rules) and _says_something_else(segment, rule.end, rules[index + 1].start):
            continue
        if leading:
            right = rule.end
        begin = rules[0].start if listed else rule.start
        found = _found(segment, rule, begin, left, right, alone=len(rules) == 1)
        if found:
            whole.append(replace(found, what=_paired(found.what, index, len(rules))) if listed else found)
    yield from _completed(whole)


def _is_leading(segment: _Segment, last: Rule) -> bool:
    """方案于6月5日前、总结于7月5日前报送: things stand before their dates, for nothing stands behind the last."""
    between = segment.text(last.end, max(segment.verb.start(), last.end))
    return not thing_in("", between, segment.text(segment.verb.end(), segment.end))


def _says_something_else(segment: _Segment, start: int, end: int) -> bool:
    """Whether a clause of its own, about nothing to send, follows a date: 每天下午6点前在微信群报平安，6月3日前…"""
    clause, comma, _ = segment.text(start, end).partition("，")
    sends = pattern("submission", "verb").search(clause)
    return bool(comma) and len(clause) >= 2 and not sends and not thing_in("", clause, "")


def _same_hour(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """9月16日、9月18日、9月20日18:00前: the hour holds for all."""
    hours = [moment.timetz() for moment in rules[-1].due[:1]]
    if not hours or any(len(rule.due) != 1 or rule.due[0].time() != END_OF_DAY for rule in rules[:-1]):
        return tuple(rules)
    moved = (replace(rule, due=(datetime.combine(rule.due[0].date(), hours[0]),)) for rule in rules[:-1])
    return (*moved, rules[-1])


def _completed(found: Sequence[Request]) -> Iterator[Request]:
    """甲类请于5日前、乙类请于8日前将总结报送: what one part of a sentence leaves out, another says."""
    subject = next((item.subject for item in found if _says(item.subject)), "")
    what = next((item.what for item in reversed(found) if item.what != UNNAMED), UNNAMED)
    for item in found:
        filled = replace(item, subject=item.subject if _says(item.subject) else subject)
        yield (
            filled
            if item.what != UNNAMED
            else replace(filled, what=what, why=item.rule.why if what != UNNAMED else item.why)
        )


def _says(subject: str) -> bool:
    return not re.search(r"[将把]", subject) and len(re.sub(r"[、，,于在请并分别和及与\s]", "", subject)) >= 2


def _paired(what: str, index: int, count: int) -> str:
    """分别于…和…前报送半年总结和全年总结: one thing for each date."""
    parts = re.split(r"[、和及与]", what)
    return parts[index] if len(parts) == count else what


def _found(
    segment: _Segment, rule: Rule, rule_start: int, left: int, right: int, *, alone: bool = True
) -> Request | None:
    verb = segment.verb
    before = segment.text(left, rule_start)
    between = segment.text(rule.end, min(verb.start(), right)) if verb.start() >= rule.end else ""
    after = segment.text(max(verb.end(), rule.end), right)
    known = thing_in(before, between, after) or _earlier_thing(segment, left, rule, alone=alone)
    what = known or ("" if rule.prompt else _unknown_thing(segment, rule, right))
    if rule.words in {"按时", "按期"}:  # by the deadlines that are told elsewhere
        return None
    if rule.prompt and (not has_thing(what) or _ALARM.search(segment.text(left, right))):
        return None
    clause_end = _CLAUSE_END.search(segment.masked, verb.end())
    asking = segment.text(left, min(right, max(rule.end, clause_end.start() if clause_end else right)))
    late_but_due = rule.prompt or not rule.due
    return Request(
        what=what or UNNAMED,
        rule=_with_verb(segment, rule),
        sentence=segment.sentence,
        required=not pattern("submission", "voluntary").search(asking) and not (rule.prompt and not is_summary(what)),
        subject=(_between_subject(between) if verb.start() <= right else "") or _subject(before),
        why=rule.why
        or ("" if known else "没有认出要报送什么")
        or ("没有写明日期" if late_but_due and is_summary(what) else ""),
    )


def _unknown_thing(segment: _Segment, rule: Rule, right: int) -> str:
    """What stands right behind the verb, though no word for things sent in is in it: 报送本周巡河里程."""
    verb = pattern("submission", "verb").search(segment.masked, rule.end, right)
    behind = (
        segment.text(verb.end(), right) if verb and verb.group() in {"报送", "上报", "提交", "填报", "反馈"} else ""
    )
    phrase = re.split(r"[，。；：、（(]", behind, maxsplit=1)[0]
    return phrase if 2 <= len(phrase) <= 16 and not re.match(r"[至到给于]", phrase) else ""


def _between_subject(between: str) -> str:
    """12月15日前各街道报送…: who sends may stand between date and verb."""
    return between if re.match(r"[，,]?(?:请|由)?(?:各|全体|所有)", between) else ""


def _with_verb(segment: _Segment, rule: Rule) -> Rule:
    """及时 says little alone: the rule is 及时报送."""
    if rule.prompt and rule.end <= segment.verb.start() <= rule.end + 2:
        return replace(rule, words=segment.text(rule.start, segment.verb.end()))
    return rule


def _earlier_thing(segment: _Segment, left: int, rule: Rule, *, alone: bool) -> str:
    """What the clauses before name: 确定一名联络员，并于6月5日前报送; else, of a lone date, the sentence before."""
    earlier = segment.sentence[:left] if left else segment.before if alone else ""
    if rule.prompt:
        return ""
    return thing_in(earlier, "", "") if earlier else ""


def _subject(before: str) -> str:
    """Who sends: named in the date's own clause, else by an earlier one that tells a kind of units what to do."""
    last = re.split(r"[，,；;。：:]", before)[-1]
    if _says(last):
        return last
    told = [match.group("who") for match in _TOLD.finditer(before)]
    return told[-1] if told else last


def _undated(segment: _Segment) -> Iterator[Request]:
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
    yield Request(what, rule, segment.sentence, required, _subject(before), "通知没有写明期限")


def _inherited(segment: _Segment, last: Request) -> Iterator[Request]:
    """…将总结报送安稳办，将照片发至邮箱: the deadline before holds for this too; copies of the same are nothing new."""
    before, after = segment.text(segment.start, segment.verb.start()), segment.text(segment.verb.end(), segment.end)
    what = thing_in("", before, after)
    is_new = what and not _COPY.search(before) and what not in last.what
    if (
        is_new
        and last.is_dated
        and not pattern("submission", "voluntary").search(segment.text(segment.start, segment.end))
    ):
        yield replace(last, what=what, why=last.rule.why if last.what == UNNAMED else last.why)


# -- lists below a heading on reports ---------------------------------------------------------------------------------


def _listed(texts: Sequence[str], frame: Frame) -> Iterator[Request]:
    """6月30日前：活动总结 or 活动总结：6月30日前, where the heading (报送要求) alone says that it is sent in."""
    under_report = False
    for text in texts:
        mark = mark_of(text)
        bare = text[mark.end :] if mark else text
        role = section_role(bare) if len(bare) <= _MAX_HEADING and not re.search("[，。；]", bare) else ""
        if role:
            under_report = role == "report"
        elif under_report and not pattern("submission", "verb").search(text):
            yield from _dated_thing(text, bare.rstrip("。；;，, "), frame)


def _dated_thing(text: str, bare: str, frame: Frame) -> Iterator[Request]:
    rules = [rule for rule in find_rules(bare, frame) if rule.is_date]
    if len(rules) != 1:
        return
    (rule,) = rules
    before, after = bare[: rule.start], bare[rule.end :]
    first = not before and re.match(r"[：:，, —-]", after)
    last = not after.strip("）)") and re.search(r"[：:（(，, —-]$", before)
    what = things_asked((after if first else before).strip("：:，, —-（()）"))
    if (first or last) and has_thing(what) and len(what) <= _MAX_HEADING:
        free = pattern("submission", "voluntary").search(bare)
        yield Request(what, rule, text, required=not free, why=rule.why)


# -- labels -----------------------------------------------------------------------------------------------------------


def _labelled(texts: Sequence[str], frame: Frame, found: Sequence[Request]) -> Iterator[Request]:
    """报送时间：6月30日前, with 报送内容：… near it."""
    for index, text in enumerate(texts):
        for label in _TIME_LABEL.finditer(text):
            words = re.split(r"[。；;\n]", text[label.end() :], maxsplit=1)[0]
            rules = [rule for rule in find_rules(words, frame) if rule.is_date]
            if rules and not any(item.rule.words == rules[0].words for item in found):
                what = thing_in(label.group("what"), "", words[rules[0].end :]) or _labelled_what(texts, index)
                why = rules[0].why or ("" if what else "没有认出要报送什么")
                yield Request(what or UNNAMED, rules[0], text, required=True, why=why)


def _labelled_what(texts: Sequence[str], index: int) -> str:
    near = [*texts[max(0, index - 4) : index + 1][::-1], *texts[index + 1 : index + 5]]
    found = next((match for text in near if (match := _WHAT_LABEL.search(text))), None)
    return things_asked(found.group("what")) if found else ""
