"""Typed settings, read once from config.toml (CONTRACT: config.toml). A mistake gives one clear line."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
import tomllib
from datetime import date, datetime, time, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from records.edges import is_loopback, tls_context
from records.errors import UsageError
from records.mail import LinkRules, MailboxAccount
from records.mails import OutgoingAccount
from records.words import Language, Text

NO_FILE = Text(
    "找不到配置文件 {path}：用 --config 指明，或参照 README 新建一个",
    "There is no configuration file {path}: name it with --config, or write one as the README shows",
)
NOT_TOML = Text(
    "{path} 不是有效的 TOML（{why}）：请改正后重试", "{path} is not valid TOML ({why}): correct it and try again"
)
WRONG = Text("{path} 的 {key} 有误：{why}", "{path}: {key} is wrong: {why}")
NO_SECRET = Text(
    "{path} 的 {key}：读不到密码（{where}）：请把授权码单独写进这个文件，或设置这个环境变量",
    "{path}: {key}: no password can be read ({where}): put the authorization code into that file or variable",
)
NO_ROOTS = Text(
    "{path} 的 {key} 有误：{where} 中没有可用的证书（应为 PEM 或 DER 格式的根证书，如 secrets/ca.pem）",
    "{path}: {key} is wrong: {where} holds no certificate (it must be a root certificate as PEM or DER)",
)
WHY = {
    "missing": Text("缺少这一项，请补上", "it is missing: add it"),
    "extra_forbidden": Text("没有这个设置，请检查拼写", "there is no such setting; check the spelling"),
    "int_type": Text("应为整数", "it must be a whole number"),
    "int_from_float": Text("应为整数", "it must be a whole number"),
    "string_type": Text("应为带引号的文字", "it must be text in quotes"),
    "bool_type": Text("应为 true 或 false", "it must be true or false"),
    "list_type": Text("应为方括号里的列表", "it must be a list in brackets"),
    "tuple_type": Text("应为方括号里的列表", "it must be a list in brackets"),
    "date_type": Text("应为日期，如 2025-05-26，不加引号", "it must be a date such as 2025-05-26, without quotes"),
    "literal_error": Text("只能是 {expected}", "it must be {expected}"),
    "greater_than": Text("应大于 {gt}", "it must be greater than {gt}"),
    "less_than_equal": Text("不能超过 {le}", "it must not exceed {le}"),
    "model_type": Text("应为一个表", "it must be a table"),
    "too_short": Text("不能为空", "it must not be empty"),
    "string_too_short": Text("不能为空", "it must not be empty"),
}

Tls = Literal["implicit", "starttls", "none"]
Port = Annotated[int, Field(gt=0, le=65535)]


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _clock_time(value: object) -> object:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", value) if isinstance(value, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError('应为 "HH:MM" 形式的时刻，如 "17:30"|it must be a time such as "17:30"')
    return time(int(match[1]), int(match[2]))


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('不是已知的时区，如 "Asia/Shanghai"|it is no known time zone') from error
    return value


def _after(value: str) -> str:
    if value not in ("keep", "seen") and not (value.startswith("move:") and value[5:].strip()):
        raise ValueError("只能是 keep、seen 或 move:文件夹|it must be keep, seen or move:FOLDER")
    return value


def _offset(value: str) -> str:
    if not re.fullmatch(r"\+?\d{1,3}d", value):
        raise ValueError('每项应如 "3d"（提前三天）、"0d" 或 "+1d"（过后一天）|each must be like "3d", "0d", "+1d"')
    return value


def _duration(value: object) -> object:
    match = re.fullmatch(r"(\d{1,4})([mhd])", value) if isinstance(value, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError('应如 "30m"（分钟）、"2h"（小时）或 "1d"（天）|it must be like "30m", "2h" or "1d"')
    return timedelta(minutes=int(match[1]) * {"m": 1, "h": 60, "d": 24 * 60}[match[2]])


def _address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
        raise ValueError("不是邮箱地址|it is no mail address")
    return value.lower()


def _host(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        host = value.lower().rstrip(".")
    if host != "localhost" and not re.fullmatch(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+", host):
        raise ValueError(
            '应为主机名，如 "mail.163.com"（含其下级），不带 https:// 和路径|'
            'it must be a host such as "mail.163.com" (those below it count too), without https:// and path'
        )
    return host


def _sender(value: str) -> str:
    if "@" not in parseaddr(value)[1] or not value.isprintable():
        raise ValueError('应含邮箱地址，如 "安稳办 <report@example.com>"|it must hold a mail address')
    return value


ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Address = Annotated[str, AfterValidator(_address)]


class _Table(BaseModel):
    """A table of config.toml: unknown keys and loose types are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class MailboxSettings(_Table):
    """One reporting mailbox."""

    host: Annotated[str, Field(min_length=1)]
    port: Port = 993
    tls: Tls = "implicit"
    username: Annotated[str, Field(min_length=1)]
    password_file: str | None = None
    password_env: str | None = None
    ca_file: str | None = None
    folder: str | None = None
    folders: list[str] | None = None
    since: date | None = None
    after: Annotated[str, AfterValidator(_after)] = "keep"
    max_message_mb: Annotated[int, Field(gt=0, le=4096)] = 100
    trusted_authserv: list[str] = []
    poll_seconds: Annotated[int, Field(gt=0)] = 60
    logins_per_hour: Annotated[int, Field(gt=0)] | None = None  # flow/logins.py: 6; on this machine no bound

    @model_validator(mode="after")
    def _plain_only_at_home(self) -> MailboxSettings:
        _check_tls(self.tls, self.host)
        return self


class OutgoingSettings(_Table):
    """The outgoing mail server."""

    host: Annotated[str, Field(min_length=1)]
    port: Port = 465
    tls: Tls = "implicit"
    username: str | None = None
    password_file: str | None = None
    password_env: str | None = None
    ca_file: str | None = None
    sender: Annotated[str, AfterValidator(_sender)]
    daily_limit: Annotated[int, Field(gt=0)] = 200

    @model_validator(mode="after")
    def _plain_only_at_home(self) -> OutgoingSettings:
        _check_tls(self.tls, self.host)
        return self


class ArchiveSettings(_Table):
    """Where everything is kept."""

    root: str = "var"
    database: Literal["sqlite"] = "sqlite"


class CampaignSettings(_Table):
    """One campaign: its file, its roster, who reads its digests."""

    file: Annotated[str, Field(min_length=1)]
    roster: Annotated[str, Field(min_length=1)]
    coordinators: list[Address] = []
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"


class ScheduleSettings(_Table):
    """When mails go out; ``digest`` is also the cut-off."""

    digest: ClockTime = time(17, 30)
    reminders: list[Annotated[str, AfterValidator(_offset)]] = ["7d", "3d", "1d", "0d", "+1d"]
    reminder_hour: ClockTime = time(9, 0)


class AlarmSettings(_Table):
    """When the coordinators are told that something fails."""

    after: Duration = timedelta(hours=2)


class LinkSettings(_Table):
    """Large-attachment links: from which hosts the service may fetch files by itself; by default from none."""

    allow_hosts: list[Annotated[str, AfterValidator(_host)]] = []
    max_mb: Annotated[int, Field(gt=0, le=4096)] = 100
    timeout_s: Annotated[int, Field(gt=0, le=3600)] = 120


class Settings(_Table):
    """config.toml as a whole; relative paths in it start from its own folder."""

    mailbox: Annotated[list[MailboxSettings], BeforeValidator(_as_list)] = []
    outgoing: OutgoingSettings | None = None
    alarm_outgoing: OutgoingSettings | None = None  # by which alarms leave, should the other account fail
    alarm: AlarmSettings = AlarmSettings()
    archive: ArchiveSettings = ArchiveSettings()
    campaign: Annotated[list[CampaignSettings], BeforeValidator(_as_list)] = []
    schedule: ScheduleSettings = ScheduleSettings()
    links: LinkSettings = LinkSettings()
    language: Language = "zh"
    source: Path = Field(default=Path("config.toml"), exclude=True)

    @property
    def root(self) -> Path:
        """The archive's root."""
        return self.path(self.archive.root)

    def path(self, name: str) -> Path:
        """A path of the configuration, seen from the configuration file."""
        own = Path(name).parts[:1] == ("~",)  # "~name" stands for itself: that user may not exist
        return self.source.parent / (Path(name).expanduser() if own else Path(name))

    def mailbox_account(self, index: int) -> MailboxAccount:
        """How to log in to the mailbox of that place in the list, its password read. Raises UsageError."""
        table = self.mailbox[index]
        folders = tuple(table.folders) if table.folders else (table.folder,) if table.folder else None
        password = self._secret(table.password_file, table.password_env, "mailbox")
        return MailboxAccount(
            host=table.host,
            port=table.port,
            tls=table.tls,
            username=table.username,
            password=password,
            folders=folders,
            since=table.since,
            zone=self._zone_of(table.since),
            after=table.after,
            max_message_bytes=table.max_message_mb * 1024 * 1024,
            trusted_roots=self._roots(table.ca_file, "[mailbox] ca_file"),
        )

    def outgoing_account(self) -> OutgoingAccount | None:
        """How to log in to the outgoing server, its password read; None where none is set. Raises UsageError."""
        return self._outgoing(self.outgoing, "outgoing")

    def alarm_account(self) -> OutgoingAccount | None:
        """The same of the account by which alarms leave."""
        return self._outgoing(self.alarm_outgoing, "alarm_outgoing")

    def _outgoing(self, table: OutgoingSettings | None, key: str) -> OutgoingAccount | None:
        if table is None:
            return None
        needs_secret = table.username is not None
        return OutgoingAccount(
            host=table.host,
            port=table.port,
            tls=table.tls,
            sender=table.sender,
            username=table.username,
            password=self._secret(table.password_file, table.password_env, key) if needs_secret else None,
            daily_limit=table.daily_limit,
            trusted_roots=self._roots(table.ca_file, f"[{key}] ca_file"),
        )

    def _zone_of(self, day: date | None) -> str:
        """Of the campaigns' time zones, that in which the day begins first: nothing of any campaign is left out."""
        zones = sorted({table.timezone for table in self.campaign}) or ["Asia/Shanghai"]
        begin = datetime.combine(day or date(2025, 1, 1), time())
        return min(zones, key=lambda zone: begin.replace(tzinfo=ZoneInfo(zone)))

    def _roots(self, file: str | None, key: str) -> str | None:
        if file is None:
            return None
        try:
            return trusted_roots(self.path(file).read_bytes())
        except (OSError, ValueError) as error:  # an SSLError is an OSError
            raise UsageError(NO_ROOTS.fill(path=self.source, key=key, where=self.path(file))) from error

    def link_rules(self) -> LinkRules:
        """From where the service may fetch linked files, and within which limits."""
        table = self.links
        return LinkRules(tuple(table.allow_hosts), table.max_mb * 1024 * 1024, float(table.timeout_s))

    def _secret(self, file: str | None, variable: str | None, key: str) -> str:
        if variable is not None and os.environ.get(variable):
            return os.environ[variable]
        where = str(self.path(file)) if file else f"${variable}" if variable else "password_file, password_env"
        try:
            secret = self.path(file).read_text("utf-8-sig").strip() if file else ""
        except (OSError, ValueError):  # also octets that are no text, and a path with NUL
            secret = ""
        if not secret:
            raise UsageError(NO_SECRET.fill(path=self.source, key=key, where=where))
        return secret


def trusted_roots(octets: bytes) -> str:
    """The certificates of a file, PEM (with any words around them) or DER, as PEM. Raises ssl.SSLError, ValueError."""
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", octets, re.DOTALL)
    pem = b"\n".join(blocks).decode("ascii") if blocks else ssl.DER_cert_to_PEM_cert(octets)
    tls_context(pem)
    return pem


def read_settings(path: Path) -> Settings:
    """The settings of a configuration file. Raises UsageError: one line with what is wrong, where, and what to do."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(NO_FILE.fill(path=path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(NOT_TOML.fill(path=path, why=error)) from error
    return parse_settings(text, path)


def parse_settings(text: str, path: Path) -> Settings:
    """The settings that a configuration file of that path with that text has. Raises UsageError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(NOT_TOML.fill(path=path, why=error)) from error
    if "source" in data:  # set here alone
        raise UsageError(WRONG.fill(path=path, key="source", why=WHY["extra_forbidden"]))
    try:
        return Settings.model_validate({**data, "source": path})
    except ValidationError as error:
        raise UsageError(_first_mistake(path, error)) from error


def _first_mistake(path: Path, error: ValidationError) -> Text:
    first = error.errors()[0]
    return WRONG.fill(path=path, key=_key(first["loc"]), why=_why(first))


def _key(location: tuple[int | str, ...]) -> Text:
    """("mailbox", 0, "port") as people read it: [mailbox] port; of several: [mailbox] 第 2 项 port."""
    table, *rest = (part for part in location if part != 0)
    chinese = [f"第 {part + 1} 项" if isinstance(part, int) else part for part in rest]
    english = [f"no. {part + 1}" if isinstance(part, int) else part for part in rest]
    return Text(" ".join([f"[{table}]", *chinese]), " ".join([f"[{table}]", *english]))


def _why(first: Any) -> Text:
    if first["type"] == "value_error":
        chinese, _, english = str(first["ctx"]["error"]).partition("|")
        return Text(chinese, english or chinese)
    known = WHY.get(first["type"])
    values = {name: _listed(value) if isinstance(value, str) else value for name, value in first.get("ctx", {}).items()}
    return known.fill(**values) if known else Text(first["msg"], first["msg"])


def _listed(values: str) -> Text:
    """pydantic's "'a', 'b' or 'c'", and the same in Chinese."""
    return Text(values.replace(", ", "、").replace(" or ", " 或 "), values)


def _check_tls(tls: Tls, host: str) -> None:
    if tls == "none" and not is_loopback(host):
        raise ValueError('tls = "none" 只能用于本机，请改为 "implicit"|tls = "none" is for this machine only')
