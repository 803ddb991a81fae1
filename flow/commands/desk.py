"""What every command has at hand: settings, clock, language, the archive opened to read or to write."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config import Settings
from flow.commands.progress import progress_on
from flow.export import Form
from flow.office import Office, read_office
from flow.opening import open_office
from flow.rebuild import is_forgetful, rebuild
from intake.message import read_message
from parsers.reader import PartReader
from records.edges import Clock
from records.errors import ArchiveError
from records.extracts import ReadLimits
from records.words import Language, Text
from storage.archive import Archive, open_archive
from storage.lock import writing

HOME = "Asia/Shanghai"
Arguments = argparse.Namespace
FORGETFUL = Text(
    "数据库 {path} 是空的，而收件日志里有邮件：请先运行 rebuild 恢复",
    "The database {path} is empty while the journal knows of messages: run rebuild first",
)


def config_path(args: Arguments) -> Path:
    """The configuration file: --config, else $BAOSONG_CONFIG, else ./config.toml."""
    return Path(args.config or os.environ.get("BAOSONG_CONFIG") or "config.toml")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command works."""

    settings: Settings
    clock: Clock
    language: Language

    def say(self, text: Text) -> None:
        """One line for people, on standard output, at once: a daemon's first line must not wait for its last."""
        print(text.say(self.language), flush=True)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which times are read and shown: that of the first campaign."""
        return ZoneInfo(self.settings.campaign[0].timezone if self.settings.campaign else HOME)

    @property
    def form(self) -> Form:
        """How values are written out."""
        return Form(self.zone, self.language)

    @contextmanager
    def archive(self) -> Iterator[Archive]:
        """The archive, closed afterwards."""
        archive = open_archive(self.settings.root)
        try:
            yield archive
        finally:
            archive.close()

    @contextmanager
    def reading(self) -> Iterator[Office]:
        """The office for a command that only reads; works beside a running daemon. Raises ArchiveError, UsageError."""
        with self.archive() as archive:
            if is_forgetful(archive):
                raise ArchiveError(FORGETFUL.fill(path=archive.database.path))
            yield read_office(self.settings, archive)

    @contextmanager
    def writing(self) -> Iterator[Office]:
        """The office for a command that writes, alone. A lost database is made again first. Raises ArchiveBusy."""
        with writing(self.settings.root), self.archive() as archive:
            office = open_office(self.settings, archive, self.clock())
            if is_forgetful(archive):
                with self.reader(archive) as reader:
                    rebuild(office, reader, self.progress())
            yield office

    @staticmethod
    def reader(archive: Archive | None) -> PartReader:
        """Reads attachments in worker processes; a context manager. Without an archive nothing is remembered."""
        return PartReader(ReadLimits(), read_message, archive.cache if archive else None)

    def progress(self) -> Callable[[str, int], None]:
        """Counts what is done in one line on a terminal, with the time left; says nothing in a pipe."""
        return progress_on(sys.stderr, self.language)

    def now(self) -> datetime:
        """The moment, in the office's time zone."""
        return self.clock().astimezone(self.zone)
