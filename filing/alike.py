"""Which reports bring pictures or texts that were sent before: by another unit, for other work, in earlier years. Pure.

All are compared at once and each only with what was received before it, so the order of processing plays no part.
What many units send (a letterhead, a poster, a model text) is nobody's own and counts for nothing; nor do the notice's
words.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from filing.documents import documents_of
from filing.text.squeeze import is_han
from records.extracts import Extract
from records.mail import Message
from records.remarks import Prints, RemarkKind, SeenPicture, Sent

if TYPE_CHECKING:  # the service at rest does without it
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.uint64]

_RUN = 8  # characters: shorter runs are phrases that everybody writes
_SAMPLE = 4  # one run in so many is kept, by its hash: the same ones of every text
_LONGEST = 60_000  # characters of one text
_LEAST_OWN = 40  # sampled runs, some 160 characters that are neither the notice's nor everybody's
_REPEATED = 0.6  # of a text's own runs: it nearly repeats the other
_MOST_UNITS = 4  # what more units than these send is common property
_MOST_COPIES = 200  # pictures that look the same: nobody needs to be told one by one
_NEAR = 10  # bits of 64
_UNSET_CLOCK = "2005"  # cameras that never were told the time begin in 1970, 1980, 2000 …
_CHUNK = 512
_HALF, _LOW = 32, 0xFFFFFFFF  # a run and a place in one number
_ROLES = ("body", "document", "slides")


@dataclass(frozen=True, slots=True)
class Alike:
    """Something that ``sent`` has in common with ``other``, or (without one) what its pictures say of themselves."""

    kind: RemarkKind
    sent: Sent
    other: Sent | None = None
    pictures: tuple[SeenPicture, ...] = ()
    there: str = ""  # the name that the first of them has there
    exact: bool = True  # all of these pictures are the same files
    share: float = 1.0  # of the text's own words


def prints_of(message: Message, extracts: Sequence[Extract]) -> tuple[Prints, ...]:
    """The prints of a message's own words and papers, by attachment; quotations and tables are left out."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for document in documents_of(message, extracts):
        if document.role in _ROLES:
            texts[document.top_sha256 or ""].append(document.text)
    found = (Prints(part, _stored(_runs("\n".join(listed)))) for part, listed in sorted(texts.items()))
    return tuple(one for one in found if one.values)


def text_runs(texts: Iterable[str]) -> frozenset[int]:
    """The runs of texts that are nobody's own, such as the notice's."""
    return frozenset(run for text in texts for run in _runs(text))


def _runs(text: str) -> set[int]:
    """Hashes of a text's runs of Chinese characters: figures, blanks and punctuation say nothing about who wrote it."""
    han = "".join(char for char in text[:_LONGEST] if is_han(char))
    hashes = (zlib.crc32(han[at : at + _RUN].encode("utf-16-le")) for at in range(len(han) - _RUN + 1))
    return {value for value in hashes if value % _SAMPLE == 0}


def _stored(runs: Iterable[int]) -> bytes:
    return array("I", sorted(runs)).tobytes()


def in_order(sent: Iterable[Sent]) -> list[Sent]:
    """By time of receipt; what came in the same second by its hash."""
    return sorted(sent, key=lambda one: (one.received_at, one.message, one.id))


# -- pictures ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Gallery:
    """All that was sent, in order, and where each picture stands in it."""

    ordered: Sequence[Sent]
    near: Mapping[str, Sequence[str]]  # pictures that look the same, itself included
    holders: Mapping[str, Sequence[int]]  # places in the order, by picture
    begins: Mapping[str, date]

    def hits(self, place: int, picture: SeenPicture) -> Iterator[Alike]:
        """The earliest of each kind that brought the picture before; none where it is common property."""
        one, told = self.ordered[place], set()
        places = sorted({at for sha256 in self.near[picture.sha256] for at in self.holders[sha256]})
        if len({self.ordered[at].unit for at in places} - {None}) > _MOST_UNITS:
            return
        for other in (self.ordered[at] for at in places if at < place):
            kind = _picture_kind(one, other, self.begins) if other.counts and other.message != one.message else None
            if kind is not None and kind not in told:
                told.add(kind)
                there = self._found_in(other, picture)
                yield Alike(kind, one, other, (picture,), there.name, there.sha256 == picture.sha256)

    def _found_in(self, other: Sent, picture: SeenPicture) -> SeenPicture:
        """The same file, else the first that looks the same."""
        alike = [shown for shown in other.pictures if shown.sha256 in self.near[picture.sha256]]
        return min(alike, key=lambda shown: shown.sha256 != picture.sha256)


def alike_pictures(sent: Iterable[Sent], begins: Mapping[str, date]) -> list[Alike]:
    """Pictures that were sent before. ``begins`` has the first day of each campaign."""
    ordered = in_order(sent)
    near = _near({picture.sha256: picture.dhash for one in ordered for picture in one.pictures if picture.dhash})
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(ordered):
        for sha256 in {picture.sha256 for picture in one.pictures if picture.dhash}:
            holders[sha256].append(place)
    gallery = _Gallery(ordered, near, holders, begins)
    found: list[Alike] = []
    for place, one in enumerate(ordered):
        pictures = [picture for picture in one.pictures if picture.sha256 in near and one.compared]
        found += _summed([hit for picture in pictures for hit in gallery.hits(place, picture)])
    return found


def _picture_kind(one: Sent, other: Sent, begins: Mapping[str, date]) -> RemarkKind | None:
    if other.unit is not None and other.unit != one.unit:
        return "photo_of_another_unit"
    if other.campaign != one.campaign:
        return "photo_of_earlier_campaign" if _is_earlier(other, one, begins) else None
    if one.message == other.supersedes or other.message == one.supersedes:
        return None
    told_apart = one.activities and other.activities and not one.activities & other.activities
    return "photo_again" if told_apart and one.kind == other.kind == "material" else None


def _is_earlier(other: Sent, one: Sent, begins: Mapping[str, date]) -> bool:
    """Whether the other belongs to an earlier campaign, or to a year without one."""
    if other.campaign is None:
        return True
    first, second = begins.get(other.campaign), begins.get(one.campaign or "")
    return first is not None and second is not None and first < second


def _summed(hits: Sequence[Alike]) -> Iterator[Alike]:
    """One for all pictures that came from one other message."""
    groups: dict[tuple[str, str], list[Alike]] = {}
    for hit in hits:
        groups.setdefault((hit.kind, hit.other.id if hit.other else ""), []).append(hit)
    for group in groups.values():
        pictures = tuple({hit.pictures[0].sha256: hit.pictures[0] for hit in group}.values())
        yield replace(group[0], pictures=pictures, exact=all(hit.exact for hit in group))


def _near(looks: Mapping[str, str]) -> dict[str, list[str]]:
    """For each picture those that look the same, itself included; those that look like too many others are left out."""
    import numpy as np

    names = sorted(looks)
    hashes = [(int(looks[name][:16], 16), int(looks[name][16:], 16)) for name in names]
    rows, columns = (np.array([pair[side] for pair in hashes], dtype=np.uint64) for side in (0, 1))
    near: dict[str, list[str]] = {}
    for start in range(0, len(names), _CHUNK):
        close = _close(rows[start : start + _CHUNK], rows)
        first, second = np.nonzero(close)
        both = _bits(columns[start + first] ^ columns[second]) <= _NEAR
        first, second = first[both] + start, second[both]
        counts = np.bincount(first, minlength=len(names))
        for place, match in zip(first.tolist(), second.tolist(), strict=True):
            if counts[place] <= _MOST_COPIES:
                near.setdefault(names[place], []).append(names[match])
    return near


def _close(some: Numbers, all_: Numbers) -> npt.NDArray[np.bool_]:
    return _bits(some[:, None] ^ all_[None, :]) <= _NEAR


def _bits(values: Numbers) -> npt.NDArray[np.uint8]:
    import numpy as np

    counted: npt.NDArray[np.uint8] = np.bitwise_count(values)
    return counted


def taken_before(sent: Iterable[Sent], periods: Mapping[str, date]) -> list[Alike]:
    """Pictures that their camera dates before the first day of the campaign's period (``periods``)."""
    found = []
    for one in in_order(sent):
        first = periods.get(one.campaign or "") if one.compared else None
        pictures = {} if first is None else {item.sha256: item for item in one.pictures if _is_before(item, first)}
        if pictures:
            oldest_first = sorted(pictures.values(), key=lambda item: (item.taken_at or "", item.name, item.sha256))
            found.append(Alike("photo_taken_before", one, pictures=tuple(oldest_first)))
    return found


def _is_before(picture: SeenPicture, first: date) -> bool:
    return picture.taken_at is not None and _UNSET_CLOCK <= picture.taken_at[:10] < first.isoformat()


# -- texts -------------------------------------------------------------------------------------------------------------


def alike_texts(sent: Iterable[Sent], begins: Mapping[str, date], notices: frozenset[int]) -> list[Alike]:
    """Texts that nearly repeat one that was sent before. ``notices`` are the runs that belong to nobody."""
    import numpy as np

    ordered = in_order(sent)
    owners = _owners(ordered)
    own = [_all_runs(one) for one in ordered]
    runs = np.concatenate([*own, np.empty(0, np.uint64)])
    places = np.repeat(np.arange(len(own), dtype=np.uint64), [len(one) for one in own])
    nobodys = np.isin(runs, np.array(sorted(notices), dtype=np.uint64))
    kept = ~(nobodys | _common(runs, np.array([unit for unit, _ in owners], dtype=np.uint64)[places.astype(np.intp)]))
    counts = np.bincount(places[kept].astype(np.intp), minlength=len(own)).tolist()
    overlap = _overlaps(_shared(runs[kept], places[kept]), ordered, owners)
    hits = (_text_hits(ordered, place, count, overlap[place], begins) for place, count in enumerate(counts))
    return [hit for found in hits for hit in found]


def _common(runs: Numbers, units: Numbers) -> npt.NDArray[np.bool_]:
    """Of each run whether more units than a few have it."""
    import numpy as np

    by_unit = np.unique(runs << _HALF | units)
    found, count = np.unique(by_unit >> _HALF, return_counts=True)
    return np.isin(runs, found[count > _MOST_UNITS])


def _shared(runs: Numbers, places: Numbers) -> Iterator[list[int]]:
    """The places of each run that stands in several texts, in order."""
    import numpy as np

    entries = np.sort(runs << _HALF | places)
    _, first, count = np.unique(entries >> _HALF, return_index=True, return_counts=True)
    several = count > 1
    low = (entries & _LOW).tolist()
    for start, length in zip(first[several].tolist(), count[several].tolist(), strict=True):
        yield low[start : start + length]


def _text_hits(
    ordered: Sequence[Sent], place: int, own: int, overlap: Counter[int], begins: Mapping[str, date]
) -> Iterator[Alike]:
    """The two that it repeats most, if it nearly repeats them."""
    if own < _LEAST_OWN:
        return
    one = ordered[place]
    for at, count in sorted(overlap.items(), key=lambda item: (-item[1], item[0]))[:2]:
        other, share = ordered[at], count / own
        kind = _text_kind(one, other, begins)
        if share >= _REPEATED and kind is not None:
            yield Alike(kind, one, other, share=share)


def _text_kind(one: Sent, other: Sent, begins: Mapping[str, date]) -> RemarkKind | None:
    if other.unit is not None and other.unit != one.unit:
        return "text_of_another_unit"
    return "text_of_earlier_campaign" if _is_earlier(other, one, begins) else None


def _owners(ordered: Sequence[Sent]) -> list[tuple[int, str | None]]:
    """A number for each unit, and the campaign: whose words they are. A message of nobody known is its own unit."""
    numbers: dict[str, int] = {}
    return [(numbers.setdefault(one.unit or one.id, len(numbers)), one.campaign) for one in ordered]


def _all_runs(one: Sent) -> Numbers:
    import numpy as np

    values = np.frombuffer(b"".join(prints.values for prints in one.prints), dtype=np.uint32)
    return (np.unique(values) if len(one.prints) > 1 else values).astype(np.uint64)


def _overlaps(
    groups: Iterable[Sequence[int]], ordered: Sequence[Sent], owners: Sequence[tuple[int, str | None]]
) -> Sequence[Counter[int]]:
    """For each text how many of its runs stood before in another's: by the place of the first that had each."""
    found: list[Counter[int]] = [Counter() for _ in ordered]
    for places in groups:
        first: dict[tuple[int, str | None], int] = {}
        for place in places:
            if ordered[place].compared:
                found[place].update(at for owner, at in first.items() if _is_foreign(ordered, owners, place, at))
            if ordered[place].counts:
                first.setdefault(owners[place], place)
    return _by_owner(found, owners)


def _is_foreign(ordered: Sequence[Sent], owners: Sequence[tuple[int, str | None]], place: int, at: int) -> bool:
    """Corrections and reports of one unit on one campaign, and parts of one message, may well say the same."""
    return owners[place] != owners[at] and ordered[place].message != ordered[at].message


def _by_owner(found: Sequence[Counter[int]], owners: Sequence[tuple[int, str | None]]) -> list[Counter[int]]:
    """All that one unit sent for one campaign counts together, for the message that has most of it."""
    summed = []
    for counter in found:
        best: dict[tuple[int, str | None], int] = {}
        for place, _ in sorted(counter.items(), key=lambda item: (-item[1], item[0])):
            best.setdefault(owners[place], place)
        total: Counter[int] = Counter()
        for place, count in counter.items():
            total[best[owners[place]]] += count
        summed.append(total)
    return summed
