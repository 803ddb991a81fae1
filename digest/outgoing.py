"""The outgoing mail server: SMTP (RFC 5321) with a time limit on every command, its answers told as values."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from digest.compose import mail_address
from digest.speech import clean
from records.edges import is_loopback, tls_context
from records.errors import OutgoingMailError, UsageError
from records.mails import OutgoingAccount, OutgoingMail
from records.words import Language, Text

Outcome = Literal["sent", "refused", "later", "unknown"]
# 550 "Connection frequency limited" (QQ) and the like are said of a sender who is too quick, not of this mail.
TOO_QUICK = re.compile(
    r"frequen|too (?:many|fast|much)|\brate\b|quota|throttl|exceed.{0,40}limit|limit.{0,40}exceed|try (?:again )?later|"
    r"temporar|\bbusy\b|频率|频繁|过多|超限|稍后",
    re.IGNORECASE,
)
NETEASE = re.compile(r"(?:^|[.@/])(?:163|126|yeah|188|netease)\.(?:com|net)\b|\bDT:", re.IGNORECASE)
TOO_LARGE = frozenset({523, 552})
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)  # RFC 5321 §4.5.2
NOT_REACHED = Text(
    zh="连不上发信服务器 {host}:{port}（{why}）。请检查网络和 config.toml 的 [outgoing]。",
    en="The outgoing server {host}:{port} could not be reached ({why}). Check the network, and [outgoing] in "
    "config.toml.",
)
NOT_TRUSTED = Text(
    zh="发信服务器 {host} 的证书无法核实（{why}），未发送。请检查 host 是否写对、本机时间和根证书。",
    en="The certificate of the outgoing server {host} could not be verified ({why}); nothing was sent. Check host, "
    "this machine's clock and its root certificates.",
)
NO_LOGIN = Text(
    zh="发信服务器 {host} 不接受登录：{why}。请检查用户名和授权码（不是网页登录密码），并确认邮箱已开通 SMTP；"
    "如提示登录过于频繁，请过一段时间再试。",
    en="The outgoing server {host} refused the log-in: {why}. Check user name and authorization code (not the web "
    "password), and that SMTP is switched on; if it says too frequent, wait for a while.",
)
NO_STARTTLS = Text(
    zh='发信服务器 {host} 不支持 STARTTLS，未发送。请改用 tls = "implicit" 及其端口（通常 465）。',
    en='The outgoing server {host} offers no STARTTLS; nothing was sent. Use tls = "implicit" and its port '
    "(mostly 465).",
)
SENDER_REFUSED = Text(
    zh="发信服务器不接受发件人 {sender}：{why}。sender 应与登录的邮箱一致，请检查 config.toml 的 [outgoing]。",
    en="The server refused the sender {sender}: {why}. It should be the mailbox that logs in; check [outgoing] in "
    "config.toml.",
)
SENT = Text(zh="已发送：{why}", en="sent: {why}")
REFUSED = Text(zh="对方服务器拒收：{why}", en="refused: {why}")
LATER = Text(zh="暂时发不出，稍后再试：{why}", en="not now, to be tried again: {why}")
UNKNOWN = Text(
    zh="内容已发出但没有等到答复（{why}），可能已送达；再发时 Message-ID 不变。",
    en="the content went out but no answer came ({why}): it may have arrived; another attempt keeps the Message-ID.",
)
NOT_PLAIN = Text(
    zh='[outgoing] tls = "none" 只能用于本机（127.0.0.1），{host} 不是本机：请改为 "implicit" 或 "starttls"。',
    en='[outgoing] tls = "none" is for this machine alone (127.0.0.1), and {host} is another: use "implicit" or '
    '"starttls".',
)
GREETED = Text(zh="发信服务器 {host}:{port} 登录成功。", en="Logged in to the outgoing server {host}:{port}.")


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of a mail.

    sent: the server took it; refused: it never will (5xx for this mail or recipient); later: not now (4xx, connection,
    log-in, too many at once); unknown: the connection broke after the content had begun to leave.
    """

    outcome: Outcome
    detail: Text


class _Stopped(Exception):
    """A step failed (smtplib's own errors are all OSErrors); carries what :meth:`OutgoingServer.send` answers."""

    def __init__(self, outcome: Outcome, detail: Text) -> None:
        super().__init__(detail.en)
        self.result = SendResult(outcome, detail)


class OutgoingServer:
    """One account on one outgoing server; a connection a mail.

    Raises UsageError for plain text off loopback and for a sender that is no address.
    """

    def __init__(self, account: OutgoingAccount) -> None:
        if account.tls == "none" and not is_loopback(account.host):
            raise UsageError(NOT_PLAIN.fill(host=clean(account.host)))
        self._account = account
        self._sender = mail_address(account.sender)
        self._context = tls_context(account.trusted_roots)

    def send(self, mail: OutgoingMail) -> SendResult:
        """Hands the mail to the server; never raises for anything the server does."""
        try:
            with self._session() as session:
                self._envelope(session, mail.recipient)
                return self._content(session, mail.octets)
        except _Stopped as stopped:
            return stopped.result

    def check(self, language: Language = "zh") -> str:
        """Logs in, and says so. Raises OutgoingMailError that says what to do."""
        try:
            with self._session():
                return GREETED.fill(host=self._account.host, port=self._account.port).say(language)
        except _Stopped as stopped:
            raise OutgoingMailError(stopped.result.detail) from stopped

    @contextlib.contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        session = self._connected()
        try:
            self._log_in(session)
            yield session
            # The mail's fate is known; how the server says good-bye changes nothing.
            with contextlib.suppress(OSError):
                session.quit()
        finally:
            session.close()

    def _connected(self) -> smtplib.SMTP:
        account = self._account
        try:
            return self._opened()
        except ssl.SSLCertVerificationError as error:
            raise _Stopped("later", NOT_TRUSTED.fill(host=account.host, why=clean(error.verify_message))) from error
        except smtplib.SMTPNotSupportedError as error:
            raise _Stopped("later", NO_STARTTLS.fill(host=account.host)) from error
        except (OSError, UnicodeError) as error:
            raise _Stopped("later", self._unreachable(error)) from error

    def _opened(self) -> smtplib.SMTP:
        account, name = self._account, self._sender.domain
        if account.tls == "implicit":
            return smtplib.SMTP_SSL(account.host, account.port, name, timeout=account.timeout_s, context=self._context)
        session = smtplib.SMTP(account.host, account.port, name, timeout=account.timeout_s)
        if account.tls == "starttls":
            try:
                session.starttls(context=self._context)
            except BaseException:
                session.close()
                raise
        return session

    def _log_in(self, session: smtplib.SMTP) -> None:
        account = self._account
        if account.username is None:
            return
        try:
            session.login(account.username, account.password or "")
        except smtplib.SMTPServerDisconnected as error:
            raise _Stopped("later", self._unreachable(error)) from error
        except (smtplib.SMTPException, UnicodeError) as error:
            raise _Stopped("later", NO_LOGIN.fill(host=account.host, why=_reply_of(error))) from error
        except OSError as error:
            raise _Stopped("later", self._unreachable(error)) from error

    def _envelope(self, session: smtplib.SMTP, recipient: str) -> None:
        try:
            session.ehlo_or_helo_if_needed()
            code, reply = session.mail(self._sender.addr_spec)
            if code not in {250, 251}:
                raise self._sender_refused(code, _words(reply))
            code, reply = session.rcpt(recipient)
            if code not in {250, 251, 252}:
                raise self._refused(code, _words(reply))
            code, reply = session.docmd("DATA")
            if code != 354:
                raise self._refused(code, _words(reply))
        except OSError as error:
            raise _Stopped("later", self._unreachable(error)) from error

    def _content(self, session: smtplib.SMTP, octets: bytes) -> SendResult:
        # Not session.data(): it does not tell whether the connection broke before or after the content left.
        try:
            session.send(LEADING_DOT.sub(b"..", octets) + b".\r\n")
            code, reply = session.getreply()
        except OSError as error:
            return SendResult("unknown", UNKNOWN.fill(why=_reply_of(error)))
        if code == 250:
            return SendResult("sent", SENT.fill(why=_words(reply)))
        if code < 400:
            return SendResult("unknown", UNKNOWN.fill(why=_words(reply)))
        raise self._refused(code, _words(reply))

    def _refused(self, code: int, words: str) -> _Stopped:
        why = f"{code} {words}"
        too_quick = code not in TOO_LARGE and TOO_QUICK.search(words)
        if code < 500 or too_quick or (code == 554 and self._is_netease(words)):
            return _Stopped("later", LATER.fill(why=why))
        return _Stopped("refused", REFUSED.fill(why=why))

    def _sender_refused(self, code: int, words: str) -> _Stopped:
        # About the sender or the connection, hence every mail alike, unless the mail is too large (RFC 1870 §6.1).
        if code < 500 or code in TOO_LARGE:
            return self._refused(code, words)
        return _Stopped("later", SENDER_REFUSED.fill(sender=self._sender.addr_spec, why=f"{code} {words}"))

    def _is_netease(self, words: str) -> bool:
        # 163 answers 554 to the third alike mail in a row.
        return bool(NETEASE.search(words) or NETEASE.search(self._account.host))

    def _unreachable(self, error: Exception) -> Text:
        return NOT_REACHED.fill(host=self._account.host, port=self._account.port, why=_reply_of(error))


def _words(reply: bytes | str) -> str:
    """A server's reply for people: UTF-8, else as Chinese servers write it."""
    if isinstance(reply, str):
        return clean(reply, 160)
    try:
        return clean(reply.decode(), 160)
    except UnicodeDecodeError:
        return clean(reply.decode("gb18030", errors="replace"), 160)


def _reply_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return clean(str(error), 160) or type(error).__name__
