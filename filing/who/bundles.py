"""A message's documents and files, parted by the unit whose report they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from filing.carried import is_photo
from filing.documents import Document, is_container
from filing.papers import paper_of
from filing.who.clues import Clue
from filing.who.units import standings
from records.extracts import Extract

_REPORT = 100  # characters that a report in a body has at least
_OWNS = 2.5  # what a paper itself must say for a unit to be its
_PAPERS = ("document", "sheet", "slides")


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
    others: frozenset[str] = frozenset()  # units whose reports stand beside it

    @property
    def parts(self) -> tuple[str, ...]:
        """sha256 of the attachments that belong to it; of members where an attachment holds several units' files."""
        return tuple(dict.fromkeys(file.sha256 if self.is_split else file.top for file in self._leaves()))

    def _leaves(self) -> Iterator[NamedFile]:
        return (file for file in self.files if not (self.is_split and file.is_container))

    @property
    def own(self) -> tuple[Document, ...]:
        """What tells of this report alone: where a message holds several, its body speaks of all of them."""
        papers = any(document.role in _PAPERS for document in self.documents)
        return tuple(d for d in self.documents if not (self.is_split and papers and is_shared(d) and d.role == "body"))


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
        holders = {owner for paper, owner in self.owners.items() if paper.startswith(f"{where}/")}
        if holders:
            return unit in holders
        named = {clue.unit for clue in self.clues.get(where, ()) if clue.source not in ("mention", "guest")}
        if named:
            return unit in named
        shared = {_home(paper) for paper, owner in self.owners.items() if owner != unit}
        return bool(_home(where)) and _home(where) in {_home(paper) for paper in mine} - shared


def bundles_of(
    documents: Sequence[Document],
    files: Sequence[NamedFile],
    clues: Mapping[str, Sequence[Clue]],
    *,
    senders: Mapping[str, str],
    home: str | None = None,
) -> tuple[Bundle, ...]:
    """One bundle, or one a unit where papers in the message are different units' own.

    ``clues`` holds, by ``where``, what each document and its file name say; ``senders`` the units, by path, from whose
    addresses the messages came that are attached; ``home`` is the unit whose mailbox it is. What is nobody's goes with
    ``home``'s report; a paper that is nobody's makes a bundle of its own, so that a person sees it.
    """
    owners = _owners(documents, files, clues, senders)
    units = tuple(dict.fromkeys(owners.values()))
    if len(units) < 2:
        return (Bundle(tuple(documents), tuple(files)),)
    parting = _Parting(owners, clues)
    parted = [_bundle_of(unit, parting, documents, files) for unit in units]
    return _with_rest(parted, documents, files, home)


def _owners(
    documents: Sequence[Document],
    files: Sequence[NamedFile],
    clues: Mapping[str, Sequence[Clue]],
    senders: Mapping[str, str],
) -> dict[str, str]:
    """Unit by ``where``, of papers; of pictures where there is no paper and each of them is somebody's."""
    papers = [document for document in documents if _can_be_owned(document)]
    told = ((d.where, _owner(clues.get(d.where, ())) or _sent_by(d.where, senders)) for d in papers)
    owners = {where: owner for where, owner in told if owner}
    if owners and (reporter := _of_report_in_body(documents, clues)):
        owners = {"body": reporter, **owners}
    if owners or any(document.role in _PAPERS for document in documents):
        return owners
    leaves = [file.path for file in files if not file.is_container]
    named = {path: owner for path in leaves if (owner := _owner(clues.get(path, ())))}
    return named if len(named) == len(leaves) else {}


def _can_be_owned(document: Document) -> bool:
    """A paper, or the words of an attached message or of a part of the body."""
    return document.role in _PAPERS or (document.role == "body" and document.where != "body")


def _owner(clues: Sequence[Clue]) -> str | None:
    """The unit whose own paper it is: named in its signature, top or file name, no other unit beside it."""
    ranked = [one for one in standings(clues) if one.content >= _OWNS]
    if not ranked or not ranked[0].sure:
        return None
    return ranked[0].unit if len(ranked) == 1 or ranked[0].outweighs(ranked[1]) else None


def _of_report_in_body(documents: Sequence[Document], clues: Mapping[str, Sequence[Clue]]) -> str | None:
    """The unit whose closing report the body itself is: it has a title, text and the unit's signature."""
    body = next((document for document in documents if document.role == "body" and document.where == "body"), None)
    if body is None or len(body.text) < _REPORT or paper_of(body.lines[0]) not in ("summary", "report"):
        return None
    own = clues.get("body", ())
    signed = {clue.unit for clue in own if clue.source == "signature"}
    titled = {clue.unit for clue in own if clue.source == "body"}
    return next(iter(signed)) if len(signed) == 1 and signed == titled else None


def _sent_by(where: str, senders: Mapping[str, str]) -> str | None:
    return next((unit for path, unit in senders.items() if where.startswith(f"{path}/")), None)


def _bundle_of(unit: str, parting: _Parting, documents: Sequence[Document], files: Sequence[NamedFile]) -> Bundle:
    shared = [d for d in documents if is_shared(d) and d.where not in parting.owners]
    own = [d for d in documents if d not in shared and parting.is_of(unit, d.where)]
    kept = [file for file in files if parting.is_of(unit, file.path)]
    return Bundle((*shared, *own), tuple(kept), unit, is_split=True, others=frozenset(parting.owners.values()) - {unit})


def _with_rest(
    parted: Sequence[Bundle], documents: Sequence[Document], files: Sequence[NamedFile], home: str | None
) -> tuple[Bundle, ...]:
    """What is nobody's: papers make a bundle of their own, all else goes with the sender's own report, if any."""
    taken = {file.path for bundle in parted for file in bundle.files}
    known = {document.where for bundle in parted for document in bundle.documents}
    rest = [d for d in documents if d.where not in known and d.role != "quoted"]
    papers = [document for document in rest if document.role in _PAPERS]
    left = [file for file in files if file.path not in taken and not file.is_container]
    if papers:
        shared = [document for document in documents if is_shared(document)]
        owners = frozenset(bundle.owner for bundle in parted if bundle.owner)
        return (*parted, Bundle((*shared, *rest), tuple(left), None, is_split=True, others=owners))
    return tuple(
        replace(bundle, documents=(*bundle.documents, *rest), files=(*bundle.files, *left))
        if bundle.owner == home
        else bundle
        for bundle in parted
    )


def split_by(bundle: Bundle, keys: Mapping[str, str]) -> tuple[Bundle, ...]:
    """The bundle parted by ``keys`` of its papers (by ``where``); what has no key goes with the first."""
    order = tuple(dict.fromkeys(keys.values()))
    if len(order) < 2:
        return (bundle,)
    found = []
    for key in order:
        own = [d for d in bundle.documents if is_shared(d) or _key(d.where, keys, order[0]) == key]
        files = [file for file in bundle.files if _key(file.path, keys, order[0]) == key]
        found.append(replace(bundle, documents=tuple(own), files=tuple(files), is_split=True))
    return tuple(found)


def _key(where: str, keys: Mapping[str, str], default: str) -> str:
    within = (
        (key for paper, key in keys.items() if _holds(paper, where)),
        (key for paper, key in keys.items() if _holds(where, paper)),
    )
    return next((key for found in within for key in found), default)


def _holds(whole: str, part: str) -> bool:
    return part == whole or part.startswith(f"{whole}/")


def is_shared(document: Document) -> bool:
    """Subject and own words speak for everything in the message."""
    return document.role == "subject" or (document.role == "body" and document.where == "body")


def _home(where: str) -> str:
    """The folder or archive in which it lies, "" at the top."""
    return where.rpartition("/")[0]
