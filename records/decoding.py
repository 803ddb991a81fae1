"""Octets → text, with Chinese mail and files in mind: a declared charset is a hint, never the truth."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_GB = "gb18030"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GB_LABELS = _names(
    """gb gb2312 gb231280 gbk gb18030 gb180302000 gb180302005 gb180302022 cp936 936 ms936 windows936
    xgbk xgb2312 xgb18030 euccn eucgb2312cn xeuccn cngb cngb0 chinese csgb2312 csiso58gb231280 isoir58 iso58
    xmacchinesesimp"""
)
_BIG5_LABELS = _names("big5 big5hkscs xxbig5 xbig5 cnbig5 csbig5 cp950 950 ms950 windows950 big5tw")
_UTF8_LABELS = _names("utf8 utf8mb4 utf8mb3 utf8sig unicode11utf8 unicode20utf8 xunicode20utf8 cp65001 65001")
_NO_CHARSET = _names("punycode idna unicode_escape raw_unicode_escape unicode-escape raw-unicode-escape undefined")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", _GB),
)
_ESCAPING = ("utf-7", "hz", "iso2022")  # charsets that write other scripts in ASCII octets
_SINGLE_BYTE = ("ascii", "iso8859", "latin", "cp12", "cp125", "cp437", "cp850", "koi8", "mac", "cp866", "tis")
_SAMPLE = 4000  # characters outside ASCII that are looked at when readings are compared
_READS_WELL = 0.6
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_ASCII_TEXT = frozenset(b"\t\r\n") | frozenset(range(0x20, 0x7F))
_INSIDE_A_WORD = re.compile(r"\A(?:[\x00-\x7f]*[A-Za-z][\u00c0-\u017f](?=[a-z]))+[\x00-\x7f]*\Z")  # Frösche
_PUNCTUATION = frozenset("\u00a0·—–‘’“”…‰′″※℃№㎡㎏㎜㎝€×÷°±←→↑↓①②③④⑤⑥⑦⑧⑨⑩■□▲△◆◇○●★☆√")


_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def decode_text(raw: bytes, label: str | None = None, *, in_header: bool = False) -> str:
    """The text that ``raw`` stands for; ``label`` is the charset that came with it, or None.

    Never raises; the same octets and label always give the same text. gb2312 and its relatives are read as gb18030
    (which holds them all). A byte order mark wins, then what reads well: the label, UTF-8, gb18030, Big5, UTF-16.
    Octets that fit nothing are read with U+FFFD in the damaged places. ``in_header``: the text stands within the ASCII
    of a mail header, where UTF-16 cannot be.
    """
    if in_header and raw.isascii():
        return raw.decode("ascii")
    if in_header:
        return _best_reading(raw, None if _is_escaping(codec_of(label)) else codec_of(label), may_be_wide=False)
    return _LONE_SURROGATE.sub("\ufffd", _decoded(raw, label))  # UTF-7 can spell halves of characters


def _decoded(raw: bytes, label: str | None) -> str:
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(codec, "replace")
    declared = codec_of(label)
    if raw.isascii() and not _is_escaping(declared) and not _is_wide_ascii(raw):
        return raw.decode("ascii")
    return _best_reading(raw, declared, may_be_wide=True)


@lru_cache(maxsize=256)
def codec_of(label: str | None) -> str | None:
    """Python's name of the charset that ``label`` means, None where it means none; the GB family is gb18030."""
    plain = re.sub(r"[^a-z0-9]", "", (label or "").lower())
    for names, codec in ((_GB_LABELS, _GB), (_BIG5_LABELS, "big5hkscs"), (_UTF8_LABELS, "utf-8")):
        if plain in names:
            return codec
    return _python_codec((label or "").strip().strip("\"'"))


def _python_codec(label: str) -> str | None:
    try:
        found = codecs.lookup(label)
        b"".decode(label)  # LookupError where the codec is none of text (base64, rot13 …)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found.name in _NO_CHARSET else found.name


def _is_escaping(codec: str | None) -> bool:
    return codec is not None and codec.startswith((*_ESCAPING, "utf-16", "utf-32"))


def _best_reading(raw: bytes, declared: str | None, *, may_be_wide: bool) -> str:
    said = strict(raw, declared) if declared else None
    if said is not None and (declared == "utf-8" or _is_escaping(declared)):
        return said
    utf8 = None if may_be_wide and _is_wide_ascii(raw) else strict(raw, "utf-8")
    if declared is None or declared.startswith(_SINGLE_BYTE):
        return _undeclared_reading(raw, said, utf8, may_be_wide=may_be_wide)
    if utf8 is not None and (said is None or _score(utf8) >= _score(said)):
        return utf8
    return _guess(raw, may_be_wide) if said is None else _unless_misread(raw, said, may_be_wide)


def _unless_misread(raw: bytes, said: str, may_be_wide: bool) -> str:
    """The declared reading, save where it is rubbish and another reads well."""
    if _score(said) >= _READS_WELL:
        return said
    other = _guess(raw, may_be_wide)
    return other if _score(other) >= max(_READS_WELL, _score(said) + 0.3) else said


def _undeclared_reading(raw: bytes, said: str | None, utf8: str | None, *, may_be_wide: bool) -> str:
    """No charset, or one that any octets fit: UTF-8 where valid, Chinese where that reads well, else as declared."""
    chinese = strict(raw, _GB)
    if utf8 is not None and (_is_western(utf8) or chinese is None or _score(utf8) >= _score(chinese)):
        return utf8
    if chinese is not None and _score(chinese) >= _READS_WELL:
        return chinese
    if said is not None and _is_western(said):
        return said
    western = strict(raw, "cp1252")
    if western is not None and _is_western(western) and _INSIDE_A_WORD.search(western):
        return western
    return _guess(raw, may_be_wide)


def strict(raw: bytes, codec: str) -> str | None:
    """``raw`` in that charset, or None where it does not fit; a lone 0x80 in GBK is the euro sign, as in Windows."""
    try:
        return raw.decode(codec, _EURO if codec == _GB else "strict")
    except (UnicodeError, ValueError, LookupError):
        return None


def _guess(raw: bytes, may_be_wide: bool) -> str:
    """The reading with the highest score among all; an earlier one wins a draw."""
    codecs_in_question = (_GB, "big5hkscs", *(_wide_codecs(raw) if may_be_wide else ()))
    whole = [text for codec in codecs_in_question if (text := strict(raw, codec)) is not None]
    best = max(whole, key=_score, default=None)
    if best is not None and _score(best) >= _READS_WELL:
        return best
    lossy = [raw.decode("utf-8", "replace"), raw.decode(_GB, "replace")]
    return max([*lossy, *whole], key=_score)


def _wide_codecs(raw: bytes) -> tuple[str, ...]:
    """UTF-16 comes into question for an even length; but any two ASCII letters would make a Han character in it."""
    pairs = list(zip(raw[0:_SAMPLE:2], raw[1:_SAMPLE:2], strict=False))
    letters = sum(first in _ASCII_TEXT and second in _ASCII_TEXT for first, second in pairs)
    return ("utf-16-le", "utf-16-be") if len(raw) % 2 == 0 and letters <= len(pairs) // 2 else ()


def _is_wide_ascii(raw: bytes) -> bool:
    """Whether every other octet is mostly NUL, as in UTF-16 text with Latin letters and digits."""
    even, odd = raw[0:_SAMPLE:2], raw[1:_SAMPLE:2]
    fewer, more = sorted((even.count(0), odd.count(0)))
    return more > len(odd) // 4 and fewer <= len(odd) // 20


def _is_western(text: str) -> bool:
    """Whether all that is not ASCII is letters of Western Europe and common signs."""
    return all("\u00c0" <= char <= "\u017f" or char in _PUNCTUATION for char in _foreign(text))


def _foreign(text: str) -> str:
    return "".join(_FOREIGN.findall(text))[:_SAMPLE]


def _score(text: str) -> float:
    """How much of what is not ASCII looks like Chinese as offices write it: 1.0 all, below 0 hardly any."""
    foreign = _foreign(text)
    control = sum(text.count(char, 0, _SAMPLE) for char in "\0\x01\x02\x03\x04")
    if not foreign:
        return 0.5 - control
    return (sum(map(_weight, foreign)) - control) / len(foreign)


@lru_cache(maxsize=20_000)
def _weight(char: str) -> float:
    """1 for the 3,755 everyday characters of GB 2312 and for signs, less for rarer ones, below 0 for what is damage."""
    if char in _PUNCTUATION or "\u3000" <= char <= "\u301f" or "\uff01" <= char <= "\uffe5":
        return 1.0
    if char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or "\x80" <= char <= "\x9f":
        return -2.0
    if not ("\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff" or char >= "\U0001f000"):
        return -0.5 if char < "\u2000" else 0.0
    return max(_rank(char, "gb2312", 0xB0, 0xD7, 1.0), _rank(char, "big5", 0xA4, 0xC6, 0.7))


def _rank(char: str, codec: str, first: int, last: int, weight: float) -> float:
    """``weight`` where the character's lead octet lies in the everyday rows of that charset."""
    coded = char.encode(codec, "ignore")
    return weight if len(coded) == 2 and first <= coded[0] <= last else 0.2


_EURO = "baosong-euro"


def _euro(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == 0x80:
        return "€", error.start + 1
    raise error


codecs.register_error(_EURO, _euro)
