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
from filing.who.assigning import Assignment, assignments_in
from filing.who.bundles import Bundle, NamedFile, is_shared
from filing.who.clues import WEIGHTS, Clue, clues_in, clues_of_name
from filing.who.latin import distinct_word, is_latin
from filing.who.names import NameIndex
from filing.who.sections import sections_of
from filing.who.senders import Known
from filing.who.strangers import strangers_in, strangers_named
from filing.who.units import Witnesses
from records.campaigns import Campaign
from records.extracts import Extract
from records.mail import Message

_SELF = re.compile(rf"[我本]({'|'.join(sorted(word_list('names')['selves'], key=len, reverse=True))})(?![长方家人])")
_WE = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_FEW = 20  # documents in which names are looked for that make shorter ones clear
_EXTENSION = re.compile(r"\.[0-9a-zA-Z]{1,5}$")
_LONG_CORE = 4
_RUNNING = 100  # characters from which on a text speaks of its writer
_MANY_FILES = 60  # from then on nobody writes which file is whose
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
    inner_senders: Mapping[str, Known]  # of attached messages that a trusted forwarder passes on, by path
    index: NameIndex  # of the roster, with the names that are clear in this message

    def sender_of(self, bundle: Bundle) -> Known:
        """Who sent the bundle: of one that lies in one attached message, its writer."""
        paths = [file.path for file in bundle.files if not file.is_container]
        within = [path for path in self.inner_senders if paths and all(one.startswith(f"{path}/") for one in paths)]
        return self.inner_senders[within[0]] if within else self.sender


def scene_of(
    message: Message,
    extracts: Sequence[Extract],
    documents: Sequence[Document],
    files: Sequence[NamedFile],
    index: NameIndex,
    *,
    sender: Known,
    passed_on: bool,
    inner_senders: Mapping[str, Known],
) -> Scene:
    """All clues, by where they stand. A paper with several units' reports comes as one document a report."""
    speaks = bool(message.sender.name) and not passed_on and not sender.trusted
    index = _at_home(message, documents, index, sender)
    found: dict[str, list[Clue]] = {}
    parted = (sections_of(one, index, sorted_by_office=sender.trusted) for one in documents[:_CLUE_DOCUMENTS])
    documents = (*(one for parts in parted for one in parts), *documents[_CLUE_DOCUMENTS:])
    for document in documents[:_CLUE_DOCUMENTS]:
        if document.role != "quoted":
            found.setdefault(document.where, []).extend(clues_in(document, index))
    by_where = {document.where: document for document in documents}
    for file in files[:_CLUE_DOCUMENTS]:
        clues = clues_of_name(_EXTENSION.sub("", file.path), "file", file.path, index, by_where.get(file.path))
        found.setdefault(file.path, []).extend(clues)
    for path, said in _assignments(documents, files, index).items():
        weight = WEIGHTS["body"] if said.is_sure else WEIGHTS["body"] / 2
        of = by_where.get(path)
        at = (of.top_sha256, of.sha256) if of else (None, None)
        found.setdefault(path, []).append(Clue(said.unit, "body", path, said.line, weight, *at, said.is_sure))
    for extract in (one for each in extracts for one in each.walk()):
        if subject := dict(extract.metadata).get("subject", "") if extract.media_type == "message/rfc822" else "":
            path = next((file.path for file in files if file.sha256 == extract.part.sha256), "")
            found.setdefault(path, []).extend(clues_of_name(subject, "inner", path, index))
    named = clues_of_name(message.sender.name, "sender_name", "sender", index) if speaks else []
    if not sender.codes and not passed_on and not sender.trusted:
        named += _of_domain(message.sender.address, index)
    kept = {where: tuple(clues) for where, clues in found.items()}
    return Scene(message, tuple(documents), tuple(files), kept, tuple(named), sender, passed_on, inner_senders, index)


def _at_home(message: Message, documents: Sequence[Document], index: NameIndex, sender: Known) -> NameIndex:
    """The index with the short names that are clear from who sends and from what is named in full."""
    shown = clues_of_name(message.sender.name, "sender_name", "sender", index) if message.sender.name else []
    wholes = {*sender.codes, *(clue.unit for clue in shown)}  # 青塘乡农服中心 is in that town
    told = [clue for d in documents[:_FEW] if d.role != "quoted" for clue in clues_in(d, index)]
    named = {clue.unit for clue in told if clue.sure and clue.source not in ("mention", "guest")}
    return index.among(wholes, {*sender.codes, *named})


def _of_domain(address: str, index: NameIndex) -> list[Clue]:
    """The domain that holds the word that is a unit's own in its English name tells whose mailbox it is."""
    domain = address.rpartition("@")[2]
    code = index.unit_of_domain(domain) if domain and domain not in words("mail", "free_providers") else None
    return [Clue(code, "sender_name", "sender", domain, WEIGHTS["sender_name"])] if code else []


def _assignments(documents: Sequence[Document], files: Sequence[NamedFile], index: NameIndex) -> dict[str, Assignment]:
    """What the own words say of the attachments."""
    own = next((document.text for document in documents if document.role == "body" and document.where == "body"), "")
    named = [file.path for file in files if not file.is_container]
    return assignments_in(own, named, index) if own and len(named) <= _MANY_FILES else {}


def witnesses_of(scene: Scene, bundle: Bundle, index: NameIndex, campaign: Campaign) -> Witnesses:
    """What speaks about the sender of one bundle."""
    wheres = {document.where for document in bundle.documents} | {file.path for file in bundle.files}
    clues = [clue for where, found in scene.clues.items() if where in wheres for clue in found]
    clues += scene.sender_clues
    clues = [clue for clue in clues if clue.sure or not _is_about(index.core_of(clue.unit), campaign)]
    if bundle.others:
        shared = {"subject", "body", "sender"} | _held_in_common(bundle)
        clues = [clue for clue in clues if clue.unit == bundle.owner or clue.where not in shared]
    own = bundle.documents if not bundle.others else tuple(d for d in bundle.documents if not is_shared(d))
    strangers = [s for d in own if d.role != "picture" for s in strangers_in(d, index, campaign)]
    for where, text in [*_subjects(bundle), *((file.path, _last(file.path)) for file in bundle.files[:50])]:
        strangers += strangers_named(text, where, index)
    sender = scene.sender_of(bundle)
    strangers = [one for one in strangers if not (one.is_english and _is_senders(one.name, sender, scene, index))]
    return Witnesses(
        tuple(clues),
        sender,
        tuple(strangers),
        selves_in(own),
        hints_at_branch(own, bundle.files),
        (scene.passed_on or sender.trusted) and not (sender.trusted and sender.codes),
        any(len(document.text) > _RUNNING for document in own if document.role in ("document", "body")),
        bundle.owner,
        bundle.others,
        any(_WE.search(document.text) for document in own if is_latin(document.text[:_RUNNING])),
        _agreeing(scene, index, campaign) if not bundle.others else frozenset(),
    )


def _is_senders(name: str, sender: Known, scene: Scene, index: NameIndex) -> bool:
    """Whether an English name that no roster has is the registered sender's own.

    It is another wording of the English name that the roster has; or, where the roster has none, the mail address or
    the display name holds its first word and no unit's name begins like the sender's.
    """
    if sender.code is None or not sender.is_sure:
        return False
    worded = index.is_english_of(name, sender.code)
    if worded is not None:
        return worded
    word = distinct_word(name)
    shown = f"{scene.message.sender.address} {scene.message.sender.name}".lower()
    return bool(word) and word in shown and not index.has_namesake(sender.code)


def _agreeing(scene: Scene, index: NameIndex, campaign: Campaign) -> frozenset[str]:
    """Units whose own part of the name the display name or the subject holds (大石坝后勤, 河滨路)."""
    shown = scene.message.sender.name if not scene.passed_on and not scene.sender.trusted else ""
    found = index.fitting(shown) | index.fitting(subject_of(scene))
    return frozenset(code for code in found if not _is_about(index.core_of(code), campaign))


def subject_of(scene: Scene) -> str:
    """The subject as its document has it; "" where it names a unit itself, and so is no second voice."""
    named = {clue.source for clue in scene.clues.get("subject", ())}
    return next((d.text for d in scene.documents if d.role == "subject"), "") if not named else ""


def _held_in_common(bundle: Bundle) -> set[str]:
    """Files that hold several units' reports: their names speak for none of them."""
    wheres = [document.where for document in bundle.documents]
    return {f.path for f in bundle.files if any(where.startswith(f"{f.path}/") for where in wheres)}


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
    return [] if bundle.others else [(d.where, d.text) for d in bundle.documents if d.role == "subject"]


def _last(path: str) -> str:
    return _EXTENSION.sub("", path.rpartition("/")[2])


def selves_in(documents: Iterable[Document]) -> frozenset[str]:
    """What the writers call themselves: 院 where a paper or the body says 我院."""
    papers = [d for d in documents if d.role in ("document", "slides", "body") and d.text]
    return frozenset(hit for d in papers for hit in _SELF.findall(squeeze(d.text[:20000])))


def hints_at_branch(documents: Iterable[Document], files: Iterable[NamedFile]) -> bool:
    """Whether subject, own words or a file name speak of a 分园, 分校 and so on."""
    own = [d.text[:300] for d in documents if d.role in ("subject", "body")]
    text = squeeze("\n".join([*own, *(file.path for file in files)]))
    return bool(contains_any(text, words("names", "branches")))
