"""From archive to filed, by what a message carries; and our readers beside the libraries that they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from bench.lines import beside, heading, line
from bench.meters import measured
from bench.office import Corpus, Mail
from bench.peers import by_pdfplumber, by_pypdfium2, by_python_docx, by_rapidocr
from flow.process import process_pending
from intake.message import read_message
from parsers import media_types as mt
from parsers.reader import PartReader
from records.extracts import Extract, ReadLimits
from records.mail import Part

_BODY_ONLY = "body only"
_CHEAP = frozenset({"docx", "xlsx", "pdf"})

Item = TypeVar("Item")
Peer = tuple[str, Callable[[bytes], str]]


def run(corpus: Corpus, *, with_ocr: bool) -> None:
    """Print CPU seconds a message by kind, then CPU milliseconds a file beside each peer. The OCR cache is cold."""
    heading("reading and filing: archive to filed, CPU of all processes, OCR cache cold, workers warm")
    mails = [mail for mail in corpus.mails if with_ocr or mail.kinds <= _CHEAP]
    with PartReader(ReadLimits(workers=1), read_message) as reader:
        _by_kind(corpus, mails, reader)
        heading("reading alone: our worker processes beside the bare library, same files")
        _beside_peers(mails, reader, with_ocr=with_ocr)


def _by_kind(corpus: Corpus, mails: Iterable[Mail], reader: PartReader) -> None:
    kinds: dict[str, list[Mail]] = {}
    for mail in mails:
        kinds.setdefault("+".join(sorted(mail.kinds)) or _BODY_ONLY, []).append(mail)
    _cpu_of_filing(corpus, [group[0] for group in kinds.values()], reader)  # loads what the workers need
    for kind, group in sorted(kinds.items(), key=lambda item: (item[0] != _BODY_ONLY, item[0])):
        cpu_s = _cpu_of_filing(corpus, group, reader)
        line(f"{kind} ({len(group)})", cpu_s / len(group), "CPU s/message")


def _cpu_of_filing(corpus: Corpus, mails: Sequence[Mail], reader: PartReader) -> float:
    with corpus.office(mails) as office, measured() as cost:
        filed = process_pending(office, reader)
    if filed != len(mails):
        raise RuntimeError(f"{filed} of {len(mails)} messages filed")
    return cost.cpu_s


def _beside_peers(mails: Iterable[Mail], reader: PartReader, *, with_ocr: bool) -> None:
    """Text is read without OCR (pictures inside documents cost us extra), pixels by ``reader`` with it."""
    with PartReader(ReadLimits(workers=1, max_ocr_pages=0), read_message) as text_reader:
        extracts = [extract for mail in mails for extract in text_reader.read(read_message(mail.raw).parts)]
        pdfs = [item for item in extracts if item.media_type == mt.PDF and item.reason not in ("encrypted", "damaged")]
        documents = _parts(item for item in extracts if item.media_type == mt.DOCX)
        text_pdfs = _parts(item for item in pdfs if item.text)
        old_documents = _parts(item for item in extracts if item.media_type == mt.DOC)
        _compare("docx", documents, text_reader, ("python-docx", by_python_docx))
        _compare("doc, wps", old_documents, text_reader)
        _compare("pdf with text", text_pdfs, text_reader, ("pypdfium2", by_pypdfium2), ("pdfplumber", by_pdfplumber))
    if with_ocr:
        photos = _parts(item for item in extracts if item.picture is not None)
        _compare("scanned pdf", _parts(item for item in pdfs if not item.text), reader, ("rapidocr", by_rapidocr))
        _compare("photo", photos, reader, ("rapidocr", by_rapidocr))


def _parts(extracts: Iterable[Extract]) -> list[Part]:
    """Their parts, each content once."""
    return list({extract.part.sha256: extract.part for extract in extracts}.values())


def _compare(what: str, parts: Sequence[Part], reader: PartReader, *peers: Peer) -> None:
    if not parts:
        line(what, None, "", "no such file here")
        return
    ours = _cpu_ms(reader.read, [[part] for part in parts])
    if not peers:
        line(f"{what} ({len(parts)})", ours, "CPU ms/file", f"{1000 / ours:.0f} files a CPU-second")
    for name, read in peers:
        theirs = _cpu_ms(read, [part.content for part in parts])
        line(f"{what} ({len(parts)})", ours, "CPU ms/file", beside(ours, theirs, name))


def _cpu_ms(read: Callable[[Item], object], items: Sequence[Item]) -> float:
    """CPU milliseconds an item; one in advance."""
    read(items[0])
    with measured() as cost:
        for item in items:
            read(item)
    return 1000 * cost.cpu_s / len(items)
