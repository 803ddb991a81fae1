"""Links in place of files: 超大附件 and 云附件, as the Chinese webmailers write them into HTML and plain bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from records.mail import CloudLink

_CHINA = timezone(timedelta(hours=8))
_PROVIDERS = re.compile(
    r"""https?://(?:
      [\w.-]*mail\.qq\.com/(?:cgi-bin/ftnExs_|ftn/download|cgi-bin/ftn)
    | [\w.-]*(?:163|126|188|yeah)\.(?:com|net)/large-attachment-download
    | dashi\.163\.com/html/cloud-attachment-download
    | fs\.(?:[\w-]+\.)*163\.com/ | edisk\.qiye\.163\.com/api/biz/attachment
    | download\.cloud\.189\.cn/ | [\w.-]*mail\.189\.cn/[^\s]*(?:download|attach)
    | [\w.-]*mail\.(?:10086|139)\.(?:cn|com)/[^\s]*(?:largeattach|bigfile|download|share)
    | [\w.-]+/(?:coremail|alimail)/[^\s]*(?:netfolder|nf/|bigattach|largeattach|download\.jsp)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_ANNOUNCED = re.compile(r"超大附件|云附件|大附件|文件中转站|BigAttach|CloudAttach", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"'（）()\[\]，。；、\u4e00-\u9fff]{4,2000}")
_SIZE = re.compile(r"(?<![\d.])(\d{1,7}(?:\.\d{1,3})?)\s*([BKMGT])(?:i?B)?(?![A-Za-z0-9])", re.IGNORECASE)
_DATE = r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*日?(?:\s*(\d{1,2})\s*[:：]\s*(\d{2}))?"
_EXPIRY = re.compile(
    rf"(?:到期|过期|有效期|失效|expir\w*)[^\d]{{0,12}}{_DATE}|{_DATE}(?::\d\d)?\s*(?:之?前有效|到期|过期|失效)",
    re.IGNORECASE,
)
_DETAILS = re.compile(
    r"[(（][^()（）]{0,10}?\d[\d.]*\s*[BKMGT](?:i?B)?\b[^()（）]{0,80}[)）]?|(?:文件)?大小\s*[:：]|(?:到期|过期|有效期)",
    re.IGNORECASE,
)
_ACTION = (
    r"(?:点击|进入|立即|直接|极速|推荐|客户端|高速|普通|在线|批量|全部)*"
    r"(?:下载|查看|预览|打开|转存|保存|访问)(?:页面|附件|文件|地址|链接|全部|详情)*"
)
_BUTTON = re.compile(rf"\W*(?:{_ACTION}|download|view|open)?\W*", re.IGNORECASE)
_LABEL = re.compile(rf"(?:{_ACTION}|链接|地址|网址)\s*[:：]?\s*\Z")
_REACH = 300  # characters around a link in which its name, size and expiry stand
_UNITS = {"B": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
_NAME_KEYS = ("filename", "file_name", "fileName", "fname", "name", "title")
_MAX_LINKS = 200


@dataclass(frozen=True, slots=True)
class _Mention:
    """A link where it stands: its own text, the text between the link before and it, and up to the link behind it."""

    url: str
    label: str
    before: str
    after: str
    given_name: str = ""


def find_cloud_links(html: str | None, plain: str) -> tuple[CloudLink, ...]:
    """The large attachments that a body links to, each once, in order; size, expiry (aware) and name where told."""
    mentions = [*_in_html(html or ""), *_in_plain(plain)]
    merged: dict[str, CloudLink] = {}
    for mention in mentions:
        link = _read(mention)
        if link is not None:
            merged[link.url] = _merge(merged.get(link.url, link), link)
    return tuple(_without_twins(merged.values()))[:_MAX_LINKS]


def _read(mention: _Mention) -> CloudLink | None:
    """The link that a mention tells of, None where it is none to a large attachment."""
    label = _clean(mention.label)
    is_button = _BUTTON.fullmatch(label) is not None or label.startswith("http")
    told = f"{mention.before} {label} {mention.after}" if is_button else f"{label} {mention.after}"
    name = mention.given_name or _name_before(mention.before if is_button else label)
    size, expiry = _size(told), _expiry(told)
    if not _PROVIDERS.match(mention.url) and (size is None or expiry is None or not name):
        return None
    return CloudLink(name, mention.url, size, expiry)


def _name_before(text: str) -> str:
    """The file name in ``text``: what stands before the details, or the last line that says something."""
    bare = _LABEL.sub("", text.rstrip())
    details = _DETAILS.search(bare, bare.rfind("\n", 0, max(len(bare.rstrip()) - 1, 0)) + 1)
    if details:
        bare = bare[: details.start()]
    lines = [line for line in map(_clean, bare.splitlines()) if line and not _ANNOUNCED.search(line)]
    name = lines[-1] if lines else ""
    return "" if _BUTTON.fullmatch(name) or _DETAILS.match(name) else name.strip(" :：·•-")


def _size(text: str) -> int | None:
    match = _SIZE.search(text)
    return round(float(match[1]) * _UNITS[match[2].upper()]) if match else None


def _expiry(text: str) -> datetime | None:
    match = _EXPIRY.search(text)
    if match is None:
        return None
    year, month, day, hour, minute = match.groups()[:5] if match[1] else match.groups()[5:]
    try:
        at = datetime(int(year), int(month), int(day), int(hour or 23), int(minute or 59), tzinfo=_CHINA)
    except ValueError:
        return None
    return at if hour else at.replace(second=59)


def _merge(known: CloudLink, again: CloudLink) -> CloudLink:
    return replace(
        known,
        name=known.name or again.name,
        size_bytes=again.size_bytes if known.size_bytes is None else known.size_bytes,
        expires_at=known.expires_at or again.expires_at,
    )


def _without_twins(links: Iterable[CloudLink]) -> Iterator[CloudLink]:
    """One file under two addresses (landing page and download, HTML and plain text) counts once."""
    seen: set[tuple[str, int]] = set()
    for link in links:
        named = link if link.name else replace(link, name=_name_in_url(link.url))
        if named.name and named.size_bytes is not None:
            if (named.name, named.size_bytes) in seen:
                continue
            seen.add((named.name, named.size_bytes))
        yield named


def _name_in_url(url: str) -> str:
    query = parse_qs(urlsplit(url).query, max_num_fields=50)
    return next((query[key][0] for key in _NAME_KEYS if key in query), "")


def _clean(text: str) -> str:
    return " ".join(text.split())


def _in_plain(text: str) -> Iterator[_Mention]:
    """Addresses in a plain body: ``NAME (128.03M, 2020年11月27日 21:59 到期)进入下载页面：ADDRESS``."""
    if _may_hold(text):
        found = list(_URL.finditer(text))[: 10 * _MAX_LINKS]
        spans = [(match.start(), match.end(), match[0].rstrip(".,;:!?"), "", "") for match in found]
        yield from _mentions(text, spans)


def _in_html(html: str) -> Iterator[_Mention]:
    if _may_hold(html):
        collector = _Anchors()
        parser = etree.HTMLParser(target=cast("Any", collector), encoding="utf-8", huge_tree=True)
        parser.feed(html.replace("\0", " ").encode("utf-8", "replace"))
        parser.close()
        yield from _mentions("".join(collector.text), collector.spans)


def _may_hold(text: str) -> bool:
    return bool(_PROVIDERS.search(text) or _ANNOUNCED.search(text))


Span = tuple[int, int, str, str, str]  # start, end, URL, label, given name


def _mentions(text: str, spans: list[Span]) -> Iterator[_Mention]:
    for number, (start, end, url, label, name) in enumerate(spans):
        left = spans[number - 1][1] if number else 0
        right = spans[number + 1][0] if number + 1 < len(spans) else len(text)
        before, after = text[max(left, start - _REACH) : start], text[end : min(right, end + _REACH)]
        yield _Mention(url, label, before, after, name)


class _Anchors:
    """Target of lxml's parser: all text, with the places where links stand in it."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.spans: list[Span] = []
        self._length = 0
        self._open: tuple[int, str, str, int] | None = None  # place, URL, given name, number of pieces before it

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "a":
            self._end_link()
            url = "".join(attributes.get("href", "").split())
            if url.lower().startswith(("http://", "https://")):
                self._open = (self._length, url, _given_name(attributes), len(self.text))
        elif tag in ("div", "p", "td", "tr", "li", "br", "table"):
            self._write("\n")

    def end(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag in ("div", "p", "td", "tr", "li", "table"):
            self._write("\n")

    def data(self, text: str) -> None:
        self._write(text)

    def close(self) -> None:
        self._end_link()

    def _write(self, text: str) -> None:
        self.text.append(text)
        self._length += len(text)

    def _end_link(self) -> None:
        if self._open is not None:
            start, url, name, pieces = self._open
            self.spans.append((start, self._length, url, "".join(self.text[pieces:])[:1000], name))
            self._open = None


def _given_name(attributes: dict[str, str]) -> str:
    name = attributes.get("filename", "") or attributes.get("data-filename", "")
    return _clean(name)[:500]
