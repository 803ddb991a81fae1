"""Everything that the service loads, one text and one picture read, then rest; prints the memory of all its processes.

Run as a module: a test's own process has loaded more than the service does.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

from docx import Document
from PIL import Image, ImageDraw

from flow.commands import line
from intake.message import read_message
from parsers.reader import PartReader
from records.extracts import ReadLimits
from records.mail import Part


def proportional_bytes(process: int) -> int:
    """What a process and all below it hold in memory, shared pages counted once (Pss of proc(5))."""
    return sum(_pss(one) for one in _family(process))


def _pss(process: int) -> int:
    found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{process}/smaps_rollup").read_text("ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def _family(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            yield from _family(int(child))


def _parts() -> list[Part]:
    paper, picture = io.BytesIO(), io.BytesIO()
    document = Document()
    document.add_paragraph("组织消防疏散演练1场")
    document.save(paper)
    image = Image.new("RGB", (800, 400), "white")
    ImageDraw.Draw(image).text((50, 50), "FIRE DRILL 2025", fill="black", font_size=60)
    image.save(picture, "PNG")
    return [Part("1", "a.docx", "", paper.getvalue()), Part("2", "a.png", "", picture.getvalue())]


def main() -> None:
    """Two numbers: bytes while workers are there, and at rest."""
    assert line.main is not None  # the command line with all that hangs on it is loaded
    with PartReader(ReadLimits(), read_message) as reader:
        extracts = reader.read(_parts())
        assert [extract.status for extract in extracts] == ["ok", "ok"]
        busy = proportional_bytes(os.getpid())
        reader.rest()
        print(busy, proportional_bytes(os.getpid()))


if __name__ == "__main__":
    main()
