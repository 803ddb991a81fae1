"""Labelled mailboxes filed by filing alone: each message's evidence, and whether its unit was right."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.generator.trial import evidence_key
from bench.office import Corpus, read_corpus
from filing.decide import file_message
from intake.message import read_message
from parsers.reader import PartReader
from records.campaigns import CampaignContext
from records.extracts import Extract, ReadLimits
from records.filings import Filing
from records.mail import Message
from tests.sample_corpus import assemble
from tests.second_campaign import build


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it was read, with its truth as truth.jsonl has it."""

    message: Message
    extracts: tuple[Extract, ...]
    received_at: datetime
    truth: dict[str, Any]

    def filed(self, context: CampaignContext, without: frozenset[str] = frozenset()) -> Filing:
        """What filing decides about it."""
        return file_message(self.message, self.extracts, (context,), self.received_at, without=without)

    @property
    def units(self) -> frozenset[str | None]:
        """Whose reports it holds; none where it is no report."""
        if self.truth["status"] != "report":
            return frozenset()
        return frozenset(self.truth.get("by_unit") or [self.truth["unit"]])


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One labelled mailbox, read."""

    name: str
    context: CampaignContext
    mails: tuple[Mail, ...]


@contextmanager
def own_mailboxes() -> Iterator[tuple[Path, ...]]:
    """The two labelled mailboxes that the repository holds."""
    with tempfile.TemporaryDirectory(prefix="baosong-bench-") as name:
        yield assemble(Path(name, "sample")), build(Path(name, "second campaign"))


def mailboxes(folders: Sequence[Path]) -> Iterator[Mailbox]:
    """Each folder's messages, read with OCR."""
    for folder in folders:
        with PartReader(ReadLimits(), read_message) as reader:
            corpus = read_corpus(folder, reader)
            with corpus.office(()) as office:
                context = office.contexts[0]
            yield Mailbox(folder.name, context, tuple(_mails(folder, corpus, reader)))


def _mails(folder: Path, corpus: Corpus, reader: PartReader) -> Iterator[Mail]:
    lines = (folder / "truth.jsonl").read_text("utf-8").split("\n")
    truths = [json.loads(line) for line in lines if line.strip()]
    for mail, truth in zip(corpus.mails, truths, strict=True):
        message = read_message(mail.raw)
        yield Mail(message, reader.read(message.parts), mail.received_at, truth)


def keys_and_answers(mailbox: Mailbox) -> Iterator[tuple[str, bool]]:
    """For each message that was filed, or is a report with a suggestion: its evidence, and whether that is right."""
    for mail in mailbox.mails:
        filing = mail.filed(mailbox.context)
        if filing.submissions and (mail.units or filing.status == "filed"):
            yield evidence_key(filing, mail.message, mailbox.context), filing.submissions[0].unit in mail.units
