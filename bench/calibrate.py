"""The table of confidences from labelled mail, and how well it keeps what it says on offices that it has not seen.

    python -m bench calibrate [--generated N] [--corpus DIR …] [--write]

Each generated office and each labelled mailbox is left out once; its reports are rated by a table made of the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from pathlib import Path

from bench.bounds import lower_bound
from bench.generator.offices import WORDINGS
from bench.generator.trial import Outcome, as_the_service, run
from bench.labelled import keys_and_answers, mailboxes, own_mailboxes
from filing.confidence import MOST, OTHER

_FILE = Path(__file__).resolve().parent.parent / "filing" / "lexicon" / "confidence.toml"
_RELATIONS = ("own", "shared", "domain", "anothers", "forwarder", "unknown")
_ALIKE = ("shared", "domain", "unknown")  # addresses that alone say no unit: few mails have the first two
_BANDS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 1.0)
_OLD = "last year's paper"  # under review its unit is right; filed it is wrong
_NOTHING_KNOWN = 0.5
_FEW = 20

Table = Mapping[str, float]
"""Confidence by key: ``filed.own.3``, ``asked.unit_tied``."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One message: from which office, on what evidence, whether it was right to file it so, or to suggest that unit."""

    group: str
    key: str
    right: bool


def calibrate(generated: int, folders: Sequence[Path], *, write: bool) -> None:
    """Print the table and its reliability; with ``write`` keep the table as filing's own."""
    seen = [*_from_generated(generated), *_from_mailboxes(folders)]
    table = fitted(seen)
    print(f"{len(seen)} messages of {len({one.group for one in seen})} offices and mailboxes\n")
    counts = Counter(one.key for one in seen)
    right = Counter(one.key for one in seen if one.right)
    print("| evidence | messages | right | confidence |\n| --- | --- | --- | --- |")
    for key in sorted(counts):
        print(f"| {key} | {counts[key]} | {right[key]} | {table.get(key, table[f'asked.{OTHER}']):.3f} |")
    print("\n| confidence, by the other offices | messages | right | mean confidence |\n| --- | --- | --- | --- |")
    for row in reliability(seen):
        print(row)
    if write:
        _FILE.write_text(as_toml(table, len(seen)), "utf-8")


def _from_generated(count: int) -> Iterator[Seen]:
    for part in WORDINGS:
        for one in run(part, count, {"": as_the_service})[""]:
            if one.status == "filed":
                yield Seen(_office(one), one.evidence, not one.wrong)
            elif one.is_report and one.evidence and one.trick != _OLD:
                yield Seen(_office(one), one.evidence, one.suggested)


def _office(outcome: Outcome) -> str:
    return outcome.case.partition(" ")[0]


def _from_mailboxes(folders: Sequence[Path]) -> Iterator[Seen]:
    with own_mailboxes() as own:
        for mailbox in mailboxes([*own, *folders]):
            yield from (Seen(mailbox.name, key, right) for key, right in keys_and_answers(mailbox))


def fitted(seen: Iterable[Seen]) -> dict[str, float]:
    """For each key the lower bound (95 %) of the share that was right.

    More places that name the unit are never rated below fewer: where they seem to be, they are pooled. Reasons
    of which few reports are at hand are counted together as well, and so are addresses that alone tell no unit.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in seen:
        counts[one.key][0] += one.right
        counts[one.key][1] += 1
    asked = {key: counted for key, counted in counts.items() if key.startswith("asked.")}
    rare = [counted for counted in asked.values() if counted[1] < _FEW]
    table = {key: _down(lower_bound(*counted)) for key, counted in asked.items() if counted[1] >= _FEW}
    right, told = (sum(counted[at] for counted in rare) for at in (0, 1))
    table[f"asked.{OTHER}"] = _down(lower_bound(right, told)) if told >= _FEW else _NOTHING_KNOWN
    for relation in _RELATIONS:
        alike = _ALIKE if relation in _ALIKE else (relation,)
        by_places = [_added(counts[f"filed.{one}.{number}"] for one in alike) for number in range(MOST + 1)]
        for number, value in enumerate(_rising(by_places)):
            table[f"filed.{relation}.{number}"] = value
    return table


def _added(counted: Iterable[Sequence[int]]) -> tuple[int, int]:
    both = list(counted)
    return sum(one[0] for one in both), sum(one[1] for one in both)


def _rising(counted: Sequence[tuple[int, ...]]) -> list[float]:
    """Lower bounds that never fall; neighbours whose shares fall are pooled (isotonic regression)."""
    blocks: list[list[int]] = []  # right, asked, how many bins
    for right, asked in counted:
        blocks.append([right, asked, 1])
        while len(blocks) > 1 and _share(blocks[-2]) >= _share(blocks[-1]):
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    found: list[float] = []
    for right, asked, bins in blocks:
        bound = _down(lower_bound(right, asked)) if asked else _NOTHING_KNOWN
        found += [max([bound, *found[-1:]])] * bins
    return found


def _share(block: Sequence[int]) -> float:
    return block[0] / block[1] if block[1] else 0.0


def _down(value: float) -> float:
    """To three decimals, never up."""
    return floor(value * 1000) / 1000


def reliability(seen: Sequence[Seen]) -> Iterator[str]:
    """Rows of a table: what share was right where a confidence was given, each office rated by the others."""
    rated: list[tuple[float, bool]] = []
    for group in sorted({one.group for one in seen}):
        table = fitted(one for one in seen if one.group != group)
        rated += [(table.get(one.key, table[f"asked.{OTHER}"]), one.right) for one in seen if one.group == group]
    for low, high in zip(_BANDS, (*_BANDS[1:-1], 1.01), strict=False):
        mine = [(value, right) for value, right in rated if low <= value < high]
        if mine:
            right = sum(answer for _, answer in mine)
            mean = sum(value for value, _ in mine) / len(mine)
            share = f"{right} ({100 * right / len(mine):.1f} %)"
            print_high = min(high, 1.0)
            yield f"| {low:.2f} – {print_high:.2f} | {len(mine)} | {share} | {mean:.3f} |"


def as_toml(table: Table, messages: int) -> str:
    """filing/lexicon/confidence.toml."""
    lines = [
        f"# Written by `python -m bench calibrate --write` from {messages} labelled messages (docs/confidence.md).",
        "# filed: by what the sender's address is to the unit; one number for each count of places that name the unit.",
        "[filed]",
    ]
    for relation in _RELATIONS:
        values = [table[f"filed.{relation}.{number}"] for number in range(MOST + 1)]
        lines.append(f"{relation} = {values}")
    lines += [
        "",
        "# asked: by the reason why a person must look; the share whose first suggestion was right.",
        "[asked]",
    ]
    asked = {key.partition(".")[2]: value for key, value in sorted(table.items()) if key.startswith("asked.")}
    return "\n".join([*lines, *(f"{reason} = {value}" for reason, value in asked.items()), ""])
