"""The mails that the SMTP server received, as files for people and as values for the story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from records.journals import Sent
from storage.durable import file_name


@dataclass(frozen=True, slots=True)
class OwnMail:
    """One mail of ours as it came out of the wire; ``kind`` and ``period`` as the journal of sent mails has them."""

    message_id: str
    subject: str
    recipient: str
    kind: str  # digest | reminder | alarm; "" for a mail that the journal does not know
    period: str
    octets: bytes


def received_mails(octets: Iterable[bytes], sent: Iterable[Sent]) -> tuple[OwnMail, ...]:
    """The mails in the order in which they came."""
    known = {entry.message_id: entry for entry in sent}
    return tuple(_mail(one, known) for one in octets)


def keep_mails(mails: Iterable[OwnMail], folder: Path) -> tuple[tuple[str, Path], ...]:
    """Write each mail, its HTML and its workbook into ``folder``; returns the files, each with the mail's kind."""
    folder.mkdir(exist_ok=True)
    kept = []
    for number, mail in enumerate(mails, 1):
        for file, content in _files(mail, f"{number}-{mail.kind or 'mail'}"):
            (folder / file).write_bytes(content)
            kept.append((mail.kind, folder / file))
    return tuple(kept)


def _files(mail: OwnMail, name: str) -> Iterator[tuple[str, bytes]]:
    yield f"{name}.eml", mail.octets
    parsed = _parsed(mail.octets)
    page = parsed.get_body(("html",))
    if page is not None:
        yield f"{name}.html", str(page.get_content()).encode()
    for part in parsed.iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes), "our mails attach files"
        yield f"{name}-{file_name(part.get_filename() or 'attachment')}", content


def _mail(octets: bytes, known: Mapping[str, Sent]) -> OwnMail:
    parsed = _parsed(octets)
    message_id = str(parsed["Message-ID"])
    entry = known.get(message_id)
    kind, period = (entry.kind, entry.period) if entry else ("", "")
    return OwnMail(message_id, str(parsed["Subject"]), str(parsed["To"]), kind, period, octets)


def _parsed(octets: bytes) -> EmailMessage:
    parsed = message_from_bytes(octets, policy=default)
    assert isinstance(parsed, EmailMessage), "made so by the policy"
    return parsed
