"""Parts of the sample messages: every string that their truth asks for is found, in text and in pixels."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.message import read_message
from parsers.reader import PartReader
from records.extracts import Extract, ReadLimits

_ROOT = Path(__file__).parent.parent
_SAMPLES = (_ROOT / "demo" / "sample", _ROOT / "tests" / "sample")


def _truths() -> Iterator[tuple[Path, dict[str, Any]]]:
    for sample in _SAMPLES:
        for line in (sample / "truth.jsonl").read_text("utf-8").splitlines():
            truth = json.loads(line)
            message = sample / "messages" / truth["file"]
            if message.exists() and truth["attachments"]:
                yield message, truth


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def _share_found(needle: str, text: str) -> float:
    """The greatest share of ``needle`` that stands in order within one stretch of the text."""
    if needle in text:
        return 1.0
    stretches = (text[start : start + len(needle) + 4] for start in range(max(1, len(text) - len(needle) + 1)))
    return max(difflib.SequenceMatcher(None, needle, stretch, autojunk=False).ratio() for stretch in stretches)


@pytest.fixture(scope="module")
def reader() -> Iterator[PartReader]:
    """A reader as the service has it."""
    with PartReader(ReadLimits(), read_message) as reader:
        yield reader


@pytest.fixture(scope="module")
def extracts(reader: PartReader) -> dict[str, tuple[Extract, ...]]:
    """All attachments of all sample messages, read."""
    return {message.name: reader.read(read_message(message.read_bytes()).parts) for message, _ in _truths()}


def _all_text(found: tuple[Extract, ...]) -> str:
    return _squeeze("\n".join(inner.text for extract in found for inner in extract.walk()))


@pytest.mark.parametrize(("message", "truth"), [pytest.param(*pair, id=pair[0].stem) for pair in _truths()])
def test_text_of_attachments_is_found(
    extracts: dict[str, tuple[Extract, ...]], message: Path, truth: dict[str, Any]
) -> None:
    """Word, WPS, PDF, spreadsheets, slides, OFD, archives, winmail.dat and attached messages give all their words."""
    text = _all_text(extracts[message.name])
    wanted = [must["text"] for must in truth["must_contain"] if must["where"] != "body" and not must["ocr"]]

    lost = [words for words in wanted if _squeeze(words) not in text]

    assert lost == []


def test_text_in_pixels_is_found(extracts: dict[str, tuple[Extract, ...]]) -> None:
    """Photos, screenshots and scans, also lying on their side or under a seal: nearly every string is read whole."""
    wanted = [
        (message.name, must["text"]) for message, truth in _truths() for must in truth["must_contain"] if must["ocr"]
    ]
    shares = {(name, text): _share_found(_squeeze(text), _all_text(extracts[name])) for name, text in wanted}

    assert len(shares) >= 18
    assert min(shares.values()) >= 0.8, min(shares, key=shares.__getitem__)
    assert sum(share >= 0.99 for share in shares.values()) >= 0.95 * len(shares)


def test_what_nobody_can_open_is_told_apart(extracts: dict[str, tuple[Extract, ...]]) -> None:
    """The truth's unreadable messages hold an unreadable part, and no report does."""
    unreadable = {name for name, found in extracts.items() if any(extract.status == "unreadable" for extract in found)}

    assert unreadable == {message.name for message, truth in _truths() if truth["status"] == "unreadable"}


def test_members_of_archives_have_the_names_that_their_packers_gave(
    extracts: dict[str, tuple[Extract, ...]],
) -> None:
    """GBK names of Chinese Windows, paths of folders, names in encrypted archives and in winmail.dat."""
    for message, truth in _truths():
        names = {inner.part.filename for extract in extracts[message.name] for inner in extract.walk()}
        for attachment in truth["attachments"]:
            assert set(attachment["inside"]) <= names
