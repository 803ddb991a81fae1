"""Links in place of files: 超大附件 and 云附件, as the Chinese mail programs write them into HTML and plain bodies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from intake.link_hosts import expiry_in, identity, is_known, is_share, may_be_known, name_in, size_in, unwrapped
from intake.link_places import Mention, in_html, in_plain
from intake.link_words import (
    ANNOUNCED,
    Expiry,
    clean,
    code_in_words,
    expiries,
    expiry_in_words,
    is_button,
    name_before,
    shared_name,
    size_in_words,
)
from records.mail import CloudLink

_MAX_LINKS = 200
Found = tuple[CloudLink, bool]  # with whether it stood in HTML


def find_cloud_links(html: str | None, plain: str, sent_at: datetime | None = None) -> tuple[CloudLink, ...]:
    """The large attachments that a body links to, each once, in order; name, size and expiry (aware) where told.

    ``sent_at`` is what "30天后过期" counts from. Links to files of network drives (网盘) count too, with their codes.
    """
    merged: dict[str, Found] = {}
    for text, mentions in _bodies(html or "", plain):
        common = expiries(text, sent_at)
        for mention in mentions:
            link = _read(mention, sent_at, next(iter(common)) if len(common) == 1 else None)
            if link is not None:
                known, in_tags = merged.get(identity(link.url), (link, mention.in_html))
                merged[identity(link.url)] = _merge(known, link), in_tags
    return tuple(_without_twins(merged.values()))[:_MAX_LINKS]


def _bodies(html: str, plain: str) -> Iterator[tuple[str, list[Mention]]]:
    """Each alternative of the body that can hold such links: its text, and all its links."""
    for source, find in ((html, in_html), (plain, in_plain)):
        if may_be_known(source) or ANNOUNCED.search(source):
            mentions = list(find(source))
            yield "\n".join(f"{one.before}{one.label}{one.after}" for one in mentions), mentions


def _read(mention: Mention, sent_at: datetime | None, common: Expiry | None) -> CloudLink | None:
    """The link that a mention tells of, None where it is none to a file that waits.

    ``common`` is the one end of which the whole body speaks: some programs say it once above all files.
    """
    url = unwrapped(mention.url)
    label, shared = clean(mention.label), is_share(url)
    button = is_button(label)
    if shared:
        name = mention.name or shared_name("" if button else label, mention.before)
    else:
        name = mention.name or name_before(mention.before if button else label)
    told = _told(mention, name, button or shared)
    size = mention.size_bytes or size_in(url) or size_in_words(told)
    end = _end(mention, url, told, sent_at)
    if not is_known(url) and (size is None or end is None or not name):
        return None
    end = end or (common if not shared else None) or Expiry()
    code = code_in_words(mention.after) or code_in_words(mention.before) if shared else ""
    return CloudLink(name, url, size, end.at, never_expires=end.never, code=code)


def _told(mention: Mention, name: str, with_before: bool) -> str:
    """The words around a link, without the name: numbers in it are no size."""
    words = f"{mention.before}\n" if with_before else ""
    return f"{words}{mention.label} {mention.after}".replace(name, " ", 1) if name else f"{words}{mention.after}"


def _end(mention: Mention, url: str, told: str, sent_at: datetime | None) -> Expiry | None:
    given = mention.expires_at or expiry_in(url)
    return expiry_in_words(told, sent_at) or (Expiry(given) if given else None)


def _merge(known: CloudLink, again: CloudLink) -> CloudLink:
    return replace(
        known,
        name=known.name or again.name,
        size_bytes=again.size_bytes if known.size_bytes is None else known.size_bytes,
        expires_at=known.expires_at or again.expires_at,
        never_expires=known.never_expires or again.never_expires,
        code=known.code or again.code,
    )


def _without_twins(found: Iterable[Found]) -> Iterator[CloudLink]:
    """One file under two addresses, in the HTML and in the plain text, counts once; two in one text are two files."""
    in_tags: set[tuple[str, int]] = set()
    for link, is_html in found:
        named = link if link.name else replace(link, name=name_in(link.url))
        if named.name and named.size_bytes is not None:
            if not is_html and (named.name, named.size_bytes) in in_tags:
                continue
            if is_html:
                in_tags.add((named.name, named.size_bytes))
        yield named
