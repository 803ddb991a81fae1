"""Who hosts large attachments: addresses by which a link is known to stand for a file, and what an address tells.

"seen": forms of public mails and programs. "guess": no real mail was at hand; they count all the same, since a file
that nobody knows of is lost when it expires.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_MAIL_HOSTS = re.compile(
    r"""https?://(?:
      [\w.-]*mail\.(?:qq|foxmail)\.com/(?:cgi-bin/ftn|ftn/download)          # QQ, Foxmail, 企业微信邮箱 (seen)
    | [\w.-]*ftn\.qq\.com/                                                   # where QQ's pages lead to (seen)
    | [\w.-]*(?:163|126|188|yeah)\.(?:com|net)/large-attachment-download     # 163, 126, yeah (seen)
    | dashi\.163\.com/html/cloud-attachment-download                         # 网易邮箱大师 (seen)
    | fs\.(?:[\w-]+\.)*163\.com/                                             # older 163 and 网易企业邮箱 (seen)
    | [\w-]+\.qiye\.163\.com/(?:edisk/)?api/biz/attachment                   # 网易企业邮箱 (seen)
    | download\.cloud\.189\.cn/                                              # 189 (seen)
    | [\w.-]*mail\.189\.cn/[^\s]{0,500}?(?:download|attach)                         # 189 (guess)
    | [\w.-]*mail\.(?:10086|139)\.(?:cn|com)/[^\s]{0,500}?(?:largeattach|bigfile|download|share)      # 139 (guess)
    | [\w.-]*mail\.sina\.(?:com\.cn|com|cn)/filecenter/                      # 新浪 (seen)
    | [\w.-]+/alimail/openlinks/download                                     # 阿里邮箱 (seen)
    | [\w.-]+/(?:coremail|alimail)/[^\s]{0,500}?(?:netfolder|nf/|bigattach|largeattach|download\.jsp) # guess
    | (?:www\.)?icloud\.com(?:\.cn)?/attachment/                             # Apple Mail Drop (seen)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SHARES = re.compile(
    r"""https?://(?:
      pan\.baidu\.com/(?:s/|share/) | yun\.baidu\.com/s/                     # 百度网盘 (seen)
    | www\.(?:aliyundrive|alipan)\.com/s/ | pan\.quark\.cn/s/                # 阿里云盘, 夸克 (seen)
    | cloud\.189\.cn/(?:t/|web/share) | share\.weiyun\.com/ | pan\.wo\.cn/s/ # 天翼云盘, 微云, 联通 (seen, seen, guess)
    | www\.123(?:pan|684|865)\.com/s/ | (?:www\.)?wenshushu\.cn/f/           # 123云盘, 文叔叔 (seen)
    | www\.jianguoyun\.com/p/ | [\w-]+\.lanzou\w*\.com/ | yun\.139\.com/[^\s]{0,500}?(?:share|/i/) # guess
    | 1drv\.ms/ | [\w-]+\.sharepoint\.(?:com|cn)/:[a-z]:/                    # OneDrive in Outlook (seen)
    | drive\.google\.com/(?:file/d/|open\?id=)                               # Gmail (seen)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_PREVIEW = re.compile(r"preview|viewonline", re.IGNORECASE)
_INNER_KEYS = ("url", "u", "q", "target", "pfurl", "gourl", "to", "link", "goto", "redirect")
_IN_PATH = re.compile(r"urldefense\.com/v3/__(https?:/{1,2}.+?)__;", re.IGNORECASE)
_IDENTITY_KEYS = (
    "key",
    "k",
    "identity",
    "file",
    "id",
    "dt",
    "surl",
    "u",
)  # the first that an address has names its file
_NAME_KEYS = ("filename", "file_name", "fileName", "fname", "name", "title", "f")
_EXPIRY_KEYS = ("expired", "expires", "Expires", "expire", "expiretime")
_WRAPPED = re.compile(r"https?%3A(?:%2F){2}|/v3/__https?:", re.IGNORECASE)
_DEPTH = 3


def is_mail_host(url: str) -> bool:
    """Whether the address is that of a mail provider's large attachments."""
    return _MAIL_HOSTS.match(url) is not None and not _PREVIEW.search(_split(url).path)


def is_share(url: str) -> bool:
    """Whether the address shares a file of a network drive (网盘) that a sender put it on."""
    return _SHARES.match(url) is not None


def is_known(url: str) -> bool:
    """Whether the address alone says that it stands for a file."""
    return is_mail_host(url) or is_share(url)


def may_be_known(text: str) -> bool:
    """Whether a text can hold such an address, as it is or wrapped; cheap."""
    return bool(_MAIL_HOSTS.search(text) or _SHARES.search(text) or _WRAPPED.search(text))


def unwrapped(url: str) -> str:
    """The address itself where a mail gateway's redirect or counter stands around it; otherwise as it is."""
    inner = url
    for _ in range(_DEPTH):
        if is_known(inner):
            return inner
        found = _inside(inner)
        if found is None:
            return url
        inner = found
    return inner if is_known(inner) else url


def identity(url: str) -> str:
    """Equal for addresses of one file: landing page, download, icon, http and https."""
    parts = _split(url)
    query = _query(url)
    host = "qq.com" if (parts.hostname or "").endswith("qq.com") else parts.hostname
    key = next((query[name][0] for name in _IDENTITY_KEYS if name in query), None)
    if is_mail_host(url) and key:
        return f"{host} {key} {query.get('code', [''])[0]}"
    path = parts.path.rstrip("/")
    if is_share(url):
        return (
            f"{host}{path} {query.get('surl', query.get('id', ['']))[0]}"  # a code in the address names no other file
        )
    return f"{host}{path}?{parts.query}"


def name_in(url: str) -> str:
    """The file name that an address carries, "" where it carries none."""
    query = _query(url)
    return next((query[key][0] for key in _NAME_KEYS if key in query), "")


def size_in(url: str) -> int | None:
    """The size in bytes that an address carries (Mail Drop: ``sz``)."""
    size = _query(url).get("sz", [""])[0]
    return int(size) if size.isascii() and size.isdigit() and len(size) < 16 else None


def expiry_in(url: str) -> datetime | None:
    """When the address itself ends: a parameter with seconds or milliseconds since 1970 (189: ``expired``)."""
    query = _query(url)
    return next((at for key in _EXPIRY_KEYS if key in query and (at := stamp(query[key][0]))), None)


def stamp(text: str) -> datetime | None:
    """A time in seconds (10 digits) or milliseconds (13 digits) since 1970; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) in (10, 13)):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _inside(url: str) -> str | None:
    in_path = _IN_PATH.search(url)
    if in_path:
        return re.sub(r"^(https?):/+", r"\1://", in_path[1])
    query = _query(url)
    values = (query[key][0] for key in _INNER_KEYS if key in query)
    return next((value for value in map(_readable, values) if value.lower().startswith(("http://", "https://"))), None)


def _readable(value: str) -> str:
    """Some counters encode the address twice."""
    return unquote(value) if re.match(r"https?%3a", value, re.IGNORECASE) else value


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # "http://[": brackets that hold no address
        return urlsplit("")


def _query(url: str) -> dict[str, list[str]]:
    try:
        return parse_qs(_split(url).query, max_num_fields=100)
    except ValueError:  # more fields than any address needs
        return {}
