"""Bodies in batches: the raw octets of listed messages by BODY.PEEK[]."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from imapclient import IMAPClient

from records.mail import Fetched, Listing

_BATCH_MAILS = 50
_BATCH_BYTES = 8 * 1024 * 1024


def fetch_batch(client: IMAPClient, batch: Sequence[Listing]) -> list[Fetched]:
    """The octets of a batch of the open folder; one that has vanished meanwhile is left out."""
    answer = client.fetch([item.location.uid for item in batch], ["BODY.PEEK[]"])
    found = ((listing, octets(answer.pop(listing.location.uid, {}).get(b"BODY[]"))) for listing in batch)
    return [Fetched(listing, raw) for listing, raw in found if raw is not None]


def octets(value: object) -> bytes | None:
    """What a FETCH item holds: imapclient turns an unquoted number into an int; a message is always octets."""
    if isinstance(value, int):
        return str(value).encode()
    return value if isinstance(value, bytes) else None


def batches(listings: Iterable[Listing]) -> Iterator[list[Listing]]:
    """Neighbours of one folder, at most 50 and 8 MB together; a huge one alone."""
    batch: list[Listing] = []
    size = 0
    for listing in listings:
        is_full = len(batch) >= _BATCH_MAILS or size + listing.size_bytes > _BATCH_BYTES
        if batch and (is_full or listing.location.folder != batch[0].location.folder):
            yield batch
            batch, size = [], 0
        batch.append(listing)
        size += listing.size_bytes
    if batch:
        yield batch
