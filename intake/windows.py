"""Which UIDs to ask for at a time, so that no answer and no command grows beyond what servers and imaplib bear."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

MAX_LISTED = 500  # UIDs in one FETCH: ten digits and a comma each, a command line stays below 6 KB
_MAX_FOUND = 80_000  # UIDs in one SEARCH answer: below the 1,000,000 octets at which imaplib hangs up


def uid_windows(
    lowest: int, highest: int, exists: int, between: Callable[[int, int], Iterable[int]]
) -> Iterator[list[int]]:
    """The UIDs from ``lowest`` to ``highest`` that exist, ascending, in lists of at most ``MAX_LISTED``.

    ``between`` asks the server for a closed range; ``exists`` is the number of messages in the folder. Ranges are never
    open (``n:*`` always finds the last message) and never descending (QQ refuses them).
    """
    width = highest - lowest + 1 if exists <= _MAX_FOUND else _MAX_FOUND
    while lowest <= highest:
        top = min(lowest + width - 1, highest)
        found = sorted({uid for uid in between(lowest, top) if lowest <= uid <= top})
        for start in range(0, len(found), MAX_LISTED):
            yield found[start : start + MAX_LISTED]
        lowest = top + 1
