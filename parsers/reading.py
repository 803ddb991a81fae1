"""One call of the reader: a tree of parts, each a task for a worker, within the limits of its attachment."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from parsers import media_types as mt
from parsers.assembly import Node, assemble
from parsers.bounds import weight
from parsers.ocr_cache import TextCache, from_cache, key_of, to_cache
from parsers.parsed import Member, Parsed, PixelPage, PixelText, Problem
from parsers.pools import Pool, is_machine_fault, problem_of
from parsers.problems import timeout, too_deep, too_many_failures
from parsers.worker import parse_part, read_pixels
from records.extracts import Extract, ReadLimits
from records.mail import Part

_LOG = logging.getLogger(__name__)
_MAX_FAILURES = 5  # hanging or crashing members of one attachment; the rest of it is left alone
_MAX_FORWARDS = 50
_LOOK_UP_S = 1.0  # how often a waiting reader looks whether it was closed


@dataclass(slots=True)
class Budget:
    """What is left for one attachment and all that is inside it."""

    members: int
    unpacked_bytes: int
    deadline: float  # on the monotonic clock
    failures: int = _MAX_FAILURES


@dataclass(slots=True)
class Task:
    """A part to be parsed, or one of its pages (``page``) to be read from pixels."""

    node: Node
    budget: Budget
    page: PixelPage | None = None
    tries: int = 0


@dataclass(slots=True)
class Lane:
    """Tasks on their way to one pool; few are handed over at a time, so that the budget is known when one starts."""

    pool: Pool
    timeout_s: float
    room: int
    ready: deque[Task] = field(default_factory=deque)
    running: dict[Future[Any], Task] = field(default_factory=dict)


class Reading:
    """Reads parts with everything inside them; used once, by one thread."""

    def __init__(self, limits: ReadLimits, parsing: Pool, ocr: Pool, cache: TextCache) -> None:
        self._limits = limits
        self._cache = cache
        self._unpacked_left = limits.max_unpacked_bytes  # of all attachments together: they are in memory at once
        self._text_left = limits.max_text_chars
        room = 2 * limits.workers
        self._parsing = Lane(parsing, limits.timeout_s, room)
        self._ocr = Lane(ocr, limits.ocr_timeout_s, room)

    def run(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
        """The extracts of the parts, in order."""
        nodes = [Node(part, depth=0) for part in parts]
        for node in nodes:
            deadline = monotonic() + self._limits.total_timeout_s
            budget = Budget(self._limits.max_members, self._limits.max_unpacked_bytes, deadline)
            self._parsing.ready.append(Task(node, budget))
        while self._advance():
            pass
        return tuple(assemble(node) for node in nodes)

    def _advance(self) -> bool:
        """Hands tasks over and takes finished ones back; False when all is done."""
        for lane in (self._parsing, self._ocr):
            while lane.ready and len(lane.running) < lane.room:
                self._start(lane, lane.ready.popleft())
        running = {**self._parsing.running, **self._ocr.running}
        if not running:
            return bool(self._parsing.ready or self._ocr.ready)
        done, _ = wait(running, timeout=_LOOK_UP_S, return_when=FIRST_COMPLETED)
        if self._parsing.pool.closed or self._ocr.pool.closed:
            raise RuntimeError("the reader was closed while it was reading")
        for lane in (self._parsing, self._ocr):
            if lane.running:
                lane.pool.look(lane.timeout_s)
        for future in done:
            self._finish(self._parsing if future in self._parsing.running else self._ocr, future)
        return True

    def _start(self, lane: Lane, task: Task) -> None:
        if task.budget.failures <= 0:
            self._settle_failed(task, too_many_failures())
            return
        if monotonic() > task.budget.deadline:
            self._settle_failed(task, timeout(self._limits.total_timeout_s))
            return
        task.tries += 1
        lane.running[self._submit(lane, task)] = task

    def _submit(self, lane: Lane, task: Task) -> Future[Any]:
        part, parsed, budget = task.node.part, task.node.parsed, task.budget
        limits = replace(
            self._limits,
            max_members=max(budget.members, 0),
            max_unpacked_bytes=max(min(budget.unpacked_bytes, self._unpacked_left), 0),
            max_text_chars=max(self._text_left, 0),
        )
        if task.page is None:
            return lane.pool.submit(parse_part, part, limits, timeout_s=lane.timeout_s)
        assert parsed is not None
        frame = task.page.frame
        return lane.pool.submit(read_pixels, part, parsed.media_type, frame, limits, timeout_s=lane.timeout_s)

    def _finish(self, lane: Lane, future: Future[Any]) -> None:
        task = lane.running.pop(future)
        error = future.exception()
        if error is None:
            self._settle(task, future.result())
        elif is_machine_fault(error) and task.tries == 1:
            _LOG.warning("worker lost, trying again part=%s error=%r", task.node.part.position, error)
            lane.ready.append(task)
        else:
            task.budget.failures -= 1
            _LOG.warning("worker failed part=%s error=%r", task.node.part.position, error)
            self._settle_failed(task, problem_of(error, lane.timeout_s))

    def _settle_failed(self, task: Task, problem: Problem) -> None:
        if task.page is None:
            task.node.parsed = Parsed(task.node.part.media_type, problem=problem)
        else:
            task.node.pixels[task.page.frame] = PixelText(problem=problem)

    def _settle(self, task: Task, result: Parsed | PixelText) -> None:
        if result.trace:
            _LOG.warning("parser failed part=%s\n%s", task.node.part.position, result.trace)
        if isinstance(result, Parsed):
            self._settle_parsed(task, result)
            return
        assert task.page is not None
        self._text_left -= len(result.text)
        task.node.pixels[task.page.frame] = result
        if result.problem is None:
            self._cache.put(key_of(task.node.part.sha256, task.page.frame), to_cache(result))

    def _settle_parsed(self, task: Task, parsed: Parsed) -> None:
        node, budget = task.node, task.budget
        node.parsed = parsed
        for page in parsed.pixel_pages:
            kept = self._cache.get(key_of(node.part.sha256, page.frame))
            if kept is not None:
                node.pixels[page.frame] = from_cache(kept)
            else:
                self._ocr.ready.append(Task(node, budget, page))
        self._text_left -= weight(parsed)
        budget.members -= len(parsed.members)
        unpacked = sum(len(member.part.content) for member in parsed.members)
        budget.unpacked_bytes -= unpacked
        self._unpacked_left -= unpacked
        for member in parsed.members:
            self._admit(node, member, budget)

    def _admit(self, node: Node, member: Member, budget: Budget) -> None:
        inner = _below(node, member.part)
        node.members.append(inner)
        problem = member.problem or (too_deep() if inner.depth > self._limits.max_depth else None)
        if problem is None:
            self._parsing.ready.append(Task(inner, budget))
        else:
            inner.parsed = Parsed(member.part.media_type, problem=problem)


def _below(node: Node, part: Part) -> Node:
    """A chain of forwards, message in message, counts as one level: people pass reports on by it."""
    assert node.parsed is not None
    is_forward = node.parsed.media_type == part.media_type == mt.MESSAGE and node.forwards < _MAX_FORWARDS
    return Node(part, node.depth, node.forwards + 1) if is_forward else Node(part, node.depth + 1)
