"""Text from made pages: our reader beside the bare engine and Tesseract, the same pages in the same run.

A folder holds images and ``truth.json``, a list of objects with ``file``, ``kind`` and ``truth`` (the page's lines).
Each reader has a process of its own; the pages go to them in turn, so that what else the machine does hits all alike.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import resource
import shutil
import subprocess
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.lines import beside, heading, line
from bench.peers import by_rapidocr_from_file
from parsers.pixels import read_page
from parsers.sniff import sniff
from records.extracts import ReadLimits
from records.mail import Part

_SAME = str.maketrans(",:;()!?[]—–", "，：；（）！？【】--")  # NFKC has made the wide ones narrow
_IGNORED = re.compile(r"[\s\"'“”‘’-]")
_KB = 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """One image and what is written on it."""

    path: Path
    kind: str
    truth: str


@dataclass(slots=True)
class Sum:
    """What a reader made of several pages."""

    pages: int = 0
    characters: int = 0
    errors: int = 0
    cpu_s: float = 0.0

    def add(self, truth: str, text: str, cpu_s: float) -> None:
        """One more page. A reader can lose no more characters than there are."""
        wanted = comparable(truth)
        self.pages += 1
        self.characters += len(wanted)
        self.errors += min(distance(wanted, comparable(text)), len(wanted))
        self.cpu_s += cpu_s

    @property
    def accuracy(self) -> float:
        """Share of the characters that are right and in their place."""
        return 1 - self.errors / max(self.characters, 1)


Answer = tuple[str, float, float]  # text, CPU seconds, peak memory of its process so far in MB


def run(folder: Path) -> None:
    """Print accuracy and CPU seconds a page by kind of page, then each reader's peak memory."""
    heading(f"text from pixels: {folder.name}, character accuracy and CPU of one thread a page, models loaded")
    sheets = read_sheets(folder)
    sums: dict[str, dict[str, Sum]] = defaultdict(lambda: defaultdict(Sum))
    peaks: dict[str, float] = {}
    with ExitStack() as stack:
        readers = {name: (_process(stack), read) for name, read in _readers().items()}
        for pool, read in readers.values():
            pool.submit(read, sheets[0].path).result()  # loads the models
        for sheet in sheets:
            for name, (pool, read) in readers.items():
                text, cpu_s, peaks[name] = pool.submit(read, sheet.path).result()
                for kind in (sheet.kind, "all"):
                    sums[kind][name].add(sheet.truth, text, cpu_s)
    for kind, by_reader in sums.items():
        _print(kind, by_reader)
    for name, peak in peaks.items():
        line(f"peak memory, {name}", peak, "MB")


def read_sheets(folder: Path) -> list[Sheet]:
    """The images of a folder, as its ``truth.json`` lists them."""
    listed = json.loads((folder / "truth.json").read_text("utf-8"))
    return [Sheet(folder / item["file"], item["kind"], "".join(item["truth"])) for item in listed]


def comparable(text: str) -> str:
    """The text without blanks, quotation marks and dashes, wide and narrow punctuation as one."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).translate(_SAME))


def distance(one: str, other: str) -> int:
    """How many characters must be put in, taken out or changed to make one text the other (Levenshtein)."""
    before = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        now = [row]
        for column, wanted in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (char != wanted)))
        before = now
    return before[-1]


def _readers() -> dict[str, Callable[[Path], Answer]]:
    readers: dict[str, Callable[[Path], Answer]] = {"ours": _ours, "bare rapidocr": _bare}
    if shutil.which("tesseract"):
        return {**readers, "tesseract": _tesseract}
    line("tesseract", None, "", "not installed (tesseract-ocr, tesseract-ocr-chi-sim)")
    return readers


def _process(stack: ExitStack) -> ProcessPoolExecutor:
    spawned = multiprocessing.get_context("spawn")
    return stack.enter_context(ProcessPoolExecutor(max_workers=1, mp_context=spawned))


def _print(kind: str, by_reader: Mapping[str, Sum]) -> None:
    ours = by_reader["ours"]
    peers = [(name, made) for name, made in by_reader.items() if name != "ours"]
    accuracies = ", ".join(f"{name} {made.accuracy:.4f}" for name, made in peers)
    line(f"{kind} ({ours.pages}): accuracy", ours.accuracy, "", f"{ours.accuracy:.4f}; {accuracies}")
    costs = "; ".join(beside(ours.cpu_s / ours.pages, made.cpu_s / made.pages, name) for name, made in peers)
    line(f"{kind} ({ours.pages}): cost", ours.cpu_s / ours.pages, "CPU s/page", costs)


def _ours(path: Path) -> Answer:
    content = path.read_bytes()
    media_type = sniff(Part("1", None, "application/octet-stream", content))
    return _timed(lambda: read_page(content, media_type, 0, ReadLimits()).text, resource.RUSAGE_SELF)


def _bare(path: Path) -> Answer:
    return _timed(lambda: by_rapidocr_from_file(path), resource.RUSAGE_SELF)


def _tesseract(path: Path) -> Answer:
    command = ["tesseract", str(path), "-", "-l", "chi_sim"]
    one_thread = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return _timed(
        lambda: subprocess.run(command, capture_output=True, text=True, check=True, env=one_thread).stdout,
        resource.RUSAGE_CHILDREN,
    )


def _timed(read: Callable[[], str], whose: int) -> Answer:
    before = resource.getrusage(whose)
    started = time.process_time()
    text = read()
    after = resource.getrusage(whose)
    children_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cpu_s = children_s if whose == resource.RUSAGE_CHILDREN else time.process_time() - started
    return text, cpu_s, after.ru_maxrss / _KB


def run_all(folders: Sequence[Path]) -> None:
    """Each folder of pages in turn."""
    for folder in folders:
        run(folder)
