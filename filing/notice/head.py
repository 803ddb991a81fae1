"""What stands above and below a notice's body: letterhead, number, title, addressees, signature, date.

Source of the layout: GB/T 9704—2012, 党政机关公文格式, as offices, web sites and scanners vary it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from filing.notice.marks import mark_of
from filing.notice.offices import office, offices_of
from filing.notice.signature import SIGNED, issued_on, part_annexes, part_signature
from filing.notice.text import Line
from filing.notice.words import words

_HEAD_LINES = 40
_TITLE_LINES = 5
_KIND = "|".join(words("title", "kinds"))
_TITLE = re.compile(
    rf"^(?P<issuer>[^，。；：！？]{{0,60}}?)(?P<title>(?:关于|转发|印发).{{2,160}}?(?:{_KIND})(?:[（(][^）)]{{1,12}}[）)])?)$"
)
_SHORT_TITLE = re.compile(rf"^[^，。；：！？]{{2,60}}(?:{_KIND})$")
_RUN_ON_TITLE = re.compile(r"^(?P<issuer>[^，。；：！？\s]{0,40}?)(?P<title>关于[^。；！？：\n]{3,100}?的通知)")
_NUMBER = re.compile(
    r"(?P<words>[\u4e00-\u9fff]{1,14})[〔\[【（(［﹝](?P<year>20\d\d)[〕\]】）)］﹞](?P<number>第?-?\d{1,5}(?:-\d{1,3})?)[号期]"
)
_LETTERHEAD_FIRST = re.compile(
    r"^.*(?:文件|文号|编号|字号)|^.*(?:委员会|办公室|政府|指挥部|领导小组|公司|集团|总工会|联合会)(?=[\u4e00-\u9fff]{2})"
)
_ODD_NUMBER = re.compile(r"^[〔\[【（(]20\d\d[〕\]】）)][\u4e00-\u9fff]{1,10}第?\d{1,5}号$")
_MAX_POST_TITLE = 30
_OWN_CODE = re.compile(r"(?:编号|文号|字号)[：:](?P<code>[A-Z][A-Z0-9]*(?:[-/][A-Z0-9]+)*[-/]20\d\d[-/]\d{1,5})")
_SPACED_WORD = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff](?:[ ]|$))")
_SENT_TO = re.compile(r"^(?:致|主送|收文单位|发往|To)[：:](?P<names>[^。！？]{2,400})$")
_GREETING = re.compile(r"^(?P<names>[^。！？]{2,400}?)[：:](?P<rest>.*)$", re.DOTALL)
_NO_GREETING = re.compile(
    r"如下|通知$|^(?:来源|发布|索引号|签发人|时间|日期|主题|发文|成文|标题|文号|附件|联系|发件人|收件人|编号)"
)


@dataclass(frozen=True, slots=True)
class Head:
    """A notice without its body: ``body`` holds the lines between addressees and signature, and annexes after it."""

    title: str
    title_words: str
    title_printed: str  # its lines as they stand
    title_issuer: str
    title_is_formal: bool  # 关于…的通知, not just 通知
    title_names_kind: bool  # it is called 通知, 函, 方案
    letterhead: str
    document_number: str | None
    addressees: tuple[str, ...]
    body: tuple[Line, ...]
    annexes: tuple[Line, ...]
    signatures: tuple[str, ...]
    issued_on: date | None
    issued_words: str
    issued_by_footer: bool  # the date is only that of printing or publishing


@dataclass(frozen=True, slots=True)
class _Title:
    start: int
    end: int  # the line after it
    text: str
    issuer: str
    rest: str = ""


def read_head(lines: Sequence[Line]) -> Head | None:
    """The parts around the body; None where no title of a notice stands in the first lines."""
    title = _find_title(lines)
    if title is None:
        return None
    above = lines[: title.start]
    start, addressees, rest, number = _addressees(lines, title)
    addressees = addressees or _above_title(above)
    main, annexes = part_annexes([*rest, *lines[start:]])
    body, signatures, signed = part_signature(main)
    day, day_words, by_footer = issued_on(signed, main, [*lines[:start], *annexes])
    return Head(
        title=_full_title(title, above),
        title_words=title.text,
        title_printed=" ".join(line.raw for line in lines[title.start : title.end]),
        title_issuer=title.issuer,
        title_is_formal=bool(re.search(r"关于|印发|转发", title.text)),
        title_names_kind=bool(re.search(_KIND, title.text)),
        letterhead=_letterhead(above),
        document_number=number_in(above) or number,
        addressees=addressees,
        body=tuple(body),
        annexes=tuple(annexes),
        signatures=signatures,
        issued_on=day,
        issued_words=day_words,
        issued_by_footer=by_footer,
    )


# -- title ------------------------------------------------------------------------------------------------------------


def _find_title(lines: Sequence[Line]) -> _Title | None:
    head = lines[:_HEAD_LINES]
    for start in range(len(head)):
        found = _title_from(head, start)
        if found:
            return found
    return _short_title(head) or _run_on_title(head) or _post_title(head)


def _title_from(lines: Sequence[Line], start: int) -> _Title | None:
    first = _unspaced(lines[start])
    if not re.match(r"^[^，。；：！？《]{0,60}(?:关于|转发|印发)", first) or re.match(r"^(?:根据|按照|现将|为)", first):
        return None
    text = ""
    for end in range(start, min(start + _TITLE_LINES, len(lines))):
        text += _unspaced(lines[end])
        found = _TITLE.match(text)
        if found and text.count("《") == text.count("》"):
            if end + 1 < len(lines) and _goes_on(text, _unspaced(lines[end + 1])):
                continue
            return _Title(start, end + 1, found.group("title"), office(found.group("issuer")))
        if re.search(r"[。；！？：:]$", text):
            return None
    return None


def _goes_on(text: str, following: str) -> bool:
    """Whether the title ends only in the next line: …学习《…通知 / 》的通知, …通知 / 的通知."""
    return following.startswith(("》", "的通知", "的函", "精神的通知")) and bool(re.search(rf"(?:{_KIND})$", text))


def _short_title(lines: Sequence[Line]) -> _Title | None:
    for index, line in enumerate(lines[:15]):
        text = _unspaced(line)
        if _SHORT_TITLE.match(text) and not mark_of(text) and not re.match(r"^[\u4e00-\u9fff]{0,2}通知$", text):
            return _Title(index, index + 1, text, "")
    return _plain_title(lines)


def _plain_title(lines: Sequence[Line]) -> _Title | None:
    """Just 通知 or 紧急通知, as schools and villages write."""
    for index, line in enumerate(lines[:8]):
        if re.fullmatch(r"(?:紧急|重要|温馨)?(?:通知|提示)", _unspaced(line)):
            return _Title(index, index + 1, _unspaced(line), "")
    return None


def _run_on_title(lines: Sequence[Line]) -> _Title | None:
    """A title that runs on into the addressees or the body on its line."""
    for index, line in enumerate(lines[:10]):
        found = _RUN_ON_TITLE.match(line.text)
        if found:
            rest = line.text[found.end() :]
            return _Title(index, index + 1, found.group("title"), office(found.group("issuer")), rest)
    return None


def _post_title(lines: Sequence[Line]) -> _Title | None:
    """The first line of a post in a chat group that greets its readers: 2026年“邻里节”来啦！"""
    first = _unspaced(lines[0]).lstrip("●") if lines else ""
    if not 2 <= len(first) <= _MAX_POST_TITLE or re.search("[。；：:，]", first):
        return None
    greets = any(line.text.endswith(("：", ":")) and _greeted(line.text) for line in lines[1:4])
    return _Title(0, 1, first, "") if greets and not mark_of(first) else None


def _unspaced(line: Line) -> str:
    return _SPACED_WORD.sub("", line.text)


def _full_title(title: _Title, above: Sequence[Line]) -> str:
    """The title, with the issuers where they are printed as part of it: on its line, or below letterhead or number."""
    if title.issuer:
        return title.issuer + title.text
    first = len(above)
    while first > 0 and offices_of(above[first - 1].raw):
        first -= 1
    names = [name for line in above[first:] for name in offices_of(line.raw)]
    own = names[len(names) // 2 :] if names[: len(names) // 2] == names[len(names) // 2 :] else names
    earlier = [name for line in above[:first] for name in offices_of(line.raw)]
    numbered = number_in(above[:first]) is not None
    is_part = numbered or len(own) < len(names) or bool(set(own) & set(earlier))
    return ("".join(own) if is_part else "") + title.text


# -- letterhead, number, addressees -----------------------------------------------------------------------------------


def _letterhead(above: Sequence[Line]) -> str:
    names = [name for line in above for name in offices_of(line.raw)]
    return "、".join(dict.fromkeys(names[:6]))


def number_in(lines: Sequence[Line]) -> str | None:
    """The document number (发文字号) that one of the lines is, or None."""
    for line in lines:
        if code := _OWN_CODE.search(line.text):
            return code["code"]
        parts = (_NUMBER.fullmatch(part) for part in line.raw.split(" "))
        found = next(filter(None, parts), None) or _NUMBER.search(line.text)
        if found and "《" not in line.text and len(line.text) <= len(found.group()) + 24:
            return f"{_number_words(found.group('words'))}〔{found.group('year')}〕{found.group('number')}号"
        if _ODD_NUMBER.match(line.text):
            return line.text
    return None


def _number_words(words_: str) -> str:
    """The office's sign in a document number, without what a letterhead on the same line put before it."""
    return _LETTERHEAD_FIRST.sub("", words_)


def _addressees(lines: Sequence[Line], title: _Title) -> tuple[int, tuple[str, ...], list[Line], str | None]:
    """Where the body begins, the addressees, what of the body stands on their line, a number below the title."""
    index, number = title.end, None
    if index < len(lines) and (sent := _SENT_TO.match(lines[index].text)):  # 致：各子公司, as in companies
        return index + 1, _split_names(sent["names"].rstrip("：:")), [], number
    following = [Line(title.rest, title.rest)] if title.rest else []
    while index < len(lines) and not following and _is_between(lines[index]):
        number = number or number_in(lines[index : index + 1])
        index += 1
    text = following[0].text if following else ""
    for end in range(index, min(index + 8, len(lines))):
        text += lines[end].text if not following or end > index else ""
        names = _greeted(text)
        if names is not None:
            after = [] if not names[1] else [Line(names[1], names[1])]
            return (index if following else end + 1), names[0], after, number
        if re.search(r"[。；！？]", text) or mark_of(lines[end].text):
            break
    return index, (), following, number


def _above_title(above: Sequence[Line]) -> tuple[str, ...]:
    """The addressees where a hurried notice greets them before its title."""
    greeted = (_greeted(line.text) for line in above if line.text.endswith(("：", ":")))
    return next((names for names, rest in filter(None, greeted) if not rest), ())


def _is_between(line: Line) -> bool:
    """Whether a line below the title is neither addressee nor body: number, date, 来源：…"""
    if number_in([line]) or _ODD_NUMBER.match(line.text) or (SIGNED.match(line.raw) and len(line.text) <= 12):
        return True
    return bool(
        re.match(r"^(?:来源|发布时间|发布日期|索引号|发文|成文|时间|日期|浏览|作者|信息来源|字体|【)", line.text)
    )


def _greeted(text: str) -> tuple[tuple[str, ...], str] | None:
    found = _GREETING.match(text)
    if not found or _NO_GREETING.search(found.group("names")) or mark_of(text):
        return None
    names = _split_names(found.group("names"))
    return (names, found.group("rest")) if names and all(2 <= len(name) <= 40 for name in names) else None


def _split_names(text: str) -> tuple[str, ...]:
    masked = re.sub(r"[（(][^）)]*[）)]", lambda match: "\0" * len(match.group()), text)
    cuts = [0, *(match.end() for match in re.finditer(r"[，,、；;]", masked)), len(text) + 1]
    names = (text[a : b - 1].strip() for a, b in pairwise(cuts))
    return tuple(name for name in names if name)
