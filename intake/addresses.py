"""Address headers (RFC 5322 §3.4) as they really come: unquoted names, encoded words with commas, missing brackets."""

from __future__ import annotations

import re

from intake.charwords import decode_words
from records.mail import Address

_TOKEN = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.){0,1000}")   # a name that may hold commas
    | (?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)
    | (?P<angle><[^<>]*>)
    | (?P<comment>\((?:[^()\\]|\\.|\((?:[^()\\]|\\.){0,200}\)){0,1000}\))
    | (?P<separator>[,;])
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_GROUP = re.compile(r"\A[^<@\"]{0,200}:(?!//)")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'\\@]{1,128}@[^\s<>()\[\],;:\"'\\@]{1,255}")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BLANKS = re.compile(r"\s+")
_BRACKETS = re.compile(r"[<>]|\[\s*\]|【\s*】|（\s*）|＜\s*＞")
_SPACED = re.compile(r"(?<=\w) {1,3}([@.]) {1,3}(?=\w)")  # RFC 822 allowed it
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WIDE_ASCII = {0xFF01 + offset: 0x21 + offset for offset in range(94)}  # ！ to ～, of the same length
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
    """The tokens of each mailbox. A comma before any address stands in a name that its writer did not quote."""
    entries: list[list[re.Match[str]]] = [[]]
    has_address = False
    for match in _TOKEN.finditer(text, 0, _MAX_CHARACTERS):
        if match.lastgroup == "separator" and (has_address or match[0] == ";"):
            entries.append([])
            has_address = False
        else:
            entries[-1].append(match)
            has_address = has_address or _may_hold_address(match)
    return [entry for entry in entries if any(token[0].strip(" ,") for token in entry)]


def _may_hold_address(token: re.Match[str]) -> bool:
    return token.lastgroup == "angle" or "@" in decode_words(token[0]).translate(_WIDE_ASCII)


def _mailbox(tokens: list[re.Match[str]]) -> Address:
    angles = [token[0][1:-1] for token in tokens if token.lastgroup == "angle"]
    bare = "".join(token[0] for token in tokens if token.lastgroup in ("other", "word", "separator"))
    comment = " ".join(_unescaped(token[0]) for token in tokens if token.lastgroup == "comment")
    if angles:
        named = [token for token in tokens if token.lastgroup in ("other", "word", "quoted", "separator")]
        name = _tidy("".join(_unescaped(token[0]) for token in named)) or _tidy(comment)
        return Address(next(filter(None, map(_address, (*reversed(angles), name))), ""), _without_group(name))
    return _bare_mailbox(bare, comment, "".join(_unescaped(t[0]) for t in tokens if t.lastgroup == "quoted"))


def _bare_mailbox(bare: str, comment: str, quoted: str) -> Address:
    """No angle brackets: ``a@b (name)``, ``name a@b``, or all of it in one encoded word."""
    text = _SPACED.sub(r"\1", decode_words(bare))
    inside = _found(text)
    match = inside or _found(quoted)
    rest = text[: inside.start()] + text[inside.end() :] if inside else text
    name = _tidy(quoted if quoted and not (match and match[0] in quoted) else rest)
    return Address(_plain(match), _without_group(name) or _tidy(comment))


def _address(text: str) -> str:
    return _plain(_found(decode_words(text).replace(" ", "")))


def _found(text: str) -> re.Match[str] | None:
    """The address in a text; full-width signs, as Chinese keyboards type them, count as the ASCII that they mean."""
    return _ADDRESS.search(text.translate(_WIDE_ASCII))


def _plain(match: re.Match[str] | None) -> str:
    return match[0].lower().rstrip(".") if match else ""


def _unescaped(token: str) -> str:
    if token[:1] in ('"', "(") and len(token) > 1:
        return _ESCAPED.sub(r"\1", token[1:-1])
    return token


def _tidy(name: str) -> str:
    """A display name, decoded; senders also put it in quotes of their own."""
    text = _BRACKETS.sub("", _UNSEEN.sub("", _BLANKS.sub(" ", decode_words(name)))).strip(" ,")
    return text.strip("\"'").strip() if text[:1] in "\"'" and text[-1:] == text[:1] else text


def _without_group(name: str) -> str:
    match = _GROUP.match(name)
    return name[match.end() :].strip() if match else name
