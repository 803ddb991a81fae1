"""The sample campaign in one piece: its messages lie in two parts, the demonstration's and the tests'."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "demo" / "sample"
PARTS = (DEMO, ROOT / "tests" / "sample")


def truth_lines(part: Path) -> Iterator[tuple[str, str]]:
    """File name and line of each message of ``part``, the line as it stands in truth.jsonl."""
    for line in (part / "truth.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["file"], line


def assemble(target: Path) -> Path:
    """Make the corpus folder that score.py reads, of both parts, in order of arrival; give back ``target``.

    It holds messages/*.eml, truth.jsonl, notice.txt and units.csv, as ``tests/sample/README.md`` describes them.
    ``target`` may exist, but must hold no ``messages`` yet.
    """
    messages = target / "messages"
    messages.mkdir(parents=True)
    lines: dict[str, str] = {}
    for part in PARTS:
        for name, line in truth_lines(part):
            shutil.copyfile(part / "messages" / name, messages / name)
            lines[name] = line
    (target / "truth.jsonl").write_text("".join(f"{lines[name]}\n" for name in sorted(lines)), "utf-8")
    for name in ("notice.txt", "units.csv"):
        shutil.copyfile(DEMO / name, target / name)
    return target
