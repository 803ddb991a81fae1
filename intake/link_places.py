"""Where links stand in a body: each address with its own text, the text around it, and what its tag says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from lxml import etree

from intake.link_hosts import stamp
from intake.link_words import clean

MAX_PLACES = 2000  # a body with more is no mail that a person wrote
REACH = 300  # characters around a link in which its name, size and expiry stand
_URL = re.compile(r"https?://[^\s<>\"'（）()\[\]【】「」，。；、\u4e00-\u9fff]{4,4000}")
_BLOCKS = frozenset({"div", "p", "td", "tr", "li", "table", "dt", "dd"})
_NAME_ATTRIBUTES = ("filename", "file-name", "data-filename")
_TELLING = re.compile(r"大小|到期|过期|有效期|expir", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A link where it stands: its text, the text between the link before and it, and up to the link behind it."""

    url: str
    label: str
    before: str
    after: str
    name: str = ""  # as the tag says
    size_bytes: int | None = None
    expires_at: datetime | None = None
    in_html: bool = False


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    url: str
    label: str = ""
    attributes: Mapping[str, str] | None = None
    title: str = ""


def in_plain(text: str) -> Iterator[Mention]:
    """Addresses in a plain body: ``NAME (128.03M, 2020年11月27日 21:59 到期)进入下载页面：ADDRESS``."""
    found = (match for match, _ in zip(_URL.finditer(text), range(MAX_PLACES), strict=False))
    return _mentions(text, [_Span(match.start(), match.end(), _exact(match[0].rstrip(".,;:!?"))) for match in found])


def in_html(html: str) -> Iterator[Mention]:
    """Links of an HTML body, those in hidden elements too: 网易企业邮箱 writes size and expiry there."""
    collector = _Anchors()
    parser = etree.HTMLParser(target=cast("Any", collector), encoding="utf-8", huge_tree=True)
    parser.feed(html.replace("\0", " ").encode("utf-8", "replace"))
    parser.close()
    return _mentions("".join(collector.text), collector.spans[:MAX_PLACES])


def _exact(url: str) -> str:
    """The address as it is to be opened: programs that make plain text out of HTML leave entities in it."""
    return url.replace("&amp;", "&")


def _mentions(text: str, spans: list[_Span]) -> Iterator[Mention]:
    for number, span in enumerate(spans):
        left = spans[number - 1].end if number else 0
        right = spans[number + 1].start if number + 1 < len(spans) else len(text)
        before, after = text[max(left, span.start - REACH) : span.start], text[span.end : min(right, span.end + REACH)]
        tag = span.attributes
        yield Mention(
            span.url,
            span.label,
            before,
            f"{after}\n{span.title}" if span.title else after,
            name=_given_name(tag or {}, span.title),
            size_bytes=_given_size(tag or {}),
            expires_at=stamp((tag or {}).get("expired", "")),
            in_html=tag is not None,
        )


def _given_name(tag: Mapping[str, str], title: str) -> str:
    """A name in the tag (网易), or the first line of a title that goes on with size and expiry (QQ)."""
    named = next((tag[key] for key in _NAME_ATTRIBUTES if tag.get(key)), "")
    alt = _ALT.fullmatch(tag.get("alt", ""))
    first = title.strip().splitlines()[0] if title.strip() else ""
    return clean(named or (alt[1] if alt else "") or ("" if _TELLING.search(first) else first))[:500]


def _given_size(tag: Mapping[str, str]) -> int | None:
    alt = _ALT.fullmatch(tag.get("alt", ""))
    size = tag.get("file-size", "") or (alt[2] if alt else "")
    return int(size) if size.isascii() and size.isdigit() and len(size) < 16 else None


_ALT = re.compile(r"(.{1,400}?)\s*\((\d{1,15})\)", re.DOTALL)  # 189: alt="NAME (BYTES)"


class _Anchors:
    """Target of lxml's parser: all text, with the places where links stand in it."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.spans: list[_Span] = []
        self._length = 0
        self._open: tuple[_Span, int] | None = None  # the link begun, number of pieces before it
        self._titles: list[str] = []  # of the elements that are open
        self._silent = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        title = attributes.get("title", "")
        self._titles.append(title if _TELLING.search(title) else "")
        self._silent += tag in ("style", "script")
        if tag == "a":
            self._end_link()
            self._begin_link(attributes)
        elif tag == "br" or tag in _BLOCKS:
            self._write("\n")

    def end(self, tag: str) -> None:
        if self._titles:
            self._titles.pop()
        self._silent -= tag in ("style", "script")
        if tag == "a":
            self._end_link()
        elif tag in _BLOCKS:
            self._write("\n")

    def data(self, text: str) -> None:
        if not self._silent:
            self._write(text)

    def close(self) -> None:
        self._end_link()

    def _write(self, text: str) -> None:
        self.text.append(text)
        self._length += len(text)

    def _begin_link(self, attributes: Mapping[str, str]) -> None:
        """White space as browsers treat it: none of it around an address, no line ends inside (WHATWG URL §4.4)."""
        url = re.sub(r"[\t\r\n]", "", attributes.get("href", "")).strip().replace(" ", "%20")
        if url.lower().startswith(("http://", "https://")):
            title = next((title for title in reversed(self._titles) if title), "")
            span = _Span(self._length, self._length, _exact(url), "", dict(attributes), title)
            self._open = span, len(self.text)

    def _end_link(self) -> None:
        if self._open is not None:
            span, pieces = self._open
            label = "".join(self.text[pieces:])[:1000]
            self.spans.append(_Span(span.start, self._length, span.url, label, span.attributes, span.title))
            self._open = None
