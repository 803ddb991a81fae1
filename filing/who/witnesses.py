"""Collects from a message all that speaks about who reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from filing.documents import Document
from filing.text.lexica import contains_any, words
from filing.text.squeeze import squeeze
from filing.text.vocabulary import word_list
from filing.who.bundles import Bundle, NamedFile
from filing.who.clues import Clue, clues_in, clues_of_name
from filing.who.names import NameIndex
from filing.who.senders import Known
from filing.who.strangers import strangers_in, strangers_named
from filing.who.units import Witnesses
from records.campaigns import Campaign
from records.extracts import Extract
from records.mail import Message

_SELF = re.compile(rf"[我本]({'|'.join(sorted(word_list('names')['selves'], key=len, reverse=True))})(?![长方家人])")
_EXTENSION = re.compile(r"\.[0-9a-zA-Z]{1,5}$")
_LONG_CORE = 4
_RUNNING = 100  # characters from which on a text speaks of its writer
_CLUE_DOCUMENTS = 400  # of an archive with thousands of files, the first ones


@dataclass(frozen=True, slots=True)
class Scene:
    """A message as one campaign's roster sees it."""

    message: Message
    documents: tuple[Document, ...]  # quoted ones left out unless they are the report
    files: tuple[NamedFile, ...]
    clues: Mapping[str, tuple[Clue, ...]]  # by ``where``
    sender_clues: tuple[Clue, ...]
    sender: Known
    passed_on: bool


def scene_of(
    message: Message,
    extracts: Sequence[Extract],
    documents: Sequence[Document],
    files: Sequence[NamedFile],
    index: NameIndex,
    *,
    sender: Known,
    passed_on: bool,
) -> Scene:
    """All clues, by where they stand."""
    found: dict[str, list[Clue]] = {}
    for document in documents[:_CLUE_DOCUMENTS]:
        if document.role != "quoted":
            found.setdefault(document.where, []).extend(clues_in(document, index))
    by_where = {document.where: document for document in documents}
    for file in files[:_CLUE_DOCUMENTS]:
        clues = clues_of_name(_EXTENSION.sub("", file.path), "file", file.path, index, by_where.get(file.path))
        found.setdefault(file.path, []).extend(clues)
    for extract in (one for each in extracts for one in each.walk()):
        if subject := dict(extract.metadata).get("subject", "") if extract.media_type == "message/rfc822" else "":
            path = next((file.path for file in files if file.sha256 == extract.part.sha256), "")
            found.setdefault(path, []).extend(clues_of_name(subject, "inner", path, index))
    speaks = bool(message.sender.name) and not passed_on and not sender.trusted
    named = clues_of_name(message.sender.name, "sender_name", "sender", index) if speaks else []
    kept = {where: tuple(clues) for where, clues in found.items()}
    return Scene(message, tuple(documents), tuple(files), kept, tuple(named), sender, passed_on)


def witnesses_of(scene: Scene, bundle: Bundle, index: NameIndex, campaign: Campaign) -> Witnesses:
    """What speaks about the sender of one bundle."""
    wheres = {document.where for document in bundle.documents} | {file.path for file in bundle.files}
    clues = [clue for where, found in scene.clues.items() if where in wheres for clue in found]
    clues += scene.sender_clues
    clues = [clue for clue in clues if clue.sure or not _is_about(index.core_of(clue.unit), campaign)]
    if bundle.owner:
        shared = ("subject", "body", "sender")
        clues = [clue for clue in clues if clue.unit == bundle.owner or clue.where not in shared]
    strangers = [s for d in bundle.documents if d.role != "picture" for s in strangers_in(d, index, campaign)]
    for where, text in [*_subjects(bundle), *((file.path, _last(file.path)) for file in bundle.files[:50])]:
        strangers += strangers_named(text, where, index)
    return Witnesses(
        tuple(clues),
        scene.sender,
        tuple(strangers),
        selves_in(bundle.documents),
        hints_at_branch(bundle),
        (scene.passed_on or scene.sender.trusted) and not (scene.sender.trusted and scene.sender.codes),
        any(len(document.text) > _RUNNING for document in bundle.documents if document.role in ("document", "body")),
    )


@lru_cache(maxsize=32)
def _words_of(campaign: Campaign) -> str:
    """What the campaign is about: 职业病防治 alone names no 职业病防治院 there."""
    items = (text for activity in campaign.activities for text in (activity.title, activity.text))
    return squeeze("\n".join((campaign.title, campaign.theme, *items)))


def _is_about(core: str, campaign: Campaign) -> bool:
    """Whether what is a unit's own in its name, or all but its last character, is what the campaign is about."""
    stem = core[:-1] if len(core) > _LONG_CORE else core
    return bool(stem) and stem in _words_of(campaign)


def _subjects(bundle: Bundle) -> list[tuple[str, str]]:
    """Of a message with several units' reports the subject is not one unit's."""
    return [] if bundle.owner else [(d.where, d.text) for d in bundle.documents if d.role == "subject"]


def _last(path: str) -> str:
    return _EXTENSION.sub("", path.rpartition("/")[2])


def selves_in(documents: Iterable[Document]) -> frozenset[str]:
    """What the writers call themselves: 院 where a paper or the body says 我院."""
    papers = [d for d in documents if d.role in ("document", "slides", "body") and d.text]
    return frozenset(hit for d in papers for hit in _SELF.findall(squeeze(d.text[:20000])))


def hints_at_branch(bundle: Bundle) -> bool:
    """Whether subject, own words or a file name speak of a 分园, 分校 and so on."""
    own = [d.text[:300] for d in bundle.documents if d.role in ("subject", "body")]
    text = squeeze("\n".join([*own, *(file.path for file in bundle.files)]))
    return bool(contains_any(text, words("names", "branches")))
