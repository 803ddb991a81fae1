"""Done, or planned, asked for, left out, told of an earlier year: judged clause by clause from general wording."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from filing.text.numerals import han_value
from filing.text.vocabulary import marker
from records.campaigns import Period

Mood = Literal["done", "plan", "request", "left_out", "earlier"]

QUOTED = re.compile(r"“[^”]{0,80}”|《[^》]{0,60}》|（[^（）]{0,90}）|\([^()]{0,90}\)|\"[^\"]{0,60}\"|【[^】]{0,40}】")
CLAUSE_END = re.compile(
    r"(?:[;；:：。！？!?…]|(?<!\d)[,，]|[,，](?!\d{3}(?!\d)))+|——|(?<=\S)(?=并(?:拟|计划|将|打算)|但(?:未|没|因))"
)
LONGEST_CLAUSE = 300  # only rubbish goes on longer without a comma
SOURCE_DOCUMENT = re.compile(
    r"《[^》]{2,60}(?:通知|方案|意见|函|预案|要点|请示|批复|办法|规定|决定|计划)》(?:（[^）]{1,30}）)?"
)
BASIS = re.compile(
    r"(?:根据|按照|按|依据|依照|遵照|为贯彻|为深入贯彻|为落实|为认真贯彻|结合)[^,，。；]{0,60}(?:要求|精神|部署|安排|规定|通知|工作提示|[一二三四五六七八九十\d]+(?:项|个)?(?:任务|内容|活动|行动))"
)
TALKED_OVER = re.compile(
    r"(?:传达|学习){1,2}了?[^,，。；]{0,60}?(?:通知|文件)》?(?:（[^）]{1,30}）)?(?:精神|要求)?|(?:部署|安排|布置|研究)(?:了|落实)?[^,，。；]{0,16}(?:工作|任务|事宜|事项|活动)"
)
EXCEPT = re.compile(r"除了?[^,，。；]{1,24}?(?:之外|以外|外)")
ALL_OTHERS = re.compile(r"其余|其他|其它|均|都|全部")
BESIDES = re.compile(r"还|也|又|另")
OTHER_AUTHORITY = re.compile(r"^(?:全国|国家|省|市|区|县|上级)[^,，]{0,10}(?:办|委|局|会|部|厅|府|中心)")
CAME_TRUE = re.compile(r"的[^,，]{0,14}已(?:于|经|如期|按期|全部|圆满)")
YEAR = re.compile(r"(?<!\d)(20\d\d|二[〇○零]二[〇○零一二三四五六七八九])\s?年")
MONTH = re.compile(r"(?<![\d个])(\d{1,2}|[一二三四五六七八九十]{1,2})月(?!份?额)(?!活动)")
MONTHS = re.compile(r"(?<!\d)\d{1,2}月?(?:至|到|—|-|~|～)\d{1,2}月")
HAN_MONTH = {sign: value for value, sign in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
REASON = re.compile(r"因[^,，。；]{2,24}$|(?:不够|不足|有限|受限|紧张|不便|太忙|较忙|原因|影响|冲突|缺乏|困难)$")
SINCE = re.compile(r"自|从|起|以来|开始")
LONG_BEFORE = -2  # months; what was done shortly before a campaign often belongs to it
ITEM_NUMBER = re.compile(r"^\s*[（(]?[\d一二三四五六七八九十]{1,3}[）)、.．]\s*")
BARE_NOUN = re.compile(r"[^了过已正\d一二两三四五六七八九十百]{2,6}")
SHORT_DENIAL = re.compile(
    r"(?:我|本)[^,，。；]{1,3}(?:没有?|未)(?:另外|另行|单独)?[^,，。；]{1,3}"
)  # …由景区设，我馆未设
LEFT_TO_OTHERS = re.compile(r"由[^,，。；]{1,14}(?:组织|开展|举办|承办|主办|牵头|负责|实施|承担|统一|完成|进行)")
OF_OTHERS = re.compile(r"^[^,，。；的]{1,12}(?:组织|举办|开展|主办|承办|召集|安排|统一)的")
SAYS_ONLY_THAT = 5  # signs beside the words of not_counted: the clause names nothing itself
DENIED_LIST = re.compile(r"\s*[:：]")  # 未开展：网络答题、家书征集
BARE_LEAD = re.compile(
    r"原定|原计划|原拟|本来?[定想拟]|(?:要求|规定|通知)应(?:当|该)?|^(?:关于|对于|至于|针对|由于|因为?|鉴于|受)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence between commas, with what it tells of; ``start`` counts from the sentence's first sign."""

    text: str
    start: int
    mood: Mood

    @property
    def is_done(self) -> bool:
        """Whether it tells of something that the writer did, in the campaign's time."""
        return self.mood == "done"


def clauses_of(text: str, heading: str = "", period: Period | None = None) -> tuple[Clause, ...]:
    """The clauses of one sentence under ``heading``, each with its mood.

    A plan colours what follows it until a clause tells of deeds again; a request colours the rest; a denial takes the
    bare topics before it along; an earlier year holds until the present is named. Without ``period`` only words like
    去年 tell the year.
    """
    pieces = list(_pieces(text))
    moods = _moods([piece for piece, _ in pieces], period)
    if moods and moods[0] == "left_out" and DENIED_LIST.match(text[pieces[0][1] + len(pieces[0][0]) :]):
        moods = ["left_out" if mood == "done" else mood for mood in moods]
    if is_undone_heading(heading):
        moods = ["plan" if mood == "done" else mood for mood in moods]
    return tuple(Clause(piece, start, mood) for (piece, start), mood in zip(pieces, moods, strict=True))


def is_undone_heading(heading: str) -> bool:
    """Whether what stands under this heading (a path joined by " / ") is not done: 下一步打算, 存在问题, 不足."""
    return any(
        marker("tense", "undone_heading").search(part) and not marker("tense", "done_heading").search(part)
        for part in heading.split(" / ")
        if part
    )


def without_sources(text: str) -> str:
    """``text`` with what it only refers to blanked, sign by sign: 《…的通知》, 按照…要求, 部署…工作."""
    blanked = text
    for pattern in (TALKED_OVER, SOURCE_DOCUMENT, BASIS):
        blanked = pattern.sub(lambda match: " " * len(match[0]), blanked)
    return blanked


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Clauses with their places; what stands in quotation marks and brackets is not cut."""
    start = 0
    for match in (*CLAUSE_END.finditer(masked(text)), None):
        end = match.start() if match else len(text)
        for low in range(start, end, LONGEST_CLAUSE):
            piece = text[low : min(end, low + LONGEST_CLAUSE)]
            if piece.strip():
                yield piece, low
        start = match.end() if match else end


def masked(text: str) -> str:
    """``text`` with quotations and brackets filled by ＿: where commas and full stops in them end nothing."""
    return QUOTED.sub(lambda match: "＿" * len(match[0]), text)


def _moods(pieces: list[str], period: Period | None) -> list[Mood]:
    moods: list[Mood] = []
    held: Mood = "done"
    for piece in pieces:
        mood = _mood(piece, held, period)
        moods.append(mood)
        held = "done" if mood == "left_out" or OTHER_AUTHORITY.match(piece) else mood
        if mood == "left_out":
            _take_topics_along(pieces, moods, period)
    _leave_out_exceptions(pieces, moods)
    return _plan_takes_topics(pieces, moods)


def _mood(piece: str, held: Mood, period: Period | None) -> Mood:
    plain = without_sources(piece)
    if held == "request":
        return "request"
    if _is_earlier(plain, period):
        return "earlier"
    if _denies(plain):
        return "left_out"
    if marker("tense", "request").search(plain):
        return "request"
    planned = marker("tense", "plan").search(plain)
    if planned and CAME_TRUE.search(plain, planned.start()):
        return "done"
    if planned or _is_due_later(plain, period):
        return "plan"
    return _after(held, plain)


def _after(held: Mood, plain: str) -> Mood:
    """What an unmarked clause is after one of mood ``held``."""
    if held == "plan":
        return "done" if marker("tense", "done").search(plain) else "plan"
    if held == "earlier":
        return "done" if marker("tense", "now").search(plain) else "earlier"
    return "done"


def _denies(plain: str) -> bool:
    if marker("tense", "not_counted").search(plain) or marker("tense", "audience").search(plain):
        return True
    kept = marker("tense", "no_negation").sub("", plain)
    return marker("tense", "negation").search(kept) is not None


def _is_earlier(plain: str, period: Period | None) -> bool:
    """A clause about an earlier year (去年同期, 2024年), or about a month long before the period."""
    years = _years(period)
    named = [_year(match[1]) for match in YEAR.finditer(plain)]
    if years and any(year in years for year in named):
        return False
    if years and any(year < min(years) for year in named):
        return True
    if _ends_before(plain, period):
        return True
    if not SINCE.search(plain) and any(side <= LONG_BEFORE for side in sides(plain, period)):
        return True
    found = marker("tense", "earlier").search(plain)
    return found is not None and not marker("tense", "now").search(plain[found.end() :])


def _ends_before(plain: str, period: Period | None) -> bool:
    """Whether a run of months (1至8月) ends before the period."""
    return any(_is_before(match[0], period) for match in MONTHS.finditer(plain))


def _is_due_later(plain: str, period: Period | None) -> bool:
    """A clause with a deadline, or a month after the period, that tells of nothing done."""
    if marker("tense", "done").search(plain):
        return False
    if marker("tense", "deadline").search(plain):
        return True
    if any(_year(match[1]) > max(_years(period), default=9999) for match in YEAR.finditer(plain)):
        return True
    return any(side > 0 for side in sides(plain, period))


def sides(plain: str, period: Period | None) -> list[int]:
    """For each month that a clause names: 0 within the period, else how many months after it, or (negative) before."""
    if period is None:
        return []
    months = [month for match in MONTH.finditer(plain) if (month := _month(match[1]))]
    return [_side(month, period) for month in months]


def _is_before(piece: str, period: Period | None) -> bool:
    return any(side < 0 for side in sides(piece, period))


def _side(month: int, period: Period) -> int:
    length = (period.to.year - period.from_.year) * 12 + period.to.month - period.from_.month
    if (month - period.from_.month) % 12 <= length:
        return 0
    after, before = (month - period.to.month) % 12, (period.from_.month - month) % 12
    return after if after <= before else -before


def _years(period: Period | None) -> set[int]:
    return set(range(period.from_.year, period.to.year + 1)) if period else set()


def _year(signs: str) -> int:
    return int(signs) if signs.isdigit() else int(han_value(signs) or 0)


def _month(signs: str) -> int:
    value = int(signs) if signs.isdigit() else HAN_MONTH.get(signs, 0)
    return value if value <= 12 else 0


def _take_topics_along(pieces: list[str], moods: list[Mood], period: Period | None) -> None:
    """A denial reaches back over topics and reasons that have no deed of their own: 答题活动因…，本院未参加.

    And over what was done in a month before the campaign's: 演练3月搞过，这次不再重复.
    """
    at = len(moods) - 2
    if at >= 0 and moods[at] == "done" and _denies_the_clause_before(pieces[at + 1], pieces[at]):
        moods[at] = "left_out"
        at -= 1
    while at >= 0 and moods[at] == "done" and (_is_topic(pieces[at]) or _is_before(pieces[at], period)):
        moods[at] = "left_out"
        at -= 1


def _denies_the_clause_before(denial: str, before: str) -> bool:
    """分院演练2次，不在此列; 走访由街道组织，我院未安排: the clause before is denied though it tells of a deed."""
    if SHORT_DENIAL.fullmatch(denial) or LEFT_TO_OTHERS.search(before):
        return True
    found = marker("tense", "not_counted").search(denial)
    return found is not None and len(denial) - len(found[0]) <= SAYS_ONLY_THAT


def _leave_out_exceptions(pieces: list[str], moods: list[Mood]) -> None:
    """除网络答题外，其余活动均已完成 leaves the quiz out; 除…外，还… does not."""
    for at, piece in enumerate(pieces):
        found = EXCEPT.search(piece)
        rest = piece[found.end() :] + (pieces[at + 1] if at + 1 < len(pieces) else "") if found else ""
        if found and moods[at] == "done" and ALL_OTHERS.search(rest) and not BESIDES.match(rest):
            moods[at] = "left_out"


def _plan_takes_topics(pieces: list[str], moods: list[Mood]) -> list[Mood]:
    for at in range(len(moods) - 2, -1, -1):
        if moods[at] == "done" and moods[at + 1] == "plan" and _is_topic(pieces[at]):
            moods[at] = "plan"
    return moods


def _is_topic(piece: str) -> bool:
    if BARE_LEAD.search(piece):
        return True
    if REASON.search(piece):
        return True
    said = OF_OTHERS.sub("", masked(ITEM_NUMBER.sub("", piece)))
    bare = marker("tense", "deed").search(said) is None or BARE_NOUN.fullmatch(said)
    return bool(bare or said.endswith(("活动", "工作", "方面"))) and not re.search(r"\d", said)
