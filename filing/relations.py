"""Which message corrects or repeats which: computed from all submissions at once, whatever the order of work was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby

from filing.text.quoting import subject_marks
from filing.text.squeeze import squeeze
from filing.text.vocabulary import marker
from filing.traces import alike
from records.filings import Evidence, Relation, ReportFacts

_SAME_WORDS = 0.9  # of their words: the same text, whatever format it came in
_SAME_PAPER = 0.97  # the same but for what a converter adds
_VERSION = 0.5  # another version of the same text
_RESEMBLES = 0.2
_OTHER_WORDS = 0.5  # below it two bodies tell of different things, although a picture goes with both
_TELLING = 40  # runs of characters from which on a text can be told from others
_SOON = timedelta(days=2)
_EMPTY = ("nothing_attached", "cloud_link")
_DATES = re.compile(r"\d+[年月日号./-]?")


def relations(facts: Sequence[ReportFacts]) -> dict[str, Relation]:
    """Submission id → the earlier message that it corrects or sends again, with what says so.

    A later one supersedes only with a sign: it says so, it follows one in which there was nothing that anybody could
    open, or it brings the same files or the same text. A second report without a sign, a supplement (补发, 漏发), and a
    summary after material supersede nothing. Who may supersede is not asked here: see :func:`contested`.
    """
    found: dict[str, Relation] = {}
    strays = [fact for fact in facts if fact.submission.unit is None and fact.message_status == "review"]
    for later, earlier in _rows(facts):
        relation = _relation(later, earlier) or _stray(later, strays)
        if relation is not None:
            found[later.submission_id] = relation
    return found


def contested(facts: Sequence[ReportFacts], found: Mapping[str, Relation]) -> dict[str, str]:
    """Submission id → the report from a known address whose place it would take, coming from an unknown one.

    Anybody can write a unit's name over and under a paper. That is enough to be filed, not to put something else in the
    place of what the unit sent from its own mailbox: there a person must look (``found``: of :func:`relations`). What
    says the same again, adds without replacing, or answers the unit's own mail, whose Message-ID no stranger knows, is
    no doubt.
    """
    doubted: dict[str, str] = {}
    for later, earlier in _rows(facts):
        if later.submission.status != "filed" or later.submission.decided_by is not None or later.sender_known:
            continue
        known = [fact for fact in earlier if fact.is_accepted and fact.sender_known]
        replaced = [fact for fact in known if _takes_the_place(later, fact, found)]
        if replaced and not (_says_the_same(later, replaced[-1]) or any(_is_linked(later, fact) for fact in known)):
            doubted[later.submission_id] = replaced[-1].submission_id
    return doubted


def _rows(facts: Iterable[ReportFacts]) -> Iterable[tuple[ReportFacts, Sequence[ReportFacts]]]:
    """Every submission of a unit to a campaign with the earlier ones, by time of receipt."""
    for (campaign, unit), group in groupby(sorted(facts, key=_place), key=_share):
        row = [fact for fact in group if campaign and unit and fact.message_status != "not_a_report"]
        for at, later in enumerate(row):
            yield later, [fact for fact in row[:at] if fact.raw_sha256 != later.raw_sha256]


def _share(fact: ReportFacts) -> tuple[str, str]:
    return (fact.submission.campaign or "", fact.submission.unit or "")


def _place(fact: ReportFacts) -> tuple[str, str, float, str, str]:
    return (*_share(fact), fact.received_at.timestamp(), fact.raw_sha256, fact.submission_id)


def _relation(later: ReportFacts, earlier: Sequence[ReportFacts]) -> Relation | None:
    """The latest earlier one that it replaces."""
    for fact in reversed(earlier):
        if (evidence := _repeats(later, fact)) is not None:
            return Relation(fact.raw_sha256, evidence)
    if later.submission.alternative:
        return None
    return _corrected(later, earlier) or _opened_at_last(later, earlier)


def _stray(later: ReportFacts, strays: Iterable[ReportFacts]) -> Relation | None:
    """The same papers, that waited without a unit."""
    for fact in strays:
        same = fact.submission.campaign == later.submission.campaign and fact.received_at < later.received_at
        shared = set(fact.submission.trace.papers) & set(later.submission.trace.papers)
        if same and shared and (evidence := _repeats(later, fact)) is not None:
            return Relation(fact.raw_sha256, evidence)
    return None


# -- the same again ----------------------------------------------------------------------------------------------------


def _repeats(later: ReportFacts, earlier: ReportFacts) -> Evidence | None:
    """The same files or the same text; also where more goes with them (a forward, a reply that carries the report)."""
    if not _same_obligation(later, earlier):
        return None
    one, other = later.submission.trace, earlier.submission.trace
    names = dict(one.files)
    mine, theirs = set(names), {sha256 for sha256, _ in other.files}
    if theirs and (mine == theirs or (theirs < mine and set(other.papers) and _same_kind(later, earlier))):
        papers = set(other.papers) & set(one.papers)
        if papers or not _tell_different_things(later, earlier):
            shown = min(papers or theirs)
            return Evidence("supersedes", names[shown] or "附件", names[shown] or shown[:12])
        return None
    if mine and theirs and not (one.papers and other.papers):
        return None  # pictures that differ
    return _same_text(later, earlier)


def _same_text(later: ReportFacts, earlier: ReportFacts) -> Evidence | None:
    one, other = later.submission.trace, earlier.submission.trace
    again = bool(later.text_fingerprint) and later.text_fingerprint == earlier.text_fingerprint
    if not one.length or (not again and (alike(one, other) < _SAME_WORDS or not _same_numbers(later, earlier))):
        return None
    if min(one.length, other.length) < _TELLING and later.received_at - earlier.received_at > _SOON:
        return None  # 零报告 of last week
    return Evidence("supersedes", "body", later.subject or "正文")


def _same_numbers(later: ReportFacts, earlier: ReportFacts) -> bool:
    """All numbers, or all figures of a closing report whose words are the same: page numbers come and go."""
    one, other = later.submission, earlier.submission
    if one.trace.numbers == other.trace.numbers:
        return True
    figures = {(figure.measure, figure.value) for figure in one.figures}
    same = bool(figures) and figures == {(figure.measure, figure.value) for figure in other.figures}
    return same and one.kind == other.kind == "summary" and alike(one.trace, other.trace) >= _SAME_PAPER


def _tell_different_things(later: ReportFacts, earlier: ReportFacts) -> bool:
    one, other = later.submission.trace, earlier.submission.trace
    return min(one.length, other.length) >= _TELLING and alike(one, other) < _OTHER_WORDS


def _same_obligation(later: ReportFacts, earlier: ReportFacts) -> bool:
    """Closing reports to different requirements (of June, of July) are different reports, whatever they say."""
    one, other = later.submission, earlier.submission
    both = one.kind == other.kind == "summary" and one.requirement and other.requirement
    return not both or one.requirement == other.requirement


def _same_kind(later: ReportFacts, earlier: ReportFacts) -> bool:
    return later.submission.kind == earlier.submission.kind


# -- corrections -------------------------------------------------------------------------------------------------------


def _corrected(later: ReportFacts, earlier: Sequence[ReportFacts]) -> Relation | None:
    """What a message that says 更正 or 定稿 stands for: of several the likest, of equals the last."""
    sign = later.submission.sign
    if sign not in ("correction", "version"):
        return None
    found = [fact for fact in earlier if _can_be_corrected(later, fact)]
    if sign == "version":
        found = [fact for fact in found if alike(later.submission.trace, fact.submission.trace) >= _VERSION]
    found = [fact for fact in found if fact.submission.status != "withdrawn"] or found
    if not found:
        return None
    target = max(enumerate(found), key=lambda item: (*_likeness(later, item[1]), item[0]))[1]
    told = next((one for one in later.submission.evidence if one.for_ == "correction"), None)
    where, text = (told.where, told.text) if told else ("subject", later.subject)
    return Relation(target.raw_sha256, Evidence("supersedes", where, text))


def _can_be_corrected(later: ReportFacts, earlier: ReportFacts) -> bool:
    if earlier.submission.alternative:
        return False
    if _is_linked(later, earlier):
        return True
    alike_kinds = _same_kind(later, earlier) or _is_empty(earlier)
    return alike_kinds and _same_obligation(later, earlier)


def _likeness(later: ReportFacts, earlier: ReportFacts) -> tuple[bool, ...]:
    """What makes it the one that is meant, the weightiest first."""
    one, other = later.submission, earlier.submission
    resemblance = alike(one.trace, other.trace)
    named = {_bare(name) for _, name in one.trace.files} & {_bare(name) for _, name in other.trace.files}
    return (
        _is_linked(later, earlier),
        resemblance >= _VERSION,
        _bare(later.subject) == _bare(earlier.subject) != "" or bool(named - {""}),
        resemblance >= _RESEMBLES,
        one.kind == "material" and bool(set(one.activities) & set(other.activities)),
        bool(later.sender) and later.sender == earlier.sender,
    )


def _is_linked(later: ReportFacts, earlier: ReportFacts) -> bool:
    """Whether it answers, refers to or carries that very message."""
    return bool(earlier.message_id) and earlier.message_id in later.submission.trace.answers


def _bare(title: str) -> str:
    """A subject or file name without marks of replies and corrections, dates, numbers and the extension."""
    text = squeeze(subject_marks(title)[1])
    for key in ("title_corrections", "versions", "supplements"):
        text = marker("signs", key).sub("", text)
    return re.sub(r"[\W_]+", "", _DATES.sub("", re.sub(r"\.[0-9a-z]{1,5}$", "", text)))


# -- what nobody could open --------------------------------------------------------------------------------------------


def _opened_at_last(later: ReportFacts, earlier: Sequence[ReportFacts]) -> Relation | None:
    """A readable one after one that nobody could open, or in which nothing was, by the same sender."""
    if later.message_status not in ("filed", "review") or not earlier:
        return None
    of_sender = [fact for fact in earlier if fact.sender == later.sender and fact.sender]
    empty = of_sender[-1] if of_sender and _is_empty(of_sender[-1]) else None
    if empty is None or not _can_be_the_same(later, empty):
        return None
    return Relation(empty.raw_sha256, Evidence("supersedes", "body", empty.subject or empty.reason))


def _is_empty(fact: ReportFacts) -> bool:
    """Whether there was nothing in it that could be read."""
    return fact.message_status == "unreadable" or (fact.message_status == "review" and fact.reason in _EMPTY)


def _can_be_the_same(later: ReportFacts, empty: ReportFacts) -> bool:
    """A closing report may be what was in it; material only where a sign, subject or file name says so."""
    if later.submission.kind == "summary" and _same_obligation(later, empty):
        return later.message_status == "filed"
    named = {_bare(name) for _, name in later.submission.trace.files} & {
        _bare(name) for _, name in empty.submission.trace.files
    }
    return bool(later.submission.sign) or bool(named - {""}) or _bare(later.subject) == _bare(empty.subject) != ""


# -- whose place it would take -----------------------------------------------------------------------------------------


def _takes_the_place(later: ReportFacts, known: ReportFacts, found: Mapping[str, Relation]) -> bool:
    """Whether its figures would count instead of the other's: it corrects it, or it is a later closing report."""
    relation = found.get(later.submission_id)
    if relation is not None and relation.supersedes == known.raw_sha256:
        return True
    one, other = later.submission, known.submission
    both = one.kind == other.kind == "summary" and one.requirement == other.requirement
    return both and one.sign != "supplement"


def _says_the_same(later: ReportFacts, earlier: ReportFacts) -> bool:
    """Whether it repeats the other with nothing new that would count."""
    one, other = later.submission, earlier.submission
    return _repeats(later, earlier) is not None and (
        one.trace.numbers == other.trace.numbers
        or one.figures == other.figures
        or one.trace.papers == other.trace.papers
    )
