"""Mail providers that offices use, as providers.toml beside this file has them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from records.words import Text

_FILE = Path(__file__).with_suffix(".toml")
_IMAP_PORT, _SMTP_PORT = 993, 465  # RFC 8314: TLS from the start


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens. ``host`` "" is asked for."""

    host: str
    port: int
    tls: str = "implicit"


@dataclass(frozen=True, slots=True)
class Provider:
    """One choice of ``setup``."""

    id: str
    name: Text
    imap: Server
    smtp: Server
    daily_limit: int  # mails a day
    code: Text  # where the authorization code is made
    shows: Text  # which folders and days IMAP shows by default, and how to change that
    code_has_blanks: bool = True
    domains: tuple[str, ...] = ()  # with servers of their own

    def for_account(self, account: str) -> Provider:
        """The same with the servers of the account's domain, where that has its own."""
        domain = account.rpartition("@")[2].lower()
        if domain not in self.domains:
            return self
        imap, smtp = replace(self.imap, host=f"imap.{domain}"), replace(self.smtp, host=f"smtp.{domain}")
        return replace(self, imap=imap, smtp=smtp)

    def code_as_typed(self, typed: str) -> str:
        """The code without what belongs to its display."""
        return typed.strip() if self.code_has_blanks else "".join(typed.split())


@cache
def providers() -> dict[str, Provider]:
    """All providers by id, in the order in which they are offered."""
    tables: dict[str, dict[str, Any]] = tomllib.loads(_FILE.read_text("utf-8"))
    return {id_: _provider(id_, table) for id_, table in tables.items()}


def _provider(id_: str, table: dict[str, Any]) -> Provider:
    return Provider(
        id=id_,
        name=Text(*table["name"]),
        imap=Server(table["imap"], _IMAP_PORT),
        smtp=Server(table["smtp"], _SMTP_PORT),
        daily_limit=table["daily_limit"],
        code=Text(*table["code"]),
        shows=Text(*table["shows"]),
        code_has_blanks=table.get("code_has_blanks", True),
        domains=tuple(table.get("domains", ())),
    )
