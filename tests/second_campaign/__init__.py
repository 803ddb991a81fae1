"""A second campaign, of another field: a reading season of a county's bureau of culture, with truth in score.py's form.

The messages are made from ``mails.toml`` by :func:`build`: a mid-term and a final requirement, activities numbered 1）,
measures of its own, English reports, a branch, an archive of two units, a correction, a stranger, mail of no report.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from bench.generator.files import archive, docx, xlsx
from bench.generator.mails import CLIENTS, Letter, quoted, raw_message
from filing.notice.reading import read_notice
from tests.made_pictures import encoded, scene

HERE = Path(__file__).parent
COORDINATOR = "coordinator@example.com"
_FONT = "STSong-Light"


def build(folder: Path) -> Path:
    """Make the labelled mailbox in ``folder``: messages/, truth.jsonl, notice.txt, units.csv; give back ``folder``."""
    (folder / "messages").mkdir(parents=True)
    notice = (HERE / "notice.txt").read_text("utf-8")
    names = {measure.label: measure.name for measure in read_notice(notice).measures}
    mails = tomllib.loads((HERE / "mails.toml").read_text("utf-8"))["mail"]
    lines = []
    for number, mail in enumerate(mails, 1):
        files = tuple(_file(one) for one in mail.get("files", ()))
        (folder / "messages" / f"{number:04d}.eml").write_bytes(_message(mail, files, number))
        lines.append(json.dumps(_truth(mail, files, names, number), ensure_ascii=False) + "\n")
    (folder / "truth.jsonl").write_text("".join(lines), "utf-8")
    for name in ("notice.txt", "units.csv"):
        shutil.copyfile(HERE / name, folder / name)
    (folder / "coordinators.txt").write_text(f"{COORDINATOR}\n", "utf-8")
    return folder


def _message(mail: Mapping[str, Any], files: tuple[tuple[str, bytes], ...], number: int) -> bytes:
    body = mail["body"]
    if first := mail.get("quoted"):
        body += quoted(
            Letter(first["from"], first["name"], first["subject"], first["body"], (), mail["at"], f"{number}.first")
        )
    letter = Letter(mail["from"], mail["name"], mail["subject"], body, files, mail["at"], f"second.{number}")
    more = "".join(f"{name}: {value}\r\n" for name, value in mail.get("headers", {}).items())
    return more.encode() + raw_message(letter, CLIENTS[mail["client"]])


def _file(one: Mapping[str, Any]) -> tuple[str, bytes]:
    name = one["name"]
    if "members" in one:
        return name, archive(_file(member) for member in one["members"])
    if "rows" in one:
        return name, xlsx(one["rows"])
    if "scene" in one:
        return name, encoded(scene(one["scene"], (480, 360)))
    text = one["text"].strip()
    if name.endswith(".pdf"):
        return name, _pdf(text)
    return name, docx(text.split("\n")) if name.endswith(".docx") else text.encode()


def _pdf(text: str) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    octets = BytesIO()
    canvas = Canvas(octets, invariant=True)
    canvas.setFont(_FONT, 12)
    for number, line in enumerate(_folded(text.split("\n"))):
        canvas.drawString(60, 780 - 22 * number, line)
    canvas.save()
    return octets.getvalue()


def _folded(lines: Iterable[str], width: int = 36) -> Iterator[str]:
    for line in lines:
        yield from (line[at : at + width] for at in range(0, len(line), width))


def _truth(
    mail: Mapping[str, Any], files: tuple[tuple[str, bytes], ...], names: Mapping[str, str], number: int
) -> dict[str, Any]:
    status = mail.get("status", "report")
    report = status == "report"
    line = {
        "file": f"{number:04d}.eml",
        "unit": mail.get("unit"),
        "status": status,
        "kind": mail.get("kind"),
        "activities": mail.get("activities", []),
        "figures": _figures(mail.get("figures", {}), names),
        "received_at": mail["at"].isoformat(),
        "on_time": mail.get("on_time", True) if report else None,
        "supersedes": f"{mail['supersedes']:04d}.eml" if "supersedes" in mail else None,
        "attachments": [
            {"filename": name, "sha256": hashlib.sha256(content).hexdigest(), "kind": name.rpartition(".")[2]}
            for name, content in files
        ],
        "cloud_links": [],
        "must_contain": [],
        "hard": mail.get("hard", ""),
    }
    if "by_unit" in mail:
        line["by_unit"] = {
            unit: {"activities": told["activities"], "figures": _figures(told["figures"], names)}
            for unit, told in mail["by_unit"].items()
        }
    return line | ({"disputable": True} if mail.get("disputable") else {})


def _figures(stated: Mapping[str, float], names: Mapping[str, str]) -> dict[str, float]:
    """By the measures' names; a campaign's own measure stands in mails.toml by its label."""
    return {names.get(label, label): value for label, value in stated.items()}
