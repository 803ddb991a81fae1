"""Claims and deliveries: each message once, whatever UIDs, folders and copies the mailbox shows (R2, R3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from records.journals import Arrival
from records.mail import Listing, Location
from storage.database import Database
from storage.deliveries import all_archived, archived, claim, told, unknown, untold
from storage.tables import DeliveryRow, MessageRow, checked

AT = datetime(2025, 6, 20, 10, 0, tzinfo=UTC)
MAILBOX = "report@imap.example.com"


def listing(uid: int, size: int = 100, at: datetime | None = AT, folder: str = "INBOX", validity: int = 7) -> Listing:
    return Listing(Location(MAILBOX, folder, validity, uid), size, at)


def arrival(listed: Listing, sha256: str, received_at: datetime | None = None) -> Arrival:
    where = listed.location
    return Arrival(
        sha256=sha256,
        mailbox=where.mailbox,
        folder=where.folder,
        uidvalidity=where.uidvalidity,
        uid=where.uid,
        internaldate=listed.internaldate,
        received_at=received_at or listed.internaldate or AT,
        received_source="internaldate",
        size_bytes=listed.size_bytes,
        fetched_at=AT + timedelta(hours=1),
    )


def take(session: Session, listed: Listing, sha256: str) -> MessageRow:
    """The way of one message: claimed, then archived."""
    claim(session, [listed])
    return archived(session, arrival(listed, sha256))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = Database(tmp_path / "baosong.db")
    with database.session() as opened:
        yield opened
    database.close()


def deliveries(session: Session, sha256: str) -> int:
    return session.get_one(MessageRow, sha256).deliveries


def test_what_was_never_seen_is_unknown(session: Session) -> None:
    """A new mailbox is new as a whole; an empty one has nothing new."""
    assert unknown(session, [listing(1), listing(2)]) == [listing(1), listing(2)]
    assert unknown(session, []) == []


def test_a_claim_alone_is_still_to_be_fetched(session: Session) -> None:
    """A crash between claim and archive costs nothing: the message is listed as new again."""
    claim(session, [listing(1)])
    claim(session, [listing(1)])
    assert unknown(session, [listing(1)]) == [listing(1)]
    assert len(session.exec(select(DeliveryRow)).all()) == 1
    assert session.exec(select(MessageRow)).all() == []


def test_what_is_archived_is_known(session: Session) -> None:
    """Nothing is fetched twice, neither before the mailbox was told nor after."""
    take(session, listing(1), "a")
    assert unknown(session, [listing(1), listing(2)]) == [listing(2)]
    told(session, listing(1).location)
    assert unknown(session, [listing(1), listing(2)]) == [listing(2)]


def test_the_same_uid_elsewhere_is_another_message(session: Session) -> None:
    """A UID alone identifies nothing: mailbox, folder and UIDVALIDITY belong to it."""
    take(session, listing(1), "a")
    other_mailbox = Listing(Location("other@imap.example.com", "INBOX", 7, 1), 100, AT)
    for other in (listing(1, folder="Junk"), listing(1, validity=8), other_mailbox):
        assert unknown(session, [other]) == [other]


@pytest.mark.parametrize("other", [listing(1, size=101), listing(1, at=AT + timedelta(seconds=1))])
def test_a_uid_that_stands_for_something_else_is_new(session: Session, other: Listing) -> None:
    """Another size or time under a known UID is another message; both are kept."""
    take(session, listing(1), "a")
    assert unknown(session, [other]) == [other]
    take(session, other, "b")
    assert unknown(session, [other]) == []
    assert [row.id for row in session.exec(select(MessageRow).order_by(MessageRow.id))] == ["a", "b"]
    assert deliveries(session, "a") == deliveries(session, "b") == 1


def test_a_time_that_the_server_left_out_is_no_difference(session: Session) -> None:
    """A server that answers without INTERNALDATE once does not make everything new."""
    take(session, listing(1), "a")
    take(session, listing(2, at=None), "b")
    assert unknown(session, [listing(1, at=None), listing(2)]) == []


def test_a_changed_uidvalidity_is_listed_anew_but_no_second_delivery(session: Session) -> None:
    """The server renumbered its folder: everything is fetched again, and nothing counts twice."""
    take(session, listing(1), "a").status = "filed"
    renumbered = listing(41, validity=8)
    assert unknown(session, [renumbered]) == [renumbered]
    assert take(session, renumbered, "a").status == "filed"
    assert deliveries(session, "a") == 1
    assert unknown(session, [renumbered]) == []


def test_a_server_without_uidvalidity_is_served_all_the_same(session: Session) -> None:
    """UIDVALIDITY 0 or none: known UIDs stay known by size and time."""
    take(session, listing(1, validity=0), "a")
    assert unknown(session, [listing(1, validity=0)]) == []
    assert unknown(session, [listing(1, 200, validity=0)]) == [listing(1, 200, validity=0)]


def test_the_same_octets_twice_in_one_folder_are_two_deliveries(session: Session) -> None:
    """A unit that sends the very same mail again has sent it twice, in the same second too."""
    take(session, listing(1), "a")
    take(session, listing(2), "a")
    assert deliveries(session, "a") == 2
    take(session, listing(3, at=AT + timedelta(days=1)), "a")
    assert deliveries(session, "a") == 3
    assert len(session.exec(select(MessageRow)).all()) == 1


def test_the_same_octets_at_another_time_in_another_folder_are_two_deliveries(session: Session) -> None:
    """Received twice, once into the junk folder: the times tell."""
    take(session, listing(1), "a")
    take(session, listing(1, folder="Junk", at=AT + timedelta(hours=2)), "a")
    assert deliveries(session, "a") == 2


def test_a_moved_copy_is_no_second_delivery(session: Session) -> None:
    """A clerk files the mail into another folder: the same INTERNALDATE, so the same delivery."""
    take(session, listing(1), "a")
    take(session, listing(9, folder="已收", validity=3), "a")
    assert deliveries(session, "a") == 1


def test_archiving_one_place_twice_is_one_delivery(session: Session) -> None:
    """After a crash between journal and row the arrival stands twice in the journal; it counts once."""
    take(session, listing(1), "a")
    archived(session, arrival(listing(1), "a"))
    assert deliveries(session, "a") == 1
    assert len(session.exec(select(DeliveryRow)).all()) == 1


@pytest.mark.parametrize("first_is_earlier", [True, False])
def test_the_first_time_of_receipt_is_kept(session: Session, first_is_earlier: bool) -> None:
    """Whichever copy is found first: the report was in when its first copy was."""
    early, late = listing(1), listing(2, at=AT + timedelta(days=1))
    for listed in (early, late) if first_is_earlier else (late, early):
        take(session, listed, "a")
    assert session.get_one(MessageRow, "a").received_at == AT


def test_arrivals_in_any_order_give_the_same_rows(session: Session) -> None:
    """A rebuild replays the journal and comes to the deliveries and times that the polls came to."""
    places = [listing(1), listing(2), listing(5, folder="已收"), listing(1, at=AT - timedelta(days=1), folder="Junk")]
    for listed in places:
        take(session, listed, "a")
    for listed in reversed(places):
        archived(session, arrival(listed, "b"))
    first, second = session.get_one(MessageRow, "a"), session.get_one(MessageRow, "b")
    assert (first.deliveries, first.received_at) == (2, AT - timedelta(days=1))
    assert second.received_at == first.received_at


def test_a_group_gives_the_same_rows_as_its_messages_one_by_one(tmp_path: Path) -> None:
    """1,200 at once, copies among them in the same group and in others, messages that were there before too."""
    arrivals = [arrival(listing(uid, at=AT - timedelta(minutes=uid)), f"{uid % 700:064x}") for uid in range(1, 1201)]
    before, group = arrivals[:20], arrivals[10:]
    kept = []
    for name in ("together", "one by one"):
        database = Database(tmp_path / f"{name}.db")
        with database.session() as session:
            all_archived(session, before)
            if name == "together":
                all_archived(session, group)
            else:
                for item in group:
                    archived(session, item)
        with database.session() as session:
            messages = session.exec(select(MessageRow).order_by(MessageRow.id))
            kept.append([row.model_dump() for row in messages])
        database.close()
    assert len(kept[0]) == 700
    assert {row["deliveries"] for row in kept[0]} == {1, 2}
    assert kept[0] == kept[1]


def test_a_new_row_is_one_that_the_table_takes(session: Session) -> None:
    """It is written without pydantic, so it is compared with what pydantic makes of the same values."""
    take(session, listing(1), "a" * 64)
    values = session.exec(select(MessageRow)).one().model_dump()
    assert checked(MessageRow, **values).model_dump() == values
    plain = {"id": "a" * 64, "source": "message", "received_at": AT, "received_source": "internaldate"}
    assert values == checked(MessageRow, **plain, size_bytes=100, status="archived").model_dump()


def test_the_mailbox_is_told_of_each_message_once(session: Session) -> None:
    """What is archived waits to be told, in the order of UIDs; a claim alone never does; told is told."""
    for uid in (3, 1):
        take(session, listing(uid), f"m{uid}")
    claim(session, [listing(2)])
    take(session, listing(1, folder="Junk"), "junk")
    assert untold(session, MAILBOX, "INBOX", 7) == [listing(1).location, listing(3).location]
    assert untold(session, MAILBOX, "INBOX", 8) == []
    told(session, listing(1).location)
    assert untold(session, MAILBOX, "INBOX", 7) == [listing(3).location]


def test_a_message_too_large_is_a_row_of_its_own(session: Session) -> None:
    """Its body was never downloaded; all that is known of it stands in the arrival."""
    listed = listing(1, size=10**9)
    claim(session, [listed])
    large = Arrival(
        **{slot: getattr(arrival(listed, "l-1"), slot) for slot in list(Arrival.__slots__)[:10]},
        too_large=True,
        sender="a@example.com",
        sender_name="某单位",
        subject="总结",
        message_id="<1@example.com>",
    )
    row = archived(session, large)
    assert (row.id, row.status, row.size_bytes) == ("l-1", "too_large", 10**9)
    assert (row.sender, row.sender_name, row.subject, row.message_id) == (
        "a@example.com",
        "某单位",
        "总结",
        "<1@example.com>",
    )
    assert unknown(session, [listed]) == []


def test_a_folder_of_40_000_messages_is_compared_at_once(session: Session) -> None:
    """More UIDs than SQLite takes in one list."""
    take(session, listing(40_000), "a")
    assert len(unknown(session, [listing(uid) for uid in range(1, 40_001)])) == 39_999


def test_mailbox_is_not_told_of_a_message_too_large(session: Session) -> None:
    """R15: its body lies in the mailbox alone: it is neither marked as read nor moved away."""
    take(session, listing(1), "a" * 64)
    claim(session, [listing(2, size=10**9)])
    archived(session, replace(arrival(listing(2, size=10**9), "l-2"), too_large=True))

    assert untold(session, MAILBOX, "INBOX", 7) == [listing(1).location]
