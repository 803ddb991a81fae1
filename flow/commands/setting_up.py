"""The command setup: asks, tries the log-ins, writes the configuration (flow/setup.py), says what comes next."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from config import parse_settings
from filing.files.roster import read_roster
from flow.campaigns import read_file
from flow.commands.asking import Asker, T, WrongAnswer
from flow.commands.desk import Arguments, Desk, config_path
from flow.notices import read_notice_file, with_corrections
from flow.providers import Provider, Server, providers
from flow.setup import CAMPAIGN_FILE, Plan, config_text, is_set_up, try_mailbox, try_outgoing, write_configuration
from records.errors import MailboxError, OperationError, OutgoingMailError, UsageError
from records.words import Text

ATTEMPTS = 3  # QQ and 163 lock accounts after a few wrong codes
_TRY_AGAIN = frozenset({"refused_login", "closed", "busy"})  # what QQ says of a wrong code names five causes
KINDS = ("implicit", "starttls", "none")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")

PROVIDER = Text("邮箱是哪一家的（{ids}）", "which provider ({ids})")
ACCOUNT = Text("收件邮箱的完整地址", "the reporting mailbox's full address")
IMAP_HOST = Text("收信（IMAP）服务器", "incoming (IMAP) server")
SMTP_HOST = Text("发信（SMTP）服务器；不发信就写 none", "outgoing (SMTP) server; none if no mails are to leave")
PORT = Text("端口", "port")
TLS = Text(
    "加密方式（implicit、starttls；none 只能用于本机）", "encryption (implicit, starttls; none on this machine only)"
)
CODE = Text("授权码（输入时不显示）", "authorization code (not shown)")
SENDER = Text("日报的发件人地址", "the address from which digests come")
NOTICE = Text("通知文件（txt、docx、pdf 等；没有就直接回车）", "the notice's file (txt, docx, pdf …; empty for none)")
ROSTER = Text("名册文件（csv 或 xlsx；没有就直接回车）", "the roster's file (csv or xlsx; empty for none)")
COORDINATORS = Text(
    "联络员邮箱，收日报和催报清单（多个用逗号隔开，可空）", "coordinators' addresses, separated by commas"
)
OVERWRITE = Text(
    "{path} 或其密码文件已经存在，要换成新的吗？旧的会改名保留（y/n）",
    "{path} or its secret exists already; replace it? The old one is kept under another name (y/n)",
)
WITHOUT_SMTP = Text("先只收信、不发日报，以后再设发信吗（y/n）", "go on without outgoing mail for now (y/n)")

EXISTS = Text(
    "{path} 或其密码文件已经存在，没有改动：要换成新的请加 --overwrite，旧的会改名保留",
    "{path} or its secret exists already and was left alone: add --overwrite to replace it; the old one is kept",
)
LEFT = Text("没有改动任何文件", "nothing was changed")
NOT_ONE = Text("没有“{given}”这个选择：请用 {known}", "there is no “{given}”: use {known}")
NO_ADDRESS = Text("“{given}”不是邮箱地址", "“{given}” is no mail address")
NO_PORT = Text("“{given}”不是端口号（1 到 65535）", "“{given}” is no port (1 to 65535)")
LACKING = Text(
    "缺少 --{name}：用了 --password-file 就不再提问", "--{name} is missing: with --password-file nothing is asked"
)
EMPTY = Text("这一项不能为空", "this must not be empty")
NO_CODE = Text("授权码是空的：{path}", "the authorization code is empty: {path}")
GIVEN_UP = Text(
    "{count} 次都没有登录成功，先停在这里，免得邮箱被锁；没有写任何文件。请重新生成授权码，过一会儿再运行 setup",
    "{count} log-ins failed; this stops here lest the account be locked, and nothing was written. Make a new code, "
    "wait a while, run setup again",
)
IMAP_WORKS = Text("✓ 收信登录成功：{said}", "✓ logged in to the mailbox: {said}")
SMTP_WORKS = Text("✓ {said}", "✓ {said}")
WROTE = Text("已写入 {path}", "wrote {path}")
UNSURE = Text("请核对 {field}：{why}", "please check {field}: {why}")
NEXT = Text(
    "接下来：\n  {call} check   逐项检查\n  {call} poll    收一遍邮件并归类\n"
    "  {call} run     常驻服务：收件、发日报和催报",
    "Next:\n  {call} check   looks at everything that is needed\n  {call} poll    takes the mail in once and files it\n"
    "  {call} run     the service: takes mail in, sends digests and reminder lists",
)


def run_setup(desk: Desk, args: Arguments) -> int:
    """From questions, or options alone, to a configuration that works; nothing is written before all of it does."""
    config = config_path(args)
    setup = SettingUp(desk, args, Asker(desk.language), config)
    if is_set_up(config) and not setup.may_replace():
        desk.say(LEFT)
        return 0
    plan = setup.plan()
    for path in write_configuration(plan, config, desk.now()):
        desk.say(WROTE.fill(path=path))
    call = "python service.py" + (f" --config {config}" if args.config else "")
    desk.say(NEXT.fill(call=call))
    return 0


@dataclass(frozen=True, slots=True)
class SettingUp:
    """One interview. With ``--password-file`` nothing is asked: what is needed must stand in the options."""

    desk: Desk
    args: Arguments
    asker: Asker
    config: Path

    @property
    def is_quiet(self) -> bool:
        """Whether all answers come from options."""
        return self.args.password_file is not None

    def may_replace(self) -> bool:
        """Whether an existing configuration may give way. Raises UsageError where nobody can be asked."""
        if self.args.overwrite:
            return True
        if self.is_quiet:
            raise UsageError(EXISTS.fill(path=self.config))
        return self.asker.agrees(OVERWRITE.fill(path=self.config))

    def plan(self) -> Plan:
        """All answers, the log-ins tried. Raises UsageError, OperationError."""
        provider = self._provider()
        account = self._needed("account", ACCOUNT, _filled if provider.id == "other" else _address)
        provider = provider.for_account(account)
        imap = self._server("", provider.imap, IMAP_HOST)
        assert imap is not None, "only the outgoing server may be left out"
        smtp = None if self.args.no_outgoing else self._server("smtp_", provider.smtp, SMTP_HOST)
        sender = self._sender(account) if smtp is not None else account
        draft = Plan(account, imap, smtp, "", sender, provider.daily_limit, language=self.desk.language)
        parse_settings(
            config_text(draft, self.config.parent, self.desk.now()), self.config
        )  # plain text to elsewhere …
        self.desk.say(provider.code)
        self.desk.say(provider.shows)
        plan = self._outgoing(self._logged_in(draft, provider))
        return self._campaign(plan)

    def _needed(self, name: str, question: Text, check: Callable[[str], T], default: str = "") -> T:
        """The option's value, or the default where nothing is asked, or a person's answer."""
        given = getattr(self.args, name) or (default if self.is_quiet else None)
        if given:
            return check(str(given))
        if self.is_quiet:
            raise UsageError(LACKING.fill(name=name.replace("_", "-")))
        return self.asker.until_right(question, check, default)

    def _provider(self) -> Provider:
        known = providers()
        if self.args.provider is None and not self.is_quiet:
            for item in known.values():
                self.desk.say(Text(f"  {item.id:<10}{item.name.zh}", f"  {item.id:<10}{item.name.en}"))
        ids = "、".join(known)
        return known[self._needed("provider", PROVIDER.fill(ids=ids), partial(_one_of, tuple(known)))]

    def _server(self, prefix: str, preset: Server, question: Text) -> Server | None:
        """The provider's server, or what is answered; options replace each part. None where no mails are to leave."""
        if preset.host:
            given = [getattr(self.args, prefix + part) for part in ("host", "port", "tls")]
            return Server(given[0] or preset.host, given[1] or preset.port, given[2] or preset.tls)
        host = self._needed(f"{prefix}host", question, _filled)
        if host.lower() == "none" and prefix:
            return None
        port = self._needed(f"{prefix}port", PORT, _port, str(preset.port))
        return Server(host, port, self._needed(f"{prefix}tls", TLS, partial(_one_of, KINDS), preset.tls))

    def _sender(self, account: str) -> str:
        """QQ and others refuse a sender that is not the account; one that is no address needs another."""
        if self.args.sender is None and _ADDRESS.fullmatch(account):
            return account
        return self._needed("sender", SENDER, _address)

    def _logged_in(self, draft: Plan, provider: Provider) -> Plan:
        """The plan with a code that the mailbox took: asked for at most three times; one from a file is tried once."""
        for _ in range(ATTEMPTS):
            plan = replace(draft, password=self._code(provider))
            try:
                self.desk.say(IMAP_WORKS.fill(said=try_mailbox(plan)))
            except (MailboxError, UsageError) as error:  # UsageError: characters that no server takes
                if self.is_quiet or (isinstance(error, MailboxError) and error.kind not in _TRY_AGAIN):
                    raise
                self.desk.say(error.text)
            else:
                return plan
        raise OperationError(GIVEN_UP.fill(count=ATTEMPTS))

    def _code(self, provider: Provider) -> str:
        if not self.is_quiet:
            return provider.code_as_typed(self.asker.secret(CODE))
        path = Path(self.args.password_file)
        code = provider.code_as_typed(read_file(path).decode("utf-8-sig", "replace"))
        if not code:
            raise UsageError(NO_CODE.fill(path=path))
        return code

    def _outgoing(self, plan: Plan) -> Plan:
        """The plan after a log-in to the outgoing server; a person may go on without."""
        if plan.smtp is None:
            return plan
        try:
            self.desk.say(SMTP_WORKS.fill(said=try_outgoing(plan)))
        except OutgoingMailError as error:
            if self.is_quiet:
                raise
            self.desk.say(error.text)
            if not self.asker.agrees(WITHOUT_SMTP):
                raise
            return replace(plan, smtp=None)
        return plan

    def _campaign(self, plan: Plan) -> Plan:
        """The plan with roster, notice and coordinators; each may come later."""
        roster = self._optional("roster", ROSTER, _roster)
        text = self._optional("notice", NOTICE, partial(self._campaign_text, roster))
        people = self._optional("coordinator", COORDINATORS, _addresses)
        return replace(plan, roster=roster, campaign=text or "", coordinators=people or ())

    def _optional(self, name: str, question: Text, use: Callable[[str], T]) -> T | None:
        """What is made of the option or the answer; None where it is empty."""
        given = getattr(self.args, name)
        if given is not None or self.is_quiet:
            return use(",".join(given) if isinstance(given, list) else given) if given else None
        return self.asker.until_right(question, lambda answer: _usable(use, answer) if answer else None)

    def _campaign_text(self, roster: Path | None, notice: str) -> str:
        with self.desk.reader(None) as reader:
            reading = read_notice_file(Path(notice), roster, reader)
        campaign, written = with_corrections(reading, self.config.parent / CAMPAIGN_FILE)
        for item in campaign.unsure:
            self.desk.say(UNSURE.fill(field=item.field, why=item.why))
        return written


def _usable(use: Callable[[str], T], answer: str) -> T:
    """A file that cannot be read is a wrong answer: another may be named."""
    try:
        return use(answer)
    except UsageError as error:
        raise WrongAnswer(error.text) from error


def _roster(given: str) -> Path:
    path = Path(given)
    read_roster(read_file(path), str(path), "")
    return path


def _addresses(given: str) -> tuple[str, ...]:
    return tuple(_address(item) for item in re.split(r"[,，;；、\s]+", given) if item)


def _filled(given: str) -> str:
    if not given:
        raise WrongAnswer(EMPTY)
    return given


def _address(given: str) -> str:
    if not _ADDRESS.fullmatch(given):
        raise WrongAnswer(NO_ADDRESS.fill(given=given))
    return given.lower()


def _port(given: str) -> int:
    if not (given.isascii() and given.isdigit() and 0 < int(given) <= 65535):
        raise WrongAnswer(NO_PORT.fill(given=given))
    return int(given)


def _one_of(known: tuple[str, ...], given: str) -> str:
    if given.lower() not in known:
        raise WrongAnswer(NOT_ONE.fill(given=given, known="、".join(known)))
    return given.lower()
