"""Numbering as notices print it: （一） (一) 一、 1. 1、 （1） ① 一是 第一， 活动一： ● …"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CN = "[一二三四五六七八九十]{1,3}"
_NOUN = "(?:专项|重点|主要|主题)?(?:活动|项目|任务|专题|主题|板块|行动|举措|措施|模块|环节|工程|内容|课程)"
_SET_OFF = r"(?:[】\]）)][：:、.．\s—]*|[：:、.．\s—|｜]+|(?=[“《]))"  # 行动一：, 行动一 ——, 【行动一】, 行动一“大宣讲”
_BY_WORD = rf"{_NOUN}之?({_CN}|\d{{1,2}})|第({_CN}|\d{{1,2}})[项个大]{_NOUN}?"
_GAP = re.compile(rf"^([【\[（(]?(?:{_BY_WORD})) (?=\S)")
TOPIC = "topic"
SET_APART = "\u2003"
"""Stands behind a heading's bare number (3 行动内容) once the sequence of the headings has told that it is one."""
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (TOPIC, re.compile(rf"^[【\[（(]?(?:{_BY_WORD}){_SET_OFF}")),
    ("number_head", re.compile(rf"^(\d{{1,2}}){SET_APART}")),
    ("part", re.compile(rf"^第({_CN})(?:部分|章|节|项|条)[、.：:\s]?")),
    ("cn_comma", re.compile(rf"^({_CN})\s?[、．.]\s?")),
    ("cn_brackets", re.compile(rf"^[（(〔]\s?({_CN})\s?[）)〕][、.]?\s?")),
    ("number_dot", re.compile(r"^(\d{1,2})\s?(?:[、．]|\.(?!\d)|\.(?=\d{1,2}月\d{1,2}[日号]))\s?")),
    (
        "decimal",
        re.compile(r"^\d{1,2}\.(\d{1,2})(?:\s(?=\d)|\s?(?=[\u4e00-\u9fff“《])(?!小时|万|亿|倍|米|公里|吨|元|个))"),
    ),
    ("number_brackets", re.compile(r"^[（(]\s?(\d{1,2})\s?[）)][、.]?\s?")),
    ("number_bare", re.compile(r"^(\d{1,2})\s?(?=[\u4e00-\u9fff]{2,10}[：:])(?!月)")),
    ("number_bracket", re.compile(r"^(\d{1,2})[)）][、.]?\s?")),
    ("circled", re.compile(r"^([①-⑳⑴-⒇❶-❿])[、.]?\s?")),
    ("letter", re.compile(r"^([A-H])(?:[、．]|\.(?=\s|[^\x00-\x7f]))\s?")),
    ("number_dotted", re.compile(r"^([⒈-⒛㈠-㈩])\s?")),
    ("is", re.compile(rf"^({_CN})(?:是|要)(?=\S)")),
    ("nth", re.compile(rf"^(?:第({_CN}|\d{{1,2}})|其([一二三四五六]))[，,、：:]")),
    ("bullet", re.compile(r"^([●•■◆★▲◎○▪➢►√※·*-])\s?(?=[^\d\s—-])")),
)
_RUNS = (("①", 1), ("⑴", 1), ("❶", 1), ("⒈", 1), ("㈠", 1))


@dataclass(frozen=True, slots=True)
class Mark:
    """The number at the head of a paragraph."""

    style: str
    number: int  # 0 for bullets
    printed: str
    end: int  # where the words begin


def mark_of(text: str) -> Mark | None:
    """The numbering with which ``text`` begins, or None."""
    for style, regex in _STYLES:
        found = regex.match(text)
        if found:
            word = next(group for group in found.groups() if group)
            number = 0 if style == "bullet" else ordinal(word)
            return (
                None
                if number is None
                else _with_word(Mark(style, number, _printed(style, found.group()), found.end()), text)
            )
    return None


def _with_word(mark: Mark, text: str) -> Mark:
    """1. 行动一：…, numbered twice: what is printed is the number by its word."""
    inner = None if mark.style == TOPIC else mark_of(text[mark.end :])
    if inner is None or inner.style != TOPIC:
        return mark
    return Mark(mark.style, mark.number, inner.printed, mark.end + inner.end)


def set_off(line: str) -> str:
    """``line`` with a colon where only a gap parts its number by a word from the title: 行动一 知识大宣讲."""
    return _GAP.sub(r"\1：", line)


def _printed(style: str, words: str) -> str:
    shown = _even(words.strip())
    if style == TOPIC:
        return shown.strip("：:，,、.．—|｜【】[]（）() ")
    return shown.rstrip("：:，,、") if style in {"nth", "is", "part"} else shown


def _even(shown: str) -> str:
    """(二） as a scan gives it: both brackets of the wide form."""
    return shown.translate({ord("("): "（", ord(")"): "）"}) if ("（" in shown) != ("）" in shown) else shown


def ordinal(word: str) -> int | None:
    """The number that ``word`` writes: 3, 三, 十二, ③, ㈢; None where it writes none."""
    if word.isascii() and word.isdigit():
        return int(word)
    if len(word) == 1 and "A" <= word <= "Z":
        return ord(word) - ord("A") + 1
    for first, one in _RUNS:
        if len(word) == 1 and 0 <= ord(word) - ord(first) < 20:
            return ord(word) - ord(first) + one
    return chinese_number(word)


def chinese_number(word: str) -> int | None:
    """A Chinese number below a hundred: 七, 十, 十二, 二十, 三十一."""
    digits = {character: value for value, character in enumerate("零一二三四五六七八九")}
    tens, ten, ones = word.rpartition("十")
    if any(character not in digits for character in tens + ones) or len(tens) > 1 or len(ones) > 1 or not word:
        return None
    return (digits.get(tens, 1) * 10 if ten else 0) + digits.get(ones, 0)
