"""Workers are shut in: no network, no writing elsewhere, bounded answers; what they leave behind is cleared away."""

from __future__ import annotations

import importlib
import platform
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from intake.message import read_message
from parsers import media_types as mt
from parsers.confinement import find_locks
from parsers.parsed import Parser, Unread
from parsers.reader import PartReader
from parsers.registry import PARSERS, UNREAD
from parsers.sniff import sniff
from records.extracts import Extract, ReadLimits
from records.mail import Part
from tests.hostile_files import tempting_files
from tests.parts.hostile_parser import PROGRAM_S, is_marked

LIMITS = ReadLimits(timeout_s=4.0, workers=2)
LOCKS = find_locks(Path(tempfile.gettempdir()))
needs_network_lock = pytest.mark.skipif(not LOCKS.network, reason="this system cannot take the network away")
needs_writing_lock = pytest.mark.skipif(not LOCKS.writing, reason="this system has no Landlock")


@pytest.fixture(scope="module")
def reader() -> Iterator[PartReader]:
    """A reader whose plain-text parser does what it is told."""
    parsers = {**PARSERS, mt.PLAIN: "tests.parts.hostile_parser"}
    with PartReader(LIMITS, read_message, parsers=parsers) as reader:
        yield reader


def told(reader: PartReader, order: str) -> Extract:
    """What comes of an order."""
    (extract,) = reader.read([Part("1", "1.txt", "text/plain", order.encode())])
    return extract


class Listener:
    """A server on loopback that counts who knocks."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.knocks = 0
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                caller, _ = self._socket.accept()
                self.knocks += 1
                caller.close()

    def close(self) -> int:
        """Stop; how many came. A last knock of ours, which is not counted, proves that it heard."""
        before = self.knocks
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as own:
            own.recv(1)  # until it is hung up
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=10)
        self._socket.close()
        assert self.knocks == before + 1
        return before


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that nobody may reach."""
    listener = Listener()
    try:
        yield listener
    finally:
        with suppress(OSError):
            listener.close()


def test_the_usual_linux_has_the_lock_of_the_network() -> None:
    """The tests below are skipped where it is missing; it must not be missing where they are run for every change."""
    assert LOCKS.network or platform.system() != "Linux"


@needs_network_lock
@pytest.mark.parametrize("order", ["connect", "send"])
def test_worker_reaches_no_network(reader: PartReader, listener: Listener, order: str) -> None:
    """Neither TCP nor UDP, not even on this machine."""
    assert told(reader, f"{order} {listener.port}").text == "refused: Permission denied"
    assert listener.close() == 0


@needs_network_lock
def test_program_of_a_worker_reaches_no_network(reader: PartReader, listener: Listener) -> None:
    """What a worker starts is shut in with it."""
    assert told(reader, f"fetch {listener.port}").text == "ended with 1"
    assert listener.close() == 0


@needs_writing_lock
def test_worker_writes_nothing_elsewhere(reader: PartReader, tmp_path: Path) -> None:
    """Files of the archive can neither be made, nor changed, nor deleted by a parser gone wrong."""
    kept = tmp_path / "kept"
    kept.write_text("as it was")

    answers = [told(reader, order).text for order in (f"write {tmp_path / 'new'}", f"write {kept}", f"delete {kept}")]

    assert answers == ["refused: Permission denied"] * 3
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("kept", "as it was")]


def test_worker_cannot_fill_the_disk(reader: PartReader) -> None:
    """Its own folder takes a file of some size, no more."""
    assert told(reader, "scribble").text == "refused: File too large"


def test_worker_has_nothing_of_the_service_open(reader: PartReader, tmp_path: Path) -> None:
    """No database, no connection, no terminal: pipes of its pool alone."""
    with (tmp_path / "database").open("wb"), socket.create_server(("127.0.0.1", 0)):
        reader.rest()  # so that the worker is made now
        opened = told(reader, "opened").text.splitlines()

    kinds = {name.partition(":")[0] for name in opened}
    assert kinds <= {"/dev/null", "pipe"}


def test_endless_text_is_cut_and_told(reader: PartReader) -> None:
    """A hundred million characters do not reach the service."""
    extract = told(reader, "swell")

    assert (extract.status, extract.reason) == ("partial", "too_much_text")
    assert len("".join(page.text for page in extract.pages)) == LIMITS.max_text_chars


def test_halves_of_characters_are_made_whole(reader: PartReader) -> None:
    """RTF writes a character beyond U+FFFF as two halves; one alone can be stored nowhere."""
    content = rb"{\rtf1 \u-10179?\u-8704? \u-10179?x}"

    (extract,) = reader.read([Part("1", "1.rtf", "application/rtf", content)])

    assert extract.text == "\U0001f600 \ufffdx"


def test_library_deaf_to_signals_is_ended(reader: PartReader) -> None:
    """A loop in C that hears no signal and gives nobody else a turn costs its time limit, no more."""
    assert told(reader, "deaf").reason == "timeout"


def test_program_left_behind_is_ended(reader: PartReader, tmp_path: Path) -> None:
    """A converter that hangs ends with the worker that started it, and its scratch folder goes too."""
    begun = tmp_path / "begun"
    begun.touch()

    assert told(reader, f"leave {begun}").reason == "timeout"

    assert is_marked(begun)
    told(reader, "look after it")
    deadline = time.monotonic() + 30
    while _running(PROGRAM_S) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _running(PROGRAM_S) == []


def _running(argument: str) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if argument.encode() in entry.read_bytes().split(b"\0"):
                found.append(entry.parent.name)
    return found


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers' folders end with their pool, crashes or not."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with PartReader(LIMITS, read_message, parsers={**PARSERS, mt.PLAIN: "tests.parts.hostile_parser"}) as reader:
        assert told(reader, "segfault").reason == "crashed"
        assert [path.name.startswith("baosong-") for path in tmp_path.iterdir()] == [True]

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", sorted(tempting_files("", "")))
def test_no_parser_follows_a_reference(name: str, listener: Listener, tmp_path: Path) -> None:
    """Without any lock: whatever a file asks for, no parser asks the network or opens a file of this machine."""
    secret = tmp_path / "secret.txt"
    secret.write_text("of this machine alone")
    content = tempting_files(f"http://127.0.0.1:{listener.port}", secret.as_uri())[name]
    part = Part("1", name, "application/octet-stream", content)

    words = _read_here(part)

    assert "of this machine" not in words
    assert listener.close() == 0


def _read_here(part: Part) -> str:
    """What the part's own parser finds, in this very process; "" where it gives up."""
    kind = sniff(part)
    if kind == mt.MESSAGE:
        return read_message(part.content).body_text
    parser: Parser = importlib.import_module(PARSERS.get(kind, UNREAD)).PARSER
    try:
        return "".join(page.text for page in parser.parse(part, ReadLimits()).pages)
    except Unread:
        return ""


def test_service_at_rest_is_small() -> None:
    """With its workers gone, the whole service holds less than 200 MB, whatever it has read before."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.resting_service"], capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stderr
    busy, resting = map(int, run.stdout.split())
    assert resting < 200 * 1024**2 < busy
