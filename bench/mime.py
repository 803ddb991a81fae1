"""A folder of messages, read one after the other: errors, seconds, and whether every leaf is accounted for (R16).

    python -m bench mime DIR [DIR …]

Meant for the public collections of damaged mail (docs/decisions/mime.md names some). Every file below DIR is taken as a
message, whatever it is called; an mbox as all that are in it.
"""

from __future__ import annotations

import email
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import Message as Entity
from pathlib import Path

from bench.lines import heading, line, percentile
from intake.message import read_message
from records.mail import Message

_MBOX_LINE = re.compile(rb"^From [^\r\n]*\r?\n(?=[!-9;-~]+:)", re.MULTILINE)
_SHOWN = 10  # names a list of trouble


@dataclass(slots=True)
class Tally:
    """What came out of one folder."""

    seconds: list[float] = field(default_factory=list)
    octets: int = 0
    stored: int = 0
    body: int = 0
    expected: int = 0
    raised: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    damaged: int = 0


def run(folders: Sequence[Path]) -> None:
    """Print the figures of each folder."""
    for folder in folders:
        _print(folder, measure(messages(folder)))


def messages(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folder, in the order of names; the messages of an mbox one by one."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        starts = [match.start() for match in _MBOX_LINE.finditer(raw)] if raw.startswith(b"From ") else []
        for number, start in enumerate(starts or [0]):
            end = starts[number + 1] if number + 1 < len(starts) else len(raw)
            yield f"{path.relative_to(folder)}#{number + 1}", raw[start:end]


def measure(raws: Iterator[tuple[str, bytes]]) -> Tally:
    """Read each message twice, and count its leaves a second time by the standard library's tree."""
    tally = Tally()
    for name, raw in raws:
        started = time.perf_counter()
        try:
            message = read_message(raw)
        except Exception as error:  # noqa: BLE001 -- that nothing is raised is what is measured
            tally.raised.append(f"{name}: {type(error).__name__}")
            continue
        tally.seconds.append(time.perf_counter() - started)
        _count(tally, name, raw, message)
    return tally


def _count(tally: Tally, name: str, raw: bytes, message: Message) -> None:
    stored = sum("/" not in part.position for part in message.parts)
    expected = _leaves(raw)
    tally.octets += len(raw)
    tally.stored += stored
    tally.body += len(message.body_parts)
    tally.expected += expected
    tally.damaged += bool(message.defects)
    if read_message(raw) != message:
        tally.differs.append(name)
    if stored + len(message.body_parts) < expected:
        tally.lacking.append(f"{name}: {stored} + {len(message.body_parts)} of {expected}")


def _leaves(raw: bytes) -> int:
    """Leaves of the tree, an attached message being one, a container of nothing being none."""
    waiting, found = [email.message_from_bytes(raw)], 0
    while waiting:
        entity = waiting.pop()
        payload = entity.get_payload()
        below = [item for item in payload if isinstance(item, Entity)] if isinstance(payload, list) else []
        is_container = entity.get_content_maintype() == "multipart"
        waiting += below if is_container else []
        found += not is_container or (not below and bool(str(payload or "").strip()))
    return found


def _print(folder: Path, tally: Tally) -> None:
    heading(f"mime: {folder.name}")
    line("messages", len(tally.seconds) + len(tally.raised), "", f"{tally.octets / 1e6:.1f} MB")
    line("exceptions", len(tally.raised), "", _some(tally.raised))
    line("read twice, unlike", len(tally.differs), "", _some(tally.differs))
    line("with damage that is told", tally.damaged, "")
    line("leaves", tally.stored + tally.body, "", f"{tally.stored} parts + {tally.body} of bodies")
    line("leaves by the standard library", tally.expected, "")
    line("messages with fewer than those", len(tally.lacking), "", _some(tally.lacking))
    if tally.seconds:
        line("seconds, 95th percentile", percentile(tally.seconds, 95), "s", f"longest {max(tally.seconds):.3g}")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "; ".join(names[:_SHOWN]) + more
