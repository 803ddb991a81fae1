"""Address headers (RFC 5322 §3.4) as they really come: unquoted names, encoded words with commas, missing brackets."""

from __future__ import annotations

import re

from intake.charwords import decode_words
from records.mail import Address

_TOKEN = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.){0,1000}")   # a name that may hold commas
    | (?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)
    | (?P<angle><[^<>]*>)
    | (?P<comment>\((?:[^()\\]|\\.){0,1000}\))
    | (?P<separator>[,;])
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_GROUP = re.compile(r"\A[^<@\"]{0,200}:(?!//)")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'\\@]{1,128}@[^\s<>()\[\],;:\"'\\@]{1,255}")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BLANKS = re.compile(r"\s+")
_MAX_ADDRESSES = 2000
_MAX_CHARACTERS = 200_000


def parse_addresses(text: str) -> tuple[Address, ...]:
    """The mailboxes of an address header, ``text`` being its unfolded value with encoded words still encoded.

    Groups are dissolved; an entry without a readable address keeps its name, with address "". What stands beyond 2,000
    mailboxes or 200,000 characters is left out. Never raises.
    """
    found = [_mailbox(entry) for entry in _entries(text)[:_MAX_ADDRESSES]]
    return tuple(address for address in found if address.address or address.name)


def _entries(text: str) -> list[list[re.Match[str]]]:
    entries: list[list[re.Match[str]]] = [[]]
    for match in _TOKEN.finditer(text, 0, _MAX_CHARACTERS):
        if match.lastgroup == "separator":
            entries.append([])
        else:
            entries[-1].append(match)
    return [entry for entry in entries if any(token[0].strip() for token in entry)]


def _mailbox(tokens: list[re.Match[str]]) -> Address:
    angles = [token[0][1:-1] for token in tokens if token.lastgroup == "angle"]
    bare = "".join(token[0] for token in tokens if token.lastgroup in ("other", "word"))
    comment = " ".join(_unescaped(token[0]) for token in tokens if token.lastgroup == "comment")
    if angles:
        named = [token for token in tokens if token.lastgroup in ("other", "word", "quoted")]
        name = _tidy("".join(_unescaped(token[0]) for token in named)) or _tidy(comment)
        return Address(_address(angles[-1]) or _address(name), _without_group(name))
    return _bare_mailbox(bare, comment, "".join(_unescaped(t[0]) for t in tokens if t.lastgroup == "quoted"))


def _bare_mailbox(bare: str, comment: str, quoted: str) -> Address:
    """No angle brackets: ``a@b (name)``, ``name a@b``, or all of it in one encoded word."""
    text = decode_words(bare)
    match = _ADDRESS.search(text) or _ADDRESS.search(quoted)
    rest = text.replace(match[0], "") if match else text
    name = _tidy(quoted if quoted and match and match[0] not in quoted else rest.replace("<", "").replace(">", ""))
    return Address(match[0].lower() if match else "", _without_group(name) or _tidy(comment))


def _address(text: str) -> str:
    match = _ADDRESS.search(decode_words(text).replace(" ", ""))
    return match[0].lower() if match else ""


def _unescaped(token: str) -> str:
    if token[:1] in ('"', "(") and len(token) > 1:
        return _ESCAPED.sub(r"\1", token[1:-1])
    return token


def _tidy(name: str) -> str:
    """A display name, decoded; senders also put it in quotes of their own."""
    text = _BLANKS.sub(" ", decode_words(name)).strip()
    return text.strip("\"'").strip() if text[:1] in "\"'" and text[-1:] == text[:1] else text


def _without_group(name: str) -> str:
    match = _GROUP.match(name)
    return name[match.end() :].strip() if match else name
