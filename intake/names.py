"""Parameters of MIME headers (RFC 2045 §5.1, RFC 2231) and the file name that the sender meant."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from intake.charwords import decode_words
from records.decoding import codec_of, decode_text

_SECTION = re.compile(r"(?P<name>[^*\s]+)(?:\*(?P<number>\d{1,3}))?(?P<coded>\*)?\Z")
_TAGGED = re.compile(r"(?P<charset>[A-Za-z0-9_.:-]{0,40})'(?P<language>[A-Za-z0-9-]{0,40})'(?P<value>.*)\Z", re.DOTALL)
_QUOTE = re.compile(r'\\[\\"]|"')
_AFTER_QUOTE = re.compile(r"\s*(?:;|\Z|\()")
_ESCAPED = re.compile(r'\\([\\"])')
_PERCENT_OCTETS = re.compile(rb"%[0-9A-Fa-f]{2}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){2,}")
_REFERENCE = re.compile(r"&#(?:\d{2,7}|[xX][0-9A-Fa-f]{2,6});")
_FOLD = re.compile(r"\r?\n(?:[ \t]+|\Z)")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\|/|file:|\.{1,2}[\\/])|.*\\", re.DOTALL)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_LOST = re.compile(r"\ufffd|\?\?|\A\?+\.")
_BEHEADED = re.compile(r"\?[^\s?]{1,60}\?[bBqQ]\?[^?]+\?=")  # filename=?utf-8?B?…?=, an equals sign short
_MAX_OCTETS = 65_536
_COMMON_OCTETS = 300
_MAX_PARAMETERS = 400
_PLAIN = -1  # the section number of a parameter without RFC 2231


@dataclass(frozen=True, slots=True)
class Field:
    """A structured header: its value in lower case (``text/plain``), its parameters by name in lower case, decoded."""

    value: str
    parameters: Mapping[str, str]
    cut: frozenset[str] = frozenset()  # parameters of which a continuation is missing


@dataclass(frozen=True, slots=True)
class _Section:
    """One piece of a parameter (RFC 2231 §3); ``coded``: percent-encoded, with ``charset`` where it was named."""

    octets: bytes
    coded: bool
    charset: str | None

    def as_coded(self) -> _Section:
        """The same, its percent signs read as octets."""
        is_percent = not self.coded and _PERCENT_OCTETS.search(self.octets) is not None
        return _Section(unquote_to_bytes(self.octets), True, None) if is_percent else self


def parse_field(raw: bytes, charset: str | None = None) -> Field:
    """Read Content-Type or Content-Disposition; ``charset`` is a guess for octets outside ASCII.

    Continuations are put together as octets and decoded then, so that one cut inside a character comes out whole;
    encoded words are decoded wherever they stand. Never raises.
    """
    return _parse_common(raw, charset) if len(raw) <= _COMMON_OCTETS else _parse_any(raw[:_MAX_OCTETS], charset)


def _parse_any(raw: bytes, charset: str | None) -> Field:
    text = decode_text(raw, charset, in_header=True)
    if text.lstrip().startswith("=?"):
        text = decode_words(text)  # the whole header in one encoded word
    if "\ufffd" not in text:
        return _parse(text, "utf-8", None)
    return _parse(raw.decode("latin-1"), "latin-1", charset)


_parse_common = lru_cache(maxsize=1024)(_parse_any)  # each is read several times, and most messages have the same few


def file_name(disposition: Field, content_type: Field, description: str = "") -> str | None:
    """The name that the sender meant, or None: of ``filename`` and ``name`` the one that came through undamaged.

    ``description`` (Content-Description, RFC 2045 §8) counts where there is neither and it reads like a file name.
    """
    given = (
        (clean_name(field.parameters.get(key)), key not in field.cut)
        for field, key in ((disposition, "filename"), (disposition, "name"), (content_type, "name"))
    )
    names = [(_quality(name, whole), name) for name, whole in given if name]
    if names:
        return max(names, key=lambda item: item[0])[1]
    described = clean_name(description)
    return described if described and _EXTENSION.search(described) else None


def clean_name(name: str | None) -> str | None:
    """A file name without folders, line ends, control and direction characters; None where nothing is left."""
    text = _CONTROLS.sub("", name or "").strip()
    if _PATH.match(text):
        text = re.split(r"[/\\]", text)[-1].strip()
    return text if text.strip(". ") else None


def _quality(name: str, whole: bool = True) -> tuple[bool, bool, bool]:
    return not _LOST.search(name), whole, bool(_EXTENSION.search(name))


def _parse(text: str, carrier: str, charset: str | None) -> Field:
    """``carrier`` turns a piece of ``text`` back into octets: utf-8 where it is decoded already, else latin-1."""
    value, *pieces = _split(_FOLD.sub(" ", text).replace("\r", "").replace("\n", ""))
    found: dict[str, dict[int, _Section]] = {}
    for piece in _rejoined(pieces[:_MAX_PARAMETERS]):
        key, equals, content = piece.partition("=")
        match = _SECTION.match(key.strip().lower())
        if match and equals:
            number = int(match["number"] or 0) if match["number"] or match["coded"] else _PLAIN
            section = _section(_unquoted(content.strip()), carrier, coded=match["coded"] is not None)
            found.setdefault(match["name"], {}).setdefault(number, section)
    hint = "utf-8" if carrier == "utf-8" else charset
    return Field(
        value.strip().strip('"').lower(),
        {name: _value(sections, hint) for name, sections in found.items()},
        frozenset(name for name, sections in found.items() if _lacks_a_piece(sections)),
    )


def _split(text: str) -> list[str]:
    """Cut at semicolons that stand outside quotes; a quote that never closes does not count."""
    pieces: list[str] = []
    start = position = 0
    quotes_close = True
    while position < len(text):
        if text[position] == '"' and quotes_close:
            closing = _closing_quote(text, position + 1)
            quotes_close = closing >= 0
            position = max(closing, position)
        elif text[position] == ";":
            pieces.append(text[start:position])
            start = position + 1
        position += 1
    return [*pieces, text[start:]]


def _rejoined(pieces: list[str]) -> list[str]:
    """A name without quotes may hold semicolons: what follows one and is no parameter belongs to the name."""
    joined: list[str] = []
    for piece in pieces:
        key, _, content = joined[-1].partition("=") if joined else ("", "", "")
        is_open = key.strip().lower() in ("name", "filename") and not content.lstrip().startswith('"')
        if piece.strip() and "=" not in piece and is_open and not _EXTENSION.search(content.strip()):
            joined[-1] += f";{piece}"
        else:
            joined.append(piece)
    return joined


def _closing_quote(text: str, position: int) -> int:
    """Where the quoted string ends, -1 where it does not; inside, an unescaped quotation mark is an ordinary one."""
    for match in _QUOTE.finditer(text, position):
        if match[0] == '"' and _AFTER_QUOTE.match(text, match.end()):
            return match.start()
    return -1


def _unquoted(content: str) -> str:
    if _BEHEADED.fullmatch(content):
        return f"={content}"
    if len(content) > 2 and content[0] == content[-1] == "'":
        return content[1:-1]
    if not content.startswith('"'):
        return content
    closing = _closing_quote(content, 1)
    return _ESCAPED.sub(r"\1", content[1:closing] if closing >= 0 else content[1:])


def _section(content: str, carrier: str, *, coded: bool) -> _Section:
    tagged = _TAGGED.match(content)
    if tagged and "%" in tagged["value"] and (coded or codec_of(tagged["charset"])):
        return _Section(unquote_to_bytes(tagged["value"].encode(carrier)), True, tagged["charset"] or None)
    if coded:
        value = tagged["value"] if tagged else content
        return _Section(unquote_to_bytes(value.encode(carrier)), True, tagged["charset"] if tagged else None)
    return _Section(content.encode(carrier), False, None)


def _value(sections: Mapping[int, _Section], hint: str | None) -> str:
    """The parameter's text: of RFC 2231 where given and undamaged, else the plain one."""
    plain = sections.get(_PLAIN)
    extended = [sections[number] for number in sorted(sections) if number != _PLAIN]
    texts = [_joined(found, hint) for found in (extended, [plain] if plain else []) if found]
    return max(reversed(texts) if _lacks_a_piece(sections) else texts, key=_quality, default="")


def _lacks_a_piece(sections: Mapping[int, _Section]) -> bool:
    """Whether a continuation did not come through (RFC 2231 §3 counts from 0; some clients from 1)."""
    numbers = sorted(number for number in sections if number != _PLAIN)
    first = numbers[0] if numbers else 0
    is_start = first == 0 or (first == 1 and sections[1].charset is not None)
    return not is_start or numbers != list(range(first, first + len(numbers)))


def _joined(sections: list[_Section], hint: str | None) -> str:
    text: list[str] = []
    run: list[_Section] = []
    for section in _all_coded(sections):
        if run and section.coded != run[-1].coded:
            text.append(_decoded(run, hint))
            run = []
        run.append(section)
    text.append(_decoded(run, hint))
    return _odd_encodings(decode_words("".join(text)))


def _all_coded(sections: list[_Section]) -> list[_Section]:
    """Some clients percent-encode continuations without saying so by an asterisk."""
    if not sections[0].coded:
        return sections
    return [sections[0], *(section.as_coded() for section in sections[1:])]


def _decoded(run: list[_Section], hint: str | None) -> str:
    charset = next((section.charset for section in run if section.charset), None) if run[0].coded else hint
    return decode_text(b"".join(section.octets for section in run), charset)


def _odd_encodings(text: str) -> str:
    """Percent signs as in a URL, and character references as in HTML: what some web mailers write into names."""
    if "&#" in text:
        text = _REFERENCE.sub(lambda match: html.unescape(match[0]), text)
    return _PERCENT.sub(_from_percent, text)


def _from_percent(match: re.Match[str]) -> str:
    octets = unquote_to_bytes(match[0])
    text = decode_text(octets)
    return match[0] if octets.isascii() or "\ufffd" in text else text
