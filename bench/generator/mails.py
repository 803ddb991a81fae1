"""Messages as different mail programs send them: charsets, encodings of file names, HTML, footers, quotations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.utils import encode_rfc2231, format_datetime, formataddr
from html import escape

_TO = "report@example.com"


@dataclass(frozen=True, slots=True)
class Letter:
    """What the sender writes and attaches. ``inner``: a raw message that is attached whole."""

    sender: str
    name: str
    subject: str
    body: str
    files: tuple[tuple[str, bytes], ...]
    sent: datetime
    number: str  # makes its Message-ID
    inner: bytes | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """How a mail program writes."""

    name: str
    charset: str
    html: bool
    footer: str
    plain_type: bool  # attachments as application/octet-stream
    rfc2231: bool  # of file names; else encoded words (RFC 2047)


CLIENTS = (
    Client("QQMail 2.x", "gb18030", html=True, footer="", plain_type=True, rfc2231=False),
    Client("Coremail Webmail", "gbk", html=True, footer="", plain_type=True, rfc2231=False),
    Client("Foxmail 7", "gb2312", html=True, footer="\n\n\nbgs@example.com", plain_type=True, rfc2231=False),
    Client("Microsoft Outlook 16.0", "utf-8", html=True, footer="", plain_type=False, rfc2231=True),
    Client("iPhone Mail", "utf-8", html=False, footer="\n\n发自我的iPhone", plain_type=False, rfc2231=True),
    Client("NetEase Mail Master", "utf-8", html=False, footer="\n\n发自网易邮箱大师", plain_type=True, rfc2231=False),
)


def raw_message(letter: Letter, client: Client) -> bytes:
    """The octets as they leave the program, with CRLF line ends."""
    charset = _charset(letter, client)
    message = _with_files(letter, client, charset) if letter.files or letter.inner else _body(letter, client, charset)
    message["From"] = formataddr((letter.name, letter.sender), charset) if letter.name else letter.sender
    message["To"] = _TO
    message["Subject"] = Header(letter.subject, charset).encode()
    message["Date"] = format_datetime(letter.sent)
    message["Message-ID"] = f"<{letter.number}@{letter.sender.rpartition('@')[2]}>"
    message["X-Mailer"] = client.name
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def quoted(letter: Letter) -> str:
    """The letter as it stands below a forwarder's words."""
    return (
        "\n\n-----原始邮件-----\n"
        f"发件人: {letter.name or letter.sender} <{letter.sender}>\n"
        f"发送时间: {letter.sent:%Y-%m-%d %H:%M:%S}\n"
        f"收件人: lianluo@example.com\n主题: {letter.subject}\n\n{letter.body}"
    )


def _charset(letter: Letter, client: Client) -> str:
    """The program's own, else UTF-8 where that has not all the characters."""
    try:
        f"{letter.subject}{letter.body}{letter.name}".encode(client.charset)
    except UnicodeEncodeError:
        return "utf-8"
    return client.charset


def _body(letter: Letter, client: Client, charset: str) -> MIMEBase:
    text = letter.body + client.footer
    plain = MIMEText(text, "plain", charset)
    if not client.html:
        return plain
    both = MIMEMultipart("alternative", _boundary(letter, "alt"))
    both.attach(plain)
    lines = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))
    both.attach(MIMEText(f"<html><body>{lines}</body></html>", "html", charset))
    return both


def _with_files(letter: Letter, client: Client, charset: str) -> MIMEBase:
    whole = MIMEMultipart("mixed", _boundary(letter, "mix"))
    whole.attach(_body(letter, client, charset))
    for name, content in letter.files:
        whole.attach(_file(name, content, client))
    if letter.inner is not None:
        whole.attach(MIMEMessage(BytesParser().parsebytes(letter.inner)))
    return whole


def _boundary(letter: Letter, kind: str) -> str:
    return f"----={kind}_{letter.number}"


def _file(name: str, content: bytes, client: Client) -> MIMEBase:
    subtype = "octet-stream" if client.plain_type else _SUBTYPES.get(name.rpartition(".")[2], "octet-stream")
    part = MIMEBase("application", subtype)
    part.set_payload(content)
    encode_base64(part)
    encode: Callable[[str], str] = _as_2231 if client.rfc2231 else _as_2047
    part["Content-Disposition"] = f"attachment; {encode(name)}"
    return part


def _as_2231(name: str) -> str:
    return f"filename*={encode_rfc2231(name, 'utf-8')}"


def _as_2047(name: str) -> str:
    return f'filename="{Header(name, "utf-8", maxlinelen=900).encode()}"'


_SUBTYPES = {
    "docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "zip",
}


def names_of(files: Sequence[tuple[str, bytes]]) -> tuple[str, ...]:
    """File names alone."""
    return tuple(name for name, _ in files)
