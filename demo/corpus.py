"""The sample campaign that the demonstration carries: a notice, a roster, a dozen messages, the truth about them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).with_name("sample")
NOTICE, ROSTER = SAMPLE / "notice.txt", SAMPLE / "units.csv"


@dataclass(frozen=True, slots=True)
class SampleMessage:
    """One message, and when the mailbox server is to have received it."""

    raw: bytes
    received_at: datetime

    @property
    def sha256(self) -> str:
        """Identity of the message: hex digest of its raw octets."""
        return hashlib.sha256(self.raw).hexdigest()


def sample_messages() -> tuple[SampleMessage, ...]:
    """The messages by time of receipt."""
    found = (
        SampleMessage((SAMPLE / "messages" / row["file"]).read_bytes(), datetime.fromisoformat(row["received_at"]))
        for row in _truth()
    )
    return tuple(sorted(found, key=lambda message: message.received_at))


def picture_words() -> str:
    """Words that stand in a photo of the sample and nowhere else: only reading its pixels finds them."""
    for row in _truth():
        photos = {part["filename"] for part in row["attachments"] if part["media_type"].startswith("image/")}
        for wanted in row["must_contain"]:
            if wanted["ocr"] and wanted["where"] in photos and " " not in wanted["text"]:
                return str(wanted["text"])
    raise AssertionError("the sample has a photo with words")


def _truth() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLE / "truth.jsonl").read_text("utf-8").splitlines()]
