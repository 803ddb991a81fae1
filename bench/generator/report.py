"""The lines of `bench generated`: wrong filings with their bound, share for a person, activities, figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bench.bounds import upper_bound
from bench.generator.trial import Count, Outcome
from bench.lines import heading


def show(title: str, outcomes: Sequence[Outcome]) -> None:
    """Print what became of the cases."""
    heading(f"{title}: {len(outcomes)} messages")
    reports = [one for one in outcomes if one.may_be_filed]
    known = [one for one in reports if one.knowable]
    others = [one for one in outcomes if not one.may_be_filed]
    wrong = sum(bool(one.wrong) for one in outcomes)
    print(f"  filed wrong              {wrong} (95 % upper bound {100 * upper_bound(wrong, len(outcomes)):.3f} %)")
    print(f"  reports filed alone      {_share(one.alone for one in reports)}")
    print(f"  … whose unit is told     {_share(one.alone for one in known)}")
    print(f"  unit right at all        {_share(one.suggested for one in reports)}")
    print(f"  to a person, of all      {_share(one.status in ('review', 'unreadable') for one in outcomes)}")
    print(f"  reports taken for none   {sum(one.status == 'not_a_report' for one in outcomes if one.is_report)}")
    print(f"  no reports seen as such  {_share(one.status == 'not_a_report' for one in others if not one.is_report)}")
    print(f"  kind right               {_share(one.kind for one in reports if one.kind is not None)}")
    print(f"  activities               {f1(one.activities for one in reports)}")
    print(f"  activities exact         {_share(one.exact for one in reports if one.exact is not None)}")
    print(f"  figures                  {f1(one.figures for one in reports)}", flush=True)


def by_trick(outcomes: Sequence[Outcome]) -> None:
    """Print, for each trick, how many cases, how many wrong, filed alone, and why the others were not."""
    print("\n  trick                            cases  wrong  alone  reasons")
    for trick in sorted({one.trick for one in outcomes}):
        mine = [one for one in outcomes if one.trick == trick]
        reasons = Counter(one.reason for one in mine if not one.alone).most_common(4)
        told = ", ".join(f"{reason or 'filed'} {count}" for reason, count in reasons)
        alone, wrong = sum(one.alone for one in mine), sum(bool(one.wrong) for one in mine)
        print(f"  {trick:<32} {len(mine):>5}  {wrong:>5}  {alone:>5}  {told}")


def wrongs(outcomes: Sequence[Outcome]) -> None:
    """Print each case that was filed wrong, by the name under which it is made again."""
    for one in outcomes:
        if one.wrong:
            print(f"  WRONG {one.case} ({one.trick}, {one.layout}): {', '.join(one.wrong)}")


def f1(counts: Iterable[Count]) -> str:
    """Precision, recall and their harmonic mean."""
    all_ = list(counts)
    right, extra, lacking = (sum(getattr(one, name) for one in all_) for name in ("right", "extra", "lacking"))
    precision, recall = right / max(right + extra, 1), right / max(right + lacking, 1)
    mean = 2 * right / max(2 * right + extra + lacking, 1)
    return f"precision {precision:.3f}, recall {recall:.3f}, f1 {mean:.3f}"


def _share(answers: Iterable[bool | None]) -> str:
    known = [bool(one) for one in answers]
    return f"{sum(known) / max(len(known), 1):.3f} of {len(known)}"
