"""A real HTTP(S) server on loopback that hands out files, well and badly."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from tests.mail_servers import write_certificates

Page = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class FileServer:
    """What it serves by path, which paths were asked for with which Host, and where it is."""

    port: int = 0
    scheme: str = "http"
    certificate: Path | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)  # set when the test ends: slow pages give up

    def url(self, path: str, host: str = "") -> str:
        """The address of a path."""
        return f"{self.scheme}://{host or ('localhost' if self.certificate else '127.0.0.1')}:{self.port}{path}"

    def serve(self, path: str, octets: bytes, **headers: str) -> str:
        """Hand out octets under a path with a true length unless ``headers`` say otherwise; returns the address."""
        self.pages[path] = answer(octets, **headers)
        return self.url(path)

    def trust(self) -> ssl.SSLContext:
        """What trusts this server's certificate and no other."""
        return ssl.create_default_context(cafile=str(self.certificate)) if self.certificate else ssl.SSLContext()


def answer(octets: bytes, status: int = 200, /, **headers: str) -> Page:
    """A page of these octets; header names are written with _ for -."""

    def page(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in ({"Content-Length": str(len(octets))} | given).items():
            if value:
                request.send_header(name, value)
        request.end_headers()
        request.wfile.write(octets)

    return page


def redirect(url: str) -> Page:
    """A page that leads on."""
    return answer(b"", 302, Location=url)


@contextmanager
def file_server(folder: Path | None = None) -> Iterator[FileServer]:
    """A server that runs until the block ends; by TLS with a certificate of its own in ``folder`` if one is named."""
    served = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            served.hosts.append(self.headers.get("Host", ""))
            served.pages.get(self.path, answer(b"gone", 404))(self)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.port = server.server_address[1]
    if folder is not None:
        write_certificates(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        served.certificate, served.scheme = folder / "ca.pem", "https"
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
