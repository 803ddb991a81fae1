"""A message's documents and files, parted by the unit whose report they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from filing.carried import is_photo
from filing.documents import Document, is_container
from filing.who.clues import Clue
from filing.who.units import standings
from records.extracts import Extract

_OWNS = 3.0  # what a paper itself must say for a unit to be its


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file by its path, archives and attached messages included."""

    path: str
    top: str  # sha256 of the attachment
    sha256: str
    is_container: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """What belongs to one report. ``owner`` is set where the message holds several units' reports."""

    documents: tuple[Document, ...]
    files: tuple[NamedFile, ...]
    owner: str | None = None
    is_split: bool = False  # other files of the message belong to another report

    @property
    def parts(self) -> tuple[str, ...]:
        """sha256 of the attachments that belong to it; of members where an attachment holds several units' files."""
        return tuple(dict.fromkeys(file.sha256 if self.is_split else file.top for file in self._leaves()))

    def _leaves(self) -> Iterator[NamedFile]:
        return (file for file in self.files if not (self.is_split and file.is_container))


def files_of(extracts: Sequence[Extract]) -> tuple[NamedFile, ...]:
    """All files with their paths; pictures inside papers and logos of mail signatures are none of their own."""
    own = (extract for extract in extracts if not _is_logo(extract))
    return tuple(file for extract in own for file in _files_below(extract, "", extract.part.sha256))


def _is_logo(extract: Extract) -> bool:
    """A small picture in the body: every mail of that sender has it, so that it tells no report from another."""
    inline = extract.part.content_disposition == "inline" or extract.part.content_id
    return bool(inline and extract.media_type.startswith("image/") and not is_photo(extract))


def _files_below(extract: Extract, above: str, top: str) -> Iterator[NamedFile]:
    name = (extract.part.filename or "").replace("\\", "/")
    path = f"{above}/{name or extract.part.position}" if above else name
    holds = is_container(extract.media_type)
    yield NamedFile(path, top, extract.part.sha256, holds)
    if holds:
        for member in extract.members:
            yield from _files_below(member, path or extract.part.position, top)


@dataclass(frozen=True, slots=True)
class _Parting:
    """Which paper is whose."""

    owners: Mapping[str, str]  # unit by ``where``
    clues: Mapping[str, Sequence[Clue]]

    def is_of(self, unit: str, where: str) -> bool:
        """Whether the document or file is that unit's: its paper, inside it, naming it, or in its folder."""
        if where in self.owners:
            return self.owners[where] == unit
        mine = [paper for paper, owner in self.owners.items() if owner == unit]
        if any(where.startswith(f"{paper}/") for paper in mine):
            return True
        named = {clue.unit for clue in self.clues.get(where, ()) if clue.source not in ("mention", "guest")}
        if named:
            return unit in named
        shared = {_home(paper) for paper, owner in self.owners.items() if owner != unit}
        return bool(_home(where)) and _home(where) in {_home(paper) for paper in mine} - shared


def bundles_of(
    documents: Sequence[Document], files: Sequence[NamedFile], clues: Mapping[str, Sequence[Clue]]
) -> tuple[Bundle, ...]:
    """One bundle, or one a unit where papers in the message are different units' own.

    ``clues`` holds, by ``where``, what each document and its file name say.
    """
    owners = {d.where: owner for d in documents if (owner := _owner(d, clues.get(d.where, ())))}
    units = tuple(dict.fromkeys(owners.values()))
    if len(units) < 2:
        return (Bundle(tuple(documents), tuple(files)),)
    parting = _Parting(owners, clues)
    return tuple(_bundle_of(unit, parting, documents, files) for unit in units)


def split_by(bundle: Bundle, keys: Mapping[str, str]) -> tuple[Bundle, ...]:
    """The bundle parted by ``keys`` of its papers (by ``where``); what has no key goes with the first."""
    order = tuple(dict.fromkeys(keys.values()))
    if len(order) < 2:
        return (bundle,)
    found = []
    for key in order:
        own = [d for d in bundle.documents if is_shared(d) or _key(d.where, keys, order[0]) == key]
        files = [file for file in bundle.files if _key(file.path, keys, order[0]) == key]
        found.append(Bundle(tuple(own), tuple(files), bundle.owner, is_split=True))
    return tuple(found)


def _key(where: str, keys: Mapping[str, str], default: str) -> str:
    return next((key for paper, key in keys.items() if where == paper or where.startswith(f"{paper}/")), default)


def is_shared(document: Document) -> bool:
    """Subject and own words speak for everything in the message."""
    return document.role == "subject" or (document.role == "body" and document.where == "body")


def _owner(document: Document, clues: Sequence[Clue]) -> str | None:
    """The unit whose own paper it is: named in its signature, top or file name, no other unit beside it."""
    if document.role not in ("document", "sheet", "slides"):
        return None
    ranked = [one for one in standings(clues) if one.content >= _OWNS]
    return ranked[0].unit if len(ranked) == 1 and ranked[0].sure else None


def _bundle_of(unit: str, parting: _Parting, documents: Sequence[Document], files: Sequence[NamedFile]) -> Bundle:
    shared = [d for d in documents if is_shared(d)]
    own = [d for d in documents if not is_shared(d) and parting.is_of(unit, d.where)]
    kept = [file for file in files if parting.is_of(unit, file.path)]
    return Bundle((*shared, *own), tuple(kept), unit, is_split=True)


def _home(where: str) -> str:
    """The folder or archive in which it lies, "" at the top."""
    return where.rpartition("/")[0]
