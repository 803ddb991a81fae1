"""Large attachments that stand in a body as links."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from intake.links import find_cloud_links
from records.mail import CloudLink

CHINA = timezone(timedelta(hours=8))
QQ = "http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=7d36&code=7684decd"
QQ2 = "https://wx.mail.qq.com/ftn/download?func=3&key=3d5c&code=9a1c"
NETEASE = "https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE-HUGE-ATTACHMENT&file=x7Rk&title=t"
EXMAIL = "https://edisk.qiye.163.com/api/biz/attachment/download?identity=e7bb"


def test_qq_plain_form() -> None:
    """Name, size and expiry stand before the address."""
    text = f"见下\n从QQ邮箱发来的超大附件\n\n演练 (一).mp4 (128.03M, 2020年11月27日 21:59 到期)进入下载页面：{QQ}\n"

    assert find_cloud_links(None, text) == (
        CloudLink("演练 (一).mp4", QQ, round(128.03 * 1024**2), datetime(2020, 11, 27, 21, 59, tzinfo=CHINA)),
    )


def test_plain_form_over_several_lines() -> None:
    """A client may break the line before the address, and list several files."""
    text = (
        f"从QQ邮箱发来的超大附件\n甲.zip (1.5G, 2025年7月30日 到期)\n进入下载页面：{QQ}\n\n"
        f"乙.zip (20K, 2025年7月30日 8:05 到期)\n进入下载页面：{QQ2}\n"
    )

    links = find_cloud_links(None, text)

    assert [(link.name, link.url, link.size_bytes) for link in links] == [
        ("甲.zip", QQ, round(1.5 * 1024**3)),
        ("乙.zip", QQ2, 20 * 1024),
    ]
    assert links[0].expires_at == datetime(2025, 7, 30, 23, 59, 59, tzinfo=CHINA)


def test_netease_html_form_counts_icon_name_and_button_once() -> None:
    """Icon, name and button all link to the file; the advertisement for their client is none."""
    html = (
        '<div id="divNeteaseBigAttach"><b>从网易163邮箱发来的超大附件</b>'
        '<a href="http://u.163.com/RcUw?spm=x">推荐客户端极速下载</a>'
        f'<div><a href="{NETEASE}"><img src="x"></a></div><div><a href="{NETEASE}">照片合集.zip</a>'
        f'<span> (80.96M, 2026年8月17日 0:49 到期)</span></div><div><a href="{NETEASE}">下载</a></div></div>'
    ).replace("&", "&amp;")

    assert find_cloud_links(html, "") == (
        CloudLink("照片合集.zip", NETEASE, round(80.96 * 1024**2), datetime(2026, 8, 17, 0, 49, tzinfo=CHINA)),
    )


def test_two_files_in_html_keep_their_own_details() -> None:
    """Size and expiry belong to the name that they follow."""
    html = (
        f'<div>云附件</div><div><a href="{EXMAIL}1">甲.mp4</a><span>大小：1M 到期：2025年07月16日 00:07</span>'
        f'<a href="{EXMAIL}1">下载</a></div><div><a href="{EXMAIL}2">乙.mp4</a><span>大小：2M 到期：2025-07-17</span>'
        f'<a href="{EXMAIL}2">下载</a></div>'
    )

    assert [(link.name, link.size_bytes, link.expires_at) for link in find_cloud_links(html, "")] == [
        ("甲.mp4", 1024**2, datetime(2025, 7, 16, 0, 7, tzinfo=CHINA)),
        ("乙.mp4", 2 * 1024**2, datetime(2025, 7, 17, 23, 59, 59, tzinfo=CHINA)),
    ]


def test_name_before_a_bare_download_button() -> None:
    """Some forms link the button alone."""
    html = (
        f'<p>从QQ邮箱发来的超大附件</p><p>演练.mp4 (3M, 2025年7月30日 23:41 到期) <a href="{QQ2}">进入下载页面</a></p>'
    )

    (link,) = find_cloud_links(html.replace("&", "&amp;"), "")

    assert (link.name, link.url, link.size_bytes) == ("演练.mp4", QQ2, 3 * 1024**2)


def test_html_and_plain_text_together_tell_of_one_file() -> None:
    """The same address in both alternatives is one link."""
    plain = f"从QQ邮箱发来的超大附件\n演练.mp4 (3M, 2025年7月30日 23:41 到期)进入下载页面：{QQ2}"
    html = f'<b>从QQ邮箱发来的超大附件</b><div><a href="{QQ2}">演练.mp4</a> (3M，2025年7月30日 23:41 到期)</div>'

    assert len(find_cloud_links(html.replace("&", "&amp;"), plain)) == 1


def test_unknown_provider_counts_where_a_block_announces_it() -> None:
    """A company's own large-attachment service, recognised by the announcement, size and expiry."""
    html = (
        "<b>从某某邮箱发来的超大附件</b>"
        '<a href="https://files.example.com/d/1">总结.zip</a> (5M, 2025年7月30日 23:41 到期)'
        '<a href="https://www.example.com/about">了解更多</a>'
    )

    assert [link.name for link in find_cloud_links(html, "")] == ["总结.zip"]


def test_ordinary_links_are_none() -> None:
    """A link in a body, even one that says download, is no large attachment."""
    html = '<a href="https://www.example.com/a.pdf">下载</a> <a href="https://mail.qq.com/">QQ邮箱</a>'

    assert find_cloud_links(html, "see https://www.example.com/a.pdf (2M)") == ()


def test_a_link_without_name_is_called_after_its_address() -> None:
    """The address may carry the name."""
    url = "https://mail.163.com/large-attachment-download/index.html?file=x&title=%E6%80%BB%E7%BB%93.zip"

    assert [link.name for link in find_cloud_links(None, url)] == ["总结.zip"]
