"""Fetches the file behind a link: HTTPS alone, allowed hosts alone, public addresses alone, within limits.

Links come from strangers' mails. Every address on the way, those of redirects too, is checked against the list of
allowed hosts; its name is resolved once and the connection goes to that very address, so that no second answer of the
name service can lead inside (SSRF, DNS rebinding). Plain HTTP and addresses of this machine or network are for those
alone that the list names by address.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from threading import Timer
from typing import IO
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from intake.names import file_name, parse_field
from records.edges import is_loopback
from records.errors import OperationError
from records.mail import LinkedFile, LinkRules
from records.words import Text

Resolve = Callable[[str, int], Sequence[str]]  # host, port → addresses; raises OSError
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429})  # of 4xx: try again later
_CHUNK = 64 * 1024
_SAFE = "/%:@!$&'()*+,;=~-._"
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|script)\b", re.IGNORECASE)
_PAGE_NAMES = (".html", ".htm", ".mht", ".xhtml", ".json")
_NAT64 = IPv6Network("64:ff9b::/96")
_HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; Baosong)", "Accept": "*/*", "Accept-Encoding": "identity"}

BAD_URL = Text("链接地址有误", "the address is not valid")
NOT_ALLOWED = Text("主机 {host} 不在 [links] allow_hosts 中", "the host {host} is not in [links] allow_hosts")
NOT_SECURE = Text("不是 https 链接", "the address is not https")
INSIDE = Text("主机 {host} 指向内部网络地址", "the host {host} leads to an address inside a network")
TOO_MANY = Text("跳转次数过多", "too many redirects")
UNREACHABLE = Text("连接不上 {host}（{why}）", "{host} cannot be reached ({why})")
TOO_SLOW = Text("{seconds} 秒内没有下载完", "it was not complete within {seconds} s")
REFUSED = Text("服务器答复 {status}", "the server answered {status}")
IS_PAGE = Text("打开的是网页，要人在页面上点下载", "the address opens a page on which a person must press download")
TOO_LARGE = Text("文件超过 {mb} MB 的上限", "the file is larger than {mb} MB")
CUT_OFF = Text("传输中断，文件不完整", "the connection broke off, the file is not complete")
ENCODED = Text("服务器压缩了内容，无法照原样保存", "the server sent it compressed, so it cannot be kept as it is")
EMPTY = Text("得到的是空文件", "the file is empty")
NO_ROOM = Text("写不进磁盘（{why}）", "the disk cannot take it ({why})")


class NotFetched(OperationError):
    """A linked file could not be had; ``is_final`` where trying again changes nothing."""

    def __init__(self, text: Text, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.is_final = is_final


def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the system's name service says. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Downloader:
    """Fetches files into ``folder``; name service and trusted certificates are passed in."""

    rules: LinkRules
    folder: Path  # on the archive's own disk, so that a file is moved and not copied afterwards
    resolve: Resolve = resolved
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def fetch(self, url: str, name: str = "") -> LinkedFile:
        """The file behind ``url``, at most ``rules.max_bytes``, within ``rules.timeout_s``. Raises NotFetched.

        ``name`` is what the mail calls it: a web page is taken for the file only where it is called one.
        """
        deadline = time.monotonic() + self.rules.timeout_s
        for _ in range(self.rules.max_redirects + 1):
            with _Visit(self, _target(url), deadline) as visit:
                response = visit.ask()
                if response.status not in _REDIRECTS:
                    return visit.save(response, name)
                url = urljoin(url, response.getheader("Location") or "")
        raise NotFetched(TOO_MANY, is_final=True)


@dataclass(frozen=True, slots=True)
class _Target:
    host: str
    port: int
    path: str
    is_secure: bool


def _target(url: str) -> _Target:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode() if not _is_v6(parts) else parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:  # also UnicodeError: a name with an empty or too long label
        raise NotFetched(BAD_URL, is_final=True) from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise NotFetched(BAD_URL, is_final=True)
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE + '?')}" if parts.query else "")
    return _Target(host.lower(), port, path, parts.scheme == "https")


def _is_v6(parts: SplitResult) -> bool:
    return ":" in (parts.hostname or "")


class _Visit:
    """One request to one host. When time is up the connection is cut from outside, whatever it waits for."""

    def __init__(self, downloader: Downloader, target: _Target, deadline: float) -> None:
        self._downloader = downloader
        self._rules = downloader.rules
        self._target = target
        self._deadline = deadline
        self._is_late = False
        self._timer = Timer(max(deadline - time.monotonic(), 0.0), self._cut)
        self._timer.daemon = True
        self._connection: _Pinned | None = None

    def __enter__(self) -> _Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._connection is not None:
            self._connection.close()

    def ask(self) -> http.client.HTTPResponse:
        """Connect and ask; the header of the answer is there then."""
        target = self._target
        addresses = self._addresses()
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._too_slow()
        trust = self._downloader.trust if target.is_secure else None
        self._connection = _Pinned(target, addresses, left, trust)
        self._timer.start()
        try:
            self._connection.request("GET", target.path, headers=_HEADERS)
            return self._connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._broken(UNREACHABLE.fill(host=target.host, why=_why(error))) from error

    def save(self, response: http.client.HTTPResponse, name: str) -> LinkedFile:
        """Write the answer's octets into a file of their own."""
        if response.status != 200:
            is_final = 400 <= response.status < 500 and response.status not in _PASSING
            raise NotFetched(REFUSED.fill(status=response.status), is_final=is_final)
        declared = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        disposition = parse_field((response.getheader("Content-Disposition") or "").encode("latin-1", "replace"))
        if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
            raise NotFetched(ENCODED, is_final=True)
        if response.length is not None and response.length > self._rules.max_bytes:
            raise self._too_large()
        is_page = disposition.value != "attachment" and not name.lower().endswith(_PAGE_NAMES)
        if is_page and declared in (*_PAGE_TYPES, "application/json"):
            raise NotFetched(IS_PAGE, is_final=True)
        path, sha256, size = self._spooled(response, is_page)
        filename = file_name(disposition, parse_field(b""))
        return LinkedFile(path, sha256, size, filename, declared or "application/octet-stream")

    def _spooled(self, response: http.client.HTTPResponse, is_page: bool) -> tuple[Path, str, int]:
        """The body on disk, its hash and size; nothing stays there where it is not whole."""
        stated = response.length
        try:
            with tempfile.NamedTemporaryFile(dir=self._downloader.folder, delete=False) as file:
                path = Path(file.name)
                try:
                    sha256, size = self._copied(response, file, is_page)
                    if size != (stated if stated is not None else size):
                        raise self._broken(CUT_OFF)
                    if not size:
                        raise NotFetched(EMPTY)
                except BaseException:
                    path.unlink()
                    raise
        except OSError as error:
            raise NotFetched(NO_ROOM.fill(why=error.strerror or error)) from error
        return path, sha256, size

    def _copied(self, response: http.client.HTTPResponse, file: IO[bytes], is_page: bool) -> tuple[str, int]:
        whole, size = hashlib.sha256(), 0
        while chunk := self._chunk(response):
            if not size and is_page and _PAGE.match(chunk):
                raise NotFetched(IS_PAGE, is_final=True)
            size += len(chunk)
            if size > self._rules.max_bytes:
                raise self._too_large()
            whole.update(chunk)
            file.write(chunk)
        if self._is_late:  # a connection that is cut looks like an end where no length was stated
            raise self._too_slow()
        return whole.hexdigest(), size

    def _chunk(self, response: http.client.HTTPResponse) -> bytes:
        try:
            return response.read(_CHUNK)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._broken(CUT_OFF) from error

    def _addresses(self) -> Sequence[str]:
        """Where the host is, checked: allowed by name, and either public or allowed by address."""
        host = self._target.host
        if not self._rules.allow(host):
            raise NotFetched(NOT_ALLOWED.fill(host=host), is_final=True)
        if not self._target.is_secure and not is_loopback(host):
            raise NotFetched(NOT_SECURE, is_final=True)
        try:
            addresses = self._downloader.resolve(host, self._target.port)
        except OSError as error:
            raise NotFetched(UNREACHABLE.fill(host=host, why=error.strerror or error)) from error
        if not all(_may_visit(address, self._rules) for address in addresses):
            raise NotFetched(INSIDE.fill(host=host), is_final=True)
        return addresses

    def _cut(self) -> None:
        self._is_late = True
        if self._connection is not None:
            self._connection.cut()

    def _broken(self, text: Text) -> NotFetched:
        late = self._is_late or time.monotonic() >= self._deadline
        return self._too_slow() if late else NotFetched(text)

    def _too_slow(self) -> NotFetched:
        return NotFetched(TOO_SLOW.fill(seconds=round(self._rules.timeout_s)))

    def _too_large(self) -> NotFetched:
        return NotFetched(TOO_LARGE.fill(mb=self._rules.max_bytes // 1024**2), is_final=True)


class _Pinned(http.client.HTTPConnection):
    """HTTP(S) to addresses that were checked: the name serves for certificate and Host header alone."""

    def __init__(
        self, target: _Target, addresses: Sequence[str], timeout_s: float, trust: ssl.SSLContext | None
    ) -> None:
        self.default_port = 443 if target.is_secure else 80
        super().__init__(target.host, target.port, timeout=timeout_s)
        self._addresses = addresses
        self._trust = trust
        self._wire: socket.socket | None = None

    def connect(self) -> None:
        """To the first address that answers."""
        self.sock = self._wire = self._dial()
        if self._trust is not None:
            tls = self._trust.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._wire = tls  # before the handshake, so that it can be cut too
            tls.do_handshake()

    def cut(self) -> None:
        """End the connection from another thread: whoever reads from it sees its end."""
        wire = self._wire
        if wire is not None:
            with suppress(OSError):  # it has ended by itself
                socket.socket.shutdown(wire, socket.SHUT_RDWR)

    def _dial(self) -> socket.socket:
        failure: OSError = OSError("no address")
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError as error:
                failure = error
        raise failure


def _may_visit(address: str, rules: LinkRules) -> bool:
    ip = ip_address(address.partition("%")[0])
    if str(ip) in rules.allow_hosts or (ip.is_loopback and "localhost" in rules.allow_hosts):
        return True
    return _is_public(ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open network; those that carry another one inside count as that one."""
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if ip in _NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    return (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
