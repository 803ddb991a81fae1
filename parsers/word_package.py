"""A Word package seen two ways: as python-docx opens it, and member by member where it does not (ECMA-376 part 2)."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any, Protocol

from docx.opc.exceptions import OpcError
from docx.opc.part import Part as PackagePart
from docx.package import Package

from parsers.packages import DAMAGED, Relation, parse_xml, relations

_REFUSED = (*DAMAGED, AttributeError, TypeError, RecursionError, OpcError)
"""What python-docx raises on packages that it does not take."""


class WordPackage(Protocol):
    """Members by name, each with its relationships and the root of its tree."""

    def names(self) -> list[str]:
        """The members' names, in the package's order."""
        ...

    def has(self, name: str) -> bool:
        """Whether there is a member of that name."""
        ...

    def relations(self, name: str) -> dict[str, Relation]:
        """Relationships of the member of that name ("": the package) by id. Raises one of ``DAMAGED``."""
        ...

    def root(self, name: str) -> Any:
        """The root element of that member. Raises one of ``DAMAGED``."""
        ...


def word_package(content: bytes, package: zipfile.ZipFile) -> WordPackage:
    """The package as python-docx opens it; where something in it leads nowhere or is broken, its bare members."""
    try:
        return _Opened(content)
    except _REFUSED:
        return _Members(package)


class _Opened:
    """python-docx has followed all relationships and parsed what it knows; the rest is parsed when asked for."""

    def __init__(self, content: bytes) -> None:
        self._package = Package.open(BytesIO(content))
        self._parts = {_name(part): part for part in self._package.iter_parts()}

    def names(self) -> list[str]:
        return list(self._parts)

    def has(self, name: str) -> bool:
        return name in self._parts

    def relations(self, name: str) -> dict[str, Relation]:
        related = self._parts[name].rels if name else self._package.rels
        return {
            id_: Relation(relation.reltype.rpartition("/")[2], _name(relation.target_part))
            for id_, relation in related.items()
            if not relation.is_external
        }

    def root(self, name: str) -> Any:
        part = self._parts[name]
        element = getattr(part, "element", None)
        return element if element is not None else parse_xml(part.blob)


class _Members:
    """The zip archive's members as they lie there."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package

    def names(self) -> list[str]:
        return self._package.namelist()

    def has(self, name: str) -> bool:
        return name in self._package.NameToInfo

    def relations(self, name: str) -> dict[str, Relation]:
        return relations(self._package, name)

    def root(self, name: str) -> Any:
        return parse_xml(self._package.read(name))


def _name(part: PackagePart) -> str:
    return str(part.partname).removeprefix("/")
