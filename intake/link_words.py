"""What a body says of a large attachment in words: its size, until when it can be fetched, its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
ANNOUNCED = re.compile(
    r"超大附件|云附件|大附件|文件中转站|来自中转站|BigAttach|CloudAttach|hugeattachment", re.IGNORECASE
)
_UNITS = {"B": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
_NUMBER = r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{1,12})((?:\.\d{1,3})?)"
_SIZE = re.compile(rf"{_NUMBER}\s*(?:([KMGT])(?:i?B)?|(B)(?:ytes?)?|(字节)|(兆))(?![A-Za-z0-9])", re.IGNORECASE)
_ENDS = r"(?:到期|过期|有效期|有效时间|失效|截止|expir\w*)"
_CLOCK = r"(?:\s*(\d{1,2})\s*[:：]\s*(\d{2})(?:\s*[:：]\s*(\d{2}))?)?"
_DAY = rf"(?:(\d{{4}})\s*[年/.-]\s*)?(\d{{1,2}})\s*[月/.-]\s*(\d{{1,2}})\s*日?{_CLOCK}"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AT = re.compile(
    rf"{_ENDS}[^\d]{{0,12}}(?<!\d){_DAY}|(?<!\d){_DAY}\s*(?:之?前有效|之?前?下载有效|到期|过期|失效)", re.IGNORECASE
)
_IN_ENGLISH = re.compile(
    rf"expir\w*[^\dA-Za-z]{{0,4}}(?:on |at |by )?([A-Z][a-z]{{2}})[a-z]*\.? (\d{{1,2}}),? (\d{{4}}),?{_CLOCK}",
    re.IGNORECASE,
)  # guess
_SPAN = r"(?<!\d)(\d{1,3})\s*(天|日|个?小时|days?|hours?)"
_LEFT = re.compile(
    rf"(?!\d+\s*日\s*[^之后内]){_SPAN}\s*之?[后内]?(?:将|会|自动)*(?:过期|到期|失效|有效|删除)"
    r"|(?:有效期限?|有效时间|保存期限?|保存时间|保留|剩余时间?|expires? in)\s*(?:为|还有|[:：])?\s*"
    rf"{_SPAN}(?!\s*\d*\s*[:：月/-])",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"无限期|永久有效|长期有效|永不过期|有效期\s*[:：]?\s*永久|no expir\w+|never expires?", re.IGNORECASE
)
_ACTION = (
    r"(?:请?点[击按]以?|进入|立即|直接|极速|推荐|客户端|高速|普通|在线|批量|全部)*"
    r"(?:下载|查看|预览|打开|转存|保存|访问)(?:页面|附件|文件|地址|链接|全部|详情)*"
)
_BUTTON = re.compile(rf"\W*(?:{_ACTION}|这里|此处|download|view|open)?\W*", re.IGNORECASE)
_LABEL = re.compile(rf"(?:{_ACTION}|链接|地址|网址)\s*[:：]?\s*\Z")
_PARENTHESES = re.compile(r"[(（\[【][^()（）\[\]【】]{0,120}[)）\]】]?")
_SPOKEN = re.compile(r"(?:文件)?大小\s*[:：]|(?:到期|过期|有效期|有效时间)|" + _SIZE.pattern + r"\s*\|", re.IGNORECASE)
_ONLY_DETAILS = re.compile(rf"{_SIZE.pattern}|{_DAY}(?:\s*{_ENDS})?|{_ENDS}\S{{0,4}}\s*{_DAY}", re.IGNORECASE)
_PREFIX = re.compile(r"(?:文件名?|附件名?|名称|(?:超大|云)附件(?:列表)?)\s*\d{0,3}(?:\s*[:：]\s*|\s+)")
_SHARED = re.compile(
    r"分享的?(?:文件|内容|链接)?\s*[:：]\s*([^\n]{1,300})|[我你]用\S{0,10}分享了[「“\"]([^」”\"\n]{1,300})[」”\"]"
)
_FILE = re.compile(r"[^\s:：，。；、《》“”「」/\\?*|<>]{1,150}\.[A-Za-z0-9]{2,5}(?![A-Za-z0-9.])")
_CODE = re.compile(
    r"(?:提取|访问|分享)[码密]码?\s*[:：]?\s*([A-Za-z0-9]{4,8})(?![A-Za-z0-9])|密码\s*[:：]\s*([A-Za-z0-9]{4,8})(?![A-Za-z0-9])"
)


@dataclass(frozen=True, slots=True)
class Expiry:
    """Until when a file can be fetched: ``at`` (aware), or for ever."""

    at: datetime | None = None
    never: bool = False


def size_in_words(text: str) -> int | None:
    """The first size in ``text``, in bytes: 128.03M, 1.2 GB, 1,024KB, 20977字节."""
    match = _SIZE.search(text)
    if match is None:
        return None
    unit = (match[3] or "B").upper() if not match[6] else "M"
    return round(float(match[1].replace(",", "") + match[2]) * _UNITS[unit])


def expiry_in_words(text: str, sent_at: datetime | None) -> Expiry | None:
    """What ``text`` says of the end; spans and days without a year count from ``sent_at``. Days end at 23:59:59 CST."""
    absolute = _AT.search(text)
    if absolute:
        numbers = absolute.groups()[:6] if absolute[2] else absolute.groups()[6:]
        at = _moment(numbers, sent_at)
        if at is not None:
            return Expiry(at)
    english = _IN_ENGLISH.search(text)
    if english and english[1].lower() in _MONTHS:
        month = str(_MONTHS.index(english[1].lower()) + 1)
        at = _moment((english[3], month, english[2], *english.groups()[3:]), sent_at)
        if at is not None:
            return Expiry(at)
    if _NEVER.search(text):
        return Expiry(never=True)
    left = _LEFT.search(text)
    at = _after(sent_at, left[1] or left[3], left[2] or left[4]) if left and sent_at else None
    return Expiry(at) if at else None


def expiries(text: str, sent_at: datetime | None) -> set[Expiry]:
    """All ends that a text speaks of, line by line."""
    return {found for line in text.splitlines() if (found := expiry_in_words(line, sent_at)) is not None}


def name_before(text: str) -> str:
    """The file name in ``text``: what stands before the details, or the last line that says something."""
    bare = _LABEL.sub("", text.rstrip())
    bare = _without_details(bare)
    lines = (line.lstrip("> ") for line in map(clean, reversed(bare.splitlines())))
    told = next((line for line in lines if line and not _ONLY_DETAILS.fullmatch(line)), "")
    name = _PREFIX.sub("", told)
    if ANNOUNCED.search(name) and not _FILE.search(name):
        return ""
    return "" if _BUTTON.fullmatch(name) or _SPOKEN.match(name) else name.strip(" :：·•-|")


def shared_name(label: str, before: str) -> str:
    """The name of a file on a network drive, as the drives' own texts and senders write it; "" where none is plain."""
    told = [match[1] or match[2] for match in _SHARED.finditer(before)]
    last = clean(told[-1]) if told else ""
    if last and not last.startswith(("http", "链接")):
        return re.split(r"\s*(?:链接|提取码)\s*[:：]", last)[0].strip()
    named = _FILE.search(label) or next(iter(reversed(list(_FILE.finditer(before)))), None)
    return named[0] if named and not named[0].startswith(("http", "www.")) else ""


def code_in_words(text: str) -> str:
    """The code (提取码) with which a shared file is opened, "" where none is told."""
    match = _CODE.search(text)
    return (match[1] or match[2]) if match else ""


def is_button(label: str) -> bool:
    """Whether a link's own text only says what to do, or is an address: then it names no file."""
    return _BUTTON.fullmatch(label) is not None or label.lower().startswith(("http://", "https://"))


def clean(text: str) -> str:
    """White space as single blanks."""
    return " ".join(text.split())


def _without_details(text: str) -> str:
    """What stands before the last brackets with a size in them, else before 大小：… or 20K | …, of the last line."""
    line = text.rfind("\n", 0, max(len(text.rstrip()) - 1, 0)) + 1
    bracketed = [match for match in _PARENTHESES.finditer(text, line) if _tells(match[0])]
    if bracketed:
        return text[: bracketed[-1].start()]
    spoken = _SPOKEN.search(text, line)
    return text[: spoken.start()] if spoken else text


def _tells(bracketed: str) -> bool:
    """Whether brackets begin with a size or an end, as details do."""
    size = _SIZE.search(bracketed[:24])
    return size is not None or re.match(rf".{{0,4}}{_ENDS}", bracketed) is not None


def _after(sent_at: datetime, number: str, unit: str) -> datetime | None:
    hours = unit.endswith("时") or unit.lower().startswith("hour")
    try:
        return sent_at + (timedelta(hours=int(number)) if hours else timedelta(days=int(number)))
    except OverflowError:  # a Date header can say the year 9999
        return None


def _moment(numbers: Sequence[str | None], sent_at: datetime | None) -> datetime | None:
    """Year, month, day, hour, minute, second as a time in China; without a year the next such day after ``sent_at``."""
    year, *rest = numbers
    if year is not None:
        return _in_china(int(year), rest)
    if sent_at is None:
        return None
    at = _in_china(sent_at.year, rest)
    return _in_china(sent_at.year + 1, rest) if at is not None and at < sent_at else at


def _in_china(year: int, numbers: Sequence[str | None]) -> datetime | None:
    month, day, hour, minute, second = (int(number or 0) for number in numbers)
    clock = (hour, minute, second) if numbers[2] else (23, 59, 59)
    try:
        return datetime(year, month, day, *clock, tzinfo=CHINA)
    except ValueError:  # 32 July, 25 o'clock
        return None
