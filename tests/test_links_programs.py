"""Large-attachment links as mail programs write them: each form with its name, size, address and end, and what is none.

The forms are those of public mails and programs, rebuilt with invented values; those marked as guesses in
intake/link_hosts.py have no real mail behind them.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from html import escape

import pytest

from intake.link_hosts import identity, unwrapped
from intake.links import find_cloud_links
from intake.message import read_message
from records.mail import CloudLink

CHINA = timezone(timedelta(hours=8))
SENT = datetime(2025, 6, 20, 10, 0, tzinfo=CHINA)
M, K = 1024**2, 1024
QQ_OLD = "https://mail.qq.com/cgi-bin/ftnExs_download?k=7d36&t=exs_ftn_download&code=7684decd"
QQ_NEW = "https://wx.mail.qq.com/ftn/download?func=3&key=3d5c8a66&code=9a1c77f2&k=3d5c8a66"
EXMAIL = "https://exmail.qq.com/cgi-bin/ftnExs_download?k=aa&code=bb"
FOXMAIL = "http://mail.foxmail.com/cgi-bin/ftnExs_download?k=11&temp=x&code=22&s=email"
NETEASE = "https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE-HUGE-ATTACHMENT&file=x7Rk&title=t"
QIYE = "https://edisk.qiye.163.com/api/biz/attachment/download?identity=e7bb&title=%E6%80%BB%E7%BB%93"
TELECOM = "https://download.cloud.189.cn/file/downloadFile.action?dt=51&expired=1753890060000&sk=q&ufi=9&zyc=5"
SINA = "https://mail.sina.com.cn/filecenter/download.php?id=77"
ALIYUN = "https://mail.example.com/alimail/openLinks/downloadMimeMetaDiskBigAttach?id=netdiskid%3Av001%3Afile%3Aabc"
COREMAIL = "https://mail.example.com/coremail/common/nf/download?nid=5"
MOBILE = "https://mail.10086.cn/largeattach/down?id=5"
MAIL_DROP = (
    "https://www.icloud.com/attachment/?u=https%3A%2F%2Fcvws.icloud-content.com%2FB%2Fx&uk=D&f=IMG_1.MOV&sz=25405521"
)
BAIDU = "https://pan.baidu.com/s/1vOtkLP8pQEU8k0pGRaYwUw?pwd=q4mg"


def at(month: int, day: int, hour: int = 23, minute: int = 59, second: int = 59, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=CHINA)


def anchor(url: str, label: str, more: str = "") -> str:
    return f'<a href="{escape(url)}" {more}>{label}</a>'


HTML = {
    "QQ web, the form of the block": (
        '<div id="QQMailBigAttach"><hr><b>从QQ邮箱发来的超大附件</b>'
        '<span class="qqmailbgattach" expiretime="2025-07-20">'
        + anchor(QQ_OLD, "演练 视频（一）.mp4")
        + "<span> (128.03M, 2025年7月20日 21:59 到期)</span></span></div>",
        [CloudLink("演练 视频（一）.mp4", QQ_OLD, round(128.03 * M), at(7, 20, 21, 59, 0))],
    ),
    "QQ web, all told in a title": (
        '<div class="bigatt_bt" title="总结&#13;&#10;文件大小：20M&#13;&#10;到期时间：2025年07月22日 17:33">'
        + anchor(QQ_OLD, "下载")
        + "</div>",
        [CloudLink("总结", QQ_OLD, 20 * M, at(7, 22, 17, 33, 0))],
    ),
    "QQ web, for ever": (
        "<div>从QQ邮箱发来的超大附件</div><div>" + anchor(QQ_NEW, "照片.zip") + " (20.5M，无限期)</div>",
        [CloudLink("照片.zip", QQ_NEW, round(20.5 * M), never_expires=True)],
    ),
    "企业微信邮箱, button of its own": (
        "<div>从企业微信邮箱发来的超大附件</div><table><tr><td>合集.rar</td><td>1.2GB</td>"
        "<td>2025年7月20日 21:59到期</td><td>" + anchor(EXMAIL, "进入下载页面") + "</td></tr></table>",
        [CloudLink("合集.rar", EXMAIL, round(1.2 * 1024 * M), at(7, 20, 21, 59, 0))],
    ),
    "Foxmail, in English": (
        '<div class="FoxmailClientBigAttachEntry">' + anchor(FOXMAIL, "a b [1].zip") + "<span>(3.5 MB, Expires on "
        "2025/07/20 21:59)</span></div>",
        [CloudLink("a b [1].zip", FOXMAIL, round(3.5 * M), at(7, 20, 21, 59, 0))],
    ),
    "163, icon and name and button": (
        '<div id="divNeteaseBigAttach"><b>从网易163邮箱发来的云附件</b><div>'
        + anchor(NETEASE, "<img>")
        + anchor(NETEASE, "照片(4K).zip", f'download="{escape(NETEASE)}" filename="照片(4K).zip"')
        + "<span>(80.96M, 2025年7月17日 0:49 到期)</span>"
        + anchor(NETEASE, "下载")
        + "</div></div>",
        [CloudLink("照片(4K).zip", NETEASE, round(80.96 * M), at(7, 17, 0, 49, 0))],
    ),
    "163, for ever": (
        anchor(NETEASE, "照片.zip", 'filename="照片.zip"') + "<span>(80.96M, 无限期)</span>",
        [CloudLink("照片.zip", NETEASE, round(80.96 * M), never_expires=True)],
    ),
    "网易企业邮箱, with a preview beside": (
        '<div id="divNeteaseSiriusCloudAttach"><b>从网易企业邮箱发来的云附件</b><div>'
        + anchor(QIYE, "总结.docx")
        + "<div>20.49K&nbsp;|&nbsp;过期时间：2025年8月4日 23:48</div>"
        + anchor(QIYE, "<img title='下载(download)'>")
        + anchor("https://mailh.qiye.163.com/edisk/api/biz/attachment/generic/preview?&identity=e7bb", "<img>")
        + anchor(QIYE, "下载", 'file-name="总结.docx" file-size="20977" expired="1754322480000" style="display:none"')
        + "</div></div>",
        [CloudLink("总结.docx", QIYE, round(20.49 * K), at(8, 4, 23, 48, 0))],
    ),
    "189, size in the tag and end in the address": (
        '<div style="clear:both">' + anchor(TELECOM, "演练.mp4", 'alt="演练.mp4 (20977)"') + "</div>",
        [CloudLink("演练.mp4", TELECOM, 20977, datetime(2025, 7, 30, 23, 41, tzinfo=CHINA))],
    ),
    "新浪, one end above two files": (
        '<div id="att_container"><div>来自中转站 (有效时间到：2025-07-04 13:56:45)</div>'
        "<div><span>甲.zip (1.2M)</span>" + anchor(SINA + "1", "下载") + "</div>"
        "<div><span>乙 (终稿).zip (30K)</span>" + anchor(SINA + "2", "下载") + "</div></div>",
        [
            CloudLink("甲.zip", SINA + "1", round(1.2 * M), at(7, 4, 13, 56, 45)),
            CloudLink("乙 (终稿).zip", SINA + "2", 30 * K, at(7, 4, 13, 56, 45)),
        ],
    ),
    "阿里邮箱, brackets": (
        "超大附件列表<br>总结_6.3.xlsx [27.3MB]<br>进入下载页面 " + anchor(ALIYUN, "点击下载"),
        [CloudLink("总结_6.3.xlsx", ALIYUN, round(27.3 * M))],
    ),
    "Coremail (guess), counted from the day of the mail": (
        "<p>超大附件</p><p>" + anchor(COREMAIL, "照片.zip") + " 大小：1,024KB 有效期 15 天</p>",
        [CloudLink("照片.zip", COREMAIL, M, SENT + timedelta(days=15))],
    ),
    "139 (guess), days that are left": (
        "<p>文件中转站</p><p>" + anchor(MOBILE, "照片.zip") + "（20.1M，30天后过期）</p>",
        [CloudLink("照片.zip", MOBILE, round(20.1 * M), SENT + timedelta(days=30))],
    ),
    "Apple Mail Drop, all in the address": (
        anchor(MAIL_DROP, "点按以下载") + "<br>IMG_1.MOV<br>25.4 MB 以下载为准",
        [CloudLink("IMG_1.MOV", MAIL_DROP, 25405521)],
    ),
    "OneDrive in Outlook": (
        anchor("https://1drv.ms/b/c/b4d4?e=x", "总结 .pdf 总结.pdf"),
        [CloudLink("总结.pdf", "https://1drv.ms/b/c/b4d4?e=x")],
    ),
    "a name with an emoji": (
        anchor(QQ_NEW, "🎉总结 & 照片.zip") + " (3M, 2025年7月20日 到期)",
        [CloudLink("🎉总结 & 照片.zip", QQ_NEW, 3 * M, at(7, 20))],
    ),
    "two files of one name and size": (
        "".join(anchor(url, "IMG.zip") + " (3M, 2025年7月20日 到期)" for url in (QQ_NEW, EXMAIL)),
        [CloudLink("IMG.zip", QQ_NEW, 3 * M, at(7, 20)), CloudLink("IMG.zip", EXMAIL, 3 * M, at(7, 20))],
    ),
    "a forwarder's own words above a quotation that holds the block": (
        "转王家街道的材料<blockquote>-----原始邮件-----<br>从QQ邮箱发来的超大附件<br>"
        + anchor(QQ_NEW, "总结.zip")
        + " (3M, 2025年7月20日 到期)<blockquote>"
        + anchor(QQ_NEW, "总结.zip")
        + " (3M, 2025年7月20日 到期)</blockquote></blockquote>",
        [CloudLink("总结.zip", QQ_NEW, 3 * M, at(7, 20))],
    ),
    "an address with white space around and line ends inside": (
        f'超大附件 <a href=" {escape(QQ_NEW[:30])}\n{escape(QQ_NEW[30:])} ">总结.zip</a> (3M, 2025年7月20日 到期)',
        [CloudLink("总结.zip", QQ_NEW, 3 * M, at(7, 20))],
    ),
    "entities escaped twice": (
        f'<a href="{escape(escape(NETEASE))}">总结.zip</a> (3M, 2025年7月20日 到期)',
        [CloudLink("总结.zip", NETEASE, 3 * M, at(7, 20))],
    ),
    "a gateway's redirect around the address": (
        anchor("https://nam01.safelinks.protection.outlook.com/?url=" + QQ_NEW.replace(":", "%3A").replace("/", "%2F")
               .replace("?", "%3F").replace("&", "%26").replace("=", "%3D") + "&data=05", "总结.zip")
        + " (3M, 2025年7月20日 到期)",
        [CloudLink("总结.zip", QQ_NEW, 3 * M, at(7, 20))],
    ),
    "a day without its year, in the next year": (
        anchor(QQ_NEW, "总结.zip") + " (3M, 1月3日 21:59 到期)",
        [CloudLink("总结.zip", QQ_NEW, 3 * M, at(1, 3, 21, 59, 0, year=2026))],
    ),
    "a day that there is not": (
        anchor(QQ_NEW, "总结.zip") + " (3M, 2025年13月41日 到期)",
        [CloudLink("总结.zip", QQ_NEW, 3 * M)],
    ),
}  # fmt: skip
PLAIN = {
    "QQ": (
        f"从QQ邮箱发来的超大附件\n\n演练 (一).mp4 (128.03M, 2025年7月20日 21:59 到期)进入下载页面：{QQ_OLD}\n",
        [CloudLink("演练 (一).mp4", QQ_OLD, round(128.03 * M), at(7, 20, 21, 59, 0))],
    ),
    "QQ, no blanks": (
        f"从QQ邮箱发来的超大附件\n演练.mp4(128.03M,2025年7月20日21:59到期)进入下载页面:{QQ_OLD}",
        [CloudLink("演练.mp4", QQ_OLD, round(128.03 * M), at(7, 20, 21, 59, 0))],
    ),
    "163, a name with brackets of its own": (
        f"从网易126邮箱发来的云附件\n照片（6月）[终稿].zip (1,024KB, 2025年7月17日 0:49 到期)\n下载：{NETEASE}\n",
        [CloudLink("照片（6月）[终稿].zip", NETEASE, M, at(7, 17, 0, 49, 0))],
    ),
    "阿里邮箱, all in one line": (
        f"超大附件列表  总结_6.3.xlsx  [27.3MB] 进入下载页面 {ALIYUN}",
        [CloudLink("总结_6.3.xlsx", ALIYUN, round(27.3 * M))],
    ),
    "a file that is called like the announcement": (
        f"超大附件清单.zip (3M, 2025年7月20日 到期) {QQ_NEW}",
        [CloudLink("超大附件清单.zip", QQ_NEW, 3 * M, at(7, 20))],
    ),
    "entities left in the address": (
        f"附件名：总结.zip 大小：20977字节 {escape(NETEASE)}",
        [CloudLink("总结.zip", NETEASE, 20977)],
    ),
    "in a quotation": (
        f"> 从QQ邮箱发来的超大附件\n> 总结.zip (3M, 2025年7月20日 21:59 到期)进入下载页面：{QQ_NEW}\n",
        [CloudLink("总结.zip", QQ_NEW, 3 * M, at(7, 20, 21, 59, 0))],
    ),
    "the address ends at a full stop of the sentence": (
        f"总结.zip (3M, 2025年7月20日 到期) {QQ_NEW}。谢谢",
        [CloudLink("总结.zip", QQ_NEW, 3 * M, at(7, 20))],
    ),
    "百度网盘, its own words": (
        f"通过网盘分享的文件：演练视频\n链接: {BAIDU} 提取码: q4mg \n--来自百度网盘超级会员v6的分享",
        [CloudLink("演练视频", BAIDU, code="q4mg")],
    ),
    "百度网盘, a sender's own words": (
        "各位领导，视频太大，已传到网盘，链接：https://pan.baidu.com/s/1abc-D_e 提取码：a1B2，7天后失效",
        [CloudLink("", "https://pan.baidu.com/s/1abc-D_e", None, SENT + timedelta(days=7), code="a1B2")],
    ),
    "阿里云盘": (
        "我用阿里云盘分享了「总结.zip」，你可以不限速下载\n链接：https://www.alipan.com/s/Ab12",
        [CloudLink("总结.zip", "https://www.alipan.com/s/Ab12")],
    ),
}  # fmt: skip
NONE = {
    "unsubscribe": '<a href="https://mail.163.com/unsubscribe?u=1">退订</a> 点击下载客户端',
    "WeChat article": '<a href="https://mp.weixin.qq.com/s/abc">我院安全生产月（3M, 2025年7月20日 到期）</a>',
    "QQ mail itself": '<a href="https://mail.qq.com/cgi-bin/frame_html?sid=1">QQ邮箱</a> 超大附件最大3G',
    "a signature": '<p>超大附件</p>——<br>某某医院<br><a href="http://www.example.com">www.example.com</a>',
    "a drive named in a signature": "网盘：https://pan.baidu.com/ 下载 百度网盘",
    "Netease's advertisement": '<b>云附件</b><a href="http://u.163.com/RcUw">推荐客户端极速下载</a>',
    "a paper on a site": '<a href="https://www.example.com/a.pdf">附件下载（2.5M）</a>',
    "a shop": '<a href="https://shop.example.com/">限时优惠 3M 胶带，2025年7月20日到期</a>',
    "a host that only looks like one": '<a href="https://mail.qq.com.example.com/">总结.zip</a>',
    "broken brackets": '<a href="http://[">超大附件</a> http://[::1 超大附件',
}


def facts(links: tuple[CloudLink, ...]) -> list[tuple[object, ...]]:
    return [
        (one.name, one.url, one.size_bytes, one.expires_at, one.never_expires, one.code) for one in links
    ]  # fmt: skip


@pytest.mark.parametrize("form", HTML)
def test_html_form(form: str) -> None:
    """Name, exact address, size in bytes, and the end of the link, as the program's HTML tells them."""
    html, expected = HTML[form]

    assert facts(find_cloud_links(html, "", SENT)) == facts(tuple(expected))


@pytest.mark.parametrize("form", PLAIN)
def test_plain_form(form: str) -> None:
    """The same from the plain text alone."""
    text, expected = PLAIN[form]

    assert facts(find_cloud_links(None, text, SENT)) == facts(tuple(expected))


@pytest.mark.parametrize("case", NONE)
def test_no_link_to_a_file(case: str) -> None:
    """An ordinary link is none, whatever stands around it."""
    assert find_cloud_links(NONE[case], NONE[case], SENT) == ()


@pytest.mark.parametrize(
    ("again", "url"),
    [
        ("https://wx.mail.qq.com/ftn/download?func=4&key=3d5c8a66&code=9a1c77f2", QQ_NEW),
        ("https://iwx.mail.qq.com/ftn/download?func=3&key=3d5c8a66&code=9a1c77f2&k=3d5c8a66", QQ_NEW),
        (NETEASE.replace("https:", "http:"), NETEASE),
        ("https://pan.baidu.com/s/1vOtkLP8pQEU8k0pGRaYwUw", BAIDU),
    ],
)
def test_addresses_of_one_file_are_one_link(again: str, url: str) -> None:
    """Landing page and download, with the code and without: the first is kept."""
    assert identity(again) == identity(url)
    found = find_cloud_links(None, f"总结.zip (3M, 2025年7月20日 到期) {url}\n再发一遍 {again}", SENT)
    assert [link.url for link in found] == [url]


@pytest.mark.parametrize(
    "wrapped",
    [
        "https://urldefense.com/v3/__" + QQ_NEW + "__;!!abc$",
        "https://www.google.com/url?q=" + QQ_NEW.replace("&", "%26"),
        "https://c.pc.qq.com/middlem.html?pfurl=https%253A%252F%252Fwx.mail.qq.com%252Fftn%252Fdownload%253Ffunc%253D3"
        "%2526key%253D3d5c8a66%2526code%253D9a1c77f2%2526k%253D3d5c8a66",
    ],
)
def test_what_gateways_wrap_around_an_address_is_taken_off(wrapped: str) -> None:
    """The address is that of the file's host, so that a list of allowed hosts means what it says."""
    assert unwrapped(wrapped) == QQ_NEW


def test_a_wrapped_ordinary_address_stays_as_it_is() -> None:
    """Only addresses of known hosts are unwrapped."""
    url = "https://www.google.com/url?q=https%3A%2F%2Fwww.example.com%2F"
    assert unwrapped(url) == url


def test_days_count_from_the_date_of_the_mail() -> None:
    """A whole message: "30天后过期" is counted from its Date header, without one from the topmost Received."""
    body = f"超大附件\r\n照片.zip (3M, 30天后过期) {MOBILE}\r\n".encode()
    dated = read_message(b"Date: Fri, 20 Jun 2025 10:00:00 +0800\r\n\r\n" + body)
    received = read_message(b"Received: from a by b; Sat, 21 Jun 2025 10:00:00 +0800\r\n\r\n" + body)
    undated = read_message(b"Subject: x\r\n\r\n" + body)
    ends = [message.cloud_links[0].expires_at for message in (dated, received, undated)]
    assert ends == [SENT + timedelta(days=30), SENT + timedelta(days=31), None]


def test_both_alternatives_tell_of_each_file_once() -> None:
    """What one of them leaves out the other adds."""
    html = anchor(QQ_NEW, "总结.zip") + anchor(EXMAIL, "照片.zip")
    plain = f"总结.zip (3M, 2025年7月20日 到期){QQ_NEW}\n照片.zip (4M, 2025年7月21日 到期){EXMAIL}"
    assert facts(find_cloud_links(html, plain, SENT)) == [
        ("总结.zip", QQ_NEW, 3 * M, at(7, 20), False, ""),
        ("照片.zip", EXMAIL, 4 * M, at(7, 21), False, ""),
    ]


def test_the_day_9999_breaks_nothing() -> None:
    """A Date header can say anything."""
    sent = datetime(9999, 12, 31, tzinfo=CHINA)
    (link,) = find_cloud_links(None, f"超大附件 照片.zip (3M, 30天后过期) {MOBILE}", sent)
    assert link.expires_at is None
    (link,) = find_cloud_links(None, f"超大附件 照片.zip (3M, 1月3日 到期) {MOBILE}", sent)
    assert link.expires_at is None


@pytest.mark.parametrize(
    "text",
    [
        "http://mail.10086.cn/" * 40_000,
        "超大附件" + "(" * 100_000 + "http://a.example.com/",
        "超大附件 http://mail.qq.com/cgi-bin/ftn " + "9,999" * 50_000,
        "超大附件 " + "有效期 " * 50_000 + QQ_NEW,
    ],
    ids=["hosts", "brackets", "numbers", "words"],
)
def test_hostile_text_takes_no_long_time(text: str) -> None:
    """A megabyte of what the patterns begin with is read within seconds."""
    started = time.process_time()
    find_cloud_links(text, text, SENT)
    assert time.process_time() - started < 5
