"""A small scripted IMAP server on loopback, with the quirks of servers that cannot be had here; only for tests."""

from __future__ import annotations

import base64
import re
import socketserver
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

from imapclient import IMAPClient
from imapclient.imap_utf7 import encode

from records.mail import MailboxAccount

Mail = tuple[bytes, str]  # octets, INTERNALDATE
NETEASE = "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS UIDPLUS X-CM-EXT-1 SASL-IR"
QQ = "IMAP4rev1 XLIST MOVE IDLE NAMESPACE CHILDREN ID UIDPLUS"
EXMAIL = "IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE"


@dataclass(slots=True)
class Quirks:
    """How the server behaves."""

    capability: str = "IMAP4rev1 UIDPLUS"
    says_after_login: str = ""  # its capabilities then, if they are others
    greeting: str = "* OK ready"
    login: str | bytes = "OK LOGIN done"
    password: str = ""  # where there is one, no other is let in
    wrong_password: str = "NO LOGIN Login error or password error"
    wants_id: bool = False  # 163: Unsafe Login
    refuses_descending: bool = True  # QQ: BAD UID parameters!
    uidvalidity: int | str | None = 1
    tells_uidnext: bool = True
    dates_from: int = 1  # the how-manieth FETCH of listings holds INTERNALDATE
    in_body: str = ""  # "mute", "bye" or "drip" in the middle of a message
    after_starttls: str = ""  # clear text that follows its answer at once
    refuses: str = ""  # a command to which it says NO
    refusal: str = "NO refused"
    stops_at: str = ""  # at the answer to this command, or "greeting", it falls silent; in IDLE after the continuation
    drips_at: str = ""  # so it sends an octet ten times a second
    floods_at: str = ""  # so it speaks for ever without an end
    early_idle: bool = False  # tells of what has come before it agrees to IDLE, in the same breath
    adds: dict[str, str] = field(default_factory=dict)  # command: what it says unasked in its answer
    skips: set[int] = field(default_factory=set)  # UIDs whose octets it leaves out
    skips_times: int = 99  # so often
    cuts_after: int | None = None  # octets sent, then the connection is gone
    mangle: Callable[[bytes], bytes] | None = None  # what becomes of each line


@dataclass(slots=True)
class QuirkyImap:
    """One account, its inbox by UID, other folders by name; ``commands`` is what clients asked, without tags."""

    mails: dict[int, Mail]
    quirks: Quirks = field(default_factory=Quirks)
    commands: list[str] = field(default_factory=list)
    flags: dict[int, set[str]] = field(default_factory=dict)
    copies: list[int] = field(default_factory=list)
    folders: list[str] = field(default_factory=lambda: ['(\\HasNoChildren) "/" "INBOX"'])
    others: dict[str, dict[int, Mail]] = field(default_factory=dict)  # as they are written on the line
    arriving: list[tuple[int, Mail]] = field(default_factory=list)  # one comes, and is told of, with each body fetched
    user: str = "somebody"
    password: str = "p"
    first_uid: int = 1
    asked_dates: int = 0
    connections: int = 0  # now
    most_connections: int = 0
    sent_bytes: int = 0
    longest_line: int = 0
    idle: threading.Event = field(default_factory=threading.Event)  # somebody waits in IDLE
    _talks: list[_Conversation] = field(default_factory=list)
    _server: socketserver.ThreadingTCPServer | None = None

    def __enter__(self) -> Self:
        state = self

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def handle(self) -> None:
                state.serve(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.socket.close()

    @property
    def account(self) -> MailboxAccount:
        """How to log in; the server must answer within a second."""
        return MailboxAccount(self.host, self.port, "none", self.user, self.password, timeout_s=1.0)

    @property
    def host(self) -> str:
        """Loopback."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """Any that was free."""
        assert self._server is not None
        return int(self._server.server_address[1])

    def client(self) -> IMAPClient:
        """A logged-in client for looking at the mailbox from outside."""
        client = IMAPClient(self.host, port=self.port, ssl=False, timeout=10)
        client.login(self.user, self.password)
        client.id_({"name": "somebody"})
        client.normalise_times = False
        return client

    def box(self, written: str) -> dict[int, Mail]:
        """A folder's messages, by the folder's quoted name as it stands on the line; it is made where it is missing."""
        if written == '"INBOX"':
            return self.mails
        if not self.has(written):
            self.folders.append(f'(\\HasNoChildren) "/" {written}')
        return self.others.setdefault(written, {})

    def has(self, written: str) -> bool:
        """Whether there is such a folder."""
        return written == '"INBOX"' or written in self.others or any(row.endswith(written) for row in self.folders)

    def deliver(self, raw: bytes, internaldate: datetime, folder: str = "INBOX") -> None:
        """Deliver a message as received at ``internaldate``."""
        box = self.box(f'"{encode(folder).decode()}"')
        self.put(box, (raw, f"{internaldate:%d-%b-%Y %H:%M:%S %z}"))

    def put(self, box: dict[int, Mail], mail: Mail) -> None:
        """Into the box as its last."""
        self.arrives(max(box, default=self.first_uid - 1) + 1, mail, box)

    def serve(self, handler: socketserver.StreamRequestHandler) -> None:
        """One connection; what the client does not wait for is no mistake of ours."""
        talk = _Conversation(self, handler)
        self._talks.append(talk)
        self.connections += 1
        self.most_connections = max(self.most_connections, self.connections)
        try:
            with suppress(OSError):
                talk.run()
        finally:
            self.connections -= 1
            self._talks.remove(talk)

    def wait_until_left(self, timeout_s: float = 5.0) -> bool:
        """Whether no connection is left within that time."""
        end = time.monotonic() + timeout_s
        while self.connections and time.monotonic() < end:
            time.sleep(0.01)
        return self.connections == 0

    def arrives(self, uid: int, mail: Mail, box: dict[int, Mail] | None = None) -> None:
        """A message comes; who waits in IDLE is told."""
        box = self.mails if box is None else box
        box[uid] = mail
        for talk in [talk for talk in self._talks if talk.is_idle and talk.box is box]:
            talk.tell_of_new()


class _Conversation:
    """One connection."""

    def __init__(self, state: QuirkyImap, handler: socketserver.StreamRequestHandler) -> None:
        self.state, self.quirks, self.handler = state, state.quirks, handler
        self.knows_client = False
        self.is_logged_in = False
        self.is_open = True
        self.is_idle = False
        self.box = state.mails
        self.told = 0
        self.command = "greeting"
        self.left = self.quirks.cuts_after

    def run(self) -> None:
        self.say(self.quirks.greeting)
        while self.is_open and (line := self.handler.rfile.readline()):
            tag, _, self.command = line.decode().strip().partition(" ")
            self.state.commands.append(self.command)
            self.say_unasked()
            if self.quirks.refuses and self.command.startswith(self.quirks.refuses):
                self.say(f"{tag} {self.quirks.refusal}")
                continue
            name = self.command.removeprefix("UID ").split(" ")[0].lower()
            answer = getattr(self, f"on_{name}")(self.command) or "OK done"
            if self.is_open:
                self.say(tag.encode() + b" " + (answer.encode() if isinstance(answer, str) else answer))

    def say_unasked(self) -> None:
        for start, words in self.quirks.adds.items():
            if self.command.startswith(start):
                self.say(words)

    def say(self, text: str | bytes) -> None:
        octets = (text.encode() if isinstance(text, str) else text) + b"\r\n"
        self.state.longest_line = max(self.state.longest_line, len(octets))
        if self.quirks.mangle is not None:
            octets = self.quirks.mangle(octets)
        if self._is_at(self.quirks.stops_at):
            self._wait_for_the_end()
        elif self._is_at(self.quirks.drips_at):
            self._drip(octets)
        elif self._is_at(self.quirks.floods_at):
            while True:
                self.send(b"* OK still here\r\n" * 1000)
        else:
            self.send(octets)

    def send(self, octets: bytes) -> None:
        if self.left is not None:
            octets = octets[: self.left]
            self.left -= len(octets)
        self.handler.wfile.write(octets)
        self.state.sent_bytes += len(octets)
        if self.left == 0:
            self.is_open = False
            raise ConnectionAbortedError

    def _is_at(self, place: str) -> bool:
        return bool(place) and self.command.startswith(place)

    def _drip(self, octets: bytes) -> None:
        for place in range(len(octets)):
            self.send(octets[place : place + 1])
            time.sleep(0.1)

    def _wait_for_the_end(self) -> None:
        while self.handler.rfile.readline():
            """What the client says finds no ear."""
        raise ConnectionAbortedError

    def on_capability(self, command: str) -> None:
        others = self.quirks.says_after_login if self.is_logged_in else ""
        self.say(f"* CAPABILITY {others or self.quirks.capability}")

    def on_login(self, command: str) -> str | bytes:
        self.is_logged_in = self.quirks.login[:2] in ("OK", b"OK")
        wanted = self.quirks.password
        if wanted and not command.endswith((f' "{wanted}"', f"\0{wanted}")):
            return self.quirks.wrong_password
        return self.quirks.login

    def on_authenticate(self, command: str) -> str | bytes:
        self.say("+ ")
        answer = base64.b64decode(self.handler.rfile.readline()).decode()
        self.state.commands.append(answer)
        return self.on_login(answer)

    def on_id(self, command: str) -> None:
        self.knows_client = True
        self.say("* ID NIL")

    def on_noop(self, command: str) -> None:
        if len(self.box) != self.told:
            self.tell_of_new()

    def tell_of_new(self) -> None:
        self.told = len(self.box)
        self.say(f"* {self.told} EXISTS")

    def on_idle(self, command: str) -> None:
        self.say("* 1 EXISTS\r\n+ idling" if self.quirks.early_idle else "+ idling")
        self.is_idle = True
        self.state.idle.set()
        self.command = self.handler.rfile.readline().decode().strip()
        self.is_idle = False
        self.say_unasked()

    def on_namespace(self, command: str) -> None:
        self.say('* NAMESPACE (("" "/")) NIL NIL')

    def on_list(self, command: str) -> None:
        for folder in self.state.folders:
            self.say(f"* LIST {folder}")

    def on_xlist(self, command: str) -> None:
        for folder in self.state.folders:
            self.say(f"* XLIST {folder}")

    def on_create(self, command: str) -> None:
        self.state.box(command.split(" ", 1)[1])

    def on_append(self, command: str) -> None:
        found = re.fullmatch(r'APPEND ("[^"]*") (?:\(\) )?"([^"]*)" \{(\d+)\}', command)
        assert found is not None, command
        self.say("+ go on")
        raw = self.handler.rfile.read(int(found[3]))
        self.handler.rfile.readline()
        self.state.put(self.state.box(found[1]), (raw, found[2]))

    def on_examine(self, command: str) -> str:
        if self.quirks.wants_id and not self.knows_client:
            return "NO EXAMINE Unsafe Login. Please contact kefu@188.com for help"
        name = command.split(" ", 1)[1]
        if not self.state.has(name):
            return "NO [NONEXISTENT] no such folder"
        self.box = self.state.box(name)
        self.tell_of_new()
        self.say("* 0 RECENT")
        self.say("* OK [PERMANENTFLAGS (\\Answered \\Seen \\Deleted)] limited")
        if self.quirks.uidvalidity is not None:
            self.say(f"* OK [UIDVALIDITY {self.quirks.uidvalidity}] valid")
        if self.quirks.tells_uidnext:
            self.say(f"* OK [UIDNEXT {max(self.box, default=0) + 1}] next")
        return "OK [READ-ONLY] done"

    def on_select(self, command: str) -> str:
        return self.on_examine(command).replace("READ-ONLY", "READ-WRITE")

    def on_search(self, command: str) -> str | None:
        if command.endswith("SEARCH ALL"):
            self.say(" ".join(["* SEARCH", *map(str, sorted(self.box))]))
            return None
        found = re.fullmatch(r"UID SEARCH UID (\d+):(\d+)", command)
        if found is None or int(found[1]) > int(found[2]):
            return "BAD UID SEARCH invalid argument"
        uids = [uid for uid in sorted(self.box) if int(found[1]) <= uid <= int(found[2])]
        self.say(" ".join(["* SEARCH", *map(str, uids)]))
        return None

    def on_fetch(self, command: str) -> str | None:
        by_uid = command.startswith("UID ")
        numbers = [int(number) for number in command.removeprefix("UID ").split(" ")[1].split(",")]
        if self.quirks.refuses_descending and numbers != sorted(numbers):
            return "BAD UID parameters!"
        self.state.asked_dates += "INTERNALDATE" in command
        places = {uid: place for place, uid in enumerate(sorted(self.box), 1)}
        uids = [uid for uid, place in places.items() if (uid if by_uid else place) in set(numbers)]
        for uid in uids:
            if self.is_open:
                self._fetch(places[uid], uid, command)
        return None

    def _fetch(self, place: int, uid: int, command: str) -> None:
        raw, date = self.box[uid]
        items = [f"UID {uid}"]
        if "RFC822.SIZE" in command:
            items.append(f"RFC822.SIZE {len(raw)}")
        if "INTERNALDATE" in command and self.state.asked_dates >= self.quirks.dates_from:
            items.append(f'INTERNALDATE "{date}"')
        if "FLAGS" in command:
            flags = self.state.flags.get(uid, set()) if self.box is self.state.mails else set()
            items.append(f"FLAGS ({' '.join(sorted(flags))})")
        if "BODY.PEEK[]" in command:
            self._fetch_body(place, uid, items, raw)
            self._arrive()
        elif "BODY.PEEK[HEADER]" in command:
            self._say_literal(place, items, "BODY[HEADER]<0>", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        elif "HEADER.FIELDS (SUBJECT)" in command:
            subject = b"".join(re.findall(rb"^Subject: .*\r\n", raw, re.MULTILINE))
            self._say_literal(place, items, "BODY[HEADER.FIELDS (SUBJECT)]", subject + b"\r\n")
        else:
            self.say(f"* {place} FETCH ({' '.join(items)})")

    def _say_literal(self, place: int, items: list[str], name: str, octets: bytes) -> None:
        self.say(f"* {place} FETCH ({' '.join(items)} {name} {{{len(octets)}}}\r\n".encode() + octets + b")")

    def _arrive(self) -> None:
        """Tell of a new message in the middle of another command (RFC 3501 §7.3.1)."""
        if self.state.arriving:
            self.state.arrives(*self.state.arriving.pop(0))
            self.tell_of_new()

    def _fetch_body(self, place: int, uid: int, items: list[str], raw: bytes) -> None:
        if uid in self.quirks.skips and self.quirks.skips_times > 0:
            self.quirks.skips_times -= 1
            return
        head = f"* {place} FETCH ({' '.join(items)} BODY[] {{{len(raw)}}}\r\n".encode()
        if not self.quirks.in_body:
            self.say(head + raw + b")")
            return
        self.send(head + raw[: len(raw) // 2])
        if self.quirks.in_body == "drip":
            self._drip(raw[len(raw) // 2 :])
        if self.quirks.in_body == "mute":
            self._wait_for_the_end()
        self.is_open = False

    def on_store(self, command: str) -> None:
        _, _, uid, _, flags = command.split(" ", 4)
        assert self.box is self.state.mails, "flags of the inbox alone are modelled"
        self.state.flags.setdefault(int(uid), set()).update(flags.strip("()").split())

    def on_copy(self, command: str) -> None:
        _, _, uid, target = command.split(" ", 3)
        self.state.copies.append(int(uid))
        box = self.state.box(target)
        if int(uid) in self.box:
            box[max(box, default=0) + 1] = self.box[int(uid)]

    def on_expunge(self, command: str) -> str | None:
        if not command.startswith("UID "):
            return "BAD plain EXPUNGE destroys what others have marked"
        self.state.mails.pop(int(command.split(" ")[2]))
        return None

    def on_move(self, command: str) -> None:
        self.on_copy(command)
        self.state.mails.pop(int(command.split(" ")[2]), None)

    def on_starttls(self, command: str) -> str:
        return f"OK go on\r\n{self.quirks.after_starttls}".removesuffix("\r\n")

    def on_logout(self, command: str) -> None:
        self.say("* BYE")
