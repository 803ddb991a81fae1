"""A whole message read in a worker, with a second try where the machine was at fault."""

from __future__ import annotations

from concurrent.futures import wait

from parsers.parsed import Problem
from parsers.pools import Pool, is_machine_fault, problem_of
from parsers.worker import read_mail
from records.extracts import ReadLimits
from records.mail import Message

_LOOK_UP_S = 1.0


class UnreadMessage(Exception):
    """A message that could not be read; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def whole_message(pool: Pool, limits: ReadLimits, raw: bytes) -> Message:
    """The message, read within ``limits``. Raises UnreadMessage."""
    for last in (False, True):
        future = pool.submit(read_mail, raw, limits, timeout_s=limits.timeout_s)
        while not wait([future], timeout=_LOOK_UP_S).done:
            pool.look(limits.timeout_s)
        error = future.exception()
        if error is None:
            break
        if last or not is_machine_fault(error):
            raise UnreadMessage(problem_of(error, limits.timeout_s))
    read = future.result()
    if isinstance(read, Problem):
        raise UnreadMessage(read)
    return read
