"""Which UIDs to ask for at a time, so that no answer and no command grows beyond what servers bear (R14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

MAX_LISTED = 500  # UIDs in one FETCH: ten digits and a comma each, a command line stays below 6 KB
CUT_AT = 20_000  # messages in one SEARCH answer: 220 KB; imaplib hangs up at 1,000,000 octets, some 80,000 UIDs


def uid_windows(
    lowest: int, highest: int, cuts: Iterable[int], between: Callable[[int, int], Iterable[int]]
) -> Iterator[list[int]]:
    """The UIDs from ``lowest`` to ``highest`` that exist, ascending, in lists of at most ``MAX_LISTED``.

    ``between`` asks the server for a closed range; ``cuts`` are UIDs at which a new range begins, one every ``CUT_AT``
    messages: UIDs lie anywhere between 1 and 4,294,967,295, ranges of a fixed width would be many thousands. Ranges are
    never open (``n:*`` always finds the last message) and never descending (QQ refuses them).
    """
    starts = [lowest, *sorted({cut for cut in cuts if lowest < cut <= highest})]
    ends = [*(start - 1 for start in starts[1:]), highest]
    for start, end in zip(starts, ends, strict=True):
        found = sorted({uid for uid in between(start, end) if start <= uid <= end})
        for place in range(0, len(found), MAX_LISTED):
            yield found[place : place + MAX_LISTED]
