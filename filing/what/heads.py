"""How many took part: the total that a report states, or the head count where the whole message is about one event."""

from __future__ import annotations

import re
from collections.abc import Sequence

from filing.documents import Document
from filing.text.sentences import Sentence, sentences
from filing.text.tense import Clause
from filing.text.vocabulary import word_list
from filing.what.counts import BRACKETS, TOTAL, Count, Counted, Told, counted_numbers, scope
from filing.what.english import english_heads
from filing.what.pasted import clauses_told
from records.campaigns import Campaign

DAY = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,3})月(\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?(?!日?[前底])")
WEEKDAY = re.compile(r"周[一二三四五六日]|星期[一二三四五六日天]|昨[天日]|今[天日]|前天|次日|第二天")
DATE_AT_END = re.compile(r"20\d\d\s?年\s?\d{1,2}月\s?\d{1,2}日\s*$")
CALLED_TOTAL = re.compile(r"累计|总计|合计|共计|总共|总(?:人次|人数)|达|吸引|惠及|受益|受教育")
UP_TO = re.compile(r"(?:截至|截止|至|到)[^,，。；]{0,8}$")
LECTURED = re.compile(r"[^,，。；、\d]{0,6}(?:讲解|讲授|宣讲|讲(?!座|台|师|课费))")
FOR_WHOM = re.compile(r"有$|(?:为|给|向|对|帮|教)[^,，。；]{0,10}$")
TAUGHT = re.compile(  # 为300余位家长带来讲座
    r"[^,，。；、\d]{0,6}(?:带来|作|做|举办|开展|讲|上)了?[^,，。；]{0,24}(?:讲座|课|报告|宣讲)"
)
SENT_OUT = re.compile(  # 36名教师分成9个小组进村入户: who goes out to others
    r"(?:[^,，。；、\d]{0,8})(?:分成|分为|分赴|兵分|组成(?!的?方阵)|进村|入户|走村|上门|家访|包片|包户)"
)
SEVERAL_EVENTS = re.compile(r"(?:[2-9]|\d{2,}|[两二三四五六七八九十]+)(?:场次?|期|次|轮)")


def participant_totals(told: Told) -> list[Count]:
    """Stated totals of 参与/参加人次 of the whole campaign; the heads of one training or drill are none."""
    items = (item for clause in told.clauses if clause.is_done for item in counted_numbers(clause.text))
    return [
        Count("participants", item.number.value, TOTAL, told.where, told.text)
        for item in items
        if _is_total(item, told.text)
    ]


def one_event_heads(documents: Sequence[Document], campaign: Campaign) -> list[Count]:
    """The head count of the one event that ``documents`` are about; none where they tell of several or none is stated.

    Several days, or several counts none of which is called a total, mean several events.
    """
    counts: list[Count] = []
    days: set[tuple[str, str]] = set()
    for document in documents:
        if document.role in ("subject", "picture", "sheet"):
            continue
        for sentence in sentences(document.text):
            done = [clause for clause in clauses_told(sentence, campaign) if clause.is_done]
            days |= _days(done) if not _is_date_line(sentence) else set()
            counts += [count for clause in done for count in _heads(clause, sentence, document.where)]
            counts += [
                Count("participants", value, TOTAL - 1, document.where, sentence.text) for value in english_heads(done)
            ]
    totals = [count for count in counts if count.reach >= TOTAL] or counts
    values = {count.value for count in totals}
    return totals[:1] if len(values) == 1 and len(days) <= 1 else []


def counts_helpers(names: Sequence[str]) -> bool:
    """Whether a measure of such ``names`` counts those who serve an event, not those for whom it is: 志愿者."""
    return any(re.match(_words("helpers"), name) for name in names)


def _is_total(item: Counted, sentence: str) -> bool:
    """Whether a number of persons is that of the whole campaign: no single event is named, and a total is."""
    if not _counts_persons(item) or scope("part").search(item.left):
        return False
    after = re.match(rf"[^,，。；、]{{0,10}}(?:{_words('verbs')})", item.right) is not None
    if not after and not re.search(_words("verbs"), item.left):
        return False
    if not after and re.search(_words("reached"), item.left) and not re.search(_words("occasions"), sentence):
        return False  # 追回工资…，惠及2100人: whom it reached took part in nothing
    if re.search(_words("attended_all"), sentence) and not re.search(_words("one_event"), sentence):
        return True
    if re.search(_words("event"), item.left + (item.right[:12] if after else "")):
        return False
    if re.search(_words("whole"), sentence):
        return True
    kinds = {match[0] for match in re.finditer(_words("event"), BRACKETS.sub("", sentence))}
    return len(kinds) != 1 and (CALLED_TOTAL.search(item.left) is not None or _is_of_period(item, sentence, after))


def _is_of_period(item: Counted, sentence: str, verb_after: bool) -> bool:
    """活动期间，800余人次参加: a number of the whole period, called a total or counted in 人次."""
    called = scope("total").search(item.left) is not None or "人次" in item.counter or verb_after
    return called and scope("period").search(sentence) is not None and not re.search(_words("event"), sentence)


def _heads(clause: Clause, sentence: Sentence, where: str) -> list[Count]:
    """Head counts of an event: 共46人参加, 参演：…共72人; not the parts of one (教师9人、学生40人参加)."""
    if SEVERAL_EVENTS.search(sentence.text):
        return []
    persons = [item for item in counted_numbers(clause.text) if _counts_persons(item)]
    totals = [item for item in persons if scope("total").search(item.left)]
    if len(persons) > 1 and not totals:
        return []
    reach = TOTAL if totals else TOTAL - 1
    told = [item for item in totals or persons if _attended(item, sentence.text)]
    return [Count("participants", item.number.value, reach, where, sentence.text) for item in told]


def _counts_persons(item: Counted) -> bool:
    called = item.counter == "个" and re.match(_words("people"), item.right)
    return bool(called or re.fullmatch(_words("counters"), item.counter)) and not re.search(
        _words("never"), item.left[-8:]
    )


def _attended(item: Counted, sentence: str) -> bool:
    if re.match(_words("guests"), item.right) or (re.match(_words("helpers"), item.right) and _serves(sentence)):
        return False
    if SENT_OUT.match(item.right):
        return False
    after = rf"[^,，。；、]{{0,14}}?(?:{_words('heads')})|[^,，。；、]{{0,3}}?(?:{_words('acting')})"
    attending = re.compile(_words("heads"))
    if re.match(_words("audience"), item.right) and not FOR_WHOM.search(item.left) and _is_only_count(sentence):
        return True
    if TAUGHT.match(item.right) or (FOR_WHOM.search(item.left) and LECTURED.match(item.right)):
        return True
    if re.search(_words("leads"), item.left) and not re.match(_words("helpers"), item.right):
        return True
    if re.match(_words("gathered"), item.right):
        return True
    return bool(re.match(after, item.right) or attending.search(item.left) or attending.match(sentence))


def _serves(sentence: str) -> bool:
    """Whether the persons of a sentence are those for whom others came: 5名律师给90多名工人讲."""
    return any(_counts_persons(item) and FOR_WHOM.search(item.left) for item in counted_numbers(sentence))


def _is_only_count(sentence: str) -> bool:
    """Whether a sentence counts persons once: 家长42名 is no head count beside 教师6名."""
    return sum(_counts_persons(item) for item in counted_numbers(sentence)) == 1


def _days(done: Sequence[Clause]) -> set[tuple[str, str]]:
    dates = {
        (match[1], match[2])
        for clause in done
        for match in DAY.finditer(clause.text)
        if not UP_TO.search(clause.text[: match.start()])
    }
    others = {(match[0], "") for clause in done for match in WEEKDAY.finditer(BRACKETS.sub("", clause.text))}
    return dates | others if len(others) > 1 else dates


def _is_date_line(sentence: Sentence) -> bool:
    """Whether a line is a signature's date, or a bulletin's head: issuer and date."""
    return sentence.is_heading and (len(sentence.text) <= 16 or DATE_AT_END.search(sentence.text) is not None)


def _words(key: str) -> str:
    """A pattern of [participants] in lexicon/figures.toml."""
    return str(word_list("figures")["participants"][key])
