"""What the receiving server found out about a sender: Authentication-Results (RFC 8601), believed by configuration.

Anybody can write such a header into a mail. Only those count whose authserv-id is trusted (§5), and of these only what
the receiving server itself must have written: a sender's own header, with the very same id, lies further down.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from records.mail import Message

_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_METHOD = re.compile(r"\s*([a-z0-9-]+)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)\b(.*)", re.DOTALL)
_PROPERTY = re.compile(r"([a-z0-9-]+\.[a-z0-9_-]+)\s*=\s*(\S+)")
_LONGEST = 8000
_NESTING = 8


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One method's result (RFC 8601 §2.2): ``spf=fail smtp.mailfrom=example.com``."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def property(self, name: str) -> str:
        """A property's value, "" where it is not given."""
        return next((value for key, value in self.properties if key == name), "")


def failed_authentication(message: Message, trusted: Collection[str]) -> str:
    """The results that say that the From address is not the writer's, as "dmarc=fail"; "" where none does.

    It fails with DMARC, or with SPF where no DKIM signature of the address's own domain passes. Absent results, and
    headers of servers that are not ``trusted`` (authserv-ids, any case), are no failure. Of several trusted servers
    each is asked by itself: a header that a sender made up can only harm the mail in which it stands.
    """
    domain = message.sender.domain
    for server in sorted({name.lower() for name in trusted}):
        results = [result for value in _written_by(server, message) for result in method_results(value)]
        if failure := _failure(results, domain):
            return failure
    return ""


def method_results(value: str) -> tuple[MethodResult, ...]:
    """The results in a header's value, in order; what cannot be read is left out."""
    _, *entries = _plain(value).split(";")
    return tuple(_result(hit) for hit in map(_METHOD.match, entries) if hit)


def authserv_id(value: str) -> str:
    """Who wrote the header, in lower case; "" where it does not say."""
    head, _, _ = _plain(value).partition(";")
    return next(iter(head.split()), "")


def _written_by(server: str, message: Message) -> Iterator[str]:
    """The header's values that this server wrote.

    Servers put what they find above what they receive. All that stands above the topmost Received is theirs; where the
    results stand below it, only the first of them is certainly not the sender's.
    """
    names = [name for name, _ in message.headers]
    border = names.index("received") if "received" in names else 0
    values = [(at, value) for at, (name, value) in enumerate(message.headers) if name == "authentication-results"]
    own = [(at, value) for at, value in values if authserv_id(value) == server]
    above = [value for at, value in own if at < border]
    yield from above or [value for _, value in own[:1]]


def _failure(results: Iterable[MethodResult], domain: str) -> str:
    by_method: dict[str, list[MethodResult]] = {}
    for result in results:
        by_method.setdefault(result.method, []).append(result)
    if dmarc := by_method.get("dmarc"):
        said = {one.result for one in dmarc}
        if "fail" in said:
            return "dmarc=fail"
        if "pass" in said:
            return ""
    signed = any(one.result == "pass" and _is_aligned(_signer(one), domain) for one in by_method.get("dkim", ()))
    refused = any(one.result in ("fail", "hardfail") for one in by_method.get("spf", ()))
    return "spf=fail" if refused and not signed else ""


def _signer(result: MethodResult) -> str:
    """The signing domain: header.d, else that of header.i (RFC 8601 §2.7.1)."""
    return result.property("header.d") or result.property("header.i").rpartition("@")[2]


def _is_aligned(signer: str, domain: str) -> bool:
    """Relaxed alignment (RFC 7489 §3.1.1): the same domain, or one below the other."""
    if not signer or not domain:
        return False
    return signer == domain or signer.endswith(f".{domain}") or domain.endswith(f".{signer}")


def _result(hit: re.Match[str]) -> MethodResult:
    return MethodResult(hit[1], hit[2], tuple((key, value.strip('"')) for key, value in _PROPERTY.findall(hit[3])))


def _plain(value: str) -> str:
    """Lower case, comments gone, quoted strings bare and without what would end an entry (RFC 8601 §2.2)."""
    text = _QUOTED.sub(lambda hit: re.sub(r"[;()=]", " ", hit[1]), value[:_LONGEST].lower())
    for _ in range(_NESTING):
        text, count = _COMMENT.subn(" ", text)
        if not count:
            break
    return text
