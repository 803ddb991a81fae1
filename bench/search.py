"""Full text: two-character words in invented documents, beside LIKE over the same rows of the same database."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from bench.lines import beside, heading, line, percentile
from bench.meters import measured
from storage.database import Database
from storage.searching import index_texts, search
from storage.tables import MessageRow, checked

_LENGTH = 400  # words of two characters a document
_LIMIT = 20
_FIRST = datetime(2025, 6, 1, tzinfo=UTC)
_HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 600)]
_LIKE = text(
    'SELECT t.message, t."where", t.text FROM search_text t JOIN message m ON m.id = t.message '
    "WHERE t.text LIKE :pattern ORDER BY m.received_at DESC, m.id, t.id LIMIT :limit"
)


def run(documents: int, queries: int) -> None:
    """Print what indexing costs, and milliseconds a query for words from the most to the least common."""
    heading(f"search: {documents:,} documents of {2 * _LENGTH} characters, two-character words, newest {_LIMIT} hits")
    chance = random.Random(documents)
    words = ["".join(pair) for pair in zip(*(chance.choices(_HAN, k=20_000) for _ in range(2)), strict=True)]
    weights = [1 / (rank + 1) for rank in range(len(words))]  # Zipf
    with tempfile.TemporaryDirectory(prefix="baosong-bench-") as folder:
        database = Database(Path(folder, "bench.db"))
        with measured() as cost:
            _fill(database, documents, lambda: "".join(chance.choices(words, weights, k=_LENGTH)))
        line("index, the making of the texts included", 1000 * cost.cpu_s / documents, "CPU ms/document")
        asked = [words[len(words) * (number + 1) ** 2 // (queries + 1) ** 2] for number in range(queries)]
        with database.session() as session:
            ours = _times(lambda word: len(search(session, word, _LIMIT)), asked)
            theirs = _times(lambda word: _like(session, word), asked)
        database.close()
    for percent in (50, 95):
        time_ms, peer = percentile(ours, percent), percentile(theirs, percent)
        line(f"query, p{percent} of {queries}", time_ms, "ms", beside(time_ms, peer, "LIKE"))


def _fill(database: Database, documents: int, make: Callable[[], str]) -> None:
    for start in range(0, documents, 500):
        with database.session() as session:
            for number in range(start, min(start + 500, documents)):
                session.add(_row(number))
                index_texts(session, f"{number:064x}", [("body", make())])


def _row(number: int) -> MessageRow:
    return checked(
        MessageRow,
        id=f"{number:064x}",
        source="message",
        received_at=_FIRST + timedelta(minutes=number),
        received_source="internaldate",
        size_bytes=0,
        status="filed",
    )


def _like(session: Session, word: str) -> int:
    return len(session.execute(_LIKE, {"pattern": f"%{word}%", "limit": _LIMIT}).all())


def _times(ask: Callable[[str], int], words: Sequence[str]) -> list[float]:
    """Milliseconds of each query; one in advance."""
    ask(words[0])
    took = []
    for word in words:
        start = time.perf_counter()
        ask(word)
        took.append(1000 * (time.perf_counter() - start))
    return took
