"""The file behind a link is fetched by its rules or not at all: a real server on loopback, with and without TLS."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from intake.download import Downloader, NotFetched, resolved
from records.mail import LinkRules
from tests.file_server import FileServer, answer, file_server, redirect

FILE = bytes(range(256)) * 700
HERE = LinkRules(("127.0.0.1",), max_bytes=1024 * 1024, timeout_s=10)


@pytest.fixture
def server() -> Iterator[FileServer]:
    """A plain server."""
    with file_server() as served:
        yield served


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[FileServer]:
    """A server with TLS, called localhost."""
    with file_server(tmp_path) as served:
        yield served


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """Where files are written."""
    folder = tmp_path / "fetching"
    folder.mkdir()
    return folder


def refused(downloader: Downloader, url: str, name: str = "") -> NotFetched:
    """Why a file was not fetched; nothing of it stays on disk."""
    with pytest.raises(NotFetched) as caught:
        downloader.fetch(url, name)
    assert list(downloader.folder.iterdir()) == []
    return caught.value


def test_octets_hash_name_and_type_are_those_of_the_server(server: FileServer, spool: Path) -> None:
    """The file on disk is the one that was served."""
    url = server.serve(
        "/f?k=1&code=2",
        FILE,
        Content_Type="application/zip; x=1",
        Content_Disposition="attachment; filename*=UTF-8''%E6%80%BB%E7%BB%93.zip",
    )
    file = Downloader(HERE, spool).fetch(url)
    assert (file.path.read_bytes(), file.size_bytes) == (FILE, len(FILE))
    assert file.sha256 == sha256(FILE).hexdigest()
    assert (file.filename, file.media_type) == ("总结.zip", "application/zip")
    assert server.asked == ["/f?k=1&code=2"]


def test_by_tls_with_a_certificate_that_is_trusted(secure: FileServer, spool: Path) -> None:
    """The name is that of the certificate, the connection goes to the address that was checked."""
    rules = replace(HERE, allow_hosts=("localhost",))
    url = secure.serve("/f", FILE)
    file = Downloader(rules, spool, trust=secure.trust()).fetch(url)
    assert file.path.read_bytes() == FILE
    assert secure.hosts == [f"localhost:{secure.port}"]


def test_a_certificate_that_is_not_trusted_is_refused(secure: FileServer, spool: Path) -> None:
    """As browsers do; no octet is asked for."""
    why = refused(Downloader(replace(HERE, allow_hosts=("localhost",)), spool), secure.serve("/f", FILE))
    assert "TLS" in why.text.en
    assert secure.asked == []


def test_the_certificate_must_be_that_of_the_name(secure: FileServer, spool: Path) -> None:
    """A host on the list at that address, with another host's certificate, is refused."""
    rules = replace(HERE, allow_hosts=("files.example.com", "127.0.0.1"))
    downloader = Downloader(rules, spool, lambda host, port: ["127.0.0.1"], secure.trust())
    secure.serve("/f", FILE)
    assert "TLS" in refused(downloader, secure.url("/f", "files.example.com")).text.en
    assert secure.asked == []


def test_without_a_list_nothing_is_fetched(server: FileServer, spool: Path) -> None:
    """The default: no request leaves."""
    assert refused(Downloader(LinkRules(), spool), server.serve("/f", FILE)).is_final
    assert server.asked == []


@pytest.mark.parametrize(
    ("allowed", "host", "is_allowed"),
    [
        ("mail.163.com", "mail.163.com", True),
        ("163.com", "mail.163.com", True),
        ("163.com", "MAIL.163.COM.", True),
        ("163.com", "evil163.com", False),
        ("mail.163.com", "163.com", False),
        ("163.com", "163.com.example.com", False),
        ("localhost", "a.localhost", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("0.0.1", "127.0.0.1", False),
    ],
)
def test_a_host_is_allowed_by_its_name_or_one_above(allowed: str, host: str, is_allowed: bool) -> None:
    """Whole labels count; addresses stand for themselves."""
    assert LinkRules((allowed,)).allow(host) is is_allowed


def test_a_redirect_is_followed_to_an_allowed_host(server: FileServer, spool: Path) -> None:
    """Relative ones too."""
    server.pages["/a"] = redirect("b")
    server.pages["/b"] = redirect(server.serve("/c", FILE))
    assert Downloader(HERE, spool).fetch(server.url("/a")).path.read_bytes() == FILE


def test_a_redirect_to_another_host_is_refused(server: FileServer, spool: Path) -> None:
    """The list holds on every step; the other host is not even asked."""
    with file_server() as other:
        server.pages["/a"] = redirect(other.url("/f", "localhost"))
        why = refused(Downloader(HERE, spool), server.url("/a"))
        assert (why.is_final, other.asked) == (True, [])
    assert "localhost" in why.text.en


def test_redirects_without_end_are_cut(server: FileServer, spool: Path) -> None:
    """After five steps it is enough."""
    server.pages["/a"] = redirect("/a")
    assert "redirects" in refused(Downloader(HERE, spool), server.url("/a")).text.en
    assert len(server.asked) == HERE.max_redirects + 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1",
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused(spool: Path, address: str) -> None:
    """Loopback, private, link-local, multicast, and what only looks public, also beside a public address."""
    rules = LinkRules(("files.example.com",), timeout_s=5)

    def resolve(host: str, port: int) -> Sequence[str]:
        return ["1.1.1.1", address]

    why = refused(Downloader(rules, spool, resolve), "https://files.example.com/f")
    assert (why.is_final, "inside" in why.text.en) == (True, True)


def test_an_inner_address_that_the_list_names_is_allowed(secure: FileServer, spool: Path) -> None:
    """For an office's own file server: its name and its address, both written down."""
    rules = replace(HERE, allow_hosts=("localhost", "127.0.0.1"))
    downloader = Downloader(rules, spool, lambda host, port: ["127.0.0.1"], secure.trust())
    assert downloader.fetch(secure.serve("/f", FILE)).size_bytes == len(FILE)


def test_the_name_is_asked_for_once_and_the_connection_goes_there(secure: FileServer, spool: Path) -> None:
    """A second answer of the name service, as in DNS rebinding, has no effect."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    rules = replace(HERE, allow_hosts=("localhost",))
    Downloader(rules, spool, resolve, secure.trust()).fetch(secure.serve("/f", FILE))
    assert asked == ["localhost"]


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.com/f", "ftp://files.example.com/f", "file:///etc/passwd", "https://", "https://[",
        "https://u:p@files.example.com/f", "https://files.example.com:99999/f", "https://a..example.com/f",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(spool: Path, url: str) -> None:
    """Plain HTTP outside this machine, other schemes, users in addresses, nonsense; nothing is resolved."""

    def resolve(host: str, port: int) -> Sequence[str]:
        raise AssertionError("asked for a name")

    assert refused(Downloader(LinkRules(("example.com",)), spool, resolve), url).is_final


@pytest.mark.parametrize("length", ["", "5000000"], ids=["unstated", "stated"])
def test_a_file_above_the_limit_is_cut(server: FileServer, spool: Path, length: str) -> None:
    """A stated length is believed before the first octet, an unstated one is counted."""
    sent = 0

    def page(request: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        request.send_response(200)
        if length:
            request.send_header("Content-Length", length)
        request.end_headers()
        try:
            while sent < 50_000_000:
                sent += request.wfile.write(bytes(50_000))
        except OSError:  # the other side hung up, as it should
            return

    server.pages["/f"] = page
    why = refused(Downloader(HERE, spool), server.url("/f"))
    assert (why.is_final, "larger" in why.text.en) == (True, True)
    assert sent < 50_000_000


def drip(server: FileServer, head: bytes, drop: bytes) -> None:
    """A page that begins so and then sends a drop now and then, until the test is over."""

    def page(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(head)
        try:
            while not server.over.wait(0.05):
                request.wfile.write(drop)
        except OSError:
            return

    server.pages["/f"] = page


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", b""),
    ],
    ids=["body", "body without a length", "header", "silence"],
)
def test_a_slow_server_is_left_when_time_is_up(server: FileServer, spool: Path, head: bytes, drop: bytes) -> None:
    """All of it must come in time: a drop before each time-out of a single read does not help."""
    drip(server, head, drop)
    started = time.monotonic()
    why = refused(Downloader(replace(HERE, timeout_s=0.6), spool), server.url("/f"))
    assert "complete within" in why.text.en
    assert (why.is_final, time.monotonic() - started < 5) == (False, True)


def test_a_mute_tls_handshake_is_left_when_time_is_up(spool: Path, secure: FileServer) -> None:
    """A port that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        rules = replace(HERE, allow_hosts=("localhost",), timeout_s=0.6)
        started = time.monotonic()
        refused(Downloader(rules, spool, trust=secure.trust()), f"https://localhost:{mute.getsockname()[1]}/f")
        assert time.monotonic() - started < 5


def test_a_file_that_breaks_off_is_not_taken(server: FileServer, spool: Path) -> None:
    """Fewer octets than stated: another attempt may bring all."""
    why = refused(Downloader(HERE, spool), server.serve("/f", FILE, Content_Length=str(len(FILE) + 1)))
    assert (why.is_final, "not complete" in why.text.en) == (False, True)


@pytest.mark.parametrize(
    ("octets", "media_type"),
    [
        (b"<!DOCTYPE html><title>x</title>", "text/html; charset=utf-8"),
        (b"\r\n <html><body>x", "application/octet-stream"),
        (b'{"code":404}', "application/json"),
    ],
)
def test_a_landing_page_is_not_the_file(server: FileServer, spool: Path, octets: bytes, media_type: str) -> None:
    """A person must press download there; trying again brings the same page."""
    why = refused(Downloader(HERE, spool), server.serve("/f", octets, Content_Type=media_type), "总结.zip")
    assert (why.is_final, "person" in why.text.en) == (True, True)


def test_a_page_that_was_sent_as_a_file_is_the_file(server: FileServer, spool: Path) -> None:
    """Where the mail calls it a page, or the server an attachment."""
    page = b"<html>x</html>"
    plain = server.serve("/f", page, Content_Type="text/html")
    attached = server.serve("/g", page, Content_Type="text/html", Content_Disposition="attachment; filename=a.html")
    downloader = Downloader(HERE, spool)
    assert downloader.fetch(plain, "总结.html").path.read_bytes() == page
    assert downloader.fetch(attached, "").path.read_bytes() == page


@pytest.mark.parametrize(("status", "is_final"), [(404, True), (403, True), (410, True), (429, False), (503, False)])
def test_a_refusal_is_told_with_its_number(server: FileServer, spool: Path, status: int, is_final: bool) -> None:
    """What is gone stays gone; a busy server is asked again."""
    server.pages["/f"] = answer(b"no", status)
    why = refused(Downloader(HERE, spool), server.url("/f"))
    assert (str(status) in why.text.en, why.is_final) == (True, is_final)


def test_empty_compressed_and_unreachable(server: FileServer, spool: Path) -> None:
    """Each with its reason."""
    downloader = Downloader(HERE, spool)
    assert "empty" in refused(downloader, server.serve("/f", b"")).text.en
    assert "compressed" in refused(downloader, server.serve("/g", FILE, Content_Encoding="gzip")).text.en
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "cannot be reached" in refused(downloader, f"http://127.0.0.1:{port}/f").text.en


def test_an_address_with_chinese_letters_and_blanks_is_asked_for_in_octets(server: FileServer, spool: Path) -> None:
    """As browsers write it; what is escaped already stays."""
    server.serve("/f?title=%E6%80%BB%20%E7%BB%93&k=%2F", FILE)
    Downloader(HERE, spool).fetch(server.url("/f?title=总%20结&k=%2F"))
    assert server.asked == ["/f?title=%E6%80%BB%20%E7%BB%93&k=%2F"]


def test_a_disk_that_takes_nothing_is_told(server: FileServer, tmp_path: Path) -> None:
    """The folder is gone: the download fails, nothing else."""
    with pytest.raises(NotFetched) as caught:
        Downloader(HERE, tmp_path / "gone").fetch(server.serve("/f", FILE))
    assert "disk" in caught.value.text.en


def test_the_systems_name_service_is_the_default() -> None:
    """localhost is this machine."""
    assert set(resolved("localhost", 443)) <= {"127.0.0.1", "::1"}
    assert Downloader(LinkRules(), Path()).trust.verify_mode == ssl.CERT_REQUIRED
