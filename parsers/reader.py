"""The one door of this room: parts in, extracts out, whatever the parts hold."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from types import TracebackType

from parsers.mails import UnreadMessage, whole_message
from parsers.message import ReadMessage
from parsers.ocr_cache import NoCache, TextCache
from parsers.pools import Pool
from parsers.reading import Reading
from parsers.registry import PARSERS, Registry
from parsers.worker import Setup, start_ocr, start_parsing
from records.extracts import Extract, ReadLimits
from records.mail import Message, Part

__all__ = ["PartReader", "TextCache", "UnreadMessage"]


class PartReader:
    """Reads parts in worker processes: one pool for parsing, one for OCR, so that text never waits behind pixels.

    ``read_message`` reads attached messages; it must be a module's top-level function, for it runs in the workers.
    ``cache`` keeps text read from pixels. ``parsers`` names the module for each media type, to add kinds of one's own.
    ``slack_s`` is how long, beyond a part's time limit, no part may end before the workers are taken for lost: they are
    thrown away then, and each part that was with them is read once more.
    Pools start when first needed and end with the context manager. Several threads may call :meth:`read` at once.
    """

    def __init__(
        self,
        limits: ReadLimits,
        read_message: ReadMessage,
        cache: TextCache | None = None,
        parsers: Registry = PARSERS,
        slack_s: float = 30.0,
    ) -> None:
        self._limits = limits
        self._cache = cache if cache is not None else NoCache()
        setup = Setup(read_message, dict(parsers))
        self._parsing = Pool(limits.workers, slack_s, start_parsing, setup, limits.memory_bytes)
        self._lock = Lock()
        self._readings = 0
        self._ocr = Pool(limits.workers, slack_s, start_ocr, limits.ocr_memory_bytes)

    def __enter__(self) -> PartReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends all workers; calls of :meth:`read` that are under way raise ``RuntimeError``."""
        self._parsing.close()
        self._ocr.close()

    def rest(self) -> None:
        """Ends idle workers, whose models take much memory, until they are needed; nothing where some are busy."""
        with self._lock:
            if self._readings == 0:
                self._parsing.rest()
                self._ocr.rest()

    def message(self, raw: bytes) -> Message:
        """A raw message, read in a worker like everything that senders made up.

        Raises UnreadMessage where it took too long, too much memory, or brought the reader down.
        """
        with self._lock:
            self._readings += 1
        try:
            return whole_message(self._parsing, self._limits, raw)
        finally:
            with self._lock:
                self._readings -= 1

    def read(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
        """One extract a part, in order, members inside. Never raises for content: what fails says so in its status."""
        with self._lock:
            self._readings += 1
        try:
            return Reading(self._limits, self._parsing, self._ocr, self._cache).run(parts)
        finally:
            with self._lock:
                self._readings -= 1
