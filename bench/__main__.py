"""Benchmarks: a line a figure, with its unit and its ratio to a named peer in the same run.

    python -m bench [--quick | --full] [--only GROUP …] [--corpus DIR …]
    python -m bench mime DIR [DIR …]
    python -m bench pdfs DIR [DIR …]
    python -m bench ocr DIR [DIR …]
    python -m bench activities DIR [--fit | --misses]
    python -m bench generated [--wording seen|unseen|last|all] [--count N] [--tricks]
    python -m bench calibrate [--generated N] [--corpus DIR …] [--write]
    python -m bench ablate [--generated N] [--corpus DIR …]

Times hang on the machine and on what else it does; compare the ratios.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import activities, filing, intake, mime, ocr, pdf, reading, score, search, watching
from bench.ablation import ablate
from bench.calibrate import calibrate
from bench.generated import generated
from bench.generator.offices import WORDINGS
from bench.office import Corpus, read_corpus
from intake.message import read_message
from parsers.reader import PartReader
from records.extracts import ReadLimits
from tests.sample_corpus import assemble
from tests.second_campaign import build

_KB, _MB = 1000, 1_000_000
_MEASURES = ("generated", "calibrate", "ablate")
_GROUPS = ("intake", "watching", "reading", "pdf", "filing", "search", "score", "generated")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    loads: tuple[intake.Load, ...]
    units: tuple[int, ...]
    rounds: int
    documents: int
    queries: int
    with_ocr: bool
    watched: watching.Load
    generated: int  # messages of each invented office


QUICK = Size(
    (intake.Load(20, 20 * _KB, 1),), (200,), 1, 200, 5, with_ocr=False, watched=watching.Load(5, (100,)), generated=5
)
_WATCHED = watching.Load(60, (100, 20_000))
USUAL = Size((intake.Load(1000, 20 * _KB, 5),), (5000,), 3, 20_000, 50, with_ocr=True, watched=_WATCHED, generated=100)
FULL = Size(
    (intake.Load(5000, 20 * _KB, 5), intake.Load(200, 5 * _MB, 5), intake.Load(2, 100 * _MB, 1)),
    (1000, 5000),
    5,
    20_000,
    100,
    with_ocr=True,
    watched=_WATCHED,
    generated=1000,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what was asked for and print it."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["mime"]:
        mime.run([Path(folder) for folder in given[1:]])
        return
    if given[:1] == ["activities"]:
        activities.run(given[1:])
        return
    if given[:1] == ["pdfs"]:
        pdf.run_folders([Path(folder) for folder in given[1:]])
        return
    if given[:1] == ["ocr"]:
        ocr.run_all([Path(folder) for folder in given[1:]])
        return
    if given[:1] and given[0] in _MEASURES:
        _measure(given)
        return
    args = _parser().parse_args(given)
    size = QUICK if args.quick else FULL if args.full else USUAL
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    with tempfile.TemporaryDirectory(prefix="baosong-bench-") as name:
        sample = assemble(Path(name, "sample"))
        corpora = args.corpus or [sample, build(Path(name, "second campaign"))]
        groups = _groups(size, sample, corpora, details=args.details)
        for group in args.only or groups:
            groups[group]()


def report_generated(count: int) -> None:
    """The figures of generated mail, all wording."""
    generated("all", count, tricks=False)


def _measure(given: Sequence[str]) -> None:
    """The commands that measure filing on generated mail."""
    parser = argparse.ArgumentParser(prog=f"python -m bench {given[0]}")
    parser.add_argument("--generated", "--count", type=int, default=500, help="messages of each office and wording")
    parser.add_argument("--corpus", action="append", type=Path, default=[], help="a labelled mailbox besides our two")
    parser.add_argument("--wording", choices=(*WORDINGS, "all"), default="all")
    parser.add_argument("--tricks", action="store_true", help="a line for each trick")
    parser.add_argument("--write", action="store_true", help="keep the table of confidences")
    args = parser.parse_args(given[1:])
    if given[0] == "generated":
        generated(args.wording, args.generated, tricks=args.tricks)
    elif given[0] == "calibrate":
        calibrate(args.generated, args.corpus, write=args.write)
    else:
        ablate(args.generated, args.corpus)


def _groups(size: Size, sample: Path, corpora: Sequence[Path], *, details: bool) -> dict[str, Callable[[], None]]:
    def score_all() -> None:
        for folder in corpora:
            score.run(folder, details=details)

    return {
        "intake": lambda: intake.run(size.loads),
        "watching": lambda: watching.run(size.watched),
        "reading": lambda: reading.run(_read(sample), with_ocr=size.with_ocr),
        "pdf": pdf.run,
        "filing": lambda: filing.run(_read(sample), size.units, size.rounds),
        "search": lambda: search.run(size.documents, size.queries),
        "score": score_all,
        "generated": lambda: report_generated(size.generated),
    }


def _read(folder: Path) -> Corpus:
    with PartReader(ReadLimits(workers=1), read_message) as reader:
        return read_corpus(folder, reader)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the service beside its peers.")
    how_much = parser.add_mutually_exclusive_group()
    how_much.add_argument("--quick", action="store_true", help="a small run without OCR, to see that all works")
    how_much.add_argument("--full", action="store_true", help="larger mailboxes, messages of 5 MB too")
    parser.add_argument("--only", nargs="+", choices=_GROUPS)
    parser.add_argument("--details", action="store_true", help="with scores, a line for each thing that is wrong")
    parser.add_argument(
        "--corpus", action="append", type=Path, help="a labelled mailbox to score (messages/, truth.jsonl, notice.txt, "
        "units.csv); may be given again; default: the two that the "
        "repository holds"
    )  # fmt: skip
    return parser


if __name__ == "__main__":
    main()
