"""What really happened in the demonstration: asked of the archive and of the servers, never of the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlmodel import Session, col, select

from demo.corpus import SampleMessage, picture_words
from demo.mails import OwnMail, received_mails
from flow.digests import reconcile
from flow.office import Office
from flow.reminders import boards_of
from flow.search import Found, search
from flow.views import Wanted, all_views
from records.boards import Board, MessageView, Reconciliation
from records.journals import Sent
from records.words import Text
from storage.tables import FiledPathRow

QUERIES = ("演练", "隐患排查")
HITS = 100
LOST = Text("{count} 封投递的邮件没有着落", "delivered messages that are unaccounted for: {count}")
STRANGE = Text("资料库里有 {count} 封没有投递过的邮件", "messages in the archive that nobody delivered: {count}")
UNFINISHED = Text("{count} 封邮件没有处理完", "messages that were not processed: {count}")
NOT_RECEIVED = Text("发件服务器没有收到{kind}", "the SMTP server received no {kind}")
NOT_ONCE = Text("{count} 封发出的邮件没有正好收到一次", "mails sent that were not received exactly once: {count}")
MAIL_KINDS = {"digest": Text("收报日报", "digest"), "reminder": Text("催报名单", "reminder list")}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The archive after the last step, and what both servers saw."""

    delivered: tuple[SampleMessage, ...]
    views: tuple[MessageView, ...]
    folders: Mapping[str, tuple[str, ...]]  # message: its folders in the filed tree
    boards: tuple[Board, ...]
    mails: tuple[OwnMail, ...]
    sent: tuple[Sent, ...]
    searches: tuple[tuple[str, tuple[Found, ...]], ...]
    ended_at: datetime

    @property
    def reconciliation(self) -> Reconciliation:
        """Every received message under exactly one status."""
        return reconcile(self.views)

    def problems(self) -> Iterator[Text]:
        """What a demonstration must not end with; nothing where all went well."""
        delivered = {message.sha256 for message in self.delivered}
        archived = {view.id for view in self.views}
        yield from _unless_none(LOST, delivered - archived)
        yield from _unless_none(STRANGE, archived - delivered)
        yield from _unless_none(UNFINISHED, [view for view in self.views if view.status == "archived"])
        for kind, called in MAIL_KINDS.items():
            if not any(mail.kind == kind for mail in self.mails):
                yield NOT_RECEIVED.fill(kind=called)
        received = Counter(mail.message_id for mail in self.mails)
        left = Counter(entry.message_id for entry in self.sent)
        yield from _unless_none(NOT_ONCE, [id_ for id_ in received | left if (received[id_], left[id_]) != (1, 1)])


def outcome_of(office: Office, delivered: Sequence[SampleMessage], mails: Sequence[bytes], as_of: datetime) -> Outcome:
    """Ask the archive and count the mails."""
    sent = tuple(office.archive.sent.read())
    with office.archive.database.session() as session:
        views = all_views(session, office.judge(session), Wanted(), with_content=False)
        folders = {view.id: _folders(session, view.id) for view in views}
    boards = [board for context in office.contexts for board in boards_of(office, context, as_of)]
    queries = (*QUERIES, picture_words())
    return Outcome(
        delivered=tuple(delivered),
        views=tuple(views),
        folders=folders,
        boards=tuple(boards),
        mails=received_mails(mails, sent),
        sent=sent,
        searches=tuple((query, tuple(search(office, query, Wanted(), HITS))) for query in queries),
        ended_at=as_of,
    )


def _folders(session: Session, message: str) -> tuple[str, ...]:
    query = select(FiledPathRow.path).where(col(FiledPathRow.submission).startswith(f"{message}/", autoescape=True))
    parents = sorted(str(PurePosixPath(path).parent) for path in session.exec(query))
    return tuple(dict.fromkeys(parents))


def _unless_none(text: Text, found: Sequence[object] | frozenset[str] | set[str]) -> Iterator[Text]:
    if found:
        yield text.fill(count=len(found))
