"""What a mail server's refusals mean, in words that say what to do; addresses are kept out of them."""

from __future__ import annotations

import re
import socket
import ssl

from records.errors import MailboxError, MailboxErrorKind
from records.mail import MailboxAccount
from records.words import Text

_ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+")
_BUSY = re.compile(
    r"frequen|too many|busy|try again|later|unavailable|in use|\[LIMIT\]|limited|exceed|频|繁忙|稍后|过多|abnormal",
    re.I,
)
_WRONG_PASSWORD = re.compile(
    r"AUTHENTICATIONFAILED|authenti?cation fail|invalid (?:credentials|user|login|password|auth)"
    r"|password (?:error|is incorrect)|wrong password|login (?:error|fail)|授权码|密码",
    re.IGNORECASE,
)
_OFTEN = re.compile(r"frequen|too many|limit|exceed|频|过多", re.IGNORECASE)
# RFC 5530: codes that leave no doubt
_REFUSED_CODE = re.compile(r"\[(?:AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED)\]", re.IGNORECASE)
_NEEDS_TLS = re.compile(r"\[PRIVACYREQUIRED\]", re.IGNORECASE)
_UNSAFE = re.compile(r"unsafe login", re.IGNORECASE)

_TIMED_OUT = Text(
    "收信服务器 {host} 在 {seconds:.0f} 秒内没有应答或没有答完，本次收信到此为止，下次会接着收。",
    "The mail server {host} gave no answer within {seconds:.0f} s, or did not end it; the next poll goes on.",
)
_BROKE_OFF = Text(
    "收信服务器 {host} 中断了连接（{said}），本次收信到此为止，下次会接着收。",
    "The mail server {host} broke off the connection ({said}); this poll ends here, the next one goes on.",
)
_UNKNOWN_HOST = Text(
    "找不到收信服务器 {host}：请检查 [mailbox] 的 host 是否写对、网络和域名解析是否正常。",
    "The mail server {host} was not found: check host under [mailbox], the network and its name service.",
)
_UNREACHABLE = Text(
    "连不上收信服务器 {host}:{port}（{said}）：请检查 host、port、tls 和网络。",
    "The mail server {host}:{port} cannot be reached ({said}): check host, port, tls and the network.",
)
_NOT_TRUSTED = Text(
    "收信服务器 {host} 的 TLS 证书不可信（{said}）：请核对 host；"
    "若是单位自建服务器，请把其根证书存为文件，在 [mailbox] 中用 ca_file 指明。",
    "The TLS certificate of the mail server {host} is not trusted ({said}): check host; "
    "for a server of your own, save its root certificate and name that file by ca_file under [mailbox].",
)
_WRONG_TLS = Text(
    "与收信服务器 {host}:{port} 的 TLS 握手失败（{said}）：请检查 port 与 tls 是否相配（993 配 implicit）。",
    "The TLS handshake with {host}:{port} failed ({said}): check that port and tls match (993 implicit, 143 starttls).",
)
_NO_STARTTLS = Text(
    '收信服务器 {host} 不提供 STARTTLS：请把 [mailbox] 的 tls 改为 "implicit"（端口一般为 993）。',
    'The mail server {host} offers no STARTTLS: set tls = "implicit" under [mailbox] (usually port 993).',
)
_NO_LOGIN = Text(
    '收信服务器 {host} 在未加密的连接上不许登录（{said}）：请把 [mailbox] 的 tls 改为 "implicit" 或 "starttls"。',
    "The mail server {host} permits no log-in on this connection ({said}): "
    'set tls = "implicit" or "starttls" under [mailbox].',
)
_PASSWORD = Text(
    "收信服务器 {host} 拒绝登录（{said}）：请检查 username 和密码文件；QQ、163 等邮箱要用授权码，不是网页登录密码。",
    "The mail server {host} refused the log-in ({said}): check username and the password file; "
    "QQ, 163 and the like want an authorization code, not the password of the web page.",
)
_TOO_OFTEN = Text(
    "收信服务器 {host} 暂时不让登录（{said}）：可能登录过于频繁或系统繁忙，不一定是密码错误；请过一段时间再试。",
    "The mail server {host} does not admit us at present ({said}): perhaps too many log-ins or a busy system, "
    "not necessarily a wrong password; try again after a while.",
)
_CLOSED_SERVICE = Text(
    "收信服务器 {host} 拒绝登录（{said}）：请在网页邮箱的设置里开启 IMAP 服务，并使用那里生成的授权码。",
    "The mail server {host} refused the log-in ({said}): switch on IMAP in the settings of the web mail "
    "and use the authorization code made there.",
)
_UNSAFE_LOGIN = Text(
    "收信服务器 {host} 认为本客户端不安全（{said}）：请在网页邮箱里确认已开启 IMAP，或按提示联系客服解除限制。",
    "The mail server {host} takes this client for unsafe ({said}): make sure that IMAP is switched on in the web mail, "
    "or ask its support to lift the restriction.",
)
_FOLDER_BUSY = Text(
    "收信服务器 {host} 暂时打不开文件夹“{folder}”（{said}），本次先跳过，下次会接着收。",
    'The folder "{folder}" cannot be opened on {host} at present ({said}); the next poll goes on.',
)
_NO_FOLDER = Text(
    "收信服务器 {host} 上打不开文件夹“{folder}”（{said}）：请检查 [mailbox] 的 folder 或 folders。",
    'The folder "{folder}" cannot be opened on {host} ({said}): check folder or folders under [mailbox].',
)
_NOT_WRITABLE = Text(
    '收信服务器 {host} 上的文件夹“{folder}”只能读不能改：请把 [mailbox] 的 after 改为 "keep"。',
    'The folder "{folder}" on {host} cannot be changed, only read: set after = "keep" under [mailbox].',
)
_REFUSED = Text(
    "收信服务器 {host} 拒绝了请求（{said}），本次收信到此为止，下次会接着收。",
    "The mail server {host} refused a request ({said}); this poll ends here, the next one goes on.",
)
_REBUILT = Text(
    "收信服务器 {host} 上的文件夹“{folder}”已重建编号，本次收信到此为止，下次会重新核对，不会重复归档。",
    'The folder "{folder}" on {host} has been renumbered; this poll ends here, the next one lists it anew.',
)


def what_it_said(reply: object) -> str:
    """A server's words, short enough for one line, without addresses."""
    text = _words(reply)
    return _ADDRESS.sub("…", " ".join(text.split()))[:200].strip() or "?"


def _words(reply: object) -> str:
    """The words of an answer, or of the error that carries it; as UTF-8, else as Chinese servers write."""
    if isinstance(reply, Exception) and len(reply.args) == 1:
        reply = reply.args[0]
    if not isinstance(reply, bytes):
        return str(reply)
    try:
        return reply.decode()
    except UnicodeDecodeError:
        return reply.decode("gb18030", "replace")


def connection_failure(account: MailboxAccount, error: Exception) -> MailboxError:
    """The connection could not be made."""
    if isinstance(error, TimeoutError):
        return timed_out(account)
    if isinstance(error, socket.gaierror):
        return _error(_UNKNOWN_HOST, "network", account, error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _error(_NOT_TRUSTED, "tls", account, error.verify_message)
    if isinstance(error, ssl.SSLError):
        return _error(_WRONG_TLS, "tls", account, error)
    return _error(_UNREACHABLE, "network", account, error)


def login_failure(account: MailboxAccount, reply: object) -> MailboxError:
    """The server refused the log-in; only an unequivocal answer is called a wrong password (R12)."""
    said = _words(reply)
    if _UNSAFE.search(said):
        return _error(_UNSAFE_LOGIN, "closed", account, said)
    if _NEEDS_TLS.search(said):
        return _error(_NO_LOGIN, "tls", account, said)
    if _REFUSED_CODE.search(said) and not _OFTEN.search(said):
        return _error(_PASSWORD, "refused_login", account, said)
    if _BUSY.search(said):
        return _error(_TOO_OFTEN, "busy", account, said)
    if _WRONG_PASSWORD.search(said):
        return _error(_PASSWORD, "refused_login", account, said)
    return _error(_CLOSED_SERVICE, "closed", account, said)


def folder_failure(account: MailboxAccount, folder: str, reply: object) -> MailboxError:
    """A folder could not be opened: this one, the others may be; or for good where the client is not trusted."""
    said = _words(reply)
    if _UNSAFE.search(said):
        return _error(_UNSAFE_LOGIN, "closed", account, said)
    if _BUSY.search(said) or "[INUSE]" in said.upper():
        return _error(_FOLDER_BUSY, "folder", account, said, folder=folder)
    return _error(_NO_FOLDER, "folder", account, reply, folder=folder)


def not_writable(account: MailboxAccount, folder: str) -> MailboxError:
    """Messages in the folder cannot be marked or moved."""
    return _error(_NOT_WRITABLE, "folder", account, "", folder=folder)


def no_starttls(account: MailboxAccount) -> MailboxError:
    """STARTTLS is configured, but not offered."""
    return _error(_NO_STARTTLS, "tls", account, "")


def no_login(account: MailboxAccount) -> MailboxError:
    """LOGINDISABLED, and no other way in that we know (RFC 3501 §6.2.3)."""
    return _error(_NO_LOGIN, "tls", account, "LOGINDISABLED")


def timed_out(account: MailboxAccount) -> MailboxError:
    """No answer within the account's timeout."""
    return _error(_TIMED_OUT, "network", account, "", seconds=account.timeout_s)


def broke_off(account: MailboxAccount, error: object) -> MailboxError:
    """The connection ended in the middle of things; a BYE may say that it is all too much."""
    if _BUSY.search(_words(error)):
        return _error(_TOO_OFTEN, "busy", account, error)
    return _error(_BROKE_OFF, "network", account, error)


def refused(account: MailboxAccount, reply: object) -> MailboxError:
    """NO or BAD to a command."""
    return _error(_REFUSED, "protocol", account, reply)


def renumbered(account: MailboxAccount, folder: str) -> MailboxError:
    """UIDVALIDITY changed under our hands: the UIDs listed before mean other messages now."""
    return _error(_REBUILT, "renumbered", account, "", folder=folder)


def _error(text: Text, kind: MailboxErrorKind, account: MailboxAccount, said: object, **more: object) -> MailboxError:
    return MailboxError(text.fill(host=account.host, port=account.port, said=what_it_said(said), **more), kind)
