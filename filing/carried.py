"""What a message carries: papers, pictures, recordings, files nobody or only we could not read, words that report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from filing.documents import Document, is_container
from filing.papers import Paper, paper_of
from filing.text.lexica import contains_any, words
from filing.text.sentences import sentences
from filing.text.squeeze import squeeze
from filing.text.vocabulary import word_list
from filing.who.zones import is_addressee, is_transparent, layout_of
from records.extracts import Extract
from records.mail import CloudLink, Message

_SMALL_PIXELS = 160  # icons and logos of mail signatures
_SMALL_OCTETS = 2500
_PAPER = 30  # squeezed characters from which on a text says something
_NOTHING = ("application/x-empty", "application/x-executable")
_HANDS_IN = re.compile(  # of the mail, whatever its paper is called: 现将我单位防汛宣传月实施方案报上
    r"\s*(?:现|兹|特|今)?[将把][^,，。；]{2,60}?(?:报上|上报|报送|呈报|报来|送上|呈上|奉上|转上|提交|发(?:送|来|上|给)|报给)"
    r"(?:给?(?:贵|你|您|区|市|县|局|委|办|科|处)[^,，。；]{0,10})?$"
)
_OFFER = re.compile(r"报价(?:单|表|书|方案|函)?$")
_HARMLESS = re.compile(r"(?:^|/)(?:thumbs\.db|desktop\.ini|\.ds_store|__macosx/.*|~\$.*|\._.*)$", re.IGNORECASE)
_HARMLESS_REASONS = ("system_file", "no_program", "not_a_file")
_SPEAKS = 120  # squeezed characters from which on a paper is not a mere cover of what is embedded in it


@dataclass(frozen=True, slots=True)
class CarriedPaper:
    """A readable document with what its title or file name says it is."""

    document: Document
    paper: Paper
    is_advert: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """All that could report."""

    papers: tuple[CarriedPaper, ...]
    pictures: tuple[Extract, ...]
    recordings: tuple[Extract, ...]
    unread: tuple[Extract, ...]  # skipped by us: the report may be in there
    broken: tuple[Extract, ...]  # nobody could open them
    body_reports: bool
    own_words: str  # without greeting, contacts, footers
    links: int  # to files that are not at hand

    @property
    def reports(self) -> tuple[CarriedPaper, ...]:
        """Papers that are no advertisement, plan or notice."""
        return tuple(one for one in self.papers if not one.is_advert and one.paper not in ("plan", "notice"))


def carried_by(message: Message, extracts: Sequence[Extract], documents: Sequence[Document]) -> Carried:
    """Sorts what was read and what was not."""
    leaves = [leaf for extract in extracts for leaf in _leaves(extract) if not _is_harmless(leaf)]
    first = next((d for d in documents if d.role == "body" and d.where == "body"), None)
    own = own_words(without_links(first, message.cloud_links).text if first else "")
    inner = [d for d in documents if d.role == "body" and d is not first and not _is_notice(d.text)]
    return Carried(
        papers=tuple(_papers(documents)),
        pictures=tuple(leaf for leaf in leaves if is_photo(leaf)),
        recordings=tuple(leaf for leaf in leaves if leaf.media_type.startswith(("video/", "audio/"))),
        unread=tuple(leaf for leaf in leaves if _may_hide(leaf) and leaf.status in ("skipped", "partial")),
        broken=tuple(leaf for leaf in leaves if _may_hide(leaf) and leaf.status == "unreadable"),
        body_reports=tells_of_deeds(own) or any(tells_of_deeds(d.text) for d in inner),
        own_words=own,
        links=sum(link.file_sha256 is None for link in message.cloud_links),
    )


def without_links(document: Document, links: Sequence[CloudLink]) -> Document:
    """A body without the lines in which files are named that are not at hand: their names tell of nothing."""
    names = [squeeze(link.name) for link in links if link.name]
    kept = (line for line in document.text.splitlines() if not any(name in squeeze(line) for name in names))
    return replace(document, text="\n".join(kept)) if names else document


def asks(text: str) -> int:
    """How many words of a notice the text has: 请于…前报送, 特此通知."""
    short = squeeze(text[:20000])
    return sum(word in short for word in words("nonreports", "asking"))


def _is_notice(text: str) -> bool:
    """Whether what is passed on is the notice: its title says so, and it asks."""
    lines = [line for line in text.splitlines() if line.strip()][:3]
    return any(paper_of(line) == "notice" for line in lines) and asks(text) >= 2


def _leaves(extract: Extract) -> Iterator[Extract]:
    """The extract and what is in it; not the drawings and objects that nobody reads inside a paper that says enough."""
    yield extract
    speaks = not is_container(extract.media_type) and len(squeeze(extract.text[:2000])) >= _SPEAKS
    for member in extract.members:
        if not (speaks and member.status in ("skipped", "unreadable")):
            yield from _leaves(member)


def _is_harmless(leaf: Extract) -> bool:
    """Whether nobody need look at it: an operating system's file, a program."""
    if leaf.status == "skipped" and leaf.reason in _HARMLESS_REASONS:
        return True
    return bool(_HARMLESS.search(leaf.part.filename or ""))


def _papers(documents: Sequence[Document]) -> list[CarriedPaper]:
    found = []
    for document in documents:
        if document.role not in ("document", "sheet", "slides"):
            continue
        cells = sum(len(row) for table in document.tables for row in table.rows)
        if len(squeeze(document.text)) < _PAPER and cells < 6:
            continue
        paper = _paper(document)
        found.append(CarriedPaper(document, paper, paper not in ("summary", "report") and is_advert(document)))
    return found


def _paper(document: Document) -> Paper:
    name = (document.filename or document.where).replace("\\", "/").rsplit("/", 1)[-1]
    layout = layout_of(document)
    head = "".join(line for line, zone in zip(layout.row.lines, layout.zones, strict=True) if zone == "head")[:120]
    kinds = {paper_of(head), paper_of(name.rpartition(".")[0])}
    if "material" in kinds and kinds & {"plan", "notice"}:
        kinds.discard("material")
    return next((kind for kind in _STRONGEST if kind in kinds), "")


_STRONGEST: tuple[Paper, ...] = ("summary", "report", "material", "plan", "notice")


def is_advert(document: Document) -> bool:
    """Whether the paper is a price list or the like, by its name and top, or by what all of it says without a deed."""
    lines = document.lines[:3]
    top = squeeze("\n".join([document.filename or "", *lines, *_cells(document)[:12]]))
    names = (document.filename or "").rpartition(".")[0], *lines
    if contains_any(top, words("nonreports", "price_lists")) or any(_OFFER.search(squeeze(name)) for name in names):
        return True
    text = squeeze(document.text[:3000] + "\n".join(_cells(document)))
    told = sum(word in text for word in words("nonreports", "ads"))
    told += sum(bool(re.search(price, text)) for price in word_list("nonreports")["prices"])
    return told >= 3 and not tells_of_deeds(document.text[:3000])


def _cells(document: Document) -> list[str]:
    return [cell for table in document.tables for row in table.rows[:30] for cell in row]


def is_photo(extract: Extract) -> bool:
    """Whether it is a picture of some size, no icon or logo of a mail's signature."""
    if not extract.media_type.startswith("image/"):
        return False
    if extract.picture is not None:
        return min(extract.picture.width, extract.picture.height) > _SMALL_PIXELS
    return len(extract.part.content) > _SMALL_OCTETS


def _may_hide(extract: Extract) -> bool:
    """Whether the part, unread, may be or hold the report: no picture, recording, program, no archive that was read."""
    if extract.media_type.startswith(("image/", "video/", "audio/", "text/calendar")) or extract.media_type in _NOTHING:
        return False
    return not (extract.status == "partial" and (extract.pages or extract.members))


def own_words(text: str) -> str:
    """A body without addressee, contact lines and the client's footer."""
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line and not is_addressee(line) and not is_transparent(line))


def tells_of_deeds(text: str) -> bool:
    """Whether the text itself reports: sentences of things done, or 零报告."""
    short = squeeze(text)
    if contains_any(short, words("nonreports", "zero")):
        return True
    if len(short) < 12:
        return False
    deeds = 0
    for sentence in sentences(text):
        if sentence.text.rstrip().endswith(("？", "?")) or contains_any(sentence.text, words("nonreports", "orders")):
            continue
        done = [clause.text.lower() for clause in sentence.clauses() if clause.is_done]
        deeds += sum(1 for clause in done if _is_deed(clause))
    return deeds >= 2 or (deeds == 1 and len(short) >= 24)


def _is_deed(clause: str) -> bool:
    if contains_any(clause, words("nonreports", "no_deeds")) or _HANDS_IN.match(clause):
        return False
    return bool(contains_any(clause, words("nonreports", "deeds")))
