"""Full text that finds two-character Chinese words: SQLite FTS5 over pairs of characters, made here.

A run of Han characters becomes its overlapping pairs and its last character alone; Latin words and numbers stand as
they are. A query is the same pairs as a phrase (docs/decisions/search.md). The index is contentless: it holds no text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session, select

from storage.tables import SearchRow, checked

INDEX = "search_index"
CREATE = "CREATE VIRTUAL TABLE search_index USING fts5(grams, content='', tokenize='unicode61', detail=full)"
INSERT = text("INSERT INTO search_index (rowid, grams) VALUES (:id, :grams)")
DELETE = text("INSERT INTO search_index (search_index, rowid, grams) VALUES ('delete', :id, :grams)")
QUERY = text(
    'SELECT t.message, t."where", t.text FROM search_index i JOIN search_text t ON t.id = i.rowid '
    "JOIN message m ON m.id = t.message WHERE search_index MATCH :query "
    "ORDER BY m.received_at DESC, m.id, t.id LIMIT :limit OFFSET :offset"
)
HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
TOKENS = re.compile(rf"[{HAN}]+|\d+|[^\W\d_{HAN}]+")
BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
SNIPPET_BEFORE, SNIPPET_AFTER = 20, 40


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a query was found."""

    message: str
    where: str
    snippet: str  # with «…» around what was found


def is_index_table(name: str | None) -> bool:
    """Whether a table belongs to the full-text index and not to the models."""
    return (name or "").startswith(INDEX)


def folded(content: str) -> str:
    """Text as it is indexed: NFKC, lower case, no blanks between Han characters: OCR and line ends put them there."""
    return BETWEEN_HAN.sub("", unicodedata.normalize("NFKC", content).lower())


def grams(content: str) -> str:
    """The tokens of a text, separated by blanks."""
    return " ".join(token for run in TOKENS.findall(folded(content)) for token in _tokens(run))


def index_texts(session: Session, message: str, texts: Sequence[tuple[str, str]]) -> None:
    """Make (where, text) pairs of a message findable, in place of what was indexed of it before."""
    forget_texts(session, message)
    for where, content in texts:
        if not content.strip():
            continue
        row = checked(SearchRow, message=message, where=where, text=content)
        session.add(row)
        session.flush()
        session.execute(INSERT, {"id": row.id, "grams": grams(content)})


def forget_texts(session: Session, message: str) -> None:
    """Take a message out of the index."""
    for row in session.exec(select(SearchRow).where(SearchRow.message == message)).all():
        session.execute(DELETE, {"id": row.id, "grams": grams(row.text)})
        session.delete(row)
    session.flush()


def search(session: Session, query: str, limit: int, offset: int = 0) -> list[Hit]:
    """The newest hits that hold every word of ``query``; words are separated by blanks."""
    words = [word for word in dict.fromkeys(map(folded, query.split())) if TOKENS.search(word)]
    if not words:
        return []
    expression = " AND ".join(_phrase(word) for word in words)
    found = session.execute(QUERY, {"query": expression, "limit": limit, "offset": offset})
    return [Hit(message, where, snippet(content, words)) for message, where, content in found]


def snippet(content: str, words: Sequence[str]) -> str:
    """A stretch of the text around the first hit, each word marked «so»."""
    flat = BETWEEN_HAN.sub("", " ".join(content.split()))
    lowered = folded(flat)
    if len(lowered) != len(flat):  # places would not agree: show the text as it is indexed
        flat = lowered
    pattern = re.compile("|".join(_pattern(word) for word in sorted(set(words), key=len, reverse=True)))
    first = pattern.search(lowered)
    start, stop = first.span() if first else (0, 0)
    begin, end = max(0, start - SNIPPET_BEFORE), max(stop, start + SNIPPET_AFTER)
    stretch, at = "", begin
    for hit in pattern.finditer(lowered, begin, end):
        stretch += f"{flat[at : hit.start()]}«{flat[hit.start() : hit.end()]}»"
        at = hit.end()
    return f"{'…' if begin else ''}{stretch}{flat[at:end]}{'…' if end < len(flat) else ''}"


def _pattern(word: str) -> str:
    """A regular expression for ``word`` as the index finds it: whatever punctuation stands between its runs."""
    return r"[\W_]*".join(map(re.escape, TOKENS.findall(word)))


def _tokens(run: str) -> list[str]:
    if not re.match(f"[{HAN}]", run):
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)] + [run[-1]]


def _phrase(word: str) -> str:
    """An FTS5 phrase that finds ``word`` inside longer runs: its last token may go on, as the text may."""
    runs = TOKENS.findall(word)
    last = _tokens(runs[-1])
    tokens = [token for run in runs[:-1] for token in _tokens(run)] + (last[:-1] or last)
    return f'"{" ".join(tokens)}"' + ("" if len(last) > 1 else " *")
