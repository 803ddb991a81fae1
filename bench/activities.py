"""How well activities are recognised in labelled reports of many fields, and the weights that fit them best.

    python -m bench activities DIR [--fit | --misses]

DIR holds one JSON file a field (bench/fields): ``notice``, and ``reports`` with their documents and true activities.
Each batch of fields is scored with the weights as they are and with weights fitted on all other fields. ``--fit``
prints what lexicon/weights.toml should hold.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.lines import heading
from filing.documents import Document
from filing.notice.reading import read_notice
from filing.text.vocabulary import word_list
from filing.what.activities import Told, in_company, readings
from filing.what.likeness import Reading, decided
from filing.what.profiles import profiles_of
from records.extracts import Table

Array = NDArray[np.float64]

STEPS, RATE, SHRINK = 300, 0.05, 0.5
TURNS = 2
FOLDS = 5
ALMOST = 1e-6


@dataclass(frozen=True, slots=True)
class Report:
    """A labelled report: its clauses as they are weighed, and the activities that it truly tells of."""

    field: str
    at: int
    ids: tuple[str, ...]
    truth: frozenset[str]
    told: tuple[Told, ...]

    def clauses(self, weights: Array) -> list[tuple[str, Reading]]:
        """Its clauses, beside what their neighbours tell of by ``weights``."""
        weigh = partial(_weigh, weights=weights)
        return [(statement.text, reading) for statement, reading in in_company(self.told, weigh)]


@dataclass(frozen=True, slots=True)
class Score:
    """How well sets of activities agree with the true ones."""

    right: int
    wrong: int
    missed: int
    exact: int
    reports: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1.0 where there is nothing to find."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed or 1)

    def __str__(self) -> str:
        exact = self.exact / max(1, self.reports)
        return f"f1 {self.f1:.3f}  exact {exact:.3f}  ({self.wrong} wrong, {self.missed} missed)"


def run(arguments: Sequence[str]) -> None:
    """Print the scores of the fields in the folder that ``arguments`` name."""
    parser = argparse.ArgumentParser(prog="python -m bench activities")
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--fit", action="store_true", help="print the weights that fit best")
    parser.add_argument("--misses", action="store_true", help="print what is wrong in fields never fitted on")
    given = parser.parse_args(arguments)
    reports = [
        report for folder in given.folder for path in sorted(folder.glob("*.json")) for report in read_field(path)
    ]
    heading("activities: as they are, and by weights fitted on the other fields")
    held = _held_out(reports)
    for field in dict.fromkeys(report.field for report in reports):
        own = [at for at, report in enumerate(reports) if report.field == field]
        print(f"  {field:<14} {score((reports[at], told(reports[at], weights_now())) for at in own)}")
        print(f"  {'':<14} {score((reports[at], held[at]) for at in own)}")
    print(f"  {'all':<14} {score((report, told(report, weights_now())) for report in reports)}")
    print(f"  {'':<14} {score(zip(reports, held, strict=True))}")
    if given.misses:
        _print_misses(reports, held)
    if given.fit:
        _print_fit(reports)


def read_field(path: Path) -> Iterator[Report]:
    """The labelled reports of one field. Raises ValueError where they name an activity that the notice has not."""
    data = json.loads(path.read_text("utf-8"))
    campaign = read_notice(data["notice"])
    named = {id_ for entry in data["reports"] for id_ in entry["activities"]}
    if unknown := named - set(profiles_of(campaign).ids):
        raise ValueError(f"{path.name}: no activity {', '.join(sorted(unknown))} in its notice")
    for at, entry in enumerate(data["reports"], 1):
        documents = [_document(one) for one in entry["documents"]]
        yield Report(
            field=path.stem,
            at=at,
            ids=profiles_of(campaign).ids,
            truth=frozenset(entry["activities"]),
            told=tuple(readings(documents, campaign)),
        )


def _weigh(reading: Reading, weights: Array) -> list[float]:
    likely, _ = _likelihoods(_matrix([[reading]]), weights)
    return [float(value) for value in likely[0][: len(reading.shares)]]


def _document(entry: Mapping[str, Any]) -> Document:
    tables = tuple(Table(tuple(tuple(row) for row in one["rows"]), one["title"]) for one in entry.get("tables", ()))
    return Document(entry["where"], entry["role"], entry["text"], tables, filename=entry.get("filename"))


def score(pairs: Iterable[tuple[Report, frozenset[str]]]) -> Score:
    """Of reports, each with the activities found in it."""
    both = list(pairs)
    return Score(
        right=sum(len(found & report.truth) for report, found in both),
        wrong=sum(len(found - report.truth) for report, found in both),
        missed=sum(len(report.truth - found) for report, found in both),
        exact=sum(found == report.truth for report, found in both),
        reports=len(both),
    )


def weights_now() -> Array:
    """The weights of lexicon/weights.toml, as one row."""
    weights = word_list("weights")
    return np.array([weights[table][key] for table, key in _names()])


def _names() -> list[tuple[str, str]]:
    weights = word_list("weights")
    return [(table, key) for table in ("word", "nothing") for key in weights[table]]


def told(report: Report, weights: Array) -> frozenset[str]:
    """The activities that ``report`` tells of, by these weights."""
    clauses = [reading for _, reading in report.clauses(weights)]
    if not clauses:
        return frozenset()
    likely, _ = _likelihoods(_matrix([clauses]), weights)
    return frozenset(report.ids[at] for at in decided([list(clause) for clause in likely]))


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Clauses by activities by shares; which activities there are; what speaks for none; whose report a clause is."""

    shares: Array
    exists: NDArray[np.bool_]
    nothing: Array
    report: NDArray[np.int64]


def _matrix(reports: Sequence[Sequence[Reading]]) -> _Matrix:
    words, against = (list(word_list("weights")[table]) for table in ("word", "nothing"))
    most = max(len(reading.shares) for report in reports for reading in report)
    rows, exists, nothing, owners = [], [], [], []
    for owner, report in enumerate(reports):
        for reading in report:
            block = np.zeros((most, len(words)))
            for at, own in enumerate(reading.shares):
                block[at] = [own.get(word, 0.0) for word in words]
            rows.append(block)
            exists.append([at < len(reading.shares) for at in range(most)])
            nothing.append([reading.nothing.get(key, 0.0) for key in against])
            owners.append(owner)
    return _Matrix(np.stack(rows), np.array(exists), np.array(nothing), np.array(owners))


def _likelihoods(matrix: _Matrix, weights: Array) -> tuple[Array, Array]:
    """For each clause the likelihood of each activity, and of none."""
    words = matrix.shares.shape[2]
    scores = np.where(matrix.exists, matrix.shares @ weights[:words], -1e9)
    against = matrix.nothing @ weights[words:]
    highest = np.maximum(scores.max(axis=1), against)
    powers, rest = np.exp(scores - highest[:, None]), np.exp(against - highest)
    whole = powers.sum(axis=1) + rest
    return np.minimum(powers / whole[:, None], 1 - ALMOST), rest / whole


def fit(reports: Sequence[Report]) -> Array:
    """The weights under which the true activities are likeliest; words never speak against an activity.

    The clause that most tells of an activity stands for its report. What neighbours tell of hangs on the weights
    themselves, so they are fitted in turns.
    """
    weights = np.zeros(len(_names()))
    for _ in range(TURNS):
        weights = _fit_once(reports, weights)
    return weights


def _fit_once(reports: Sequence[Report], before: Array) -> Array:
    told_of = [report for report in reports if report.told]
    if before.any():
        clauses = [[reading for _, reading in report.clauses(before)] for report in told_of]
    else:
        clauses = [[reading for told in report.told for reading in told.readings] for report in told_of]
    matrix = _matrix(clauses)
    words, most = matrix.shares.shape[2], matrix.shares.shape[1]
    truth = np.array(
        [[at < len(r.ids) and r.ids[at] in r.truth for at in range(most)] for r in told_of], dtype=np.float64
    )
    weights = np.concatenate([np.full(words, 2.0), np.zeros(matrix.nothing.shape[1])])
    weights[words] = 4.0
    is_word = np.arange(len(weights)) < words
    moved, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        slope = _slope(matrix, truth, weights) + SHRINK * np.where(is_word, 1.0, 0.1) * weights
        moved, spread = 0.9 * moved + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        weights = weights - RATE * moved / (1 - 0.9**step) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
        weights[is_word] = np.maximum(weights[is_word], 0.0)
    return weights


def _slope(matrix: _Matrix, truth: Array, weights: Array) -> Array:
    likely, none = _likelihoods(matrix, weights)
    best = np.zeros_like(truth)
    np.maximum.at(best, matrix.report, likely)
    decides = matrix.exists & (likely >= best[matrix.report])
    pull = np.where(truth[matrix.report] > 0, -1 / np.maximum(likely, ALMOST), 1 / (1 - likely)) * decides
    shared = (pull * likely).sum(axis=1)
    by_word = np.einsum("ca,caw->w", likely * (pull - shared[:, None]), matrix.shares)
    return np.concatenate([by_word, matrix.nothing.T @ (-none * shared)])


def _held_out(reports: Sequence[Report]) -> list[frozenset[str]]:
    """What is found in each report by weights that were fitted on other fields alone."""
    fields = list(dict.fromkeys(report.field for report in reports))
    found: list[frozenset[str]] = [frozenset()] * len(reports)
    for fold in range(FOLDS):
        out = set(fields[fold::FOLDS])
        weights = fit([report for report in reports if report.field not in out])
        for at, report in enumerate(reports):
            if report.field in out:
                found[at] = told(report, weights)
    return found


def _print_misses(reports: Sequence[Report], found: Sequence[frozenset[str]]) -> None:
    for report, ids in zip(reports, found, strict=True):
        if ids != report.truth:
            print(f"-- {report.field} {report.at}")
        for id_ in sorted(ids ^ report.truth):
            text, likely = _best(report, report.ids.index(id_))
            print(f"   {'+' if id_ in ids else '-'} {id_} {likely:.2f} {text}")


def _best(report: Report, at: int) -> tuple[str, float]:
    clauses = report.clauses(weights_now())
    if not clauses:
        return "", 0.0
    likely, _ = _likelihoods(_matrix([[reading for _, reading in clauses]]), weights_now())
    best = int(likely[:, at].argmax())
    return clauses[best][0], float(likely[best, at])


def _print_fit(reports: Sequence[Report]) -> None:
    heading("lexicon/weights.toml")
    for (table, key), weight in zip(_names(), fit(reports), strict=True):
        print(f"  [{table}] {key} = {weight:.2f}")
