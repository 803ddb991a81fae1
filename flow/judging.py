"""What filing says of a message that was read, now or once more from what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from filing.decide import file_message
from filing.history import file_imported
from flow.linked import with_saved
from flow.office import Office
from intake.authentication import failed_authentication
from intake.delivery_status import read_delivery_report
from intake.message import read_message
from records.campaigns import CampaignContext
from records.errors import MissingFile
from records.extracts import Extract
from records.filings import Filing
from records.mail import Message
from records.mails import MARK
from storage.deliveries import imported_alone
from storage.outbox import own_message_ids
from storage.stored_parts import stored_extracts
from storage.tables import MessageRow
from storage.values import from_json

NO_CAMPAIGN = "no_campaign"


@dataclass(frozen=True, slots=True)
class Judging:
    """What messages are judged with: the office and the Message-IDs of our own mails."""

    office: Office
    own: frozenset[str]

    def judge(
        self,
        session: Session,
        message: Message,
        extracts: Sequence[Extract],
        contexts: Sequence[CampaignContext] | None = None,
    ) -> Filing:
        """Where it belongs; ``contexts`` in place of the office's campaigns, which have learnt nothing.

        A Message-ID of ours on a mail that does not come from us was copied: such a mail is judged like any other.
        """
        office, own = self.office, self.own
        if message.message_id is not None:
            own = own_ids_for(message, own, office.own_addresses)
        received_at = session.get_one(MessageRow, message.raw_sha256).received_at
        judge = file_imported if imported_alone(session, [message.raw_sha256]) else file_message
        failed = failed_authentication(message, office.trusted_authserv)
        known = office.contexts if contexts is None else contexts
        found = judge(message, extracts, known, received_at, own, unauthenticated=failed)
        return replace(found, bounced=read_delivery_report(message)) if found.reason == "bounce" else found


def judging(session: Session, office: Office) -> Judging:
    """What messages are judged with, as the archive stands."""
    return Judging(office, own_message_ids(session))


@dataclass(frozen=True, slots=True)
class Kept:
    """A message with what was read from its parts."""

    message: Message
    extracts: tuple[Extract, ...]


def kept_message(session: Session, office: Office, id_: str) -> Kept | None:
    """A message that was read before, from raw octets and stored texts; None where it was never read or files are gone.

    It is taken apart in this process: a worker has done so with the same octets and came back.
    """
    row = session.get(MessageRow, id_)
    if row is None or row.source != "message" or row.classified or not _was_read(row):
        return None
    archive = office.archive
    try:
        raw = archive.raw.find(id_).read_bytes()
        message = with_saved(read_message(raw), office.standing.links.get(id_, {}), archive.kept)
        return Kept(message, stored_extracts(session, id_, message.parts, archive.files.read))
    except MissingFile:
        return None


def _was_read(row: MessageRow) -> bool:
    """Whether filing had its say: what failed before waits with no suggestion at all."""
    found = from_json(Filing, row.found) if row.found is not None else None
    return found is not None and (found.status != "review" or bool(found.submissions) or found.reason == NO_CAMPAIGN)


def own_ids_for(message: Message, own: frozenset[str], own_addresses: frozenset[str]) -> frozenset[str]:
    """Which Message-IDs make this mail ours: all, where it comes from one of our addresses, and its own as well where a
    server on the way changed that but left our mark; none of it where it comes from anybody else.
    """
    id_ = message.message_id
    assert id_ is not None
    if message.sender.address not in own_addresses:
        return own - {id_}
    mark = message.header(MARK)
    return own | {id_} if mark and mark in {one.strip("<>").partition("@")[0] for one in own} else own
