"""The benchmarks run and say what they measured; how fast anything was is never asserted."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.lines import beside, percentile
from bench.meters import measured
from bench.ocr import Sum, distance
from tests.sample_corpus import DEMO, ROOT, truth_lines

FIGURE = re.compile(r"^  (.+?) {2,}([\d.,e+-]+) (\S.*?)(?: {2,}(.*))?$")
BURN = """
import subprocess, sys, time
if sys.argv[1] == "parent":
    child = subprocess.Popen([sys.executable, "-c", sys.argv[2], "child", ""])
while time.process_time() < 0.2: pass
print("done", flush=True)
sys.stdin.read()
if sys.argv[1] == "parent":
    child.wait()
"""


def bench(*arguments: str) -> str:
    command = [sys.executable, "-m", "bench", "--quick", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=280).stdout


def figures(printed: str, unit: str) -> list[tuple[str, str]]:
    """What was measured and the note beside it, of all figures with that unit."""
    found = [match for line in printed.splitlines() if (match := FIGURE.match(line))]
    return [(match[1], match[4] or "") for match in found if match[3].strip() == unit]


@pytest.fixture
def two_mails(tmp_path: Path) -> Path:
    """A labelled mailbox of two of the sample's messages without attachments."""
    corpus = tmp_path / "two"
    (corpus / "messages").mkdir(parents=True)
    lines = [(name, line) for name, line in truth_lines(DEMO) if not json.loads(line)["attachments"]][:2]
    for name, _ in lines:
        shutil.copyfile(DEMO / "messages" / name, corpus / "messages" / name)
    (corpus / "truth.jsonl").write_text("".join(f"{line}\n" for _, line in lines), "utf-8")
    for name in ("notice.txt", "units.csv"):
        shutil.copyfile(DEMO / name, corpus / name)
    return corpus


def test_each_figure_has_a_unit_and_its_peer_beside_it(two_mails: Path) -> None:
    """Reading, filing, search and score each print their lines, with the ratio where there is a peer."""
    printed = bench("--only", "reading", "filing", "search", "score", "--corpus", str(two_mails))
    kinds = [what.split(" (")[0] for what, _ in figures(printed, "CPU s/message")]
    assert kinds[0] == "body only" and {"docx", "pdf"} <= set(kinds)
    notes = [note for _, note in figures(printed, "CPU ms/file")]
    assert [
        name for name in ("python-docx", "pypdfium2", "pdfplumber") if not any(name in note for note in notes)
    ] == []
    assert [bool(note) for _, note in figures(printed, "CPU ms/message")] == [False, True]
    assert [("LIKE" in note) for _, note in figures(printed, "ms")] == [True, True]
    assert re.search(r"score: two\n  messages +2\n  lost +0\n", printed)


@pytest.mark.dovecot
@pytest.mark.skipif(shutil.which("dovecot", path="/usr/bin:/usr/sbin:/usr/local/sbin") is None, reason="needs Dovecot")
def test_intake_is_measured_beside_mbsync() -> None:
    """Where mbsync is missing, one line says so and the figures stand alone."""
    printed = bench("--only", "intake")
    notes = [note for unit in ("messages/s", "messages/CPU-s") for _, note in figures(printed, unit)]
    assert len(notes) == 2
    if shutil.which("mbsync"):
        assert all("of mbsync" in note for note in notes)
    else:
        assert notes == ["", ""] and printed.count("isync") == 1
    assert len(figures(printed, "octets received")) == len(figures(printed, "commands")) == 2


@pytest.mark.dovecot
@pytest.mark.skipif(shutil.which("dovecot", path="/usr/bin:/usr/sbin:/usr/local/sbin") is None, reason="needs Dovecot")
def test_watching_is_measured() -> None:
    """Seconds from delivery to archived, and what a look costs that finds nothing: one command, below 1 KB."""
    printed = bench("--only", "watching")
    assert [what.split(", ")[-1] for what, _ in figures(printed, "s")] == ["p50", "p95"]
    assert len(figures(printed, "octets received")) == 1
    assert re.search(r" 1 commands$", printed, re.MULTILINE)


def test_cpu_time_of_workers_below_workers_counts() -> None:
    """The processes that read attachments are no children of ours; they count, living or gone."""
    command = [sys.executable, "-c", BURN, "parent", BURN]
    with measured() as living:
        parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert parent.stdout
        assert [parent.stdout.readline() for _ in range(2)] == ["done\n", "done\n"]
    with measured() as idle:
        parent.communicate("")
    with measured() as ended:
        subprocess.run(command, input="", check=True, capture_output=True, text=True)
    assert living.cpu_s >= 0.4
    assert ended.cpu_s >= 0.36  # of what has ended whole hundredths of a second are known
    assert idle.cpu_s < living.cpu_s


def test_ratios_and_percentiles() -> None:
    """A ratio is ours by theirs; a percentile is one of the values."""
    assert beside(3.0, 2.0, "peer") == "×1.50 of peer (2)"
    assert beside(3.0, 0.0, "peer") == "peer: nothing to compare with"
    assert [percentile(range(1, 101), percent) for percent in (50, 95, 100)] == [50, 95, 100]
    assert percentile([7.0], 95) == 7.0


def test_any_folder_of_messages_is_measured(tmp_path: Path) -> None:
    """`python -m bench mime DIR` counts messages, an mbox's too, exceptions and leaves."""
    letter = b"From: a@example.com\nSubject: x\n\nhello\n\n"
    (tmp_path / "one.eml").write_bytes(letter)
    (tmp_path / "two.mbox").write_bytes((b"From a@b Mon Jun 30 2025\n" + letter) * 2)
    printed = bench_mime(tmp_path)
    assert re.search(r"messages +3\n?", printed)
    assert re.search(r"exceptions +0\n", printed)
    assert re.search(r"leaves +3 +0 parts \+ 3 of bodies\n", printed)


def bench_mime(folder: Path) -> str:
    command = [sys.executable, "-m", "bench", "mime", str(folder)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=100).stdout


def test_made_pages_are_scored_as_people_would() -> None:
    """Blanks, quotation marks and the width of punctuation are no errors; a wrong and an extra character are."""
    made = Sum()

    made.add("参训 12 人，“安全”。", "参训12人,安全。", 0.5)
    made.add("隐患8处", "隐患∞处了", 0.5)

    assert (made.pages, made.errors, made.characters) == (2, 2, 13)
    pairs = [("甲乙丙", "甲丙"), ("甲", "甲乙"), ("", "甲"), ("甲乙", "甲乙")]
    assert [distance(*pair) for pair in pairs] == [1, 1, 1, 0]
