"""``python service.py demo [--once]``: the real service against embedded mail servers (CONTRACT: demo).

``--once`` ends after the story: exit status 0 if every delivered message is accounted for and the SMTP server received
each digest and reminder list once, else 1 with one line.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from threading import Event as Flag

from demo.corpus import SampleMessage, sample_messages
from demo.days import BEGIN, Event, StepClock, events, live_through
from demo.mails import keep_mails, received_mails
from demo.outcome import Outcome, outcome_of
from demo.servers import EmbeddedImap, EmbeddedSmtp
from demo.story import STAY, Places, happened, opening, story
from demo.workplace import furnish, read_the_notice
from flow.commands.desk import Desk
from flow.daemon import Daemon
from flow.office import read_office
from flow.views import Wanted, all_views
from records.errors import BaosongError, OperationError
from records.words import Language, Text
from storage.archive import Archive
from storage.lock import writing

COORDINATOR_FOLDER = "coordinator"
FAILED = Text("演示没有成功：{why}", "the demonstration failed: {why}")


class Demonstration:
    """One run in one working folder, from the notice to the story."""

    def __init__(self, imap: EmbeddedImap, smtp: EmbeddedSmtp, folder: Path, language: Language) -> None:
        self.imap, self.smtp = imap, smtp
        self.folder, self.language = folder, language
        self.clock = StepClock(BEGIN)
        self.desk = Desk(furnish(folder, imap, smtp, language), self.clock, language)
        self.delivered: list[SampleMessage] = []
        self.told_messages: set[str] = set()
        self.told_mails = 0

    def run(self) -> Outcome:
        """Let it all happen and tell it; returns what did happen."""
        settings = self.desk.settings
        with writing(settings.root), self.desk.archive() as archive, self.desk.reader(archive) as reader:
            _say(opening(read_the_notice(settings, reader), self.folder, self.language))
            start = partial(Daemon, settings, archive, reader, self.clock)
            planned = events(sample_messages(), settings.schedule)
            live_through(planned, self.clock, self._deliver, start, partial(self._tell, archive))
            office = read_office(settings, archive)
            outcome = outcome_of(office, self.delivered, self._received(), self.clock())
        _say(story(outcome, self._places(outcome), self.language))
        return outcome

    def _deliver(self, message: SampleMessage) -> None:
        self.imap.deliver(message.raw, message.received_at)
        self.delivered.append(message)

    def _tell(self, archive: Archive, event: Event) -> None:
        """Say what the archive and the SMTP server have now that they had not before this event."""
        office = read_office(self.desk.settings, archive)
        with archive.database.session() as session:
            views = all_views(session, office.judge(session), Wanted(), with_content=False)
        came = [view for view in views if view.id not in self.told_messages]
        mails = received_mails(self._received(), archive.sent.read())
        _say(happened(event, came, mails[self.told_mails :], not self.told_messages, self.language))
        self.told_messages |= {view.id for view in came}
        self.told_mails = len(mails)

    def _received(self) -> list[bytes]:
        """The mails that the SMTP server took, in their order."""
        return [mail.octets for mail in self.smtp.received]

    def _places(self, outcome: Outcome) -> Places:
        kept = keep_mails(outcome.mails, self.folder / "mails")
        return Places(
            tree=self.desk.settings.root / "filed",
            pages=[(kind, path) for kind, path in kept if kind and path.suffix == ".html"],
            workbook=next((path for kind, path in reversed(kept) if kind == "digest" and path.suffix == ".xlsx"), None),
            command=f"{_python()} service.py --config {self.desk.settings.source}",
        )


def main(arguments: Sequence[str]) -> int:
    """Run the demonstration; returns its exit status."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--lang", choices=("zh", "en"), default=os.environ.get("BAOSONG_LANG", "zh"))
    args = parser.parse_args(arguments)
    language: Language = "en" if args.lang == "en" else "zh"
    try:
        _demonstrate(args.once, language)
    except BaosongError as error:
        print(error.say(language), file=sys.stderr)
        return 1
    return 0


def _demonstrate(once: bool, language: Language) -> None:
    folder = Path(tempfile.mkdtemp(prefix="baosong-demo-"))
    with EmbeddedImap() as imap, EmbeddedSmtp() as smtp:
        outcome = Demonstration(imap, smtp, folder, language).run()
        problem = next(outcome.problems(), None)
        if problem is not None:
            raise OperationError(FAILED.fill(why=problem))
        if not once:
            for mail in outcome.mails:
                imap.deliver(mail.octets, outcome.ended_at, COORDINATOR_FOLDER)
            _say(["", STAY.fill(imap=imap, smtp=smtp, folder=COORDINATOR_FOLDER).say(language)])
            _wait_for_signal()


def _wait_for_signal() -> None:
    stop = Flag()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


def _python() -> str:
    """The interpreter as somebody in this folder types it."""
    try:
        return str(Path(sys.executable).relative_to(Path.cwd()))
    except ValueError:
        return sys.executable


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
