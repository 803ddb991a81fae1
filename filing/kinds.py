"""Summary or material: what titles, file names, subject and body say that the report is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from filing.documents import Document
from filing.papers import Paper, is_interim, names_summary, paper_of
from filing.text.squeeze import squeeze
from filing.themes import says_theme
from filing.who.zones import layout_of
from records.campaigns import Kind
from records.filings import Evidence

_LONG = 600  # characters from which on a paper without a telling title may be a closing report
_SEVERAL = 2
_MANY = 3  # activities that only a closing report tells of


Stage = Literal["early", "middle", "over"]
"""Of a campaign: its first half, its second, and what comes behind its last day."""
_LONGEST = 400  # characters of a subject or file name that can be a title; longer ones are made to hurt (R8)


@dataclass(frozen=True, slots=True)
class KindFinding:
    """The kind, whether a person should look, and the words that say so."""

    kind: Kind
    doubtful: bool
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Title:
    """A line that says what something is."""

    where: str
    text: str
    role: str


def titles_of(documents: Sequence[Document], filenames: Sequence[str]) -> tuple[Title, ...]:
    """Titles of papers, then file names, subject, and the first lines of the body."""
    papers = [
        Title(d.where, text, d.role)
        for d in documents
        if d.role in ("document", "slides", "sheet")
        for text in [_head(d)]
        if text
    ]
    names = [Title(name, name.rsplit("/", 1)[-1][-_LONGEST:], _role_of(name)) for name in filenames]
    subject = [Title("subject", d.text[:_LONGEST], "subject") for d in documents if d.role == "subject"]
    bodies = [Title(d.where, _head(d), "body") for d in documents if d.role == "body" and _head(d)]
    return (*papers, *subject, *names, *bodies)


def is_plan(titles: Sequence[Title]) -> bool:
    """Whether papers, file names or subject say that it is a plan, and none that it is anything else."""
    kinds = {paper_of(title.text) for title in titles if title.role != "body"} - {"", "notice"}
    return kinds == {"plan"}


def _role_of(filename: str) -> str:
    return "slides" if filename.lower().endswith((".ppt", ".pptx", ".dps", ".odp")) else "file"


def _head(document: Document) -> str:
    layout = layout_of(document)
    return "".join(line for line, zone in zip(layout.row.lines, layout.zones, strict=True) if zone == "head")[:200]


def kind_of(
    documents: Sequence[Document],
    titles: Sequence[Title],
    themes: Sequence[str],
    activity_count: int,
    *,
    stage: Stage = "middle",
) -> KindFinding:
    """``themes``: squeezed words by which the campaign as a whole is known; ``activity_count``: found in the report.

    In the first half of a campaign 情况报告 closes nothing (``stage``); when it is over, fewer deeds show that it does.
    """
    named = [(title, paper_of(title.text)) for title in titles]
    for title, paper in named:
        if paper == "summary":
            interim = bool(is_interim(title.text))
            return KindFinding("summary", interim, _evidence(title))
    if zero := next((d for d in documents if d.role == "body" and "零报告" in d.text), None):
        return KindFinding("summary", False, Evidence("kind", zero.where, "零报告"))
    for title, paper in named:
        if paper == "report" and title.role != "slides" and _on_the_whole(title, themes, activity_count, stage):
            return KindFinding("summary", not _says_theme(title, themes), _evidence(title))
    body = next((d for d in documents if d.role == "body" and names_summary(squeeze(d.text[:400]))), None)
    if body and not _has_paper(documents):
        return KindFinding("summary", True, Evidence("kind", body.where, body.text.strip()[:60]))
    return _material(documents, named, activity_count)


def _on_the_whole(title: Title, themes: Sequence[str], activity_count: int, stage: Stage) -> bool:
    if stage == "early":
        return False
    return _says_theme(title, themes) or activity_count >= (_SEVERAL if stage == "over" else _MANY)


def _says_theme(title: Title, themes: Sequence[str]) -> bool:
    return says_theme(squeeze(title.text), themes)


def _material(documents: Sequence[Document], named: Sequence[tuple[Title, Paper]], activity_count: int) -> KindFinding:
    told = next((title for title, paper in named if paper == "material"), None)
    if told:
        return KindFinding("material", False, _evidence(told))
    longest = max((len(squeeze(d.text)) for d in documents if d.role in ("document", "body")), default=0)
    if longest >= _LONG and activity_count >= _MANY:
        return KindFinding("summary", True)
    return KindFinding("material", longest >= _LONG)


def _has_paper(documents: Sequence[Document]) -> bool:
    return any(d.role in ("document", "slides") and len(squeeze(d.text)) >= 60 for d in documents)


def _evidence(title: Title) -> Evidence:
    return Evidence("kind", title.where, title.text.strip()[:80])
