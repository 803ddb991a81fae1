"""Word 2007+ documents (docx, docm, dotx, strict or not): text in reading order, tables, pictures (ECMA-376)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from parsers import media_types as mt
from parsers.docx_numbers import Numbers
from parsers.media_types import called
from parsers.packages import DAMAGED, Relation, core_properties, read_package
from parsers.parsed import Parsed, one_page
from parsers.pictures import members_of_package
from parsers.problems import broken_off
from parsers.word_package import WordPackage, word_package
from parsers.word_walk import Label, Walk
from records.extracts import ReadLimits
from records.mail import Part

_ABOVE = ("header",)
_BELOW = ("diagramData", "chart", "chartEx", "footnotes", "endnotes", "comments", "footer")
_INSIDE = ("package", "oleObject")  # the table behind a chart
_LOOSE = ("word/header", "word/document", "word/footnotes", "word/endnotes", "word/comments", "word/footer")


class DocxParser:
    """Headers first (the letterhead often stands there), then body, notes, comments, footers; each text once."""

    name = "docx"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        return read_package(part.content, mt.DOCX, limits, lambda package: _read(part, package, limits))


PARSER = DocxParser()


def _read(part: Part, package: zipfile.ZipFile, limits: ReadLimits) -> Parsed:
    document = _Document(word_package(part.content, package))
    for story in document.stories():
        document.read(story)
    parsed = of_walks(document.walks)
    return replace(
        parsed,
        metadata=core_properties(package),
        members=members_of_package(part, package, document.inside, limits.max_members),
        problem=broken_off(called(mt.DOCX)) if document.is_broken else None,
    )


def of_walks(walks: list[Walk]) -> Parsed:
    """The stories' text, in order; a header or footer that repeats another's words stands once."""
    stories = list(dict.fromkeys("\n".join(walk.lines) for walk in walks))
    tables = tuple(table for walk in walks for table in walk.tables)
    return Parsed(mt.DOCX, pages=one_page("\n".join(story for story in stories if story)), tables=tables)


@dataclass(slots=True)
class _Document:
    """A package being read: what was walked, what its stories show, whether something is missing."""

    package: WordPackage
    walks: list[Walk] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)  # pictures and embedded files, in order
    is_broken: bool = False
    _label: Label = Numbers().label

    def stories(self) -> Iterator[str]:
        """The members with text, in reading order. Raises KeyError where there is no document."""
        main = self._main()
        if main is None:
            yield from self._loose_stories()
            return
        related = self._relations(main)
        self._label = Numbers.of(self._root(related, "numbering"), lambda: self._root(related, "styles")).label
        self._existing(related, ("styles",))
        yield from self._existing(related, _ABOVE)
        yield main
        yield from self._existing(related, _BELOW)

    def read(self, name: str) -> None:
        """Walks over the member; one that is damaged costs itself."""
        walk = Walk(self._label)
        try:
            walk.story(self.package.root(name))
        except DAMAGED:
            if name == self._main():
                raise
            self.is_broken = True
            return
        self.walks.append(walk)
        related = self._relations(name)
        shown = [related[reference].target for reference in walk.pictures if reference in related]
        shown += [relation.target for relation in related.values() if relation.kind in _INSIDE and "chart" in name]
        self.is_broken |= not all(self.package.has(target) for target in shown)
        self.inside += shown

    def _main(self) -> str | None:
        found = [relation.target for relation in self._relations("").values() if relation.kind == "officeDocument"]
        return next((name for name in (*found, "word/document.xml") if self.package.has(name)), None)

    def _relations(self, name: str) -> dict[str, Relation]:
        try:
            return self.package.relations(name)
        except DAMAGED:
            self.is_broken = True
            return {}

    def _root(self, related: dict[str, Relation], kind: str) -> Any:
        """The root of the first member of that kind, None where there is none that can be read."""
        for name in self._existing(related, (kind,)):
            try:
                return self.package.root(name)
            except DAMAGED:
                self.is_broken = True
        return None

    def _existing(self, related: dict[str, Relation], kinds: tuple[str, ...]) -> list[str]:
        """The members related in one of these ways, in order, each once; one that is missing is noticed."""
        wanted = [relation.target for kind in kinds for relation in related.values() if relation.kind == kind]
        found = [name for name in dict.fromkeys(wanted) if self.package.has(name)]
        self.is_broken |= len(found) < len(set(wanted))
        return found

    def _loose_stories(self) -> Iterator[str]:
        """Members with the usual names, where nothing leads to them."""
        self.is_broken = True
        names = [name for name in self.package.names() if name.casefold().endswith(".xml")]
        found = [name for start in _LOOSE for name in names if name.casefold().lstrip("/").startswith(start)]
        if not found:
            raise KeyError(_LOOSE[1])
        yield from found
