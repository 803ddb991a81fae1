"""The text of a notice, healed: lines that a page or a line's width cut are put together again.

Notices come as paragraphs (docx), as lines cut at a page's width (pdf, scans), or as both with blank lines at page
ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from unicodedata import east_asian_width

from filing.notice.marks import SET_APART, mark_of, set_off

MAX_CHARACTERS = 200_000
MAX_LINES = 6_000
"""Longer texts are no notices; only so much is read."""

_HALF_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_HALF_WIDTH |= {0xFF20: ord("@"), 0xFF0E: ord("."), 0xFF3F: ord("_"), 0xFF0F: ord("/")}
_NOTHING = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD))
_SPACES = dict.fromkeys((*range(0x2000, 0x200B), 0x00A0, 0x3000, 0x202F, 0x205F, 0x0009), " ")
_CHINESE = "⺀-〿㄀-鿿豈-﫿︰-￯“”‘’—…·①-⓿■●◆★▲"
_GAP = re.compile(rf"(?<=[{_CHINESE}])[ ]|[ ](?=[{_CHINESE}])")
_FURNITURE = re.compile(
    r"^(?:[-—–－_·\s]*\d{1,3}[-—–－_·\s]*|第\s*\d{1,3}\s*页(?:[\s,，/]*共\s*\d{1,3}\s*页)?|\d{1,3}\s*/\s*\d{1,3})$"
)
_LABEL = re.compile(
    r"^[（(【]?(?:联系人|联系电话|联系方式|电子邮箱|报送邮箱|邮箱|电话|传真|附件|抄送|主送|地址|备注|报送(?:时间|内容|方式|要求)|"
    r"(?:活动|工作|开展|实施)?(?:时间|主题|地点|对象|内容)|截止时间)[^：:。，]{0,6}[：:]"
)
_WEB_FOOT = re.compile(r"网站标识码|网站纠错|ICP备|公网安备|版权所有")
_NUMBERED_HEAD = re.compile(r"^(\d{1,2}) ([\u4e00-\u9fff“][^，。；：:！？]{1,24})$")
_LEAST_HEADS = 3
_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3\\s*")
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u2604\u2607-\u27bf\u2b00-\u2bff\ufe0f\u200d]+\\s*")
_MAX_PICTURED = 16  # longer lines are sentences
_HEADED = re.compile(r"^【[^】]{2,12}】|^第[一二三四五六]阶段[^。；]{0,40}$")
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]")
_LABEL_END = re.compile(r"(?:电话|方式|手机|传真|邮箱|联系人|地址)[：:]$")
_BRACKET_FIRST = re.compile(r"[（(][^（）()]*[）)][^。；]{2}")
_IN_SENTENCE = re.compile(r"[，。、；]")
_TAIL = re.compile(r"[^，。；：、]{1,8}[。；]")  # the rest of a sentence
_DATE_LINE = re.compile(r"^(?:20\d\d|二[〇○零O0][〇○零一二三四五六七八九O0]{2})[年./-].{2,9}日?$")
_TERMINAL = "。！？；：!?;:"
_SENTENCE_END = _TERMINAL + "”）)"
_OPEN_END = "，、,（(“《—－-和及与的"
_CUT_NUMBER = re.compile(r"(?:电话|方式|手机|传真)[^\n]*[\d-]{4}$")
_AT = r"(?:@|#|\(at\)|\[at\])"
_DOT = r"(?:\.|\(dot\))"
_ADDRESS = re.compile(rf"[\w.+-]+{_AT}[\w-]+(?:{_DOT}[\w-]+)*{_DOT}[A-Za-z]{{2,}}", re.ASCII)
_SPELT = re.compile(r"[（【\[]\s?(at|dot)\s?[）】\]]", re.IGNORECASE)  # （at）: signs of a mail address
_TOP_LEVEL = re.compile(r"\.(?:com|cn|net|org|gov|edu|vip)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the notice, with what its layout said."""

    text: str  # without the spaces that stand beside Chinese characters
    raw: str  # words parted by one space each
    indented: bool = False

    @property
    def width(self) -> int:
        """Columns it takes on paper: two for a Chinese character."""
        return sum(2 if east_asian_width(character) in "WFA" else 1 for character in self.text)


def squeeze(text: str) -> str:
    """``text`` without the spaces that stand beside Chinese characters: 2025 年 → 2025年."""
    return _GAP.sub("", text).strip()


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines that say something: page numbers and empty lines left out, full-width letters and digits made plain."""
    plain = _SPELT.sub(r"(\1)", text[:MAX_CHARACTERS].translate(_HALF_WIDTH | _NOTHING))
    lines = [_line(raw) for raw in re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", plain)]
    said = [line for line in lines if line.text and not _WEB_FOOT.search(line.text)]
    return tuple(islice(_without_furniture(_with_heads(said)), MAX_LINES))


def _with_heads(lines: Sequence[Line]) -> Sequence[Line]:
    """Headings numbered 1 目的, 2 时间, 3 行动内容 as in companies, told by their sequence: the number set apart."""
    found = [(at, match) for at, line in enumerate(lines) if (match := _NUMBERED_HEAD.match(line.raw))]
    if len(found) < _LEAST_HEADS or [int(match[1]) for _, match in found] != list(range(1, len(found) + 1)):
        return lines
    heads = dict(found)
    return [
        replace(line, text=f"{heads[at][1]}{SET_APART}{squeeze(heads[at][2])}") if at in heads else line
        for at, line in enumerate(lines)
    ]


def _without_furniture(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines but page numbers; digits below a full line that breaks off in digits are a cut telephone's rest."""
    full = 0.95 * max((line.width for line in lines), default=0)
    cut = False
    for line in lines:
        if not _FURNITURE.match(line.text) or (line.text.isdigit() and cut):
            yield line
            cut = line.width >= full and bool(_CUT_NUMBER.search(line.text))


def _line(raw: str) -> Line:
    raw = _without_pictures(raw)
    spaced = raw.translate(_SPACES)
    indented = raw.startswith("\u3000") or spaced.startswith("  ")
    words = " ".join(spaced.split())
    return Line(squeeze(set_off(words)), words, indented)


def _without_pictures(raw: str) -> str:
    """1️⃣ as 1、, a picture before a heading as a bullet, others left out: chat groups number and adorn with them."""
    plain = _KEYCAP.sub(r"\1、", raw)
    bare = _PICTURES.sub("", plain).strip()
    heads = _PICTURES.match(plain.strip()) and len(bare) <= _MAX_PICTURED and not re.search("[，。；：:！？!?]", bare)
    return f"●{bare}" if heads and bare else _PICTURES.sub("", plain)


def paragraphs(lines: Sequence[Line]) -> tuple[str, ...]:
    """Lines put together where they were cut in the middle of a paragraph."""
    width = wrap_width(lines)
    widest = max((line.width for line in lines), default=0)
    done: list[str] = []
    before: Line | None = None
    for line in lines:
        if before is None or _parts(before, line, width, widest):
            done.append(line.text)
        else:
            done[-1] = join(done[-1], line.text)
        before = line
    return tuple(done)


def wrap_width(lines: Sequence[Line]) -> int | None:
    """The columns at which the text was cut, or None where lines are whole paragraphs."""
    widths = sorted(line.width for line in lines)
    if len(widths) < 5:
        return None
    widest = widths[int(len(widths) * 0.95)] if len(widths) > 20 else widths[-1]
    full = [line for line in lines if 0.85 * widest <= line.width <= widest + 4]
    cut = sum(1 for line in full if line.text[-1] not in _TERMINAL)
    is_wrapped = len(full) >= 0.3 * len(widths) and cut >= 0.3 * len(full)
    return widest if 24 <= widest <= 150 and is_wrapped else None


def join(left: str, right: str) -> str:
    """Two pieces of one paragraph; Latin words keep a space between them, cut mail addresses do not."""
    tail, head = re.search(r"(?:[\w.+-]+ ?@ )?[!-~]*$", left, re.ASCII), re.match(r"[!-~]*", right)
    assert tail and head
    if not tail.group() or not head.group() or _one_token(tail.group().replace(" ", ""), head.group()):
        return left + right
    return f"{left} {right}"


def _one_token(tail: str, head: str) -> bool:
    if (
        head[0] == "."
        or (re.fullmatch(r"[\d()-]+", tail) and head[0].isdigit())
        or (head[0].isdigit() and tail[-1] in "-.")
    ):
        return True
    whole = bool(_ADDRESS.fullmatch(tail)) and bool(_TOP_LEVEL.search(tail))
    return not whole and bool(_ADDRESS.search(tail + head))


def _cuts_address(before: Line, line: Line) -> bool:
    """Whether a mail address goes on in the next line."""
    tail = re.search(rf"[\w.+-]+{_AT}?[\w.-]*$", before.text, re.ASCII)
    head = re.match(rf"[\w.-]*{_AT}?[\w.-]+", line.text, re.ASCII)
    return bool(
        tail and head and _ADDRESS.search(tail.group() + head.group()) and _one_token(tail.group(), head.group())
    )


def _parts(before: Line, line: Line, width: int | None, widest: int) -> bool:
    """Whether a new paragraph begins with ``line``."""
    if line.indented:
        return True
    if before.text[-1] in _OPEN_END or _cuts_address(before, line) or _LABEL_END.search(before.text):
        return False
    is_full = before.width >= 0.9 * (width or widest)
    if _is_cut(before, line) or (is_full and line.text[0].isdigit() and _CUT_NUMBER.search(before.text)):
        return False
    if mark_of(line.text) or _DATE_LINE.match(line.text) or _HEADED.match(line.text):
        return True
    if before.text[-1] in "。！？" and width and line.width < 0.85 * width and line.text[-1] not in _SENTENCE_END:
        return True  # a heading: a paragraph's last line would end a sentence
    is_cut = is_full and before.text[-1] not in _TERMINAL
    return bool(_LABEL.match(line.text) and not is_cut) or _ends(before, width, widest)


def _is_cut(before: Line, line: Line) -> bool:
    """Whether ``line`` is the rest of a sentence: a few characters, or a bracket with what follows it."""
    if before.text[-1] in _TERMINAL or mark_of(line.text):
        return False
    is_tail = len(before.text) >= 16 and _IN_SENTENCE.search(before.text) and _TAIL.fullmatch(line.text)
    return bool(is_tail or (len(before.text) > 12 and _BRACKET_FIRST.match(line.text)))


def _ends(line: Line, width: int | None, widest: int) -> bool:
    """Whether the paragraph ends with this line."""
    text = line.text
    if _BRACKETED.fullmatch(text):
        return True
    if width is not None:
        return line.width < 0.85 * width
    return (
        text[-1] in _TERMINAL or text.endswith(("。）", "。)", "。”")) or (len(text) < 30 and line.width < 0.9 * widest)
    )
