"""Organisations that sign or head a document and stand on no roster: their reports must not be filed under another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from filing.documents import Document
from filing.text.lexica import words
from filing.text.squeeze import squeeze, squeezed
from filing.who import latin
from filing.who.names import Hit, NameIndex
from filing.who.zones import DATE, Layout, is_transparent, layout_of
from records.campaigns import Campaign

_ORGANISATION = re.compile(rf"[\u4e00-\u9fff]{{2,26}}?(?:{'|'.join(map(re.escape, words('names', 'organisations')))})$")
_TITLE_LINES = 4
_TITLE = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{2,24}}?(?:{'|'.join(map(re.escape, words('names', 'title_organisations')))})"
    rf"|[\u4e00-\u9fff]{{1,12}}?(?:{'|'.join(words('names', 'places'))})"
    rf"{''.join(f'(?<!{word})' for word in words('names', 'no_places'))})"
    r"(?=关于|20\d\d|开展|组织|举办|举行|召开|活动|总结|小结|情况|工作|安全|专题|报送|简报|信息|[a-z0-9—\-]|$)"
)
_NOT_A_NAME = re.compile(r"[的了在是和与为把将对到]|关于|总结|报告|活动|情况|简报|方案|计划|通知|开展")
_PARTS = tuple(word for key in ("branches", "campuses", "institutions", "longer_ends") for word in words("names", key))
_NOT_SIGNED = re.compile(r"[的了]|关于|总结|报告|活动|情况|简报|方案|计划|通知|开展")
_LONG_DEPARTMENTS = tuple(word for word in words("names", "departments") if len(word) >= 3)
_COUNTED = re.compile(r"\t\s*\d+\s*(?:\t|$)")
_PAPERS = re.compile(rf"(?:{'|'.join(words('names', 'papers'))}|宣)$")


@dataclass(frozen=True, slots=True)
class Stranger:
    """A name of an organisation that signs here and is on no roster."""

    name: str
    where: str
    text: str
    top: str | None
    sha256: str | None
    branch_of: str | None = None  # code of the unit whose part it says it is
    only_named: bool = False  # in a subject, title or file name
    holds: tuple[str, ...] = ()  # units whose names are a part of it
    from_pixels: bool = False  # read by OCR: one or two characters may be wrong
    signs: bool = False  # beside the date, where the one that reports signs
    is_english: bool = False  # the English name of a unit is seldom on the roster


def strangers_in(document: Document, index: NameIndex, campaign: Campaign) -> list[Stranger]:
    """Names in the signature lines and letterhead of a document that no unit on the roster has."""
    if document.role not in ("document", "body", "slides"):
        return []
    layout = layout_of(document)
    hits = index.find(layout.row, blurred=document.from_pixels)
    offices = _offices(campaign)
    found = [*_branches(document, layout, hits)]
    for line, text in _signing_lines(layout):
        here = [h for h in hits if h.standing == "clear" and _lies_in(layout, h, line)]
        if any(hit.quality != "core" for hit in here):
            continue
        signs = layout.zones[line] == "signature"
        english = latin.organisation_in(text)
        name = english or organisation_in(text, signs=signs) or (place_in(text) or part_in(text) if signs else "")
        worded = any(index.is_wording_of(name, unit) or name in index.names_of(unit) for h in here for unit in h.units)
        if name and not worded and not _is_office(name, offices, index):
            at = (document.top_sha256, document.sha256)
            found.append(
                Stranger(
                    name,
                    document.where,
                    text,
                    *at,
                    from_pixels=document.from_pixels,
                    signs=signs,
                    is_english=bool(english),
                )
            )
    return [*found, *_in_titles(document, layout, hits, (offices, index))]


def _lies_in(layout: Layout, hit: Hit, line: int) -> bool:
    return layout.row.line_of(hit.start) <= line <= layout.row.line_of(hit.end - 1)


def _in_titles(
    document: Document, layout: Layout, hits: Sequence[Hit], known: tuple[tuple[str, ...], NameIndex]
) -> Iterator[Stranger]:
    """Titles that begin with an organisation's name: NAME关于…, NAME2025年…."""
    for line, zone in enumerate(layout.zones[:_TITLE_LINES]):
        start = layout.row.line_start(line)
        row = layout.row.text[start : layout.row.line_end(line)]
        match = _TITLE.match(row.removeprefix("关于")) if zone == "head" and document.role != "body" else None
        if match is None or any(hit.standing == "clear" and start <= hit.start < start + len(row) for hit in hits):
            continue
        if not _NOT_A_NAME.search(match["name"]) and not _is_office(match["name"], *known):
            parts = tuple(unit for hit in hits if start <= hit.start < start + len(row) for unit in hit.units)
            text = layout.row.lines[line].strip()
            yield Stranger(match["name"], document.where, text, document.top_sha256, document.sha256, holds=parts)


def _branches(document: Document, layout: Layout, hits: Iterable[Hit]) -> Iterator[Stranger]:
    for hit in hits:
        line = layout.row.line_of(hit.start)
        signs = layout.zones[line] in ("signature", "tail")
        if (hit.standing == "branch" and (signs or layout.zones[line] == "head")) or (
            hit.standing == "campus" and signs
        ):
            text = layout.row.lines[line].strip()
            name = layout.row.text[hit.start : hit.reach]
            dated = layout.zones[line] == "signature"
            yield Stranger(name, document.where, text, document.top_sha256, document.sha256, hit.units[0], signs=dated)


def _signing_lines(layout: Layout) -> Iterator[tuple[int, str]]:
    for line, zone in enumerate(layout.zones):
        text = layout.row.lines[line]
        letterhead = zone == "head" and line < 2
        counted = bool(_COUNTED.search(text))  # 演练（场）	2	3: a row of a table
        if (zone in ("signature", "tail") or letterhead) and not counted and not is_transparent(text):
            yield line, text


def strangers_named(text: str, where: str, index: NameIndex) -> list[Stranger]:
    """Organisations that a subject or a file name names first and that no unit on the roster is called."""
    row = squeezed((text,))
    hits = index.find(row)
    found: list[Stranger] = []
    begins = _TITLE.match(row.text)
    whole = begins is not None and _after_last_word(begins["name"]) == begins["name"]
    for match in (*_SURE.finditer(row.text), *([begins] if begins and whole else ())):
        touched = [hit for hit in hits if hit.start < match.end() and match.start() < hit.end]
        name = _after_last_word(match[0])
        guest = row.text[: match.end() - len(name)].endswith(words("names", "guests_before"))
        if name and not guest and all(hit.standing != "clear" for hit in touched):
            parts = tuple(unit for hit in touched for unit in hit.units)
            found.append(Stranger(name, where, text.strip()[:120], None, None, only_named=True, holds=parts))
    return found


_SURE = re.compile(rf"[\u4e00-\u9fff]{{1,14}}?(?:{'|'.join(words('names', 'sure_organisations'))})")
_WORDS_BEFORE = re.compile(
    rf"^.*(?:{'|'.join(w for w in words('names', 'boundaries') if len(w) >= 2)}|[年月日的了在到进赴])"
)


def _after_last_word(text: str) -> str:
    """The name alone, words before it cut off; "" where nothing of its own is left."""
    name = _WORDS_BEFORE.sub("", text)
    endings = (*words("names", "sure_organisations"), *words("names", "title_organisations"))
    ending = next((one for one in endings if name.endswith(one)), "")
    return name if ending and len(_own_part(name.removesuffix(ending))) >= 2 else ""


def _own_part(stem: str) -> str:
    """What is left of 柳林镇中心 without common nouns at its end: 柳林; nothing of 辖区, of 全镇中心."""
    while noun := next((word for word in words("names", "common_nouns") if stem.endswith(word)), ""):
        stem = stem.removesuffix(noun)
    return stem


def organisation_in(line: str, *, signs: bool = False) -> str:
    """The organisation's name if the line is one, with a department or date beside it at most; else "".

    Where it stands as a signature, 和 and the like are part of a name (静和养老院), or join two that sign together.
    """
    text = squeeze(DATE.sub("", line))
    text = re.sub(r"[^\u4e00-\u9fff]", "", text)
    text = _PAPERS.sub("", text)
    for word in words("names", "departments"):
        if len(word) >= 2 and text.endswith(word) and len(text) - len(word) >= 4:
            text = text[: -len(word)]
    if len(text) < 4 or not _ORGANISATION.fullmatch(text):
        return ""
    no_name = (_NOT_SIGNED if signs else _NOT_A_NAME).search(text)
    return "" if no_name or text.endswith(_LONG_DEPARTMENTS) else text


def place_in(line: str) -> str:
    """The village, town or shop if the line is its name, with a date beside it at most; else ""."""
    text = re.sub(r"[^\u4e00-\u9fff]", "", squeeze(DATE.sub("", line)))
    named = 3 <= len(text) <= 20 and text.endswith(words("names", "places"))
    return text if named and not text.endswith(words("names", "no_places")) and not _NOT_A_NAME.search(text) else ""


def part_in(line: str) -> str:
    """城南分院, 北校区, 龙潭法庭: a part's own name if the line is that, with a date beside it at most; else ""."""
    text = re.sub(r"[^\u4e00-\u9fff]", "", squeeze(DATE.sub("", line)))
    named = 3 <= len(text) <= 10 and text.endswith(_PARTS) and not text.endswith(words("names", "no_longer_ends"))
    return text if named and not _NOT_A_NAME.search(text) else ""


def _offices(campaign: Campaign) -> tuple[str, ...]:
    """The issuer, to whom reports go: it heads the notice and stands in addressee lines, but never sends a report."""
    return tuple(squeeze(name) for name in (campaign.issuer,) if name)


def _is_office(name: str, offices: tuple[str, ...], index: NameIndex) -> bool:
    bare = name
    for place in index.places:
        bare = bare.removeprefix(place)
    return any(name in office or _is_desk(name, office) or (len(bare) >= 4 and bare in office) for office in offices)


def _is_desk(name: str, office: str) -> bool:
    """Whether the name is the office's with a department behind it: 司法局法制科, not 司法局龙湾司法所."""
    rest = name.partition(office)[2] if office in name else name
    return rest != name and (not rest or rest.endswith(words("names", "departments")))
