"""Pages of text PDF a CPU-second: ours, workers and all, beside pdftotext and the bare libraries; and folders of PDFs.

The files are 公文 of 10 to 40 pages in several fonts, made by LibreOffice where it is installed.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from bench.lines import beside, heading, line, percentile
from bench.meters import measured, run_client
from bench.peers import by_pdfplumber, by_pypdfium2
from intake.message import read_message
from parsers.reader import PartReader
from records.extracts import Extract, ReadLimits
from records.mail import Part

_FONTS = ("AR PL SungtiL GB", "AR PL KaitiM GB", "AR PL UMing CN", "AR PL UKai CN", "WenQuanYi Zen Hei")
_PARAGRAPHS = (30, 45, 60, 75, 120)  # of a document: 10 to 40 pages
_ROUNDS = 3  # the best counts: other programs on the machine only add
_PHRASES = [
    "安全生产", "隐患排查", "整改到位", "宣传教育", "应急演练", "组织学习", "文件精神", "责任落实", "检查企业",
    "有关单位", "工作人员", "各个部门", "领导小组", "活动开展", "情况报告", "道路交通", "消防设施", "建筑施工",
    "危险物品", "学校医院", "社区群众", "会议培训", "通知要求", "主要问题", "经验做法", "下一步", "计划", "加强监督",
    "管理制度", "提高意识", "深入推进", "专项治理", "形势稳定", "全镇上下", "我们的", "在这一年", "不少地方",
    "和人民一起", "了解到", "为此", "以来",
]  # fmt: skip
_EVERYDAY = [bytes((lead, trail)).decode("gb2312") for lead in range(0xB0, 0xD7) for trail in range(0xA1, 0xFF)]


@dataclass(frozen=True, slots=True)
class Files:
    """PDF files and how many pages they have together."""

    paths: tuple[Path, ...]
    pages: int


def run() -> None:
    """Print pages a CPU-second of each reader. pdftotext's process a file counts as its own, our workers' as ours."""
    heading("text PDF: 公文 by LibreOffice, pages a CPU-second, best of three; worker processes and transport included")
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        line("text PDF", None, "", "needs soffice (LibreOffice) and pdftotext (poppler-utils)")
        return
    with tempfile.TemporaryDirectory(prefix="baosong-bench-") as folder, one_worker() as reader:
        files = _made(Path(folder))
        parts = [_part(path) for path in files.paths]
        ours = _speed(files, lambda: _cost_of(lambda: [reader.read([part]) for part in parts]))
        peers = {
            "pdftotext": _speed(files, lambda: sum(_pdftotext(path) for path in files.paths)),
            "pypdfium2": _speed(files, lambda: _cost_of(lambda: [by_pypdfium2(part.content) for part in parts])),
            "pdfplumber, 1 file": _speed(_first(files), lambda: _cost_of(lambda: by_pdfplumber(parts[0].content)), 1),
        }
    for name, theirs in peers.items():
        line(f"ours ({len(parts)} files, {files.pages} pages)", ours, "pages/CPU-s", beside(ours, theirs, name))


def run_folders(folders: Sequence[Path]) -> None:
    """Print what becomes of every PDF below the folders, such as test/pdfs of mozilla/pdf.js.

    Two pages a file are read from pixels. A line for each file that was not read whole, took over 5 seconds or has few
    of the characters that pdftotext finds; then counts, seconds a file and the mean agreement.
    """
    paths = sorted(path for folder in folders for path in folder.rglob("*.pdf") if path.is_file())
    heading(f"public PDFs: {len(paths)} files")
    with PartReader(ReadLimits(workers=1, max_ocr_pages=2), read_message) as reader:
        fates = [_fate(path, reader) for path in paths]
    for outcome, count in Counter(fate.outcome for fate in fates).most_common():
        line(outcome, count, "files")
    for percent in (50, 95, 100):
        line(f"seconds a file, p{percent}", percentile([fate.wall_s for fate in fates], percent), "s")
    agreements = [fate.agreement for fate in fates if fate.agreement is not None]
    if agreements:
        mean = sum(agreements) / len(agreements)
        line(f"agreement with pdftotext, {len(agreements)} files", mean, "F1 of characters")


@dataclass(frozen=True, slots=True)
class _Fate:
    outcome: str  # status and reason
    wall_s: float
    agreement: float | None  # with pdftotext, 0–1; None where it has nothing to say


def _fate(path: Path, reader: PartReader) -> _Fate:
    with measured() as cost:
        (extract,) = reader.read([_part(path)])
    fate = _Fate(f"{extract.status} {extract.reason or ''}".strip(), cost.wall_s, _agreement(path, extract))
    if extract.reason or fate.wall_s > 5 or (fate.agreement is not None and fate.agreement < 0.5):
        note = "" if fate.agreement is None else f"agreement {fate.agreement:.2f}"
        line(f"{path.name[:30]} {fate.outcome}", fate.wall_s, "s", note)
    return fate


@contextmanager
def one_worker() -> Iterator[PartReader]:
    """A reader with one worker of each kind, warm."""
    with PartReader(ReadLimits(workers=1), read_message) as reader:
        yield reader


def _part(path: Path) -> Part:
    return Part("1", path.name, "application/pdf", path.read_bytes())


def _speed(files: Files, cost_s: Callable[[], float], rounds: int = _ROUNDS) -> float:
    cost_s()
    return files.pages / min(cost_s() for _ in range(rounds))


def _cost_of(work: Callable[[], object]) -> float:
    with measured() as cost:
        work()
    return cost.cpu_s


def _pdftotext(path: Path) -> float:
    """CPU seconds of one run, its start included: about 5 ms."""
    return run_client(["pdftotext", str(path), "/dev/null"])[1].cpu_s


def _first(files: Files) -> Files:
    return Files(files.paths[:1], _pages(files.paths[:1]))


def _pages(paths: Sequence[Path]) -> int:
    return sum(len(pdfium.PdfDocument(path)) for path in paths)


def _made(folder: Path) -> Files:
    for number, (font, count) in enumerate(zip(_FONTS * 2, _PARAGRAPHS * 2, strict=True)):
        _write_docx(folder / f"{number}.docx", font, count, random.Random(number))
    sources = [str(path) for path in sorted(folder.glob("*.docx"))]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), *sources]
    subprocess.run(command, check=True, capture_output=True)
    paths = tuple(sorted(folder.glob("*.pdf")))
    return Files(paths, _pages(paths))


def _write_docx(path: Path, font: str, paragraphs: int, dice: random.Random) -> None:
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = font, Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), font)
    document.sections[0].footer.paragraphs[0].text = "— 1 —"
    document.add_paragraph("关于安全生产月活动情况的报告")
    for _ in range(paragraphs):
        paragraph = document.add_paragraph(_words(dice))
        paragraph.paragraph_format.first_line_indent = Pt(32)
        paragraph.paragraph_format.line_spacing = Pt(28)
    document.save(str(path))


def _words(dice: random.Random) -> str:
    """A paragraph of the office's words and, one character in eight, of any other everyday ones, as names are."""
    return "".join(
        "".join(
            dice.choice(_PHRASES) + dice.choice(_EVERYDAY) * (dice.random() < 0.4) for _ in range(dice.randint(2, 6))
        )
        + dice.choice(("，", "，", "。", f"{dice.randint(2, 900)}人次，"))
        for _ in range(12)
    )


def _agreement(path: Path, extract: Extract) -> float | None:
    """F1 of the characters, whatever their order; None where pdftotext finds fewer than 20, fails or is missing."""
    if not shutil.which("pdftotext"):
        return None
    try:
        ran = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return None
    theirs = Counter("".join(ran.stdout.decode("utf-8", "replace").split()))
    ours = Counter("".join(extract.text.split()))
    if ran.returncode or theirs.total() < 20:
        return None
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())
