"""winmail.dat: attachments that Outlook packed in its own form ([MS-OXTNEF])."""

from __future__ import annotations

import struct
from typing import Any

from tnefparse import TNEF

from parsers import media_types as mt
from parsers.alarm import OutOfTime, within
from parsers.media_types import called
from parsers.parsed import Member, Parsed, one_page
from parsers.problems import damaged
from records.decoding import decode_text
from records.extracts import ReadLimits
from records.mail import Part
from records.markup import html_to_text

_SECONDS = 5.0  # damaged counts of properties send tnefparse round and round
_BROKEN = (OutOfTime, ValueError, KeyError, IndexError, TypeError, AttributeError, LookupError, UnboundLocalError,
           AssertionError, OSError, OverflowError, struct.error, NotImplementedError)  # fmt: skip


class TnefParser:
    """The message's body, if it is in there, and the attachments."""

    name = "tnef"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged."""
        try:
            with within(_SECONDS):
                message = TNEF(part.content, do_checksum=False)
            members = tuple(
                _member(part, number, attachment, message.codepage)
                for number, attachment in enumerate(message.attachments[: limits.max_members], 1)
            )
            body = _body(message)
        except _BROKEN as error:
            raise damaged(called(mt.TNEF)) from error
        if not members and not body:
            raise damaged(called(mt.TNEF))
        return Parsed(mt.TNEF, pages=one_page(body), members=members)


PARSER = TnefParser()


def _member(part: Part, number: int, attachment: Any, codepage: str | None) -> Member:
    name = _text(_long_name(attachment) or attachment._name, codepage)  # its .name fails on GBK names
    content = attachment.data if isinstance(attachment.data, bytes) else b""
    return Member(Part(f"{part.position}/{number}", name or None, "application/octet-stream", content))


def _long_name(attachment: Any) -> Any:
    """PidTagAttachLongFilename, where the short name is all that :meth:`name` gives."""
    return next((prop.data for prop in attachment.mapi_attrs if prop.name == 0x3707), None)


def _body(message: Any) -> str:
    if message.htmlbody:
        return html_to_text(_text(message.htmlbody, message.codepage))
    return _text(message.body or "", message.codepage)


def _text(value: Any, codepage: str | None) -> str:
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    text = decode_text(value, codepage) if isinstance(value, bytes) else str(value)
    return text.strip("\0").strip()
