"""What runs inside a worker process: limits, the choice of the parser, and one part read or one page's pixels read."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import os
import resource
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import TypeVar, cast

from parsers import media_types as mt
from parsers.bounds import bounded, bounded_pixels
from parsers.confinement import confine
from parsers.message import MessageParser, ReadMessage
from parsers.parsed import Parsed, Parser, PixelText, Problem, Unread
from parsers.problems import crashed
from parsers.registry import PIXELS, UNREAD, Registry
from parsers.scratch import clear, own_folder
from parsers.sniff import sniff
from parsers.unread import is_system_file
from records.extracts import ReadLimits
from records.mail import Message, Part

OUT_OF_MEMORY = 77
"""Exit status of a worker that met its memory limit: what it had allocated goes with it."""

_OCR_NICENESS = 5  # text pages go first


@dataclass(frozen=True, slots=True)
class Setup:
    """What every worker is started with."""

    read_message: ReadMessage
    parsers: Registry


_setup: Setup | None = None
_Result = TypeVar("_Result")
_Failure = TypeVar("_Failure")


def start_parsing(setup: Setup, memory_bytes: int, scratch: str) -> None:
    """Initializer of a parsing worker; ``scratch`` is the pool's folder."""
    global _setup  # noqa: PLW0603 -- a worker process has one life and one setup
    _setup = setup
    _begin(memory_bytes, scratch)


def start_ocr(memory_bytes: int, scratch: str) -> None:
    """Initializer of an OCR worker: one thread each, behind everybody else."""
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    _begin(memory_bytes, scratch)
    os.nice(_OCR_NICENESS)


def _begin(memory_bytes: int, scratch: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends its workers itself
    logging.disable(logging.CRITICAL)  # libraries grumble about each hostile file; problems travel in the result
    folder = own_folder(scratch)
    confine(folder, memory_bytes)
    Thread(target=_end_with_the_service, args=(folder,), daemon=True).start()


def _end_with_the_service(folder: Path) -> None:
    """A killed service takes its workers along, even one that sleeps; one that computes meets its CPU limit."""
    service = multiprocessing.parent_process()
    if service is not None:
        service.join()
        clear(folder)
        os._exit(0)


def _allow_cpu(seconds: float) -> None:
    """The process may use that much CPU time from now on, and a little; then SIGXCPU ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def parse_part(part: Part, limits: ReadLimits) -> Parsed:
    """One part, read by the parser for what it holds. Ends the process where memory runs out."""
    _allow_cpu(limits.timeout_s)
    known = Parsed(part.media_type)

    def read() -> Parsed:
        nonlocal known
        known = replace(known, media_type=sniff(part))
        parser = _parser(part, known.media_type)
        known = known.named(parser.name)
        return bounded(parser.parse(part, limits), limits).named(parser.name)

    return _guarded(read, lambda problem, trace: replace(known, problem=problem, trace=trace))


def read_mail(raw: bytes, limits: ReadLimits) -> Message | Problem:
    """A whole message, or why it could not be read. Ends the process where memory runs out."""
    _allow_cpu(limits.timeout_s)
    assert _setup is not None
    reader = _setup.read_message
    return _guarded(lambda: reader(raw), lambda problem, trace: problem)


def read_pixels(part: Part, media_type: str, frame: int, limits: ReadLimits) -> PixelText:
    """The text of one page of a part, read from its pixels. Ends the process where memory runs out."""
    _allow_cpu(limits.ocr_timeout_s)

    def read() -> PixelText:
        found = importlib.import_module(PIXELS).read_page(part.content, media_type, frame, limits)
        return bounded_pixels(cast("PixelText", found), limits)

    return _guarded(read, lambda problem, trace: PixelText(problem=problem, trace=trace))


def _guarded(read: Callable[[], _Result], failed: Callable[[Problem, str], _Failure]) -> _Result | _Failure:
    try:
        return read()
    except Unread as error:
        return failed(error.problem, "")
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception:  # noqa: BLE001 -- hostile content may raise anything; it costs only itself
        return failed(crashed(), traceback.format_exc())


def _parser(part: Part, media_type: str) -> Parser:
    assert _setup is not None
    if media_type == mt.MESSAGE:
        return MessageParser(_setup.read_message)
    name = UNREAD if is_system_file(part.filename) else _setup.parsers.get(media_type, UNREAD)
    module = importlib.import_module(name)
    return cast("Parser", module.PARSER)
