"""Which message corrects or repeats which, and whose place a stranger's may not take."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest

from filing.relations import contested, relations
from records.filings import Evidence, Figure, ReportFacts, Submission, Trace

DAY = datetime.fromisoformat("2025-06-23T16:00:00+08:00")
TEXT = tuple(range(100, 164))
OTHER_TEXT = tuple(range(1000, 1064))


def fact(name: str, days: float = 0, **more: Any) -> ReportFacts:
    """A filed summary of unit U1; ``more``: fields of the facts, of the submission or of its trace."""
    trace = Trace(
        files=more.pop("files", ((f"sha-{name}", f"{name}.docx"),)),
        papers=more.pop("papers", (f"sha-{name}",)),
        words=more.pop("words", tuple(Random(name).sample(range(10**6), 64))),
        length=more.pop("length", 200),
        numbers=more.pop("numbers", name),
        answers=more.pop("answers", ()),
    )
    outer = {key: more.pop(key) for key in tuple(more) if key in ReportFacts.__slots__}
    outer = {"message_status": "filed", "sender": "a@qq.com", "message_id": f"<{name}@qq.com>", **outer}
    base = Submission("filed", "c", "U1", "summary", "r1", 0.99, trace=trace)
    return ReportFacts(f"{name}/1", name, DAY + timedelta(days=days), replace(base, **more), **outer)


def found(*facts: ReportFacts) -> dict[str, str]:
    """Who supersedes whom, by names; the same for every order of the facts."""
    orders = list(permutations(facts)) if len(facts) < 5 else [facts, tuple(reversed(facts))]
    answers = {tuple(sorted((key[:-2], value.supersedes) for key, value in relations(o).items())) for o in orders}
    assert len(answers) == 1
    return dict(answers.pop())


def held_back(*facts: ReportFacts) -> set[str]:
    """Who waits for a person because of whom it would replace."""
    return {key[:-2] for key in contested(facts, relations(facts))}


CORRECTION: dict[str, Any] = {"sign": "correction", "evidence": (Evidence("correction", "subject", "更正"),)}
BROKEN: dict[str, Any] = {"message_status": "unreadable", "status": "review"}
WAITING: dict[str, Any] = {"message_status": "review", "status": "review"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # -- signs
        ([fact("a"), fact("b", 7, **CORRECTION)], {"b": "a"}),
        ([fact("a"), fact("b", 7)], {}),
        ([fact("a"), fact("b", 7, sign="supplement")], {}),
        ([fact("b", **CORRECTION), fact("a", 7)], {}),
        # -- the same again
        ([fact("a"), fact("b", 1, files=(("sha-a", "总结.docx"),), papers=("sha-a",))], {"b": "a"}),
        ([fact("a", words=TEXT, numbers="n"), fact("b", 1, words=TEXT, numbers="n")], {"b": "a"}),
        ([fact("a", words=TEXT, numbers="n"), fact("b", 1, words=TEXT, numbers="m")], {}),
        (
            [
                fact("a", words=TEXT, numbers="n"),
                fact("b", 1, words=TEXT, numbers="m", sign="correction"),
            ],
            {"b": "a"},
        ),
        # the same figures, page numbers apart
        (
            [
                fact("a", words=TEXT, numbers="n", figures=(Figure("drills", 2, Evidence("", "", "")),)),
                fact("b", 1, words=TEXT, numbers="m", figures=(Figure("drills", 2, Evidence("x", "y", "z")),)),
            ],
            {"b": "a"},
        ),
        # a forward or reply that carries the report, and photos beside it
        (
            [fact("a"), fact("b", 1, files=(("sha-a", "总结.docx"), ("p", "1.jpg")), papers=("sha-a",))],
            {"b": "a"},
        ),
        # only one of several files comes again
        (
            [
                fact("a", files=(("x", "总结.docx"), ("y", "表.xlsx")), papers=("x", "y")),
                fact("b", 1, files=(("y", "表.xlsx"),), papers=("y",), sign="supplement"),
            ],
            {},
        ),
        # the same picture (a signature's QR code) with bodies that tell of different things
        (
            [
                fact("a", kind="material", files=(("qr", "qr.png"),), papers=(), words=TEXT),
                fact("b", 1, kind="material", files=(("qr", "qr.png"),), papers=(), words=OTHER_TEXT),
            ],
            {},
        ),
        (
            [
                fact("a", kind="material", files=(("1", "1.jpg"), ("2", "2.jpg")), papers=(), words=(), length=0),
                fact("b", 1, kind="material", files=(("2", "b.jpg"), ("1", "a.jpg")), papers=(), words=(), length=0),
            ],
            {"b": "a"},
        ),
        # 零报告 of June, of July: the same words to another requirement, or weeks later
        ([fact("a", words=TEXT, numbers="n"), fact("b", 30, words=TEXT, numbers="n", requirement="r2")], {}),
        (
            [
                fact("a", kind="material", files=(), papers=(), words=(1, 2, 3), length=3, numbers=""),
                fact("b", 7, kind="material", files=(), papers=(), words=(1, 2, 3), length=3, numbers=""),
            ],
            {},
        ),
        # the last version: a sign only where the words are alike
        ([fact("a", words=TEXT), fact("b", 1, words=(*TEXT[:54], *OTHER_TEXT[:10]), sign="version")], {"b": "a"}),
        ([fact("a", words=TEXT), fact("b", 1, words=OTHER_TEXT, sign="version")], {}),
        # -- chains
        ([fact("a"), fact("b", 1, **CORRECTION), fact("c", 2, **CORRECTION)], {"b": "a", "c": "b"}),
        ([fact("a"), fact("b", 1), fact("c", 2, **CORRECTION)], {"c": "b"}),
        ([fact("a", words=TEXT), fact("b", 1), fact("c", 2, words=TEXT, **CORRECTION)], {"c": "a"}),
        ([fact("a"), fact("b", 1), fact("c", 2, answers=("<a@qq.com>",), **CORRECTION)], {"c": "a"}),
        (
            [
                fact("a", subject="6月演练情况", kind="material", activities=("1",)),
                fact("b", 1, subject="隐患排查情况", kind="material", activities=("2",)),
                fact("c", 2, subject="更正：6月演练情况", kind="material", activities=("1",), **CORRECTION),
            ],
            {"c": "a"},
        ),
        (
            [
                fact("a", kind="material", activities=("1",)),
                fact("b", 1, kind="material", activities=("2",)),
                fact("c", 2, kind="material", activities=("1",), **CORRECTION),
            ],
            {"c": "a"},
        ),
        ([fact("a"), fact("b", 1, status="withdrawn", **CORRECTION), fact("c", 2, **CORRECTION)], {"b": "a", "c": "a"}),
        # -- kinds, units, campaigns
        ([fact("a", kind="material"), fact("b", 1)], {}),
        ([fact("a", kind="material"), fact("b", 1, **CORRECTION)], {}),
        ([fact("a", kind="material"), fact("b", 1, answers=("<a@qq.com>",), **CORRECTION)], {"b": "a"}),
        ([fact("a"), fact("b", 1, unit="U2", **CORRECTION)], {}),
        ([fact("a"), fact("b", 1, campaign="d", **CORRECTION)], {}),
        ([fact("a", unit=None), fact("b", 1, unit=None, **CORRECTION)], {}),
        ([fact("a", message_status="not_a_report"), fact("b", 1, **CORRECTION)], {}),
        # the same papers waited without a unit
        (
            [fact("a", unit=None, **WAITING), fact("b", 1, files=(("sha-a", "a.docx"),), papers=("sha-a",))],
            {"b": "a"},
        ),
        ([fact("a", unit="U2", **WAITING), fact("b", 1, files=(("sha-a", "a.docx"),), papers=("sha-a",))], {}),
        # -- what nobody could open, or in which nothing was
        ([fact("a", **BROKEN), fact("b", 1)], {"b": "a"}),
        ([fact("a", **BROKEN), fact("b", 1, sender="b@163.com")], {}),
        ([fact("a", **BROKEN), fact("b", 1, sender="b@163.com", **CORRECTION)], {"b": "a"}),
        ([fact("a", **BROKEN), fact("b", 1, kind="material")], {}),
        ([fact("a", **BROKEN), fact("b", 1, kind="material"), fact("c", 2)], {}),
        ([fact("a", reason="nothing_attached", **WAITING), fact("b", 0.01, sign="supplement")], {"b": "a"}),
        ([fact("a", **WAITING), fact("b", 1)], {}),
    ],
)
def test_relations_are_as_the_signs_say(facts: list[ReportFacts], expected: dict[str, str]) -> None:
    """Without a sign a second report supersedes nothing; the order of processing is nothing (R22)."""
    assert found(*facts) == expected


def test_a_relation_shows_what_it_rests_on() -> None:
    """The words of the sign, else the file that is the same."""
    signed = relations([fact("a"), fact("b", 1, **CORRECTION)])["b/1"]
    assert signed.evidence == Evidence("supersedes", "subject", "更正")
    same = relations([fact("a"), fact("b", 1, files=(("sha-a", "总结.docx"),), papers=("sha-a",))])["b/1"]
    assert same.evidence == Evidence("supersedes", "总结.docx", "总结.docx")


KNOWN: dict[str, Any] = {"sender_known": True}
STRANGER: dict[str, Any] = {"sender": "new@163.com", "sender_known": False}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # an unknown address replaces what a known one sent
        ([fact("a", **KNOWN), fact("b", 1, **STRANGER, **CORRECTION)], {"b"}),
        ([fact("a", **KNOWN), fact("b", 1, **STRANGER)], {"b"}),
        ([fact("a", kind="material", **KNOWN), fact("b", 1, kind="material", **STRANGER, **CORRECTION)], {"b"}),
        # a second forged one does not vouch for the first, nor the first for the second
        ([fact("a", **KNOWN), fact("b", 1, **STRANGER), fact("c", 2, **STRANGER)], {"b", "c"}),
        # an old version from elsewhere would bring back old figures
        (
            [
                fact("a", words=TEXT, numbers="n", **KNOWN),
                fact("b", 1, words=TEXT, numbers="m", **KNOWN, **CORRECTION),
                fact("c", 2, words=TEXT, numbers="n", **STRANGER),
            ],
            {"c"},
        ),
        # the receiving server says that the known address is not the writer's
        ([fact("a", **KNOWN), fact("b", 1, sender_known=False, unauthenticated=True, **CORRECTION)], {"b"}),
        # nothing to doubt: the same again, an answer to the unit's own mail, another event, a supplement
        (
            [fact("a", **KNOWN), fact("b", 1, files=(("sha-a", "x"),), papers=("sha-a",), numbers="a", **STRANGER)],
            set(),
        ),
        ([fact("a", **KNOWN), fact("b", 1, answers=("<a@qq.com>",), **STRANGER, **CORRECTION)], set()),
        ([fact("a", **KNOWN), fact("b", 1, kind="material", **STRANGER)], set()),
        ([fact("a", kind="material", **KNOWN), fact("b", 1, **STRANGER)], set()),
        ([fact("a", **KNOWN), fact("b", 1, sign="supplement", **STRANGER)], set()),
        # nothing is replaced, or only what came from as unknown an address
        ([fact("b", **STRANGER), fact("a", 1, **KNOWN)], set()),
        ([fact("a", sender="x@qq.com"), fact("b", 1, **STRANGER, **CORRECTION)], set()),
        ([fact("a", status="withdrawn", **KNOWN), fact("b", 1, **STRANGER)], set()),
        ([fact("a", **BROKEN, **KNOWN), fact("b", 1, **STRANGER, **CORRECTION)], set()),
        # known for the unit, or decided by a person
        ([fact("a", **KNOWN), fact("b", 1, sender="b@163.com", **KNOWN, **CORRECTION)], set()),
        ([fact("a", **KNOWN), fact("b", 1, decided_by="李四", **STRANGER, **CORRECTION)], set()),
    ],
)
def test_a_stranger_may_not_take_the_place_of_a_known_report(facts: list[ReportFacts], expected: set[str]) -> None:
    """Letterhead and signature are enough to be filed, not to replace what came from the unit's own address."""
    assert held_back(*facts) == expected
    assert held_back(*reversed(facts)) == expected
