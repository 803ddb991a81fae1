"""A small scripted IMAP server on loopback, with the quirks of servers that cannot be had here; only for tests."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from records.mail import MailboxAccount

Mail = tuple[bytes, str]  # octets, INTERNALDATE
NETEASE = "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS UIDPLUS X-CM-EXT-1 SASL-IR"
QQ = "IMAP4rev1 XLIST MOVE IDLE NAMESPACE CHILDREN ID UIDPLUS"
EXMAIL = "IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE"


@dataclass(slots=True)
class Quirks:
    """How the server behaves."""

    capability: str = "IMAP4rev1 UIDPLUS"
    login: str = "OK LOGIN done"
    password: str = ""  # the only one that is right, where it matters
    wrong_password: str = "NO [AUTHENTICATIONFAILED] Invalid credentials"
    wants_id: bool = False  # 163: Unsafe Login
    uidvalidity: int | None = 1
    tells_uidnext: bool = True
    dates_from: int = 1  # the how-manieth FETCH of listings holds INTERNALDATE
    in_body: str = ""  # "mute" or "bye" in the middle of a message
    refuses: str = ""  # a command to which it says NO
    early_idle: bool = False  # tells of what has come before it agrees to IDLE, in the same breath


@dataclass(slots=True)
class QuirkyImap:
    """One account with one folder, by UID; ``commands`` is what clients asked, without tags."""

    mails: dict[int, Mail]
    quirks: Quirks = field(default_factory=Quirks)
    commands: list[str] = field(default_factory=list)
    flags: dict[int, set[str]] = field(default_factory=dict)
    copies: list[int] = field(default_factory=list)
    folders: list[str] = field(default_factory=lambda: ['(\\HasNoChildren) "/" "INBOX"'])
    asked_dates: int = 0
    arriving: list[tuple[int, Mail]] = field(default_factory=list)  # one comes, and is told of, with each body fetched
    connections: int = 0
    most_connections: int = 0  # at once
    _server: socketserver.ThreadingTCPServer | None = None

    def __enter__(self) -> Self:
        state = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                state.connections += 1
                state.most_connections = max(state.most_connections, state.connections)
                try:
                    _Conversation(state, self).run()
                finally:
                    state.connections -= 1

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
        assert self._server is not None
        return MailboxAccount("127.0.0.1", self._server.server_address[1], "none", "u", "p", timeout_s=1.0)


class _Conversation:
    """One connection."""

    def __init__(self, state: QuirkyImap, handler: socketserver.StreamRequestHandler) -> None:
        self.state, self.quirks, self.handler = state, state.quirks, handler
        self.knows_client = False
        self.is_open = True

    def run(self) -> None:
        self.say("* OK ready")
        while self.is_open and (line := self.handler.rfile.readline()):
            tag, _, command = line.decode().strip().partition(" ")
            self.state.commands.append(command)
            name = command.removeprefix("UID ").split(" ")[0].lower()
            if self.quirks.refuses and command.startswith(self.quirks.refuses):
                self.say(f"{tag} NO refused")
                continue
            answer = getattr(self, f"on_{name}")(command)
            if self.is_open:
                self.say(f"{tag} {answer or 'OK done'}")

    def say(self, text: str | bytes) -> None:
        self.handler.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def on_capability(self, command: str) -> None:
        self.say(f"* CAPABILITY {self.quirks.capability}")

    def on_login(self, command: str) -> str:
        is_right = not self.quirks.password or command.rsplit(maxsplit=1)[-1].strip('"') == self.quirks.password
        return self.quirks.login if is_right else self.quirks.wrong_password

    def on_id(self, command: str) -> None:
        self.knows_client = True
        self.say("* ID NIL")

    def on_noop(self, command: str) -> None:
        """Nothing new."""

    def on_idle(self, command: str) -> None:
        """Says nothing of what comes meanwhile."""
        self.handler.wfile.write((b"* 1 EXISTS\r\n" if self.quirks.early_idle else b"") + b"+ idling\r\n")
        self.handler.rfile.readline()

    def on_namespace(self, command: str) -> None:
        self.say('* NAMESPACE (("" "/")) NIL NIL')

    def on_list(self, command: str) -> None:
        for folder in self.state.folders:
            self.say(f"* LIST {folder}")

    def on_xlist(self, command: str) -> None:
        for folder in self.state.folders:
            self.say(f"* XLIST {folder}")

    def on_create(self, command: str) -> None:
        self.state.folders.append(f'(\\HasNoChildren) "/" {command.split(" ", 1)[1]}')

    def on_examine(self, command: str) -> str:
        if self.quirks.wants_id and not self.knows_client:
            return "NO EXAMINE Unsafe Login. Please contact kefu@188.com for help"
        self.say(f"* {len(self.state.mails)} EXISTS")
        self.say("* 0 RECENT")
        self.say("* OK [PERMANENTFLAGS (\\Answered \\Seen \\Deleted)] limited")
        if self.quirks.uidvalidity is not None:
            self.say(f"* OK [UIDVALIDITY {self.quirks.uidvalidity}] valid")
        if self.quirks.tells_uidnext:
            self.say(f"* OK [UIDNEXT {max(self.state.mails, default=0) + 1}] next")
        return "OK [READ-ONLY] done"

    def on_select(self, command: str) -> str:
        return self.on_examine(command).replace("READ-ONLY", "READ-WRITE")

    def on_search(self, command: str) -> str | None:
        found = re.fullmatch(r"UID SEARCH UID (\d+):(\d+)", command)
        if found is None or int(found[1]) > int(found[2]):
            return "BAD UID SEARCH invalid argument"
        uids = [uid for uid in self.state.mails if int(found[1]) <= uid <= int(found[2])]
        self.say(" ".join(["* SEARCH", *map(str, uids)]))
        return None

    def on_fetch(self, command: str) -> None:
        by_uid = command.startswith("UID ")
        numbers = [int(number) for number in command.removeprefix("UID ").split(" ")[1].split(",")]
        wants_dates = "INTERNALDATE" in command
        self.state.asked_dates += wants_dates
        for place, uid in enumerate(sorted(self.state.mails), 1):
            if (uid if by_uid else place) in numbers and self.is_open:
                self._fetch(place, uid, command)

    def _fetch(self, place: int, uid: int, command: str) -> None:
        raw, date = self.state.mails[uid]
        items = [f"UID {uid}"]
        if "RFC822.SIZE" in command:
            items.append(f"RFC822.SIZE {len(raw)}")
        if "INTERNALDATE" in command and self.state.asked_dates >= self.quirks.dates_from:
            items.append(f'INTERNALDATE "{date}"')
        if "FLAGS" in command:
            items.append(f"FLAGS ({' '.join(sorted(self.state.flags.get(uid, set())))})")
        if "BODY.PEEK[]" in command:
            self._fetch_body(place, items, raw)
            self._arrive()
        else:
            self.say(f"* {place} FETCH ({' '.join(items)})")

    def _arrive(self) -> None:
        """Tell of a new message in the middle of another command (RFC 3501 §7.3.1)."""
        if self.state.arriving:
            uid, mail = self.state.arriving.pop(0)
            self.state.mails[uid] = mail
            self.say(f"* {len(self.state.mails)} EXISTS")

    def _fetch_body(self, place: int, items: list[str], raw: bytes) -> None:
        head = f"* {place} FETCH ({' '.join(items)} BODY[] {{{len(raw)}}}\r\n".encode()
        if not self.quirks.in_body:
            self.say(head + raw + b")")
            return
        self.handler.wfile.write(head + raw[: len(raw) // 2])
        if self.quirks.in_body == "mute":
            self.handler.rfile.readline()  # until the client hangs up
        self.is_open = False

    def on_store(self, command: str) -> None:
        _, _, uid, _, flags = command.split(" ", 4)
        self.state.flags.setdefault(int(uid), set()).update(flags.strip("()").split())

    def on_copy(self, command: str) -> None:
        self.state.copies.append(int(command.split(" ")[2]))

    def on_expunge(self, command: str) -> str | None:
        if not command.startswith("UID "):
            return "BAD plain EXPUNGE destroys what others have marked"
        self.state.mails.pop(int(command.split(" ")[2]))
        return None

    def on_move(self, command: str) -> None:
        self.on_copy(command)
        self.state.mails.pop(int(command.split(" ")[2]), None)

    def on_logout(self, command: str) -> None:
        self.say("* BYE")
