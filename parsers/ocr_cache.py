"""Where text read from pixels is kept, so that no picture is read twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Protocol

from parsers.parsed import PixelText
from records.extracts import Extract

_RECIPE = "PP-OCRv6-small;max960;3"  # raise the last number when parsers.ocr or what it uses reads differently
ENGINE = f"rapidocr-{version('rapidocr')};{_RECIPE}"


class TextCache(Protocol):
    """Texts by key, kept over restarts; any thread may call it."""

    def get(self, key: str) -> str | None:
        """What was put under that key, or None."""

    def put(self, key: str, value: str) -> None:
        """Keeps ``value`` under ``key``."""


class NoCache:
    """Keeps nothing."""

    def get(self, key: str) -> str | None:
        """Always None."""
        return None

    def put(self, key: str, value: str) -> None:
        """Forgets it."""


def key_of(sha256: str, frame: int) -> str:
    """The key of one page: the file's content, the page in it, the engine and how we use it."""
    return f"ocr:{sha256}:{frame}:{ENGINE}"


def keys_of(extracts: Iterable[Extract]) -> Iterator[str]:
    """The keys of all pages of those parts and of all their members, read from pixels or not."""
    for extract in extracts:
        for one in extract.walk():
            last = max([one.page_count or 1, *(page.number for page in one.pages)])
            yield from (key_of(one.part.sha256, frame) for frame in range(last))


def to_cache(read: PixelText) -> str:
    """A page's text as kept; only for pages that were read."""
    kept = {"text": read.text, "confidence": read.confidence, "turned": read.turned, "tables": read.tables}
    return json.dumps(kept, ensure_ascii=False)


def from_cache(kept: str) -> PixelText:
    """The page's text as :func:`to_cache` wrote it."""
    values = json.loads(kept)
    tables = tuple(tuple(tuple(row) for row in table) for table in values["tables"])
    return PixelText(values["text"], values["confidence"], values["turned"], tables)
