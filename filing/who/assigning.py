"""What the own words say of the attachments: which is whose report (附件1是甲的，附件2是乙的; a.docx——甲)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from filing.text.numerals import han_value
from filing.text.squeeze import squeeze, squeezed
from filing.who.names import NameIndex

_COUNTED = re.compile(
    r"第(?P<a>[一二三四五六七八九十\d]{1,3})[个份]附?件?|附件?:?(?P<b>[一二三四五六七八九十\d]{1,3})(?![\d份个])"
)
_EXTENSION = re.compile(r"\.[0-9a-z]{1,5}$")
_IN_NAME = re.compile(r"^(?:附件?)?0*(\d{1,2})(?!\d)")
_INSTEAD = re.compile(r"不是|并非|除|替换|作废|误")
_FAR = 30  # characters between a file and the unit whose it is


@dataclass(frozen=True, slots=True)
class Assignment:
    """That the words say whose a file is."""

    unit: str
    line: str
    is_sure: bool  # by a form of the name that can be trusted


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    file: str = ""
    unit: str = ""
    is_sure: bool = True


def assignments_in(text: str, files: Sequence[str], index: NameIndex) -> dict[str, Assignment]:
    """By path. A file that is given to two units, or named so that two could be meant, is given to none."""
    names = _names_of(files)
    found: dict[str, list[Assignment]] = {}
    for line in text.splitlines():
        if not _INSTEAD.search(line):
            for file, token in _pairs(_tokens(line, files, names, index)):
                found.setdefault(file, []).append(Assignment(token.unit, line.strip()[:120], token.is_sure))
    return {path: listed[0] for path, listed in found.items() if len({one.unit for one in listed}) == 1}


def _names_of(files: Sequence[str]) -> dict[str, str]:
    """Squeezed name with and without its ending → path, those that one file alone has, the longest first."""
    listed = [(name, path) for path in files for name in _spoken(path)]
    counts = Counter(name for name, _ in listed)
    return {name: path for name, path in sorted(listed, key=lambda one: -len(one[0])) if counts[name] == 1}


def _spoken(path: str) -> Iterator[str]:
    name = squeeze(path.rpartition("/")[2])
    yield name
    stem = _EXTENSION.sub("", name)
    if len(stem) >= 2 and not stem.isdigit():
        yield stem


def _tokens(line: str, files: Sequence[str], names: dict[str, str], index: NameIndex) -> list[_Token]:
    """Files and units that the line names, in its order; a unit's name inside a file's is the file's."""
    text = squeeze(line)
    found: list[_Token] = []
    for name, path in names.items():
        at = text.find(name)
        if at >= 0 and not _overlaps(found, at, at + len(name)):
            found.append(_Token(at, at + len(name), file=path))
    for told in _COUNTED.finditer(text):
        path = _by_number(told["a"] or told["b"], files)
        if path and not _overlaps(found, told.start(), told.end()):
            found.append(_Token(told.start(), told.end(), file=path))
    for hit in index.find(squeezed((line,))):
        alone = len(hit.units) == 1 and hit.standing in ("clear", "campus")
        if alone and not _overlaps(found, hit.start, hit.end):
            found.append(_Token(hit.start, hit.end, unit=hit.units[0], is_sure=hit.quality in ("name", "short")))
    return sorted(found, key=lambda token: token.start)


def _overlaps(found: Sequence[_Token], start: int, end: int) -> bool:
    return any(start < token.end and token.start < end for token in found)


def _by_number(numeral: str, files: Sequence[str]) -> str:
    """The file that bears the number, else the one at that place; "" where two could be meant."""
    value = int(numeral) if numeral.isdigit() else int(han_value(numeral) or 0)
    borne = {path: int(hit[1]) for path in files if (hit := _IN_NAME.match(squeeze(path.rpartition("/")[2])))}
    bearing = [path for path, number in borne.items() if number == value]
    if len(bearing) == 1:
        return bearing[0]
    return files[value - 1] if not borne and 0 < value <= len(files) else ""


def _pairs(tokens: Sequence[_Token]) -> Iterator[tuple[str, _Token]]:
    """File and unit in turn (附件1是甲的), or all the files and then as many units (附件1、附件2分别是甲、乙的)."""
    files = [token for token in tokens if token.file]
    units = [token for token in tokens if token.unit]
    if not files or len(files) != len(units):
        return
    kinds = "".join("f" if token.file else "u" for token in tokens)
    turns = kinds in ("fu" * len(files), "uf" * len(files))
    groups = kinds in ("f" * len(files) + "u" * len(files), "u" * len(files) + "f" * len(files))
    if not (turns or groups):
        return
    for file, unit in zip(files, units, strict=True):
        if (groups and not turns) or max(file.start, unit.start) - min(file.end, unit.end) <= _FAR:
            yield file.file, unit
