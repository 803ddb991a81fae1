"""Everything in a message that speaks for a unit, each with where it stands and how much it weighs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from filing.documents import Document
from filing.papers import paper_of
from filing.text.lexica import words
from filing.text.squeeze import is_han, squeeze, squeezed
from filing.who import latin
from filing.who.nameforms import PLACELIKE, Quality
from filing.who.names import Hit, NameIndex
from filing.who.zones import DATE, Layout, layout_of

Source = Literal[
    "signature",
    "letterhead",
    "head",
    "body",
    "file",
    "subject",
    "photo",
    "sender_name",
    "inner",
    "mention",
    "guest",
]
"""Where a clue comes from. Clues of different sources that agree are independent of each other; letterhead and head are
one: the top of a document, and its title. body: what the sender's own words say; inner: subject of an attached message;
mention: named in running text, or as a part of another name; guest: as somebody else. These two decide nothing."""

WEIGHTS: dict[Source, float] = {
    "signature": 5.0,
    "letterhead": 5.0,
    "head": 4.0,
    "body": 4.0,
    "file": 3.0,
    "subject": 3.0,
    "inner": 3.0,
    "photo": 1.5,
    "sender_name": 2.0,
    "mention": 0.2,
    "guest": 0.0,
}
_QUALITY: dict[Quality, float] = {"name": 1.0, "short": 0.85, "core": 0.35, "blurred": 0.4}
_RESIDUE = 4  # characters that may stand beside name, department, date and telephone in a signature
_MAX_MENTIONS = 40
_ROWS = 2  # units in first cells from which on a table is a list of them
_MAX_HEADS, _MAX_REST = 3, 16  # names in a title, characters of what is left of a name in a signature
_IN_TITLE = 1.15  # of a title that begins with the name and ends with 总结: it says whose summary it is
_AROUND = 12  # characters before and behind a name that tell what its unit does there


_APART = re.compile(  # NAME自己的另报, NAME的材料由分校自行报送: it reports by itself
    r"(?:的|[材资]料|总结|情况){0,3}(?:由[^,，。;；]{0,5}?)?(?:自己|自行|单独|独立|各自|本身)[^,，。;；]{0,4}?(?:[上填呈另再]?报|提交|发)"
    r"|(?:的|那边的?)(?:[材资]料|总结)?另"
)


_ORGANISATIONS = tuple(word for word in words("names", "organisations") if word not in ("队", "院", "园", "场"))


@dataclass(frozen=True, slots=True)
class Clue:
    """That something speaks for a unit."""

    unit: str
    source: Source
    where: str  # "body", "subject", "sender" or a file name
    text: str  # the line
    weight: float
    top: str | None = None  # sha256 of the attachment
    sha256: str | None = None  # of the part
    sure: bool = True  # a registered name, clear of everything around it


def clues_in(document: Document, index: NameIndex) -> list[Clue]:
    """Clues of one document by where the names stand in it."""
    layout = layout_of(document)
    hits = index.find(layout.row, blurred=document.from_pixels)
    listed = _listed(layout, hits)
    found = [
        replace(clue, source="mention", weight=WEIGHTS["mention"]) if hit in listed and clue.source == "head" else clue
        for hit in hits[:_MAX_MENTIONS]
        for clue in _of_hit(document, layout, hit, hits, index)
    ]
    for hit in hits[_MAX_MENTIONS:]:
        if layout.zone_at(hit.start) in ("signature", "tail"):
            found += _of_hit(document, layout, hit, hits, index)
    return [*found, *_completed(document, layout, hits, index)]


def _listed(layout: Layout, hits: Sequence[Hit]) -> list[Hit]:
    """Names in the first cells of a table's rows, one unit a row: whom it tells of, not whose it is."""
    row = layout.row
    first = [hit for hit in hits if "\t" in row.lines[row.line_of(hit.start)] and _opens_line(layout, hit)]
    return first if len({hit.units for hit in first}) >= _ROWS else []


def _opens_line(layout: Layout, hit: Hit) -> bool:
    row = layout.row
    before = row.text[row.line_start(row.line_of(hit.start)) : hit.start]
    return not before.strip("0123456789、. ")


def _completed(document: Document, layout: Layout, hits: Sequence[Hit], index: NameIndex) -> Iterator[Clue]:
    """A signature that only together with the title's name is one: 甲镇 on top, 乙村 signed; 甲中学, 北校区."""
    named = [h for h in hits if layout.zone_at(h.start) == "head" and h.standing in ("clear", "campus")][:_MAX_HEADS]
    sure = {layout.row.line_of(hit.start) for hit in hits if len(hit.units) == 1 and hit.standing == "clear"}
    for line, zone in enumerate(layout.zones if named else ()):
        text = layout.row.text[layout.row.line_start(line) : layout.row.line_end(line)] if zone == "signature" else ""
        rest = DATE.sub("", text).strip()
        if line in sure or not 2 <= len(rest) <= _MAX_REST:
            continue
        for hit in named:
            before = hit.name.removesuffix("人民政府").removesuffix("办事处")
            whole = index.find(squeezed((before + rest,)))
            if len(whole) == 1 and len(whole[0].units) == 1 and whole[0].end - whole[0].start == len(before + rest):
                at = (document.where, layout.row.lines[line].strip(), WEIGHTS["signature"])
                yield Clue(whole[0].units[0], "signature", *at, document.top_sha256, document.sha256)
                break


def _of_hit(document: Document, layout: Layout, hit: Hit, hits: Sequence[Hit], index: NameIndex) -> Iterator[Clue]:
    line = layout.row.line_of(hit.start)
    text = layout.row.lines[line] if layout.row.lines else document.text
    source = _source(document, layout, hit, hits)
    weight = WEIGHTS[source] * _QUALITY[hit.quality] * (1.0 if len(hit.units) == 1 else 0.3)
    titled = source == "subject" or (source == "head" and document.role != "body")
    if titled and _titles(layout, hit):
        weight *= _IN_TITLE
    sure = hit.quality in ("name", "short") and len(hit.units) == 1 and hit.standing == "clear"
    for unit in hit.units:
        yield Clue(unit, source, document.where, text.strip()[:120], weight, document.top_sha256, document.sha256, sure)


def _source(document: Document, layout: Layout, hit: Hit, hits: Sequence[Hit]) -> Source:
    zone = layout.zone_at(hit.start)
    if hit.standing not in ("clear", "campus") or (hit.standing == "campus" and zone in ("signature", "tail")):
        return "mention"
    if is_labelled(layout, hit):
        return "signature"
    if document.role == "picture":
        return "guest" if is_guest(layout, hit) or is_helper(layout, hit) else "photo"
    if zone in ("signature", "tail") and signs(layout, hit, hits):
        return "signature"
    if zone == "addressee" or is_guest(layout, hit):
        return "guest"
    if document.role == "subject":
        return "subject"
    if not _can_head(layout, hit):
        return "mention"
    if document.role == "body" and (zone == "head" or _is_self(layout, hit)):
        return "body"
    if zone == "head" and line_is_name(layout, hit):
        return "letterhead"
    return "head" if zone in ("head", "signature") else "mention"


def _can_head(layout: Layout, hit: Hit) -> bool:
    """Whether a name stands where a title or name does: a wrapped line of English prose is none."""
    raw = layout.row.lines[layout.row.line_of(hit.start)]
    return not latin.is_latin(hit.name) or line_is_name(layout, hit) or latin.is_titled(raw)


def _titles(layout: Layout, hit: Hit) -> bool:
    """NAME…总结: a closing report's title that begins with the name."""
    row = layout.row
    low = row.line_start(row.line_of(hit.start))
    following = row.text[hit.end : hit.end + 60]
    own = not any(word in following for word in words("names", "others_matters"))
    return own and row.text[low : hit.start] in ("", "关于") and paper_of(following) in ("summary", "report")


def is_labelled(layout: Layout, hit: Hit) -> bool:
    """报送单位：NAME, 供稿：NAME, or the cell behind such a cell."""
    line = layout.row.line_of(hit.start)
    raw = layout.row.lines[line]
    for part in re.split(r"[\t|；;]|\s{2,}", raw):
        label, colon, value = part.replace(":", "：").partition("：")
        if colon and squeeze(label) in words("names", "labels") and _begins(value, layout, hit):
            return True
    cells = [cell.strip() for cell in re.split(r"[\t|]", raw)]
    return any(
        squeeze(a).rstrip(":") in words("names", "labels") and _begins(b, layout, hit) for a, b in pairwise(cells)
    )


def _begins(value: str, layout: Layout, hit: Hit) -> bool:
    return squeeze(value).startswith(layout.row.text[hit.start : hit.end])


def signs(layout: Layout, hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether the line is the name with no more than a department, a date, a telephone number beside it."""
    row = layout.row
    line = row.line_of(hit.start)
    low, high = row.line_start(line), max(row.line_end(line), hit.end)
    before, behind = row.text[low : hit.start], row.text[hit.end : high]
    for other in hits:  # several units may sign together
        if other is not hit and other.standing == "clear" and low <= other.start and other.end <= high:
            name = row.text[other.start : other.end]
            before, behind = before.replace(name, ""), behind.replace(name, "")
    if latin.is_latin(hit.name):
        return not latin.rest_of(before) and not latin.rest_of(behind)
    if before.startswith(("联系", "电话")) or before.endswith(words("names", "guests_before")):
        return False
    rest = _residue(behind)
    if rest and hit.name.endswith(PLACELIKE):
        return False  # 甲镇某老院 is not the town
    longer = rest.endswith(_ORGANISATIONS) or rest.endswith(words("names", "longer_ends"))
    return len(_residue(before)) <= _RESIDUE and len(rest) <= _RESIDUE and not longer


def line_is_name(layout: Layout, hit: Hit) -> bool:
    """Whether nothing but the name stands in its line or lines, or 文件, 工作信息 behind it."""
    row = layout.row
    low, high = row.line_start(row.line_of(hit.start)), row.line_end(row.line_of(hit.end - 1))
    behind = row.text[hit.end : high]
    return not row.text[low : hit.start].strip() and (not behind or behind in words("names", "papers"))


def _residue(text: str) -> str:
    rest = DATE.sub("", text)
    rest = re.sub(r"[0-9a-z@.:\-—–/|\s年月日号：（）,，、。]+", "", rest)
    for word in (
        *words("names", "departments"),
        "报送单位",
        "单位",
        "供稿",
        "联系电话",
        "电话",
        "特此报告",
        "此致",
        "敬礼",
    ):
        rest = rest.replace(word, "")
    return rest


def is_guest(layout: Layout, hit: Hit) -> bool:
    """Whether the words around the name make its unit a guest, a host or a helper."""
    row = layout.row
    line = row.line_of(hit.start)
    before = row.text[max(row.line_start(line), hit.start - _AROUND) : hit.start]
    if latin.is_latin(hit.name):
        return latin.guest_before(before)
    behind = _behind(layout, hit)
    if behind.startswith(words("names", "guests_after")) or _APART.match(behind):
        return True
    return bool(before) and is_han(before[-1]) and before.endswith(words("names", "guests_before"))


def is_helper(layout: Layout, hit: Hit) -> bool:
    """Whether a banner shows the unit's volunteers or lecturers: they may stand at anybody's door."""
    return _behind(layout, hit).startswith(words("names", "helpers"))


def _behind(layout: Layout, hit: Hit) -> str:
    row = layout.row
    return row.text[hit.end : min(row.line_end(row.line_of(hit.end - 1)), hit.end + _AROUND)]


def _is_self(layout: Layout, hit: Hit) -> bool:
    """我是NAME的…, 现将NAME…: the sender names itself in running text."""
    row = layout.row
    line = row.line_of(hit.start)
    before = row.text[row.line_start(line) : hit.start]
    clause = re.split(r"[，。；！？,;!?：:]", before)[-1]
    if clause.endswith(words("names", "selves_before")):
        return True
    return clause == "" and len(row.text) <= 400


def clues_of_name(text: str, source: Source, where: str, index: NameIndex, of: Document | None = None) -> list[Clue]:
    """Clues in a file name, a display name or the subject of an attached message.

    Of a path (``folder/name``) the innermost part that names a unit counts: a folder of the sender's may hold others'
    papers. A name may run over a border: 康宁医院/城南分院.docx is the branch's.
    """
    row = squeezed(tuple(part for part in text.split("/") if part.strip()) if source == "file" else (text,))
    layout = Layout(row, tuple("head" for _ in row.lines))
    found = []
    for hit in _innermost(index.find(row), layout):
        apart = hit.standing not in ("clear", "campus")
        guest = apart or is_guest(layout, hit)
        kind: Source = "mention" if apart else "guest" if guest else source
        weight = WEIGHTS[kind] * _QUALITY[hit.quality] * (1.0 if len(hit.units) == 1 else 0.3)
        sure = hit.quality in ("name", "short") and len(hit.units) == 1 and not guest
        for unit in hit.units:
            at = (of.top_sha256, of.sha256) if of else (None, None)
            found.append(Clue(unit, kind, where, text.strip()[:120], weight, *at, sure))
    return found


def _innermost(hits: Sequence[Hit], layout: Layout) -> list[Hit]:
    """Names in the last part of a path that has any."""
    ends = [layout.row.line_of(hit.end - 1) for hit in hits]
    clear = [line for line, hit in zip(ends, hits, strict=True) if hit.standing in ("clear", "campus")]
    return [hit for line, hit in zip(ends, hits, strict=True) if line >= max(clear, default=0)]
